"""The verdict of a measure: from two years of full weeks, never across a day on which the figure became another one."""

from datetime import date, timedelta

import pytest

import data_access as da
from dashboard.verdicts import verdict_of
from data_access.statistics.verdicts import Kind
from tests.by_hand import a_case, a_referral, empty_database, writing

FIRST = date(2024, 6, 3)  # a Monday, 104 weeks before the end
UNTIL = date(2026, 6, 1)
AS_OF = UNTIL - timedelta(days=1)
SEEN = da.Slice(("EXAMPLE",), UNTIL - timedelta(weeks=13), UNTIL)


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """An empty database, to be copied."""
    return empty_database(tmp_path_factory.mktemp("empty"))


@pytest.fixture
def write(tmp_path, empty):
    """A function from rows and an as-of day to an open database."""
    return writing(tmp_path, empty)


def week(place: int) -> date:
    return FIRST + timedelta(weeks=place)


def referrals(weekly: list[int], **more) -> dict:
    """So many referrals in each week from the first one on, and a case that closes in the first week."""
    rows = [
        a_referral(f"{i}-{j}", None, week(i) + timedelta(days=j % 7)) for i, n in enumerate(weekly) for j in range(n)
    ]
    return {"cases": [a_case("a", week(0), closed_on=week(0))], "referral": rows, **more}


def judged(store, measure: str = "referrals", slice_: da.Slice = SEEN):
    return verdict_of(store.reports(da.Scope.local(store.force_codes(), "service_manager")), measure, slice_)


STEADY = [3, 4, 2, 5, 3, 1, 4, 3] * 13  # 104 weeks, 25 in eight of them


def test_nothing_changed(write):
    found = judged(write(referrals(STEADY), AS_OF))
    assert found.kind is Kind.NONE
    assert found.sentence == "No sign of real change in the 52 weeks to 31 May 2026, against the 52 before."
    assert found.series[0].expected.rate == pytest.approx(sum(STEADY[:52]) / 52)
    assert not found.series[0].expected.trial


def test_a_lasting_fall_is_said_with_its_beginning_and_both_sizes(write):
    found = judged(write(referrals([4] * 78 + [1] * 26), AS_OF))
    assert found.kind is Kind.LOWER
    assert found.since == week(78)
    assert found.sentence.startswith(
        "Lower than expected since 1 December 2025: 1.0 a week against 4.0 a week expected"
    )


def test_the_verdict_does_not_hang_on_the_period_that_is_shown(write):
    store = write(referrals([4] * 78 + [1] * 26), AS_OF)
    monthly = SEEN.having(first=UNTIL - timedelta(weeks=4), grain="month")
    assert judged(store, slice_=monthly).sentence == judged(store).sentence


def test_too_few_weeks_are_too_early(write):
    store = write(referrals(STEADY[:20]), week(20) - timedelta(days=1))
    found = judged(store, slice_=da.Slice(("EXAMPLE",), week(10), week(20)))
    assert found.kind is Kind.TOO_EARLY
    assert found.sentence == "Too early to tell: 20 full periods are known, 34 are needed."


def test_the_week_of_a_bulk_transfer_is_left_out(write):
    weekly = [*STEADY]
    weekly[90] = 120
    note = {"on_day": week(90), "kind": "referral_route", "text": "The police sent 116 older referrals."}
    assert judged(write(referrals(weekly, event=[note]), AS_OF)).kind is Kind.NONE
    assert judged(write(referrals(weekly), AS_OF)).kind is Kind.HIGHER, "without a note nobody could know"


def test_nothing_is_claimed_across_a_new_definition(write):
    weekly = [2] * 60 + [6] * 44
    note = {"on_day": week(60), "kind": "definition", "text": "Calls for advice count as referrals now."}
    found = judged(write(referrals(weekly, event=[note]), AS_OF))
    assert found.kind is Kind.NONE
    assert "Judged only after 28 July 2025 (EXAMPLE: Calls for advice count as referrals now)" in found.sentence
    assert judged(write(referrals(weekly), AS_OF)).kind is Kind.HIGHER


def test_a_marked_day_near_the_change_is_named(write):
    note = {"on_day": week(79), "kind": "staffing", "text": "The triage desk closed."}
    found = judged(write(referrals([4] * 78 + [1] * 26, event=[note]), AS_OF))
    assert "Marked near it: 8 December 2025 (EXAMPLE: The triage desk closed)." in found.sentence


def test_weeks_that_still_fill_up_are_not_judged(write):
    rows = referrals([4] * 100 + [0] * 4)
    for row in rows["referral"]:
        row["entered_on"] = row["received_on"] + timedelta(days=20)
    found = judged(write(rows, AS_OF))
    # Settled on 31 May less 20 days, 11 May: the last full week ends on Sunday 10 May.
    assert "to 10 May 2026" in found.sentence


def test_an_extract_that_began_with_the_open_cases_is_not_a_rise(write):
    # One a week of those opened in the first year is still there; everything from week 52 on.
    cases = [a_case(f"{i}", week(i)) for i in range(52)]
    cases += [
        a_case(f"{i}-{j}", week(i) + timedelta(days=j), closed_on=week(i) + timedelta(days=j + 1))
        for i in range(52, 104)
        for j in range(5)
    ]
    found = judged(write({"cases": cases}, AS_OF), "inflow_outflow")
    assert found.kind is Kind.NONE
    assert found.series[0].starts[0] == week(52)


def test_a_stock_is_judged_by_what_opens_and_what_closes(write):
    store = write(referrals(STEADY), AS_OF)
    found = judged(store, "open_cases")
    assert [series.label for series in found.series] == ["opened", "closed"]
    assert found.sentence.startswith("A stock is judged by what comes and goes.")
    assert judged(store, "review_overdue").sentence == (
        "The trend cannot be judged: each week carries over from the one before."
    )
    assert judged(store, "case_length").short == "cannot be judged by this chart"


def test_a_filter_that_the_measure_refuses_is_said(write):
    found = judged(write(referrals(STEADY), AS_OF), slice_=SEEN.having(levels=("high",)))
    assert found.kind is Kind.NOT_SUITABLE
    assert "nobody has assessed the risk yet" in found.sentence


def test_without_a_force_nothing_is_known(write):
    assert judged(write(referrals(STEADY), AS_OF), slice_=SEEN.having(forces=())).kind is Kind.TOO_EARLY
