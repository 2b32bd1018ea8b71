"""Reading of an .xlsx: one sheet a table, cells to text as a CSV file would hold them.

A formula is not a value: what a workbook remembers of it can be old. Such a
row is set aside; "paste as values" puts it right.
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from data_access.errors import CaselightError
from data_access.ingest.reading import (
    UNREADABLE,
    BadRow,
    Block,
    Row,
    blocks_of,
    check_header,
    open_zip,
    unreadable,
)

MOST_COLUMNS = 400
MANY_BLANK_ROWS = 100  # after so many it is worth looking whether any row is filled further down
MOST_WORKBOOK_BYTES = 1024**3
_ROW_OR_CONTENT = re.compile(rb"<(?:[\w.-]+:)?(?:row\b([^>]*)|(?:v|is|f)[\s>])")
_ROW_NUMBER = re.compile(rb"\br\s*=\s*[\"'](\d+)[\"']")
# Besides: XML that ends too soon, and what openpyxl raises over XML that is not what it expects.
_BROKEN = (*UNREADABLE, SyntaxError, LookupError, ValueError, TypeError, AttributeError, InvalidFileException)
_ENTITY = re.compile(rb"<!(DOCTYPE|ENTITY)", re.I)


def cell_text(value: object) -> str:
    """A cell's value as the text that a CSV file would hold; midnight is the day alone."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


@dataclass(frozen=True)
class WorkbookSheet:
    """One sheet; the workbook is opened anew at each reading."""

    name: str
    header: tuple[str, ...]
    path: Path

    def rows(self) -> Iterator[Row]:
        """Rows below the header; a row with a formula or an error cell comes as BadRow."""
        width = len(self.header)
        for number, cells in _records(self.path, self.name):
            if number == 1:
                continue
            reason = _unusable(cells, width)
            if reason:
                yield number, BadRow(reason)
                continue
            texts = [cell_text(cell.value) for cell in cells[:width]]
            yield number, texts + [""] * (width - len(texts))

    def blocks(self) -> Iterator[Block]:
        """The rows, many at a time."""
        return blocks_of(self.rows(), len(self.header))

    def about(self) -> None:
        """A sheet's own word on its size can be wrong by a million."""


def _unusable(cells: list, width: int) -> str | None:
    for place, cell in enumerate(cells):
        if cell.value in (None, ""):
            continue
        if place >= width:
            return f"the row has cells to the right of the header's {width} columns"
        if cell.data_type == "f":
            return f"column {place + 1} is a formula; copy it and paste it as values"
        if cell.data_type == "e":
            return f"column {place + 1} is an error such as #N/A"
    return None


def _records(path: Path, name: str) -> Iterator[tuple[int, list]]:
    """Row numbers and cells of the rows that hold anything. Raises CaselightError."""
    number = 0
    try:
        for number, cells in _filled(path, name):
            yield number, cells
    except _BROKEN as error:
        raise unreadable(f"Sheet {name} of {path.name}", error, number) from None


def _filled(path: Path, name: str) -> Iterator[tuple[int, list]]:
    book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
    try:
        sheet = book[name]
        sheet.reset_dimensions()  # a stray cell at the far end must not make a million empty ones
        blank, last = 0, None
        for number, row in enumerate(sheet.iter_rows(), start=1):
            cells = row[:MOST_COLUMNS]
            if any(cell.value not in (None, "") for cell in cells):
                blank = 0
                yield number, list(cells)
                continue
            blank += 1
            if blank > MANY_BLANK_ROWS:
                if last is None:
                    with sheet._get_source() as source:
                        last = _last_filled(iter(lambda: source.read(1 << 20), b""))
                if number >= last:
                    return
    finally:
        book.close()


def _last_filled(chunks: Iterable[bytes]) -> float:
    """The last row of a sheet's XML in which a cell holds anything; infinite where that cannot be told.

    Measured: a million rows that are only formatted take 1.3 s here, and more than a minute to read.
    """
    row, last, rest = 0, 0, b""
    for chunk in chunks:
        whole, mark, rest = (rest + chunk).rpartition(b"<")  # a tag may go on in the next chunk
        rest = mark + rest
        if b"\0" in whole:  # no UTF-8
            return math.inf
        cells, end, _ = whole.partition(b"</sheetData")
        for found in _ROW_OR_CONTENT.finditer(cells):
            if found[1] is None:
                last = row
            elif number := _ROW_NUMBER.search(found[1]):
                row = int(number[1])
            else:
                return math.inf
        if end:
            break
    return last


def _guard(path: Path) -> None:
    """Entity tricks are refused before any parser sees them; openpyxl alone would expand them."""
    try:
        _look_through(path)
    except UNREADABLE as error:
        raise unreadable(path.name, error) from None


def _look_through(path: Path) -> None:
    with open_zip(path) as archive:
        if sum(member.file_size for member in archive.infolist()) > MOST_WORKBOOK_BYTES:
            raise CaselightError(f"{path.name} is too large for a workbook. Save its sheets as CSV files.")
        names = archive.namelist()
        if "[Content_Types].xml" not in names:
            raise CaselightError(f"{path.name} is not an Excel workbook.")
        if any("vbaProject" in name for name in names):
            raise CaselightError(f"{path.name} holds macros. Save it as a plain .xlsx.")
        for name in names:
            if name.endswith((".xml", ".rels")):
                tail = b""
                with archive.open(name) as member:
                    while chunk := member.read(1 << 20):
                        if _ENTITY.search(tail + chunk):
                            raise CaselightError(f"{path.name} holds a document type, which no Excel file has.")
                        tail = chunk[-16:]


def workbook_sheets(path: Path) -> dict[str, WorkbookSheet]:
    """The sheets of an .xlsx by name; empty ones are left out. Raises CaselightError."""
    _guard(path)
    try:
        book = load_workbook(path, read_only=True)
        names = [sheet.title for sheet in book.worksheets]  # a chart sheet has no cells
        book.close()
        sheets = {}
        for name in names:
            first = next(_records(path, name), None)
            if first is None:
                continue
            if first[0] != 1:
                raise CaselightError(f"Sheet {name} of {path.name}: the header has to stand in row 1.")
            header = [cell_text(cell.value) for cell in first[1]]
            while header and not header[-1]:
                header.pop()
            sheets[name] = WorkbookSheet(name, check_header(f"Sheet {name}", header), path)
    except _BROKEN:
        raise CaselightError(f"{path.name} is not an Excel workbook, or it is damaged.") from None
    return sheets
