"""Kaplan-Meier curves where the reference tables do not go: counts, ties, ends, late entry."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_access.statistics.survival import kaplan_meier


def test_counts_equal_the_people_written_out():
    short = kaplan_meier([2, 5, 5], [True, True, False], [3, 2, 4])
    long = kaplan_meier([2] * 3 + [5] * 2 + [5] * 4, [True] * 5 + [False] * 4)
    for one, other in zip(vars(short).values(), vars(long).values(), strict=True):
        assert np.array_equal(one, other, equal_nan=True)


def test_an_event_on_the_first_day_is_a_step_at_zero():
    curve = kaplan_meier([0, 3], [True, False], [2, 8])
    assert curve.time.tolist() == [0, 3]
    assert curve.at_risk.tolist() == [10, 8]
    assert curve.at(0).survival == 0.8


def test_an_event_comes_before_an_end_of_follow_up_of_the_same_day():
    # Two followed to day 4, one of them with the event: 1 of 2, not 1 of 1.
    assert kaplan_meier([4, 4], [True, False]).at(4).survival == 0.5


def test_no_band_before_the_first_event_and_after_the_last():
    curve = kaplan_meier([1, 2, 3], [False, True, True])
    before, after = curve.at(1), curve.at(3)
    assert before.survival == 1
    assert math.isnan(before.lower)
    assert math.isnan(before.upper)
    assert after.survival == 0
    assert math.isnan(after.lower)
    assert math.isnan(after.upper)


def test_beyond_the_last_follow_up_nothing_is_known_unless_all_had_the_event():
    followed = kaplan_meier([1, 5], [True, False]).at(6)
    assert math.isnan(followed.survival)
    assert followed.at_risk == 0
    assert kaplan_meier([1, 5], [True, True]).at(6).survival == 0


def test_at_risk_between_two_times_is_who_is_still_followed():
    curve = kaplan_meier([2, 4, 9], [True, False, True], [1, 2, 5])
    assert [curve.at(t).at_risk for t in (0, 2, 3, 4, 5, 9)] == [8, 8, 7, 7, 5, 5]


def test_many_times_at_once_are_the_single_ones():
    curve = kaplan_meier([2, 4, 9], [True, False, True], [1, 2, 5])
    times = [0, 2, 3, 4, 9, 12]
    at_once = curve.at(times)
    for place, t in enumerate(times):
        assert np.array_equal([part[place] for part in at_once], curve.at(t), equal_nan=True)


def test_a_level_stretch_at_the_median_gives_its_middle():
    # Half have the event by 4, the next one comes at 10: any time between is a median.
    assert kaplan_meier([2, 4, 10, 12], [True] * 4).quantile(0.5).value == 7


def test_a_quantile_that_was_not_reached_is_nan():
    found = kaplan_meier([1, 8], [True, False], [1, 9]).quantile(0.5)
    assert math.isnan(found.value)
    assert math.isnan(found.upper)


def test_late_entry_counts_only_while_followed():
    # A enters at 0 and leaves at 5 with the event, B comes at 3, C at 6: at day 5 two are at risk.
    curve = kaplan_meier([5, 9, 9], [True, False, True], entry=[0, 3, 6])
    assert curve.at(5).survival == 0.5
    assert curve.at(5).at_risk == 2
    assert curve.at(9).survival == 0.25


def test_nobody_gives_a_curve_of_nan():
    curve = kaplan_meier([], [])
    assert curve.time.tolist() == [0]
    assert np.isnan(curve.survival).all()
    assert math.isnan(curve.quantile(0.5).value)
    assert curve.at(0).at_risk == 0


@pytest.mark.parametrize(
    "call",
    [
        lambda: kaplan_meier([-1], [True]),
        lambda: kaplan_meier([float("nan")], [True]),
        lambda: kaplan_meier([1], [True], [-1]),
        lambda: kaplan_meier([1], [True], [0.5]),
        lambda: kaplan_meier([1, 2], [True]),
        lambda: kaplan_meier([1], [True], entry=[1]),
        lambda: kaplan_meier([1], [True]).at(-1),
        lambda: kaplan_meier([1], [True]).quantile(1),
    ],
)
def test_what_cannot_be_is_refused(call):
    with pytest.raises(ValueError, match=r"\w"):
        call()


@given(st.lists(st.tuples(st.integers(0, 40), st.booleans(), st.integers(0, 5)), min_size=1, max_size=30))
def test_a_curve_falls_and_its_limits_hold_it(rows):
    curve = kaplan_meier(*zip(*rows, strict=True))
    if not curve.at_risk.any():
        return
    assert (np.diff(curve.survival) <= 0).all()
    banded = ~np.isnan(curve.lower)
    assert ((curve.lower <= curve.survival) & (curve.survival <= curve.upper))[banded].all()
    assert ((curve.survival > 0) & (curve.survival < 1) == banded).all()
    assert curve.events.sum() == sum(n for _, observed, n in rows if observed)
