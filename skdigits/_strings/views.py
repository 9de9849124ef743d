"""Test-time augmentation: read a line again, stretched, if a reading is unsure."""

import numpy as np
from PIL import Image

from skdigits._strings.decoding import Candidate, steps_needed

# The other view is wider.
_STRETCH = 1.12
# A text this probable is not looked at again.
_SURE = 0.99


def read_views(network, strip, steps, search):
    """Search the texts of a line, and agree on them with another view if unsure.

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
    [stretched] = network.log_probabilities([stretch(strip, _STRETCH)])
    # A text that only the longer output has room for could not be located.
    others = [
        each for each in search(stretched) if steps_needed(each.text) <= len(steps)
    ]
    return agree([candidates, others]) if others else candidates


def stretch(strip, factor):
    """Make a strip wider or narrower.

    Parameters
    ----------
    strip : ndarray of shape (h, width), dtype float32
    factor : float

    Returns
    -------
    ndarray of shape (h, round(factor * width)), dtype float32

    Examples
    --------
    >>> stretch(np.zeros((32, 50), dtype=np.float32), 1.12).shape
    (32, 56)
    """
    height, width = strip.shape
    size = (round(factor * width), height)
    return np.asarray(Image.fromarray(strip).resize(size, Image.Resampling.BILINEAR))


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
