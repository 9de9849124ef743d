import numpy as np

from skdigits.datasets._paper import put_on_paper
from skdigits.datasets._writing import Writing


def write(shape=(40, 90)):
    ink = np.zeros(shape, dtype=np.float32)
    ink[10:30, 20:24] = ink[10:30, 60:64] = 1
    return Writing(ink, (20.0, 10.0, 64.0, 30.0), 20.0, 4.0)


def test_picture_has_the_shape_of_its_ink():
    for seed in range(40):
        image, box = put_on_paper(write(), np.random.default_rng(seed))
        assert image.shape == (40, 90)
        assert image.dtype == np.uint8
        assert box == (20.0, 10.0, 64.0, 30.0)


def test_ink_is_darker_than_the_paper_beside_it():
    is_darker = []
    for seed in range(60):
        image, _ = put_on_paper(write(), np.random.default_rng(seed))
        ink, paper = image[12:28, 21:23], image[12:28, 35:50]
        is_darker.append(ink.mean() < paper.mean())
    assert np.mean(is_darker) > 0.9


def test_papers_differ():
    levels = [
        float(np.median(put_on_paper(write(), np.random.default_rng(seed))[0]))
        for seed in range(40)
    ]
    assert np.ptp(levels) > 60


def test_edges_leave_the_digits_alone():
    for seed in range(200):
        image, _ = put_on_paper(write(), np.random.default_rng(seed))
        inside = image[10:30, 20:64]
        assert inside.max() > 60
