"""A corpus of bad inputs: each is refused whole with a message, or set aside row by row with its number."""

import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from data_access.errors import CaselightError
from data_access.ingest import load
from tests.ingest.own import FILES, ROWS, extract, with_cell, with_row, write_folder, write_workbook

CONTACT = ["NORTH", "K9", "C2", "ADV-01", "2026-03-03 11:00", "outbound", "victim", "phone", "successful", "", "20"]


def contact(**changed: str) -> list[str]:
    """A good contact with cells changed."""
    row = dict(zip(FILES["contacts"][0], CONTACT, strict=True)) | changed
    return [row[name] for name in FILES["contacts"][0]]


# file, the row that goes wrong (header = 1), its column, a word of the reason, the extract
SET_ASIDE = {
    "row too long": ("contacts", 5, "", "12 cells", with_row("contacts", [*CONTACT, "x"])),
    "row too short": ("contacts", 5, "", "3 cells", with_row("contacts", CONTACT[:3])),
    "day the wrong way round": ("contacts", 5, "at", "YYYY-MM-DD", with_row("contacts", contact(at="03/03/2026"))),
    "31 February": ("contacts", 5, "at", "does not exist", with_row("contacts", contact(at="2026-02-31"))),
    "29 February of a common year": (
        "cases",
        4,
        "opened_on",
        "does not exist",
        with_cell("cases", 4, "opened_on", "2025-02-29"),
    ),
    "two-digit year": ("cases", 4, "opened_on", "YYYY-MM-DD", with_cell("cases", 4, "opened_on", "26-01-12")),
    "day of the spreadsheet's zero": (
        "cases",
        4,
        "opened_on",
        "before 1990",
        with_cell("cases", 4, "opened_on", "1899-12-30"),
    ),
    "never as a day": ("cases", 4, "closed_on", "two years after", with_cell("cases", 4, "closed_on", "9999-12-31")),
    "closed before opened": (
        "cases",
        4,
        "closed_on",
        "before opened_on",
        with_cell("cases", 4, "closed_on", "2026-01-11"),
    ),
    "lost hour of spring": ("contacts", 5, "at", "went forward", with_row("contacts", contact(at="2026-03-29 01:30"))),
    "hour 25": ("contacts", 5, "at", "does not exist", with_row("contacts", contact(at="2026-03-03 25:00"))),
    "unknown code": ("contacts", 5, "outcome", "not a code", with_row("contacts", contact(outcome="Successful "))),
    "NA is no code": ("contacts", 5, "channel", "not a code", with_row("contacts", contact(channel="NA"))),
    "one unknown purpose": (
        "contacts",
        5,
        "purposes",
        "not a code",
        with_row("contacts", contact(purposes="assessment, tea")),
    ),
    "empty where needed": ("contacts", 5, "direction", "needed", with_row("contacts", contact(direction=""))),
    "decimal comma": (
        "contacts",
        5,
        "duration_minutes",
        "whole number",
        with_row("contacts", contact(duration_minutes="3,5")),
    ),
    "digits of another script": (
        "contacts",
        5,
        "duration_minutes",
        "whole number",
        with_row("contacts", contact(duration_minutes="٣")),
    ),
    "below zero": (
        "contacts",
        5,
        "duration_minutes",
        "below zero",
        with_row("contacts", contact(duration_minutes="-5")),
    ),
    "more than two bytes": (
        "contacts",
        5,
        "duration_minutes",
        "too large",
        with_row("contacts", contact(duration_minutes="40000")),
    ),
    "no such case": ("contacts", 5, "case", "not known from cases", with_row("contacts", contact(case="C7"))),
    "no such advocate": (
        "contacts",
        5,
        "advocate_code",
        "not known",
        with_row("contacts", contact(advocate_code="ADV-9")),
    ),
    "no such force": ("contacts", 5, "force_code", "not known", with_row("contacts", contact(force_code="SOUTH"))),
    "id shortened by a spreadsheet": (
        "contacts",
        5,
        "source_id",
        "shortened",
        with_row("contacts", contact(source_id="1.23E+11")),
    ),
    "id too long": ("contacts", 5, "source_id", "longer than 64", with_row("contacts", contact(source_id="9" * 65))),
    "null byte": ("contacts", 5, "source_id", "hidden", with_row("contacts", contact(source_id="K\x009"))),
    "zero-width character": ("contacts", 5, "source_id", "hidden", with_row("contacts", contact(source_id="K\u200b9"))),
    "text turned round": ("events", 2, "text", "hidden", with_cell("events", 2, "text", "Two \u202eposts")),
    "very long cell": ("events", 2, "text", "longer than 1000", with_cell("events", 2, "text", "a" * 5000)),
    "phone in a note": ("events", 2, "text", "telephone", with_cell("events", 2, "text", "Ring 01632 960 123")),
    "mobile as pseudonym": ("victims", 4, "victim", "telephone", with_cell("victims", 4, "victim", "07700900123")),
    "e-mail in a team": ("teams", 2, "name", "e-mail", with_cell("teams", 2, "name", "team@example.org")),
    "postcode in a note": ("events", 2, "text", "postcode", with_cell("events", 2, "text", "Moved to ZZ9 9ZZ")),
    "NI number as id": (
        "contacts",
        5,
        "source_id",
        "National Insurance",
        with_row("contacts", contact(source_id="AB123456C")),
    ),
    "name as pseudonym": (
        "advocates",
        3,
        "advocate_code",
        "blanks",
        with_cell("advocates", 3, "advocate_code", "Canary Person"),
    ),
    "opens a case but names none": (
        "referrals",
        5,
        "case",
        "names none",
        with_cell("referrals", 5, "opens_case", "yes"),
    ),
    "neither yes nor no": ("referrals", 5, "opens_case", "neither", with_cell("referrals", 5, "opens_case", "perhaps")),
    "repeat of nothing": ("cases", 2, "repeat_of", "not known", with_cell("cases", 2, "repeat_of", "C8")),
    "reference of another case": (
        "cases",
        4,
        "case_ref",
        "another case",
        [files := with_cell("cases", 3, "case_ref", "SAME"), files["cases"][3].__setitem__(-1, "SAME")][0],
    ),
    "no such zone": ("forces", 2, "timezone", "time zone", with_cell("forces", 2, "timezone", "Mars/Base")),
}


@pytest.mark.parametrize("name", SET_ASIDE)
def test_a_row_is_set_aside_with_its_number_and_column(name, tmp_path, database):
    file, row, column, reason, files = SET_ASIDE[name]
    if name == "no such zone":  # without its only force nothing can be loaded
        with pytest.raises(CaselightError, match="No force"):
            load(write_folder(tmp_path / "in", files), database.url)
        return
    report = load(write_folder(tmp_path / "in", files), database.url)
    assert report.read == report.loaded + report.unchanged + report.set_aside == sum(len(r) - 1 for r in files.values())
    first = report.rows_set_aside[0]
    assert (first.file, first.row, first.column) == (f"{file}.csv", row, column)
    assert reason in first.reason


def test_no_reason_repeats_the_value(tmp_path, database):
    for name, text in (("phone", "01632 960 123"), ("mail", "someone@example.org"), ("number", "AB123456C")):
        report = load(write_folder(tmp_path / name, with_cell("events", 2, "text", text)), database.url)
        assert report.set_aside == 1
        assert text not in repr(report)
    assert b"960 123" not in database.path.read_bytes()


def test_rows_of_a_case_set_aside_follow_it(tmp_path, database):
    """C1 carries a referral, a lead, two contacts, an assessment, an incident, and the repeat C3 with two rows."""
    report = load(write_folder(tmp_path / "in", with_cell("cases", 3, "opened_on", "soon")), database.url)
    assert {(row.file, row.row) for row in report.rows_set_aside} == {
        ("cases.csv", 3),
        ("cases.csv", 2),
        ("referrals.csv", 2),
        ("referrals.csv", 4),
        ("allocations.csv", 2),
        ("allocations.csv", 4),
        ("contacts.csv", 2),
        ("contacts.csv", 3),
        ("risk_assessments.csv", 2),
        ("incidents.csv", 2),
    }


def test_the_same_row_twice_is_one_row(tmp_path, database):
    report = load(write_folder(tmp_path / "in", with_row("contacts", CONTACT, CONTACT)), database.url)
    assert (report.loaded, report.unchanged, report.set_aside) == (ROWS + 1, 1, 0)


def test_two_rows_with_one_id_are_both_set_aside(tmp_path, database):
    files = with_row("contacts", CONTACT, contact(outcome="no_answer"))
    report = load(write_folder(tmp_path / "in", files), database.url)
    assert [(row.row, row.column) for row in report.rows_set_aside] == [(5, "source_id"), (6, "source_id")]
    assert ("K9",) not in database.rows("contacts", "source_id")


def test_leading_zeros_and_outer_blanks(tmp_path, database):
    load(write_folder(tmp_path / "in", with_row("contacts", contact(source_id=" 007 "))), database.url)
    assert ("007",) in database.rows("contacts", "source_id")


def test_a_line_break_in_quotes_does_not_shift_row_numbers(tmp_path, database):
    files = with_row("events", ["NORTH", "2026-02-02", "note", "one\ntwo"], ["NORTH", "2026-02-30", "note", "x"])
    report = load(write_folder(tmp_path / "in", files), database.url)
    assert [(row.row, row.column) for row in report.rows_set_aside] == [(3, "text"), (4, "on_day")]


def _bytes(name: str, change) -> dict:
    return {"file": name, "change": change}


REFUSED = {
    "empty file": ("is empty", _bytes("contacts", lambda raw: b"")),
    "semicolons": ("commas", _bytes("contacts", lambda raw: raw.replace(b",", b";"))),
    "tabs": ("commas", _bytes("contacts", lambda raw: raw.replace(b",", b"\t"))),
    "latin-1": (r"not UTF-8 \(after row 1\)", _bytes("events", lambda raw: raw.replace(b"Two", b"caf\xe9"))),
    "utf-16": ("UTF-16", _bytes("events", lambda raw: raw.decode().encode("utf-16"))),
    "open quotation mark": ("quotation mark", _bytes("events", lambda raw: raw.replace(b"Two", b'"Two'))),
    "unknown column": ("'surname'", _bytes("victims", lambda raw: raw.replace(b"sex", b"surname"))),
    "column twice": ("twice", _bytes("victims", lambda raw: raw.replace(b"sex", b"age_band"))),
    "column missing": ("'opened_on'", _bytes("cases", lambda raw: raw.replace(b",opened_on", b""))),
    "title above the header": ("row 1", _bytes("victims", lambda raw: b"Victims of 2026,,,\r\n" + raw)),
    "a cell of megabytes": ("too long", _bytes("events", lambda raw: raw.replace(b"Two", b"T" * 200_000))),
    "a hundred thousand columns": ("columns", _bytes("events", lambda raw: b"a," * 100_000 + b"a\r\n")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_is_refused_whole(name, tmp_path, database):
    words, how = REFUSED[name]
    folder = write_folder(tmp_path / "in")
    path = folder / f"{how['file']}.csv"
    path.write_bytes(how["change"](path.read_bytes()))
    with pytest.raises(CaselightError, match=words):
        load(folder, database.url)
    assert not database.path.exists() or database.rows("force") == []


def test_a_byte_order_mark_and_other_line_ends_are_read(tmp_path, database):
    folder = write_folder(tmp_path / "in")
    for place, path in enumerate(sorted(folder.iterdir())):
        raw = path.read_bytes()
        path.write_bytes(b"\xef\xbb\xbf" + raw.replace(b"\r\n", (b"\n", b"\r", b"\r\n")[place % 3]))
    assert load(folder, database.url).sentence == f"read {ROWS} = loaded {ROWS} + unchanged 0 + set aside 0"


def test_an_unknown_file_is_refused_with_the_nearest_name(tmp_path, database):
    folder = write_folder(tmp_path / "in")
    (folder / "contacts.csv").rename(folder / "contact.csv")
    with pytest.raises(CaselightError, match="Did you mean 'contacts'"):
        load(folder, database.url)


def test_links_are_not_followed(tmp_path, database):
    folder = write_folder(tmp_path / "in")
    (folder / "events.csv").rename(tmp_path / "elsewhere.csv")
    (folder / "events.csv").symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(CaselightError, match="regular file"):
        load(folder, database.url)


@pytest.mark.parametrize("member", ["../forces.csv", "/forces.csv", "a\\..\\forces.csv"])
def test_a_zip_that_leads_out_of_its_folder_is_refused(member, tmp_path, database):
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, "force_code,name\n")
    with pytest.raises(CaselightError, match="out of its folder"):
        load(path, database.url)


def test_a_zip_bomb_is_not_unpacked(tmp_path, database):
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("forces.csv", b"0" * (60 * 1024**2))
    assert path.stat().st_size < 100_000
    with pytest.raises(CaselightError, match="too much"):
        load(path, database.url)


@pytest.mark.parametrize("name", ["in.xlsx", "in.zip", "in.xls", "in.txt"])
def test_files_of_another_kind_are_refused(name, tmp_path, database):
    (tmp_path / name).write_bytes(b"force_code,name\nNORTH,North Vale\n")
    with pytest.raises(CaselightError):
        load(tmp_path / name, database.url)


def test_formulas_and_error_cells_of_a_workbook_are_set_aside(tmp_path, database):
    path = write_workbook(tmp_path / "in.xlsx", with_row("contacts", CONTACT, contact(source_id="K10")))
    book = load_workbook(path)
    book["contacts"].cell(5, 11).value = "=10+10"
    book["contacts"].cell(6, 11).value = "#N/A"
    book["teams"].cell(2, 3).data_type = "s"
    book.save(path)
    report = load(path, database.url)
    assert [(row.file, row.row, row.reason[:19]) for row in report.rows_set_aside] == [
        ("contacts", 5, "column 11 is a form"),
        ("contacts", 6, "column 11 is an err"),
    ]


def test_a_workbook_with_entities_is_refused(tmp_path, database):
    path = write_workbook(tmp_path / "in.xlsx")
    changed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            raw = old.read(name)
            if name.endswith("sheet1.xml"):
                raw = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>' + raw
            new.writestr(name, raw)
    path.write_bytes(changed.getvalue())
    with pytest.raises(CaselightError, match="document type"):
        load(path, database.url)


def test_a_stray_cell_at_the_far_end_does_not_hold_up_the_reading(tmp_path, database):
    path = write_workbook(tmp_path / "in.xlsx")
    book = load_workbook(path)
    book["events"]["XFD1048576"] = "x"
    book["teams"].cell(2, 3).data_type = "s"
    book.save(path)
    assert load(path, database.url).read == ROWS


def test_dates_of_a_workbook_are_read_as_days(tmp_path, database):
    from datetime import datetime

    path = write_workbook(tmp_path / "in.xlsx")
    book = load_workbook(path)
    book["teams"].cell(2, 3).data_type = "s"
    book["cases"].cell(4, 6).value = datetime(2026, 1, 12)
    book["contacts"].cell(2, 5).value = datetime(2026, 1, 6, 10, 5)
    book["contacts"].cell(3, 11).value = 35
    book.save(path)
    load(write_folder(tmp_path / "in"), database.url)
    assert load(path, database.url).loaded == 0


def test_an_empty_workbook_is_refused(tmp_path, database):
    Workbook().save(tmp_path / "in.xlsx")
    with pytest.raises(CaselightError, match="no file of the layout"):
        load(tmp_path / "in.xlsx", database.url)


MUTATIONS = st.tuples(
    st.sampled_from(sorted(FILES)),
    st.integers(1, 20),
    st.integers(0, 12),
    st.sampled_from(
        [
            "",
            "NA",
            "2026-02-30",
            "=1+1",
            "07700900123",
            "x" * 1200,
            "\x00",
            "-1",
            "1e5",
            "C1",
            "NORTH",
            "9",
            "yes",
            "ISAC",
            "2026-01-06",
            "a,b",
            '"',
            "\u202e",
            "0",
            "full_advocacy",
        ]
    ),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(MUTATIONS, min_size=1, max_size=5))
def test_read_is_loaded_and_unchanged_and_set_aside(tmp_path_factory, mutations):
    """Whatever cells are changed: the sum holds, only our own errors come, a second load changes nothing."""
    files = extract()
    for file, row, column, text in mutations:
        rows = files[file]
        cells = rows[1 + row % (len(rows) - 1)]
        cells[column % len(cells)] = text
    folder = tmp_path_factory.mktemp("mutated")
    source, url = write_folder(folder / "in", files), f"sqlite:///{(folder / 'db.sqlite').as_posix()}"
    try:
        first = load(source, url)
    except CaselightError:
        return
    assert first.read == first.loaded + first.unchanged + first.set_aside == ROWS
    second = load(source, url)
    assert (second.loaded, second.set_aside) == (0, first.set_aside)
