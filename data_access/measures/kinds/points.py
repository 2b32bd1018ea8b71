"""A stock in points: each row counts with its weight."""

from dataclasses import dataclass, replace
from typing import ClassVar

from sqlalchemy import ColumnElement

from data_access.measures.recipes import Result, Stretches
from data_access.question import Key, Question


@dataclass(frozen=True)
class Points:
    """The sum of weights (in hundredths of a point) of what holds on the last day of each period."""

    stretches: Stretches
    weight: ColumnElement
    note: str = ""
    columns: ClassVar[dict[str, str]] = {
        "numerator": "rows that hold on the last day of the period",
        "denominator": "empty",
        "value": "the sum of their weights, in points",
        "lower, upper": "empty: a full count has no sampling error",
        "n": "the same as the numerator",
    }

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys of the stretches."""
        return self.stretches.keys

    def result(self, question: Question, title: str) -> Result:
        """Rows and their points at each period's end."""
        keys = question.chosen(self.keys, title)
        rows = self.stretches.stock(question, keys, title)
        points = replace(self.stretches, weight=self.weight).stock(question, keys, title)
        return Result(keys, rows, None, points / 100, n=rows, notes=lambda _: self.note)
