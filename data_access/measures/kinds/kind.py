"""What every kind of figure offers."""

from typing import ClassVar, Protocol

import numpy as np

from data_access.measures.recipes import Result
from data_access.question import Key, Question
from data_access.statistics.intervals import wilson

NOTHING = "nothing to divide"


class Kind(Protocol):
    """A kind of figure."""

    columns: ClassVar[dict[str, str]]

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys by which the figure can be broken down."""
        ...

    def result(self, question: Question, title: str) -> Result:
        """The figure for a question."""
        ...


def share(part: np.ndarray, whole: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Share with its Wilson limits; nan where there is nothing to divide."""
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(whole > 0, part / whole, np.nan)
    lower, upper = wilson(part, whole)
    return value, lower, upper
