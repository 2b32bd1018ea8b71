"""The kinds of figure. Each turns counts into numerator, denominator, value, interval and n.

What these mean for each kind is said in its ``columns``; the docs print it.
"""

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
from sqlalchemy import ColumnElement, and_, case

from data_access import codes
from data_access.directory import Advocate
from data_access.measures.recipes import Result, Rows, Stretches, parted
from data_access.question import Key, Question
from data_access.statistics.intervals import wilson
from data_access.statistics.survival import kaplan_meier
from data_access.tally import DAY

NOTHING = "nothing to divide"


class Kind(Protocol):
    """A kind of figure."""

    columns: ClassVar[dict[str, str]]
    keys: tuple[Key, ...]

    def result(self, question: Question, title: str) -> Result:
        """The figure for a question."""
        ...


def _share(part: np.ndarray, whole: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(whole > 0, part / whole, np.nan)
    lower, upper = wilson(part, whole)
    return value, lower, upper


@dataclass(frozen=True)
class Stock:
    """How many hold on the last day of each period. Never summed over periods."""

    stretches: Stretches
    columns: ClassVar[dict[str, str]] = {
        "numerator": "rows that hold on the last day of the period", "denominator": "empty",
        "value": "the same as the numerator", "lower, upper": "empty: a full count has no sampling error",
        "n": "the same as the numerator",
    }

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys of the stretches."""
        return self.stretches.keys

    def result(self, question: Question, title: str) -> Result:
        """The stock at each period's end."""
        keys = question.chosen(self.keys, title)
        stock = self.stretches.stock(question, keys, title)
        return Result(keys, stock, None, stock.astype(float), n=stock)


@dataclass(frozen=True)
class Flow:
    """How many rows fall in each period."""

    rows: Rows
    columns: ClassVar[dict[str, str]] = {
        "numerator": "rows that fall in the period", "denominator": "empty", "value": "the same as the numerator",
        "lower, upper": "empty: a full count has no sampling error", "n": "the same as the numerator",
    }

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys of the rows."""
        return self.rows.keys

    def result(self, question: Question, title: str) -> Result:
        """The rows of each period."""
        keys = question.chosen(self.keys, title)
        counted = self.rows.counted(question, keys, title)
        return Result(keys, counted, None, counted.astype(float), n=counted)


@dataclass(frozen=True)
class Net:
    """What came in less what went out, in each period."""

    inflow: Rows
    outflow: Rows
    columns: ClassVar[dict[str, str]] = {
        "numerator": "opened in the period", "denominator": "closed in the period (here not a divisor)",
        "value": "opened less closed", "lower, upper": "empty", "n": "opened plus closed",
    }

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys that both directions know."""
        return self.inflow.keys

    def result(self, question: Question, title: str) -> Result:
        """Inflow, outflow and their difference."""
        keys = question.chosen(self.inflow.keys, title)
        opened = self.inflow.counted(question, keys, title)
        closed = self.outflow.counted(question, question.chosen(self.outflow.keys, title), title)
        return Result(keys, opened, closed, (opened - closed).astype(float), n=opened + closed)


@dataclass(frozen=True)
class StockShare:
    """The share of a stock on the last day of each period."""

    stretches: Stretches
    part: ColumnElement[bool]
    columns: ClassVar[dict[str, str]] = {
        "numerator": "those of the denominator with the mark, on the last day of the period",
        "denominator": "all that hold on that day", "value": "numerator / denominator, 0 to 1",
        "lower, upper": "Wilson 95 % limits", "n": "the same as the denominator",
    }

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys of the stretches."""
        return self.stretches.keys

    def result(self, question: Question, title: str) -> Result:
        """The share at each period's end."""
        keys = question.chosen(self.keys, title)
        both = self.stretches.stock(question, parted(keys, self.part), title)
        part, whole = both[..., 1], both.sum(axis=-1)
        value, lower, upper = _share(part, whole)
        return Result(keys, part, whole, value, lower, upper, whole)


@dataclass(frozen=True)
class FlowShare:
    """The share of the rows of each period."""

    rows: Rows
    part: ColumnElement[bool]
    columns: ClassVar[dict[str, str]] = {
        "numerator": "rows of the period with the mark", "denominator": "rows of the period",
        "value": "numerator / denominator, 0 to 1", "lower, upper": "Wilson 95 % limits",
        "n": "the same as the denominator",
    }

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys of the rows."""
        return self.rows.keys

    def result(self, question: Question, title: str) -> Result:
        """The share in each period."""
        keys = question.chosen(self.keys, title)
        both = self.rows.counted(question, parted(keys, self.part), title)
        part, whole = both[..., 1], both.sum(axis=-1)
        value, lower, upper = _share(part, whole)
        return Result(keys, part, whole, value, lower, upper, whole)


@dataclass(frozen=True)
class Cohort:
    """Of those who started in a period, the share that got there within a fixed number of days.

    The last day of the window counts. A period whose window is not over for
    everybody has a note and no value. Who left early stays in the denominator.
    """

    rows: Rows
    reached_on: ColumnElement
    within: int
    columns: ClassVar[dict[str, str]] = {
        "numerator": "those of the denominator who got there within the window; empty while a window is open",
        "denominator": "all who started in the period", "value": "numerator / denominator, 0 to 1",
        "lower, upper": "Wilson 95 % limits", "n": "the same as the denominator",
    }

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys of the rows."""
        return self.rows.keys

    def result(self, question: Question, title: str) -> Result:
        """The share of each cohort whose window is over."""
        keys = question.chosen(self.keys, title)
        got_there = and_(self.reached_on <= self.rows.day + self.within,
                         question.upto(self.rows.fact, self.reached_on))
        both = self.rows.counted(question, parted(keys, got_there), title)
        part, whole = both[..., 1], both.sum(axis=-1)
        value, lower, upper = _share(part, whole)
        over = self._over(question, keys)
        value, lower, upper, part = (np.where(over, a.astype(float), np.nan) for a in (value, lower, upper, part))

        def note(place: tuple[int, ...]) -> str:
            return "" if over[place] else f"the window of {self.within} days is still open"

        return Result(keys, part, whole, value, lower, upper, whole, note)

    def _over(self, question: Question, keys: tuple[Key, ...]) -> np.ndarray:
        """Whether the window of everybody in the row is over, shape (periods, *keys)."""
        by_force = question.ends[:, None] - 1 + self.within <= np.array(list(question.as_of.values()))[None, :]
        names = [key.name for key in keys]
        sizes = [len(question.axis(key).labels) for key in keys]
        if "force" not in names:
            over = by_force.all(axis=1).reshape(-1, *(1 for _ in keys))
        else:
            shape = [len(question.ends), *(size if name == "force" else 1 for name, size in zip(names, sizes, strict=True))]
            over = by_force.reshape(shape)
        return np.broadcast_to(over, (len(question.ends), *sizes))


@dataclass(frozen=True)
class PerPost:
    """Cases for each whole-time post, on the last day of each period. Groups come from the posts."""

    cases: Stretches
    posts: Stretches
    columns: ClassVar[dict[str, str]] = {
        "numerator": "cases with a lead on the last day of the period",
        "denominator": "whole-time equivalents in post and not on long absence on that day",
        "value": "numerator / denominator", "lower, upper": "empty: a full count has no sampling error",
        "n": "the same as the numerator",
    }

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys of the posts."""
        return self.posts.keys

    def result(self, question: Question, title: str) -> Result:
        """Cases per whole-time equivalent; leads not in post are a row of their own."""
        keys = question.chosen(self.posts.keys, title)
        names = [key.name for key in keys]
        of_cases = {key.name: key for key in self.cases.keys}
        # The posts are asked first: they refuse the filters that they cannot answer.
        fte = self.posts.stock(question, keys, title) / 100
        led = self.cases.stock(question, tuple(of_cases[name] for name in names), title)
        labels = {}
        if "advocate" in names:
            axis = 1 + names.index("advocate")
            led = _pooled(led, fte, axis)
            labels["advocate"] = ("not_in_post", *question.axis(keys[axis - 1]).labels[1:])
        with np.errstate(invalid="ignore", divide="ignore"):
            value = np.where(fte > 0, led / fte, np.nan)

        def note(place: tuple[int, ...]) -> str:
            return "led by nobody who is in post" if led[place] and not fte[place] else ""

        return Result(keys, led, fte, value, n=led, notes=note, keep=(fte > 0) | (led > 0) if labels else None, labels=labels)


def _pooled(led: np.ndarray, fte: np.ndarray, axis: int) -> np.ndarray:
    """Move the cases of leads who are not in post to the first place of the axis."""
    stray = np.where(fte > 0, 0, led)
    kept = led - stray
    first = [slice(None)] * led.ndim
    first[axis] = slice(0, 1)
    kept[tuple(first)] += stray.sum(axis=axis, keepdims=True)
    return kept


@dataclass(frozen=True)
class Duration:
    """Days from a start to an event, by Kaplan-Meier: who has not got there yet still counts as waiting."""

    rows: Rows
    event_on: ColumnElement
    ended_on: ColumnElement
    longest: int = 730
    columns: ClassVar[dict[str, str]] = {
        "numerator": "those who got there (by key days: on that day)",
        "denominator": "all who started in the period (by key days: still waiting at that day)",
        "value": "median days, empty when not reached (by key days: share that got there by that day)",
        "lower, upper": "95 % limits, log-log", "n": "all who started in the period",
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

    def _lengths(self, question: Question, keys: tuple[Key, ...], shape: tuple[int, ...], title: str):
        """Events and censorings by whole days, shape (periods, *keys, days)."""
        lengths = np.arange(self.longest + 1)
        got, left = np.zeros((*shape, len(lengths)), np.int64), np.zeros((*shape, len(lengths)), np.int64)
        fact, start = self.rows.fact, self.rows.day
        base = self.rows.conditions(question, title)
        happened, ended = question.upto(fact, self.event_on), question.upto(fact, self.ended_on)
        for filled, where, length in (
            (got, [happened], self.event_on - start),
            (left, [~happened, ended], self.ended_on - start),
        ):
            sparse = question.count(fact, (*keys, Key("length", length)), [*base, *where], start)
            self._add(question, keys, filled, sparse.columns["length"], sparse)
        force = Key("of_force", fact.c.force_id)
        waiting = question.count(fact, (*keys, force), [*base, ~happened, ~ended], start, step=1)
        known = np.array([question.as_of[int(f)] for f in waiting.columns["of_force"]], dtype=np.int64)
        self._add(question, keys, left, known - waiting.columns["day"], waiting)
        return got, left, lengths

    def _add(self, question, keys, filled, lengths, sparse) -> None:
        day = sparse.columns.get(DAY)
        period = np.zeros(len(sparse.tally), np.int64) if day is None or question.step == 0 else \
            np.searchsorted(question.ends, day, side="right")
        places = [period, *(question.axis(key).place(sparse.columns[key.name]) for key in keys),
                  np.clip(lengths, 0, self.longest)]
        inside = np.logical_and.reduce([p >= 0 for p in places])
        np.add.at(filled, tuple(p[inside] for p in places), sparse.tally[inside])

    def _curves(self, question: Question, keys: tuple[Key, ...], got, left, title: str) -> Result:
        shape = got.shape
        value, lower, upper = (np.full(shape, np.nan) for _ in range(3))
        total = got.sum(axis=-1) + left.sum(axis=-1)
        gone = (got + left).cumsum(axis=-1) - (got + left)
        at_risk = total[..., None] - gone
        days = np.arange(shape[-1])
        for place in np.ndindex(shape[:-1]):
            if total[place]:
                curve = kaplan_meier(*_long(got[place], left[place], days))
                survival, low, high, _ = curve.at(days)
                value[place], lower[place], upper[place] = 1 - survival, 1 - high, 1 - low
        keep = (at_risk > 0) & np.ones(shape, bool)
        order = question.chosen(self.keys, title)
        keys_out = (*keys, next(key for key in order if key.name == "days"))
        n = np.broadcast_to(total[..., None], shape)
        return Result(keys_out, got, at_risk, value, lower, upper, n, keep=keep)


def _long(got: np.ndarray, left: np.ndarray, days: np.ndarray):
    """Durations, whether observed, and counts, as the estimator takes them."""
    durations = np.concatenate([days, days])
    observed = np.concatenate([np.ones(len(days), bool), np.zeros(len(days), bool)])
    counts = np.concatenate([got, left])
    some = counts > 0
    return durations[some], observed[some], counts[some]


def _curve(got: np.ndarray, left: np.ndarray, days: np.ndarray) -> tuple[float, float, float]:
    quantile = kaplan_meier(*_long(got, left, days)).quantile(0.5)
    return quantile.value, quantile.lower, quantile.upper


@dataclass(frozen=True)
class Movement:
    """From one level to another: open cases on the last day, and cases closed in the period, never mixed."""

    open: Stretches
    closed: Rows
    exit_on: ColumnElement
    exit_level: ColumnElement
    columns: ClassVar[dict[str, str]] = {
        "numerator": "cases in the cell", "denominator": "cases of the same status and from_level",
        "value": "numerator / denominator, 0 to 1", "lower, upper": "Wilson 95 % limits",
        "n": "the same as the denominator",
    }
    always: ClassVar[tuple[str, ...]] = ("status", "from_level", "to_level")

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys of the open stretches, with the status."""
        status = Key("status", case((self.open.fact.c.case_id > 0, 0), else_=1), ("open", "closed"))
        return (status, *self.open.keys)

    def result(self, question: Question, title: str) -> Result:
        """The transition table, with the share of each row."""
        keys = question.chosen(self.keys, title)
        names = [key.name for key in keys if key.name != "status"]
        of_open = {key.name: key for key in self.open.keys}
        of_closed = {key.name: key for key in self.closed.keys}
        still = self.open.stock(question, tuple(of_open[name] for name in names), title)
        known = question.upto(self.closed.fact, self.exit_on)
        to = case((known, self.exit_level), else_=codes.MOVED_TO.index("not_assessed"))
        of_closed["to_level"] = Key("to_level", to, codes.MOVED_TO)
        ended = self.closed.counted(question, tuple(of_closed[name] for name in names), title)
        place = 1 + [key.name for key in keys].index("status")
        cells = np.stack([still, ended], axis=place)
        along = 1 + [key.name for key in keys].index("to_level")
        rows = np.broadcast_to(cells.sum(axis=along, keepdims=True), cells.shape)
        value, lower, upper = _share(cells, rows)
        return Result(keys, cells, rows, value, lower, upper, rows)


def in_post(advocate: Advocate, first: int, last: int) -> bool:
    """Whether the advocate was in post on any day of the slice."""
    return advocate.started <= last and advocate.left > first

