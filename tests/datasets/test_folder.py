"""`skdigits.datasets._folder`: pictures sorted into one folder per label."""

import numpy as np
import pytest
from PIL import Image

from skdigits import read_image
from skdigits.datasets import load_image_folder
from skdigits.exceptions import UnreadableImageError


def draw(path, value=200, size=(6, 9)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", size, value).save(path)
    return path


def test_each_picture_gets_the_label_of_its_folder(tmp_path):
    draw(tmp_path / "7" / "b.png", 10)
    draw(tmp_path / "7" / "a.jpg", 20)
    draw(tmp_path / "0" / "c.bmp", 30)

    pictures = load_image_folder(tmp_path)

    expected = [tmp_path / "0/c.bmp", tmp_path / "7/a.jpg", tmp_path / "7/b.png"]
    assert pictures.filenames.tolist() == [str(path) for path in expected]
    assert pictures.target.dtype == np.int64
    assert pictures.target.tolist() == [0, 7, 7]
    assert pictures.target_names.tolist() == [0, 7]


def test_images_are_what_read_image_returns_whatever_their_size(tmp_path):
    paths = [
        draw(tmp_path / "1" / "large.png", 40, size=(30, 20)),
        draw(tmp_path / "1" / "small.png", 50, size=(5, 7)),
    ]

    images = load_image_folder(tmp_path).images

    assert isinstance(images, list)
    for image, path in zip(images, paths, strict=True):
        np.testing.assert_array_equal(image, read_image(path))


def test_integer_labels_are_ordered_as_numbers(tmp_path):
    for label in ("10", "9", "-1"):
        draw(tmp_path / label / "scan.png")

    assert load_image_folder(tmp_path).target.tolist() == [-1, 9, 10]


def test_labels_are_text_as_soon_as_one_folder_is_not_named_by_an_integer(tmp_path):
    for label in ("10", "9", "seven"):
        draw(tmp_path / label / "scan.png")

    pictures = load_image_folder(str(tmp_path))

    assert pictures.target.tolist() == ["10", "9", "seven"]
    assert pictures.target_names.tolist() == ["10", "9", "seven"]


def test_folders_that_spell_one_number_differently_share_a_label(tmp_path):
    draw(tmp_path / "3" / "scan.png")
    draw(tmp_path / "03" / "scan.png")

    pictures = load_image_folder(tmp_path)

    assert pictures.target.tolist() == [3, 3]
    assert pictures.target_names.tolist() == [3]


def test_what_is_no_picture_is_skipped(tmp_path):
    picture = draw(tmp_path / "4" / "SCAN.PNG")
    for name in ("Thumbs.db", "notes.txt", "labels.csv", ".hidden.png", "._SCAN.PNG"):
        (tmp_path / "4" / name).write_bytes(b"no picture")
    (tmp_path / "4" / "folder.png").mkdir()
    draw(tmp_path / ".ipynb_checkpoints" / "scan.png")
    draw(tmp_path / "beside.png")

    assert load_image_folder(tmp_path).filenames.tolist() == [str(picture)]


def test_picture_that_cannot_be_read_is_named(tmp_path):
    draw(tmp_path / "4" / "good.png")
    (tmp_path / "4" / "phone.heic").write_bytes(b"no picture")

    with pytest.raises(UnreadableImageError, match=r"phone\.heic"):
        load_image_folder(tmp_path)


def test_unknown_folder_is_named_and_the_layout_shown(tmp_path):
    with pytest.raises(
        FileNotFoundError,
        match=r"no folder .*absent\. Sort the pictures(.|\n)*absent/1/",
    ):
        load_image_folder(tmp_path / "absent")


def test_folder_without_sub_folders_is_an_error_that_shows_the_layout(tmp_path):
    draw(tmp_path / "scan.png")

    with pytest.raises(ValueError, match=r"has no sub-folders(.|\n)*/0/second\.jpg"):
        load_image_folder(tmp_path)


def test_label_without_pictures_is_an_error_that_names_its_folder(tmp_path):
    draw(tmp_path / "0" / "scan.png")
    (tmp_path / "1").mkdir()

    with pytest.raises(ValueError, match=r"1 holds no pictures \(.*\.png.*or remove"):
        load_image_folder(tmp_path)


def test_something_that_is_no_path_is_refused():
    with pytest.raises(ValueError, match="'root' parameter of load_image_folder must"):
        load_image_folder(None)
