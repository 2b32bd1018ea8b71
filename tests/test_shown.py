"""A measure that is off by default is on no page and in no workbook until a service asks for it."""

import data_access as da
from dashboard.shown import shown_measures
from dashboard.workbook.front import definitions


def test_the_weighted_caseload_is_off_until_it_is_asked_for(monkeypatch):
    off = {measure.name for measure in shown_measures()}
    assert set(da.MEASURES) - off == {"weighted_caseload"}
    assert not any("Weighted caseload" in row for row in definitions().rows)
    monkeypatch.setenv("CASELIGHT_WEIGHTED_CASELOAD", "1")
    assert {measure.name for measure in shown_measures()} == set(da.MEASURES)
    assert any("Weighted caseload" in row for row in definitions().rows)


def test_its_weights_stand_in_its_definition_and_a_note_with_every_row():
    measure = da.MEASURES["weighted_caseload"]
    for weight in ("high 1.5", "medium 1", "standard 0.7", "on hold 0.3", "Dates in court"):
        assert weight in measure.definition
    assert measure.kind.note == "a weight is a judgement, not a measurement"
