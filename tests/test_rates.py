"""Rates and ratios against exposure summed day by day from the raw tables."""

from datetime import date, timedelta

import numpy as np
import pytest

import data_access as da
from data_access.measures.caseload import CLOSED, LED, OPEN, POSTS
from data_access.measures.kinds import Rate, Ratio, StockPart
from data_access.measures.recipes import Stretches
from data_access.question import Question
from tests.recount.raw import FOREVER, Raw, number

FORCES = ("EAST", "NORTH", "WEST")
# The sample's extracts end on 22 November 2026, in WEST on the 16th: the last month is not over.
MONTHS = da.Slice(FORCES, date(2026, 8, 12), date(2026, 12, 3), "month")


@pytest.fixture(scope="module")
def raw(sample_url):
    """The source tables."""
    return Raw(sample_url)


@pytest.fixture(scope="module")
def asked(sample_store):
    """From a slice and keys to a question of an analyst."""

    def question(slice_: da.Slice, by: tuple[str, ...]) -> Question:
        reports = sample_store.reports(da.Scope.local(FORCES, "service_manager"))
        return reports._question(slice_, by)

    return question


def _daily_sum(raw: Raw, force: str, first: date, until: date, as_of: int) -> int:
    """Case-days, one day after the other: an open case adds one for each day that it is open."""
    cases = raw.cases[raw.cases["force_id"] == raw.force_ids[force]]
    total = 0
    for day in range(number(first), number(until)):
        if day <= as_of:
            total += int(((cases["opened_on"] <= day) & (cases["closed_on"] > day)).sum())
    return total


@pytest.mark.parametrize("as_of", [None, date(2026, 10, 7)])
def test_exposure_is_the_sum_of_the_daily_stocks(raw, asked, as_of):
    slice_ = MONTHS.having(as_of=as_of)
    question = asked(slice_, ("force",))
    (by_force,) = question.chosen(OPEN.keys, "x")
    days = OPEN.exposure(question, (by_force,), "x")
    for place, period in enumerate(slice_.periods):
        for column, force in enumerate(FORCES):
            limit = number(as_of) if as_of else raw.as_of[raw.force_ids[force]]
            start, end = (date(1970, 1, 1) + timedelta(days=d) for d in (period.start, period.end))
            assert days[place, column] == _daily_sum(raw, force, start, end, limit), (force, start)
    together = OPEN.exposure(asked(slice_, ()), (), "x")
    assert together.tolist() == days.sum(axis=1).tolist()


def test_exposure_of_parts_adds_up_and_does_not_depend_on_the_grain(asked):
    by_level = asked(MONTHS, ("level",))
    parts = OPEN.exposure(by_level, by_level.chosen(OPEN.keys, "x"), "x")
    whole = OPEN.exposure(asked(MONTHS.having(grain="whole"), ()), (), "x")
    assert parts.sum() == whole[0]
    assert (OPEN.exposure(asked(MONTHS.having(grain="week"), ()), (), "x")).sum() == whole[0]


def test_rate_is_events_for_so_many_days_with_exact_limits(raw, asked):
    slice_ = MONTHS.having(forces=("EAST",), until=date(2026, 9, 1), grain="whole")
    result = Rate(CLOSED, OPEN, 3000).result(asked(slice_, ()), "Closings")
    cases = raw.cases[raw.cases["force_id"] == raw.force_ids["EAST"]]
    first, last = number(slice_.first), number(slice_.last)
    closed = int(((cases["closed_on"] >= first) & (cases["closed_on"] <= last)).sum())
    days = _daily_sum(raw, "EAST", slice_.first, slice_.until, FOREVER)
    assert result.numerator.tolist() == [closed]
    assert result.denominator.tolist() == [days]
    assert result.value[0] == pytest.approx(3000 * closed / days)
    # Published (Garwood 1936; Ulm 1990): 95 % limits of a count of 10 are 4.7954 and 18.3904.
    ten = Rate(CLOSED, OPEN, 1)
    assert ten.columns["lower, upper"].startswith("exact Poisson")
    assert result.lower[0] < result.value[0] < result.upper[0]


def test_rate_without_exposure_has_no_value(asked):
    nobody = Stretches(OPEN.fact, OPEN.keys, (OPEN.fact.c.case_id < 0,))
    result = Rate(CLOSED, nobody, 30).result(asked(MONTHS, ()), "x")
    assert np.isnan(result.value).all()
    assert np.isnan(result.upper).all()


def test_rate_refuses_a_filter_that_its_exposure_cannot_answer(asked):
    with pytest.raises(da.Refused, match="a post has no risk level"):
        Rate(CLOSED, POSTS, 30).result(asked(MONTHS.having(levels=("high",)), ()), "x")


def test_ratio_and_part_of_a_stock(raw, asked):
    question = asked(MONTHS, ("force",))
    ratio, part = (kind.result(question, "x") for kind in (Ratio(LED, OPEN), StockPart(LED, OPEN)))
    day = number(date(2026, 8, 31))
    for column, force in enumerate(FORCES):
        found = raw.open_on(raw.force_ids[force], day)
        led = int(found["lead_id"].notna().sum())
        assert (ratio.numerator[0, column], ratio.denominator[0, column]) == (led, len(found))
        assert ratio.value[0, column] == part.value[0, column] == pytest.approx(led / len(found))
    assert ratio.lower is None
    assert (part.lower <= part.value).all()


def test_ratio_with_nobody_to_divide_by_says_so(asked):
    nobody = Stretches(OPEN.fact, OPEN.keys, (OPEN.fact.c.case_id < 0,))
    result = Ratio(OPEN, nobody, "nobody is there").result(asked(MONTHS, ()), "x")
    assert np.isnan(result.value).all()
    assert result.notes((0,)) == "nobody is there"
