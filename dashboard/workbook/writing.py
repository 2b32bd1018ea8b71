"""A worksheet in a file: its cells in named styles, its column widths, its table and its page."""

import re
import textwrap
from collections.abc import Sequence
from copy import copy
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from dashboard.workbook import styles
from dashboard.workbook.cells import Value, clean_cell
from dashboard.workbook.sheets import CONTENTS, HEADER_ROW, Link, Number, Share, Sheet

DAY_FORMAT = "dd mmm yyyy"
MOMENT_FORMAT = "dd mmm yyyy hh:mm"
NARROWEST, WIDEST, PAGE = 12, 60, 112  # in characters; a landscape A4 page holds some 112 at 12 points
LEAST_WIDE = 40
FIRST_COLUMN = 17  # it holds the link of row 5
LETTERS, BOLD_LETTERS = 1.06, 0.85  # of a text on the width of one digit; bold ones are wider
LINE = 15.75  # points of a row with one line at 12 points; LibreOffice does not fit rows by itself
_FIGURE = re.compile(r"\[[a-z]+\]|[0-9,]+ of [0-9,]+")


def add_sheet(book: Workbook, sheet: Sheet) -> Worksheet:
    """Write a worksheet behind those that the book holds."""
    if sheet.name.lower() in (name.lower() for name in book.sheetnames):
        raise ValueError(f"The workbook has a worksheet {sheet.name} already.")
    page = book.create_sheet(sheet.name)
    widths = _widths(sheet)
    numeric = [all(map(_is_figure, values)) for values in zip(*sheet.rows, strict=True)]
    _write_head(page, sheet, numeric)
    looks = _looks(numeric, (styles.TEXT, styles.TEXT_AFTER, styles.NUMBER))
    arrays: dict[tuple[str, str], Any] = {}
    for row, (values, cleaned) in enumerate(zip(sheet.rows, sheet.cleaned, strict=True), HEADER_ROW + 1):
        cautious = row - HEADER_ROW - 1 in sheet.caution
        for column, (value, clean, look) in enumerate(zip(values, cleaned, looks, strict=True), 1):
            _write(page.cell(row, column), value, clean, styles.CAUTION if cautious else look, arrays)
        page.row_dimensions[row].height = LINE * _lines(cleaned, widths)
    for column, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(column)].width = width
    page.row_dimensions[HEADER_ROW].height = LINE * _lines(sheet.columns, widths, BOLD_LETTERS)
    _mark_up(page, sheet)
    _set_page(page)
    return page


def _write(cell: Cell, value: Any, cleaned: Value, look: str, arrays: dict[tuple[str, str], Any]) -> None:
    """One value of a table in a named style, with the number format of its type.

    ``arrays`` keeps what openpyxl made of a style and a format: to make it anew
    for each cell took a third of the time.
    """
    put_clean(cell, cleaned)
    if isinstance(value, Link):
        link(cell, value.sheet)
        return
    shown = _format(value, cleaned)
    if (look, shown) not in arrays:
        cell.style = look
        cell.number_format = shown
        arrays[look, shown] = copy(cell._style)
    cell._style = arrays[look, shown]


def _looks(numeric: Sequence[bool], names: tuple[str, str, str]) -> list[str]:
    """A style for each column: of text, of text beside a number (set apart from it), or of numbers."""
    text, after, number = names
    return [
        number if here else after if before else text
        for before, here in zip((False, *numeric[:-1]), numeric, strict=True)
    ]


def _format(value: Any, cleaned: Value) -> str:
    if isinstance(cleaned, str):
        return "General"
    if isinstance(cleaned, date):
        return day_format(cleaned)
    match value:
        case Share():
            return "0%"
        case Number(_, places):
            return "#,##0." + "0" * places
        case _:
            return "#,##0"


def _is_figure(value: Any) -> bool:
    """Whether a value reads as a number: one, or what stands where a number is missing or too small a share."""
    if isinstance(value, str):
        return bool(_FIGURE.fullmatch(value))
    return isinstance(value, int | float | Number | Share)


def _lines(cleaned: Sequence[Value], widths: Sequence[float], letters: float = LETTERS) -> int:
    """Lines that the fullest cell of a row takes when its text is wrapped."""
    found = 1
    for text, width in zip(cleaned, widths, strict=True):
        # A text that is shorter than its column is one line: nearly all are.
        if isinstance(text, str) and (len(text) > int(width * letters) or "\n" in text):
            parts = (textwrap.wrap(part, int(width * letters)) or [""] for part in text.split("\n"))
            found = max(found, sum(map(len, parts)))
    return min(found, 25)  # a row is at most 409 points high


def link(cell: Cell, sheet: str) -> None:
    """Make a cell lead to the first cell of a worksheet."""
    cell.style = styles.LINK
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{sheet}'!A1")


def put(cell: Cell, value: Any) -> None:
    """Write a value into a cell. Text stays text, whatever it begins with."""
    put_clean(cell, clean_cell(value))
    if isinstance(cell.value, date):
        cell.number_format = day_format(cell.value)


def put_clean(cell: Cell, cleaned: Value) -> None:
    """Write what ``clean_cell`` gave into a cell, as yet without the format of a day."""
    cell.value = cleaned
    if isinstance(cleaned, str):
        cell.data_type = "s"  # otherwise "=1+1" is a live formula and "#N/A" an error


def day_format(day: date) -> str:
    """How a day or a moment is shown."""
    return MOMENT_FORMAT if isinstance(day, datetime) else DAY_FORMAT


def _write_head(page: Worksheet, sheet: Sheet, numeric: Sequence[bool]) -> None:
    for row, line in enumerate(sheet.head, 1):
        put(page.cell(row, 1), line)
        page.cell(row, 1).style = styles.TITLE if row == 1 else styles.NORMAL
        page.row_dimensions[row].height = LINE * (1.5 if row == 1 else 1)
    link(page.cell(5, 1), CONTENTS if sheet.name != CONTENTS else "Cover")
    looks = _looks(numeric, (styles.HEADER, styles.HEADER_AFTER, styles.NUMBER_HEADER))
    for column, name in enumerate(sheet.columns, 1):
        put(page.cell(HEADER_ROW, column), name)
        page.cell(HEADER_ROW, column).style = looks[column - 1]


def _mark_up(page: Worksheet, sheet: Sheet) -> None:
    reference = f"A{HEADER_ROW}:{get_column_letter(len(sheet.columns))}{HEADER_ROW + len(sheet.rows)}"
    table = Table(displayName=sheet.table, name=sheet.table, ref=reference)
    table._initialise_columns()
    for part, name in zip(table.tableColumns, sheet.columns, strict=True):
        part.name = str(clean_cell(name))
    table.autoFilter = None
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False, showColumnStripes=False)
    page.add_table(table)


def _set_page(page: Worksheet) -> None:
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
    # Without fitToPage the two numbers below it do nothing.
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.5, header=0.2, footer=0.2)
    page.print_title_rows = f"1:{HEADER_ROW}"
    page.print_options.gridLines = False


def _widths(sheet: Sheet) -> list[float]:
    """Characters for each column: its longest word in the header or value, between 12 and 60, and a page in all.

    A wide column takes what the others leave of the page, whatever its own texts are.
    """
    widths: list[float] = []
    for place, name in enumerate(sheet.columns):
        cells = zip(sheet.rows, sheet.cleaned, strict=True)
        longest = max(
            [len(word) for word in name.split()] + [_length(row[place], clean[place]) for row, clean in cells]
        )
        widths.append(min(max(longest + 2, NARROWEST if place else FIRST_COLUMN), WIDEST))
    title, *lines = sheet.head
    page = max(PAGE, 1.4 * len(title), 0.88 * max(map(len, lines)))  # the title has 16 points, bold
    for name in sheet.wide:
        place = sheet.columns.index(name)
        rest = sum(widths) - widths[place]
        widths[place] = max(min(widths[place], LEAST_WIDE), round(page - rest))
    return widths


def _length(value: Any, cleaned: Value) -> int:
    if isinstance(value, Share):
        return 4
    if isinstance(cleaned, str):
        return max(len(line) + sum(map(str.isupper, line[:WIDEST])) // 4 for line in cleaned.split("\n"))
    return 11 if isinstance(cleaned, date) else len(f"{cleaned:,.1f}")
