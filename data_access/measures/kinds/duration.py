"""Days from a start to an event, with those who still wait."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from sqlalchemy import ColumnElement, and_

from data_access.measures.recipes import Result, Rows
from data_access.question import Key, Question
from data_access.statistics.survival import kaplan_meier
from data_access.tally import DAY, Counts


@dataclass(frozen=True)
class Duration:
    """Days from a start to an event, by Kaplan-Meier: who has not got there yet still counts as waiting.

    An event after ``ended_on`` does not count: who had ended by then was followed to that day.
    """

    rows: Rows
    event_on: ColumnElement
    ended_on: ColumnElement
    longest: int = 730
    columns: ClassVar[dict[str, str]] = {
        "numerator": "those who got there (by key days: on that day)",
        "denominator": "all who started in the period (by key days: still waiting at that day)",
        "value": "median days, empty when not reached (by key days: share that got there by that day)",
        "lower, upper": "95 % limits, log-log",
        "n": "all who started in the period",
    }

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys of the rows, and the day since the start."""
        return (*self.rows.keys, Key("days", self.event_on - self.rows.day, tuple(map(str, range(self.longest + 1)))))

    def result(self, question: Question, title: str) -> Result:
        """The median of each cohort, or the whole curve when asked by days."""
        keys = tuple(key for key in question.chosen(self.keys, title) if key.name != "days")
        shape = (len(question.ends), *(len(question.axis(key).labels) for key in keys))
        got, left, lengths = self._lengths(question, keys, shape, title)
        if "days" in question.by:
            return self._curves(question, keys, got, left, title)
        median, lower, upper = (np.full(shape, np.nan) for _ in range(3))
        for place in np.ndindex(shape):
            if got[place].sum() + left[place].sum():
                curve = _curve(got[place], left[place], lengths)
                median[place], lower[place], upper[place] = curve
        events, n = got.sum(axis=-1), got.sum(axis=-1) + left.sum(axis=-1)

        def note(place: tuple[int, ...]) -> str:
            return "median not reached" if n[place] and np.isnan(median[place]) else ""

        return Result(keys, events, n, median, lower, upper, n, note)

    def _lengths(
        self, question: Question, keys: tuple[Key, ...], shape: tuple[int, ...], title: str
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Events and censorings by whole days, shape (periods, *keys, days); as many days as anybody waited."""
        fact, start = self.rows.fact, self.rows.day
        base = self.rows.conditions(question, title)
        happened = and_(question.upto(fact, self.event_on), self.event_on <= self.ended_on)
        ended = question.upto(fact, self.ended_on)
        arrived, gone = (
            question.count(fact, (*keys, Key("length", length)), [*base, *where], start)
            for where, length in (
                ([happened], self.event_on - start),
                ([~happened, ended], self.ended_on - start),
            )
        )
        force = Key("of_force", fact.c.force_id)
        waiting = question.count(fact, (*keys, force), [*base, ~happened, ~ended], start, step=1)
        known = np.array([question.as_of[int(f)] for f in waiting.columns["of_force"]], dtype=np.int64)
        waited = known - waiting.columns["day"]
        parts = (arrived.columns["length"], gone.columns["length"], waited)
        lengths = np.arange(max(self.longest, *(int(part.max(initial=0)) for part in parts)) + 1)
        got, left = np.zeros((*shape, len(lengths)), np.int64), np.zeros((*shape, len(lengths)), np.int64)
        for filled, part, sparse in zip((got, left, left), parts, (arrived, gone, waiting), strict=True):
            self._add(question, keys, filled, part, sparse)
        return got, left, lengths

    def _add(
        self, question: Question, keys: tuple[Key, ...], filled: np.ndarray, lengths: np.ndarray, sparse: Counts
    ) -> None:
        day = sparse.columns.get(DAY)
        period = (
            np.zeros(len(sparse.tally), np.int64)
            if day is None or question.step == 0
            else np.searchsorted(question.ends, day, side="right")
        )
        places = [
            period,
            *(question.axis(key).place(sparse.columns[key.name]) for key in keys),
            np.maximum(lengths, 0),
        ]
        inside = np.logical_and.reduce([p >= 0 for p in places])
        np.add.at(filled, tuple(p[inside] for p in places), sparse.tally[inside])

    def _curves(
        self, question: Question, keys: tuple[Key, ...], got: np.ndarray, left: np.ndarray, title: str
    ) -> Result:
        shape = (*got.shape[:-1], self.longest + 1)
        value, lower, upper = (np.full(shape, np.nan) for _ in range(3))
        total = got.sum(axis=-1) + left.sum(axis=-1)
        gone = (got + left).cumsum(axis=-1) - (got + left)
        at_risk = total[..., None] - gone
        lengths, days = np.arange(got.shape[-1]), np.arange(self.longest + 1)
        for place in np.ndindex(shape[:-1]):
            if total[place]:
                curve = kaplan_meier(*_long(got[place], left[place], lengths))
                survival, low, high, _ = curve.at(days)
                value[place], lower[place], upper[place] = 1 - survival, 1 - high, 1 - low
        got, at_risk = got[..., : self.longest + 1], at_risk[..., : self.longest + 1]
        keep = (at_risk > 0) & np.ones(shape, bool)
        order = question.chosen(self.keys, title)
        keys_out = (*keys, next(key for key in order if key.name == "days"))
        n = np.broadcast_to(total[..., None], shape)
        return Result(keys_out, got, at_risk, value, lower, upper, n, keep=keep)


def _long(got: np.ndarray, left: np.ndarray, days: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Durations, whether observed, and counts, as the estimator takes them."""
    durations = np.concatenate([days, days])
    observed = np.concatenate([np.ones(len(days), bool), np.zeros(len(days), bool)])
    counts = np.concatenate([got, left])
    some = counts > 0
    return durations[some], observed[some], counts[some]


def _curve(got: np.ndarray, left: np.ndarray, days: np.ndarray) -> tuple[float, float, float]:
    quantile = kaplan_meier(*_long(got, left, days)).quantile(0.5)
    return quantile.value, quantile.lower, quantile.upper
