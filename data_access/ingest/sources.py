"""A source as sheets: a folder or zip of CSV files, a workbook, or the SQLite file of another system."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data_access.errors import CaselightError
from data_access.ingest.foreign import foreign_sheets
from data_access.ingest.offered import readable_name
from data_access.ingest.reading import SYSTEM_FILES, Sheet, folder_sheets, open_zip, zip_sheets
from data_access.ingest.workbook import workbook_sheets

SQLITE = (".sqlite", ".sqlite3", ".db")


def not_read(source: Path) -> tuple[str, ...]:
    """Names in a folder or zip that are left alone, because they are no CSV files."""
    if source.is_dir():
        found = [path.name for path in source.iterdir() if path.suffix.lower() != ".csv"]
    elif source.suffix.lower() == ".zip":
        with open_zip(source) as archive:
            found = [name for name in archive.namelist() if not name.lower().endswith((".csv", "/"))]
    else:
        return ()
    return tuple(sorted(readable_name(Path(name)) for name in found if not name.startswith(SYSTEM_FILES)))


@contextmanager
def sheets_of(source: Path) -> Iterator[dict[str, Sheet]]:
    """Every table of a folder, zip, workbook or SQLite file by name, while the context lasts. Raises CaselightError."""
    if not source.exists():
        raise CaselightError(f"There is nothing at {source.name!r}. Name a folder, a .zip, an .xlsx or an .sqlite.")
    suffix = source.suffix.lower()
    if source.is_dir():
        yield {**folder_sheets(source)}
    elif suffix == ".zip":
        with open_zip(source) as archive:
            yield {**zip_sheets(archive, source.name)}
    elif suffix == ".xlsx":
        yield {**workbook_sheets(source)}
    elif suffix in SQLITE:
        with foreign_sheets(source) as found:
            yield {**found}
    else:
        raise CaselightError(
            f"{source.name}: files of the kind {suffix or 'without ending'} are not read. "
            "Give a folder of .csv files, a .zip of them, an .xlsx, or the .sqlite file of another system."
        )
