"""Accounts of a load: every row that was read is loaded, unchanged or set aside."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from data_access.errors import CaselightError

READ, UNCHANGED, LOADED, SET_ASIDE = 1, 2, 3, 4
Origin = tuple[str, int]
_AT_LEAST = {state: bytes(max(known, state) for known in range(256)) for state in range(1, 5)}


@dataclass(frozen=True, slots=True)
class Origins:
    """Where rows side by side come from: their own file and row numbers.

    ``joined`` holds, for each file that was looked up, the row that belongs to each of ours; 0 is none.
    """

    file: str
    numbers: Sequence[int]
    joined: tuple[tuple[str, Sequence[int]], ...] = ()

    def at(self, place: int) -> tuple[Origin, ...]:
        """All rows that one was made from; the first is its own."""
        others = ((file, rows[place]) for file, rows in self.joined if rows[place])
        return ((self.file, self.numbers[place]), *others)

    def pick(self, places: Sequence[int]) -> "Origins":
        """The origins of some of the rows."""
        return Origins(
            self.file,
            [self.numbers[place] for place in places],
            tuple((file, [rows[place] for place in places]) for file, rows in self.joined),
        )


@dataclass(frozen=True)
class SetAside:
    """A row that could not be used. ``row`` counts the header as 1; the reason holds no personal value."""

    file: str
    row: int
    column: str
    reason: str


def in_words(rows: Sequence[SetAside]) -> str:
    """What to put right: the first of these rows with their reasons, as a sentence after others; "" for none."""
    if not rows:
        return ""
    first = "; ".join(f"{row.file}, row {row.row}, {row.column}: {row.reason}" for row in rows[:3])
    return f" Rows that could not be used: {first}{' ..' if len(rows) > 3 else ''}."


@dataclass(frozen=True)
class FileCount:
    """What became of one file's rows."""

    file: str
    read: int
    loaded: int
    unchanged: int
    set_aside: int


@dataclass(frozen=True)
class LoadReport:
    """The result of a load.

    ``kept`` counts, by file of our layout, the database's rows that the source no longer names: they stay.
    ``as_of`` is the day of each force's data, by force code. ``not_read`` are names in a folder or zip that are
    no CSV files.
    """

    source: str
    layout: str
    files: tuple[FileCount, ...]
    rows_set_aside: tuple[SetAside, ...]
    changed_forces: tuple[str, ...]
    as_of: dict[str, date]
    kept: dict[str, int]
    missing_files: tuple[str, ...] = ()
    not_read: tuple[str, ...] = ()

    @property
    def read(self) -> int:
        """Rows read from all files."""
        return sum(file.read for file in self.files)

    @property
    def loaded(self) -> int:
        """Rows that were new or changed."""
        return sum(file.loaded for file in self.files)

    @property
    def unchanged(self) -> int:
        """Rows that the database already held, the same."""
        return sum(file.unchanged for file in self.files)

    @property
    def set_aside(self) -> int:
        """Rows that could not be used."""
        return sum(file.set_aside for file in self.files)

    @property
    def sentence(self) -> str:
        """The closing line: read = loaded + unchanged + set aside."""
        return (
            f"read {self.read:,} = loaded {self.loaded:,} + unchanged {self.unchanged:,} + set aside {self.set_aside:,}"
        )

    @property
    def reasons(self) -> tuple[tuple[str, str, str, int, tuple[int, ...]], ...]:
        """File, column, reason, rows set aside for it, and the first five row numbers; most rows first."""
        counts = Counter((row.file, row.column, row.reason) for row in self.rows_set_aside)
        rows: dict[tuple[str, str, str], list[int]] = {}
        for row in self.rows_set_aside:
            first = rows.setdefault((row.file, row.column, row.reason), [])
            if len(first) < 5:
                first.append(row.row)
        return tuple((*key, n, tuple(rows[key])) for key, n in counts.most_common())


@dataclass
class Accounts:
    """What is known of each row while a load runs; the worst that happened to a row counts."""

    states: dict[str, bytearray] = field(default_factory=dict)
    set_aside: list[SetAside] = field(default_factory=list)

    def note(self, origins: tuple[Origin, ...], state: int) -> None:
        """Something happened to the rows."""
        for file, row in origins:
            known = self.states.setdefault(file, bytearray())
            if len(known) <= row:
                known.extend(bytes(max(row + 1 - len(known), 4096)))
            if known[row] < state:
                known[row] = state

    def note_all(self, origins: Origins, state: int) -> None:
        """Something happened to all of these rows."""
        self._raise(origins.file, origins.numbers, state)
        for file, rows in origins.joined:
            self._raise(file, [row for row in rows if row], state)

    def _raise(self, file: str, rows: Sequence[int], state: int) -> None:
        if not rows:
            return
        known, last = self.states.setdefault(file, bytearray()), max(rows)
        if len(known) <= last:
            known.extend(bytes(last + 4096 - len(known)))
        if isinstance(rows, range) and rows.step == 1:
            known[rows.start : rows.stop] = known[rows.start : rows.stop].translate(_AT_LEAST[state])
            return
        for row in rows:
            if known[row] < state:
                known[row] = state

    def refuse(self, origin: Origin, column: str, reason: str) -> None:
        """Set a row aside; a second reason for the same row is not counted again."""
        file, row = origin
        known = self.states.get(file, b"")
        if row < len(known) and known[row] == SET_ASIDE:
            return
        self.note((origin,), SET_ASIDE)
        self.set_aside.append(SetAside(file, row, column, reason))

    def mark(self) -> tuple[dict[str, bytes], int]:
        """What is known now, to come back to."""
        return {file: bytes(known) for file, known in self.states.items()}, len(self.set_aside)

    def return_to(self, mark: tuple[dict[str, bytes], int]) -> None:
        """Forget what happened since."""
        states, aside = mark
        self.states = {file: bytearray(known) for file, known in states.items()}
        del self.set_aside[aside:]

    def close(self, unused_reason: str) -> None:
        """Rows that nothing was made of are set aside too, so that the sum holds."""
        for file, known in self.states.items():
            row = known.find(READ)
            while row >= 0:
                self.refuse((file, row), "", unused_reason)
                row = known.find(READ, row + 1)

    def counts(self) -> tuple[FileCount, ...]:
        """The sums of each file. Raises CaselightError if a row is unaccounted for."""
        found = []
        for file, known in self.states.items():
            loaded, same, aside = (known.count(state) for state in (LOADED, UNCHANGED, SET_ASIDE))
            read = len(known) - known.count(0)
            if read != loaded + same + aside:
                raise CaselightError(f"The rows of {file} do not add up. Nothing was loaded; please report this.")
            found.append(FileCount(file, read, loaded, same, aside))
        return tuple(found)
