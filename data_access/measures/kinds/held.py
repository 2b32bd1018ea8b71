"""What was reached and has held since."""

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import ColumnElement, and_

from data_access.measures.kinds.kind import window_over
from data_access.measures.kinds.shares import share_when_over
from data_access.measures.recipes import Result, Rows, parted
from data_access.question import Key, Question


@dataclass(frozen=True)
class Held:
    """Of those who started in a period, the share that got there within a window and has not lost it since.

    ``lost_on`` is the day on which it was lost; by the as-of day of the row's
    force it must not have come. The value of a past period falls with time.
    """

    rows: Rows
    reached_on: ColumnElement
    within: int
    lost_on: ColumnElement
    columns: ClassVar[dict[str, str]] = {
        "numerator": "those of the denominator who got there within the window and have held it up to the end of what "
        "is known; empty while a window is open",
        "denominator": "all who started in the period",
        "value": "numerator / denominator, 0 to 1",
        "lower, upper": "Wilson 95 % limits",
        "n": "the same as the denominator",
    }

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys of the rows."""
        return self.rows.keys

    def result(self, question: Question, title: str) -> Result:
        """The share of each cohort whose window is over."""
        keys, fact = question.chosen(self.keys, title), self.rows.fact
        reached = and_(self.reached_on <= self.rows.day + self.within, question.upto(fact, self.reached_on))
        both = self.rows.counted(question, parted(keys, and_(reached, ~question.upto(fact, self.lost_on))), title)
        return share_when_over(keys, both, window_over(question, keys, self.within), f" of {self.within} days")
