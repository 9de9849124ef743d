"""Read pictures from one folder per label."""

import os
import re
from pathlib import Path

import numpy as np
from sklearn.utils import Bunch
from sklearn.utils._param_validation import validate_params

from skdigits._io import read_image

__all__ = ["load_image_folder"]

# Formats that some installations of Pillow cannot read are listed, too, so that such a
# picture raises an error instead of being skipped silently.
_IMAGE_SUFFIXES = (
    *(".avif", ".bmp", ".gif", ".heic", ".heif", ".jfif", ".jp2", ".jpeg", ".jpg"),
    *(".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp"),
)
_LAYOUT = (
    "Sort the pictures into one sub-folder per label: {root}/0/first.png, "
    "{root}/0/second.jpg, {root}/1/third.png."
)


@validate_params({"root": [str, os.PathLike]}, prefer_skip_nested_validation=True)
def load_image_folder(root):
    """Load pictures from a folder that has one sub-folder per label.

    Sub-folders are read in the order of their labels, pictures in the order of their
    names. Hidden files and folders are skipped, and so are files without the suffix of
    a picture.

    Parameters
    ----------
    root : str or path-like
        Folder with the sub-folders, as in ``root/7/scan.png``; ``~`` is the home
        folder.

    Returns
    -------
    pictures : :class:`~sklearn.utils.Bunch`
        Dictionary-like object with the attributes `images` (list of arrays as
        `read_image` returns them, of any size: `DigitPreprocessor` takes the list),
        `target` (the label of each: int64 if every sub-folder is named by an
        integer, else str), `filenames` (the path of each) and `target_names` (the
        labels, sorted).

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    ValueError
        If the folder has no sub-folders, or one of them has no pictures.
    UnreadableImageError
        If a picture cannot be read; the message names it.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from skimage.io import imsave
    >>> import numpy as np
    >>> from skdigits.datasets import load_image_folder
    >>> with TemporaryDirectory() as root:
    ...     for label in ("3", "10"):
    ...         Path(root, label).mkdir()
    ...         imsave(Path(root, label, "scan.png"), np.eye(8, dtype="u1"),
    ...                check_contrast=False)
    ...     pictures = load_image_folder(root)
    >>> len(pictures.images), pictures.target
    (2, array([ 3, 10]))
    """
    root = Path(root).expanduser()
    if not root.is_dir():
        raise FileNotFoundError(
            f"There is no folder {root}. {_LAYOUT.format(root=root)}"
        )
    labels, folders = _label_folders(root)
    paths, target = [], []
    for label, folder in zip(labels, folders, strict=True):
        pictures = list_pictures(folder)
        if not pictures:
            raise ValueError(
                f"{folder} holds no pictures ({' '.join(_IMAGE_SUFFIXES)}). Every "
                "sub-folder stands for a label: put pictures of it there, or remove "
                f"the folder. {_LAYOUT.format(root=root)}"
            )
        paths += pictures
        target += [label] * len(pictures)
    return Bunch(
        images=[read_image(path) for path in paths],
        target=np.array(target),
        filenames=np.array([str(path) for path in paths]),
        target_names=np.unique(labels),
    )


def list_pictures(folder):
    """List the pictures in a folder, by name and without its sub-folders.

    Parameters
    ----------
    folder : pathlib.Path

    Returns
    -------
    list of pathlib.Path
        Files with the suffix of a picture, without hidden ones.
    """
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in _IMAGE_SUFFIXES
        and path.is_file()
        and not _hidden(path)
    )


def _label_folders(root):
    """Return the labels, integers if all of them are, and their folders, in order."""
    folders = [path for path in root.iterdir() if path.is_dir() and not _hidden(path)]
    if not folders:
        raise ValueError(
            f"{root} has no sub-folders to take the labels from. "
            f"{_LAYOUT.format(root=root)}"
        )
    labels = [folder.name for folder in folders]
    if all(re.fullmatch(r"-?[0-9]+", label) for label in labels):
        labels = [int(label) for label in labels]
    order = sorted(range(len(labels)), key=lambda i: (labels[i], folders[i].name))
    return [labels[i] for i in order], [folders[i] for i in order]


def _hidden(path):
    return path.name.startswith(".")
