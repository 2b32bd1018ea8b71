"""What a measure counts: rows on a day, or stretches between days, and the arrays that follow from them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Table, case

from data_access.measures.exposure import days_spent
from data_access.question import Key, Question

PART = "part"


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of a fact that fall on a day. ``without`` says why a key is not among the keys.

    ``held``: first day on which a row tells how things stand, and the first on
    which another row has taken its place, where a later row can replace it.
    """

    fact: Table
    day: ColumnElement
    keys: tuple[Key, ...]
    where: tuple[ColumnElement[bool], ...] = ()
    without: Mapping[str, str] = field(default_factory=dict)
    held: tuple[ColumnElement, ColumnElement] | None = None

    def conditions(self, question: Question, title: str) -> list[ColumnElement[bool]]:
        """Inside the slice, and not after the as-of of the row's force."""
        bounds = question.slice.bounds
        known = []
        if self.held is not None:
            known = [question.upto(self.fact, self.held[0]), ~question.upto(self.fact, self.held[1])]
        return [
            *question.conditions(self.fact, self.keys, title, self.without),
            *self.where,
            *known,
            self.day >= bounds.start,
            question.upto(self.fact, self.day, bounds.end - 1),
        ]

    def counted(self, question: Question, keys: tuple[Key, ...], title: str) -> np.ndarray:
        """Rows by period and keys, shape (periods, *keys)."""
        counts = question.count(self.fact, keys, self.conditions(question, title), self.day)
        return question.dense(counts, keys)


@dataclass(frozen=True, eq=False)
class Stretches:
    """Rows that hold from ``since`` up to, not including, ``until``.

    ``begins`` takes the place of ``since`` where it lies later, as for cases older than 90 days.
    ``filtered_by`` are the keys of the filters, where they are not those of the breakdown.
    """

    fact: Table
    keys: tuple[Key, ...]
    where: tuple[ColumnElement[bool], ...] = ()
    weight: ColumnElement | None = None
    without: Mapping[str, str] = field(default_factory=dict)
    filtered_by: tuple[Key, ...] = ()
    begins: ColumnElement | None = None

    @property
    def since(self) -> ColumnElement:
        """First day on which a row holds."""
        return self.fact.c.since if self.begins is None else self.begins

    def stock(self, question: Question, keys: tuple[Key, ...], title: str) -> np.ndarray:
        """What held on the last day of each period: begun minus ended, summed along time."""
        last = question.slice.bounds.end - 1
        base = [*question.conditions(self.fact, self.filtered_by or self.keys, title, self.without), *self.where]
        change: Any = 0
        for day, sign in ((self.since, 1), (self.fact.c.until, -1)):
            where = [*base, question.upto(self.fact, day, last)]
            counts = question.count(self.fact, keys, where, day, weight=self.weight)
            change = change + sign * question.dense(counts, keys)
        return np.cumsum(change, axis=0)

    def exposure(self, question: Question, keys: tuple[Key, ...], title: str) -> np.ndarray:
        """How many days were spent in each period, shape (periods, *keys): the sum of its daily stocks.

        Whole numbers, times the weight. Days after the as-of of the row's force
        do not count, so a period that is not over has only the days that it has had.
        """
        edges = np.array([question.slice.bounds.start, *question.ends], dtype=np.int64)
        return np.diff(self.spent(question, keys, title, edges), axis=0)

    def spent(
        self, question: Question, keys: tuple[Key, ...], title: str, edges: np.ndarray, back: int = 0
    ) -> np.ndarray:
        """Days spent until ``back`` days before each edge (ascending day numbers), shape (edges, *keys)."""
        where = [*question.conditions(self.fact, self.filtered_by or self.keys, title, self.without), *self.where]
        return days_spent(question, self.fact, keys, where, edges, self.weight, back)

    def on_last_day(self, question: Question, title: str) -> list[ColumnElement[bool]]:
        """Conditions for the rows that hold on the last day: the list behind the last number."""
        last = question.slice.bounds.end - 1
        return [
            *question.conditions(self.fact, self.filtered_by or self.keys, title, self.without),
            *self.where,
            question.upto(self.fact, self.since, last),
            ~question.upto(self.fact, self.fact.c.until, last),
        ]


def parted(keys: tuple[Key, ...], part: ColumnElement[bool]) -> tuple[Key, ...]:
    """The keys and one more: whether the row is part of the numerator."""
    return (*keys, Key(PART, case((part, 1), else_=0), ("rest", "part")))


@dataclass(frozen=True)
class Result:
    """Arrays of one figure, all of shape (periods, *keys); nan means "no value".

    ``keep`` masks rows that mean nothing (an advocate of another force).
    """

    keys: tuple[Key, ...]
    numerator: np.ndarray
    denominator: np.ndarray | None
    value: np.ndarray
    lower: np.ndarray | None = None
    upper: np.ndarray | None = None
    n: np.ndarray | None = None
    notes: Callable[[tuple[int, ...]], str] | None = None
    keep: np.ndarray | None = None
    labels: dict[str, tuple[str, ...]] | None = None

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """Periods, then the keys."""
        return self.numerator.shape
