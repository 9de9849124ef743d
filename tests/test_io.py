import errno
import io
import os
import struct
import threading
import zlib
from urllib.error import HTTPError

import numpy as np
import pytest
from PIL import Image

from skdigits import _io, read_image, read_images
from skdigits.exceptions import UnreadableImageError

RNG = np.random.default_rng(0)
GREY = RNG.integers(0, 256, (6, 4), dtype=np.uint8)
RGB = RNG.integers(0, 256, (6, 4, 3), dtype=np.uint8)
RGBA = RNG.integers(0, 256, (6, 4, 4), dtype=np.uint8)


def encode(image, image_format="PNG", **options):
    buffer = io.BytesIO()
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    image.save(buffer, image_format, **options)
    return buffer.getvalue()


def png_header(width, height):
    """A PNG that promises many pixels and holds none."""

    def chunk(content):
        length, check = struct.pack(">I", len(content) - 4), zlib.crc32(content)
        return length + content + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR" + header) + chunk(b"IDAT")


@pytest.fixture(scope="module")
def png(tmp_path_factory):
    path = tmp_path_factory.mktemp("pictures") / "digit.png"
    path.write_bytes(encode(GREY))
    return path


# Sources


@pytest.mark.parametrize(
    "wrap",
    [
        lambda path: path,
        str,
        lambda path: path.read_bytes(),
        lambda path: bytearray(path.read_bytes()),
        lambda path: memoryview(path.read_bytes()),
        lambda path: io.BytesIO(path.read_bytes()),
        lambda path: Image.open(io.BytesIO(path.read_bytes())),
    ],
    ids=["Path", "str", "bytes", "bytearray", "memoryview", "BytesIO", "Pillow"],
)
def test_read_image_reads_every_kind_of_source(png, wrap):
    image = read_image(wrap(png))

    assert image.dtype == np.uint8
    assert (image == GREY).all()


def test_read_image_leaves_a_file_object_open(png):
    with open(png, "rb") as file:
        assert (read_image(file) == GREY).all()
        assert not file.closed


@pytest.mark.parametrize("image", [GREY, RGB, RGBA, GREY[:, :, None] / 255])
def test_read_image_passes_arrays_through(image):
    assert read_image(image) is image


def test_read_image_returns_an_array_that_can_be_written_to(png):
    assert read_image(png).flags.writeable


# Formats and modes


@pytest.mark.parametrize("image_format", ["PNG", "BMP", "TIFF", "GIF", "WEBP"])
def test_read_image_reads_lossless_formats(image_format):
    options = {"lossless": True} if image_format == "WEBP" else {}
    colors = np.stack([GREY] * 3, axis=-1)

    image = read_image(encode(colors, image_format, **options))

    assert (image.reshape(6, 4, -1) == GREY[:, :, None]).all()


def test_read_image_reads_jpeg():
    flat = np.full((8, 8, 3), 90, dtype=np.uint8)

    image = read_image(encode(flat, "JPEG", quality=95))

    assert image.shape == (8, 8, 3)
    np.testing.assert_allclose(image, flat, atol=2)


@pytest.mark.parametrize("image_format", ["GIF", "TIFF", "PNG", "MPO"])
def test_read_image_reads_the_first_of_several_frames(image_format):
    first, second = (Image.new("L", (4, 6), level) for level in (200, 40))

    data = encode(first, image_format, save_all=True, append_images=[second])

    np.testing.assert_allclose(read_image(data), 200, atol=1)


def test_read_image_keeps_sixteen_bits():
    deep = RNG.integers(0, 65536, (6, 4), dtype=np.uint16)

    for image_format in ("PNG", "TIFF"):
        image = read_image(encode(deep, image_format))
        assert image.dtype == np.uint16
        assert (image == deep).all()


@pytest.mark.parametrize(
    ("pixels", "dtype"),
    [
        (np.array([[0, 65535]], dtype=np.int32), np.uint16),
        (np.array([[-1, 70000]], dtype=np.int32), np.float32),
        (np.array([[0.25, 0.5]], dtype=np.float32), np.float32),
    ],
)
def test_read_image_keeps_thirty_two_bits(pixels, dtype):
    image = read_image(encode(pixels, "TIFF"))

    assert image.dtype == dtype
    assert (image == pixels).all()


def test_read_image_gives_black_and_white_as_0_and_255():
    image = read_image(encode(Image.fromarray(GREY > 128)))

    assert image.dtype == np.uint8
    assert (image == np.where(GREY > 128, 255, 0)).all()


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_read_image_keeps_alpha(mode):
    picture = Image.fromarray(RGBA).convert(mode)

    assert (read_image(encode(picture)) == np.asarray(picture)).all()


@pytest.mark.parametrize(("mode", "converted"), [("La", "LA"), ("RGBa", "RGBA")])
def test_read_image_undoes_premultiplied_alpha(mode, converted):
    picture = Image.fromarray(RGBA).convert(converted).convert(mode)

    assert read_image(picture).shape == (6, 4, len(converted))


def test_read_image_turns_palettes_into_rgb():
    picture = Image.fromarray(RGB).quantize(4)

    image = read_image(encode(picture))

    assert (image == np.asarray(picture.convert("RGB"))).all()


@pytest.mark.parametrize(
    ("mode", "transparent", "n_channels"),
    [("P", 0, 4), ("P", bytes([0, 128]), 4), ("L", 0, 2), ("1", 0, 2)],
)
def test_read_image_turns_a_transparent_colour_into_alpha(
    mode, transparent, n_channels
):
    picture = Image.new(mode, (2, 1), 1)
    picture.putpixel((0, 0), 0)
    if mode == "P":
        picture.putpalette([255, 0, 0, 0, 0, 255])

    image = read_image(encode(picture, transparency=transparent))

    assert image.shape == (1, 2, n_channels)
    assert image[0, 0, -1] == 0
    assert image[0, 1, -1] > 0


def test_read_image_turns_a_transparent_rgb_colour_into_alpha():
    picture = Image.new("RGB", (1, 1), (1, 2, 3))

    image = read_image(encode(picture, transparency=(1, 2, 3)))

    assert image.tolist() == [[[1, 2, 3, 0]]]


def test_read_image_turns_cmyk_into_rgb():
    for image_format in ("JPEG", "TIFF"):
        black = Image.new("CMYK", (8, 8), (0, 0, 0, 255))
        image = read_image(encode(black, image_format))
        assert image.shape == (8, 8, 3)
        assert image.max() < 10


@pytest.mark.parametrize("orientation", range(1, 9))
def test_read_image_turns_photos_upright(orientation):
    upright = np.zeros((16, 24, 3), dtype=np.uint8)
    upright[:8, :8] = 255
    # What a camera stores: the inverse of what the viewer must do.
    undo = {
        1: lambda a: a,
        2: np.fliplr,
        3: lambda a: np.rot90(a, 2),
        4: np.flipud,
        5: lambda a: a.transpose(1, 0, 2),
        6: lambda a: np.rot90(a, 1),
        7: lambda a: np.rot90(a, 2).transpose(1, 0, 2),
        8: lambda a: np.rot90(a, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation

    stored = Image.fromarray(np.ascontiguousarray(undo(upright)))
    image = read_image(encode(stored, "JPEG", quality=95, exif=exif))

    assert image.shape == upright.shape
    np.testing.assert_allclose(image, upright, atol=20)


def test_read_image_ignores_damaged_exif():
    data = encode(RGB, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01garbage")

    assert read_image(data).shape == RGB.shape


# What cannot be read


def test_read_image_says_where_it_looked_for_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"digit\.png'.*no such file; relative"):
        read_image(tmp_path / "digit.png")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_picture_is_read_from_the_path_of_a_pipe(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(encode(RGB),))
    writer.start()
    assert np.array_equal(read_image(pipe), RGB)
    writer.join()


def test_read_image_points_from_a_folder_to_load_image_folder(tmp_path):
    with pytest.raises(UnreadableImageError, match=r"Got a folder.*load_image_folder"):
        read_image(tmp_path)


def test_read_image_points_from_a_folder_that_windows_denies(tmp_path, monkeypatch):
    def deny(*args, **kwargs):
        raise PermissionError("denied")

    monkeypatch.setattr("builtins.open", deny)

    with pytest.raises(UnreadableImageError, match="Got a folder"):
        read_image(tmp_path)
    with pytest.raises(PermissionError, match="denied"):
        read_image(tmp_path / "locked.png")


def test_read_image_rejects_paths_that_cannot_be():
    with pytest.raises(UnreadableImageError, match=r"must be the path of a.*nul"):
        read_image("digit\0.png")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"Got nothing, it is empty; save or download it again"),
        (b"just some text\n", "Got what looks like text; convert it to PNG or JPEG"),
        (b"\0\0\0\x18ftypheic" + bytes(9), "Got a HEIC, AVIF or video file"),
        (b"%PDF-1.7 \xff", "Got a PDF file"),
        (b"<svg xmlns='...'></svg>", "Got an SVG or HTML file"),
        (bytes(range(200, 240)), "Got bytes of no known format"),
    ],
)
def test_read_image_says_what_a_file_holds_instead(tmp_path, content, message):
    path = tmp_path / "digit.png"
    path.write_bytes(content)

    with pytest.raises(UnreadableImageError, match=rf"digit\.png' must be.*{message}"):
        read_image(path)


@pytest.mark.parametrize("image_format", ["PNG", "JPEG", "BMP", "TIFF", "GIF", "WEBP"])
def test_read_image_reports_truncated_files(image_format):
    noise = RNG.integers(0, 256, (60, 60, 3), dtype=np.uint8)
    data = encode(noise, image_format)

    with pytest.raises(UnreadableImageError, match=r"damaged or truncated|no known"):
        read_image(data[: len(data) // 2])


def test_read_image_never_fails_otherwise_on_damaged_bytes():
    rng = np.random.default_rng(1)
    for image_format in ("PNG", "JPEG", "BMP", "TIFF", "GIF", "WEBP"):
        data = np.frombuffer(encode(RGB, image_format), dtype=np.uint8)
        for _ in range(40):
            damaged = data.copy()
            where = rng.integers(0, len(data), 4)
            damaged[where] = rng.integers(0, 256, 4)
            try:
                image = read_image(damaged.tobytes())
            except UnreadableImageError:
                continue
            assert image.ndim in (2, 3)


@pytest.mark.parametrize(
    ("width", "height"), [(8001, 6250), (12_000, 8000), (30_000, 30_000)]
)
def test_read_image_refuses_bombs_by_their_header(width, height):
    message = "must have at most 50 million pixels.*scale the picture down"

    with pytest.raises(UnreadableImageError, match=message):
        read_image(png_header(width, height))


def test_read_image_reads_photos_of_50_megapixels():
    assert _io.MAX_PIXELS > 8160 * 6120


def test_read_image_asks_for_binary_mode(png):
    with (
        open(png, encoding="latin-1") as file,
        pytest.raises(TypeError, match=r"must give bytes. Got str; open the file"),
    ):
        read_image(file)
    with pytest.raises(TypeError, match="The file object must give bytes"):
        read_image(io.StringIO("text"))


@pytest.mark.parametrize("source", [None, 3, [[0, 1], [1, 0]]])
def test_read_image_rejects_other_sources(source):
    with pytest.raises(TypeError, match=r"`source` must be a path.*numpy\.asarray"):
        read_image(source)


@pytest.mark.parametrize("shape", [(9,), (5, 28, 28), (5, 28, 28, 1)])
def test_read_image_rejects_arrays_that_are_no_picture(shape):
    with pytest.raises(UnreadableImageError, match=r"An array must be one.*Got"):
        read_image(np.zeros(shape))


# Several pictures


def test_read_images_keeps_the_order_of_mixed_sources(png):
    images = read_images(iter([png, RGB, png.read_bytes()]))

    assert [image.shape for image in images] == [(6, 4), (6, 4, 3), (6, 4)]


def test_read_images_takes_a_stack_apart():
    stack = np.stack([GREY, GREY + 1])

    assert all((a == b).all() for a, b in zip(read_images(stack), stack, strict=True))


def test_read_images_reads_nothing_from_an_empty_list():
    assert read_images([]) == []


@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        ("missing.png", FileNotFoundError, "Picture 1: 'missing.png' must be"),
        (b"text", UnreadableImageError, "Picture 1: The buffer of 4 bytes must be"),
        (7, TypeError, "Picture 1: `source` must be"),
    ],
)
def test_read_images_names_the_picture_it_cannot_read(png, bad, error, message):
    with pytest.raises(error, match=message):
        read_images([png, bad])


@pytest.mark.parametrize("source", ["digit.png", b"bytes", io.BytesIO()])
def test_read_images_points_from_one_picture_to_read_image(source):
    with pytest.raises(TypeError, match=r"`sources` must be a list.*use `read_image`"):
        read_images(source)


class Lost(io.BytesIO):
    """A file object that fails as that of another library does."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    def read(self, *args):
        raise self.error


@pytest.mark.parametrize(
    ("raised", "kind", "message"),
    [
        (HTTPError("http://x", 404, "Gone", None, None), OSError, "HTTP Error 404"),
        (TimeoutError("too slow"), TimeoutError, "too slow"),
        (io.UnsupportedOperation("not readable"), OSError, "not readable"),
    ],
)
def test_read_images_names_the_file_object_that_fails(raised, kind, message):
    with pytest.raises(OSError, match=f"^Picture 1: {message}") as error:
        read_images([GREY, Lost(raised)])

    assert type(error.value) is kind
    assert error.value.__cause__ is raised


def test_read_image_keeps_other_errors_of_the_system(monkeypatch):
    def fail(*args):
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr("builtins.open", fail)
    with pytest.raises(OSError, match="Too many open files") as error:
        read_image("digit.png")

    assert not isinstance(error.value, FileNotFoundError)


@pytest.mark.parametrize("name", ["9" * 10_000, "digit.png/7"])
def test_read_image_finds_no_file_of_a_name_that_cannot_be(png, name):
    with pytest.raises(FileNotFoundError, match="Got no such file") as error:
        read_image(png.parent / name)

    assert len(str(error.value)) < 400


def test_read_image_expands_the_home_folder(png, monkeypatch):
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(png.parent))

    assert (read_image("~/digit.png") == GREY).all()
    with pytest.raises(FileNotFoundError, match="no such file") as error:
        read_image("~/7.png")
    assert "~" not in str(error.value)
