"""Sums by keys, where numbers are small, wide, or too large for a double."""

import numpy as np
import pytest

from data_access.arrays.grouped import TooLarge, grouped


def test_groups_that_exist_are_counted():
    keys = [np.array([5, 5, -2, 5], np.int8), np.array([1, 1, 0, 9], np.int16)]
    (first, second), tally = grouped(keys, None)
    assert list(zip(first.tolist(), second.tolist(), tally.tolist(), strict=True)) == [(-2, 0, 1), (5, 1, 2), (5, 9, 1)]


def test_a_group_whose_weights_make_nothing_exists_all_the_same():
    (key,), tally = grouped([np.array([1, 1, 2])], np.array([4, -4, 3]))
    assert (key.tolist(), tally.tolist()) == ([1, 2], [0, 3])


def test_sums_are_exact_beyond_doubles():
    large = 2**60 + 1
    (key,), tally = grouped([np.array([1, 1, 2])], np.array([large, 1, large]))
    assert (key.tolist(), tally.tolist()) == ([1, 2], [large + 1, large])


def test_a_sum_beyond_64_bits_is_no_number():
    most = np.array([2**62, 2**62, 5], np.int64)
    with pytest.raises(TooLarge):
        grouped([np.array([1, 1, 2])], most)
    groups, sums = grouped([np.array([1, 2, 3])], most)
    assert (groups[0].tolist(), sums.tolist()) == ([1, 2, 3], [2**62, 2**62, 5])


def test_keys_that_together_are_too_wide_for_one_number():
    wide = np.array([0, 2**40, 7, 2**40], np.int64)
    found, tally = grouped([wide, wide + 1, np.array([3, 4, 5, 4])], None)
    rows = list(zip(*(key.tolist() for key in found), tally.tolist(), strict=True))
    assert rows == [(0, 1, 3, 1), (7, 8, 5, 1), (2**40, 2**40 + 1, 4, 2)]


def test_nothing_has_no_groups():
    (key,), tally = grouped([np.zeros(0, np.int64)], None)
    assert (len(key), len(tally)) == (0, 0)
