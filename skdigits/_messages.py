"""Texts for users: values in error messages, and warnings at the caller's line."""

import reprlib
import sys
import warnings

# A warning points to the first line outside these packages.
_INSIDE = ("skdigits", "sklearn", "joblib")

_LONGEST = 500  # characters of a value in a message
_N_NAMED = 10  # places in a message

_short = reprlib.Repr()
_short.maxstring = _short.maxother = _short.maxlong = 120
_short.maxlist = _short.maxtuple = 20  # labels


def shorten(value):
    """Represent a value in an error message, with "..." in its middle if it is long.

    Parameters
    ----------
    value : object

    Returns
    -------
    text : str
        At most 120 characters for a string, bytes or an array, and 20 items or 500
        characters for a list.

    Examples
    --------
    >>> shorten("seven.png")
    "'seven.png'"
    >>> len(shorten(bytes(1_000_000)))
    120
    """
    text = _short.repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def list_places(places):
    """List the places of pictures in a message, the first of them if they are many.

    Parameters
    ----------
    places : sequence of int

    Returns
    -------
    str

    Examples
    --------
    >>> list_places(range(12))
    '0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ...'
    """
    named = ", ".join(map(str, places[:_N_NAMED]))
    return f"{named}, ..." if len(places) > _N_NAMED else named


def warn_caller(message, category):
    """Warn at the line of user code that called skdigits.

    Calls through scikit-learn (a pipeline, a search) and joblib are followed to the
    line that started them.

    Parameters
    ----------
    message : str

    category : type
        Subclass of `Warning`.
    """
    # `warnings.warn` has `skip_file_prefixes` from Python 3.12 on.
    frame, stacklevel = sys._getframe(1), 2
    while frame.f_back is not None and _is_inside(frame):
        frame, stacklevel = frame.f_back, stacklevel + 1
    warnings.warn(message, category, stacklevel=stacklevel)


def _is_inside(frame):
    return frame.f_globals.get("__name__", "").partition(".")[0] in _INSIDE
