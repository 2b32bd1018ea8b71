"""Strict reading of a folder or zip of CSV files: text only, nothing guessed, nothing unpacked to disk."""

import csv
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from data_access.errors import CaselightError
from data_access.ingest.separated import columns_of, pieces, records_of

MOST_MEMBERS = 300
MOST_BYTES = 4 * 1024**3
MOST_RATIO = 300  # the most that a real HMIS export shrinks is about 60
MOST_COLUMNS = 300
BLOCK = 1000  # rows that are read together; measured: with 4,000 a load of a million takes a fifth longer
SYSTEM_FILES = ("__MACOSX", ".")
_ESCAPED = re.compile("[\udc80-\udcff]")
# What a file does that is damaged, packed in an unknown way, closed to us, or gone.
UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, OSError, EOFError)


def unreadable(file: str, error: Exception, row: int = 0) -> CaselightError:
    """Why a file cannot be read, after which row where that is known, and what to do."""
    after = f" after row {row:,}" if row else ""
    if isinstance(error, PermissionError):
        return CaselightError(
            f"{file} may not be read by this account. Give it the right to read the file, or copy it."
        )
    if isinstance(error, FileNotFoundError):
        return CaselightError(
            f"{file} was removed or renamed while it was read. Nothing was loaded; load again when it is complete."
        )
    if isinstance(error, NotImplementedError):
        return CaselightError(f"{file} is packed in a way that is not known. Pack it as an ordinary zip, or unpack it.")
    return CaselightError(f"{file} is damaged{after}: it cannot be read to its end. Export or copy it again.")


class BadRow(str):
    """Why a row cannot be read; stands in place of its cells."""


Row = tuple[int, "list[str] | BadRow"]


@dataclass(frozen=True, slots=True)
class Block:
    """Rows side by side: their numbers, each column's cells in the order of the header, and the unreadable rows."""

    numbers: Sequence[int]
    columns: Sequence[Sequence[str]]
    bad: tuple[tuple[int, BadRow], ...] = ()


class Sheet(Protocol):
    """One table of a source: its name, its header, its rows as often as they are asked for."""

    @property
    def name(self) -> str:
        """Its name as a person knows it: the file's, or the sheet's."""

    @property
    def header(self) -> tuple[str, ...]:
        """Its column names."""

    def rows(self) -> Iterator[Row]:
        """Row numbers (the header is 1) with the cells as text; blank rows are left out."""

    def blocks(self) -> Iterator[Block]:
        """The same rows, many at a time."""

    def about(self) -> int | None:
        """About how many rows there are, where that is quickly told; for the progress only."""


def block_of(rows: Iterable[Row], width: int) -> Block:
    """Rows side by side."""
    good: list[tuple[int, list[str]]] = []
    bad: list[tuple[int, BadRow]] = []
    for number, cells in rows:
        if isinstance(cells, BadRow):
            bad.append((number, cells))
        else:
            good.append((number, cells))
    columns: Sequence[Sequence[str]] = list(zip(*(cells for _, cells in good), strict=True)) or [()] * width
    return Block([number for number, _ in good], columns, tuple(bad))


def blocks_of(rows: Iterator[Row], width: int) -> Iterator[Block]:
    """Rows, many at a time."""
    while some := list(islice(rows, BLOCK)):
        yield block_of(some, width)


def check_header(file: str, header: list[str]) -> tuple[str, ...]:
    """The header without outer blanks. Raises CaselightError if it is none."""
    names = tuple(name.strip() for name in header)
    if not any(names):
        raise CaselightError(f"{file} has no header: its first row has to name the columns.")
    if len(names) > MOST_COLUMNS:
        raise CaselightError(f"{file} has {len(names):,} columns; more than {MOST_COLUMNS} are not read.")
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        raise CaselightError(
            f"{file} has one column: its cells look separated by something else than a comma. "
            "Save it as CSV with commas."
        )
    if "" in names:
        raise CaselightError(f"{file}: column {names.index('') + 1} has no name. The header has to stand in row 1.")
    twice = [place for place, name in enumerate(names, start=1) if names.count(name) > 1]
    if twice:
        raise CaselightError(
            f"{file} names a column twice: columns {', '.join(map(str, twice[:6]))}. If its first row is not the "
            "header, put a row above it that names the columns."
        )
    return names


@dataclass(frozen=True)
class CsvSheet:
    """A CSV file, opened anew at each reading."""

    name: str
    header: tuple[str, ...]
    open_bytes: Callable[[], IO[bytes]]

    def rows(self) -> Iterator[Row]:
        """Rows below the header; a row of another width comes as BadRow, its cells are never shifted."""
        records = _records(self.name, self.open_bytes)
        next(records, None)
        yield from self._told_apart(records)

    def blocks(self) -> Iterator[Block]:
        """The rows, many at a time; measured: four times as fast as one by one."""
        try:
            yield from self._blocks()
        except (UnicodeDecodeError, csv.Error, *UNREADABLE) as error:
            for _ in _records(self.name, self.open_bytes):  # row by row it is known where, and told
                pass
            raise unreadable(self.name, error) from None

    def about(self) -> int | None:
        """Line ends below the header; None for a file that cannot be read, which the reading tells better."""
        try:
            with self.open_bytes() as raw:
                return max(sum(part.count(b"\n") for part in iter(lambda: raw.read(1 << 20), b"")) - 1, 0)
        except UNREADABLE:
            return None

    def _blocks(self) -> Iterator[Block]:
        width, first = len(self.header), 2
        with self.open_bytes() as raw, io.TextIOWrapper(raw, "utf-8-sig", newline="") as text:
            next(csv.reader(text, strict=True), None)
            for piece in pieces(text):
                columns = columns_of(piece, width)
                if columns is None:
                    records = list(enumerate(records_of(piece, text), start=first))
                    yield block_of(self._told_apart(records), width)
                    first += len(records)
                else:
                    rows = len(columns[0])
                    yield Block(range(first, first + rows), columns)
                    first += rows

    def _told_apart(self, records: Iterable[tuple[int, list[str]]]) -> Iterator[Row]:
        width = len(self.header)
        for number, cells in records:
            if not any(cells):
                continue
            if len(cells) != width:
                yield number, BadRow(f"the row has {len(cells)} cells, the header {width}")
            else:
                yield number, cells


class _NotUtf8(Exception):
    pass


def _utf8(line: str) -> str:
    if not line.isascii() and _ESCAPED.search(line):
        raise _NotUtf8
    return line


def _records(file: str, open_bytes: Callable[[], IO[bytes]]) -> Iterator[tuple[int, list[str]]]:
    number = 0
    # Bytes that are not UTF-8 come as lone surrogates, so that the row of the first is known.
    with _opened(file, open_bytes) as raw, io.TextIOWrapper(raw, "utf-8-sig", "surrogateescape", newline="") as text:
        records = csv.reader(map(_utf8, text), strict=True)
        try:
            for number, cells in enumerate(records, start=1):
                yield number, cells
        except _NotUtf8:
            raise CaselightError(
                f"{file} is not UTF-8 (after row {number}). In Excel choose 'CSV UTF-8 (comma delimited)' when saving."
            ) from None
        except csv.Error as error:
            reason = "a cell is too long" if "field larger" in str(error) else "a quotation mark is out of place"
            raise CaselightError(f"{file} cannot be read after row {number}: {reason}.") from None
        except UNREADABLE as error:
            raise unreadable(file, error, number) from None


@contextmanager
def _opened(file: str, open_bytes: Callable[[], IO[bytes]]) -> Iterator[IO[bytes]]:
    """The bytes of a file. Raises CaselightError where they cannot be read."""
    try:
        with open_bytes() as raw:
            yield raw
    except UNREADABLE as error:
        raise unreadable(file, error) from None


def csv_sheet(name: str, open_bytes: Callable[[], IO[bytes]]) -> CsvSheet:
    """Open a CSV file as far as its header. Raises CaselightError."""
    with _opened(name, open_bytes) as raw:
        start = raw.read(4)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise CaselightError(f"{name} is UTF-16. In Excel choose 'CSV UTF-8 (comma delimited)' when saving.")
    first = next(_records(name, open_bytes), None)
    if first is None:
        raise CaselightError(f"{name} is empty: not even a header.")
    return CsvSheet(name, check_header(name, first[1]), open_bytes)


def folder_sheets(folder: Path) -> dict[str, CsvSheet]:
    """The CSV files of a folder by their stem, in the folder itself only. Links and devices are refused."""
    sheets: dict[str, CsvSheet] = {}
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise unreadable(folder.name, error) from None
    for path in paths:
        if path.suffix.lower() != ".csv":
            continue
        if path.is_symlink() or not path.is_file():
            raise CaselightError(f"{path.name} is no regular file. Put a copy of the file itself into the folder.")
        if path.stem in sheets:
            raise CaselightError(f"{sheets[path.stem].name} and {path.name} have one name. Keep the one that counts.")
        sheets[path.stem] = csv_sheet(path.name, lambda path=path: path.open("rb"))  # type: ignore[misc]
    return sheets


def guard_zip(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse an archive that could fill the machine or reach out of its folder, before anything is read."""
    members = archive.infolist()
    size = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members) or 1
    if len(members) > MOST_MEMBERS or size > MOST_BYTES or (size > 50 * 1024**2 and size / packed > MOST_RATIO):
        raise CaselightError(f"{name} unpacks to too much ({len(members)} files, {size / 1e6:,.0f} MB).")
    for member in members:
        path = PurePosixPath(member.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in member.filename or ":" in member.filename:
            raise CaselightError(f"{name} holds a file name that leads out of its folder. It was not read.")
        if member.flag_bits & 0x1:
            raise CaselightError(f"{name} is protected by a password. Unpack it and load the folder.")


def open_zip(path: Path) -> zipfile.ZipFile:
    """The archive, guarded. Raises CaselightError."""
    try:
        archive = zipfile.ZipFile(path)
    except PermissionError as error:
        raise unreadable(path.name, error) from None
    except (zipfile.BadZipFile, NotImplementedError, OSError):
        raise CaselightError(f"{path.name} is not what its name says: it cannot be opened.") from None
    try:
        guard_zip(archive, path.name)
    except CaselightError:
        archive.close()
        raise
    return archive


def zip_sheets(archive: zipfile.ZipFile, name: str) -> dict[str, CsvSheet]:
    """The CSV files of a zip by their stem; they are read in place."""
    found: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        inner = PurePosixPath(member.filename)
        if member.is_dir() or inner.suffix.lower() != ".csv" or inner.parts[0].startswith(SYSTEM_FILES):
            continue
        if inner.stem in found:
            first = found[inner.stem].filename
            raise CaselightError(
                f"{name} holds {inner.name} twice: {first} and {member.filename}. Pack one export only."
            )
        found[inner.stem] = member
    return {
        stem: csv_sheet(f"{stem}.csv", lambda member=member: archive.open(member))  # type: ignore[misc]
        for stem, member in found.items()
    }
