"""Wider tallies: counted once for every day and every value of the filters, then sliced for each question.

A wider tally of one force holds the cells that exist: its day, the question's keys and the columns of its filters, and
how many. Whatever else is asked of it (other days, other values, fewer keys) is a slice of it, at a cost that follows
the cells and not the rows. It is kept for its force and version alone, so that a slice never meets another force.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from data_access.arrays.asked import FIRST, LAST, OfForce
from data_access.arrays.columns import KINDS, Columns
from data_access.arrays.evaluate import holds
from data_access.arrays.grouped import grouped
from data_access.arrays.room import Room
from data_access.arrays.scan import Counted, filled, scanned
from data_access.arrays.terms import Term

FEWER = 2  # rows for each cell from which slicing is worth its memory
SMALL = 512  # rows under which a scan costs no more than a slice
MOST, MOST_BYTES = 10_000, 64 * 2**20
HELD = 2_000  # bytes of a wider tally beside its numbers: its terms and what holds them


@dataclass(frozen=True, eq=False)
class Wide:
    """Cells of one force in the order of the day: an array for each column, and how many."""

    columns: Mapping[Term, np.ndarray]
    day: np.ndarray | None
    tally: np.ndarray

    @property
    def bytes(self) -> int:
        """What the arrays take."""
        arrays = [*self.columns.values(), self.tally, *([] if self.day is None else [self.day])]
        return sum(array.nbytes for array in arrays)

    def sliced(self, question: OfForce) -> Counted:
        """The cells of the question."""
        start, stop = 0, len(self.tally)
        if self.day is not None:
            start = 0 if question.low == FIRST else int(np.searchsorted(self.day, question.low, "left"))
            stop = stop if question.high == LAST else int(np.searchsorted(self.day, question.high, "right"))
        rows: slice | np.ndarray = slice(start, stop)
        chosen: Any = None
        for of, wanted in question.filters:
            here = holds(("in", ("column", ""), wanted), {"": self.columns[of][start:stop]})
            chosen = here if chosen is None else chosen & here
        if chosen is not None:
            rows = np.flatnonzero(chosen) + start
        tally = self.tally[rows]
        keys = [key if isinstance(key, int) else self.columns[key][rows] for key in question.keys]
        return Counted(keys, None if self.day is None else self.day[rows], tally, len(tally))


class Wides:
    """The wider tallies of a process."""

    def __init__(self, most: int = MOST, most_bytes: int = MOST_BYTES):
        self.room = Room(most, most_bytes)

    def parts(self, columns: Columns, state: Hashable, question: OfForce) -> Counted:
        """The parts of the question: a slice of a wider tally, or the rows themselves where there are not many more.

        ``state`` names the fact, the force and the version of the columns.
        """
        if columns.rows <= SMALL:
            return scanned(columns, question, question.keys)
        needed = frozenset(key for key in (*question.keys, *dict(question.filters)) if not isinstance(key, int))
        key = (state, question.day, question.rest, question.weight)
        known: dict[frozenset[Term], Wide | None] = self.room.get(key) or {}
        fitting = [wide for held, wide in known.items() if wide is not None and needed <= held]
        if fitting:
            return min(fitting, key=lambda wide: len(wide.tally)).sliced(question)
        if any(wide is None and held <= needed for held, wide in known.items()):
            return scanned(columns, question, question.keys)  # with fewer columns it was already as long as the rows
        wide = _counted(columns, question, needed)
        known = {**known, needed: wide}
        self.room.put(key, known, sum(HELD + (one.bytes if one else 0) for one in known.values()))
        return scanned(columns, question, question.keys) if wide is None else wide.sliced(question)


def _counted(columns: Columns, question: OfForce, needed: frozenset[Term]) -> Wide | None:
    """The wider tally of the columns needed; None where it would be about as long as the rows that it counts."""
    names = sorted(needed, key=str)
    found = scanned(columns, question, names, bounded=False)
    if found.rows <= SMALL:
        return None
    by = [*([] if found.day is None else [found.day]), *(filled(key, found.rows) for key in found.keys)]
    if not by:
        by = [np.zeros(found.rows, np.int8)]
    groups, tally = grouped(by, found.tally)
    if len(tally) * FEWER > found.rows:
        return None
    day: np.ndarray | None = None if found.day is None else groups[0].astype(_kind(groups[0]))
    cells = groups[len(groups) - len(names) :] if names else []
    return Wide(
        {name: cell.astype(_kind(cell)) for name, cell in zip(names, cells, strict=True)},
        day,
        tally.astype(_kind(tally)),
    )


def _kind(numbers: np.ndarray) -> type:
    if not len(numbers):
        return np.int8
    low, high = int(numbers.min()), int(numbers.max())
    return next(kind for kind in KINDS if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max)
