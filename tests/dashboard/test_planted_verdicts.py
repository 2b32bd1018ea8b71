"""What is planted in the sample, seen through pictures and verdicts: a threshold is no rise, silence is no gain."""

from datetime import date

import numpy as np
import pytest

import data_access as da
from dashboard.charts import Mark, chart
from dashboard.verdicts import verdict_of
from data_access.measures import MEASURES
from data_access.statistics.verdicts import Kind

CHANGED = date(2026, 1, 1)  # WEST: the least DASH score for high went from 14 to 12
AROUND = da.Slice(("WEST",), date(2025, 7, 7), date(2026, 7, 6), "month")


@pytest.fixture(scope="module")
def reports(sample_store):
    """Everything in the sample, for an analyst."""
    return sample_store.reports(da.Scope.local(sample_store.force_codes(), "service_manager"))


@pytest.fixture(scope="module")
def marks(reports):
    """The dated notes of WEST, as a page gives them to its cards."""
    return tuple(
        Mark(row.on_day.to_datetime64(), row.force, row.kind, row.text)
        for row in reports.table("events").itertuples()
        if row.force == "WEST"
    )


@pytest.mark.parametrize("name", ["risk_at_intake", "risk_of_open_cases", "risk_reduced_at_exit", "review_overdue"])
def test_the_new_threshold_is_marked_on_every_trend_of_risk(reports, marks, name):
    measure = MEASURES[name]
    shown = chart(reports.frame(measure, AROUND, (*measure.by, *getattr(measure.kind, "always", ()))), marks)
    rule = next(layer for layer in shown.picture.layers if layer.name == "marks")
    assert np.datetime64(CHANGED, "s") in rule.columns["x0"]
    assert any("The least DASH score for high went from 14 to 12." in note for note in shown.notes)


def test_more_high_cases_after_the_threshold_moved_are_not_called_a_rise(reports, marks):
    said = verdict_of(reports, "risk_at_intake", AROUND)
    assert said.kind in (Kind.NONE, Kind.TOO_EARLY)
    assert "Judged only after 1 January 2026 (WEST: The least DASH score for high went from 14 to 12)" in said.sentence
    shown = chart(reports.frame("risk_of_open_cases", AROUND, ("level",)), marks)
    assert "Levels before and after 1 Jan 2026 (WEST) cannot be compared: a step there is no rise" in shown.sentence


def test_a_gain_among_fewer_known_outcomes_is_no_claim_and_carries_its_caution(reports, marks):
    whole = AROUND.having(until=date(2026, 11, 16), grain="quarter")
    said = verdict_of(reports, "risk_reduced_at_exit", whole)
    assert said.kind is Kind.NOT_SUITABLE
    assert "outcome" in said.sentence
    shown = chart(reports.frame("risk_reduced_at_exit", whole, ("change",)), marks)
    assert "Worst to best case" in shown.sentence
    assert shown.table.header[-2] == "Worst to best case"


def test_the_bulk_transfer_does_not_raise_what_is_expected_and_is_no_rise(reports):
    north = da.Slice(("NORTH",), date(2026, 4, 6), date(2026, 7, 6))
    weekly = reports.frame("referrals", north.having(first=date(2026, 4, 13), until=date(2026, 4, 20)))
    assert weekly["numerator"].iloc[0] > 30, "the week of 15 April holds the transfer"
    said = verdict_of(reports, "referrals", north)
    assert said.kind is Kind.NONE
