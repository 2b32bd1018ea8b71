"""A source as sheets: a folder or zip of CSV files, or a workbook."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data_access.errors import CaselightError
from data_access.ingest.reading import Sheet, folder_sheets, open_zip, zip_sheets
from data_access.ingest.workbook import workbook_sheets


@contextmanager
def sheets_of(source: Path) -> Iterator[dict[str, Sheet]]:
    """Every table of a folder, a zip or a workbook, by name, while the context lasts. Raises CaselightError."""
    if not source.exists():
        raise CaselightError(f"There is nothing at {source.name!r}. Name a folder, a .zip or an .xlsx.")
    suffix = source.suffix.lower()
    if source.is_dir():
        yield {**folder_sheets(source)}
    elif suffix == ".zip":
        with open_zip(source) as archive:
            yield {**zip_sheets(archive, source.name)}
    elif suffix == ".xlsx":
        yield {**workbook_sheets(source)}
    else:
        raise CaselightError(
            f"{source.name}: files of the kind {suffix or 'without ending'} are not read. "
            "Give a folder of .csv files, a .zip of them, or an .xlsx."
        )
