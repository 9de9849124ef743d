"""Read a line again at other slants, where the first reading is unsure."""

import numpy as np
from PIL import Image

from skdigits._strings.decoding import Candidate

# Shear of the other views, in pixels to the right for each pixel upwards.
_SHEARS = (0.2, -0.2)
# A text this probable is not looked at again.
_SURE = 0.99


def read_views(network, strip, steps, search):
    """Search the texts of a line, and agree on them with its slanted views if unsure.

    Parameters
    ----------
    network : ReaderNetwork
    strip : ndarray of shape (h, width), dtype float32
    steps : ndarray of shape (n_steps, 11)
        Output of the network for the strip.
    search : callable
        ``search(steps)`` returns candidates, as `beam_search` does.

    Returns
    -------
    candidates : list of Candidate
        The best first. A probability is the geometric mean of those of the views.
    """
    candidates = search(steps)
    if not candidates or candidates[0].log_probability > np.log(_SURE):
        return candidates
    views = [slant(strip, shear) for shear in _SHEARS]
    others = [search(output) for output in network.log_probabilities(views)]
    return agree([candidates, *[found for found in others if found]])


def slant(strip, shear):
    """Shear a strip about its middle row.

    Parameters
    ----------
    strip : ndarray of shape (h, width), dtype float32
    shear : float
        Pixels to the right for each pixel upwards.

    Returns
    -------
    ndarray of the shape of `strip`, dtype float32

    Examples
    --------
    >>> strip = np.zeros((32, 40), dtype=np.float32)
    >>> strip[:, 20] = 1
    >>> slant(strip, 0.5)[[0, 16, 31]].argmax(axis=1).tolist()
    [28, 20, 12]
    """
    height, width = strip.shape
    sheared = Image.fromarray(strip).transform(
        (width, height),
        Image.Transform.AFFINE,
        (1, shear, -shear * height / 2, 0, 1, 0),
        Image.Resampling.BILINEAR,
    )
    return np.asarray(sheared)


def agree(lists):
    """Combine the candidates of several views by the mean of their logarithms.

    Parameters
    ----------
    lists : list of list of Candidate
        The best first. A text that a view does not list counts as probable as the last
        one that it lists.

    Returns
    -------
    list of Candidate

    Examples
    --------
    >>> from math import log
    >>> first = [Candidate("17", log(0.6)), Candidate("11", log(0.4))]
    >>> second = [Candidate("11", log(0.9)), Candidate("17", log(0.1))]
    >>> [candidate.text for candidate in agree([first, second])]
    ['11', '17']
    """
    tables = [
        {each.text: each.log_probability for each in candidates} for candidates in lists
    ]
    texts = {text for table in tables for text in table}
    means = [
        Candidate(text, float(np.mean([t.get(text, min(t.values())) for t in tables])))
        for text in sorted(texts)
    ]
    means.sort(key=lambda each: -each.log_probability)
    return means[: max(map(len, lists))]
