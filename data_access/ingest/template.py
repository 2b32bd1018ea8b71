"""An empty set of files in our own layout, with its data dictionary."""

import csv
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from data_access.errors import CaselightError
from data_access.ingest.layout import LAYOUT, LayoutColumn, LayoutFile
from data_access.ingest.offered import DICTIONARY

HEADER = ("file", "column", "needed", "kind", "codes", "comment")
KINDS = {
    "key": "id, code or pseudonym, without blanks",
    "text": "short text",
    "code": "one code",
    "codes": "codes, joined by a comma",
    "day": "YYYY-MM-DD",
    "moment": "YYYY-MM-DD HH:MM, or the day alone",
    "local_time": "YYYY-MM-DD HH:MM",
    "number": "whole number",
    "yes_no": "yes or no",
    "zone": "name of a time zone",
}
WIDTHS = (20, 24, 8, 36, 60, 90)


def dictionary_rows() -> Iterator[tuple[str, str, str, str, str, str]]:
    """File, column, needed, kind, codes and comment of every column, in load order."""
    for file in LAYOUT.files:
        for column in file.columns:
            needed = "key" if column.name in file.key else "yes" if column.required else "no"
            yield file.name, column.name, needed, KINDS[column.kind], ", ".join(column.codes), _comment(column)


def _comment(column: LayoutColumn) -> str:
    return f"{column.comment} In the file {column.parent}." if column.parent else column.comment


def write_template(path: Path | str) -> Path:
    """Write an empty .xlsx, or a folder of CSV files when the path has no .xlsx ending; nothing is overwritten.

    Returns the path. Raises CaselightError when something is there already.
    """
    path = Path(path)
    if path.exists() and (path.is_file() or any(path.iterdir())):
        raise CaselightError(f"{path.name} is there already. Name a new file or an empty folder.")
    try:
        if path.suffix.lower() == ".xlsx":
            path.parent.mkdir(parents=True, exist_ok=True)
            _workbook().save(path)
        else:
            path.mkdir(parents=True, exist_ok=True)
            _write_folder(path)
    except OSError as error:
        raise CaselightError(f"{path.name} cannot be written: {error.strerror}.") from None
    return path


def _write_folder(folder: Path) -> None:
    tables: dict[str, list[tuple[str, ...]]] = {
        file.name: [tuple(column.name for column in file.columns)] for file in LAYOUT.files
    }
    tables[DICTIONARY] = [HEADER, *dictionary_rows()]
    for name, rows in tables.items():
        # Excel reads a CSV file as UTF-8 only with the mark at its start.
        with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(rows)


def _workbook() -> Workbook:
    book = Workbook()
    book.remove(book.active)
    for file in LAYOUT.files:
        _add_file(book, file)
    sheet = book.create_sheet(DICTIONARY)
    for row in (HEADER, *dictionary_rows()):
        sheet.append(row)
    for place, width in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in sheet.iter_rows(min_row=2, min_col=5, max_col=6):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    return book


def _add_file(book: Workbook, file: LayoutFile) -> None:
    sheet = book.create_sheet(file.name)
    for place, column in enumerate(file.columns, start=1):
        cell = sheet.cell(1, place, column.name)
        cell.font = Font(bold=column.required)
        sheet.column_dimensions[get_column_letter(place)].width = max(12, len(column.name) + 3)
        if column.kind in ("key", "text", "day", "moment"):
            # As text, an id keeps its zeros and a day is not turned round by the machine's own habits.
            sheet.column_dimensions[get_column_letter(place)].number_format = "@"
    sheet.freeze_panes = "A2"
