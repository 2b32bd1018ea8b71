"""A tally: how many, by these keys. Every figure of the product is computed from such whole numbers."""

from array import array
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import count
from threading import Lock
from typing import Any, Protocol

import numpy as np
from sqlalchemy import ColumnElement, Engine, Integer, Select, Table, func, literal_column, select

from data_access.directory import versions_on
from data_access.errors import Moved
from data_access.transactions import one_state
from data_access.walls import ids, reading

DAY = "day"
COUNT = "tally"
MOST_SHAPES = 300
# The answer is kept, so its question is compiled for it alone (1 ms). Kept compiled, 40 questions were a fifth of what
# every collection of garbage walked, and each that was forgotten left a thousand objects in circles.
ONCE = {"compiled_cache": None}
BEGIN, END = object(), object()


@dataclass(frozen=True, eq=False)
class Tally:
    """Counts of a fact's rows by day and keys.

    ``step`` 7 counts by the Monday of ``day``, 1 by the day itself, 0 not by day.
    ``weight`` is summed instead of counting rows, in whole units.
    """

    fact: Table
    keys: tuple[tuple[str, ColumnElement], ...]
    where: tuple[ColumnElement[bool], ...]
    day: ColumnElement | None = None
    step: int = 7
    weight: ColumnElement | None = None

    def select(self) -> Select:
        """The one SELECT. Keys are named in an inner query, because PostgreSQL refuses bound values in GROUP BY."""
        columns = [expression.label(name) for name, expression in self.keys]
        if self.step and self.day is not None:
            bucket = self.day if self.step == 1 else self.day - (self.day + 3) % 7
            columns.insert(0, bucket.label(DAY))
        columns.append((literal_column("1", Integer) if self.weight is None else self.weight).label("w"))
        inner = select(*columns).select_from(self.fact).where(*self.where).subquery("counted_rows")
        groups = [column for column in inner.c if column.name != "w"]
        counted = func.count() if self.weight is None else func.coalesce(func.sum(inner.c.w), 0)
        return select(*groups, counted.label(COUNT)).select_from(inner).group_by(*groups)


@dataclass(frozen=True)
class Counts:
    """The answer to a tally: one int64 array for each key, and the counts, all of one length."""

    columns: dict[str, np.ndarray]
    tally: np.ndarray


class Counter(Protocol):
    """Anything that can count, and fetch rows for a list. Two counters give the same integers."""

    engine: Engine

    def count(self, tally: Tally, reach: tuple) -> Counts:
        """Count, for somebody who may see ``reach``, whose last part is the version of each force's data."""
        ...

    def rows(self, question: Select, reach: tuple) -> list[tuple]:
        """Rows of a list, for somebody who may see ``reach``."""
        ...


class SqlCounter:
    """Counts by one SELECT with GROUP BY. Answers are kept by reach (which holds the data version) and question.

    ``told`` is called when the database holds newer data than a question knew of, which then raises Moved: beside
    other answers it would be of another version. Without it the answer is of the newer data, and not kept.
    """

    def __init__(self, engine: Engine, kept: int = 1024, told: Callable[[], None] | None = None):
        self.engine = engine
        self._told = told
        self._answers: OrderedDict[tuple, Any] = OrderedDict()
        self._shapes = Shapes()
        self._kept = kept
        self._lock = Lock()

    def count(self, tally: Tally, reach: tuple) -> Counts:
        """Counts of the tally; shared and read-only."""
        question = tally.select()
        return self._answer(question, reach, lambda rows: _counts(question, rows))

    def rows(self, question: Select, reach: tuple) -> list[tuple]:
        """Rows of a list; shared, not to be changed."""
        return self._answer(question, reach, lambda rows: rows)

    def _answer(self, question: Select, reach: tuple, made: Callable[[list[tuple]], Any]) -> Any:
        parts, values = told_apart(question)
        with self._lock:
            key = (reach, self._shapes.number(parts), values)
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        with reading(ids(reach)), one_state(self.engine) as connection:
            rows = connection.execute(question, execution_options=ONCE)
            answer = made([tuple(row) for row in rows])
            now = {version[-1]: version for version in versions_on(connection)}
            if any(now.get(version[-1]) != version for version in reach[-1]):
                if self._told is None or all(now.get(version[-1], version) == version for version in reach[-1]):
                    return answer
                self._told()
                raise Moved
        with self._lock:
            self._answers[key] = answer
            if len(self._answers) > self._kept:
                self._answers.popitem(last=False)
        return answer


class Shapes:
    """A number for each shape of a question; one that was forgotten comes back with a new number, never an old one.

    A shape has some 700 parts, of which few are its own: each is kept once, and a shape as their places. Kept as
    tuples, 300 shapes were half of what a full collection of garbage walked (measured).
    """

    def __init__(self, most: int = MOST_SHAPES):
        self._parts: dict[Hashable, int] = {}
        self._shapes: dict[bytes, int] = {}
        self._numbers = count()
        self._most = most

    def number(self, parts: Sequence[Hashable]) -> int:
        """The number of the shape with these parts."""
        shape = self._packed(parts)
        if shape not in self._shapes:
            if len(self._shapes) >= self._most:
                self._shapes.clear()
                self._parts.clear()
                shape = self._packed(parts)
            self._shapes[shape] = next(self._numbers)
        return self._shapes[shape]

    def _packed(self, parts: Sequence[Hashable]) -> bytes:
        known = self._parts
        return array("I", [known.setdefault(part, len(known)) for part in parts]).tobytes()


def told_apart(question: Select) -> tuple[list[Any], str]:
    """What tells one question from another: its shape, as SQLAlchemy tells statements that it has compiled, and values.

    Measured: 0.1 to 0.4 ms; to compile it takes 0.6 to 2.1 ms (SQLAlchemy 2.1).
    """
    made = question._generate_cache_key()
    if made is None:  # a part that SQLAlchemy does not keep
        compiled = question.compile()
        return [str(compiled)], repr(sorted(compiled.params.items()))
    parts: list[Any] = []
    _flatten(made.key, parts)
    return parts, repr([bound.effective_value for bound in made.bindparams])


def _flatten(shape: tuple, parts: list[Any]) -> None:
    """The parts of a nested tuple, in one list."""
    parts.append(BEGIN)
    for part in shape:
        if type(part) is tuple:
            _flatten(part, parts)
        else:
            parts.append(part)
    parts.append(END)


def _counts(question: Select, rows: list[tuple]) -> Counts:
    names = [column.name for column in question.selected_columns]
    table = np.array([tuple(map(int, row)) for row in rows], dtype=np.int64).reshape(len(rows), len(names))
    table.setflags(write=False)
    return Counts({name: table[:, i] for i, name in enumerate(names[:-1])}, table[:, -1])
