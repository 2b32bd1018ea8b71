"""How many cases a year come to each whole-time post."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from data_access.directory import Advocate
from data_access.measures.exposure import rows_before
from data_access.measures.recipes import Result, Rows, Stretches
from data_access.question import Key, Question

YEAR = 365  # days, up to and with the last day of the period
NEW_POST = 90  # days in post under which a year's figure tells of the start rather than of the post


@dataclass(frozen=True)
class Throughput:
    """Cases given to a lead in the 365 days to the last day of each period, for each whole-time post of those days."""

    cases: Rows
    posts: Stretches
    fractions: ClassVar[tuple[str, ...]] = ("denominator",)
    columns: ClassVar[dict[str, str]] = {
        "numerator": "cases that were given their first lead in the 365 days to the last day of the period",
        "denominator": "whole-time equivalents in post and not on long absence, the mean of those 365 days",
        "value": "numerator / denominator",
        "lower, upper": "empty: a full count has no sampling error",
        "n": "the same as the numerator",
    }

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys of the posts."""
        return self.posts.keys

    def result(self, question: Question, title: str) -> Result:
        """Cases a year for each whole-time post."""
        keys = question.chosen(self.keys, title)
        of_cases = {key.name: key for key in self.cases.keys}
        # The posts are asked first: they refuse the filters that they cannot answer.
        worked = self._in_a_year(lambda back: self.posts.spent(question, keys, title, question.ends, back))
        fact, same = self.cases.fact, tuple(of_cases[key.name] for key in keys)
        where = [*question.conditions(fact, self.cases.keys, title, self.cases.without), *self.cases.where]
        given = self._in_a_year(
            lambda back: rows_before(question, fact, same, where, self.cases.day, question.ends, back)
        )
        mean = worked / (100 * YEAR)
        with np.errstate(invalid="ignore", divide="ignore"):
            value = np.where(worked > 0, given / mean, np.nan)
        return Result(keys, given, mean, value, n=given, notes=_notes(question, keys), keep=(worked > 0) | (given > 0))

    @staticmethod
    def _in_a_year(before: Callable[[int], np.ndarray]) -> np.ndarray:
        return before(0) - before(YEAR)


def _notes(question: Question, keys: Sequence[Key]) -> Callable[[tuple[int, ...]], str]:
    """Says how many posts are new on the last day of the row's period."""
    names = [key.name for key in keys]
    labels = [question.axis(key).labels for key in keys]

    def note(place: tuple[int, ...]) -> str:
        row = {name: labels[axis][place[axis + 1]] for axis, name in enumerate(names)}
        new = sum(_is_new(question, advocate, int(question.ends[place[0]])) for advocate in _those(question, row))
        if not new:
            return ""
        return f"{'' if 'advocate' in row else f'{new} '}in post for under {NEW_POST} days"

    return note


def _those(question: Question, row: dict[str, str]) -> list[Advocate]:
    """Advocates that the row tells of; a label is a code, or FORCE/CODE where two forces share it."""
    found = [m for m in question.members("advocate") if isinstance(m, Advocate) and not m.supervises]
    for name, own in (("force", "force"), ("team", "team"), ("advocate", "code")):
        if name in row:
            found = [a for a in found if row[name] in (getattr(a, own), f"{a.force}/{getattr(a, own)}")]
    return found


def _is_new(question: Question, advocate: Advocate, end: int) -> bool:
    force = next(f.id for f in question.forces if f.code == advocate.force)
    last = min(end - 1, question.as_of[force])
    return advocate.started <= last < min(advocate.left, advocate.started + NEW_POST)
