"""The drawing page: one HTML file that reads what is drawn on it, without a server."""

import base64
import hashlib
import json
import os
from pathlib import Path
from string import Template

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils._param_validation import validate_params
from sklearn.utils.validation import check_is_fitted

from skdigits._classifier import CNNDigitClassifier
from skdigits._messages import shorten
from skdigits._preprocessing import DigitPreprocessor

_FOLDER = Path(__file__).parent / "_page"
# In the order in which they run: the last one uses all others.
_SCRIPTS = (
    "arrays",
    "filters",
    "gray",
    "bands",
    "close_crop",
    "light",
    "lines",
    "ink",
    "framing",
    "forward",
    "winograd",
    "model",
    "number",
    "pad",
    "zip",
    "corrections",
    "page",
)


@validate_params(
    {"pipeline": "no_validation", "path": [str, os.PathLike]},
    prefer_skip_nested_validation=True,
)
def write_drawing_page(pipeline, path):
    """Write a page on which one draws digits and sees them read.

    The page is one HTML file with the network in it. It needs no server and no network
    access: open it from a file, send it to a phone, put it on a web site. Drawings are
    framed and read as by `pipeline`, in JavaScript.

    Parameters
    ----------
    pipeline : sklearn.pipeline.Pipeline
        A :class:`~skdigits.DigitPreprocessor` and a fitted
        :class:`~skdigits.CNNDigitClassifier` without a `network` of your own, as
        :func:`make_digit_pipeline` and :func:`load_pretrained` return them.
    path : str or path-like
        The HTML file to write; ``~`` is the home folder. The pretrained model takes 1
        megabyte, of which the kernels of the network, as float16, are the most.

    Raises
    ------
    ValueError
        If `pipeline` holds something else, or a callable `network`, which the page
        cannot compute.
    NotFittedError
        If `pipeline` is not fitted.

    See Also
    --------
    DrawingPad : The same page in a notebook.
    load_pretrained : A pipeline that needs no training.

    Notes
    -----
    Labels that the user corrects are collected in the page and saved as a zip file of
    one folder of pictures per label, which :func:`~skdigits.datasets.load_image_folder`
    and ``skdigits train --data`` read once it is unpacked.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from skdigits import load_pretrained, write_drawing_page
    >>> with TemporaryDirectory() as folder:
    ...     page = Path(folder, "draw.html")
    ...     write_drawing_page(load_pretrained(), page)
    ...     page.stat().st_size < 1_500_000
    True
    """
    Path(path).expanduser().write_text(make_page(pipeline), encoding="utf-8")


def make_page(pipeline):
    """Make the drawing page as a string, see `write_drawing_page`."""
    _check_pipeline(pipeline)
    style = read_part("page.css")
    scripts = [read_part(f"{name}.js") for name in _SCRIPTS]
    return Template(read_part("page.html")).substitute(
        policy=_content_policy(style, scripts),
        style=style,
        # In a script element only "<" can end the element or start a comment.
        model=json.dumps(_describe(*pipeline)).replace("<", "\\u003c"),
        scripts="\n".join(f"<script>{script}</script>" for script in scripts),
    )


def _check_pipeline(pipeline):
    """Check that the page can do what the pipeline does."""
    steps = [step for _, step in getattr(pipeline, "steps", [])]
    if not (
        isinstance(pipeline, Pipeline)
        and len(steps) == 2
        and isinstance(steps[0], DigitPreprocessor)
        and isinstance(steps[1], CNNDigitClassifier)
    ):
        got = [type(step).__name__ for step in steps] or shorten(pipeline)
        raise ValueError(
            "`pipeline` must be a Pipeline of a DigitPreprocessor and a "
            f"CNNDigitClassifier, as make_digit_pipeline() returns it; got {got}."
        )
    check_is_fitted(steps[1])
    if steps[1]._network.spec.network is not None:
        raise ValueError(
            "`pipeline` must hold a classifier whose layers are those of its "
            "parameters; got a callable `network`, which only Keras can compute."
        )


def read_part(name):
    """Read a file of the folder that holds the parts of the page."""
    return (_FOLDER / name).read_text(encoding="utf-8")


def _content_policy(style, scripts):
    """Allow the page's own style and scripts, by their hashes, and no connection."""

    def allow(texts):
        digests = (hashlib.sha256(text.encode()).digest() for text in texts)
        return " ".join(f"'sha256-{base64.b64encode(d).decode()}'" for d in digests)

    return (
        f"default-src 'none'; script-src {allow(scripts)}; "
        f"style-src {allow([style])}; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )


def _describe(preprocessor, classifier):
    """Describe what the page has to compute, as plain values."""
    network = classifier._network
    spec = network.spec
    return {
        "framing": {
            "imageShape": [int(side) for side in preprocessor.image_shape],
            "boxSize": int(preprocessor.box_size),
            "polarity": preprocessor.polarity,
            "threshold": preprocessor.threshold,
            "center": preprocessor.center,
            "deskew": bool(preprocessor.deskew),
        },
        "network": {
            "spec": {
                "imageShape": spec.image_shape,
                "nClasses": spec.n_classes,
                "filters": spec.filters,
                "padding": spec.padding,
                "poolAfter": spec.pool_after,
                "batchNorm": spec.batch_norm,
                "denseUnits": spec.dense_units,
                "nNetworks": spec.n_networks,
            },
            "shapes": [array.shape for array in network.weights],
            # Kernels are nearly all of the weights. What vectors hold, such as
            # variances, can be too small or too large for 16 bits.
            "kernels": _encode([a for a in network.weights if a.ndim > 1], "<f2"),
            "vectors": _encode([a for a in network.weights if a.ndim == 1], "<f4"),
            "pixelMean": float(network.pixel_mean),
            "pixelScale": float(network.pixel_scale),
            "temperature": float(network.temperature),
        },
        "labels": [_name(label) for label in classifier.classes_.tolist()],
    }


def _encode(arrays, dtype):
    flat = np.concatenate([array.ravel() for array in arrays])
    return base64.b64encode(flat.astype(dtype).tobytes()).decode("ascii")


def _name(label):
    """Name a label as the folder of its pictures is named."""
    return f"{label:g}" if isinstance(label, float) else str(label)
