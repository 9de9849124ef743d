"""The page in a picture: without what lies beyond its edges."""

import numpy as np

# The edge of a page: how much lighter the page is, from black to white, and the least
# share of the picture that is page.
_LEAST_RISE, _LEAST_PAGE = 0.1, 0.25
# The rise from dark to light takes this share of the picture at most, or so many
# pixels.
_BLUR, _LEAST_BLUR = 1 / 40, 3


def page_window(gray):
    """Return the window of a picture that is page.

    Scans of books have black edges beside the page. Each side of the picture is
    searched for a sharp rise from dark to light; shadows rise slowly.

    Parameters
    ----------
    gray : ndarray of shape (h, w)

    Returns
    -------
    window : tuple of slice
        Rows and columns; the whole picture if it has no such edges.

    Examples
    --------
    >>> gray = np.ones((40, 80))
    >>> gray[:, :30] = 0.1
    >>> page_window(gray)
    (slice(0, 40, None), slice(30, 80, None))
    """
    window = []
    for axis in (0, 1):
        profile = np.median(gray, axis=1 - axis)
        start, stop = _edge(profile), len(profile) - _edge(profile[::-1])
        if stop - start < _LEAST_PAGE * len(profile):
            start, stop = 0, len(profile)
        window.append(slice(start, stop))
    return tuple(window)


def _edge(profile):
    """Return where the page begins: after a sharp rise from dark to light."""
    n = len(profile)
    blur = max(_LEAST_BLUR, int(_BLUR * n))
    rises = profile[blur:] - profile[:-blur]
    rises = rises[: int((1 - _LEAST_PAGE) * n)]
    if not len(rises):
        return 0
    place = int(np.argmax(rises))
    outside = profile[:place].max(initial=0)
    if rises[place] < _LEAST_RISE or outside > profile[place + blur] - _LEAST_RISE:
        return 0
    return place + blur
