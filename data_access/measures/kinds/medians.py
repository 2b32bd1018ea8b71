"""The middle of what is recorded, with quartiles, and how much is recorded."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from sqlalchemy import ColumnElement, literal

from data_access.measures.kinds.kind import cells_of
from data_access.measures.recipes import Result, Rows
from data_access.question import Key, Question


@dataclass(frozen=True)
class Median:
    """The median of a number that each row has, or of a fraction ``part / whole`` of two of its numbers.

    Rows that are not ``known`` count in ``n`` only: they are missing, not 0.
    """

    rows: Rows
    part: ColumnElement
    whole: ColumnElement | None = None
    known: ColumnElement[bool] | None = None
    columns: ClassVar[dict[str, str]] = {
        "numerator": "rows of the period of which the number is recorded",
        "denominator": "rows of the period",
        "value": "median of what is recorded",
        "lower, upper": "lower and upper quartile of what is recorded: how rows differ, not how sure the median is",
        "n": "the same as the numerator",
    }

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys of the rows."""
        return self.rows.keys

    def result(self, question: Question, title: str) -> Result:
        """Median and quartiles of each period."""
        keys = question.chosen(self.keys, title)
        every = self.rows.counted(question, keys, title)
        where = self.rows.conditions(question, title) + ([] if self.known is None else [self.known])
        numbers = (Key("part_", self.part), Key("whole_", literal(1) if self.whole is None else self.whole))
        counts = question.count(self.rows.fact, (*keys, *numbers), where, self.rows.day)
        cell, inside = cells_of(question, keys, counts)
        number = counts.columns["part_"] / counts.columns["whole_"]
        recorded = np.zeros(every.shape, np.int64)
        value, lower, upper = (np.full(every.shape, np.nan) for _ in range(3))
        for one in np.unique(cell[inside]):
            rows, place = inside & (cell == one), np.unravel_index(one, every.shape)
            each = np.repeat(number[rows], counts.tally[rows])
            recorded[place] = len(each)
            lower[place], value[place], upper[place] = np.quantile(each, [0.25, 0.5, 0.75])

        def note(place: tuple[int, ...]) -> str:
            known, all_ = int(recorded[place]), int(every[place])
            return f"recorded for {known} of {all_}" if known < all_ else ""

        return Result(keys, recorded, every, value, lower, upper, recorded, note)
