"""Colours of all figures, and defaults that arguments of the caller override."""

# The palette of Okabe and Ito. Colour-blind readers can tell the colours apart.
BLUE = "#0072B2"
VERMILION = "#D55E00"
GREEN = "#009E73"
PURPLE = "#CC79A7"
BLACK = "#000000"


def text_style(given, **defaults):
    """Merge the caller's text properties into defaults.

    Parameters
    ----------
    given : dict or None
        Arguments for `matplotlib.axes.Axes.text`, also by their short names.
    **defaults : dict
        Properties for what is not given.

    Returns
    -------
    dict
        Properties by their full names.
    """
    from matplotlib.text import Text

    return _merge(Text, defaults, given)


def line_style(given, **defaults):
    """Merge the caller's line properties into defaults.

    Parameters
    ----------
    given : dict or None
        Arguments for `matplotlib.axes.Axes.plot`, also by their short names.
    **defaults : dict
        Properties for what is not given.

    Returns
    -------
    dict
        Properties by their full names.
    """
    from matplotlib.lines import Line2D

    return _merge(Line2D, defaults, given)


def _merge(artist, *styles):
    from matplotlib.cbook import normalize_kwargs

    # matplotlib refuses two names of one property.
    merged = {}
    for style in styles:
        merged |= normalize_kwargs(style, artist)
    return merged
