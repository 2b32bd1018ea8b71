"""Sums of minutes, as hours, with how much was recorded."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from sqlalchemy import ColumnElement

from data_access.measures.recipes import Result, Rows, parted
from data_access.question import Key, Question


@dataclass(frozen=True)
class Sum:
    """Minutes of the rows of each period, as hours. Nothing is put in for rows without a recorded length."""

    rows: Rows
    weight: ColumnElement
    known: ColumnElement[bool]
    columns: ClassVar[dict[str, str]] = {
        "numerator": "minutes recorded in the period",
        "denominator": "rows of the period with a recorded length",
        "value": "numerator / 60: hours; empty where rows are there and none has a length",
        "lower, upper": "empty: a full count has no sampling error",
        "n": "all rows of the period",
    }

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys of the rows."""
        return self.rows.keys

    def result(self, question: Question, title: str) -> Result:
        """Hours in each period, and for how many rows they are known."""
        keys = question.chosen(self.keys, title)
        both = self.rows.counted(question, parted(keys, self.known), title)
        known, every = both[..., 1], both.sum(axis=-1)
        where = [*self.rows.conditions(question, title), self.known]
        summed = question.count(self.rows.fact, keys, where, self.rows.day, weight=self.weight)
        minutes = question.dense(summed, keys)
        hours = np.where((known > 0) | (every == 0), minutes / 60, np.nan)

        def note(place: tuple[int, ...]) -> str:
            missing, all_ = int(every[place] - known[place]), int(every[place])
            return f"no length recorded for {missing} of {all_}" if missing else ""

        return Result(keys, minutes, known, hours, n=every, notes=note)
