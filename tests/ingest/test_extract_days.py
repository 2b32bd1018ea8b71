"""The file that says up to which day the data go: what is wrong with it, and with the forces, is told."""

from datetime import datetime

import pytest

from data_access.errors import CaselightError
from data_access.ingest import load
from tests.ingest.own import ROWS, extract, with_cell, with_row, write_folder


def refused(tmp_path, database, files) -> str:
    """What a load of these files says."""
    with pytest.raises(CaselightError) as error:
        load(write_folder(tmp_path / "in", files), database.url)
    assert database.rows("force") == []
    return str(error.value)


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("2126-01-01", "a day more than a year ahead"),
        ("1901-01-01", "a day before 1990"),
        ("2026-02-30", "a day that does not exist"),
    ],
)
def test_a_day_that_cannot_be_used_is_told_with_its_row(tmp_path, database, day, reason):
    assert refused(tmp_path, database, with_cell("extract", 2, "as_of", day)) == (
        "The file 'extract' does not say up to which day these data go: NORTH. "
        f"Rows that could not be used: extract.csv, row 2, as_of: {reason}."
    )


def test_without_any_row_one_is_asked_for(tmp_path, database):
    told = refused(tmp_path, database, extract(extract=None))
    assert told.endswith("these data go: NORTH. Add a row with force_code and as_of.")


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (with_cell("forces", 2, "timezone", "Mars/x"), "forces.csv, row 2, timezone: not the name of a time zone"),
        (
            with_cell("forces", 2, "name", "North\u202e"),
            "forces.csv, row 2, name: holds a hidden or control character.",
        ),
        (
            with_row("forces", ["NORTH", "Other", "1"]),
            "forces.csv, row 2, force_code: stands in 2 rows with different contents; forces.csv, row 3, force_code:",
        ),
    ],
)
def test_forces_that_cannot_be_used_are_told_with_their_rows(tmp_path, database, files, told):
    found = refused(tmp_path, database, files)
    assert found.startswith("No force is known: the source needs the file 'forces' with at least one usable row. Rows")
    assert told in found


def two_days(*days: str) -> dict[str, list[list[str]]]:
    """The extract with a second force, of which the file says these days."""
    files = with_row("forces", ["SOUTH", "South Vale", "1"])
    files["extract"] += [["SOUTH", day, ""] for day in days]
    return files


def test_two_days_of_one_force_are_both_set_aside(tmp_path, database):
    told = refused(tmp_path, database, two_days("2026-03-30", "2026-03-29"))
    assert "these data go: SOUTH. Rows that could not be used: extract.csv, row 3, force_code: stands in 2 rows" in told


def test_two_days_of_a_force_that_is_known_leave_its_day(tmp_path, database):
    load(write_folder(tmp_path / "first", two_days("2026-03-29")), database.url)
    report = load(write_folder(tmp_path / "second", two_days("2026-03-31", "2026-04-01")), database.url)
    assert [(row.file, row.row, row.reason) for row in report.rows_set_aside] == [
        ("extract.csv", row, "stands in 2 rows with different contents") for row in (3, 4)
    ]
    assert str(report.as_of["SOUTH"]) == "2026-03-29"


def test_the_same_day_twice_is_said_once(tmp_path, database):
    report = load(write_folder(tmp_path / "in", two_days("2026-03-30", "2026-03-30")), database.url)
    assert (report.loaded, report.unchanged, report.set_aside) == (ROWS + 2, 1, 0)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("2026-04-01 06:00", datetime(2026, 4, 1, 6)),
        ("2026-04-01T06:00:00+02:00", datetime(2026, 4, 1, 5)),  # London is an hour ahead of UTC since 29 March
        ("2026-04-01T06:00Z", datetime(2026, 4, 1, 7)),
    ],
)
def test_the_time_of_the_extract_is_kept_as_local_time(tmp_path, database, text, stored):
    load(write_folder(tmp_path / "in", with_cell("extract", 2, "extract_at", text)), database.url)
    assert database.rows("data_version", "extract_at") == [(stored,)]
    assert load(tmp_path / "in", database.url).loaded == 0
