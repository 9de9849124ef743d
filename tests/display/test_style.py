import itertools
from pathlib import Path

import numpy as np
import pytest

import skdigits.display
from skdigits.display import _style
from skdigits.display._style import line_style, text_style

COLORS = {name: code for name, code in vars(_style).items() if name.isupper()}

# Linear RGB as seen without the red or the green cones (Vienot, Brettel and Mollon,
# 1999).
PROTANOPIA = [[0.112, 0.888, 0], [0.112, 0.888, 0], [0.004, -0.004, 1]]
DEUTERANOPIA = [[0.293, 0.707, 0], [0.293, 0.707, 0], [-0.021, 0.021, 1]]


@pytest.mark.parametrize(
    "vision", [np.eye(3), PROTANOPIA, DEUTERANOPIA], ids=["all", "no red", "no green"]
)
def test_color_blind_readers_can_tell_the_colors_apart(vision):
    from matplotlib.colors import to_rgb

    seen = [np.dot(vision, np.power(to_rgb(code), 2.2)) for code in COLORS.values()]
    for one, other in itertools.combinations(seen, 2):
        assert np.linalg.norm(one - other) > 0.1


def test_displays_take_their_colors_from_the_style():
    folder = Path(skdigits.display.__file__).parent
    for path in folder.glob("*.py"):
        if path.name != "_style.py":
            assert '"#' not in path.read_text(encoding="utf-8"), path.name


def test_properties_that_the_caller_gives_override_defaults_by_any_name():
    assert text_style({"size": 7, "va": "top"}, fontsize=9, ha="left") == {
        "fontsize": 7,
        "verticalalignment": "top",
        "horizontalalignment": "left",
    }
    assert line_style({"c": "red"}, color="blue", ls=":") == {
        "color": "red",
        "linestyle": ":",
    }
    assert text_style(None, color="red") == line_style({}, color="red")
