"""Cells read side by side mean what they mean one by one, and a load of odd rows is accounted for to the last."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_access.days import number
from data_access.ingest import load
from data_access.ingest.accounts import Origins
from data_access.ingest.columns import ColumnReader
from data_access.ingest.layout import LAYOUT
from data_access.ingest.offered import Part
from data_access.ingest.rows import BadRowCell, Known, RowReader
from data_access.ingest.separated import AT_ONCE
from tests.ingest.own import FILES, extract, write_folder

CELLS = {
    "force_code": ["NORTH", "SOUTH", "WEST", "", " NORTH"],
    "source_id": ["K1", "K-9", "07700900123", "AB123456C", "a b", "9" * 65, "", "1.23E+11", "K\u200b1", "x\ny", " K2 "],
    "case": ["C1", "C2", "", "C9", "C1 "],
    "advocate_code": ["", "ADV-01", "ADV-99"],
    "at": [
        *("2026-03-02", "2026-03-02 14:30", "2026-03-02T14:30:00Z", "2026-03-29 01:30", "2026-10-25 01:30", ""),
        *("2026-03-29 00:59", "2026-03-29 02:00", "2026-10-25 00:10", "2026-10-25 02:00", "2026-02-30", "1989-12-31"),
        *("2030-01-01 10:00", "2026-03-02 24:00", "2026-03-02 14:60", "2026-03-02 14:30:59", " 2026-03-02 14:30"),
        *("2026-03-02 14:3", "2026-06-02T09:05+02:00", "2026-03-02 14:٣0", "9999-12-31 23:59"),
    ],
    "direction": ["outbound", "inbound", "", "Outbound", "outbound "],
    "with_whom": ["victim", "professional", "nobody"],
    "channel": ["phone", "", "NA"],
    "outcome": ["successful", "no_answer", ""],
    "purposes": ["", "assessment", "first_contact,assessment", "tea"],
    "duration_minutes": ["", "20", "-5", "40000", "3,5", "٣"],
    "entered_on": ["", "2026-03-03", "2026-03-03 00:00", "03/03/2026", "1899-12-30"],
}
NAMES = tuple(CELLS)
SPEC = LAYOUT.file("contacts")
FAR = AT_ONCE // 50  # so many rows of over 50 signs are not read at once


def known() -> Known:
    ids = {
        "forces": {("NORTH",): 1, ("SOUTH",): 2, ("WEST",): 3},
        "cases": {(1, "C1"): 11, (2, "C1"): 21, (3, "C1"): 31, (1, "C2"): 12},
        "advocates": {(1, "ADV-01"): 5, (2, "ADV-01"): 6},
    }
    # As in a load: each force has its zone and the day up to which its data go.
    zones = {1: ZoneInfo("Europe/London"), 2: ZoneInfo("America/New_York"), 3: ZoneInfo("Asia/Kolkata")}
    return Known(ids, zones, {force: date(2026, 3, 31) for force in zones}, frozenset({date(2026, 4, 3)}))


def bound(row: dict) -> dict:
    return {name: number(value) if isinstance(value, date) else value for name, value in row.items()}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(*(st.sampled_from(cells) for cells in CELLS.values())), min_size=1, max_size=12))
def test_what_is_vouched_for_is_what_the_row_reader_reads(rows):
    reader = RowReader(SPEC, NAMES, known())
    part = Part(
        Origins("contacts.csv", range(2, len(rows) + 2)), dict(zip(NAMES, zip(*rows, strict=True), strict=True))
    )
    values, doubted = ColumnReader(SPEC, reader, known()).read(part)
    for place in range(len(rows)):
        try:
            expected = bound(reader.read(part.one(place)))
        except BadRowCell:
            assert place in doubted
            continue
        if place not in doubted:
            assert {name: column[place] for name, column in values.items()} == expected


def test_good_rows_are_vouched_for():
    good = ("NORTH", "K1", "C1", "", "2026-03-02 14:30", "outbound", "victim", "phone", "", "assessment", "20", "")
    rows = [good, ("SOUTH", "K-9", *good[2:])]
    part = Part(Origins("contacts.csv", range(2, 4)), dict(zip(NAMES, zip(*rows, strict=True), strict=True)))
    values, doubted = ColumnReader(SPEC, RowReader(SPEC, NAMES, known()), known()).read(part)
    assert doubted == set()
    assert values["case_id"] == [11, 21]
    # 2026-03-02 is day 20514: 14:30 in London is 14:30 UTC, in New York 19:30 UTC.
    assert list(values["at_minute"]) == [20514 * 1440 + 870, 20514 * 1440 + 1170]


def many(rows: int) -> dict[str, list[list[str]]]:
    """The extract with so many contacts, every hundredth of them unusable and two that say different things."""
    header, first, *_ = FILES["contacts"]
    place = {name: at for at, name in enumerate(header)}
    made = []
    for count in range(rows):
        row = list(first)
        row[place["source_id"]] = f"M{count}"
        if count % 100 == 7:
            row[place["outcome"]] = "no code"
        made.append(row)
    made[FAR + 1][place["source_id"]] = "M3"  # stands in two pieces
    made[FAR + 1][place["outcome"]] = "wrong_number"
    return {**extract(), "contacts": [header, *made]}


def test_rows_over_several_pieces_are_all_accounted_for(tmp_path, database):
    rows = 2 * FAR + 50
    report = load(write_folder(tmp_path / "in", many(rows)), database.url)
    contacts = next(file for file in report.files if file.file == "contacts.csv")
    unusable = len(range(7, rows, 100))
    assert (contacts.read, contacts.set_aside, contacts.loaded) == (rows, unusable + 2, rows - unusable - 2)
    assert len(database.rows("contacts", "source_id")) == rows - unusable - 2
    different = [row.row for row in report.rows_set_aside if "different contents" in row.reason]
    assert sorted(different) == [5, FAR + 3]
    again = load(tmp_path / "in", database.url)
    assert (again.loaded, again.unchanged) == (0, report.loaded)


@pytest.mark.parametrize("total", [1, FAR, FAR + 1])
def test_the_progress_ends_with_every_row(tmp_path, database, total):
    header, first, *_ = FILES["contacts"]
    rows = [[*first[:1], f"P{place}", *first[2:]] for place in range(total)]
    told = []
    load(
        write_folder(tmp_path / "in", {**extract(), "contacts": [header, *rows]}),
        database.url,
        progress=lambda done, all_, what: told.append((done, all_)) if what == "contacts" else None,
    )
    assert told[-1] == (total, total)
