"""Control charts where the reference tables do not go: order of rules, boundaries, refusals, clipping."""

import numpy as np
import pytest

from data_access.statistics.charts import Refusal, Rule
from data_access.statistics.control_charts import assurance, unsuitable_counts, xmr
from data_access.statistics.rare_event_charts import g_chart, t_chart
from data_access.statistics.run_chart import run_chart
from data_access.statistics.share_and_rate_charts import p_chart, u_chart

# Mean 10, moving ranges 2: limits 10 +- 5.32, near lines 10 +- 3.5467.
STEADY = [9, 11] * 6


def test_limits_are_locked_after_the_baseline():
    chart = xmr([*STEADY, 30, 30], baseline=12)
    assert chart.centre.tolist() == [10] * 14
    assert np.allclose(chart.upper, 15.32)
    assert np.allclose(chart.lower, 4.68)
    assert np.allclose(chart.near_upper, 10 + 5.32 * 2 / 3)
    assert chart.rule.tolist() == [Rule.NONE] * 12 + [Rule.OUTSIDE] * 2
    assert chart.side[-1] == 1


def test_outside_goes_before_trend_before_near_before_shift():
    # 10.5 ... 16: a shift of seven and a trend of seven; the last one is outside too.
    chart = xmr([*STEADY, 10.5, 11, 11.5, 12, 13, 15, 16], baseline=12)
    assert chart.rule[-7:].tolist() == [Rule.TREND] * 6 + [Rule.OUTSIDE]
    flat = xmr([*STEADY, 11, 11, 11, 11, 14, 14, 11], baseline=12)
    assert flat.rule[-7:].tolist() == [Rule.SHIFT] * 4 + [Rule.NEAR_LIMIT] * 2 + [Rule.SHIFT]


def test_a_point_on_the_centre_breaks_a_shift_and_a_tie_breaks_a_trend():
    chart = xmr([*STEADY, 11, 12, 11, 10, 11, 12, 11, 12], baseline=12)
    assert not chart.rule.any()
    assert not xmr([*STEADY[::-1], 10.1, 10.2, 10.3, 10.3, 10.4, 10.5], baseline=12).rule.any()


def test_no_moving_range_and_no_run_across_a_boundary():
    chart = xmr([9, 11] * 4 + [109, 111] * 4, rebased_at=[8])
    assert chart.centre.tolist() == [10] * 8 + [110] * 8
    assert np.allclose(chart.upper[8:], 115.32)
    assert not chart.rule.any()
    assert chart.trial
    # Four end above a centre of 10, four begin above one of 30: that is no run of eight.
    split = xmr([6, 14, 6, 14, 6, 11, 11, 11, 11, 31, 31, 31, 31, 26, 34, 26, 34, 26], rebased_at=[9])
    assert split.side[5:13].tolist() == [1] * 8
    assert not split.rule.any()


def test_fewer_than_13_points_are_a_trial():
    assert xmr(STEADY).trial
    assert not xmr([*STEADY, 9]).trial


def test_limits_are_clipped_and_marks_are_not():
    chart = xmr([1, 9] * 7)
    assert chart.lower[0] == 0
    assert chart.near_lower[0] == 0
    assert xmr([1, 9] * 7, floor=None).lower[0] == pytest.approx(5 - 2.66 * 8)
    assert xmr([0.9, 0.95] * 7, ceiling=1).upper[0] == 1


def test_weeks_still_filling_up_take_no_part():
    chart = xmr([*STEADY, 0, 0], None, hollow=2)
    assert chart.centre[0] == 10
    assert not chart.rule.any()
    assert chart.lower[-1] == pytest.approx(4.68)


def test_a_gap_breaks_a_run_and_gives_no_moving_range():
    nan = float("nan")
    chart = xmr([*STEADY, 11, 12, 11, nan, 11, 12, 11, 12], baseline=12)
    assert not chart.rule.any()
    assert xmr([9, nan, 11, 9], None).spread == 2


def test_what_would_cry_wolf_is_refused_with_its_reason():
    assert xmr([2, 3] * 10, counts=True).refusal == Refusal.SMALL_COUNTS
    zeros = xmr([0, 30, 30] * 5, counts=True)
    assert zeros.refusal == Refusal.MANY_ZEROS
    assert np.isnan(zeros.upper).all()
    assert not zeros.rule.any()
    assert xmr([7]).refusal == Refusal.TOO_FEW_POINTS
    assert xmr([]).refusal == Refusal.TOO_FEW_POINTS
    assert unsuitable_counts([5, 5, 5, 5, 0, 11]) is None
    assert unsuitable_counts([4.9]) == Refusal.SMALL_COUNTS


@pytest.mark.parametrize("at", [[0], [12], [5, 5], [6, 4]])
def test_a_boundary_lies_inside_the_series(at):
    with pytest.raises(ValueError, match="set anew"):
        xmr(STEADY, rebased_at=at)


def test_a_target_is_met_missed_or_neither():
    chart = xmr(STEADY)
    assert [assurance(chart, target, "higher") for target in (4, 10, 16)] == ["meets", "varies", "misses"]
    assert [assurance(chart, target, "lower") for target in (4, 10, 16)] == ["misses", "varies", "meets"]
    assert assurance(xmr([1]), 1, "lower") == "varies"


def test_shares_that_vary_more_than_chance_get_wider_limits():
    n = [1000] * 14
    chart = p_chart([450, 550] * 7, n)
    # p = .5, one sigma is sqrt(.25 / 1000) = .0158114; steps of .1 are 6.3246 sigma: sigma z = 6.3246 / 1.128.
    assert chart.spread == pytest.approx(5.6069, abs=1e-4)
    assert chart.upper[0] == pytest.approx(0.5 + 3 * 0.0158114 * 5.6069, abs=1e-5)
    assert not chart.rule.any()
    assert (p_chart([450, 550] * 7, n, laney=False).rule == Rule.OUTSIDE).all()


def test_a_period_without_anybody_is_a_gap():
    chart = p_chart([5, 0, 5, 5], [10, 0, 10, 10])
    assert np.isnan(chart.values[1])
    assert np.isnan(chart.upper[1])
    assert chart.centre[0] == 0.5
    assert u_chart([3], [1]).refusal == Refusal.TOO_FEW_POINTS


def test_shares_and_rates_are_locked_and_rebased_too():
    chart = u_chart([4] * 8 + [16] * 8, [1] * 16, rebased_at=[8])
    assert chart.centre.tolist() == [4] * 8 + [16] * 8
    assert chart.upper[[0, 8]].tolist() == [10, 28]
    locked = u_chart([4] * 8 + [16] * 8, [1] * 16, baseline=8)
    assert locked.rule.tolist() == [0] * 8 + [Rule.OUTSIDE] * 8


@pytest.mark.parametrize("call", [lambda: p_chart([3], [2]), lambda: u_chart([1, 2], [1]), lambda: u_chart([1], [0])])
def test_impossible_numbers_are_refused(call):
    with pytest.raises(ValueError, match=r"\w"):
        call()


def test_a_long_quiet_time_is_marked_high():
    chart = t_chart([10, 14, 9, 12, 11, 13, 10, 12, 9, 14, 11, 13, 12, 300], baseline=13)
    assert chart.rule[-1] == Rule.OUTSIDE
    assert chart.side[-1] == 1
    assert chart.values[-1] == 300
    assert (chart.lower < chart.near_lower).all()
    assert not chart.trial


def test_cases_between_events():
    chart = g_chart([8, 8, 8, 8])
    assert chart.upper[0] == pytest.approx(8 + 3 * np.sqrt(72))
    assert chart.lower[0] == 0
    assert g_chart([3]).refusal == Refusal.TOO_FEW_POINTS
    with pytest.raises(ValueError, match="between"):
        g_chart([-1, 2])


def test_run_chart_counts_runs_and_crossings_off_the_median():
    found = run_chart([1, 2, 1, 2, 5, 1, 9, 8, 9, 8, 5, 9])
    # Median 5: points on it are left out; five below, five above.
    assert (found.median, found.useful, found.longest_run, found.crossings) == (5, 10, 5, 1)
    assert (found.longest_expected, found.least_crossings) == (6, 2)
    assert found.changed
    assert not run_chart([1, 9] * 6).changed
    assert np.isnan(run_chart([]).median)
    assert not run_chart([4, 4, 4]).changed
