"""Differences, ratios, competing ends, means to a horizon, funnels and paired change at their edges."""

import math

import numpy as np
import pytest

from data_access.statistics.competing import cumulative_incidence
from data_access.statistics.funnel import dispersion, share_limits, targets_without
from data_access.statistics.intervals import clopper_pearson, garwood, newcombe, rate_ratio
from data_access.statistics.paired import sign_test
from data_access.statistics.survival import kaplan_meier, restricted_mean


def test_limits_of_a_count_at_its_edges():
    lower, upper = garwood([0, 4, 4], [2, 0, 2])
    assert lower[0] == 0
    assert upper[0] == pytest.approx(-math.log(0.025) / 2)
    assert np.isnan([lower[1], upper[1]]).all()
    assert upper[2] == pytest.approx(10.24158868 / 2)
    lower, upper = clopper_pearson([0, 5, 0], [5, 5, 0])
    assert (lower[0], upper[1]) == (0, 1)
    assert lower[1] == pytest.approx(0.025**0.2)
    assert np.isnan(lower[2])


@pytest.mark.parametrize(
    "call",
    [
        lambda: garwood(-1),
        lambda: garwood(1, level=95),
        lambda: clopper_pearson(3, 2),
        lambda: rate_ratio(1, 0, 1, 1),
        lambda: rate_ratio(1.5, 1, 1, 1),
        lambda: sign_test(-1, 0, 0),
        lambda: share_limits([3], 0),
        lambda: restricted_mean(kaplan_meier([1], [True]), 0),
        lambda: cumulative_incidence([1, 2], [1]),
        lambda: cumulative_incidence([1], [1]).at(1, -1),
    ],
)
def test_what_cannot_be_is_refused(call):
    with pytest.raises(ValueError, match=r"\w"):
        call()


def test_difference_of_shares_is_a_mirror_and_knows_the_empty_group():
    one, other = newcombe(56, 70, 48, 80), newcombe(48, 80, 56, 70)
    assert one.value == pytest.approx(0.2)
    assert one.lower == pytest.approx(-other.upper)
    assert math.isnan(newcombe(1, 2, 0, 0).lower)


def test_ratio_of_rates_without_events():
    none = rate_ratio(0, 1, 0, 1)
    assert math.isnan(none.value)
    assert none.p == 1
    one_sided = rate_ratio(5, 1, 0, 1)
    assert (one_sided.value, one_sided.upper) == (math.inf, math.inf)
    # Five of five in one of two equal halves: 2 / 32.
    assert one_sided.p == pytest.approx(1 / 16)
    assert rate_ratio(4, 1, 4, 1).p == 1


def test_sign_test_by_hand():
    # Six changed, five for the better: 2 (1 + 6) / 64.
    assert sign_test(5, 40, 1) == (5, 40, 1, 14 / 64)
    assert sign_test(0, 12, 0).p == 1
    assert sign_test(3, 0, 3).p == 1


def test_competing_ends_add_up_to_everybody():
    # Day 1: 2 of 10 close; day 2: 4 of 8 leave; day 3: 1 of 4 closes, 3 are followed no longer.
    found = cumulative_incidence([1, 2, 3, 3], ["closed", "left", "closed", ""], [2, 4, 1, 3])
    assert found.kinds == ("closed", "left")
    assert found.at("closed", 3).share == pytest.approx(0.2 + 0.4 * 0.25)
    assert found.at("left", 2.5) == pytest.approx((0.4, *found.at("left", 2)[1:3], 4), nan_ok=True)
    assert found.events.tolist() == [[0, 2, 0, 1], [0, 0, 4, 0]]
    assert math.isnan(found.at("left", 4).share)
    with pytest.raises(KeyError):
        found.at("died", 1)


def test_one_end_alone_is_one_minus_kaplan_meier():
    times, ended, people, entry = [3, 5, 8, 9, 12], [1, 0, 1, 1, 0], [4, 2, 3, 1, 5], [0, 1, 0, 4, 0]
    ends = cumulative_incidence(times, ended, people, entry)
    curve = kaplan_meier(times, ended, people, entry)
    assert np.allclose(ends.share[0], 1 - curve.survival)
    assert np.allclose(ends.lower[0], 1 - curve.upper, equal_nan=True)
    assert np.allclose(ends.upper[0], 1 - curve.lower, equal_nan=True)


def test_without_anybody_lost_the_variance_is_binomial():
    found = cumulative_incidence([1, 2, 3], ["a", "b", "a"], [3, 5, 12])
    p, n = 3 / 20, 20
    error = math.sqrt(p * (1 - p) / n) / ((1 - p) * abs(math.log(1 - p)))
    upper = 1 - (1 - p) ** math.exp(1.959964 * error)
    assert found.at("a", 1).upper == pytest.approx(upper, abs=1e-6)
    assert found.at("a", 9).share == pytest.approx(15 / 20)  # everybody has ended: known for ever


def test_nobody_has_no_ends():
    assert cumulative_incidence([], []).kinds == ()
    assert cumulative_incidence([4, 5], ["", ""]).kinds == ()


def test_a_mean_to_a_horizon_is_the_area_under_the_steps():
    # 10 wait 2 days, then 5 until 4, then none: 2 + 2 * 0.5 = 3 of 4; nobody waits longer.
    mean = restricted_mean(kaplan_meier([2, 4], [True, True], [5, 5]), 4)
    assert mean.value == 3
    # Each stays 2 or 4 days: variance 1, so the error is sqrt(1 / 10).
    assert mean.standard_error == pytest.approx(math.sqrt(0.1))
    assert mean.upper <= 4
    assert restricted_mean(kaplan_meier([2, 4], [True, True]), 9).value == 3
    assert math.isnan(restricted_mean(kaplan_meier([2, 4], [True, False]), 9).value)


def test_a_funnel_narrows_and_has_no_limit_for_nobody():
    lower, upper = share_limits([0, 10, 100, 1000], 0.3)
    assert math.isnan(lower[0])
    assert (np.diff(lower[1:]) > 0).all()
    assert (np.diff(upper[1:]) < 0).all()


def test_three_forces_are_each_held_against_the_others():
    assert targets_without([1, 2, 9], [10, 10, 10]).tolist() == [0.55, 0.5, 0.15]
    assert np.isnan(targets_without([1], [10])).all()


def test_units_that_vary_more_than_chance():
    assert math.isnan(dispersion([3, -3, 0]).phi)
    assert "too few" in dispersion([3, -3, 0]).note
    # Twenty units, two drawn in at each end: sixteen of 1 and -1, the outer four become 1 and -1 too.
    calm = dispersion([1.0] * 8 + [-1.0] * 8 + [9, 9, -9, -9])
    assert calm.phi == 1
    assert "no more" in calm.note
    assert "less of a surprise" in dispersion([3, -3] * 10).note
