"""Twelve defects read in the indicators of the nearest open system, Primero: ours does each of them right.

Read in primeroIMS/primero at commit 4b95bf94 (August 2026); the file of each defect stands in its test. Every figure
here was worked out by hand. 1 to 12 are the numbers of the list that the measures were designed by.
"""

from datetime import date
from math import isnan

import pytest

from data_access.measures import MEASURES
from tests.by_hand import (
    MONDAY,
    a_case,
    a_contact,
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


def in_post(code, fte=100):
    return (
        {"code": code, "started_on": date(2025, 1, 1)},
        {"advocate": code, "since": date(2025, 1, 1), "fte_hundredths": fte},
    )


def numerators(frame, key) -> dict[str, int]:
    return {row[key]: int(row["numerator"]) for _, row in frame.iterrows()}


def test_1_caseload_counts_what_is_open_on_a_day_and_nothing_else(write):
    """kpi/case_load.rb: no condition on open or closed, and no day, though its help text says active cases."""
    rows = {
        "cases": [
            a_case("a"),
            a_case("b", closed_on=later(6)),  # Sunday: not open at the end of that day
            a_case("c", closed_on=later(7)),  # Monday
            a_case("d", later(7)),
        ]
    }
    store = write(rows)
    assert only(asked(store, "open_cases", MONDAY, later(6)))["numerator"] == 3  # Saturday: a, b, c
    assert only(asked(store, "open_cases", MONDAY, later(7)))["numerator"] == 2  # Sunday: a, c
    assert only(asked(store, "open_cases", MONDAY, later(8)))["numerator"] == 2  # Monday: a, d


def test_2_an_advocate_without_a_case_is_in_the_denominator(write):
    """kpi/case_load.rb: a facet on the owner, so a worker with no case is not counted."""
    posts, times = zip(in_post("ADV-1"), in_post("ADV-2"), in_post("ADV-3", 50), strict=True)
    led = [
        {"source_id": name, "case": name, "advocate": code, "since": MONDAY}
        for name, code in (("a", "ADV-1"), ("b", "ADV-1"), ("c", "ADV-3"))
    ]
    rows = {
        "advocate": list(posts),
        "advocate_fte": list(times),
        "cases": [a_case(name) for name in "abc"],
        "allocation": led,
    }
    store = write(rows)
    row = only(asked(store, "cases_per_fte", MONDAY, later(7)))
    assert (row["numerator"], row["denominator"], row["value"]) == (3, 2.5, 1.2)  # 3 over 2 led by somebody: 2.0
    frame = asked(store, "cases_per_fte", MONDAY, later(7), ("advocate",)).set_index("advocate")
    assert frame.loc["ADV-2", ["numerator", "denominator", "value"]].tolist() == [0, 1.0, 0.0]
    assert frame.loc["ADV-3", "value"] == 2.0


def test_7_what_is_in_progress_is_not_met(write):
    """services/gbv_kpi_calculation_service.rb, percentage_goals_met: "in progress" counts as met.

    We hold no goals. The same rule on what we hold: an agency's open action is not done, and an answer that was not
    given at exit is no improvement, but a part of its own, and none of the parts is lost.
    """
    action = {"case": "a", "owner_agency": "police", "agreed_on": MONDAY, "due_on": later(3)}
    said = [("a", "intake", 2), ("a", "exit", 4), ("b", "intake", 2), ("c", "intake", 2), ("c", "exit", 2)]
    rows = {
        "cases": [a_case(name, closed_on=later(30)) for name in "abc"],
        "contacts": [a_contact(name, name, later(1)) for name in "abc"],
        "agency_action": [
            {"source_id": "1", **action, "status": "done", "done_on": later(3)},
            {"source_id": "2", **action, "status": "open"},
            {"source_id": "3", **action, "status": "not_done"},
        ],
        "outcome_measure": [
            {
                "source_id": f"{case}-{point}",
                "case": case,
                "point": point,
                "item": "feels_safe",
                "value": value,
                "measured_on": later(2) if point == "intake" else later(29),
            }
            for case, point, value in said
        ],
    }
    store = write(rows)
    row = only(asked(store, "actions_in_time", MONDAY, later(7)))
    assert (row["numerator"], row["denominator"]) == (1, 3)
    frame = asked(store, "change_said_by_victims", later(28), later(35), ("result",))
    assert numerators(frame, "result") == {"not_paired": 1, "better": 1, "same": 1, "worse": 0}
    assert set(frame["denominator"]) == {3}


def test_8_the_denominator_of_plans_is_those_who_need_one(write):
    """kpi/completed_case_safety_plans.rb: says "where deemed necessary" and divides by every open case.

    Ours needs one for those who have been reached and are not on hold; a case whose risk was not assessed is one of
    them and is held to the longer interval.
    """
    plan = {"made_on": later(10), "agreed_with_victim": True}
    hold = {"source_id": "1", "case": "d", "stage": "on_hold", "since": later(5), "reason": "victim_request"}
    rows = {
        "cases": [a_case(name) for name in "abcd"],
        "contacts": [a_contact(name, name, later(1)) for name in "abd"],  # c has not been reached, d is on hold
        "case_stage_event": [hold],
        "risk_assessments": [an_assessment("1", "a", later(2), "high")],
        "safety_plan": [{"source_id": "1", "case": "a", **plan}, {"source_id": "2", "case": "b", **plan}],
    }
    store = write(rows)
    row = only(asked(store, "plan_coverage", MONDAY, later(14)))
    assert (row["numerator"], row["denominator"]) == (2, 2)
    by_level = asked(store, "plan_coverage", MONDAY, later(14), ("level",)).set_index("level")
    assert by_level.loc["not_assessed", ["numerator", "denominator"]].tolist() == [1, 1]
    # 39 days after day 10: too long for a at high, in time for b, whom nobody has assessed.
    row = only(asked(store, "plan_coverage", MONDAY, later(50)))
    assert (row["numerator"], row["denominator"]) == (1, 2)


@pytest.mark.parametrize("name", [m.name for m in MEASURES.values() if m.is_share])
def test_9_nothing_to_divide_is_not_nought_per_cent(write, name):
    """kpi/search.rb, nan_safe_divide: no case at all gives 0, read as "0 %"."""
    measure = MEASURES[name]
    frame = asked(write({}), name, MONDAY, later(7), grain=measure.grain or "whole")
    for _, row in frame.iterrows():
        assert isnan(row["value"])
        assert row["note"]


def test_11_a_past_period_shows_the_risk_of_its_own_day(write):
    """indicators/percentage_cases_risk_level.rb: the level of today, whatever the period."""
    rows = {
        "cases": [a_case("a")],
        "risk_assessments": [
            an_assessment("1", "a", MONDAY, "high"),
            an_assessment("2", "a", later(7), "standard"),
            an_assessment("3", "a", later(8), "medium", kind="referrer"),
            an_assessment("4", "a", later(9), "medium", agency="police"),
        ],
    }
    store = write(rows)
    for until, level in ((7, "high"), (8, "standard"), (14, "standard")):
        frame = asked(store, "open_cases", MONDAY, later(until), ("level",))
        assert frame.loc[frame["numerator"] == 1, "level"].tolist() == [level]


def test_12_a_plan_that_was_begun_is_not_a_plan(write):
    """indicators/percentage_cases_safety_plan.rb: the prompt to begin a plan is reported as the plan completed.

    Ours counts a plan from the day on which it was made with the victim's agreement. A newer version that is not
    agreed takes the older one's place.
    """
    rows = {
        "cases": [a_case(name) for name in "abc"],
        "contacts": [a_contact(name, name, later(1)) for name in "abc"],
        "safety_plan": [
            {"source_id": "1", "case": "a", "made_on": later(8), "agreed_with_victim": True},
            {"source_id": "2", "case": "b", "made_on": later(2), "agreed_with_victim": False},
            {"source_id": "3", "case": "c", "made_on": later(2), "agreed_with_victim": True},
            {"source_id": "4", "case": "c", "made_on": later(9), "agreed_with_victim": False},
        ],
    }
    store = write(rows)
    for last, planned in ((8, 1), (9, 2), (10, 1)):  # c alone; a and c; a alone
        row = only(asked(store, "plan_coverage", MONDAY, later(last)))
        assert (row["numerator"], row["denominator"]) == (planned, 3), last
