"""Rows on offer to our layout, from our own files or through a mapping."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from data_access.errors import CaselightError, UnknownName
from data_access.ingest.accounts import Origin, Origins
from data_access.ingest.layout import LAYOUT, LayoutFile
from data_access.ingest.personal import looks_personal
from data_access.ingest.reading import BadRow, Sheet

DICTIONARY = "data_dictionary"


@dataclass(slots=True)
class Offered:
    """One row for a file of our layout: text by column, and the rows that it was made from (the first is its own).

    ``fault`` (column, reason) says that the row cannot be used as it stands.
    """

    origins: tuple[Origin, ...]
    cells: dict[str, str]
    fault: tuple[str, str] | None = None


@dataclass(slots=True)
class Part:
    """Rows on offer side by side: text by column, where they come from, and what is wrong with some.

    ``faults`` are by place in the part; ``bad`` are rows that could not even be read, by number.
    """

    origins: Origins
    columns: dict[str, Sequence[str]]
    faults: dict[int, tuple[str, str]] = field(default_factory=dict)
    bad: tuple[tuple[int, BadRow], ...] = ()

    def __len__(self) -> int:
        return len(self.origins.numbers)

    def one(self, place: int) -> Offered:
        """One of the rows."""
        cells = {name: column[place] for name, column in self.columns.items()}
        return Offered(self.origins.at(place), cells, self.faults.get(place))


class Extract(Protocol):
    """A source as our layout sees it."""

    layout: str
    missing: tuple[str, ...]

    def files(self) -> tuple[str, ...]:
        """Files of our layout that the source has rows for, in load order."""

    def columns(self, file: str) -> tuple[str, ...]:
        """Columns of that file that the source fills."""

    def parts(self, file: str, only: tuple[str, ...] = ()) -> Iterator[Part]:
        """The rows, as often as they are asked for; ``only`` names the columns that are needed, else all."""

    def first_of_repeats(self, file: str) -> bool:
        """Whether several rows may tell of the same thing, the first of them counting."""

    def about(self, file: str) -> int | None:
        """About how many rows there are, where that is quickly told; for the progress only."""

    def begin_again(self) -> None:
        """Forget what the accounts were told while reading: they have forgotten it too."""


class OwnExtract:
    """A folder or workbook in our own layout."""

    layout = "own layout"
    missing: tuple[str, ...] = ()

    def __init__(self, sheets: dict[str, Sheet]):
        self._sheets: dict[str, Sheet] = {}
        self._headers: dict[str, tuple[str, ...]] = {}
        for name, sheet in sheets.items():
            plain = name.strip().lower().replace(" ", "_")
            if plain == DICTIONARY:
                continue
            if plain not in LAYOUT.names:
                raise UnknownName(
                    "file of the layout", name, LAYOUT.names, "'caselight template' writes an empty set of files."
                )
            if plain in self._sheets:
                raise CaselightError(
                    f"{self._sheets[plain].name} and {sheet.name} are both the file {plain!r} of the layout. Nothing "
                    "was loaded; keep the one that counts, or put their rows together in one."
                )
            self._sheets[plain] = sheet
            self._headers[plain] = _header(sheet, LAYOUT.file(plain))

    def files(self) -> tuple[str, ...]:
        """Files present, parents first."""
        return tuple(name for name in LAYOUT.names if name in self._sheets)

    def columns(self, file: str) -> tuple[str, ...]:
        """Columns that the file's header names."""
        return self._headers[file]

    def first_of_repeats(self, file: str) -> bool:
        """In our own layout a key stands once."""
        return False

    def about(self, file: str) -> int | None:
        """As the sheet says."""
        return self._sheets[file].about()

    def begin_again(self) -> None:
        """Nothing is remembered."""

    def parts(self, file: str, only: tuple[str, ...] = ()) -> Iterator[Part]:
        """The file's rows as they stand."""
        sheet, header = self._sheets[file], self._headers[file]
        for block in sheet.blocks():
            columns = {
                name: column for name, column in zip(header, block.columns, strict=True) if not only or name in only
            }
            yield Part(Origins(sheet.name, block.numbers), columns, bad=block.bad)


def _header(sheet: Sheet, spec: LayoutFile) -> tuple[str, ...]:
    names = tuple(name.lower().replace(" ", "_") for name in sheet.header)
    if not set(names) & {*spec.required}:
        raise CaselightError(
            f"{sheet.name}: row 1 does not name the columns. Put a row above the others with the names of the columns, "
            f"as 'caselight template' writes it. Known: {', '.join(spec.by_name)}."
        )
    unknown = [_shown(place, name) for place, name in enumerate(names, start=1) if name not in spec.by_name]
    if unknown:
        raise CaselightError(
            f"{sheet.name}: the layout has no column {', '.join(unknown)}. The file was refused, because an "
            f"unknown column may hold what must not be loaded. Known: {', '.join(spec.by_name)}."
        )
    lacking = [name for name in spec.required if name not in names]
    if lacking:
        raise CaselightError(f"{sheet.name} lacks the column {', '.join(map(repr, lacking))}.")
    if len(set(names)) < len(names):
        raise CaselightError(f"{sheet.name} names a column twice.")
    return names


def _shown(place: int, name: str) -> str:
    """A column of another name; what does not look like a name may be a cell about a person, and is not told."""
    plain = name.isascii() and name.isidentifier() and len(name) <= 40
    plain = plain and looks_personal(name.replace("_", " ").upper()) is None
    return repr(name) if plain else f"number {place} (its name is not shown here)"


def offers(extract: Extract, file: str) -> Iterator[Offered]:
    """Rows one by one, the unreadable ones too: for files of a few rows."""
    for part in extract.parts(file):
        yield from map(part.one, range(len(part)))
        for number, reason in part.bad:
            yield Offered(((part.origins.file, number),), {}, ("", str(reason)))


def looks_like_hmis(sheets: dict[str, Sheet]) -> bool:
    """Whether the source is a HUD HMIS CSV export."""
    return "Export" in sheets and "CSVVersion" in sheets["Export"].header


def source_name(source: Path) -> str:
    """The name of the source without its path, as it is kept in ``load_run``."""
    return readable_name(source.resolve())[:200]


def readable_name(path: Path) -> str:
    """The name of a file as text that can be stored: a sign for each byte that is no UTF-8."""
    return os.fsencode(path.name).decode("utf-8", "replace")
