"""The SQLite file of another system as a source: read through a mapping, never changed, nothing in it run."""

import sqlite3

import pytest

from data_access.errors import CaselightError
from data_access.ingest import load

MAPPING = """
name = "old"
title = "The old system"
[[table]]
target = "forces"
source = "area"
[table.columns]
force_code = { copy = "short" }
name = { copy = "long name" }
[[table]]
target = "extract"
source = "area"
[table.columns]
force_code = { copy = "short" }
as_of = { constant = "2026-03-31" }
[[table]]
target = "victims"
source = "file"
lookup.area = { its = "id", ours = "area", required = true }
[table.columns]
force_code = { copy = "area.short" }
victim = { copy = "no", prefix = "V-" }
[[table]]
target = "cases"
source = "file"
lookup.area = { its = "id", ours = "area", required = true }
[table.columns]
force_code = { copy = "area.short" }
source_id = { copy = "no" }
case_ref = { copy = "no" }
victim = { copy = "no", prefix = "V-" }
pathway = { constant = "full_advocacy" }
opened_on = { copy = "opened" }
closed_on = { copy = "closed" }
"""
TABLES = """
CREATE TABLE area (id INTEGER PRIMARY KEY, short TEXT, "long name" TEXT);
INSERT INTO area VALUES (1, 'NORTH', 'North Vale');
CREATE TABLE file (no INTEGER PRIMARY KEY, area INTEGER, opened DATE, closed TEXT, note BLOB);
INSERT INTO file VALUES (7, 1, '2026-01-05', NULL, NULL), (8, 1, '2026-02-30', NULL, NULL),
  (9, 2, '2026-01-05', NULL, NULL), (12, 1, '2026-01-06', '2026-02-01', NULL), (13, 1, '2026-01-07', NULL, x'00ff');
"""


@pytest.fixture
def old(tmp_path):
    path = tmp_path / "old.sqlite"
    with sqlite3.connect(path) as raw:
        raw.executescript(TABLES)
    raw.close()
    (tmp_path / "old.toml").write_text(MAPPING, encoding="utf-8")
    return path


def test_its_tables_are_read_through_the_mapping(old, database):
    report = load(old, database.url, str(old.with_suffix(".toml")))
    assert database.rows("force", "code", "name") == [("NORTH", "North Vale")]
    cases = [
        (a, b, str(c), str(d))
        for a, b, c, d in database.rows("cases", "source_id", "case_ref", "opened_on", "closed_on")
    ]
    assert cases == [("12", "12", "2026-01-06", "2026-02-01"), ("7", "7", "2026-01-05", "None")]
    # Rows count from 2, as in a file: 8 has a day that is none, 9 no such area, 13 binary content.
    assert {(row.file, row.row, row.column, row.reason) for row in report.rows_set_aside} == {
        ("file", 3, "opened_on", "a day that does not exist"),
        ("file", 4, "area", "there is no usable row of area for it"),
        ("file", 6, "", "the row holds binary content"),
    }
    assert report.sentence == "read 6 = loaded 3 + unchanged 0 + set aside 3"


def test_a_second_load_changes_nothing_and_the_file_stays_as_it_was(old, database):
    before = old.read_bytes()
    load(old, database.url, str(old.with_suffix(".toml")))
    again = load(old, database.url, str(old.with_suffix(".toml")))
    assert (again.loaded, again.unchanged) == (0, 3)
    assert old.read_bytes() == before
    assert sorted(path.name for path in old.parent.iterdir() if path.stem == "old") == ["old.sqlite", "old.toml"]


def test_without_a_mapping_its_tables_have_to_be_our_files(old, database):
    with pytest.raises(CaselightError, match="no file of the layout called 'area'"):
        load(old, database.url)


def test_our_own_database_is_copied_not_loaded(sample_url, database):
    from pathlib import Path

    with pytest.raises(CaselightError, match="caselight copy"):
        load(Path(sample_url.removeprefix("sqlite:///")), database.url)


def test_what_is_no_database_is_refused(tmp_path, database):
    path = tmp_path / "old.sqlite"
    path.write_bytes(b"SQLite format 3\x00" + b"\x07" * 4000)
    with pytest.raises(CaselightError, match="not an SQLite database, or it is damaged"):
        load(path, database.url)


def test_views_are_not_read_and_a_value_beyond_measure_ends_the_load(old, database):
    with sqlite3.connect(old) as raw:
        raw.execute("CREATE VIEW forces AS SELECT 'X' AS force_code, 'X' AS name")
        raw.execute('UPDATE area SET "long name" = zeroblob(5000000)')
    raw.close()
    with pytest.raises(CaselightError, match="Table area of the source cannot be read to its end"):
        load(old, database.url, str(old.with_suffix(".toml")))
    assert not any(database.rows("force", "code"))
