"""Who is followed when: the sets at risk that every survival curve counts, from rows of counts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Followed:
    """Rows of people: when they left observation, how many they are, and which given rows they were.

    ``time`` holds every moment at which something happens, 0 first, and
    ``at_risk`` how many were followed just before each of them.
    """

    exits: Floats
    people: Counts
    kept: Flags
    time: Floats
    at_risk: Counts

    def at_each_time(self, which: Flags) -> Counts:
        """How many people of the rows that ``which`` marks leave at each of the times."""
        places = np.searchsorted(self.time, self.exits[which])
        return np.bincount(places, weights=self.people[which], minlength=len(self.time)).astype(np.int64)


def followed(durations: ArrayLike, counts: ArrayLike | None, entry: ArrayLike | None) -> Followed:
    """The sets at risk of people followed from ``entry`` (if given) to ``durations``.

    Each row stands for ``counts`` people, 1 each if left out. Rows of nobody are
    dropped. ValueError where lengths differ, a duration or a count is negative
    or missing, a count is no whole number, or an entry is not before its duration.
    """
    exits = np.asarray(durations, dtype=float).ravel()
    people = np.ones(len(exits), dtype=np.int64) if counts is None else _whole(counts)
    starts = np.full(len(exits), -np.inf) if entry is None else np.asarray(entry, dtype=float).ravel()
    _check(exits, people, starts)

    kept = people > 0
    exits, people, starts = exits[kept], people[kept], starts[kept]
    time = np.unique(np.concatenate([[0.0], exits, starts[np.isfinite(starts)]]))
    at_risk = _from(time, exits, people) - _from(time, starts, people)
    if entry is not None:
        at_risk[0] = people[starts <= 0].sum()
    return Followed(exits, people, kept, time, at_risk)


def _from(time: Floats, marks: Floats, people: Counts) -> Counts:
    """How many people have their mark at each time or later."""
    order = np.argsort(marks, kind="stable")
    later = np.concatenate([np.cumsum(people[order][::-1])[::-1], [0]])
    return later[np.searchsorted(marks[order], time, side="left")].astype(np.int64)


def _whole(counts: ArrayLike) -> Counts:
    given = np.asarray(counts).ravel()
    if not np.all(np.equal(np.mod(given, 1), 0)):
        raise ValueError("Counts of people are whole numbers.")
    return given.astype(np.int64)


def _check(exits: Floats, people: Counts, starts: Floats) -> None:
    if not len(exits) == len(people) == len(starts):
        raise ValueError("Durations, counts and entry need the same number of rows.")
    if not np.all(np.isfinite(exits) & (exits >= 0) & (people >= 0)):
        raise ValueError("Durations and counts cannot be negative or missing.")
    if not np.all(starts < exits):
        raise ValueError("Everybody has to come under observation before they leave it.")
