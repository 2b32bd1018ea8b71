"""The ratio of two stocks: cases and supervisors, advocates and supervisors."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from data_access.measures.kinds.kind import share
from data_access.measures.recipes import Result, Stretches
from data_access.question import Key, Question


@dataclass(frozen=True)
class Ratio:
    """One stock for each unit of another, on the last day of each period. ``nobody`` says what none to divide by means.

    The breakdown is by the keys of ``whole``, which are asked first: they
    refuse the filters that they cannot answer.
    """

    part: Stretches
    whole: Stretches
    nobody: str = ""
    columns: ClassVar[dict[str, str]] = {
        "numerator": "what holds of the one on the last day of the period",
        "denominator": "what holds of the other on that day",
        "value": "numerator / denominator; empty where there is none to divide by",
        "lower, upper": "empty: a full count has no sampling error",
        "n": "the same as the numerator",
    }

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys that both stocks know."""
        return common(self.whole, self.part)

    def result(self, question: Question, title: str) -> Result:
        """The ratio at each period's end."""
        part, whole, keys = both(self.part, self.whole, question, title)
        with np.errstate(invalid="ignore", divide="ignore"):
            value = np.where(whole > 0, part / whole, np.nan)

        def note(place: tuple[int, ...]) -> str:
            return self.nobody if not whole[place] else ""

        return Result(keys, part, whole, value, n=part, notes=note)


@dataclass(frozen=True)
class StockPart:
    """The share of a stock that another fact marks, on the last day of each period: each row of it once."""

    part: Stretches
    whole: Stretches
    columns: ClassVar[dict[str, str]] = {
        "numerator": "those of the denominator with the mark, on the last day of the period",
        "denominator": "all that hold on that day",
        "value": "numerator / denominator, 0 to 1",
        "lower, upper": "Wilson 95 % limits",
        "n": "the same as the denominator",
    }

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys that both stocks know."""
        return common(self.whole, self.part)

    def result(self, question: Question, title: str) -> Result:
        """The share at each period's end."""
        part, whole, keys = both(self.part, self.whole, question, title)
        value, lower, upper = share(part, whole)
        return Result(keys, part, whole, value, lower, upper, whole)


def common(whole: Stretches, part: Stretches) -> tuple[Key, ...]:
    """Keys of the first that the second knows too."""
    known = {key.name for key in part.keys}
    return tuple(key for key in whole.keys if key.name in known)


def both(
    part: Stretches, whole: Stretches, question: Question, title: str
) -> tuple[np.ndarray, np.ndarray, tuple[Key, ...]]:
    """Two stocks by the keys asked for, each of shape (periods, *keys); the second is asked first."""
    keys = question.chosen(common(whole, part), title)
    of_part = {key.name: key for key in part.keys}
    below = whole.stock(question, keys, title)
    above = part.stock(question, tuple(of_part[key.name] for key in keys), title)
    return above, below, keys
