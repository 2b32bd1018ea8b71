"""One worksheet: title, sentence, shorthand, unit, link, and one marked-up table with nothing below it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from dashboard.workbook.cells import SHORTHAND, Value, clean_cell

HEADER_ROW = 6
MOST_ROWS, MOST_COLUMNS = 1_000_000, 200  # openpyxl writes beyond what a spreadsheet opens
CONTENTS = "Contents"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}")
_LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*")


@dataclass(frozen=True)
class Link:
    """A cell that leads to a worksheet."""

    text: str
    sheet: str


@dataclass(frozen=True)
class Share:
    """A number shown as a percentage; it is stored as a fraction."""

    fraction: float


@dataclass(frozen=True)
class Number:
    """A number shown with a fixed count of decimal places."""

    number: float
    places: int = 1


@dataclass(frozen=True)
class Sheet:
    """What a worksheet says. ``rows`` hold one value for each of the unique ``columns``.

    ``about`` follows "This worksheet contains one table."; ``basis`` is the
    line of unit, period and source. ``wide`` names columns that may take more
    than the usual width; ``caution`` those whose text is set in italics.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    about: str = ""
    basis: str = ""
    period: str = ""
    unit: str = ""
    wide: tuple[str, ...] = ()
    caution: tuple[int, ...] = field(default=())

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or self.name.lower() == "history":
            raise ValueError("A worksheet needs a name of at most 31 letters, digits and underscores; not History.")
        names = [name.strip().lower() for name in self.columns]
        if not all(names) or len(set(names)) != len(names) or not 0 < len(names) <= MOST_COLUMNS:
            raise ValueError("The columns of a table need headers that are not empty and differ, also without case.")
        if not 0 < len(self.rows) <= MOST_ROWS or any(len(row) != len(names) for row in self.rows):
            raise ValueError("A table needs between 1 and 1,000,000 rows, each with one value for each column.")

    @property
    def table(self) -> str:
        """Name of its table: letters first, and nothing that could be the address of a cell."""
        name = f"t_{self.name.lower()}"
        return name if not _LIKE_A_CELL.fullmatch(name) else f"{name}_table"

    @cached_property
    def cleaned(self) -> tuple[tuple[Value, ...], ...]:
        """The rows as their cells hold them: every value has passed the one gate, once."""
        return tuple(tuple(clean_cell(_bare(value)) for value in row) for row in self.rows)

    @cached_property
    def head(self) -> tuple[str, ...]:
        """The five rows above the table."""
        return _head(self)

    def column(self, name: str) -> int:
        """Number of a column, from 1."""
        return self.columns.index(name) + 1


def shorthand_used(sheet: Sheet) -> tuple[str, ...]:
    """The marks in square brackets that occur in the table."""
    texts = {cell for row in sheet.cleaned for cell in row if isinstance(cell, str) and "[" in cell}
    return tuple(mark for mark in SHORTHAND if any(mark in text for text in texts))


def _bare(value: Any) -> Any:
    match value:
        case Link(text, _):
            return text
        case Share(number) | Number(number, _):
            return number
        case _:
            return value


def _head(sheet: Sheet) -> tuple[str, ...]:
    marks = "; ".join(f"{mark} {SHORTHAND[mark]}" for mark in shorthand_used(sheet))
    return (
        sheet.title,
        f"This worksheet contains one table. {sheet.about}".strip(),
        f"Shorthand: {marks}." if marks else "No shorthand is used in this table.",
        sheet.basis or "Source: caselight.",
        "Go to Contents" if sheet.name != CONTENTS else "Go to Cover",
    )
