"""What became of cases: which assessment counts on which day, and what is refused, worked out by hand."""

from datetime import date

import pytest

import data_access as da
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


# High at intake, closed on day 60, and two exit assessments: high three days before, standard five days after.
TWO_EXITS = {
    "cases": [a_case("a", closed_on=later(60))],
    "referral": [a_referral("r", "a")],
    "contacts": [a_contact("k", "a", later(2))],
    "risk_assessments": [
        an_assessment("i", "a", later(3), "high"),
        an_assessment("x1", "a", later(57), "high", kind="exit"),
        an_assessment("x2", "a", later(65), "standard", kind="exit"),
    ],
}
MARCH = (date(2026, 3, 1), date(2026, 4, 1))  # day 60 is 6 March


@pytest.mark.parametrize(("as_of", "level", "change"), [(64, "high", "same"), (65, "standard", "reduced")])
def test_of_two_exit_assessments_the_last_one_known_counts(write, as_of, level, change):
    """On day 64 the second is not known: the case is not "not assessed", it is still high."""
    store = write(TWO_EXITS, date(2026, 5, 31))
    moved = asked(store, "level_movement", *MARCH, as_of=later(as_of))
    moved = moved[(moved["status"] == "closed") & (moved["numerator"] > 0)]
    assert moved[["from_level", "to_level"]].to_numpy().tolist() == [["high", level]]
    exits = asked(store, "risk_reduced_at_exit", *MARCH, as_of=later(as_of))
    assert exits.loc[exits["numerator"] > 0, "change"].tolist() == [change]


def test_an_exit_assessment_31_days_from_closing_is_none(write):
    rows = TWO_EXITS | {"risk_assessments": [*TWO_EXITS["risk_assessments"][:1],
                        an_assessment("x", "a", later(91), "standard", kind="exit")]}  # fmt: skip
    exits = asked(write(rows), "risk_reduced_at_exit", *MARCH)
    assert exits.loc[exits["numerator"] > 0, "change"].tolist() == ["not_assessed"]


def test_a_four_month_review_says_nothing_before_its_150_days_are_over(write):
    """Opened on Monday 5 January, asked for that day alone: day 150 is 4 June."""
    rows = {
        "cases": [a_case("a")],
        "risk_assessments": [
            an_assessment("i", "a", MONDAY, "high"),
            an_assessment("m", "a", later(100), "medium"),
            an_assessment("n", "a", later(130), "high"),
        ],
    }
    day = (MONDAY, later(1))
    waiting = asked(write(rows, later(149)), "four_month_review", *day)
    assert waiting["value"].isna().all()
    assert waiting["n"].tolist() == [1] * 5
    assert set(waiting["note"]) == {"the window of 150 days is still open"}
    over = asked(write(rows, later(150)), "four_month_review", *day)
    assert over.loc[over["numerator"] == 1, "change"].tolist() == ["same"]  # day 130 is nearer to 120 than day 100


def test_a_level_known_after_the_as_of_day_brings_nobody_into_the_review(write):
    rows = {"cases": [a_case("a")], "risk_assessments": [an_assessment("i", "a", later(10), "high")]}
    store = write(rows, later(200))
    assert asked(store, "four_month_review", MONDAY, later(1), as_of=later(9))["n"].tolist() == [0] * 5
    assert asked(store, "four_month_review", MONDAY, later(1), as_of=later(10))["n"].tolist() == [1] * 5


def test_a_force_that_records_no_incidents_has_no_share_and_not_zero_percent(write):
    recorded = {"cases": [a_case("a")], "incident": [{"source_id": "1", "case": "a", "on_day": later(3)}]}
    store = write(recorded, later(60), others=[("SILENT", {"cases": [a_case("b")]})])
    frame = asked(store, "incidents", MONDAY, later(61), by=("force",)).set_index("force")
    assert frame.loc["EXAMPLE", ["numerator", "denominator"]].tolist() == [1, 2]
    assert frame.loc["SILENT", "denominator"] == 0
    assert frame.loc["SILENT", "note"] == "nothing to divide"


def test_a_rereferral_while_open_is_no_repeat_and_moves_the_year_on(write):
    """Referred on day 0 and, while open, on day 50; closed on day 60. The pair comes back on day 415 or 416."""
    base = {
        "perpetrator_link": [{"perpetrator": "p"}],
        "cases": [a_case("a", closed_on=later(60), link="p"), a_case("b", later(416), link="p")],
    }
    for back, repeats in ((415, 1), (416, 0)):
        referrals = [
            a_referral("1", "a"),
            {"source_id": "2", "case": "a", "received_on": later(50)},
            a_referral("3", "b", later(back)),
        ]
        row = only(asked(write(base | {"referral": referrals}, later(500)), "repeat", *MARCH))
        assert (row["numerator"], row["denominator"]) == (repeats, 1)


def test_a_duplicate_or_a_case_opened_in_error_is_no_repeat(write):
    rows = {
        "perpetrator_link": [{"perpetrator": "p"}],
        "cases": [
            a_case("a", closed_on=later(60), link="p"),
            a_case("b", later(100), link="p"),
            a_case("c", later(110), link="p", closed_on=later(111), closure_reason="opened_in_error"),
            a_case("d", later(120), link="p", pathway="one_off_advice"),
        ],
        "referral": [
            a_referral("1", "a"),
            a_referral("2", "b", later(100), decision="duplicate"),
            a_referral("3", "c", later(110)),
            a_referral("4", "d", later(120)),
        ],
    }
    row = asked(write(rows, later(500)), "time_to_repeat", *MARCH, by=("quartile",)).set_index("quartile").loc["median"]
    assert (row["numerator"], row["value"]) == (1, 60)  # the advice of day 120 counts, 60 days after closing


def _two_forces(write, **second):
    """Two forces with one assessed case each; the second with its own thresholds or tool."""
    threshold = {"tool": "dash_safelives", "since": date(2025, 1, 1), "medium_min": 10, "high_min": 14}
    case = {"cases": [a_case("a")], "risk_assessments": [an_assessment("i", "a", later(1), "high")]}
    other = {
        "cases": [a_case("b")],
        "risk_assessments": [an_assessment("i", "b", later(1), "high", tool=second.get("tool", "dash_safelives"))],
        "risk_threshold": second.get("thresholds", [threshold]),
    }
    return write(case | {"risk_threshold": [threshold]}, later(100), others=[("OTHER", other)])


def test_forces_are_shown_side_by_side_when_levels_mean_the_same(write):
    frame = asked(_two_forces(write), "level_at_intake_by_force", MONDAY, later(7))
    high = frame[frame["level"] == "high"]
    assert high[["force", "numerator", "denominator"]].to_numpy().tolist() == [["EXAMPLE", 1, 1], ["OTHER", 1, 1]]


def test_forces_with_other_tools_are_refused_by_name(write):
    with pytest.raises(da.Refused, match="their tools differ: DASH SafeLives in EXAMPLE; SASH in OTHER"):
        asked(_two_forces(write, tool="sash"), "level_at_intake_by_force", MONDAY, later(7))


CHANGED = [
    {"tool": "dash_safelives", "since": date(2025, 1, 1), "until": later(3), "medium_min": 10, "high_min": 14},
    {"tool": "dash_safelives", "since": later(3), "medium_min": 10, "high_min": 12},
]


def test_a_threshold_that_changed_in_the_period_is_refused_with_its_day_and_marked_for_one_force(write):
    store = _two_forces(write, thresholds=CHANGED)
    with pytest.raises(da.Refused, match=r"thresholds differ.*OTHER: the thresholds of DASH SafeLives .* 2026-01-08"):
        asked(store, "level_at_intake_by_force", MONDAY, later(7))
    # Before the day of the change they mean the same.
    assert asked(store, "level_at_intake_by_force", MONDAY, later(3))["value"].notna().all()
    by_force = asked(store, "risk_at_intake", MONDAY, later(14), by=("force",), grain="week")
    marked = by_force[by_force["note"].str.contains("changed on 2026-01-08")]
    assert set(marked["force"]) == {"OTHER"}
    assert {f"{day:%Y-%m-%d}" for day in marked["period_start"]} == {"2026-01-05"}
    together = asked(store, "risk_at_intake", MONDAY, later(7))
    assert together["note"].str.startswith("OTHER: the thresholds").all()


def test_incidents_leave_with_their_month_and_never_their_day(write):
    incidents = [
        {"source_id": "1", "case": "a", "on_day": date(2026, 2, 27), "kind": "threat"},
        {"source_id": "2", "case": "a", "on_day": date(2026, 2, 3)},
        {"source_id": "3", "case": "a", "on_day": date(2026, 3, 1)},
    ]
    store = write({"cases": [a_case("a")], "incident": incidents})
    reports = store.reports(da.Scope.local(store.force_codes(), "service_manager"))
    # A slice of one day shows the whole month: days cannot be found out by asking for one after the other.
    table = reports.table("incidents", da.Slice(store.force_codes(), date(2026, 2, 10), date(2026, 2, 11)))
    assert list(table.columns) == ["force", "case_ref", "month", "kind"]
    assert table["month"].dt.date.tolist() == [date(2026, 2, 1)] * 2
    assert sorted(table["kind"]) == ["not_recorded", "threat"]


def test_what_was_said_at_closing_is_not_known_before_it(write):
    store = write({"cases": [a_case("a", closed_on=later(60), abuse_at_exit="stopped")]})
    reports = store.reports(da.Scope.local(store.force_codes(), "service_manager"))
    whole = da.Slice(store.force_codes(), MONDAY, later(90))
    for as_of, said in ((59, "not_asked"), (60, "stopped")):
        assert reports.table("cases", whole.having(as_of=later(as_of)))["abuse_at_exit"].tolist() == [said]
