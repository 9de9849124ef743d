"""What was read in a picture."""

from dataclasses import dataclass
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle of pixels of a picture, counted from 0 at its upper left corner.

    Attributes
    ----------
    left, top : int
        First column and row inside.
    right, bottom : int
        First column and row beyond.
    """

    left: int
    top: int
    right: int
    bottom: int


class Alternative(NamedTuple):
    """A text that a number may be.

    Attributes
    ----------
    text : str
    probability : float
    """

    text: str
    probability: float


@dataclass(frozen=True)
class DigitReading:
    """One digit of a number.

    Parameters
    ----------
    label : str
        "0" to "9".
    probability : float
        Probability of this digit, given the others of the number.
    box : Box
        Where it is in the picture.
    """

    label: str
    probability: float
    box: Box


@dataclass(frozen=True)
class Reading:
    """The number that was read in a line of a picture.

    Parameters
    ----------
    text : str
        The answer: the most probable number, or "" if none was found or its
        probability is below `reject_below`.
    probability : float
        Probability of the most probable number, also of one that is rejected; 0 if
        none was found.
    box : Box or None
        Where the most probable number is in the picture; None if none was found.
    digits : tuple of DigitReading
        Digits of the most probable number, from left to right.
    alternatives : tuple of Alternative
        The most probable numbers, at most ten, the best first.
    """

    text: str = ""
    probability: float = 0.0
    box: Box | None = None
    digits: tuple[DigitReading, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
