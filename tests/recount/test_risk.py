"""The risk measures against the recount, where a question is special to them."""

from datetime import date

import pytest

import data_access as da
from tests.recount.answer import assert_same
from tests.recount.test_figures import FORCES, QUARTERS

BY_FORCE = "level_at_intake_by_force"
BEFORE = da.Slice(FORCES, date(2025, 1, 8), date(2025, 12, 10), "month")  # the thresholds of WEST changed after it
SAME = QUARTERS.having(forces=("EAST", "NORTH"))


@pytest.mark.parametrize(
    "slice_", [BEFORE, SAME, SAME.having(as_of=date(2026, 6, 1)), SAME.having(teams=("EAST-ONE",))]
)
def test_levels_side_by_side_where_they_mean_the_same(slice_, raw, reports):
    assert assert_same(raw, reports.frame(BY_FORCE, slice_), BY_FORCE, slice_, ()) > 0
    assert assert_same(raw, reports.frame(BY_FORCE, slice_, ("source",)), BY_FORCE, slice_, ("source",)) > 0


@pytest.mark.parametrize(
    ("measure", "by"),
    [
        ("risk_at_intake", ("force", "source")),
        ("agreement", ("force",)),
        ("assessment_timeliness", ("force", "advocate")),
        ("four_month_review", ("force", "level")),
        ("risk_reduced_at_exit", ("intake", "engaged")),
        ("abuse_stopped", ("engaged", "level")),
        ("escalations", ("force", "trigger")),
        ("assessments_per_case", ("trigger", "level")),
        ("time_at_high", ("force", "days")),
        ("incidents", ("force", "window")),
        ("repeat", ("force", "level")),
        ("time_to_repeat", ("force", "days")),
    ],
)
@pytest.mark.parametrize("slice_", [QUARTERS, BEFORE.having(grain="whole")], ids=["2026", "2025"])
def test_two_keys_at_once_and_an_older_year(measure, by, slice_, raw, reports):
    """Windows of 150 and of 365 days are over only for cohorts of an older year."""
    assert assert_same(raw, reports.frame(measure, slice_, by), measure, slice_, by) > 0


@pytest.mark.parametrize("measure", ["four_month_review", "repeat", "time_to_repeat", "risk_reduced_at_exit"])
@pytest.mark.parametrize("as_of", [date(2025, 6, 3), date(2026, 2, 10), date(2026, 7, 1)])
def test_a_past_as_of_day_knows_only_what_was_known(measure, as_of, raw, reports):
    slice_ = da.Slice(FORCES, date(2024, 12, 4), date(2025, 9, 3), "month", as_of=as_of)
    assert assert_same(raw, reports.frame(measure, slice_, ("force",)), measure, slice_, ("force",)) > 0
