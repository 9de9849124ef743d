"""Read a picture: find lines, run the network, search, and locate the digits."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from skdigits._strings.boxes import enclose, find_digit_windows, to_picture_box
from skdigits._strings.calibration import calibrate
from skdigits._strings.decoding import align, allowed_probability, beam_search
from skdigits._strings.layout import STRIDE
from skdigits._strings.lines import find_text_lines
from skdigits._strings.reading import Alternative, DigitReading, Reading
from skdigits._strings.views import read_views


@dataclass(frozen=True)
class Rules:
    """What may be answered, and how sure that has to be.

    Parameters
    ----------
    n_digits : int or None
    pattern : str or None
    check : callable or None
    reject_below : float
        From 0 to 1.
    temperature : float
    """

    n_digits: int | None = None
    pattern: str | None = None
    check: Callable | None = None
    reject_below: float = 0.0
    temperature: float = 1.0

    def search(self, log_probabilities):
        """Return the best of the allowed texts, as `beam_search` does."""
        return beam_search(
            log_probabilities,
            n_digits=self.n_digits,
            pattern=self.pattern,
            check=self.check,
        )

    def certainty(self, log_probabilities):
        """Return how sure the network is of what it reads, and that it is allowed."""
        best_path = np.exp(log_probabilities.max(axis=1).sum())
        return best_path * allowed_probability(
            log_probabilities, n_digits=self.n_digits, pattern=self.pattern
        )


def transcribe(picture, network, rules, *, multiple=False):
    """Read the numbers in a picture.

    Parameters
    ----------
    picture : ndarray of shape (h, w) or (h, w, channels)
    network : ReaderNetwork
    rules : Rules
    multiple : bool, default=False
        Whether to read all lines.

    Returns
    -------
    list of Reading
        Those of all lines with digits, from top to bottom. Without `multiple`, that of
        the most prominent line with digits; a line that the network is unsure of, or
        that probably disobeys the rules, is less prominent. Empty if there is no such
        line.
    """
    lines = find_text_lines(picture)
    outputs = network.log_probabilities([line.strip for line in lines])
    read = list(zip(lines, outputs, strict=True))
    if not multiple:
        read.sort(key=lambda each: -each[0].prominence * rules.certainty(each[1]))
    readings = []
    for line, steps in read:
        candidates = read_views(network, line.strip, steps, rules.search)
        reading = _describe(line, steps, candidates, picture.shape[:2], rules)
        if reading is not None:
            readings.append(reading)
            if not multiple:
                break
    return readings


def _describe(line, steps, candidates, shape, rules):
    """Describe a reading; None if there are no digits, or none that the rules allow."""
    if not candidates or not candidates[0].text:
        return None
    probabilities = calibrate(
        [candidate.log_probability for candidate in candidates], rules.temperature
    )
    text, probability = candidates[0].text, float(probabilities[0])
    aligned = align(steps, text, rules.temperature)
    columns = [(STRIDE * each.first, STRIDE * (each.last + 1)) for each in aligned]
    boxes = [
        to_picture_box(window, line.to_picture, shape)
        for window in find_digit_windows(line.strip, columns)
    ]
    return Reading(
        text if probability >= rules.reject_below else "",
        probability,
        enclose(boxes),
        tuple(
            DigitReading(label, float(np.exp(each.log_probability)), box)
            for label, each, box in zip(text, aligned, boxes, strict=True)
        ),
        tuple(
            Alternative(candidate.text, float(p))
            for candidate, p in zip(candidates, probabilities, strict=True)
        ),
    )
