"""Columns that only some services record: loaded where they are given, missing where they are not."""

from datetime import date

from data_access.ingest import load
from tests.ingest.own import with_cell, write_folder


def _loaded(tmp_path, database, file, row, column, text):
    report = load(write_folder(tmp_path / "extract", with_cell(file, row, column, text)), database.url)
    return report.rows_set_aside


def test_the_day_of_the_report_is_loaded_and_else_missing(tmp_path, database):
    assert _loaded(tmp_path, database, "referrals", 2, "reported_on", "2025-12-30") == ()
    assert database.rows("referral", "source_id", "reported_on") == [
        ("R1", date(2025, 12, 30)),
        ("R2", None),
        ("R3", None),
        ("R4", None),
    ]


def test_travel_is_minutes_and_never_guessed(tmp_path, database):
    assert _loaded(tmp_path, database, "contacts", 3, "travel_minutes", "45") == ()
    assert database.rows("contacts", "source_id", "travel_minutes") == [("K1", None), ("K2", 45), ("K3", None)]


def test_groups_of_people_are_codes_of_the_lists(tmp_path, database):
    assert _loaded(tmp_path, database, "victims", 2, "ethnicity", "mixed") == ()
    assert database.rows("victim", "pseudonym", "ethnicity", "disability") == [
        ("V-a", "mixed", "not_recorded"),
        ("V-b", "not_recorded", "not_recorded"),
        ("V-c", "not_recorded", "not_recorded"),
    ]


def test_a_group_that_is_not_on_the_list_sets_the_row_aside(tmp_path, database):
    aside = _loaded(tmp_path, database, "victims", 4, "disability", "blind")
    assert [(row.file, row.row, row.column) for row in aside] == [("victims.csv", 4, "disability")]
