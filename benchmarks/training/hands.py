"""Digits by many hands, in groups by one writer and pen."""

import numpy as np
from PIL import Image

from skdigits.datasets import render_strokes
from training.glyphs import draw_glyph
from training.strokes import vary_strokes

N_HANDS = 600  # writers of templates, and as many variants of UJI's writers
N_REPEATS = 3  # digits of each kind by a writer of templates
SIDE = 28  # of all pictures
_RENDERED_SIDE = 56
_PEN = (0.03, 0.16)  # narrowest and widest, as a share of the picture
_OPTDIGITS_WRITERS = 30
_SEMEION_GROUP = 20  # two sets of ten digits by one writer


def collect_hands(mnist, writers, others, seed):
    """Collect the digits of all sources.

    Parameters
    ----------
    mnist : tuple of ndarray
        Rows of pixels, and labels.
    writers : ndarray of shape (n,)
        Of MNIST's digits.
    others : dict of str to tuple
        As `read_others` of train_digits.py returns it; without "semeion" this source is
        left out.
    seed : int

    Returns
    -------
    X : ndarray of shape (n, 28, 28), uint8
    y : ndarray of shape (n,), int64
    groups : ndarray of shape (n, 2), int64
        Source and writer.
    """
    X, y = mnist
    hands = [(X.reshape(-1, SIDE, SIDE), y, writers)]
    hands.append(_merge([_draw_templates([seed, 0, i]) for i in range(N_HANDS)]))
    hands.append(
        _merge([_vary_writer(*others["uji"], [seed, 1, i]) for i in range(N_HANDS)])
    )
    images, labels = others["optdigits"]
    # The digits of a writer follow each other.
    order = np.arange(len(labels)) * _OPTDIGITS_WRITERS // len(labels)
    hands.append((_resize(images), labels, order))
    if "semeion" in others:
        images, labels = others["semeion"]
        order = np.arange(len(labels)) // _SEMEION_GROUP
        hands.append((_resize(images), labels, order))
    pictures, labels, writers = zip(*hands, strict=True)
    sources = np.repeat(np.arange(len(hands)), [len(part) for part in labels])
    groups = np.column_stack([sources, np.concatenate(writers)])
    return (
        np.concatenate(pictures).astype(np.uint8),
        np.concatenate(labels).astype(int),
        groups,
    )


def _draw_templates(seed):
    """Draw the digits of a writer who does not exist."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(10), N_REPEATS)
    strokes = [draw_glyph(int(label), rng) for label in labels]
    return _draw(strokes, rng), labels


def _vary_writer(strokes, labels, writers, seed):
    """Draw the digits of one of UJI's writers, each changed a little."""
    rng = np.random.default_rng(seed)
    chosen = np.flatnonzero(writers == rng.choice(np.unique(writers)))
    return _draw([strokes[i] for i in chosen], rng), labels[chosen]


def _draw(digits, rng):
    pen = _RENDERED_SIDE * np.exp(rng.uniform(*np.log(_PEN)))
    pictures = [
        render_strokes(
            vary_strokes(strokes, rng),
            pen_width=max(pen, 1.2),
            size=_RENDERED_SIDE,
            margin=1.5,
        )
        for strokes in digits
    ]
    return _resize(pictures)


def _resize(pictures):
    resampling = Image.Resampling
    return np.array(
        [
            Image.fromarray(picture).resize(
                (SIDE, SIDE),
                resampling.BOX if len(picture) > SIDE else resampling.BICUBIC,
            )
            for picture in pictures
        ]
    )


def _merge(hands):
    pictures, labels = zip(*hands, strict=True)
    writers = np.repeat(np.arange(len(hands)), [len(part) for part in labels])
    return np.concatenate(pictures), np.concatenate(labels), writers
