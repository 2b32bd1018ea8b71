"""What changed since last week, worked out by hand: each kind, each with its list, late entry and holds apart."""

import sqlite3
from contextlib import closing
from datetime import date, timedelta

import pytest

import data_access as da
from data_access.worklists import CHANGES
from tests.by_hand import a_case, an_assessment, empty_database, writing

SUNDAY = date(2026, 3, 15)  # the last day of the data; a week before it is 8 March
JANUARY = date(2026, 1, 5)
SLICE = da.Slice(("EXAMPLE",), date(2026, 2, 16), date(2026, 3, 16))
NAMES = tuple(change.name for change in CHANGES)


def march(day: int) -> date:
    return date(2026, 3, day)


def february(day: int) -> date:
    return date(2026, 2, day)


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """An empty database, to be copied."""
    return empty_database(tmp_path_factory.mktemp("empty"))


@pytest.fixture
def write(tmp_path, empty):
    """A function from rows and an as-of day to an open database."""
    return writing(tmp_path, empty)


def found(store: da.Store, slice_: da.Slice = SLICE, teams: frozenset[str] | None = None) -> dict[str, list[tuple]]:
    """References with what is said of them, by change; the counts are asserted to be the lengths of the lists."""
    reports = store.reports(da.Scope("somebody", "service_manager", frozenset(store.force_codes()), teams))
    frame = reports.changes(slice_)
    counted = {name: frame.loc[frame["change"] == name, "rows"].sum() for name in NAMES}
    lists = {name: reports.rows(name, slice_) for name in NAMES}
    assert counted == {name: rows.total for name, rows in lists.items()}
    return {
        name: sorted(zip(rows.frame["reference"], rows.frame["what"], rows.frame["days"].tolist(), strict=True))
        for name, rows in lists.items()
    }


def test_opened_and_closed_are_of_the_seven_days_to_the_last(write):
    cases = [
        a_case("opened-8", march(8)),
        a_case("opened-9", march(9)),
        a_case("opened-15", march(15)),
        a_case("opened-16", march(16)),
        a_case("closed-8", JANUARY, closed_on=march(8)),
        a_case("closed-9", JANUARY, closed_on=march(9)),
        a_case("both", march(10), closed_on=march(12)),
        a_case("in-error", march(10), closed_on=march(12), closure_reason="opened_in_error"),
        a_case("advice", march(10), pathway="one_off_advice"),
    ]
    seen = found(write({"cases": cases}, SUNDAY))
    assert seen["opened_in_week"] == [("both", "opened", 2), ("opened-15", "opened", 0), ("opened-9", "opened", 6)]
    assert seen["closed_in_week"] == [("both", "closed", 2), ("closed-9", "closed", 63)]


def test_a_level_moves_only_between_two_assessed_days(write):
    levels = {
        "up": [(february(20), "standard"), (march(9), "high")],
        "down": [(february(20), "high"), (march(15), "standard")],
        "there-and-back": [(february(20), "high"), (march(9), "medium"), (march(14), "high")],
        "first": [(march(10), "high")],
        "before": [(february(20), "standard"), (march(8), "high")],
        "same": [(february(20), "medium"), (march(10), "medium")],
    }
    assessed = [
        an_assessment(f"{name}-{place}", name, *one) for name, of in levels.items() for place, one in enumerate(of)
    ]
    referrers = [
        an_assessment("r1", "police", february(20), "standard"),
        an_assessment("r2", "police", march(10), "high", kind="referrer", agency="police"),
    ]
    cases = [a_case(name, JANUARY) for name in (*levels, "police")]
    seen = found(write({"cases": cases, "risk_assessments": [*assessed, *referrers]}, SUNDAY))
    assert seen["level_up"] == [("up", "standard to high", 6)]
    assert seen["level_down"] == [("down", "high to standard", 0)]


def test_a_new_lead_is_somebody_who_did_not_lead_a_week_before(write):
    def led(case, advocate, since, until=None):
        return {"source_id": f"{case}{since}", "case": case, "advocate": advocate, "since": since, "until": until}

    rows = {
        "advocate": [{"code": code, "started_on": JANUARY} for code in ("ADV-1", "ADV-2")],
        "cases": [a_case(name, JANUARY) for name in ("moved", "from-nobody", "to-nobody", "stays", "before")]
        + [a_case("opened", march(10))],
        "allocation": [
            led("moved", "ADV-1", JANUARY, march(11)),
            led("moved", "ADV-2", march(11)),
            led("from-nobody", "ADV-1", march(9)),
            led("to-nobody", "ADV-1", JANUARY, march(10)),
            led("stays", "ADV-1", JANUARY),
            led("before", "ADV-1", JANUARY, march(8)),
            led("before", "ADV-2", march(8)),
            led("opened", "ADV-1", march(10)),
        ],
    }
    store = write(rows, SUNDAY)
    assert found(store)["new_lead"] == [("from-nobody", "from nobody", 6), ("moved", "from ADV-1", 4)]
    bound = found(store, teams=frozenset({"T1"}))["new_lead"]
    assert [what for _, what, _ in bound] == ["from nobody", "from another lead"]
    assert found(store, SLICE.having(advocates=("ADV-2",)))["new_lead"] == [("moved", "from ADV-1", 4)]


HELD = {"stage": "on_hold", "reason": "victim_request"}


def test_reviews_become_overdue_and_cease_to_be_for_a_reason_that_is_said(write):
    high = {  # overdue from the 29th day: an assessment of 14 February is 29 days old on 15 March, 22 on the 8th
        "in-time": [february(15)],
        "new": [february(14)],
        "both-days": [february(7)],
        "reviewed": [february(1), march(10)],
        "closed": [february(1)],
        "held": [february(1)],
        "held-before": [february(14)],
        "hold-ended": [february(1)],
    }
    rows = {
        "cases": [a_case(name, JANUARY, **({"closed_on": march(12)} if name == "closed" else {})) for name in high],
        "risk_assessments": [
            an_assessment(f"{name}-{on}", name, on, "high") for name, days in high.items() for on in days
        ],
        "case_stage_event": [
            {"source_id": "1", "case": "held", "since": march(11), **HELD},
            {"source_id": "2", "case": "held-before", "since": march(1), **HELD},
            {"source_id": "3", "case": "hold-ended", "since": february(20), "until": march(9), **HELD},
        ],
    }
    seen = found(write(rows, SUNDAY))
    assert seen["newly_review_overdue"] == [("hold-ended", "risk review", 42), ("new", "risk review", 29)]
    assert seen["no_longer_review_overdue"] == [  # days are those of 8 March: 35 since 1 February
        ("closed", "closed", 35),
        ("held", "on hold", 35),
        ("reviewed", "reviewed", 35),
    ]


def test_contacts_become_overdue_and_cease_to_be(write):
    def reached(name, on, outcome="successful"):
        return {"source_id": f"{name}-{on}", "case": name, "on_day": on, "outcome": outcome}

    rows = {  # without a level: overdue from the 15th day without a substantive contact
        "cases": [
            a_case("new", february(28)),
            a_case("fourteen", march(1)),
            *(a_case(name, JANUARY) for name in ("silent-since", "answered", "tried", "held")),
        ],
        "contacts": [
            reached("silent-since", february(22)),
            reached("answered", march(10)),
            reached("tried", march(10), "no_answer"),
        ],
        "case_stage_event": [{"source_id": "1", "case": "held", "since": february(1), **HELD}],
    }
    seen = found(write(rows, SUNDAY))
    assert [(name, days) for name, _, days in seen["newly_contact_overdue"]] == [("new", 15), ("silent-since", 21)]
    assert [name for name, *_ in seen["no_longer_contact_overdue"]] == ["answered"]
    assert seen["newly_review_overdue"] == seen["no_longer_review_overdue"] == []


def test_a_case_that_only_moves_to_another_lead_has_not_become_overdue(write):
    rows = {
        "advocate": [{"code": code, "started_on": JANUARY} for code in ("ADV-1", "ADV-2")],
        "cases": [a_case("a", JANUARY)],
        "risk_assessments": [an_assessment("1", "a", february(1), "high")],
        "allocation": [
            {"source_id": "1", "case": "a", "advocate": "ADV-1", "since": JANUARY, "until": march(11)},
            {"source_id": "2", "case": "a", "advocate": "ADV-2", "since": march(11)},
        ],
    }
    store = write(rows, SUNDAY)
    for code in ("ADV-1", "ADV-2"):
        seen = found(store, SLICE.having(advocates=(code,)))
        assert seen["newly_review_overdue"] == seen["no_longer_review_overdue"] == []


def test_what_was_entered_late_stands_apart(write):
    rows = {
        "cases": [
            a_case("late", march(2), entered_on=march(10)),
            a_case("in-good-time", march(2), entered_on=march(8)),
            a_case("new", march(9), entered_on=march(15)),
            a_case("late-and-over", JANUARY, closed_on=march(1), entered_on=march(12)),
            a_case("a", JANUARY),
        ],
        "referral": [
            {"source_id": "1", "received_on": march(1), "entered_on": march(11), "case": "a"},
            {"source_id": "2", "received_on": march(1), "entered_on": march(11), "decision": "duplicate"},
            {"source_id": "3", "received_on": march(9), "entered_on": march(11)},
        ],
        "contacts": [
            {"source_id": "1", "case": "a", "on_day": march(3), "entered_on": march(15)},
            {"source_id": "2", "case": "a", "on_day": march(8), "entered_on": march(9)},
            {"source_id": "3", "case": "a", "on_day": march(3)},
            {"source_id": "4", "case": "a", "on_day": march(3), "entered_on": march(8)},
            {"source_id": "5", "case": "a", "on_day": march(3), "entered_on": march(16)},
        ],
        "risk_assessments": [
            an_assessment("1", "a", march(1), "high", entered_on=march(11)),
            an_assessment("2", "a", march(1), "high", entered_on=march(11), kind="referrer", agency="police"),
            an_assessment("3", "a", march(9), "high", entered_on=march(11)),
        ],
    }
    seen = found(write(rows, SUNDAY))
    assert seen["late_openings"] == [("late", "opened", 8), ("late-and-over", "opened", 66)]
    assert seen["late_closings"] == [("late-and-over", "closed", 11)]
    assert seen["late_referrals"] == [("a", "accepted", 10)]
    assert seen["late_contacts"] == [("a", "no answer", 1), ("a", "no answer", 12)]
    assert seen["late_assessments"] == [("a", "assessment", 10)]
    assert [name for name, *_ in seen["opened_in_week"]] == ["new"]
    assert seen["closed_in_week"] == []


def test_each_force_has_its_own_last_day(write, tmp_path):
    other = {"cases": [a_case("b-2", march(2)), a_case("b-9", march(9))]}
    write({"cases": [a_case("a-2", march(2)), a_case("a-9", march(9))]}, SUNDAY, [("OTHER", other)])
    path = next(tmp_path.glob("*.sqlite"))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE data_version SET as_of = as_of - 7 WHERE force_id = 2")
        connection.commit()
    store = da.connect(f"sqlite:///{path.as_posix()}")
    slice_ = SLICE.having(forces=("EXAMPLE", "OTHER"))
    assert [name for name, *_ in found(store, slice_)["opened_in_week"]] == ["a-9", "b-2"]
    past = slice_.having(until=march(9))  # the last day of the slice, where the data go on
    assert [name for name, *_ in found(store, past)["opened_in_week"]] == ["a-2", "b-2"]
    early = slice_.having(as_of=march(14))  # an as-of of one's own holds for both
    assert [name for name, *_ in found(store, early)["opened_in_week"]] == ["a-9", "b-9"]


def test_a_filter_that_makes_no_sense_leaves_the_others_standing(write):
    store = write({"cases": [a_case("a", march(10))]}, SUNDAY)
    reports = store.reports(da.Scope.local(store.force_codes(), "service_manager"))
    frame = reports.changes(SLICE.having(levels=("high",))).set_index("change")
    assert frame.loc["opened_in_week", "rows"] == 0
    assert frame["rows"].isna().sum() == 1
    assert "cannot be filtered by level" in frame.loc["late_referrals", "note"]


def test_before_the_data_nothing_is_known(write):
    store = write({"cases": [a_case("a", march(10))]}, SUNDAY)
    reports = store.reports(da.Scope.local(store.force_codes(), "service_manager"))
    beyond = SLICE.having(first=SUNDAY + timedelta(days=2), until=SUNDAY + timedelta(days=9))
    frame = reports.changes(beyond)
    assert frame["rows"].isna().all()
    assert set(frame["note"]) == {"the data end before the period begins"}
    assert reports.changes(SLICE.having(forces=())).empty
