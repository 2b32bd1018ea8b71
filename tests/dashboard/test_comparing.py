"""Forces beside each other: by their limits, in the order of their codes, with a word on chance and never a rank."""

from datetime import date, timedelta

import pytest

import data_access as da
from dashboard.comparing import beside
from tests.by_hand import MONDAY, a_case, empty_database, writing

WEEK = da.Slice(("EXAMPLE", "OTHER", "THIRD"), MONDAY, MONDAY + timedelta(weeks=1))


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """An empty database, to be copied."""
    return empty_database(tmp_path_factory.mktemp("empty"))


@pytest.fixture
def write(tmp_path, empty):
    """A function from rows and an as-of day to an open database."""
    return writing(tmp_path, empty)


def calls(n: int, succeeded: int) -> dict:
    outcomes = ["successful"] * succeeded + ["no_answer"] * (n - succeeded)
    rows = [{"source_id": str(i), "case": "a", "on_day": MONDAY, "outcome": o} for i, o in enumerate(outcomes)]
    return {"cases": [a_case("a")], "contacts": rows}


def line(store, measure: str = "contact_success", slice_: da.Slice = WEEK) -> str:
    return beside(store.reports(da.Scope.local(store.force_codes(), "service_manager")), measure, slice_)


AS_OF = date(2026, 5, 31)


def test_shares_with_their_limits_and_who_differs_more_than_chance(write):
    # Wilson: 30 of 40 is 60 to 86 %, 10 of 40 is 14 to 40 %; the difference of 50 points is far from 0.
    said = line(write(calls(40, 30), AS_OF, [("OTHER", calls(40, 10))]))
    assert said == (
        "By force, 5 Jan to 11 Jan 2026: Force EXAMPLE 75 % (60 to 86 %, n = 40), Force OTHER 25 % (14 to 40 %, "
        "n = 40). Force EXAMPLE and Force OTHER differ more than chance would make them."
    )


def test_what_chance_can_make_is_said_to_be_that(write):
    said = line(write(calls(40, 22), AS_OF, [("OTHER", calls(40, 18))]))
    assert said.endswith("They differ no more than chance would make them.")


def test_overlapping_limits_do_not_hide_a_difference(write):
    # 60 of 100 (50 to 69 %) and 44 of 100 (35 to 54 %) overlap; Newcombe's difference is 2 to 29 points.
    said = line(write(calls(100, 60), AS_OF, [("OTHER", calls(100, 44))]))
    assert "Force EXAMPLE and Force OTHER differ more than chance" in said


def test_three_forces_share_the_level_over_their_three_pairs(write):
    # The same difference among three pairs is no longer beyond chance: 98.3 % limits hold 0.
    said = line(write(calls(100, 60), AS_OF, [("OTHER", calls(100, 44)), ("THIRD", calls(100, 52))]))
    assert said.endswith("They differ among each other no more than chance would make them.")


def test_below_ten_there_is_no_percentage_and_no_comparison(write):
    said = line(write(calls(8, 3), AS_OF, [("OTHER", calls(40, 10))]))
    assert "Force EXAMPLE 3 of 8, Force OTHER 25 %" in said
    assert "chance" not in said


def test_one_force_or_a_plain_count_is_not_compared(write):
    store = write(calls(40, 30), AS_OF, [("OTHER", calls(40, 10))])
    assert line(store, slice_=WEEK.having(forces=("OTHER",))) == ""
    assert line(store, "referrals") == ""
