"""Random changes of pen strokes: other forms, hands and devices."""

import numpy as np


def vary_strokes(strokes, rng):
    """Change the form of a digit as another writer or device might.

    Parameters
    ----------
    strokes : list of array-like of shape (n_points, 2)
        A digit; y downwards.
    rng : numpy.random.Generator

    Returns
    -------
    strokes : list of ndarray of shape (n_points, 2)
        In a box of about 1 x 1.
    """
    strokes = [np.asarray(stroke, dtype=float) for stroke in strokes]
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    side = max(float(np.max(high - low)), 1e-6)
    strokes = [(stroke - (low + high) / 2) / side for stroke in strokes]
    bend = _random_bend(rng)
    matrix = _random_matrix(rng)
    mouse = rng.random() < 0.25
    tremor = rng.choice([0.0, rng.exponential(0.006)]) if not mouse else 0.012
    varied = []
    for stroke in strokes:
        spacing = rng.uniform(0.07, 0.2) if mouse else 0.03
        path = resample(stroke, spacing)
        path = bend(path) @ matrix.T
        path = path + tremor * _smooth_noise(path.shape, rng)
        if mouse:
            path = path + rng.normal(0, 0.006, path.shape)
        varied.append(path)
    return varied


def resample(stroke, spacing):
    """Place points at equal distances along a stroke."""
    steps = np.hypot(*np.diff(stroke, axis=0).T)
    length = steps.sum()
    if length < 1e-6:
        return stroke[:1]
    n_points = max(int(np.ceil(length / spacing)) + 1, 2)
    places = np.concatenate([[0], np.cumsum(steps)])
    wanted = np.linspace(0, length, n_points)
    return np.stack([np.interp(wanted, places, axis) for axis in stroke.T], 1)


def _random_matrix(rng):
    """Slant, rotate and stretch."""
    slant = np.clip(rng.normal(0, 0.18), -0.5, 0.5)
    angle = np.radians(np.clip(rng.normal(0, 5), -15, 15))
    stretch = np.exp(np.clip(rng.normal(0, 0.17), -0.5, 0.5) / 2)
    cos, sin = np.cos(angle), np.sin(angle)
    return (
        np.array([[cos, -sin], [sin, cos]])
        @ np.array([[1, -slant], [0, 1]])
        @ np.diag([stretch, 1 / stretch])
    )


def _random_bend(rng):
    """Make a smooth displacement of the plane: a few plane waves."""
    strength = rng.uniform(0, 0.035)
    waves = rng.normal(0, 4.0, (4, 2))
    phases = rng.uniform(0, 2 * np.pi, 4)
    moves = rng.normal(0, strength, (4, 2))

    def bend(points):
        return points + np.sin(points @ waves.T + phases) @ moves

    return bend


def _smooth_noise(shape, rng):
    noise = rng.normal(0, 1, shape)
    if len(noise) >= 3:
        noise[1:-1] = (noise[:-2] + noise[1:-1] + noise[2:]) / 1.7
    return noise
