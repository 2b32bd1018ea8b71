"""Edges at which a measure is easily wrong: limits, short waits, late assessments and ties of one day."""

import pytest

from tests.by_hand import (
    MONDAY,
    a_case,
    a_contact,
    a_referral,
    an_assessment,
    asked,
    empty_database,
    later,
    only,
    writing,
)


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """An empty database, to be copied."""
    return empty_database(tmp_path_factory.mktemp("empty"))


@pytest.fixture
def write(tmp_path, empty):
    """A function from rows and an as-of day to an open database."""
    return writing(tmp_path, empty)


@pytest.mark.parametrize(("level", "within"), [("high", 28), ("medium", 56), ("standard", 84)])
def test_a_limit_is_what_its_label_says(write, level, within):
    """The last day in time and the first day overdue."""
    rows = {"cases": [a_case("a")], "risk_assessments": [an_assessment("1", "a", MONDAY, level)]}
    store = write(rows)
    for day, overdue in ((within, 0), (within + 1, 1)):
        row = only(asked(store, "review_overdue", MONDAY, later(day + 1)))
        assert (row["numerator"], row["denominator"]) == (overdue, 1)


@pytest.mark.parametrize(("age", "band"), [(90, "high"), (91, "stale")])
def test_stale_begins_after_90_days(write, age, band):
    rows = {"cases": [a_case("a")], "risk_assessments": [an_assessment("1", "a", MONDAY, "high")]}
    frame = asked(write(rows), "risk_of_open_cases", MONDAY, later(age + 1), ("level",))
    assert frame.loc[frame["numerator"] == 1, "level"].tolist() == [band]


def test_recent_ranges_do_not_hold_short_waits_only(write):
    """Of two cases of the last days one was reached at once; the other waits and is not left out."""
    rows = {
        "cases": [a_case("a"), a_case("b")],
        "referral": [a_referral("ra", "a"), a_referral("rb", "b")],
        "contacts": [a_contact("ka", "a", MONDAY)],
    }
    row = only(asked(write(rows, later(5)), "time_to_first_contact", MONDAY, later(1)))
    # One half reached on day 0, and the curve runs level at one half to the last day followed, 5.
    assert (row["numerator"], row["n"], row["value"]) == (1, 2, 2.5)


def test_two_assessments_of_one_day_are_ordered_by_their_source_id(write):
    rows = {
        "cases": [a_case("a")],
        "risk_assessments": [an_assessment("10", "a", MONDAY, "high"), an_assessment("9", "a", MONDAY, "medium")],
    }
    frame = asked(write(rows), "open_cases", MONDAY, later(7), ("level",))
    assert frame.loc[frame["numerator"] == 1, "level"].tolist() == ["medium"]  # "9" comes after "10" as text


def test_an_exit_assessment_after_closing_is_no_intake(write):
    """Closed on day 3 and assessed on day 10: nobody looked at intake, so nothing "stayed the same"."""
    rows = {
        "cases": [a_case("a", closed_on=later(3), closure_reason="needs_met_planned")],
        "risk_assessments": [an_assessment("1", "a", later(10), "medium", kind="exit")],
    }
    frame = asked(write(rows), "level_movement", MONDAY, later(30))
    (held,) = frame[frame["numerator"] > 0].itertuples()
    assert (held.status, held.from_level, held.to_level) == ("closed", "not_assessed", "medium")
