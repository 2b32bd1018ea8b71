"""The common traps of the field, as small cases worked out by hand."""

from datetime import UTC, date, datetime, timedelta
from math import isnan

import pandas as pd
import pytest

from data_access import checks, worked_examples
from data_access.days import moment, working_day_number
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

FORCE = worked_examples.FORCE


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """An empty database, to be copied."""
    return empty_database(tmp_path_factory.mktemp("empty"))


@pytest.fixture
def write(tmp_path, empty):
    """A function from rows and an as-of day to an open database."""
    return writing(tmp_path, empty)


# Reached on days 2, 4, 6, 8: half of the four on day 4, so the curve runs level at one half from 4 to 6.
FOUR = {
    "cases": [a_case(name) for name in "abcd"],
    "referral": [a_referral(f"r{name}", name) for name in "abcd"],
    "contacts": [a_contact(f"k{name}", name, later(2 * place)) for place, name in enumerate("abcd", 1)],
}


def test_trap_1_right_censoring_new_cases_do_not_shorten_the_wait(write):
    as_of = later(20)
    new = [f"n{i}" for i in range(100)]
    more = {
        "cases": FOUR["cases"] + [a_case(name, as_of) for name in new],
        "referral": FOUR["referral"] + [a_referral(f"r{name}", name, as_of) for name in new],
        "contacts": FOUR["contacts"],
    }
    before = only(asked(write(FOUR, as_of), "time_to_first_contact", MONDAY, later(21)))
    after = only(asked(write(more, as_of), "time_to_first_contact", MONDAY, later(21)))
    assert (before["value"], before["numerator"], before["n"]) == (5.0, 4, 4)
    # The hundred have waited 0 days: they leave the risk set before day 2 and change nothing but n.
    assert (after["value"], after["numerator"], after["n"]) == (5.0, 4, 104)
    pd.testing.assert_series_equal(before[["lower", "upper"]], after[["lower", "upper"]])


def test_trap_1_right_censoring_who_still_waits_lengthens_the_wait(write):
    """A mean over those who were reached would stay 5; with 4 more waiting from the same day the median is 8."""
    names = "wxyz"
    rows = {
        "cases": FOUR["cases"] + [a_case(name) for name in names],
        "referral": FOUR["referral"] + [a_referral(f"r{name}", name) for name in names],
        "contacts": FOUR["contacts"],
    }
    row = only(asked(write(rows, later(20)), "time_to_first_contact", MONDAY, later(1)))
    # 8 at risk: 7/8, 6/8, 5/8, 4/8 on day 8; level at one half until the last day followed, 20: (8 + 20) / 2.
    assert (row["value"], row["numerator"], row["n"]) == (14.0, 4, 8)


def test_trap_1_right_censoring_closing_a_case_moves_it_by_its_own_weight(write):
    def with_e(**closing):
        return {
            "cases": [*FOUR["cases"], a_case("e", **closing)],
            "referral": [*FOUR["referral"], a_referral("re", "e")],
            "contacts": FOUR["contacts"],
        }

    def curve(rows):
        frame = asked(write(rows, later(20)), "time_to_first_contact", MONDAY, later(1), ("days",))
        return dict(zip(frame["days"], frame["value"], strict=True))

    waiting = curve(with_e())
    closed = curve(with_e(closed_on=later(5), closure_reason="unable_to_contact"))
    # Five at risk: 1/5 reached on day 2, 2/5 by day 4, alike in both. Then e waits on, or leaves on day 5.
    assert waiting[2] == closed[2] == pytest.approx(1 / 5)
    assert waiting[5] == closed[5] == pytest.approx(2 / 5)
    assert waiting[8] == pytest.approx(4 / 5)
    assert closed[6] == pytest.approx(1 - 3 / 5 * 1 / 2)
    assert closed[8] == pytest.approx(1.0)


def test_a_contact_after_closing_does_not_end_the_wait(write):
    """It closed unreached on day 10; a goodbye call on day 12 is no first contact in time."""
    rows = {
        "cases": [a_case("a", closed_on=later(10), closure_reason="unable_to_contact"), a_case("b")],
        "referral": [a_referral("ra", "a"), a_referral("rb", "b")],
        "contacts": [a_contact("ka", "a", later(12)), a_contact("kb", "b", later(20))],
    }
    row = only(asked(write(rows), "time_to_first_contact", MONDAY, later(1)))
    assert (row["numerator"], row["denominator"], row["value"]) == (1, 2, 20.0)


def test_a_contact_after_more_than_two_years_counts_on_its_own_day(write):
    rows = {
        "cases": [a_case("a", date(2023, 1, 2))],
        "referral": [a_referral("ra", "a", date(2023, 1, 2))],
        "contacts": [a_contact("ka", "a", date(2023, 1, 2) + timedelta(days=900))],
    }
    store = write(rows)
    assert only(asked(store, "time_to_first_contact", date(2023, 1, 2), date(2023, 1, 3)))["value"] == 900
    curve = asked(store, "time_to_first_contact", date(2023, 1, 2), date(2023, 1, 3), ("days",))
    assert curve["numerator"].sum() == 0  # the curve is drawn for two years, and nobody was reached in them
    assert curve["days"].max() == 730


def test_trap_2_a_re_referral_on_an_open_case_is_two_referrals_and_onecase(write):
    rows = {
        "cases": [a_case("a")],
        "referral": [
            a_referral("r1", "a"),
            {"source_id": "r2", "case": "a", "received_on": later(3), "source": "health"},
            a_referral("r3", received_on=later(4), decision="duplicate"),
        ],
    }
    store = write(rows)
    assert only(asked(store, "referrals", MONDAY, later(7)))["numerator"] == 2
    assert only(asked(store, "open_cases", MONDAY, later(7)))["numerator"] == 1
    assert only(asked(store, "inflow_outflow", MONDAY, later(7)))["numerator"] == 1
    # The case keeps the source of the referral that opened it; the second referral has its own.
    assert only(asked(store, "open_cases", MONDAY, later(7), sources=("police",)))["numerator"] == 1
    assert only(asked(store, "referrals", MONDAY, later(7), sources=("health",)))["numerator"] == 1


def _team_of_two():
    people = [{"code": code, "started_on": date(2025, 1, 1)} for code in ("ADV-1", "ADV-2")]
    fte = [{"advocate": p["code"], "since": date(2025, 1, 1), "fte_hundredths": 100} for p in people]
    return {"advocate": people, "advocate_fte": fte}


@pytest.mark.parametrize("ends_on", [later(6), None], ids=["handed over", "first lead never ended"])
def test_trap_3_a_transfer_on_the_day_of_the_snapshot_leaves_one_lead(write, ends_on):
    sunday = later(6)
    rows = {
        **_team_of_two(),
        "cases": [a_case("a")],
        "allocation": [
            {"source_id": "1", "case": "a", "advocate": "ADV-1", "since": MONDAY, "until": ends_on},
            {"source_id": "2", "case": "a", "advocate": "ADV-2", "since": sunday},
        ],
    }
    frame = asked(write(rows), "open_cases", MONDAY, later(7), ("advocate",))
    assert dict(zip(frame["advocate"], frame["numerator"], strict=True)) == {"ADV-1": 0, "ADV-2": 1}
    per_post = asked(write(rows), "cases_per_fte", MONDAY, later(7))
    assert (only(per_post)["numerator"], only(per_post)["value"]) == (1, 0.5)
    # The day before it was the other one's.
    earlier = asked(write(rows), "open_cases", MONDAY, sunday, ("advocate",))
    assert dict(zip(earlier["advocate"], earlier["numerator"], strict=True))["ADV-1"] == 1


def test_trap_4_half_time_and_a_leaver_who_still_holds_cases(write):
    rows = {
        "advocate": [
            {"code": "ADV-1", "started_on": date(2025, 1, 1)},
            {"code": "ADV-2", "started_on": date(2025, 1, 1), "left_on": later(6)},
            {"code": "ADV-3", "started_on": date(2025, 1, 1)},
        ],
        "advocate_fte": [
            {"advocate": "ADV-1", "since": date(2025, 1, 1), "fte_hundredths": 50},
            {"advocate": "ADV-2", "since": date(2025, 1, 1), "fte_hundredths": 100},
            {"advocate": "ADV-3", "since": date(2025, 1, 1), "fte_hundredths": 80},
        ],
        "cases": [a_case(name) for name in "abcde"],
        "allocation": [
            {"source_id": str(i), "case": name, "advocate": code, "since": MONDAY}
            for i, (name, code) in enumerate(zip("abcde", ("ADV-1",) * 3 + ("ADV-2",) * 2, strict=True))
        ],
    }
    store = write(rows)
    frame = asked(store, "cases_per_fte", MONDAY, later(7), ("advocate",)).set_index("advocate")
    assert frame.loc["ADV-1", ["numerator", "denominator", "value"]].tolist() == [3, 0.5, 6.0]
    # Defect 2: who is in post without a case is counted, with zero.
    assert frame.loc["ADV-3", ["numerator", "denominator", "value"]].tolist() == [0, 0.8, 0.0]
    assert frame.loc["not_in_post", "numerator"] == 2
    assert isnan(frame.loc["not_in_post", "value"])
    assert "ADV-2" not in frame.index
    total = only(asked(store, "cases_per_fte", MONDAY, later(7)))
    assert (total["numerator"], total["denominator"]) == (5, 1.3)
    # On Saturday she was still in post.
    saturday = asked(store, "cases_per_fte", MONDAY, later(6), ("advocate",)).set_index("advocate")
    assert saturday.loc["ADV-2", ["numerator", "denominator"]].tolist() == [2, 1.0]


@pytest.mark.parametrize(("days", "fte"), [(27, 1.0), (28, 0.0)], ids=["27 days away", "28 days away"])
def test_trap_4_long_absence_begins_at_28_days(write, days, fte):
    rows = _team_of_two() | {
        "absence": [{"advocate": "ADV-2", "since": MONDAY, "until": later(days), "kind": "other"}],
    }
    assert only(asked(write(rows), "cases_per_fte", MONDAY, later(7)))["denominator"] == 1.0 + fte
    back = asked(write(rows), "cases_per_fte", MONDAY, later(days + 1))
    assert only(back)["denominator"] == 2.0  # the day of return counts


def test_trap_5_the_same_score_is_two_levels_by_date(write):
    rows = {
        "cases": [a_case("a"), a_case("b", later(7))],
        "risk_threshold": [
            {"tool": "dash_safelives", "since": date(2020, 1, 1), "until": later(7), "medium_min": 10, "high_min": 14},
            {"tool": "dash_safelives", "since": later(7), "medium_min": 10, "high_min": 12},
        ],
        "risk_assessments": [
            an_assessment("1", "a", MONDAY, "medium", score=13),
            an_assessment("2", "b", later(7), "high", score=13),
        ],
    }
    store = write(rows)
    frame = asked(store, "risk_of_open_cases", MONDAY, later(14), ("level",), "week")
    held = {
        (d.date(), level): n for d, level, n in zip(frame.period_start, frame.level, frame.numerator, strict=True) if n
    }
    assert held == {(MONDAY, "medium"): 1, (later(7), "medium"): 1, (later(7), "high"): 1}
    # Both levels stand with the threshold of their own day.
    assert not checks.findings(store, [FORCE], ["level"])
    wrong = {**rows, "risk_assessments": [an_assessment("1", "a", MONDAY, "high", score=13)]}
    (finding,) = checks.findings(write(wrong), [FORCE], ["level"])
    assert finding.case_ref == "a"


def test_trap_7_an_empty_force_is_null_and_never_nought_per_cent(write):
    store = write({}, others=[("FULL", FOUR)])
    for measure in ("reached", "contact_success", "review_overdue", "cases_per_fte"):
        frame = asked(store, measure, MONDAY, later(7), ("force",)).set_index("force")
        empty = frame.loc[FORCE]
        assert empty["n"] == 0, measure
        assert isnan(empty["value"]), measure
        assert isnan(empty["lower"]), measure
        assert isnan(empty["upper"]), measure
        assert "nothing to divide" in empty["note"], measure
    waits = asked(store, "time_to_first_contact", MONDAY, later(7), ("force",)).set_index("force")
    assert isnan(waits.loc[FORCE, "value"])
    assert waits.loc["FULL", "value"] == 5.0
    moved = asked(store, "level_movement", MONDAY, later(7), ("force",))
    assert moved.loc[moved["force"] == FORCE, "value"].isna().all()
    counts = asked(store, "open_cases", MONDAY, later(7), ("force",)).set_index("force")
    assert counts.loc[FORCE, "numerator"] == 0


def test_trap_7_a_force_whose_data_end_earlier_is_unknown_and_not_nought(write):
    """The rows of one force end on Sunday; the next week holds nothing about it, not zero."""
    store = write({"cases": [a_case("a")]}, later(6))
    frame = asked(store, "referrals", MONDAY, later(14), ("force",), "week")
    assert frame["numerator"].tolist()[0] == 0
    assert frame["numerator"].isna().tolist() == [False, True]
    assert "the data end on 2026-01-11" in frame["note"].iloc[1]


@pytest.mark.parametrize(
    ("at", "local_day", "hour", "minute"),
    [
        # Last Sunday of March: 01:00 becomes 02:00. A zoned time is taken as it is.
        (datetime(2026, 3, 29, 0, 59), date(2026, 3, 29), 0, "2026-03-29 00:59"),
        (datetime(2026, 3, 29, 2, 0), date(2026, 3, 29), 2, "2026-03-29 01:00"),
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), date(2026, 3, 28), 23, "2026-03-28 23:30"),
        (datetime(2026, 3, 29, 23, 30, tzinfo=UTC), date(2026, 3, 30), 0, "2026-03-29 23:30"),
        # Last Sunday of October: 02:00 becomes 01:00, and the hour from 1 to 2 comes twice.
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 25), 1, "2026-10-25 00:30"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), date(2026, 10, 25), 1, "2026-10-25 01:30"),
        (datetime(2026, 10, 25, 3, 0), date(2026, 10, 25), 3, "2026-10-25 03:00"),
        (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), date(2026, 10, 25), 0, "2026-10-24 23:30"),
    ],
)
def test_trap_8_clock_change_local_day_and_hour(at, local_day, hour, minute):
    found = moment(at)
    assert (found.on, found.hour) == (local_day, hour)
    assert found.minute == pd.Timestamp(minute, tz="UTC").timestamp() // 60


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 7), 24)])
def test_trap_8_clock_change_the_day_has_its_own_hours(day, hours):
    midnight, next_ = (datetime.combine(day + timedelta(days=i), datetime.min.time()) for i in (0, 1))
    assert (moment(next_).minute - moment(midnight).minute) / 60 == hours


def test_trap_8_clock_change_days_and_working_days_are_not_touched(write):
    def worked(later, earlier, *holidays):
        return working_day_number(later, frozenset(holidays)) - working_day_number(earlier, frozenset(holidays))

    friday, monday, tuesday = date(2026, 3, 27), date(2026, 3, 30), date(2026, 3, 31)
    assert worked(monday, friday) == 1
    assert worked(tuesday, friday) == 2
    assert worked(date(2026, 3, 29), friday) == 0
    assert worked(date(2026, 10, 26), date(2026, 10, 23)) == 1
    # Good Friday 3 April and Easter Monday 6 April 2026.
    assert worked(date(2026, 4, 7), date(2026, 4, 2), date(2026, 4, 3), date(2026, 4, 6)) == 1
    rows = {
        "cases": [a_case("a", friday)],
        "referral": [a_referral("ra", "a", friday)],
        "contacts": [a_contact("ka", "a", friday + timedelta(days=28))],
    }
    store = write(rows)
    assert only(asked(store, "reached", friday, friday + timedelta(days=1)))["numerator"] == 1
    assert only(asked(store, "time_to_first_contact", friday, friday + timedelta(days=1)))["value"] == 28


def test_trap_9_rows_imported_twice_are_found_and_not_dropped(write):
    once = {
        "case": "a",
        "on_day": later(1),
        "hour": 10,
        "at_minute": 29_461_560,
        "outcome": "no_answer",
    }
    rows = {
        "cases": [a_case("a")],
        "contacts": [
            {"source_id": "1", **once},
            {"source_id": "1-again", **once},
            {"source_id": "2", **once, "hour": 11, "at_minute": 29_461_620},
        ],
    }
    store = write(rows)
    assert only(asked(store, "contact_success", MONDAY, later(7)))["denominator"] == 3
    (finding,) = checks.findings(store, [FORCE], ["contact_twice"])
    assert (finding.case_ref, finding.severity) == ("a", "warning")
    assert "stands 2 times" in finding.sentence
