"""What every kind of figure offers."""

from typing import ClassVar, Protocol

import numpy as np

from data_access.measures.recipes import Result
from data_access.question import Key, Question
from data_access.statistics.intervals import wilson
from data_access.tally import DAY, Counts

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


def cells_of(question: Question, keys: tuple[Key, ...], counts: Counts) -> tuple[np.ndarray, np.ndarray]:
    """Place of each count in an array of shape (periods, *key sizes), laid out flat, and whether it has one.

    For figures that need each count by itself and not only sums: medians and curves.
    """
    day = counts.columns[DAY] if question.step and DAY in counts.columns else np.zeros(len(counts.tally), np.int64)
    period = np.searchsorted(question.ends, day, side="right")
    axes = [question.axis(key) for key in keys]
    places = [period, *(axis.place(counts.columns[key.name]) for axis, key in zip(axes, keys, strict=True))]
    shape = (len(question.ends), *(len(axis.labels) for axis in axes))
    inside = np.logical_and.reduce([(p >= 0) & (p < size) for p, size in zip(places, shape, strict=True)])
    return np.ravel_multi_index([np.where(inside, p, 0) for p in places], shape), inside


def window_over(question: Question, keys: tuple[Key, ...], within: int) -> np.ndarray:
    """Whether so many days after its period are over for everybody in a row, shape (periods, *ones or key sizes)."""
    first, _ = question.told_until(keys)
    return question.ends.reshape(-1, *(1 for _ in keys)) - 1 + within <= first
