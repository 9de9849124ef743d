"""Errors, warnings and progress on standard error."""

import contextlib
import sys

_MAX_MESSAGE = 800  # characters
_MAX_LABELS = 20


class CommandError(Exception):
    """A command cannot use the files, folders or data that it was given."""


def say(message):
    """Print a message as one line of limited length.

    Parameters
    ----------
    message : str
    """
    print(f"skdigits: {one_line(message)}", file=sys.stderr)


def show_warning(message, category, filename, lineno, file=None, line=None):
    """Print a warning; a replacement of `warnings.showwarning`."""
    say(f"warning: {message}")


@contextlib.contextmanager
def status(text):
    """Show on a terminal what is being done, and erase it afterwards.

    Parameters
    ----------
    text : str
    """
    if not sys.stderr.isatty():
        yield
        return
    print(f"{text}…", end="", file=sys.stderr, flush=True)
    try:
        yield
    finally:
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def describe(err):
    """Return the message of an exception, without the error number of an OSError.

    Parameters
    ----------
    err : Exception

    Returns
    -------
    str
    """
    if isinstance(err, OSError) and err.strerror and err.filename is not None:
        return f"{err.filename}: {err.strerror}"
    return str(err)


@contextlib.contextmanager
def naming(place):
    """Name the file, folder or stream in errors of the system that name none.

    Parameters
    ----------
    place : str or path-like
    """
    try:
        yield
    except OSError as err:
        if err.filename is None:
            err.filename = str(place)
        raise


def one_line(text, length=_MAX_MESSAGE):
    """Cut the middle out of a long text, and join its lines.

    Parameters
    ----------
    text : str
    length : int, default=800
        Number of characters that are kept.

    Returns
    -------
    str

    Examples
    --------
    >>> one_line("a very long text", 8)
    'a ve…text'
    """
    text = " ".join(text.split("\n"))
    if len(text) <= length:
        return text
    half = length // 2
    return f"{text[:half]}…{text[-half:]}"


def list_labels(labels):
    """List labels in a message, the first 20 if there are more.

    Parameters
    ----------
    labels : sequence

    Returns
    -------
    str

    Examples
    --------
    >>> list_labels(["a", 7])
    'a, 7'
    """
    named = ", ".join(one_line(str(label), 40) for label in labels[:_MAX_LABELS])
    if len(labels) > _MAX_LABELS:
        return f"{named}, … ({len(labels)} in all)"
    return named
