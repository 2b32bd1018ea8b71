"""Shares: of a stock, of a flow, of a cohort, and of the rows of a transition table."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from sqlalchemy import ColumnElement, and_, case

from data_access.measures.kinds.kind import share, window_over
from data_access.measures.recipes import Result, Rows, Stretches, parted
from data_access.question import Key, Question


@dataclass(frozen=True)
class StockShare:
    """The share of a stock on the last day of each period."""

    stretches: Stretches
    part: ColumnElement[bool]
    columns: ClassVar[dict[str, str]] = {
        "numerator": "those of the denominator with the mark, on the last day of the period",
        "denominator": "all that hold on that day",
        "value": "numerator / denominator, 0 to 1",
        "lower, upper": "Wilson 95 % limits",
        "n": "the same as the denominator",
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
        value, lower, upper = share(part, whole)
        return Result(keys, part, whole, value, lower, upper, whole)


@dataclass(frozen=True)
class FlowShare:
    """The share of the rows of each period."""

    rows: Rows
    part: ColumnElement[bool]
    columns: ClassVar[dict[str, str]] = {
        "numerator": "rows of the period with the mark",
        "denominator": "rows of the period",
        "value": "numerator / denominator, 0 to 1",
        "lower, upper": "Wilson 95 % limits",
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
        value, lower, upper = share(part, whole)
        return Result(keys, part, whole, value, lower, upper, whole)


@dataclass(frozen=True)
class Cohort:
    """Of those who started in a period, the share that got there within a window.

    The last day of the window counts: ``within`` days after the start, or the
    row's own ``due_on``. ``met`` says instead what counts as in time, where a
    window is counted in hours. A period with a window that is still open for
    somebody has a note and no value; or, with ``settled``, counts only those
    whose window is over. Who left early stays in the denominator.
    """

    rows: Rows
    reached_on: ColumnElement
    within: int | None = None
    due_on: ColumnElement | None = None
    met: ColumnElement[bool] | None = None
    settled: bool = False
    columns: ClassVar[dict[str, str]] = {
        "numerator": "those of the denominator who got there within the window; empty while a window is open",
        "denominator": "all who started in the period",
        "value": "numerator / denominator, 0 to 1",
        "lower, upper": "Wilson 95 % limits",
        "n": "the same as the denominator",
    }

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys of the rows."""
        return self.rows.keys

    @property
    def last_on(self) -> ColumnElement:
        """Last day of a row's window."""
        return self.rows.day + self.within if self.due_on is None else self.due_on

    def result(self, question: Question, title: str) -> Result:
        """The share of each cohort whose windows are over."""
        keys = question.chosen(self.keys, title)
        in_time = self.reached_on <= self.last_on if self.met is None else self.met
        got_there = and_(in_time, question.upto(self.rows.fact, self.reached_on))
        if self.settled:
            return self._settled(question, keys, got_there, title)
        both = self.rows.counted(question, parted(keys, got_there), title)
        over = self._over(question, keys, title)
        return share_when_over(keys, both, over, "" if self.within is None else f" of {in_days(self.within)}")

    def _settled(self, question: Question, keys: tuple[Key, ...], got_there: ColumnElement[bool], title: str) -> Result:
        """The share of those whose window is over by the as-of of their force."""
        by = parted(keys, got_there)
        where = [*self.rows.conditions(question, title), question.upto(self.rows.fact, self.last_on)]
        both = question.dense(question.count(self.rows.fact, by, where, self.rows.day), by)
        part, whole = both[..., 1], both.sum(axis=-1)
        value, lower, upper = share(part, whole)
        over = np.broadcast_to(window_over(question, keys, self.within or 0), whole.shape)

        def note(place: tuple[int, ...]) -> str:
            return (
                "" if over[place] else f"those whose window of {in_days(self.within or 0)} is still open are not in it"
            )

        return Result(keys, part, whole, value, lower, upper, whole, note)

    def _over(self, question: Question, keys: tuple[Key, ...], title: str) -> np.ndarray:
        """Whether the window of everybody in the row is over, shape (periods, *keys)."""
        if self.due_on is None:
            return window_over(question, keys, self.within or 0)
        open_ = [*self.rows.conditions(question, title), ~question.upto(self.rows.fact, self.due_on)]
        waiting = question.dense(question.count(self.rows.fact, keys, open_, self.rows.day), keys)
        return (waiting == 0) & window_over(question, keys, 0)


def in_days(number: int) -> str:
    """1 day, 28 days."""
    return f"{number} day" if number == 1 else f"{number} days"


def share_when_over(keys: tuple[Key, ...], both: np.ndarray, over: np.ndarray, length: str) -> Result:
    """A share of rows parted in two (last axis), without a value and with a note where a window is open."""
    part, whole = both[..., 1], both.sum(axis=-1)
    value, lower, upper = share(part, whole)
    over = np.broadcast_to(over, whole.shape)
    value, lower, upper, part = (np.where(over, a.astype(float), np.nan) for a in (value, lower, upper, part))

    def note(place: tuple[int, ...]) -> str:
        return "" if over[place] else f"the window{length} is still open"

    return Result(keys, part, whole, value, lower, upper, whole, note)


@dataclass(frozen=True)
class Movement:
    """From one level to another: open cases on the last day, and cases closed in the period, never mixed."""

    open: Stretches
    closed: Rows
    columns: ClassVar[dict[str, str]] = {
        "numerator": "cases in the cell",
        "denominator": "cases of the same status and from_level",
        "value": "numerator / denominator, 0 to 1",
        "lower, upper": "Wilson 95 % limits",
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
        ended = self.closed.counted(question, tuple(of_closed[name] for name in names), title)
        place = 1 + [key.name for key in keys].index("status")
        cells = np.stack([still, ended], axis=place)
        along = 1 + [key.name for key in keys].index("to_level")
        rows = np.broadcast_to(cells.sum(axis=along, keepdims=True), cells.shape)
        value, lower, upper = share(cells, rows)
        return Result(keys, cells, rows, value, lower, upper, rows)
