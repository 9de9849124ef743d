import numpy as np
import pytest

from skdigits._cli.thumbnails import shrink


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_large_picture_is_averaged_by_a_whole_factor(dtype):
    picture = np.zeros((40, 90), dtype=dtype)
    picture[:, ::3] = 90
    small, factor = shrink(picture, 30)
    assert (small.shape, factor) == ((14, 30), 3)
    np.testing.assert_array_equal(small, 30)


@pytest.mark.parametrize("shape", [(40, 59), (40, 59, 3), (1, 1)])
def test_smaller_picture_is_left_as_it_is(shape):
    picture = np.zeros(shape, dtype=np.uint8)
    small, factor = shrink(picture, 30)
    assert small is picture
    assert factor == 1
