"""A rate: events for so much exposure, with exact Poisson limits."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from data_access.measures.recipes import Result, Rows
from data_access.question import Key, Question
from data_access.statistics.intervals import garwood


class Exposure(Protocol):
    """What the events of a rate are divided by: days in which they could happen."""

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys by which the exposure is known."""
        ...

    def exposure(self, question: Question, keys: tuple[Key, ...], title: str) -> np.ndarray:
        """Whole days in each period, shape (periods, *keys)."""
        ...


@dataclass(frozen=True)
class Rate:
    """Events of each period for ``per`` days of exposure; ``per`` says for how many.

    ``shared`` names keys that only the events have: each of their values is
    divided by the whole exposure (referrals of one source for all adults).
    """

    events: Rows
    exposure: Exposure
    per: int
    shared: tuple[str, ...] = ()
    columns: ClassVar[dict[str, str]] = {
        "numerator": "events of the period",
        "denominator": "exposure in the period: the sum of what was open (or lived there) on each of its days",
        "value": "numerator / denominator, for as much exposure as the unit says",
        "lower, upper": "exact Poisson 95 % limits (Garwood)",
        "n": "the same as the numerator",
    }

    @property
    def keys(self) -> tuple[Key, ...]:
        """Keys that events and exposure know, and those that share the whole exposure."""
        known = {key.name for key in self.exposure.keys} | set(self.shared)
        return tuple(key for key in self.events.keys if key.name in known)

    def result(self, question: Question, title: str) -> Result:
        """The rate of each period."""
        keys = question.chosen(self.keys, title)
        # The exposure is asked first: it refuses the filters that it cannot answer.
        days = self._exposed(question, keys, title)
        events = self.events.counted(question, keys, title)
        with np.errstate(invalid="ignore", divide="ignore"):
            value = np.where(days > 0, self.per * events / days, np.nan)
        lower, upper = garwood(events, days / self.per)
        nothing = getattr(self.exposure, "nothing", None)

        def note(place: tuple[int, ...]) -> str:
            return nothing(question, keys, place) if nothing and not days[place] else ""

        return Result(keys, events, days, value, lower, upper, events, note)

    def _exposed(self, question: Question, keys: tuple[Key, ...], title: str) -> np.ndarray:
        of_exposure = {key.name: key for key in self.exposure.keys}
        own = tuple(of_exposure[key.name] for key in keys if key.name not in self.shared)
        days = self.exposure.exposure(question, own, title)
        for axis, key in enumerate(keys, 1):
            if key.name in self.shared:
                days = np.repeat(np.expand_dims(days, axis), len(question.axis(key).labels), axis)
        return days
