import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from skdigits._inputs import as_rows, find_image_shape, looks_like_one_picture
from skdigits.exceptions import ImageShapeWarning, UnreadableImageError


def test_stacked_images_become_rows_without_a_copy():
    images = np.zeros((3, 4, 5, 1))
    rows, shape = as_rows(images)
    assert rows.shape == (3, 20)
    assert shape == (4, 5)
    assert np.shares_memory(rows, images)


def test_rows_stay_what_they_are():
    X = np.zeros((3, 20))
    assert as_rows(X) == (X, None)


def test_square_numbers_are_squares_and_others_strips():
    assert find_image_shape(64) == (8, 8)
    with pytest.warns(ImageShapeWarning, match="strips of 1 x 785"):
        assert find_image_shape(785) == (1, 785)


@pytest.mark.parametrize(
    "X", ["photo.png", ["photo.png"], [b"\x89PNG"], [io.BytesIO()], [Path("photo.png")]]
)
def test_path_in_place_of_pixels_is_explained(X):
    with pytest.raises(
        ValueError, match=r"must hold pixels.* read files with skdigits"
    ):
        as_rows(X)


def test_message_shows_the_beginning_of_a_long_value_only():
    with pytest.raises(ValueError, match=r"Got b'.*\.\.\.") as error:
        as_rows([bytes(10**6)])

    assert len(str(error.value)) < 500


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([], "a list of pictures. Got no picture, the list is empty"),
        ([None], "a list of pictures. Got None as picture 0; that is what OpenCV's"),
        (iter([]), "Got list_iterator; collect its pictures first"),
        ({1: 2}, "Got dict; collect its pictures first"),
        ([(np.eye(8), 3)], "Got pairs of a picture and its label"),
        (Image.new("L", (8, 8)), r"Got one picture, <PIL.*in a list, `\[X\]`"),
    ],
)
def test_what_holds_no_images_is_explained(X, message):
    with pytest.raises(ValueError, match=message):
        as_rows(X)


class Dataset:
    """A data set as PyTorch has it, which NumPy would read as a sequence."""

    def __len__(self):
        return 3

    def __getitem__(self, i):
        return np.eye(8), i


def test_data_sets_of_other_libraries_are_told_how_to_be_stacked():
    with pytest.raises(ValueError, match=r"Got Dataset; .*`X = np\.stack\(\["):
        as_rows(Dataset())


def test_channel_axis_of_pytorch_is_found():
    X = np.arange(3 * 28 * 28).reshape(3, 1, 28, 28)

    for images in (X, list(X)):
        rows, shape = as_rows(images)
        assert shape == (28, 28)
        assert (rows == X.reshape(3, -1)).all()


@pytest.mark.parametrize("width", [3, 4])
def test_known_shape_tells_narrow_images_from_a_colour_picture(width):
    X = np.zeros((5, 9, width))

    assert as_rows(X, (9, width))[1] == (9, width)
    with pytest.raises(ValueError, match=r"must hold grey images.*\(5, 9, "):
        as_rows(X)


def test_pillow_images_are_converted_as_files_are():
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    pixels = np.arange(64, dtype=np.uint8).reshape(8, 8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", exif=exif)

    rows, shape = as_rows([Image.open(buffer)])

    assert shape == (8, 8)
    assert (rows == pixels[::-1, ::-1].reshape(1, 64)).all()


def test_one_image_of_the_known_shape_is_explained():
    for shape in [(8, 8), (8, 8, 1)]:
        with pytest.raises(
            ValueError, match=r"Got one image of shape \(8, 8.*np\.newa"
        ):
            as_rows(np.zeros(shape), (8, 8))
    assert as_rows(np.zeros((1, 64)), (1, 64))[1] is None


def draw_zero(height, width):
    y, x = np.indices((height, width)) / np.reshape((height, width), (2, 1, 1)) - 0.5
    noise = np.random.default_rng(0).normal(0, 0.01, (height, width))
    return (np.abs(np.hypot(y, 1.5 * x) - 0.3) < 0.05) + noise


@pytest.mark.parametrize("shape", [(784, 784), (400, 784), (1000, 784)])
def test_picture_as_wide_as_rows_is_told_from_rows(shape):
    with pytest.raises(ValueError, match=r"looks like one grey picture; frame it"):
        as_rows(draw_zero(*shape), (28, 28))


@pytest.mark.parametrize("order", ["as they come", "by label", "copies", "blank"])
@pytest.mark.parametrize("size", [1, 4])
def test_rows_of_digits_are_never_taken_for_one_picture(order, size):
    X, y = load_digits(return_X_y=True)
    X = np.kron(X.reshape(-1, 8, 8), np.ones((size, size))).reshape(len(X), -1)
    if order == "by label":
        X = X[np.argsort(y, kind="stable")]
    elif order == "copies":
        X = np.repeat(X[:90], 20, axis=0)
    elif order == "blank":
        X = np.zeros_like(X)

    for start in range(0, len(X) - X.shape[1], 50):
        assert not looks_like_one_picture(X[start : start + X.shape[1]])


def test_random_and_broken_numbers_are_not_taken_for_one_picture():
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(100, 64))
    for X in (noise, np.sort(noise, axis=0), np.full((64, 64), np.nan), noise * 1e300):
        assert not looks_like_one_picture(X)


def truncated_image():
    buffer = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)
    Image.fromarray(noise).save(buffer, "PNG")
    return Image.open(io.BytesIO(buffer.getvalue()[:2000]))


def test_damaged_pillow_image_is_not_called_a_row_of_another_length():
    message = "^Picture 1: .* Got a damaged or truncated one"
    with pytest.raises(UnreadableImageError, match=message):
        as_rows([Image.new("L", (64, 64)), truncated_image()])


@pytest.mark.parametrize(
    "X",
    [
        np.full((500, 64), 1j),
        np.full((5, 8, 8), 1j),
        [[1j] * 64],
        pd.DataFrame(np.full((500, 64), 1j)),
    ],
    ids=["rows", "stack", "list", "table"],
)
def test_complex_pixels_are_refused_in_a_short_sentence(X):
    message = "Complex data not supported: X must hold .* Got dtype complex128; pass"
    with pytest.raises(ValueError, match=message) as error:
        as_rows(X)

    assert len(str(error.value)) < 200


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (["photo.png"], "^X_val must hold pixels"),
        ([], "^X_val must be rows of pixels"),
        ([None], "^X_val must be rows of pixels"),
        ([(np.eye(8), 3)], r"^X_val must be .* in X_val\]"),
        (np.zeros(64), r"^X_val must be .* `X_val\.reshape\(1, -1\)`"),
        ([["seven"]], "^X_val must be rows of pixels.* a table"),
        ([[1, 2], [3]], "^X_val must hold images of one size"),
        (np.zeros((2, 8, 8, 3)), "^X_val must hold grey images"),
        (np.zeros((8, 8)), r"^X_val must hold a row .* pass X_val\[np\.newaxis\]"),
        (np.full((2, 64), 1j), "X_val must hold booleans, integers or floats"),
    ],
)
def test_errors_name_the_argument_that_holds_the_images(X, message):
    with pytest.raises(ValueError, match=message):
        as_rows(X, (8, 8), "X_val")
