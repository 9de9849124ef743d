import numpy as np
import pytest

from skdigits._imaging.page import page_window

WHOLE = (slice(0, 200), slice(0, 120))


def crop(gray):
    rows, columns = page_window(gray)
    return gray[rows, columns]


@pytest.mark.parametrize("turns", range(4))
def test_black_edge_on_any_side_is_cut_off(turns):
    gray = np.full((200, 120), 0.8)
    gray[:, :40] = 0.1
    gray = np.rot90(gray, turns)
    assert crop(gray).min() == 0.8
    assert crop(gray).size >= 0.95 * 200 * 80


def test_page_between_two_edges_is_found():
    gray = np.full((200, 120), 0.8)
    gray[:, :30] = gray[:, 100:] = 0.1
    assert crop(gray).min() == 0.8


def test_shadow_is_not_an_edge():
    gray = np.linspace(0.2, 0.9, 120) * np.ones((200, 1))
    assert page_window(gray) == WHOLE


def test_light_digits_on_dark_paper_are_not_a_page():
    gray = np.full((200, 120), 0.1)
    gray[60:140, 50:58] = 0.9
    assert page_window(gray) == WHOLE


def test_blank_and_tiny_pictures_are_whole():
    assert page_window(np.ones((200, 120))) == WHOLE
    assert page_window(np.ones((1, 2))) == (slice(0, 1), slice(0, 2))
