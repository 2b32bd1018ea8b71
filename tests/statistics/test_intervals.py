"""Wilson limits at their edges."""

import numpy as np
import pytest

from data_access.statistics.intervals import wilson


def test_ends_are_exact_and_nobody_is_nan():
    lower, upper = wilson([0, 7, 0], [7, 7, 0])
    assert lower[0] == 0.0
    assert upper[1] == 1.0
    assert 0 < upper[0] < 1
    assert 0 < lower[1] < 1
    assert np.isnan([lower[2], upper[2]]).all()


def test_mirror_image():
    lower, upper = wilson([3], [11])
    other_lower, other_upper = wilson([8], [11])
    assert np.allclose([lower, upper], [1 - other_upper, 1 - other_lower])


def test_broadcasts_and_stays_inside():
    x = np.arange(0, 31)[:, None]
    lower, upper = wilson(np.minimum(x, 30), np.array([30, 300]))
    assert lower.shape == (31, 2)
    assert (lower >= 0).all()
    assert (upper <= 1).all()
    assert (lower <= x / np.array([30, 300])).all()
    assert (x / np.array([30, 300]) <= upper).all()


def test_empty_input_is_empty():
    assert [len(limit) for limit in wilson([], [])] == [0, 0]


@pytest.mark.parametrize(("x", "n"), [(3, 2), (-1, 2), (np.nan, 4), (1, np.nan)])
def test_impossible_counts_are_refused(x, n):
    with pytest.raises(ValueError, match="successes"):
        wilson([x], [n])


def test_level_has_to_be_a_share():
    with pytest.raises(ValueError, match="level"):
        wilson([1], [2], level=95)
