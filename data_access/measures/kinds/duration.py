"""Days or hours from a start to an event, with those who still wait."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, and_

from data_access.errors import Refused
from data_access.measures.kinds.kind import cells_of
from data_access.measures.recipes import Result, Rows
from data_access.question import Key, Question
from data_access.statistics.survival import Curve, kaplan_meier

QUARTILES = {"lower": 0.25, "median": 0.5, "upper": 0.75}
QUARTILE = "quartile"
MINUTES = 1440  # of a day, and 60 of an hour


class Followed(NamedTuple):
    """How long each was followed, in days or minutes, as counts: the cell of the row, whether observed, how many."""

    cell: np.ndarray
    length: np.ndarray
    observed: np.ndarray
    people: np.ndarray


@dataclass(frozen=True)
class Duration:
    """Time from a start to an event, by Kaplan-Meier: who has not got there yet still counts as waiting.

    An event after ``ended_on`` does not count: who had ended by then was followed to that day.
    ``minutes`` is the column of whole minutes from start to event; then the
    figure is in hours, and who still waits was followed for whole days of 24.
    """

    rows: Rows
    event_on: ColumnElement
    ended_on: ColumnElement
    longest: int = 730
    minutes: ColumnElement | None = None
    columns: ClassVar[dict[str, str]] = {
        "numerator": "those who got there (by key days or hours: in that day or hour)",
        "denominator": "all who started in the period (by key days or hours: still waiting when it began)",
        "value": "median, empty when not reached (by key quartile: that quartile; by key days or hours: share that "
        "got there by its end)",
        "lower, upper": "95 % limits, log-log",
        "n": "all who started in the period",
    }

    @property
    def unit_per_day(self) -> int:
        """24 for hours, 1 for days."""
        return 1 if self.minutes is None else 24

    @property
    def time(self) -> str:
        """Name of the key of the curve: days or hours since the start."""
        return "days" if self.minutes is None else "hours"

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys of the rows, the time since the start, and the quartiles."""
        passed = self.event_on - self.rows.day
        times = Key(self.time, passed * self.unit_per_day, tuple(map(str, range(self.longest + 1))))
        return (*self.rows.keys, times, Key(QUARTILE, passed, tuple(QUARTILES)))

    def result(self, question: Question, title: str) -> Result:
        """The median of each cohort, its quartiles, or the whole curve when asked by days or hours."""
        asked = question.chosen(self.keys, title)
        own = (self.time, QUARTILE)
        keys = tuple(key for key in asked if key.name not in own)
        if all(name in question.by for name in own):
            raise Refused(f"{title} is shown by {self.time} or by quartile, not by both. Leave one of them out.")
        shape = (len(question.ends), *(len(question.axis(key).labels) for key in keys))
        found = self.followed(question, keys, title)
        if self.time in question.by:
            return self._curves(found, shape, (*keys, _named(asked, self.time)))
        return self._quartiles(found, shape, keys, _named(asked, QUARTILE) if QUARTILE in question.by else None)

    def followed(self, question: Question, keys: tuple[Key, ...], title: str) -> Followed:
        """How long each of the cohort was followed, as counts."""
        fact, start, per = self.rows.fact, self.rows.day, 1 if self.minutes is None else MINUTES
        base = self.rows.conditions(question, title)
        happened = and_(question.upto(fact, self.event_on), self.event_on <= self.ended_on)
        ended = question.upto(fact, self.ended_on)
        took = self.event_on - start if self.minutes is None else self.minutes
        arrived = question.count(fact, (*keys, Key("length", took)), [*base, happened], start)
        gone = question.count(fact, (*keys, Key("length", self.ended_on - start)), [*base, ~happened, ended], start)
        force = Key("of_force", fact.c.force_id)
        waiting = question.count(fact, (*keys, force), [*base, ~happened, ~ended], start, step=1)
        known = np.array([question.as_of[int(f)] for f in waiting.columns["of_force"]], dtype=np.int64)
        lengths = (
            arrived.columns["length"],
            gone.columns["length"] * per,
            (known - waiting.columns["day"]) * per,
        )
        parts = []
        for counts, length, observed in zip((arrived, gone, waiting), lengths, (True, False, False), strict=True):
            cell, inside = cells_of(question, keys, counts)
            there = np.full(int(inside.sum()), observed)
            parts.append((cell[inside], np.maximum(length[inside], 0), there, counts.tally[inside]))
        return Followed(*(np.concatenate(part) for part in zip(*parts, strict=True)))

    def _quartiles(
        self, found: Followed, shape: tuple[int, ...], keys: tuple[Key, ...], quartile: Key | None
    ) -> Result:
        wanted = tuple(QUARTILES.values()) if quartile else (QUARTILES["median"],)
        value, lower, upper = (np.full((*shape, len(wanted)), np.nan) for _ in range(3))
        for cell, curve in _by_cell(found):
            place = np.unravel_index(cell, shape)
            for last, share in enumerate(wanted):
                scale = 1 if self.minutes is None else 60
                value[place][last], lower[place][last], upper[place][last] = (x / scale for x in curve.quantile(share))
        events, n = (
            np.repeat(_totals(found, shape, some)[..., None], len(wanted), -1) for some in (found.observed, True)
        )
        if not quartile:
            value, lower, upper, events, n = (array[..., 0] for array in (value, lower, upper, events, n))

        def note(place: tuple[int, ...]) -> str:
            name = list(QUARTILES)[place[-1]] if quartile else "median"
            return f"{_SAID[name]} not reached" if n[place] and np.isnan(value[place]) else ""

        return Result((*keys, quartile) if quartile else keys, events, n, value, lower, upper, n, note)

    def _curves(self, found: Followed, shape: tuple[int, ...], keys: tuple[Key, ...]) -> Result:
        scale = 1 if self.minutes is None else 60
        steps = np.arange(self.longest + 1)
        value, lower, upper = (np.full((*shape, len(steps)), np.nan) for _ in range(3))
        for cell, curve in _by_cell(found):
            place = np.unravel_index(cell, shape)
            survival, low, high, _ = curve.at(steps * scale)
            value[place], lower[place], upper[place] = 1 - survival, 1 - high, 1 - low
        bins = np.minimum(-(-found.length // scale), len(steps))
        got, gone = (np.zeros((*shape, len(steps) + 1), np.int64) for _ in range(2))
        np.add.at(got, (*np.unravel_index(found.cell, shape), bins), np.where(found.observed, found.people, 0))
        np.add.at(gone, (*np.unravel_index(found.cell, shape), bins), found.people)
        total = gone.sum(axis=-1, keepdims=True)
        at_risk = (total - gone.cumsum(axis=-1) + gone)[..., :-1]
        n = np.broadcast_to(total, at_risk.shape)
        return Result(keys, got[..., :-1], at_risk, value, lower, upper, n, keep=at_risk > 0)


_SAID = {"lower": "lower quartile", "median": "median", "upper": "upper quartile"}


def _named(keys: tuple[Key, ...], name: str) -> Key:
    return next(key for key in keys if key.name == name)


def _totals(found: Followed, shape: tuple[int, ...], some: np.ndarray | bool) -> np.ndarray:
    total = np.zeros(shape, np.int64)
    np.add.at(total, np.unravel_index(found.cell, shape), np.where(some, found.people, 0))
    return total


def _by_cell(found: Followed) -> Iterator[tuple[int, Curve]]:
    """Cell and curve of each cell that holds somebody."""
    if not len(found.cell):
        return  # numpy would split nothing into one part
    order = np.argsort(found.cell, kind="stable")
    cells, first = np.unique(found.cell[order], return_index=True)
    for cell, rows in zip(cells, np.split(order, first[1:]), strict=True):
        yield int(cell), _curve(found, rows)


def _curve(found: Followed, rows: np.ndarray) -> Curve:
    return kaplan_meier(found.length[rows], found.observed[rows], found.people[rows])
