"""Kinds of figure, worked out from rows: for each the numbers of a row of the frame, and of a row without any case."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import Any

import pandas as pd
from scipy.stats import chi2

from tests.recount import count

Units = Callable[..., pd.DataFrame]  # (raw, slice, span) -> rows with their keys and what the kind needs


def share(x: int, n: int) -> tuple:
    """Numerator, denominator, value, lower, upper, n of a share."""
    lower, upper = count.wilson(x, n)
    return (x, n, x / n if n else nan, lower, upper, n)


@dataclass(frozen=True)
class Recount:
    """How a measure is recounted. ``units`` are the rows of one period."""

    units: Units

    def fill(self, expected: Any, span: count.Span) -> None:
        """Put the rows of one period into ``expected.rows``."""
        raise NotImplementedError

    def empty(self, expected: Any, key: tuple) -> tuple:
        """What a row without any case must say."""
        return (0, 0, nan, nan, nan, 0)

    def rows(self, expected: Any, span: count.Span) -> pd.DataFrame:
        """The units that the slice asks for."""
        return count.filtered(self.units(expected.raw, expected.slice, span), expected.slice)

    def parts(self, expected: Any, span: count.Span, by: Sequence[str]) -> Iterator[tuple[tuple, pd.DataFrame]]:
        """The units by the keys: (start, *values) and rows."""
        yield from expected._groups(self.rows(expected, span), span, by)


@dataclass(frozen=True)
class Counts(Recount):
    """How many rows."""

    def fill(self, expected, span):
        for key, part in self.parts(expected, span, expected.by):
            expected.rows[key] = (len(part), None, float(len(part)), nan, nan, len(part))

    def empty(self, expected, key):
        return (0, None, 0.0, nan, nan, 0)


@dataclass(frozen=True)
class Shares(Recount):
    """Marked rows of all rows. ``within``: days after the period until which nothing is said; the rows may say more."""

    within: int | None = None

    def fill(self, expected, span):
        for key, part in self.parts(expected, span, expected.by):
            n, x = len(part), int(part["mark"].sum())
            waiting = "waiting" in part and part["waiting"].any()
            expected.rows[key] = share(x, n) if self.over(expected, key) and not waiting else self.unsaid(n)

    def empty(self, expected, key):
        return (0, 0, nan, nan, nan, 0) if self.over(expected, key) else self.unsaid(0)

    def over(self, expected, key) -> bool:
        """Whether so many days after the period are over in every force that the row can hold."""
        if self.within is None:
            return True
        spans = {s.start: s.end for s in count.spans(expected.slice.first, expected.slice.until, expected.slice.grain)}
        last = spans[key[0]] - 1 + self.within
        return all(last <= expected.as_of[force] for force in expected._forces_of(key))

    @staticmethod
    def unsaid(n: int) -> tuple:
        """A row while a window is open."""
        return (None, n, nan, nan, nan, n)


@dataclass(frozen=True)
class Mixes(Recount):
    """The share of each value of one key."""

    part: str = ""

    def fill(self, expected, span):
        without = [name for name in expected.by if name != self.part]
        place = 1 + expected.by.index(self.part)
        totals = {key: len(part) for key, part in self.parts(expected, span, without)}
        expected.totals = getattr(expected, "totals", {}) | totals
        for key, part in self.parts(expected, span, expected.by):
            expected.rows[key] = share(len(part), totals[key[:place] + key[place + 1 :]])

    def empty(self, expected, key):
        place = 1 + expected.by.index(self.part)
        return share(0, getattr(expected, "totals", {}).get(key[:place] + key[place + 1 :], 0))


@dataclass(frozen=True)
class Rates(Recount):
    """Events for so many days. The days come from ``exposed``: rows with ``spent`` days in the period."""

    exposed: Units = Units
    per: int = 1

    def fill(self, expected, span):
        events = {key: len(part) for key, part in self.parts(expected, span, expected.by)}
        rows = count.filtered(self.exposed(expected.raw, expected.slice, span), expected.slice)
        days = {key: int(part["spent"].sum()) for key, part in expected._groups(rows, span, expected.by)}
        for key in events | days:
            expected.rows[key] = self.row(events.get(key, 0), days.get(key, 0))

    def row(self, x: int, days: int) -> tuple:
        """The rate with its exact limits."""
        if not days:
            return (x, 0, nan, nan, nan, x)
        lower, upper = _poisson(x)
        scale = self.per / days
        return (x, days, x * scale, lower * scale, upper * scale, x)


def _poisson(x: int) -> tuple[float, float]:
    """Garwood's limits, as quantiles of chi-squared."""
    return (chi2.ppf(0.025, 2 * x) / 2 if x else 0.0), chi2.ppf(0.975, 2 * x + 2) / 2


@dataclass(frozen=True)
class Sums(Recount):
    """Minutes as hours; units have ``minutes`` (missing where not recorded)."""

    def fill(self, expected, span):
        for key, part in self.parts(expected, span, expected.by):
            known = part["minutes"].notna()
            minutes, n = int(part.loc[known, "minutes"].sum()), len(part)
            hours = minutes / 60 if known.any() or not n else nan
            expected.rows[key] = (minutes, int(known.sum()), hours, nan, nan, n)

    def empty(self, expected, key):
        return (0, 0, 0.0, nan, nan, 0)


@dataclass(frozen=True)
class Middles(Recount):
    """Median and quartiles of ``number``, missing where not recorded."""

    def fill(self, expected, span):
        for key, part in self.parts(expected, span, expected.by):
            known = sorted(part["number"].dropna())
            expected.rows[key] = (
                len(known),
                len(part),
                _between(known, 0.5),
                _between(known, 0.25),
                _between(known, 0.75),
                len(known),
            )


def _between(ordered: list[float], p: float) -> float:
    """The value that stands a share p of the way from the first to the last."""
    if not ordered:
        return nan
    place = p * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


@dataclass(frozen=True)
class Waits(Recount):
    """Kaplan-Meier of ``waited`` (days, or minutes with ``step`` 60) and ``mark``; keys days or hours, and quartile."""

    step: int = 1
    longest: int = 730

    def fill(self, expected, span):
        time = "days" if self.step == 1 else "hours"
        own = [name for name in expected.by if name in (time, "quartile")]
        without = [name for name in expected.by if name not in own]
        for key, part in self.parts(expected, span, without):
            waited, got = part["waited"].tolist(), part["mark"].tolist()
            place = 1 + expected.by.index(own[0]) if own else 0
            if not own:
                expected.rows[key] = self._quartile(waited, got, 0.5)
            elif own == ["quartile"]:
                for name, p in (("lower", 0.25), ("median", 0.5), ("upper", 0.75)):
                    expected.rows[(*key[:place], name, *key[place:])] = self._quartile(waited, got, p)
            else:
                for moment, row in self._curve(waited, got):
                    expected.rows[(*key[:place], moment, *key[place:])] = row

    def _quartile(self, waited: list[int], got: list[bool], p: float) -> tuple:
        steps, last = count.km(waited, got)
        curves = ([(t, row[i]) for t, *row in steps if not isnan(row[i])] for i in (0, 1, 2))
        found = [_crossing(curve, 1 - p, last) / self.step for curve in curves]
        return (sum(got), len(got), *found, len(got))

    def _curve(self, waited: list[int], got: list[bool]) -> Iterator[tuple[int, tuple]]:
        steps, last = count.km(waited, got)
        if not got:
            return  # a curve of nobody has no rows
        for moment in range(min(-(-last // self.step), self.longest) + 1):
            in_step = [-(-w // self.step) for w in waited]
            at_risk = sum(1 for w in in_step if w >= moment)
            events = sum(1 for w, g in zip(in_step, got, strict=True) if g and w == moment)
            done = [step for step in steps if step[0] <= moment * self.step]
            height, lower, upper = done[-1][1:] if done else (1.0, nan, nan)
            yield moment, (events, at_risk, 1 - height, 1 - upper, 1 - lower, len(got))


def _crossing(steps: list[tuple[int, float]], wanted: float, last: int) -> float:
    """Where a curve comes down to a height; the middle of a stretch that runs level at exactly it."""
    for place, (t, height) in enumerate(steps):
        if height < wanted - 1.5e-8:
            return float(t)
        if abs(height - wanted) <= 1.5e-8:
            following = next((u for u, h in steps[place + 1 :] if h < wanted - 1.5e-8), last)
            return (t + following) / 2
    return nan
