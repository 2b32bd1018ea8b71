"""How cases end, where one end rules out the others."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from sqlalchemy import ColumnElement

from data_access.measures.kinds.duration import Duration, Followed
from data_access.measures.recipes import Result, Rows
from data_access.question import Key, Question
from data_access.statistics.competing import Incidence, cumulative_incidence

HORIZON = 365  # days from the start, for a figure without its curve


@dataclass(frozen=True)
class Endings:
    """The share of those who started in a period that has come to each end, by Aalen-Johansen.

    Who has not ended by the as-of day was followed to that day and still counts.
    """

    rows: Rows
    ended_on: ColumnElement
    ending: Key
    longest: int = 730
    columns: ClassVar[dict[str, str]] = {
        "numerator": "those who came to this end within 365 days (by key days: on that day)",
        "denominator": "all who started in the period (by key days: still without an end just before that day)",
        "value": "share that came to this end within 365 days (by key days: by that day)",
        "lower, upper": "95 % limits, log-log, of the Aalen variance",
        "n": "all who started in the period",
    }

    @property
    def always(self) -> tuple[str, ...]:
        """Names of the keys that the frame always has."""
        return (self.ending.name,)

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys of the rows, the ends, and the days since the start."""
        days = Key("days", self.ended_on - self.rows.day, tuple(map(str, range(self.longest + 1))))
        return (*self.rows.keys, self.ending, days)

    def result(self, question: Question, title: str) -> Result:
        """The share of each end within a year, or by each day when asked by days."""
        asked = question.chosen(self.keys, title)
        own = (self.ending.name, "days")
        keys = tuple(key for key in asked if key.name not in own)
        shape = (len(question.ends), *(len(question.axis(key).labels) for key in keys))
        ends = len(self.ending.names or ())
        found = Duration(self.rows, self.ended_on, self.ended_on).followed(question, (*keys, self.ending), title)
        steps = np.arange(self.longest + 1) if "days" in question.by else np.array([HORIZON])
        parts = self._curves(found, int(np.prod(shape)), ends, steps)
        numerator, at_risk, value, lower, upper, n = (part.reshape(*shape, ends, len(steps)) for part in parts)
        out = (*keys, self.ending)
        if "days" in question.by:
            days = next(key for key in asked if key.name == "days")
            return Result((*out, days), numerator, at_risk, value, lower, upper, n, keep=at_risk > 0)
        within, n = numerator[..., 0], n[..., 0]

        def note(place: tuple[int, ...]) -> str:
            return f"nobody followed for {HORIZON} days" if n[place] and np.isnan(value[..., 0][place]) else ""

        return Result(out, within, n, value[..., 0], lower[..., 0], upper[..., 0], n, note)

    def _curves(self, found: Followed, cells: int, ends: int, steps: np.ndarray) -> tuple[np.ndarray, ...]:
        """Arrays of shape (cells, ends, steps): ends seen, at risk, share, limits, and all."""
        shape = (cells, ends, len(steps))
        value, lower, upper = (np.full(shape, np.nan) for _ in range(3))
        seen, at_risk, n = (np.zeros(shape, np.int64) for _ in range(3))
        whose, end = np.divmod(found.cell, ends)
        for cell in np.unique(whose):
            rows = whose == cell
            kinds = np.where(found.observed[rows], end[rows] + 1, 0)  # 0 is still followed when last seen
            lengths, people = found.length[rows], found.people[rows]
            curve = cumulative_incidence(lengths, kinds, people)
            n[cell] = people.sum()
            at_risk[cell] = [int(people[lengths >= step].sum()) for step in steps]
            for place in range(ends):
                mine = kinds == place + 1
                upto = lengths <= steps[0] if len(steps) == 1 else None
                seen[cell, place] = (
                    people[mine & upto].sum()
                    if upto is not None
                    else np.bincount(lengths[mine], people[mine], max(len(steps), int(lengths.max()) + 1))[: len(steps)]
                )
                value[cell, place], lower[cell, place], upper[cell, place] = _at(curve, place + 1, steps)
        return seen, at_risk, value, lower, upper, n


def _at(curve: Incidence, kind: int, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Share with the end by each step, and limits; nan once nobody is followed, 0 where nobody had that end."""
    known = np.searchsorted(curve.time, steps, side="left") < len(curve.time)
    known |= bool(len(curve.kinds)) and bool(np.isclose(curve.share[:, -1].sum(), 1.0))
    nothing = np.full(len(steps), np.nan)
    if kind not in curve.kinds:
        return np.where(known, 0.0, np.nan), nothing, nothing
    row, here = curve.kinds.index(kind), np.searchsorted(curve.time, steps, side="right") - 1
    return tuple(  # type: ignore[return-value]
        np.where(known, part[row, here], np.nan) for part in (curve.share, curve.lower, curve.upper)
    )
