"""Mixes: how the rows of a period part into the values of one key, with what is missing in plain sight."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from data_access.measures.kinds.kind import share, window_over
from data_access.measures.recipes import Result, Rows
from data_access.question import Key, Question

COUNTED = ("good", "missing", "n")
COLUMNS = {
    "numerator": "rows of the period with this value of the part; empty while a window is open",
    "denominator": "all rows of the period (and of the other keys), whatever their part",
    "value": "numerator / denominator, 0 to 1",
    "lower, upper": "Wilson 95 % limits",
    "n": "the same as the denominator",
}


@dataclass(frozen=True)
class Mix:
    """The rows of each period by the values of one key, which is always a column of the frame.

    ``within``: days after a row's own day until which its part can still
    change. A period whose window is not over for everybody has a note and no
    value. ``None``: the part is known on the row's own day.
    """

    rows: Rows
    part: Key
    within: int | None = None
    columns: ClassVar[dict[str, str]] = COLUMNS

    @property
    def always(self) -> tuple[str, ...]:
        """Names of the keys that the frame always has."""
        return (self.part.name,)

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys of the rows, and the part."""
        return (*(key for key in self.rows.keys if key.name != self.part.name), self.part)

    def result(self, question: Question, title: str) -> Result:
        """The share of each value among the rows of its period."""
        keys = question.chosen(self.keys, title)
        return parted_by(self.rows, question, keys, (self.part.name,), self.within, title)


@dataclass(frozen=True)
class Outcome(Mix):
    """A mix whose parts say how it went: ``good`` are those hoped for, ``missing`` those of whom nothing is known.

    Good among the known is too good when those who left early are the missing
    ones. So three shares belong together: good / all if no missing one was
    good, good / (all - missing), and (good + missing) / all if every one was.
    """

    good: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def bounds(self, frame: pd.DataFrame) -> pd.DataFrame:
        """What a frame of the outcome says of the good ones: one row for each period and each value of the other keys.

        Columns: ``period_start``, the other keys, ``good``, ``missing``, ``n`` (counts), ``worst``, ``known``,
        ``best`` and ``coverage`` (shares 0 to 1; nan while a window is open, or with nothing to divide).
        """
        others = list(frame.columns[: frame.columns.get_loc("numerator")].drop(self.part.name))
        counts = frame.assign(
            good=frame["numerator"].where(frame[self.part.name].isin(self.good), 0),
            missing=frame["numerator"].where(frame[self.part.name].isin(self.missing), 0),
        )
        found = counts.groupby(others, sort=False, as_index=False).agg(
            {"good": lambda s: s.sum(skipna=False), "missing": lambda s: s.sum(skipna=False), "n": "first"}
        )
        good, missing, n = (found[name].astype("Float64").to_numpy(float, na_value=np.nan) for name in COUNTED)
        with np.errstate(invalid="ignore", divide="ignore"):
            shares = {"worst": good / n, "known": good / (n - missing), "best": (good + missing) / n}
            return found.assign(**shares, coverage=1 - missing / n)


def parted_by(
    rows: Rows, question: Question, keys: tuple[Key, ...], parts: tuple[str, ...], within: int | None, title: str
) -> Result:
    """The rows by the keys, each cell as a share of all cells that differ from it in ``parts`` only."""
    cells = rows.counted(question, keys, title)
    axes = tuple(place for place, key in enumerate(keys, 1) if key.name in parts)
    whole = np.broadcast_to(cells.sum(axis=axes, keepdims=True), cells.shape)
    value, lower, upper = share(cells, whole)
    if within is None:
        return Result(keys, cells, whole, value, lower, upper, whole)
    over = np.broadcast_to(window_over(question, keys, within), cells.shape)
    known, value, lower, upper = (np.where(over, a.astype(float), np.nan) for a in (cells, value, lower, upper))

    def note(place: tuple[int, ...]) -> str:
        return "" if over[place] else f"the window of {within} days is still open"

    return Result(keys, known, whole, value, lower, upper, whole, note)
