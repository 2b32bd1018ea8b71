"""Sums of minutes, as hours, with how much was recorded."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, literal, true

from data_access.measures.recipes import Result, Rows, parted
from data_access.question import Key, Question


class Minutes(NamedTuple):
    """A column of minutes: which rows have it, and of which it is recorded."""

    column: ColumnElement
    known: ColumnElement[bool]
    where: ColumnElement[bool] = true()


@dataclass(frozen=True)
class Sum:
    """Minutes of the rows of each period, as hours. Nothing is put in for rows without a recorded length.

    ``part`` is a key of the rows; ``besides`` are further minutes of the same
    rows (travel), the last value of that key.
    """

    rows: Rows
    minutes: Minutes
    part: Key
    besides: Minutes
    columns: ClassVar[dict[str, str]] = {
        "numerator": "minutes recorded in the period",
        "denominator": "lengths that are recorded",
        "value": "numerator / 60: hours; empty where there are lengths and none is recorded",
        "lower, upper": "empty: a full count has no sampling error",
        "n": "all lengths, recorded or not (a contact with travel has two)",
    }

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys of the rows, and the part."""
        return (*self.rows.keys, self.part)

    def result(self, question: Question, title: str) -> Result:
        """Hours in each period, and for how many lengths they are known."""
        keys = question.chosen(self.keys, title)
        last = literal(len(self.part.names or ()) - 1)
        moved = tuple(Key(key.name, last, key.names) if key.name == self.part.name else key for key in keys)
        minutes, known, every = (
            one + other
            for one, other in zip(
                self._summed(question, keys, self.minutes, title),
                self._summed(question, moved, self.besides, title),
                strict=True,
            )
        )
        hours = np.where((known > 0) | (every == 0), minutes / 60, np.nan)

        def note(place: tuple[int, ...]) -> str:
            missing, all_ = int(every[place] - known[place]), int(every[place])
            return f"no length recorded for {missing} of {all_}" if missing else ""

        return Result(keys, minutes, known, hours, n=every, notes=note)

    def _summed(
        self, question: Question, keys: tuple[Key, ...], minutes: Minutes, title: str
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Minutes, recorded lengths and all lengths, each of shape (periods, *keys)."""
        fact, day = self.rows.fact, self.rows.day
        where = [*self.rows.conditions(question, title), minutes.where]
        both = question.dense(
            question.count(fact, parted(keys, minutes.known), where, day), parted(keys, minutes.known)
        )
        recorded = [*where, minutes.known]
        summed = question.dense(question.count(fact, keys, recorded, day, weight=minutes.column), keys)
        return summed, both[..., 1], both.sum(axis=-1)
