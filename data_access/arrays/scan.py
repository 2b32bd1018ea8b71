"""Rows of one force, cut and masked: what a tally counts, read from the columns themselves."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np

from data_access.arrays.asked import FIRST, LAST, OfForce
from data_access.arrays.columns import Columns
from data_access.arrays.evaluate import holds, value
from data_access.arrays.terms import TRUE, Term, joined

_MARGIN = {"<=": ("high", 0), "<": ("high", -1), ">=": ("low", 0), ">": ("low", 1)}


class Counted(NamedTuple):
    """Parts of a tally: an array (or one number) for each key, the day, and how many; all of one length."""

    keys: list[np.ndarray | int]
    day: np.ndarray | None
    tally: np.ndarray | None  # None: each row counts once
    rows: int


class _Chosen(Mapping):
    """Columns of some rows, each taken when it is first asked for."""

    def __init__(self, arrays: Mapping[str, np.ndarray], rows: slice | np.ndarray):
        self.arrays, self.rows = arrays, rows
        self._taken: dict[str, np.ndarray] = {}

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self._taken:
            self._taken[name] = self.arrays[name][self.rows]
        return self._taken[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)


def scanned(columns: Columns, question: OfForce, keys: Sequence[Term], bounded: bool = True) -> Counted:
    """Rows of the question by the keys. Not ``bounded``: of all days and all values of the filters."""
    parts = list(question.rest)
    if bounded:
        parts += [("in", of, wanted) for of, wanted in question.filters]
        if question.low > FIRST:
            parts.append((">=", question.day, question.low))
        if question.high < LAST:
            parts.append(("<=", question.day, question.high))
    start, stop, left = _cut(columns, parts)
    arrays: Mapping[str, np.ndarray] = _Chosen(columns.arrays, slice(start, stop))
    rows = stop - start
    condition = joined("and", left)
    if condition != TRUE:
        found = holds(condition, arrays)
        if isinstance(found, np.ndarray):
            which = np.flatnonzero(found)
            rows, arrays = len(which), _Chosen(arrays, which)
        elif not found:
            rows, arrays = 0, _Chosen(arrays, slice(0, 0))
    day = None if question.day is None else filled(value(question.day, arrays), rows)
    weight = None if question.weight is None else filled(value(question.weight, arrays), rows)
    return Counted([value(key, arrays) for key in keys], day, weight, rows)


def filled(numbers: np.ndarray | int, rows: int) -> np.ndarray:
    """An array, also where one number stands for all rows."""
    return np.full(rows, numbers, np.int64) if isinstance(numbers, int) else numbers


def _cut(columns: Columns, parts: list[Term]) -> tuple[int, int, list[Term]]:
    """First row and first one after those that the bounds of the sorted column leave, and the other conditions."""
    low, high, left = FIRST, LAST, []
    by = ("column", columns.sort)
    for part in parts:
        if part[0] in _MARGIN and part[1] == by and isinstance(part[2], int):
            side, more = _MARGIN[part[0]]
            if side == "low":
                low = max(low, part[2] + more)
            else:
                high = min(high, part[2] + more)
        else:
            left.append(part)
    days = columns.arrays[columns.sort]
    start = 0 if low == FIRST else _place(days, low, "left")
    stop = len(days) if high == LAST else _place(days, high, "right")
    return start, max(start, stop), left


def _place(days: np.ndarray, day: int, side: Literal["left", "right"]) -> int:
    """Where the day would stand, asked in the type of the days: with another one numpy would first convert them all."""
    kind = np.iinfo(days.dtype)
    if not kind.min <= day <= kind.max:
        return 0 if day < kind.min else len(days)
    return int(np.searchsorted(days, np.array(day, days.dtype), side))
