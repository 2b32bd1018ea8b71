"""The mapping language: what it can say, and that each mistake is told before a row is read."""

import pytest

from data_access.errors import CaselightError
from data_access.ingest import load
from data_access.ingest.mapping import presets, read_mapping
from tests.ingest.own import write_folder

GOOD = """
name = "clinic"
title = "Export of an invented clinic"

[[skip]]
files = ["people"]
unless = { gone = "" }
reason = "deleted"

[[table]]
target = "forces"
source = "areas"
columns.force_code = { copy = "area", prefix = "A-" }
columns.name = { copy = "label" }

[[table]]
target = "extract"
source = "areas"
lookup.run = { required = true }
columns.force_code = { copy = "area", prefix = "A-" }
columns.as_of = { copy = "run.until" }

[[table]]
target = "victims"
source = "people"
first_by = "seen"
columns.force_code = { copy = "area", prefix = "A-" }
columns.victim = { copy = ["area", "person"] }
columns.sex = { copy = "sex", codes = "sex", otherwise = "other", empty = "declined" }
columns.age_band = { age_band = { born = "born", on = "seen" } }

[codes.sex]
F = "female"
M = "male"
"""
AREAS = [["area", "label"], ["1", "North Vale"]]
RUN = [["until"], ["2026-03-31"]]
PEOPLE = [
    ["area", "person", "sex", "born", "seen", "gone", "surname"],
    ["1", "p1", "M", "2009-01-01", "2026-01-05", "", "Canary"],  # 17; a later row, but the earliest day counts
    ["1", "p1", "F", "2009-01-01", "2024-12-31", "", "Canary"],  # 15
    ["1", "p2", "", "1951-05-01", "2026-05-01", "", "Canary"],  # 75 on the birthday
    ["1", "p3", "X", "", "2026-01-05", "", "Canary"],
    ["1", "p4", "F", "", "2026-01-05", "yes", "Canary"],
]


@pytest.fixture
def mapping(tmp_path):
    def written(text: str = GOOD) -> str:
        path = tmp_path / "clinic.toml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return written


@pytest.fixture
def source(tmp_path):
    return write_folder(tmp_path / "in", {"areas": AREAS, "people": PEOPLE, "run": RUN})


def test_the_language_fills_columns_by_its_forms(source, mapping, database):
    report = load(source, database.url, mapping())
    assert database.rows("victim", "pseudonym", "sex", "age_band") == [
        ("1:p1", "female", "not_recorded"),
        ("1:p2", "declined", "75+"),
        ("1:p3", "other", "not_recorded"),
    ]
    assert database.rows("force", "code", "name") == [("A-1", "North Vale")]
    assert report.sentence == "read 7 = loaded 5 + unchanged 1 + set aside 1"
    assert b"Canary" not in database.path.read_bytes()


def test_a_code_that_the_list_lacks_sets_the_row_aside(source, mapping, database):
    report = load(source, database.url, mapping(GOOD.replace(', otherwise = "other"', "")))
    assert {(row.file, row.row, row.column) for row in report.rows_set_aside} == {
        ("people.csv", 5, "sex"),
        ("people.csv", 6, "gone"),
    }


MISTAKES = {
    "no TOML": ("not TOML", GOOD + "\n[["),
    "unknown setting": ("Did you mean 'optional'", GOOD.replace("first_by", "optinal")),
    "unknown target": ("file of the layout", GOOD.replace('target = "victims"', 'target = "victim"')),
    "unknown column of ours": ("column of victims", GOOD.replace("columns.sex", "columns.gender")),
    "column of ours missing": ("victim is missing", GOOD.replace('columns.victim = { copy = ["area", "person"] }', "")),
    "unknown code of ours": ("code", GOOD.replace('F = "female"', 'F = "woman"')),
    "unknown code list": ("code list", GOOD.replace('codes = "sex"', 'codes = "sexes"')),
    "two forms": ("exactly one", GOOD.replace('{ copy = "label" }', '{ copy = "label", constant = "x" }')),
    "condition without end": ("'when' or 'unless'", GOOD.replace('unless = { gone = "" }', "")),
    "number for a text": ("quotation marks", GOOD.replace('unless = { gone = "" }', "unless = { gone = 1 }")),
    "unknown file": ("no peoples.csv", GOOD.replace('source = "people"', 'source = "peoples"')),
    "unknown column of theirs": ("'birth'", GOOD.replace('born = "born"', 'born = "birth"')),
    "column of a file without lookup": ("needs a lookup", GOOD.replace('copy = "label"', 'copy = "people.label"')),
    "unknown column in a skip": ("'left'", GOOD.replace('unless = { gone = "" }', 'unless = { left = "" }')),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_and_nothing_is_loaded(name, source, mapping, database):
    words, text = MISTAKES[name]
    with pytest.raises(CaselightError, match=words):
        load(source, database.url, mapping(text))
    assert not database.path.exists()


def test_the_shipped_mapping_is_found_by_name():
    assert presets() == ("hmis-2026",)
    assert read_mapping("hmis-2026").name == "hmis-2026"
    with pytest.raises(CaselightError, match="Did you mean 'hmis-2026'"):
        read_mapping("hmis-2024")
