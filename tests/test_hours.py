"""Hours to the first attempt: over changes of the clocks, without a recorded time, and up to a past day."""

from datetime import date, datetime

import pytest

import data_access as da
from data_access.days import moment
from tests.by_hand import a_case, a_referral, asked, empty_database, only, writing


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    return empty_database(tmp_path_factory.mktemp("empty"))


@pytest.fixture
def write(tmp_path, empty):
    return writing(tmp_path, empty)


def _tried(received, tried):
    """One case with its receipt and first attempt, each a local time or a day alone."""
    came, went = moment(received), moment(tried)
    contact = {"source_id": "1", "case": "a", "on_day": went.on, "at_minute": went.minute}
    return {
        "cases": [a_case("a", came.on)],
        "referral": [a_referral("r", "a", came.on, received_minute=came.minute)],
        "contacts": [contact],
    }


@pytest.mark.parametrize(
    ("received", "tried", "hours"),
    [
        (datetime(2026, 3, 28, 23, 0), datetime(2026, 3, 29, 23, 30), 23.5),  # the clocks went forward in between
        (datetime(2026, 10, 24, 22, 0), datetime(2026, 10, 25, 21, 30), 24.5),  # and back
        (datetime(2026, 3, 28, 23, 30), datetime(2026, 3, 30, 0, 15), 23.75),  # a day and a bit by the calendar
        (datetime(2026, 6, 1, 9, 0), date(2026, 6, 1), 24),
        (datetime(2026, 6, 1, 9, 0), date(2026, 6, 2), 48),
        (date(2026, 6, 1), datetime(2026, 6, 3, 9, 0), 72),
    ],
)
def test_hours_are_those_that_passed(write, received, tried, hours):
    store = write(_tried(received, tried), date(2026, 12, 31))
    first, until = date(2026, 3, 1), date(2026, 12, 1)
    assert only(asked(store, "time_to_first_attempt", first, until))["value"] == pytest.approx(hours)
    for name, most in (("attempted_in_24_hours", 24), ("attempted_in_48_hours", 48)):
        assert only(asked(store, name, first, until))["numerator"] == (hours <= most), name


def test_an_attempt_after_the_as_of_day_is_not_known_yet(write):
    store = write(_tried(datetime(2026, 6, 1, 9, 0), datetime(2026, 6, 2, 9, 0)))
    then = only(asked(store, "time_to_first_attempt", date(2026, 6, 1), date(2026, 6, 2), as_of=date(2026, 6, 1)))
    assert then["numerator"] == 0
    assert then["note"].endswith("median not reached")
    share = only(asked(store, "attempted_in_24_hours", date(2026, 6, 1), date(2026, 6, 2), as_of=date(2026, 6, 1)))
    assert share["note"].endswith("the window of 1 day is still open")


def test_quartiles_and_the_curve_are_two_questions(write):
    store = write(_tried(datetime(2026, 6, 1, 9, 0), datetime(2026, 6, 2, 9, 0)), date(2026, 12, 31))
    first, until = date(2026, 6, 1), date(2026, 6, 8)
    frame = asked(store, "time_to_first_attempt", first, until, ("quartile",))
    assert dict(zip(frame["quartile"], frame["value"], strict=True)) == {"lower": 24, "median": 24, "upper": 24}
    curve = asked(store, "time_to_first_attempt", first, until, ("hours",)).set_index("hours")["value"]
    assert curve[23] == 0
    assert curve[24] == 1
    with pytest.raises(da.Refused, match="by hours or by quartile, not by both"):
        asked(store, "time_to_first_attempt", first, until, ("hours", "quartile"))
