"""Answers about one day: the same whenever the period began, and worked out once for all such periods."""

from datetime import date, timedelta
from itertools import product

import pandas as pd
import pytest

import data_access as da
from dashboard import standing
from dashboard.cards import Card
from dashboard.kept import Kept
from data_access.errors import Refused
from data_access.slice import Page
from data_access.worklists import LISTS

FORCES = ("EAST", "NORTH", "WEST")  # the data of WEST end on 16 November, those of the others on 22 November
FIGURES = ["numerator", "denominator", "value", "lower", "upper", "n", "note"]
# Inside the data, up to their end, beyond it, wholly after those of WEST, and wholly after all.
UNTIL = tuple(date(2026, *day) for day in ((8, 31), (11, 17), (11, 23), (12, 20)))
FIRSTS = (timedelta(days=3), timedelta(days=200))
SLICES = [
    da.Slice(forces, until - back, until, "whole", **filters)
    for until, back, (forces, filters) in product(
        UNTIL, FIRSTS, ((FORCES, {}), (("WEST",), {}), (FORCES[:2], {"levels": ("high", "medium")}))
    )
]
STANDS = [name for name in da.MEASURES if standing.stands(name)]
OF_PERIOD = {"opened", "closed", "referrals", "contact_success", "handover"}


@pytest.fixture(scope="module")
def reports(sample_store):
    return sample_store.reports(da.Scope.local(sample_store.force_codes(), "service_manager"))


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one.reset_index(drop=True), other.reset_index(drop=True), check_exact=True)


def asked(reports, what, slice_):
    """The answer, or the words of the refusal."""
    try:
        return what(reports, slice_)
    except Refused as refused:
        return str(refused)


def test_the_shortest_slice_that_ends_alike_holds_the_last_day_of_each_force(reports):
    asked_ = da.Slice(FORCES, date(2026, 8, 24), date(2026, 11, 23))
    assert standing.standing(reports, asked_) == asked_.having(first=date(2026, 11, 16))
    assert standing.standing(reports, asked_.having(forces=FORCES[:2])) == asked_.having(
        forces=FORCES[:2], first=date(2026, 11, 22)
    )
    within = asked_.having(until=date(2026, 11, 1))
    assert standing.standing(reports, within) == within.having(first=date(2026, 10, 31))
    after = asked_.having(first=date(2026, 11, 18))  # the data of WEST end before it begins
    assert standing.standing(reports, after) == after


@pytest.mark.parametrize("measure", STANDS)
def test_a_figure_of_the_last_day_is_the_same_whenever_the_period_began(measure, reports):
    keys = [key.name for key in da.MEASURES[measure].kind.keys]
    for slice_, key in product(SLICES, ("", *keys)):
        by = (key,) if key else ()
        long, short = (
            asked(reports, lambda r, s, by=by: r.frame(measure, s, by), of)
            for of in (slice_, standing.standing(reports, slice_))
        )
        if isinstance(long, str):
            assert long == short
            continue
        names = [name for name in long.columns if name not in FIGURES and name != "period_start"]
        # Whoever was in post earlier in the period has a row of noughts in the longer one.
        gone = long.merge(short[names], how="left", on=names, indicator=True)["_merge"].eq("left_only") if names else []
        nothing = long[gone] if names else long.iloc[:0]
        assert not nothing[["numerator", "denominator"]].fillna(0).to_numpy(dtype=float).any()
        assert names == [] or key in ("team", "advocate") or nothing.empty
        rest = long[~gone] if names else long
        same(rest[names + FIGURES], short[names + FIGURES])


@pytest.mark.parametrize("name", list(LISTS))
def test_a_list_of_the_last_day_is_the_same_whenever_the_period_began(name, reports):
    differs = False
    for slice_ in SLICES:
        long, short = (
            asked(reports, lambda r, s: r.rows(name, s, Page(1, 500)), of)
            for of in (slice_, standing.standing(reports, slice_))
        )
        if isinstance(long, str):
            assert long == short
        elif LISTS[name].of_period:
            differs |= long.total != short.total
        else:
            assert long.total == short.total
            same(long.frame, short.frame)
    assert (name in OF_PERIOD) == LISTS[name].of_period == differs


def test_what_changed_in_a_week_is_the_same_whenever_the_period_began(reports):
    for slice_ in SLICES:
        same(reports.changes(slice_), reports.changes(standing.standing(reports, slice_)))


def test_another_beginning_counts_nothing_of_the_last_day_again(reports, monkeypatch):
    monkeypatch.setattr("dashboard.standing.KEPT", Kept())
    monkeypatch.setattr("dashboard.cards.KEPT", Kept())
    counted = []
    whole = da.Slice(FORCES, date(2026, 6, 1), date(2026, 11, 23))

    class Told:
        """The reports, and what was asked of them."""

        def __getattr__(self, name):
            found = getattr(reports, name)
            if name not in ("frame", "rows", "changes"):
                return found
            return lambda *given, **named: (counted.append((name, given[0])), found(*given, **named))[1]

    told, later = Told(), whole.having(first=date(2026, 9, 1))
    card = Card(told, "case_age", grain="whole")
    for slice_ in (whole, later):
        counted.clear()
        standing.whole(told, "open_cases", slice_)
        standing.whole(told, "referrals", slice_)
        standing.total(told, "no_lead", slice_)
        standing.total(told, "opened", slice_)
        standing.rows(told, "no_lead", slice_, Page(1, 25))
        standing.changes(told, slice_)
        card.show(slice_)
    assert counted == [("frame", "referrals"), ("rows", "opened")]


def test_a_card_of_the_last_day_says_that_day_and_no_period(reports):
    card = Card(reports, "case_age", grain="whole")
    card.show(da.Slice(FORCES, date(2026, 6, 1), date(2026, 9, 1)))
    said = card.content.slots["counted"]
    assert "on 31 Aug 2026 &middot;" in said
    assert "1 Jun" not in said
    flow = Card(reports, "referrals")
    flow.show(da.Slice(FORCES, date(2026, 6, 1), date(2026, 9, 1)))
    assert "1 Jun to 31 Aug 2026" in flow.content.slots["counted"]
