"""The sheet of pictures, what the network saw of them, and its answers."""

from pathlib import Path

import numpy as np

from skdigits._cli.console import naming
from skdigits.display._images import FRAME, MARKED_FRAME, draw_image
from skdigits.display._style import BLUE, VERMILION

N_RANKED = 3  # labels with their probabilities, for each picture

_MAX_READINGS = 400
_N_COLUMNS = 3
_SURE = 0.9  # probability below which an answer is marked

# Lengths in inches; the side of a picture is one inch.
_PITCH_X, _PITCH_Y = 3.7, 1.45
_FRAMED_LEFT, _ANSWER_LEFT = 1.12, 2.32
_ANSWER_WIDTH, _PERCENT_WIDTH = 1.14, 0.45
_MARGIN, _HEADER = 0.2, 0.45

_MAX_NAME = 36  # characters of a file name
_GREY, _PALE = "0.4", "0.94"


def write_readings(readings, path):
    """Write the sheet to a file.

    Parameters
    ----------
    readings : list of Reading
        The first 400 of them are drawn.
    path : pathlib.Path
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=_size(readings))
    _draw(readings, figure)
    with naming(path):
        figure.savefig(path, dpi=150)


def show_readings(readings):
    """Open a window with the sheet, and wait until it is closed.

    Parameters
    ----------
    readings : list of Reading
    """
    from matplotlib import pyplot

    _draw(readings, pyplot.figure(figsize=_size(readings)))
    pyplot.show()


def can_show():
    """Tell whether a window can be opened."""
    from matplotlib import pyplot
    from matplotlib.backends import BackendFilter, backend_registry

    interactive = backend_registry.list_builtin(BackendFilter.INTERACTIVE)
    try:
        pyplot.switch_backend(pyplot.get_backend())
    except ImportError:  # the configured backend needs a display
        return False
    return pyplot.get_backend().lower() in interactive


def draw_readings(readings, ax):
    """Draw pictures, what the network saw of them, and its answers.

    An answer has a question mark and a thick frame if its probability is below 0.9 or
    if there is a note about the picture.

    Parameters
    ----------
    readings : list of Reading
    ax : matplotlib.axes.Axes
    """
    drawn = readings[:_MAX_READINGS]
    width, height = _size(readings)
    ax.set(xlim=(-_MARGIN, width - _MARGIN), ylim=(height - _HEADER, -_HEADER))
    ax.set(aspect="equal")
    ax.set_axis_off()
    for i, reading in enumerate(drawn):
        row, column = divmod(i, _N_COLUMNS)
        left, top = column * _PITCH_X, row * _PITCH_Y
        if row == 0:
            _draw_header(ax, left)
        if reading.error:
            _draw_error(ax, left, top)
        else:
            _draw_reading(ax, reading, left, top)
        name = Path(reading.file).name
        if len(name) > _MAX_NAME:
            name = f"…{name[1 - _MAX_NAME :]}"
        _write(ax, left, top + 1.06, name, size=7, color=_GREY)
    if len(drawn) < len(readings):
        rest = f"… and {len(readings) - len(drawn)} more"
        _write(ax, 0, height - _HEADER - 0.2, rest, size=8, color=_GREY)


def _draw(readings, figure):
    draw_readings(readings, figure.add_axes((0, 0, 1, 1)))


def _size(readings):
    """Return width and height of the sheet."""
    n = min(len(readings), _MAX_READINGS)
    n_columns, n_rows = min(n, _N_COLUMNS), -(-n // _N_COLUMNS)
    return n_columns * _PITCH_X + _MARGIN, n_rows * _PITCH_Y + _HEADER


def _draw_header(ax, left):
    titles = {0: "picture", _FRAMED_LEFT: "network input", _ANSWER_LEFT: "answer"}
    for x, title in titles.items():
        _write(ax, left + x, -0.1, title, size=8, color=_GREY, va="baseline")


def _draw_error(ax, left, top):
    for x in (left, left + _FRAMED_LEFT):
        draw_image(ax, None, x, top, frame=FRAME | {"linestyle": "--"})
    cross = {"size": 24, "color": "0.7", "ha": "center", "va": "center"}
    _write(ax, left + 0.5, top + 0.5, "×", **cross)
    style = {"size": 12, "color": VERMILION, "weight": "bold", "va": "center"}
    _write(ax, left + _ANSWER_LEFT, top + 0.5, "not read", **style)


def _draw_reading(ax, reading, left, top):
    label, probability = reading.ranking[0]
    is_sure = probability >= _SURE and not reading.note
    color = BLUE if is_sure else VERMILION

    # The cell shows behind narrow and transparent pictures.
    _draw_bar(ax, left, top, 1, 1, _PALE, zorder=-1)
    # Bytes have a known white level; other pixels are scaled to their own range.
    levels = {"vmin": 0, "vmax": 255} if reading.picture.dtype == np.uint8 else {}
    draw_image(ax, reading.picture, left, top, cmap="gray", **levels)
    draw_image(
        ax,
        reading.framed,
        left + _FRAMED_LEFT,
        top,
        frame=FRAME if is_sure else MARKED_FRAME,
        cmap="gray_r",
        vmin=0,
        vmax=255,
    )

    x = left + _ANSWER_LEFT
    answer = _cut(label, 10) + ("" if is_sure else " ?")
    style = {"size": 30 if len(answer) <= 4 else 11, "weight": "bold", "color": color}
    _write(ax, x, top + 0.36, answer, va="baseline", **style)
    _draw_ranking(ax, reading.ranking[:N_RANKED], x, top + 0.5, color)
    if reading.note:
        _write(ax, left, top + 1.19, _cut(reading.note, 64), size=7, color=VERMILION)


def _draw_ranking(ax, ranking, left, top, color):
    """Draw the probabilities of the best labels as bars."""
    names = [_cut(label, 4) for label, _ in ranking]
    right = left + _ANSWER_WIDTH
    bar_left = left + 0.06 + 0.08 * max(map(len, names))
    bar_width = right - _PERCENT_WIDTH - bar_left
    style = {"size": 7.5, "va": "center_baseline"}
    for i, (name, (_, probability)) in enumerate(zip(names, ranking, strict=True)):
        y = top + 0.19 * i
        shade = color if i == 0 else "0.6"
        _draw_bar(ax, bar_left, y, bar_width, 0.12, _PALE)
        _draw_bar(ax, bar_left, y, bar_width * probability, 0.12, shade)
        _write(ax, left, y + 0.06, name, **style)
        _write(ax, right, y + 0.06, f"{probability:.1%}", ha="right", **style)


def _draw_bar(ax, left, top, width, height, color, **style):
    from matplotlib.patches import Rectangle

    bar = Rectangle((left, top), width, height, facecolor=color, linewidth=0, **style)
    ax.add_patch(bar)


def _cut(label, length):
    text = str(label)
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _write(ax, x, y, text, **style):
    ax.text(x, y, text, **{"va": "top", "parse_math": False} | style)
