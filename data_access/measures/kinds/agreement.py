"""Agreement: how one judgement compares with another of the same case."""

from dataclasses import dataclass
from typing import ClassVar

from data_access.measures.kinds.mix import parted_by
from data_access.measures.recipes import Result, Rows
from data_access.question import Key, Question


@dataclass(frozen=True)
class Agreement:
    """A matrix of two judgements, with shares of each row; both are always columns of the frame.

    ``within`` as for a mix: days until which the second judgement can still
    come. What chance alone would give is not in the shares: weighted kappa is
    worked out from the counts (``data_access.statistics.agreement``).
    """

    rows: Rows
    first: Key
    second: Key
    within: int | None = None
    columns: ClassVar[dict[str, str]] = {
        "numerator": "rows in the cell; empty while a window is open",
        "denominator": "rows of the period with the same first judgement",
        "value": "numerator / denominator, 0 to 1",
        "lower, upper": "Wilson 95 % limits",
        "n": "the same as the denominator",
    }

    @property
    def always(self) -> tuple[str, ...]:
        """Names of the keys that the frame always has."""
        return (self.first.name, self.second.name)

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys of the rows, and the two judgements."""
        return (*(key for key in self.rows.keys if key.name not in self.always), self.first, self.second)

    def result(self, question: Question, title: str) -> Result:
        """The matrix of each period, with the share of each row."""
        keys = question.chosen(self.keys, title)
        return parted_by(self.rows, question, keys, (self.second.name,), self.within, title)
