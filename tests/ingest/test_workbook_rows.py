"""Every filled row of a sheet is read, however many blank ones stand above it."""

import math

import pytest
from openpyxl import load_workbook
from openpyxl.styles import PatternFill

from data_access.ingest import load
from data_access.ingest.workbook import MANY_BLANK_ROWS, _last_filled, workbook_sheets
from tests.ingest.own import FILES, ROWS, write_workbook

SHEET = (
    b'<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row spans="1:2" r=\'7\'><c r="A7" t="inlineStr">'
    b'<is><t>x</t></is></c></row><row r="90"><c r="A90" s="3"/></row></sheetData><x:f>A1</x:f></worksheet>'
)


@pytest.mark.parametrize("blank", [MANY_BLANK_ROWS, MANY_BLANK_ROWS + 1, 5 * MANY_BLANK_ROWS])
@pytest.mark.parametrize("formatted", [False, True])
def test_rows_below_many_blank_ones_are_loaded(tmp_path, database, blank, formatted):
    path = write_workbook(tmp_path / "in.xlsx")
    book = load_workbook(path)
    book["teams"].cell(2, 3).data_type = "s"
    sheet, last = book["contacts"], len(FILES["contacts"])
    for number in range(1, blank + 1):
        if formatted:
            sheet.cell(last + number, 1).fill = PatternFill("solid", "FFFF00")
    for source_id in ("GAP1", "GAP2"):
        for place, text in enumerate(["NORTH", source_id, *FILES["contacts"][1][2:]], start=1):
            sheet.cell(last + blank + int(source_id[3:]), place).value = text
    book.save(path)
    report = load(path, database.url)
    assert (report.read, report.loaded) == (ROWS + 2, ROWS + 2)
    assert [number for number, _ in workbook_sheets(path)["contacts"].rows()][-2:] == [
        last + blank + 1,
        last + blank + 2,
    ]


def test_a_row_at_the_very_end_is_loaded(tmp_path, database):
    path = write_workbook(tmp_path / "in.xlsx")
    book = load_workbook(path)
    book["teams"].cell(2, 3).data_type = "s"
    for place, text in enumerate(["NORTH", "2026-03-01", "note", "The last row"], start=1):
        book["events"].cell(1_048_576, place).value = text
    book.save(path)
    assert load(path, database.url).loaded == ROWS + 1
    assert ("The last row",) in database.rows("event", "text")


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_the_last_filled_row_is_found_whatever_the_parts(size):
    assert _last_filled(SHEET[at : at + size] for at in range(0, len(SHEET), size)) == 7


@pytest.mark.parametrize("sheet", [SHEET.decode().encode("utf-16"), SHEET.replace(b' r="1"', b"")])
def test_where_rows_have_no_numbers_or_another_encoding_all_are_read(sheet):
    assert _last_filled([sheet]) == math.inf
