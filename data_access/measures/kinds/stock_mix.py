"""How long what holds has held: a stock on the last day of each period, in bands of days."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from sqlalchemy import ColumnElement, case, literal

from data_access.measures.kinds.kind import share
from data_access.measures.recipes import Result, Stretches
from data_access.question import Key, Question


@dataclass(frozen=True)
class StockMix:
    """A stock by its age, always in all bands. ``start`` is the day from which age is counted.

    ``limits`` are the last days of the bands but for the last one, which has none.
    """

    stretches: Stretches
    start: ColumnElement
    limits: tuple[int, ...]
    name: str = "age"
    columns: ClassVar[dict[str, str]] = {
        "numerator": "those of this band on the last day of the period",
        "denominator": "all that hold on that day (of the other keys), whatever their band",
        "value": "numerator / denominator, 0 to 1",
        "lower, upper": "Wilson 95 % limits",
        "n": "the same as the denominator",
    }

    @property
    def part(self) -> Key:
        """The bands."""
        edges = (-1, *self.limits)
        bands = (f"{low + 1}-{high} days" for low, high in zip(edges, self.limits, strict=False))
        return Key(self.name, literal(0), (*bands, f"over {self.limits[-1]} days"))

    @property
    def always(self) -> tuple[str, ...]:
        """Names of the keys that the frame always has."""
        return (self.name,)

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys of the stretches, and the bands."""
        return (*self.stretches.keys, self.part)

    def older_than(self, days: int) -> Stretches:
        """The part of the stretches in which the age is over so many days."""
        fact, turns = self.stretches.fact, self.start + days + 1
        begins = case((fact.c.since > turns, fact.c.since), else_=turns)
        return replace(self.stretches, where=(*self.stretches.where, fact.c.until > turns), begins=begins)

    def result(self, question: Question, title: str) -> Result:
        """The share of each band at each period's end."""
        keys = question.chosen(self.keys, title)
        others = tuple(key for key in keys if key.name != self.name)
        at_least = [self.stretches.stock(question, others, title)]
        at_least += [self.older_than(days).stock(question, others, title) for days in self.limits]
        bands = [more - less for more, less in zip(at_least, [*at_least[1:], 0], strict=True)]
        place = 1 + [key.name for key in keys].index(self.name)
        cells = np.stack(bands, axis=place)
        whole = np.broadcast_to(np.expand_dims(at_least[0], place), cells.shape)
        value, lower, upper = share(cells, whole)
        return Result(keys, cells, whole, value, lower, upper, whole)
