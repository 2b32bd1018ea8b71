"""Verdicts on trends: what they claim, since when, and when they keep silent."""

from datetime import date, timedelta

import numpy as np
import pytest

from data_access.statistics.verdicts import THRESHOLD, Kind, Verdict, of_counts, of_shares, of_values, sentence

YEAR = [2, 4, 3, 3] * 13  # 156 events in 52 weeks, no more scattered than chance


def test_an_unchanged_series_has_no_sign():
    assert of_counts(YEAR * 2).kind == Kind.NONE


def test_a_halving_is_claimed_since_the_week_in_which_it_began():
    found = of_counts(YEAR + YEAR[:26] + [1, 2, 1, 2] * 6)
    assert (found.kind, found.since, found.baseline) == (Kind.LOWER, 78, 52)
    # By hand: 156 in 52 weeks against 36 in 24: 2 (156 ln(3 / 2.5263) + 36 ln(1.5 / 2.5263)) = 16.09, root 4.01.
    assert found.strength == pytest.approx(-4.011 / THRESHOLD, abs=0.001)


def test_a_doubling_is_claimed_as_higher():
    found = of_counts(YEAR + YEAR[:10] + [6] * 12)
    assert (found.kind, found.since) == (Kind.HIGHER, 62)


def test_a_jump_of_few_weeks_is_no_trend():
    assert of_counts(YEAR + YEAR[:44] + [8] * 2).kind == Kind.NONE
    assert of_counts(YEAR + [8] * 2, baseline=52).kind == Kind.TOO_EARLY


def test_twice_the_posts_with_twice_the_events_is_no_change():
    assert of_counts(YEAR + [6] * 26, [1] * 52 + [2] * 26).kind == Kind.NONE
    assert of_counts(YEAR + [6] * 26).kind == Kind.HIGHER


def test_weeks_still_filling_up_are_not_judged():
    falling = YEAR + YEAR[:26] + [0] * 8
    assert of_counts(falling).kind == Kind.LOWER
    assert of_counts(falling, hollow=8).kind == Kind.NONE


def test_after_a_rebasing_only_the_new_weeks_count():
    found = of_counts([30] * 20 + YEAR + [1] * 26, rebased_at=20)
    assert (found.kind, found.since) == (Kind.LOWER, 72)
    assert of_counts([30] * 20 + YEAR * 2, rebased_at=20).kind == Kind.NONE


def test_scatter_beyond_chance_asks_for_more():
    wild = [0, 12, 0, 0] * 13
    assert of_counts([3] * 52 + [1, 2] * 10).kind == Kind.LOWER
    assert of_counts(wild + [1, 2] * 10).kind == Kind.NONE


def test_too_early_says_what_is_missing():
    found = of_counts(YEAR[:30])
    assert found == Verdict(Kind.TOO_EARLY, reason="30 full periods are known, 34 are needed")
    assert of_counts([1] * 40).kind == Kind.TOO_EARLY


def test_too_few_events_are_not_judged_by_the_week():
    assert of_counts([1, 0, 0, 0] * 26).kind == Kind.NOT_SUITABLE
    found = of_counts([1] * 104)
    assert found.kind == Kind.NOT_SUITABLE
    assert "halve" in found.reason
    assert of_counts(YEAR * 2, grain="quarter").kind == Kind.NOT_SUITABLE
    # A rise of few events is seen all the same.
    assert of_counts([1] * 52 + [4] * 12).kind == Kind.HIGHER


def test_months_and_four_week_periods_have_years_of_their_own():
    assert of_counts([12] * 24 + [4] * 4, grain="month").since == 24
    assert of_counts([12] * 26 + [4] * 4, grain="4week").since == 26


def test_shares_are_judged_by_their_own_noise():
    n = [5] * 104
    high, low = [4, 3, 4, 3], [1, 2, 1, 2]
    found = of_shares(high * 20 + low * 6, n)
    assert (found.kind, found.since) == (Kind.LOWER, 80)
    assert of_shares(high * 26, n).kind == Kind.NONE
    assert of_shares([0] * 104, n).kind == Kind.NOT_SUITABLE
    with pytest.raises(ValueError, match="share"):
        of_shares([2], [1])


def test_values_are_judged_by_rank():
    steady = [7, 9, 8, 12, 5, 10, 6, 11] * 13
    assert of_values(steady).kind == Kind.NONE
    longer = of_values([*steady[:80], *[x + 6 for x in steady[:24]]])
    assert (longer.kind, longer.since) == (Kind.HIGHER, 80)
    # One case of two years moves a mean, and no verdict.
    assert of_values([*steady[:-3], 900, *steady[-2:]]).kind == Kind.NONE
    gaps = np.array(steady, dtype=float)
    gaps[::9] = np.nan
    assert of_values(gaps).kind == Kind.NONE
    assert of_values([4.0] * 104).kind == Kind.NOT_SUITABLE
    assert of_values([4.0]).kind == Kind.TOO_EARLY


def test_a_stock_that_carries_over_is_not_judged():
    stock = 60 + np.cumsum([1, 1, 1, -1, -1, -1] * 18)[:104]
    found = of_values(stock)
    assert found.kind == Kind.NOT_SUITABLE
    assert "carries over" in found.reason


def test_words():
    starts = [date(2025, 1, 6) + timedelta(weeks=week) for week in range(104)]
    assert sentence(Verdict(Kind.HIGHER, 52), starts) == "higher than expected since 5 January"
    assert sentence(Verdict(Kind.LOWER, 0), starts) == "lower than expected since 6 January 2025"
    assert sentence(Verdict(Kind.NONE), starts) == "no sign of real change"
    assert sentence(Verdict(Kind.TOO_EARLY), []) == "too early to tell"
    assert sentence(Verdict(Kind.NOT_SUITABLE), []) == "cannot be judged by this chart"


def test_impossible_numbers_are_refused():
    with pytest.raises(ValueError, match="counts"):
        of_counts([1, -1])
    with pytest.raises(ValueError, match="exposure"):
        of_counts([1, 1], [1, 0])


def test_unchanged_weeks_of_the_smallest_force_seldom_get_a_claim():
    # The whole simulation is benchmarks/trend_verdicts.py; of 200 last looks 10 would be the bound.
    generator = np.random.default_rng(7)
    kinds = [of_counts(generator.poisson(2.76, 104)).kind for _ in range(200)]
    assert sum(kind in (Kind.HIGHER, Kind.LOWER) for kind in kinds) <= 10
    halved = [np.concatenate([generator.poisson(2.76, 65), generator.poisson(1.38, 26)]) for _ in range(200)]
    assert sum(of_counts(series, baseline=52).kind == Kind.LOWER for series in halved) >= 120
