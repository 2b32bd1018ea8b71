"""The common traps of the field, and the defects of a peer, as small cases worked out by hand."""

import shutil
from datetime import UTC, date, datetime, timedelta
from math import isnan

import pandas as pd
import pytest

import data_access as da
from data_access import checks, worked_examples
from data_access.database import writer
from data_access.days import moment, working_day_number
from data_access.migrate import upgrade

FORCE = worked_examples.FORCE
MONDAY = date(2026, 1, 5)


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A database with its tables and nothing in them."""
    path = tmp_path_factory.mktemp("traps") / "empty.sqlite"
    engine = writer(f"sqlite:///{path.as_posix()}")
    upgrade(engine)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture
def write(tmp_path, empty):
    """A function from rows and an as-of day to an open database."""
    made = iter(range(100))

    def write_(rows, as_of=date(2026, 5, 31), others=()):
        path = shutil.copy(empty, tmp_path / f"{next(made)}.sqlite")
        engine = writer(f"sqlite:///{path.as_posix()}")
        with engine.begin() as connection:
            worked_examples.write_rows(connection, rows, as_of)
            for force_id, (code, more) in enumerate(others, 2):
                worked_examples.write_rows(connection, more, as_of, force_id, code)
        engine.dispose()
        return da.connect(f"sqlite:///{path.as_posix()}")

    return write_


def _frame(store, measure, first, until, by=(), grain="whole", **filters) -> pd.DataFrame:
    forces = store.force_codes()
    reports = store.reports(da.Scope.local(forces, "analyst"))
    return reports.frame(measure, da.Slice(forces, first, until, grain, **filters), by)


def _row(frame: pd.DataFrame) -> pd.Series:
    assert len(frame) == 1, frame
    return frame.iloc[0]


def _case(name, opened_on=MONDAY, **more):
    return {"source_id": name, "opened_on": opened_on, **more}


def _referral(name, case=None, received_on=MONDAY, **more):
    of_case = {"case": case, "opens_case": True} if case else {}
    return {"source_id": name, "received_on": received_on, **of_case, **more}


def _reached(name, case, on_day):
    return {"source_id": name, "case": case, "on_day": on_day, "outcome": "successful", "purposes": "assessment"}


def _assessed(name, case, on, level, **more):
    return {"source_id": name, "case": case, "assessed_on": on, "level": level, **more}


def _after(days: int) -> date:
    return MONDAY + timedelta(days=days)


# Reached on days 2, 4, 6, 8: half of the four on day 4, so the curve runs level at one half from 4 to 6.
FOUR = {
    "cases": [_case(name) for name in "abcd"],
    "referral": [_referral(f"r{name}", name) for name in "abcd"],
    "contacts": [_reached(f"k{name}", name, _after(2 * place)) for place, name in enumerate("abcd", 1)],
}


def test_trap_1_right_censoring_new_cases_do_not_shorten_the_wait(write):
    as_of = _after(20)
    new = [f"n{i}" for i in range(100)]
    more = {
        "cases": FOUR["cases"] + [_case(name, as_of) for name in new],
        "referral": FOUR["referral"] + [_referral(f"r{name}", name, as_of) for name in new],
        "contacts": FOUR["contacts"],
    }
    before = _row(_frame(write(FOUR, as_of), "time_to_first_contact", MONDAY, _after(21)))
    after = _row(_frame(write(more, as_of), "time_to_first_contact", MONDAY, _after(21)))
    assert (before["value"], before["numerator"], before["n"]) == (5.0, 4, 4)
    # The hundred have waited 0 days: they leave the risk set before day 2 and change nothing but n.
    assert (after["value"], after["numerator"], after["n"]) == (5.0, 4, 104)
    pd.testing.assert_series_equal(before[["lower", "upper"]], after[["lower", "upper"]])


def test_trap_1_right_censoring_who_still_waits_lengthens_the_wait(write):
    """A mean over those who were reached would stay 5; with 4 more waiting from the same day the median is 8."""
    names = "wxyz"
    rows = {
        "cases": FOUR["cases"] + [_case(name) for name in names],
        "referral": FOUR["referral"] + [_referral(f"r{name}", name) for name in names],
        "contacts": FOUR["contacts"],
    }
    row = _row(_frame(write(rows, _after(20)), "time_to_first_contact", MONDAY, _after(1)))
    # 8 at risk: 7/8, 6/8, 5/8, 4/8 on day 8; level at one half until the last day followed, 20: (8 + 20) / 2.
    assert (row["value"], row["numerator"], row["n"]) == (14.0, 4, 8)


def test_trap_1_right_censoring_closing_a_case_moves_it_by_its_own_weight(write):
    def with_e(**closing):
        return {
            "cases": [*FOUR["cases"], _case("e", **closing)],
            "referral": [*FOUR["referral"], _referral("re", "e")],
            "contacts": FOUR["contacts"],
        }

    def curve(rows):
        frame = _frame(write(rows, _after(20)), "time_to_first_contact", MONDAY, _after(1), ("days",))
        return dict(zip(frame["days"], frame["value"], strict=True))

    waiting = curve(with_e())
    closed = curve(with_e(closed_on=_after(5), closure_reason="unable_to_contact"))
    # Five at risk: 1/5 reached on day 2, 2/5 by day 4, alike in both. Then e waits on, or leaves on day 5.
    assert waiting[2] == closed[2] == pytest.approx(1 / 5)
    assert waiting[5] == closed[5] == pytest.approx(2 / 5)
    assert waiting[8] == pytest.approx(4 / 5)
    assert closed[6] == pytest.approx(1 - 3 / 5 * 1 / 2)
    assert closed[8] == pytest.approx(1.0)


def test_a_contact_after_closing_does_not_end_the_wait(write):
    """It closed unreached on day 10; a goodbye call on day 12 is no first contact in time."""
    rows = {
        "cases": [_case("a", closed_on=_after(10), closure_reason="unable_to_contact"), _case("b")],
        "referral": [_referral("ra", "a"), _referral("rb", "b")],
        "contacts": [_reached("ka", "a", _after(12)), _reached("kb", "b", _after(20))],
    }
    row = _row(_frame(write(rows), "time_to_first_contact", MONDAY, _after(1)))
    assert (row["numerator"], row["denominator"], row["value"]) == (1, 2, 20.0)


def test_a_contact_after_more_than_two_years_counts_on_its_own_day(write):
    rows = {
        "cases": [_case("a", date(2023, 1, 2))],
        "referral": [_referral("ra", "a", date(2023, 1, 2))],
        "contacts": [_reached("ka", "a", date(2023, 1, 2) + timedelta(days=900))],
    }
    store = write(rows)
    assert _row(_frame(store, "time_to_first_contact", date(2023, 1, 2), date(2023, 1, 3)))["value"] == 900
    curve = _frame(store, "time_to_first_contact", date(2023, 1, 2), date(2023, 1, 3), ("days",))
    assert curve["numerator"].sum() == 0  # the curve is drawn for two years, and nobody was reached in them
    assert curve["days"].max() == 730


def test_trap_2_a_re_referral_on_an_open_case_is_two_referrals_and_one_case(write):
    rows = {
        "cases": [_case("a")],
        "referral": [
            _referral("r1", "a"),
            {"source_id": "r2", "case": "a", "received_on": _after(3), "source": "health"},
            _referral("r3", received_on=_after(4), decision="duplicate"),
        ],
    }
    store = write(rows)
    assert _row(_frame(store, "referrals", MONDAY, _after(7)))["numerator"] == 2
    assert _row(_frame(store, "open_cases", MONDAY, _after(7)))["numerator"] == 1
    assert _row(_frame(store, "inflow_outflow", MONDAY, _after(7)))["numerator"] == 1
    # The case keeps the source of the referral that opened it; the second referral has its own.
    assert _row(_frame(store, "open_cases", MONDAY, _after(7), sources=("police",)))["numerator"] == 1
    assert _row(_frame(store, "referrals", MONDAY, _after(7), sources=("health",)))["numerator"] == 1


def _team_of_two():
    people = [{"code": code, "started_on": date(2025, 1, 1)} for code in ("ADV-1", "ADV-2")]
    fte = [{"advocate": p["code"], "since": date(2025, 1, 1), "fte_hundredths": 100} for p in people]
    return {"advocate": people, "advocate_fte": fte}


@pytest.mark.parametrize("ends_on", [_after(6), None], ids=["handed over", "first lead never ended"])
def test_trap_3_a_transfer_on_the_day_of_the_snapshot_leaves_one_lead(write, ends_on):
    sunday = _after(6)
    rows = {
        **_team_of_two(),
        "cases": [_case("a")],
        "allocation": [
            {"source_id": "1", "case": "a", "advocate": "ADV-1", "since": MONDAY, "until": ends_on},
            {"source_id": "2", "case": "a", "advocate": "ADV-2", "since": sunday},
        ],
    }
    frame = _frame(write(rows), "open_cases", MONDAY, _after(7), ("advocate",))
    assert dict(zip(frame["advocate"], frame["numerator"], strict=True)) == {"ADV-1": 0, "ADV-2": 1}
    per_post = _frame(write(rows), "cases_per_fte", MONDAY, _after(7))
    assert (_row(per_post)["numerator"], _row(per_post)["value"]) == (1, 0.5)
    # The day before it was the other one's.
    earlier = _frame(write(rows), "open_cases", MONDAY, sunday, ("advocate",))
    assert dict(zip(earlier["advocate"], earlier["numerator"], strict=True))["ADV-1"] == 1


def test_trap_4_half_time_and_a_leaver_who_still_holds_cases(write):
    rows = {
        "advocate": [
            {"code": "ADV-1", "started_on": date(2025, 1, 1)},
            {"code": "ADV-2", "started_on": date(2025, 1, 1), "left_on": _after(6)},
            {"code": "ADV-3", "started_on": date(2025, 1, 1)},
        ],
        "advocate_fte": [
            {"advocate": "ADV-1", "since": date(2025, 1, 1), "fte_hundredths": 50},
            {"advocate": "ADV-2", "since": date(2025, 1, 1), "fte_hundredths": 100},
            {"advocate": "ADV-3", "since": date(2025, 1, 1), "fte_hundredths": 80},
        ],
        "cases": [_case(name) for name in "abcde"],
        "allocation": [
            {"source_id": str(i), "case": name, "advocate": code, "since": MONDAY}
            for i, (name, code) in enumerate(zip("abcde", ("ADV-1",) * 3 + ("ADV-2",) * 2, strict=True))
        ],
    }
    store = write(rows)
    frame = _frame(store, "cases_per_fte", MONDAY, _after(7), ("advocate",)).set_index("advocate")
    assert frame.loc["ADV-1", ["numerator", "denominator", "value"]].tolist() == [3, 0.5, 6.0]
    # Defect 2: who is in post without a case is counted, with zero.
    assert frame.loc["ADV-3", ["numerator", "denominator", "value"]].tolist() == [0, 0.8, 0.0]
    assert frame.loc["not_in_post", "numerator"] == 2
    assert isnan(frame.loc["not_in_post", "value"])
    assert "ADV-2" not in frame.index
    total = _row(_frame(store, "cases_per_fte", MONDAY, _after(7)))
    assert (total["numerator"], total["denominator"]) == (5, 1.3)
    # On Saturday she was still in post.
    saturday = _frame(store, "cases_per_fte", MONDAY, _after(6), ("advocate",)).set_index("advocate")
    assert saturday.loc["ADV-2", ["numerator", "denominator"]].tolist() == [2, 1.0]


@pytest.mark.parametrize(("days", "fte"), [(27, 1.0), (28, 0.0)], ids=["27 days away", "28 days away"])
def test_trap_4_long_absence_begins_at_28_days(write, days, fte):
    rows = _team_of_two() | {
        "absence": [{"advocate": "ADV-2", "since": MONDAY, "until": _after(days), "kind": "other"}],
    }
    assert _row(_frame(write(rows), "cases_per_fte", MONDAY, _after(7)))["denominator"] == 1.0 + fte
    back = _frame(write(rows), "cases_per_fte", MONDAY, _after(days + 1))
    assert _row(back)["denominator"] == 2.0  # the day of return counts


def test_trap_5_the_same_score_is_two_levels_by_date(write):
    rows = {
        "cases": [_case("a"), _case("b", _after(7))],
        "risk_threshold": [
            {"tool": "dash_safelives", "since": date(2020, 1, 1), "until": _after(7), "medium_min": 10, "high_min": 14},
            {"tool": "dash_safelives", "since": _after(7), "medium_min": 10, "high_min": 12},
        ],
        "risk_assessments": [
            _assessed("1", "a", MONDAY, "medium", score=13),
            _assessed("2", "b", _after(7), "high", score=13),
        ],
    }
    store = write(rows)
    frame = _frame(store, "risk_of_open_cases", MONDAY, _after(14), ("level",), "week")
    held = {
        (d.date(), level): n for d, level, n in zip(frame.period_start, frame.level, frame.numerator, strict=True) if n
    }
    assert held == {(MONDAY, "medium"): 1, (_after(7), "medium"): 1, (_after(7), "high"): 1}
    # Both levels stand with the threshold of their own day.
    assert not checks.findings(store, [FORCE], ["level"])
    wrong = {**rows, "risk_assessments": [_assessed("1", "a", MONDAY, "high", score=13)]}
    (finding,) = checks.findings(write(wrong), [FORCE], ["level"])
    assert finding.case_ref == "a"


def test_trap_7_an_empty_force_is_null_and_never_nought_per_cent(write):
    store = write({}, others=[("FULL", FOUR)])
    for measure in ("reached", "contact_success", "review_overdue", "cases_per_fte"):
        frame = _frame(store, measure, MONDAY, _after(7), ("force",)).set_index("force")
        empty = frame.loc[FORCE]
        assert empty["n"] == 0, measure
        assert isnan(empty["value"]), measure
        assert isnan(empty["lower"]), measure
        assert isnan(empty["upper"]), measure
        assert "nothing to divide" in empty["note"], measure
    waits = _frame(store, "time_to_first_contact", MONDAY, _after(7), ("force",)).set_index("force")
    assert isnan(waits.loc[FORCE, "value"])
    assert waits.loc["FULL", "value"] == 5.0
    moved = _frame(store, "level_movement", MONDAY, _after(7), ("force",))
    assert moved.loc[moved["force"] == FORCE, "value"].isna().all()
    counts = _frame(store, "open_cases", MONDAY, _after(7), ("force",)).set_index("force")
    assert counts.loc[FORCE, "numerator"] == 0


def test_trap_7_a_force_whose_data_end_earlier_is_unknown_and_not_nought(write):
    """The rows of one force end on Sunday; the next week holds nothing about it, not zero."""
    store = write({"cases": [_case("a")]}, _after(6))
    frame = _frame(store, "referrals", MONDAY, _after(14), ("force",), "week")
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
        "cases": [_case("a", friday)],
        "referral": [_referral("ra", "a", friday)],
        "contacts": [_reached("ka", "a", friday + timedelta(days=28))],
    }
    store = write(rows)
    assert _row(_frame(store, "reached", friday, friday + timedelta(days=1)))["numerator"] == 1
    assert _row(_frame(store, "time_to_first_contact", friday, friday + timedelta(days=1)))["value"] == 28


def test_trap_9_rows_imported_twice_are_found_and_not_dropped(write):
    once = {
        "case": "a",
        "on_day": _after(1),
        "hour": 10,
        "at_minute": 29_461_560,
        "outcome": "no_answer",
    }
    rows = {
        "cases": [_case("a")],
        "contacts": [
            {"source_id": "1", **once},
            {"source_id": "1-again", **once},
            {"source_id": "2", **once, "hour": 11, "at_minute": 29_461_620},
        ],
    }
    store = write(rows)
    assert _row(_frame(store, "contact_success", MONDAY, _after(7)))["denominator"] == 3
    (finding,) = checks.findings(store, [FORCE], ["contact_twice"])
    assert (finding.case_ref, finding.severity) == ("a", "warning")
    assert "stands 2 times" in finding.sentence


# The peer's defects (domain 2.0), as far as the ten measures touch them.


def test_defect_1_closed_cases_are_no_caseload(write):
    rows = {"cases": [_case("a"), _case("b", closed_on=_after(6)), _case("c", closed_on=_after(7))]}
    # On Sunday, day 6: b closed that very day, c closes on Monday.
    assert _row(_frame(write(rows), "open_cases", MONDAY, _after(7)))["numerator"] == 2


@pytest.mark.parametrize(("level", "within"), [("high", 28), ("medium", 56), ("standard", 84)])
def test_defect_3_a_limit_is_what_its_label_says(write, level, within):
    """The last day in time and the first day overdue."""
    rows = {"cases": [_case("a")], "risk_assessments": [_assessed("1", "a", MONDAY, level)]}
    store = write(rows)
    for day, overdue in ((within, 0), (within + 1, 1)):
        row = _row(_frame(store, "review_overdue", MONDAY, _after(day + 1)))
        assert (row["numerator"], row["denominator"]) == (overdue, 1)


@pytest.mark.parametrize(("age", "band"), [(90, "high"), (91, "stale")])
def test_defect_3_stale_begins_after_90_days(write, age, band):
    rows = {"cases": [_case("a")], "risk_assessments": [_assessed("1", "a", MONDAY, "high")]}
    frame = _frame(write(rows), "risk_of_open_cases", MONDAY, _after(age + 1), ("level",))
    assert frame.loc[frame["numerator"] == 1, "level"].tolist() == [band]


def test_defect_4_recent_ranges_do_not_hold_short_waits_only(write):
    """Of two cases of the last days one was reached at once; the other waits and is not left out."""
    rows = {
        "cases": [_case("a"), _case("b")],
        "referral": [_referral("ra", "a"), _referral("rb", "b")],
        "contacts": [_reached("ka", "a", MONDAY)],
    }
    row = _row(_frame(write(rows, _after(5)), "time_to_first_contact", MONDAY, _after(1)))
    # One half reached on day 0, and the curve runs level at one half to the last day followed, 5.
    assert (row["numerator"], row["n"], row["value"]) == (1, 2, 2.5)


def test_defect_9_no_case_at_all_gives_no_percentage(write):
    row = _row(_frame(write({}), "contact_success", MONDAY, _after(7)))
    assert row["denominator"] == 0
    assert isnan(row["value"])
    assert row["note"] == "nothing to divide"


def test_defect_10_a_past_period_does_not_change_with_the_day_of_the_report(write):
    rows = {
        "cases": [_case("a", closed_on=_after(40)), _case("b", _after(40))],
        "risk_assessments": [_assessed("1", "a", MONDAY, "high")],
    }
    early, late = (write(rows, _after(days)) for days in (10, 120))
    for measure in ("open_cases", "review_overdue", "inflow_outflow", "risk_of_open_cases"):
        a, b = (_row(_frame(store, measure, MONDAY, _after(7))) for store in (early, late))
        assert a.drop("note").astype(str).tolist() == b.drop("note").astype(str).tolist(), measure


def test_defect_11_a_past_period_shows_the_risk_of_its_own_day(write):
    rows = {
        "cases": [_case("a")],
        "risk_assessments": [
            _assessed("1", "a", MONDAY, "high"),
            _assessed("2", "a", _after(7), "standard"),
            _assessed("3", "a", _after(8), "medium", kind="referrer"),
            _assessed("4", "a", _after(9), "medium", agency="police"),
        ],
    }
    store = write(rows)
    for until, level in ((7, "high"), (8, "standard"), (14, "standard")):
        frame = _frame(store, "open_cases", MONDAY, _after(until), ("level",))
        assert frame.loc[frame["numerator"] == 1, "level"].tolist() == [level]


def test_two_assessments_of_one_day_are_ordered_by_their_source_id(write):
    rows = {
        "cases": [_case("a")],
        "risk_assessments": [_assessed("10", "a", MONDAY, "high"), _assessed("9", "a", MONDAY, "medium")],
    }
    frame = _frame(write(rows), "open_cases", MONDAY, _after(7), ("level",))
    assert frame.loc[frame["numerator"] == 1, "level"].tolist() == ["medium"]  # "9" comes after "10" as text


def test_an_exit_assessment_after_closing_is_no_intake(write):
    """Closed on day 3 and assessed on day 10: nobody looked at intake, so nothing "stayed the same"."""
    rows = {
        "cases": [_case("a", closed_on=_after(3), closure_reason="needs_met_planned")],
        "risk_assessments": [_assessed("1", "a", _after(10), "medium", kind="exit")],
    }
    frame = _frame(write(rows), "level_movement", MONDAY, _after(30))
    (held,) = frame[frame["numerator"] > 0].itertuples()
    assert (held.status, held.from_level, held.to_level) == ("closed", "not_assessed", "medium")
