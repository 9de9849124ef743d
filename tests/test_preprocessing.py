import dataclasses
import io
import pickle
import tracemalloc
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from joblib import parallel_config
from numpy.testing import assert_array_equal
from PIL import Image
from sklearn.base import clone
from sklearn.callback import ProgressBar
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from skdigits import DigitPreprocessor
from skdigits.datasets import fetch_mnist
from skdigits.exceptions import (
    ImageShapeWarning,
    NoDigitFoundWarning,
    SeveralDigitsWarning,
    UnreadableImageError,
)


def center_of_mass(frame):
    rows, columns = np.indices(frame.shape)
    return (rows * frame).sum() / frame.sum(), (columns * frame).sum() / frame.sum()


class Tensor:
    """A tensor as PyTorch has it: NumPy reads it, and may not reshape it."""

    def __init__(self, pixels):
        self._pixels = pixels
        self.shape, self.dtype = pixels.shape, f"torch.{pixels.dtype}"

    def __array__(self, dtype=None):
        return self._pixels if dtype is None else self._pixels.astype(dtype)

    def __len__(self):
        return len(self._pixels)

    def reshape(self, *shape):
        raise AssertionError("NumPy warns of what a tensor returns")


def draw_one(height, width, top=10, left=20):
    """A "1" of black ink on white background, 50 pixels high."""
    picture = np.full((height, width), 255, dtype=np.uint8)
    picture[top : top + 50, left : left + 6] = 0
    return picture


@pytest.fixture(scope="module")
def framed():
    """Digits of scikit-learn brought into MNIST framing; do not change."""
    X = DigitPreprocessor().transform(load_digits().data[:200])
    X.flags.writeable = False
    return X


# The arrays of two or three values that the checks pass as rows are blank strips.
@pytest.mark.filterwarnings("ignore::skdigits.exceptions.ImageShapeWarning")
@pytest.mark.filterwarnings("ignore::skdigits.exceptions.NoDigitFoundWarning")
@parametrize_with_checks([DigitPreprocessor()])
def test_scikit_learn_checks_pass(estimator, check):
    check(estimator)


# What comes out


def test_transform_returns_float32_rows_from_0_to_255(framed):
    assert framed.shape == (200, 784)
    assert framed.dtype == np.float32
    assert framed.min() == 0
    assert (framed.max(axis=1) == 255).all()


def test_transform_fits_digits_into_the_box(framed):
    for frame in framed.reshape(-1, 28, 28):
        extents = [np.ptp(np.flatnonzero(frame.any(axis=axis))) + 1 for axis in (0, 1)]
        assert max(extents) == 20


def test_transform_brings_the_centre_of_mass_to_pixel_14(framed):
    for frame in framed.reshape(-1, 28, 28):
        for coordinate in center_of_mass(frame):
            assert 13.5 - 1e-4 < coordinate <= 14.5 + 1e-4


def test_transform_centers_off_center_digit():
    corners = [draw_one(90, 80, top, left) for top in (5, 35) for left in (5, 65)]

    X = DigitPreprocessor().transform(corners)

    assert not np.ptp(X, axis=0).any()


def test_transform_leaves_framed_digits_nearly_unchanged(framed):
    again = DigitPreprocessor().transform(framed)

    assert np.abs(again - framed).mean() < 0.002 * 255


def test_transform_leaves_mnist_nearly_unchanged(mnist_home):
    X, _ = fetch_mnist(
        subset="test", data_home=mnist_home, download_if_missing=False, return_X_y=True
    )
    rows = np.asarray(X)[:500]

    again = DigitPreprocessor().transform(rows)

    difference = np.abs(again - rows).mean(axis=1)
    assert difference.mean() < 0.25
    assert (difference < 1e-3).mean() > 0.85


def test_transform_gives_the_same_picture_the_same_row_in_any_company(framed):
    preprocessor = DigitPreprocessor()
    X = load_digits().data[:200]

    for rows in ([3], [9, 3, 120], range(199, -1, -1)):
        assert (preprocessor.transform(X[list(rows)]) == framed[list(rows)]).all()


def test_transform_reads_dark_and_light_ink_alike(framed):
    dark = 16 - load_digits().data[:200]

    assert (DigitPreprocessor(polarity="dark").transform(dark) == framed).mean() > 0.99
    np.testing.assert_allclose(DigitPreprocessor().transform(dark), framed, atol=1e-3)


# Parameters


@pytest.mark.parametrize("image_shape", [(20, 20), (32, 24), [64, 64]])
def test_image_shape_and_box_size_set_the_frame(image_shape):
    preprocessor = DigitPreprocessor(image_shape=image_shape, box_size=16)

    frame = preprocessor.transform([draw_one(90, 80)]).reshape(image_shape)

    assert np.ptp(np.flatnonzero(frame.any(axis=1))) + 1 == 16
    for coordinate, side in zip(center_of_mass(frame), image_shape, strict=True):
        assert abs(coordinate - side // 2) <= 0.5


def test_center_box_puts_the_rectangle_in_the_middle():
    lopsided = draw_one(90, 80)
    lopsided[50:60, 20:50] = 0

    frame = DigitPreprocessor(center="box").transform([lopsided]).reshape(28, 28)

    rows = np.flatnonzero(frame.any(axis=1))
    columns = np.flatnonzero(frame.any(axis=0))
    assert (rows[0], rows[-1]) == (4, 23)
    assert columns[0] == 27 - columns[-1]


def test_center_none_keeps_the_place():
    picture = np.zeros((56, 56))
    picture[8:24, 4:10] = 1

    frame = DigitPreprocessor(center=None).transform([picture]).reshape(28, 28)

    assert frame[4:12, 2:5].all()
    assert frame.sum() == 24 * 255


def test_deskew_sets_slanted_digits_upright():
    slanted = np.zeros((60, 60))
    for row in range(5, 55):
        slanted[row, 50 - row * 2 // 3 : 56 - row * 2 // 3] = 1
    widths = [
        np.ptp(np.flatnonzero(DigitPreprocessor(deskew=deskew)
                              .transform([slanted]).reshape(28, 28).any(axis=0)))
        for deskew in (False, True)
    ]  # fmt: skip

    assert widths[1] < widths[0] / 2


def test_threshold_decides_what_is_ink():
    picture = np.zeros((80, 80))
    picture[10:60, 20:26] = 1
    picture[54:60, 26:46] = 0.3  # the foot of an "L"

    widths = [
        np.count_nonzero(
            DigitPreprocessor(threshold=threshold)
            .transform([picture])
            .reshape(28, 28)
            .any(axis=0)
        )
        for threshold in (0.2, 0.6)
    ]

    assert widths[1] < widths[0]


def test_polarity_overrides_what_the_picture_suggests():
    close_cut = np.zeros((30, 30), dtype=np.uint8)
    close_cut[10:20, 10:20] = 255  # a "0" that fills its picture, or a dot

    ring = DigitPreprocessor(polarity="dark").transform([close_cut])
    dot = DigitPreprocessor(polarity="light").transform([close_cut])

    assert ring.reshape(28, 28)[14, 14] == 0
    assert dot.reshape(28, 28)[14, 14] == 255


@pytest.mark.parametrize(
    "params",
    [
        {"box_size": 0},
        {"polarity": "bright"},
        {"threshold": 1.0},
        {"threshold": "sauvola"},
        {"center": "middle"},
        {"deskew": "auto"},
        {"image_shape": 28},
        {"n_jobs": 1.5},
    ],
)
def test_transform_and_fit_check_parameters(params, framed):
    for method in ("fit", "transform"):
        name = next(iter(params))
        with pytest.raises(ValueError, match=f"The '{name}' parameter"):
            getattr(DigitPreprocessor(**params), method)(framed)


@pytest.mark.parametrize("image_shape", [(28,), (28, 0), (28.0, 28), (28, 28, 1)])
def test_image_shape_must_be_two_positive_integers(image_shape, framed):
    with pytest.raises(ValueError, match=r"`image_shape` must be the height.*Got"):
        DigitPreprocessor(image_shape=image_shape).fit(framed)


def test_box_size_must_fit_into_the_frame(framed):
    with pytest.raises(ValueError, match=r"`box_size` must not exceed.*box_size=20"):
        DigitPreprocessor(image_shape=(28, 16)).transform(framed)


# What comes in


def test_transform_reads_every_container_of_pictures_alike():
    images = load_digits().images[:5]
    rows = images.reshape(5, 64)
    ragged = np.empty(5, dtype=object)
    ragged[:] = list(images)
    columns = [f"p{i}" for i in range(64)]
    containers = [
        rows,
        images,
        images[..., None],
        list(images),
        tuple(images),
        ragged,
        [image.tolist() for image in images],
        rows.tolist(),
        rows.astype(np.uint8),
        rows.astype(object),
        pd.DataFrame(rows, columns=columns),
        pl.DataFrame(rows, schema=columns),
    ]

    framed = [DigitPreprocessor().transform(container) for container in containers]

    for X in framed:
        np.testing.assert_array_equal(X, framed[0])


def test_transform_reads_pictures_of_different_sizes_and_colours():
    grey = draw_one(90, 80)
    rgb = np.stack([draw_one(120, 70)] * 3, axis=-1)
    rgba = np.zeros((100, 60, 4))
    rgba[20:70, 20:26, 3] = 1
    deep = draw_one(70, 70).astype(np.uint16) * 257
    mask = draw_one(75, 70) > 0

    X = DigitPreprocessor().transform([grey, rgb, rgba, deep, mask])

    np.testing.assert_allclose(X, np.tile(X[0], (5, 1)), atol=2.5)


def test_transform_reads_a_stack_of_colour_pictures():
    stack = np.stack([np.stack([draw_one(90, 80)] * 3, axis=-1)] * 2)

    X = DigitPreprocessor().transform(stack)

    grey = DigitPreprocessor().transform([draw_one(90, 80)] * 2)
    np.testing.assert_allclose(X, grey, atol=1e-3)


@pytest.mark.parametrize("as_input", [list, np.asarray])
def test_transform_leaves_pictures_alone(as_input):
    X = as_input([draw_one(90, 80), draw_one(90, 80)])
    before = np.array(X)

    DigitPreprocessor(deskew=True).transform(X)

    assert (np.array(X) == before).all()


@pytest.mark.filterwarnings("ignore::skdigits.exceptions.NoDigitFoundWarning")
@pytest.mark.parametrize("params", [{}, {"center": None}, {"deskew": True}])
def test_explain_ends_where_transform_does(params):
    rng = np.random.default_rng(0)
    preprocessor = DigitPreprocessor(**params)
    pictures = [
        *load_digits().images[:100],
        draw_one(90, 80),
        draw_one(1100, 900, 500, 300),  # a small digit in a large picture
        np.stack([draw_one(120, 70), draw_one(120, 70), draw_one(120, 70, 40)], -1),
        255 - draw_one(70, 60),
        np.linspace(0.4, 0.9, 80) * (1 - 0.7 * (draw_one(90, 80) == 0)),
        *(rng.random((rng.integers(1, 90), rng.integers(1, 90))) for _ in range(10)),
    ]

    framed = preprocessor.transform(pictures)

    for picture, row in zip(pictures, framed, strict=True):
        steps = preprocessor.explain(picture)
        assert steps.framed.dtype == np.float32
        np.testing.assert_array_equal(steps.framed.ravel(), row)


def test_explain_gives_the_steps_in_their_order_and_ranges():
    steps = DigitPreprocessor().explain(draw_one(90, 80))

    names = [field.name for field in dataclasses.fields(steps)]
    assert names == ["gray", "ink", "mask", "crop", "framed", "n_digits"]
    assert steps.n_digits == 1
    for name in ("gray", "ink", "mask"):
        assert getattr(steps, name).shape == (90, 80)
    assert steps.gray.dtype == steps.ink.dtype == steps.crop.dtype == np.float32
    assert (steps.mask == (draw_one(90, 80) == 0)).all()
    assert (steps.gray.min(), steps.gray.max()) == (0, 1)
    assert (steps.ink[steps.mask] > 0.9).all()
    assert steps.crop.shape == (50, 6)
    assert steps.crop.max() == 1


def test_explain_shows_the_surroundings_of_a_small_digit():
    steps = DigitPreprocessor().explain(draw_one(1100, 900, 500, 300))

    assert max(steps.gray.shape) < 120
    assert steps.gray.shape == steps.ink.shape == steps.mask.shape
    assert steps.mask.sum() == 50 * 6


def test_explain_masks_nothing_on_empty_background():
    steps = DigitPreprocessor().explain(np.full((40, 30), 200, dtype=np.uint8))

    assert not steps.mask.any()
    assert steps.crop.shape == (40, 30)
    assert not steps.crop.any()
    assert not steps.framed.any()
    assert steps.n_digits == 0


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.zeros(784), r"^The picture: An array must be one.*Got shape \(784,\)"),
        ([[1, 2], [1]], "^The picture must be an array.*rows of different lengths"),
        (np.array([["a"]]), "^The picture must hold booleans, integers or floats"),
        (np.full((9, 9), np.nan), "^The picture must hold finite pixels"),
        (b"seven", "^The picture: The buffer of 5 bytes must be a picture"),
    ],
)
def test_explain_rejects_what_is_no_picture(image, message):
    with pytest.raises(ValueError, match=message):
        DigitPreprocessor().explain(image)


def test_explain_checks_parameters():
    with pytest.raises(ValueError, match="The 'polarity' parameter"):
        DigitPreprocessor(polarity="bright").explain(draw_one(90, 80))
    with pytest.raises(ValueError, match="`box_size` must not exceed"):
        DigitPreprocessor(box_size=40).explain(draw_one(90, 80))


def test_transform_warns_once_of_all_blank_pictures():
    blank = np.full((40, 40), 200, dtype=np.uint8)

    message = r"2 of 3 pictures hold no digit \(0, 2\): nothing stands out from the"
    with pytest.warns(NoDigitFoundWarning, match=message) as log:
        X = DigitPreprocessor().transform([blank, draw_one(90, 80), blank])

    assert len(log) == 1
    assert log[0].filename == __file__
    assert X.any(axis=1).tolist() == [False, True, False]


def draw_two():
    """Two digits "1", the left one taller."""
    return np.hstack([draw_one(90, 80), draw_one(90, 80)[::-1] | (draw_one(90, 80))])


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_transform_warns_once_of_all_pictures_of_several_digits(n_jobs):
    pictures = [draw_one(90, 80), draw_two(), draw_one(90, 80), draw_two()]
    message = (
        r"^2 of 4 pictures seem to hold several digits \(1, 3\)\. Only the largest "
        "of each was framed; touching digits were framed as one. Cut them apart"
    )

    with (
        parallel_config("threading"),
        pytest.warns(SeveralDigitsWarning, match=message) as log,
    ):
        X = DigitPreprocessor(n_jobs=n_jobs).transform(pictures)

    assert [warning.filename for warning in log] == [__file__]
    assert not np.ptp(X, axis=0).any()


def test_transform_lists_the_first_ten_of_many_pictures():
    with pytest.warns(
        SeveralDigitsWarning, match=r"12 of 12 .*\(0, 1, .*, 9, \.\.\.\)"
    ):
        DigitPreprocessor().transform([draw_two()] * 12)


def test_explain_counts_digits():
    assert DigitPreprocessor().explain(draw_two()).n_digits == 2


def test_mnist_is_not_taken_for_several_digits(mnist_home):
    X, _ = fetch_mnist(
        subset="test", data_home=mnist_home, download_if_missing=False, return_X_y=True
    )

    with warnings.catch_warnings():
        warnings.simplefilter("error", SeveralDigitsWarning)
        DigitPreprocessor().transform(np.asarray(X)[:1000])


@pytest.mark.parametrize("method", ["fit", "transform"])
def test_rows_that_are_no_square_are_read_as_strips_with_a_warning(method):
    rows = np.zeros((4, 785))
    rows[:, 300:310] = 1

    with pytest.warns(ImageShapeWarning, match=r"785.*strips.*label column") as log:
        getattr(DigitPreprocessor(), method)(rows)

    assert [warning.filename for warning in log] == [__file__]


@pytest.mark.filterwarnings("ignore::skdigits.exceptions.NoDigitFoundWarning")
@pytest.mark.parametrize("shape", [(400, 484), (500, 785), (2000, 300), (60, 90)])
def test_rows_are_not_mistaken_for_a_photo(shape):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImageShapeWarning)
        assert DigitPreprocessor().transform(np.zeros(shape)).shape == (shape[0], 784)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.zeros((200, 300, 3)), r"looks like one colour picture.*in a list, `\[X\]`"),
        (np.zeros((5, 7, 28, 28)), r"Got shape \(5, 7, 28, 28\); move the channel axi"),
        (np.zeros((0, 28, 28)), "with at least one picture"),
        (np.zeros((2, 0, 28)), "one pixel"),
        (np.zeros((2, 2, 2, 2, 2)), r"Got shape \(2, 2, 2, 2, 2\)"),
        (np.zeros((0, 784)), "Found array with 0 sample"),
        ([], r"a list of pictures. Got no picture, the list is empty\."),
        ([["a.png"], ["b.png"]], "Got a table that holds 'a.png'; pass paths as a li"),
        (pd.DataFrame({"p": ["a.png"]}), "Got a table that holds 'a.png'; pass paths"),
        (np.zeros(784), r"Got one array of shape \(784,\). Reshape your data: one row"),
        (None, "a list of pictures. Got NoneType; collect its pictures first"),
        ([np.eye(9), None], "Got None as picture 1; that is what OpenCV's `imread`"),
        ([(np.eye(9), 3)], "Got pairs of a picture and its label; pass the pictures"),
        (iter([np.eye(9)]), r"Got list_iterator; collect its pictures.*np\.stack"),
        ({"image": np.eye(9)}, r"Got dict; collect its pictures.*np\.stack"),
        (np.full((2, 8, 8), np.nan), "^X must hold finite pixels. Got NaN"),
        (np.full((2, 64), np.inf), "Input X contains infinity"),
        (np.full((2, 8, 8), 1j), "^X must hold booleans, integers or floats"),
        (
            [np.ones((8, 8)), np.full((9, 9), np.nan)],
            "Picture 1 must hold finite pixels. Got NaN or infinity",
        ),
        (
            [np.ones((8, 8)), np.ones(64)],
            r"Picture 1: An array must be one picture.*Got shape \(64,\)",
        ),
        ([np.ones((8, 8)), np.ones((0, 3))], r"Picture 1: .*Got shape \(0, 3\)"),
        ([np.ones((8, 8)), [[1, 2], [3]]], "Picture 1 .*rows of different lengths"),
        ([np.ones((8, 8)), np.array([["a"]])], "Picture 1 .*Got dtype <U1"),
        ([np.ones((2, 28, 28))], r"Picture 0: .*Got shape \(2, 28, 28\); move the ch"),
        (
            np.zeros((480, 640)),
            r"shape \(480, 640\), which looks like one grey picture; pass .* `\[X\]`",
        ),
        ("seven.png", r"Got one picture, 'seven.png'; pass it in a list, `\[X\]`"),
        (b"\x89PNG", r"Got one picture, b'.x89PNG'; pass it in a list, `\[X\]`"),
        (
            Image.new("L", (9, 9)),
            r"Got one picture, <PIL.*; pass it in a list, `\[X\]`",
        ),
    ],
)
@pytest.mark.parametrize("method", ["fit", "transform"])
def test_what_are_no_pictures_is_rejected(X, message, method):
    with pytest.raises(ValueError, match=message):
        getattr(DigitPreprocessor(), method)(X)


# Pictures in files and other libraries' containers


def encode(image, image_format="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, image_format, **options)
    return buffer.getvalue()


@pytest.fixture
def upright_and_turned():
    """A blue digit as RGB pixels, and as a photo that EXIF says to turn."""
    pixels = np.full((120, 90, 3), 250, dtype=np.uint8)
    pixels[20:100, 30:40] = pixels[90:100, 30:60] = (20, 30, 200)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter to the right
    turned = Image.fromarray(np.ascontiguousarray(np.rot90(pixels)))
    return pixels, encode(turned, "JPEG", quality=95, exif=exif)


def test_transform_reads_a_list_of_whatever_read_image_takes(
    tmp_path, upright_and_turned
):
    pixels, jpeg = upright_and_turned
    path = tmp_path / "turned.jpg"
    path.write_bytes(jpeg)
    color = Image.fromarray(pixels)
    sources = [
        pixels,
        color,
        color.convert("CMYK"),
        color.quantize(16),
        Image.open(io.BytesIO(jpeg)),
        path,
        str(path),
        jpeg,
        bytearray(jpeg),
        io.BytesIO(jpeg),
    ]

    X = DigitPreprocessor().fit_transform(sources)

    np.testing.assert_allclose(X, np.tile(X[0], (len(X), 1)), atol=30)
    assert np.abs(X - X[0]).mean() < 1


@pytest.mark.parametrize(
    "hold",
    [
        tuple,
        np.array,
        lambda paths: np.array(paths, dtype=object),
        pd.Series,
        pl.Series,
    ],
    ids=["tuple", "array", "object array", "pandas", "polars"],
)
def test_transform_reads_a_column_of_paths(tmp_path, hold):
    paths = [str(tmp_path / f"{i}.png") for i in range(3)]
    for path in paths:
        Image.fromarray(draw_one(90, 80)).save(path)

    X = DigitPreprocessor().transform(hold(paths))

    expected = DigitPreprocessor().transform([draw_one(90, 80)] * 3)
    np.testing.assert_array_equal(X, expected)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_picture_that_cannot_be_read_is_named_by_its_place(tmp_path, n_jobs):
    png = encode(Image.fromarray(draw_one(90, 80)))
    preprocessor = DigitPreprocessor(n_jobs=n_jobs)

    with parallel_config("threading"):
        with pytest.raises(FileNotFoundError, match=r"Picture 2: '.*gone\.png' must"):
            preprocessor.transform([png, png, tmp_path / "gone.png"])
        with pytest.raises(UnreadableImageError, match="Picture 1: The buffer of 4 by"):
            preprocessor.transform([png, b"text"])


def test_files_and_pillow_images_go_to_other_processes(tmp_path, upright_and_turned):
    _, jpeg = upright_and_turned
    path = tmp_path / "turned.jpg"
    path.write_bytes(jpeg)

    with path.open("rb") as file:
        sources = [path, jpeg, file, Image.open(path)]
        X = DigitPreprocessor(n_jobs=2).transform(sources)

    assert not np.ptp(X, axis=0).any()
    assert X.any()


def test_fit_opens_no_file(upright_and_turned):
    file = io.BytesIO(upright_and_turned[1])

    preprocessor = DigitPreprocessor().fit([file, "nowhere.png"])

    assert file.tell() == 0
    assert not hasattr(preprocessor, "n_features_in_")


@pytest.mark.parametrize(
    "content", [bytes(10**6), "data:image/png;base64," + "A" * 10**6]
)
@pytest.mark.parametrize("in_list", [False, True])
def test_messages_show_the_beginning_of_a_long_value_only(content, in_list):
    with pytest.raises((ValueError, OSError)) as error:
        DigitPreprocessor().transform([content] if in_list else content)

    assert len(str(error.value)) < 500


def test_transform_finds_the_channels_of_pytorch():
    gray = np.stack([draw_one(90, 80), draw_one(90, 80, 30)])
    color = np.repeat(gray[:, None], 3, axis=1)
    expected = DigitPreprocessor().transform(gray)

    for X in (gray[:, None], color, list(gray[:, None]), list(color)):
        np.testing.assert_allclose(
            DigitPreprocessor().transform(X), expected, atol=1e-3
        )


def test_transform_takes_tensors_quietly():
    X = np.stack([draw_one(90, 80)] * 2)
    expected = DigitPreprocessor().transform(X)

    for tensors in (Tensor(X), [Tensor(picture) for picture in X]):
        assert (DigitPreprocessor().transform(tensors) == expected).all()


@pytest.mark.parametrize("shape", [(28, 28), (20, 24)])
def test_rows_of_as_many_pixels_as_the_fitted_pictures_are_such_pictures(shape):
    X = np.zeros((4, *shape))
    X[:, 4:17, 6:9] = 1
    preprocessor = DigitPreprocessor().fit(X)

    rows = preprocessor.transform(X.reshape(4, -1))

    assert (rows == preprocessor.transform(X)).all()
    with pytest.raises(ValueError, match=r"shape \(4, 81\), but `fit` saw pictures"):
        preprocessor.transform(np.zeros((4, 81)))


@pytest.mark.parametrize("side", [28, 50, 64, 81, 100, 144, 225, 256, 400, 784, 1024])
@pytest.mark.parametrize("method", ["fit", "transform"])
def test_grey_picture_of_any_side_must_be_in_a_list(side, method):
    y, x = np.indices((side, side)) / side - 0.5
    noise = np.random.default_rng(side).normal(0, 4, (side, side))
    photo = 200 - 40 * x - 120 * (np.abs(np.hypot(y, 1.5 * x) - 0.3) < 0.04) + noise

    with pytest.raises(
        ValueError, match=r"looks like one grey picture; pass it in a l"
    ):
        getattr(DigitPreprocessor(), method)(photo)


# Odd pictures that are pictures nevertheless


@pytest.mark.parametrize(
    "picture",
    [
        np.full((1, 1), 200, dtype=np.uint8),
        np.zeros((1, 1, 4)),
        np.full((300, 200), 255, dtype=np.uint8),  # all white
        np.zeros((300, 200, 3), dtype=np.uint8),  # all black
        np.zeros((300, 200, 4), dtype=np.uint8),  # all transparent
        np.full((20, 30_000), 255, dtype=np.uint8),
        np.full((30_000, 1), 7, dtype=np.uint16),
    ],
    ids=lambda picture: f"{picture.shape} {picture.flat[0]}",
)
def test_pictures_of_nothing_come_out_blank_with_a_warning(picture):
    with pytest.warns(
        NoDigitFoundWarning, match=r"1 of 1 pictures hold no digit.*\(0\)"
    ):
        assert not DigitPreprocessor().transform([picture]).any()


@pytest.mark.parametrize("turn", [np.asarray, np.transpose])
def test_a_digit_on_a_strip_of_30000_pixels_is_found(turn):
    strip = np.full((60, 30_000), 255, dtype=np.uint8)
    strip[5:55, 20_000:20_006] = 0

    X = DigitPreprocessor().transform([turn(strip)])

    alone = DigitPreprocessor().transform([turn(draw_one(60, 60, 5))])
    assert np.abs(X - alone).mean() < 0.03 * 255


# Manners of a scikit-learn transformer


def test_fit_remembers_rows_only():
    rows = pd.DataFrame(load_digits().data[:5]).add_prefix("p")
    preprocessor = DigitPreprocessor().fit(rows)
    assert preprocessor.n_features_in_ == 64
    assert preprocessor.feature_names_in_[0] == "p0"

    preprocessor.fit([draw_one(90, 80)])
    assert not hasattr(preprocessor, "n_features_in_")
    assert not hasattr(preprocessor, "feature_names_in_")


def test_transform_needs_no_fit_and_leaves_no_trace(framed):
    preprocessor = DigitPreprocessor()
    before = dict(vars(preprocessor))

    X = preprocessor.transform(pd.DataFrame(load_digits().data[:200]).add_prefix("p"))

    np.testing.assert_array_equal(X, framed)
    assert vars(preprocessor) == before


def test_transform_rejects_rows_of_another_width_than_fitted(framed):
    preprocessor = DigitPreprocessor().fit(load_digits().data[:5])

    with pytest.raises(ValueError, match="784 features, but DigitPreprocessor is exp"):
        preprocessor.transform(framed)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_set_output_names_the_pixels(library):
    images = load_digits().images[:3]
    preprocessor = DigitPreprocessor().set_output(transform=library)

    table = preprocessor.transform(list(images))

    assert table.shape == (3, 784)
    assert list(table.columns[:2]) == ["pixel0", "pixel1"]
    assert (table.to_numpy() == DigitPreprocessor().transform(images)).all()


def test_get_feature_names_out_follows_the_frame():
    names = DigitPreprocessor(image_shape=(32, 30)).get_feature_names_out()

    assert len(names) == 960
    assert names[-1] == "pixel959"


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_n_jobs_changes_nothing_but_time(backend, framed):
    X = load_digits().data[:200]
    pictures = [draw_one(90, 80), draw_one(70, 60)]

    with parallel_config(backend):
        rows = DigitPreprocessor(n_jobs=2).transform(X)
        few = DigitPreprocessor(n_jobs=3).transform(pictures)

    assert (rows == framed).all()
    assert (few == DigitPreprocessor().transform(pictures)).all()


def test_clone_and_pickle_keep_the_parameters(framed):
    preprocessor = DigitPreprocessor(threshold=0.4, deskew=True)
    expected = preprocessor.transform(framed[:3])

    for copy in (clone(preprocessor), pickle.loads(pickle.dumps(preprocessor))):
        assert (copy.transform(framed[:3]) == expected).all()


def test_pipeline_reports_progress_through_the_preprocessor(capsys):
    X, y = load_digits(return_X_y=True)
    pipeline = make_pipeline(
        DigitPreprocessor(), LogisticRegression(max_iter=20, tol=1)
    )
    pipeline.set_callbacks(ProgressBar())

    pipeline.fit(X[:60], y[:60])

    assert "DigitPreprocessor" in capsys.readouterr().out


def test_pipeline_learns_from_framed_digits():
    X, y = load_digits(return_X_y=True)
    pipeline = make_pipeline(DigitPreprocessor(), KNeighborsClassifier(1))

    assert pipeline.fit(X[:600], y[:600]).score(X[600:900], y[600:900]) > 0.85


def test_rows_of_different_lengths_are_explained():
    with pytest.raises(ValueError, match="Got rows of different lengths; pass pict"):
        DigitPreprocessor().transform([[1, 2], [1]])


def test_picture_of_rows_of_different_lengths_is_named():
    with pytest.raises(ValueError, match=r"Picture 0 must be an array.*rows of d"):
        DigitPreprocessor().transform([[[1, 2], [1]], [[1, 2], [3, 4]]])


def test_single_picture_without_its_list_is_explained_after_a_fit_on_pictures():
    preprocessor = DigitPreprocessor().fit([np.eye(40), np.eye(50)])
    with pytest.raises(ValueError, match=r"shape \(48, 64\), but `fit` saw pictures"):
        preprocessor.transform(np.eye(48, 64))
    preprocessor.fit(np.eye(3, 64)).transform(np.eye(48, 64))


PICTURES = [np.eye(28) * 255, np.eye(28)[::-1] * 255]


def test_transform_during_a_fit_sees_the_state_before_it(monkeypatch):
    rows = load_digits().data[:5]
    preprocessor = DigitPreprocessor().fit(rows)
    expected = preprocessor.transform(rows)
    seen = []

    def find_shape(pictures):
        seen.append(preprocessor.transform(rows))
        return (28, 28)

    monkeypatch.setattr("skdigits._preprocessing._common_shape", find_shape)
    preprocessor.fit(PICTURES)

    assert len(seen) == 1
    assert (seen[0] == expected).all()
    with pytest.raises(ValueError, match=r"Got one array .* but `fit` saw pictures"):
        preprocessor.transform(rows)


def test_fit_during_a_transform_does_not_change_it(monkeypatch):
    rows = load_digits().data[:5]
    preprocessor = DigitPreprocessor().fit(rows)
    expected = preprocessor.transform(rows)

    def stack(X):
        preprocessor.fit(PICTURES)
        return X

    monkeypatch.setattr("skdigits._preprocessing.stack_rows", stack)

    assert (preprocessor.transform(rows) == expected).all()
    assert not hasattr(preprocessor, "n_features_in_")


def test_fit_that_fails_keeps_the_state_before_it():
    rows = load_digits().data[:5]
    preprocessor = DigitPreprocessor().fit(rows)
    with pytest.raises(ValueError, match="NaN"):
        preprocessor.fit(np.full((5, 100), np.nan))

    assert preprocessor.n_features_in_ == 64
    assert preprocessor.transform(rows).shape == (5, 784)


def test_complex_rows_are_refused_in_a_short_sentence():
    with pytest.raises(ValueError, match=r"X must hold .* Got dtype complex") as error:
        DigitPreprocessor().transform(np.full((500, 64), 1j))

    assert len(str(error.value)) < 200


def test_message_shortens_a_long_parameter():
    with pytest.raises(ValueError, match="`box_size` must not exceed") as error:
        DigitPreprocessor(box_size=10**1000).transform(PICTURES)

    assert len(str(error.value)) < 400


def test_rows_are_held_once_while_pictures_are_framed():
    X = np.zeros((1000, 28, 28), np.uint8)
    X[:, 8:20, 13:16] = 255
    tracemalloc.start()
    framed = DigitPreprocessor().transform(X)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.5 * framed.nbytes


def test_chunks_of_pictures_are_put_together_in_order(monkeypatch):
    monkeypatch.setattr("skdigits._preprocessing._LARGEST_CHUNK", 3)
    X = np.zeros((11, 28, 28), np.uint8)
    for i, picture in enumerate(X):
        picture[8 : 10 + i, 13:16] = 255
    with parallel_config("threading"):
        together = DigitPreprocessor(n_jobs=2).transform(X)
    assert_array_equal(together, DigitPreprocessor().transform(X))
