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


@pytest.mark.parametrize(
    ("band", "first", "last"),
    [("0-90 days", 0, 90), ("91-180 days", 91, 180), ("181-365 days", 181, 365), ("over 365 days", 366, 900)],
)
def test_3_a_bin_holds_what_its_label_says(write, band, first, last):
    """config/locales/en.yml: 0-9, 10-19, 20-29 and 30 or more are labelled "<10, 11-20, 21-30, >30"."""
    store = write({"cases": [a_case("a", later(6 - first)), a_case("b", later(6 - last))]})
    frame = asked(store, "case_age", MONDAY, later(7), ("age",))
    assert {age: n for age, n in numerators(frame, "age").items() if n} == {band: 2}


def test_4_recent_cases_do_not_shorten_the_length_of_support(write):
    """kpi/time_from_case_open_to_close.rb: only cases opened in the range and closed by now, so short ones alone.

    One of two cases closed after 10 days, the other is open on day 20: half are through at day 10, and the curve runs
    level to day 20, so the median lies half way. A hundred cases that were opened since are followed, not closed.
    """
    two = [a_case("a", closed_on=later(10), closure_reason="needs_met_planned"), a_case("b")]
    row = only(asked(write({"cases": two}, later(20)), "case_length", MONDAY, later(1)))
    assert (row["numerator"], row["n"], row["value"]) == (1, 2, 15)
    many = [*two, *(a_case(f"new{i}", later(15)) for i in range(100))]
    row = only(asked(write({"cases": many}, later(20)), "case_length", MONDAY, later(16)))
    assert (row["numerator"], row["n"]) == (1, 102)
    assert not row["value"] < 15


def test_5_contacts_are_divided_by_the_days_on_which_there_was_a_case(write):
    """kpi/average_followup_meetings_per_case.rb: meetings of the range over every case ever; none at all gives 0.

    a is open on 28 days, b on one; one contact each. Two contacts in 29 case-days are 1.93 in 28, not the mean of 1
    and 28. In the weeks after, a is open and nobody calls: that is 0 of 28 days. Before, there is no case: no figure.
    """
    rows = {
        "cases": [a_case("a", closed_on=later(56)), a_case("b", closed_on=later(1))],
        "contacts": [a_contact("1", "a", later(3)), a_contact("2", "b", MONDAY)],
    }
    store = write(rows)
    row = only(asked(store, "contact_intensity", MONDAY, later(28)))
    assert (row["numerator"], row["denominator"]) == (2, 29)
    assert row["value"] == pytest.approx(28 * 2 / 29)
    row = only(asked(store, "contact_intensity", later(28), later(56)))
    assert (row["numerator"], row["denominator"], row["value"]) == (0, 28, 0)
    assert row["upper"] == pytest.approx(3.6889, abs=1e-4)  # Garwood: no event in one unit, -ln 0.025
    assert isnan(only(asked(store, "contact_intensity", later(-28), MONDAY))["value"])


def test_6_a_missing_day_is_a_bin_of_its_own(write):
    """services/gbv_kpi_calculation_service.rb: no incident or report date gives 0 days, so "0-3 days"."""
    days = {"same": 0, "two": 2, "three": 3, "week": 7, "long": 29}
    known = [a_referral(name, reported_on=later(-lag)) for name, lag in days.items()]
    store = write({"referral": [*known, a_referral("missing"), a_referral("later", reported_on=later(2))]})
    frame = asked(store, "referrer_delay_bands", MONDAY, later(7), ("delay",))
    assert {band: n for band, n in numerators(frame, "delay").items() if n} == {
        "not_recorded": 1,
        "0-2": 2,
        "3-7": 2,
        "29+": 1,
        "reported_later": 1,
    }
    row = only(asked(store, "referrer_delay", MONDAY, later(7)))
    assert (row["n"], row["denominator"], row["value"]) == (5, 7, 3)  # of 0, 2, 3, 7, 29 alone


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


def test_9_nothing_to_divide_is_not_nought_per_cent(write):
    """kpi/search.rb, nan_safe_divide: no case at all gives 0, read as "0 %"."""
    store = write({})
    shares = [measure for measure in MEASURES.values() if measure.is_share]
    assert len(shares) > 5
    for measure in shares:
        frame = asked(store, measure.name, MONDAY, later(7), grain=measure.grain or "whole")
        for _, row in frame.iterrows():
            assert isnan(row["value"]), measure.name
            assert row["note"], measure.name


def test_10_age_and_length_are_two_figures_and_the_past_stays_as_it_was(write):
    """indicators/percentage_cases_duration.rb: age of open and length of closed cases share bins, both up to "now".

    a was open for 12 days at the end of the week, whenever that is asked; b, closed by then, has a length and no age.
    """
    rows = {
        "cases": [a_case("a", later(-6), closed_on=later(40)), a_case("b", later(-6), closed_on=later(3))],
        "risk_assessments": [an_assessment("1", "a", MONDAY, "high")],
    }
    early, late = (write(rows, later(days)) for days in (10, 120))
    age = asked(early, "case_age", MONDAY, later(7), ("age",))
    assert {band: n for band, n in numerators(age, "age").items() if n} == {"0-90 days": 1}
    assert set(age["denominator"]) == {1}
    lengths = [only(asked(store, "case_length", later(-7), MONDAY)) for store in (early, late)]
    assert [(row["numerator"], row["n"]) for row in lengths] == [(1, 2), (2, 2)]  # with as-of, as its words say
    assert MEASURES["case_age"].chart != MEASURES["case_length"].chart
    for name in ("case_age", "open_cases", "review_overdue", "inflow_outflow", "risk_of_open_cases"):
        one, other = (asked(store, name, MONDAY, later(7)) for store in (early, late))
        assert one.drop(columns="note").astype(str).equals(other.drop(columns="note").astype(str)), name


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
