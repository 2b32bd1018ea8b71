"""The series of weeks that a verdict rests on: from the frame of a measure to judged series."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from dashboard.frames import each
from data_access.measures.measure import Measure
from data_access.reports import FEW
from data_access.slice import Slice
from data_access.statistics import verdicts
from data_access.statistics.share_and_rate_charts import p_chart, u_chart
from data_access.statistics.verdicts import Kind, Verdict

WEEKS = 104  # full weeks looked at: a year to expect from and a year to judge
BREAKS = ("definition",)  # from that day on the figure is another one
LEVEL_BREAKS = (*BREAKS, "threshold", "tool")
ONE_OFF = ("referral_route", "recording")  # a bulk transfer, a week typed in twice: the week itself is left out
NEAR = timedelta(weeks=4)  # a marked day this near to a change is named with it
STOCKS = ("open_cases", "risk_of_open_cases")  # judged by what opens and what closes
# Figures that a threshold or a tool moves without any change in the people.
OF_LEVELS = ("risk_at_intake", "four_month_review", "risk_reduced_at_exit", "escalations", "contact_overdue")
COVERED = 0.6  # of the people of the year judged; below, a share of the known is no basis
MORE_THAN_CHANCE = 1.2  # sigma z from which limits are widened (Laney), as in the p and u charts
HIGH = "high"


@dataclass(frozen=True)
class Expected:
    """What the locked baseline expects: ``rate`` events a week (for each unit of exposure), or a share.

    ``wider`` says how many times as far as chance alone the limits reach; ``points`` are the weeks of the baseline,
    which go from ``first`` up to, not including, ``until``.
    """

    share: bool
    rate: float
    wider: float
    points: int
    first: date
    until: date

    @property
    def trial(self) -> bool:
        """Whether the limits rest on fewer than 13 weeks."""
        return self.points < 13


@dataclass(frozen=True)
class Series:
    """One judged series of weeks. ``label`` is "opened" or "closed" where a measure has two."""

    label: str
    verdict: Verdict
    starts: tuple[date, ...]
    expected: Expected | None
    before_and_since: tuple[str, str] = ("", "")

    @property
    def since(self) -> date | None:
        """First day of the change; None without one."""
        return None if self.verdict.since is None else self.starts[self.verdict.since]


@dataclass(frozen=True)
class Notes:
    """The dated notes of the chosen forces that bear on the verdict, and the weeks as the verdict looks at them."""

    starts: tuple[date, ...]
    first: int  # first week looked at
    left_out: np.ndarray  # True for weeks whose count says nothing
    broken: Any  # the last break of the judged figures, or None
    all: tuple[Any, ...]

    @classmethod
    def of(cls, events: pd.DataFrame, slice_: Slice, measure: Measure, weeks: Slice, full: int) -> "Notes":
        starts = tuple(weeks.first + timedelta(weeks=i) for i in range(full))
        until = starts[-1] + timedelta(weeks=1)
        inside = [e for e in each(events) if e.force in slice_.forces and starts[0] <= e.on_day.date() < until]
        by_level = bool(slice_.levels) or measure.name in OF_LEVELS
        breaks = LEVEL_BREAKS if by_level else BREAKS
        broken = max((e for e in inside if e.kind in breaks), key=lambda e: e.on_day, default=None)
        first = max(0, full - WEEKS)
        if broken is not None:
            first = max(first, -(-(broken.on_day.date() - starts[0]).days // 7))
        left_out = np.zeros(full, dtype=bool)
        for event in inside:
            if event.kind in ONE_OFF:
                left_out[(event.on_day.date() - starts[0]).days // 7] = True
        return cls(starts, first, left_out, broken, tuple(inside))

    def near(self, on_day: date) -> list[Any]:
        """What is marked near a day."""
        return [e for e in self.all if abs(e.on_day.date() - on_day) <= NEAR]


def _column(frame: pd.DataFrame, name: str, full: int) -> np.ndarray:
    return frame[name].to_numpy(dtype=float, na_value=np.nan)[:full]


def _of_counts(_: Measure, frame: pd.DataFrame, full: int, notes: Notes) -> tuple[Series, ...]:
    return (_counted("", _column(frame, "numerator", full), np.ones(full), notes),)


def _of_both(_: Measure, frame: pd.DataFrame, full: int, notes: Notes) -> tuple[Series, ...]:
    ones = np.ones(full)
    return tuple(
        _counted(label, _column(frame, name, full), ones, notes)
        for label, name in (("opened", "numerator"), ("closed", "denominator"))
    )


def _of_rates(measure: Measure, frame: pd.DataFrame, full: int, notes: Notes) -> tuple[Series, ...]:
    kind: Any = measure.kind
    base = _column(frame, "denominator", full)
    return (_counted("", _column(frame, "numerator", full), base, notes, kind.per, measure.unit),)


def _of_shares(_: Measure, frame: pd.DataFrame, full: int, notes: Notes) -> tuple[Series, ...]:
    return (_shared("", _column(frame, "numerator", full), _column(frame, "denominator", full), notes),)


def _of_outcome(measure: Measure, frame: pd.DataFrame, full: int, notes: Notes) -> tuple[Series, ...] | str:
    """The good share of the known; the reason why not, where too few are known or fewer than before."""
    kind: Any = measure.kind
    part = frame[kind.part.name]
    good, missing, every = (
        np.sum([_column(frame[part == name], "numerator", full) for name in names], axis=0)
        for names in (kind.good, kind.missing, tuple(dict.fromkeys(part)))
    )
    judged = _shared("", missing, every, notes)
    recent = slice(max(notes.first, full - 52), full)
    if np.nansum(missing[recent]) > (1 - COVERED) * np.nansum(every[recent]):
        known = round(100 - 100 * np.nansum(missing[recent]) / np.nansum(every[recent]))
        return f"the outcome is known of {known} % only"
    if judged.since is not None:
        other = "more" if judged.verdict.kind is Kind.HIGHER else "fewer"
        return f"{other} outcomes are missing since {spoken(judged.since)}, and those who are known are others now"
    return (_shared("", good, every - missing, notes),)


def _of_levels(measure: Measure, frame: pd.DataFrame, full: int, notes: Notes) -> tuple[Series, ...] | str:
    """The share of high among all; its thresholds are breaks."""
    kind: Any = measure.kind
    if "force" in frame.columns:
        return "the forces are shown beside each other, each with its own"
    high = frame[frame[kind.part.name] == HIGH]
    x, n = (_column(high, name, full) for name in ("numerator", "denominator"))
    return (_shared(HIGH, x, n, notes),)


def _of_values(_: Measure, frame: pd.DataFrame, full: int, notes: Notes) -> tuple[Series, ...]:
    values = np.where(notes.left_out, np.nan, _column(frame, "value", full))
    verdict = verdicts.of_values(values, rebased_at=notes.first)
    return (Series("", verdict, notes.starts, None),)


JUDGED = {
    "Flow": _of_counts,
    "Net": _of_both,
    "Rate": _of_rates,
    "FlowShare": _of_shares,
    "Cohort": _of_shares,
    "Outcome": _of_outcome,
    "LevelMix": _of_levels,
    "Sum": _of_values,
    "Median": _of_values,
}


def _counted(
    label: str, x: np.ndarray, base: np.ndarray, notes: Notes, per: float = 1.0, unit: str = "a week"
) -> Series:
    x, base = _without(x, base, notes)
    verdict = verdicts.of_counts(x, base, rebased_at=notes.first)
    return _series(label, verdict, x, base, notes, lambda sums, bases: f"{per * sums / bases:,.1f} {unit}")


def _shared(label: str, x: np.ndarray, n: np.ndarray, notes: Notes) -> Series:
    x, n = _without(x, n, notes)
    verdict = verdicts.of_shares(x, n, rebased_at=notes.first)
    return _series(label, verdict, x, n, notes, None)


def _without(x: np.ndarray, base: np.ndarray, notes: Notes) -> tuple[np.ndarray, np.ndarray]:
    """Weeks that say nothing weigh nothing: left out, without a value, without a base."""
    nothing = notes.left_out | np.isnan(x) | np.isnan(base) | (base <= 0)
    return np.where(nothing, 0.0, x), np.where(nothing, 0.0, base)


def _series(
    label: str,
    verdict: Verdict,
    x: np.ndarray,
    base: np.ndarray,
    notes: Notes,
    rate: Callable[[float, float], str] | None,
) -> Series:
    """The series with what its baseline expects; ``rate`` says a mean in words, None for a share."""
    until = notes.first + (verdict.baseline or len(x) - notes.first)
    before = slice(notes.first, until)
    if until <= notes.first or not base[before].sum():
        return Series(label, verdict, notes.starts, None)
    chart = (u_chart if rate else p_chart)(x[before], base[before], baseline=None)
    expected = Expected(
        rate is None,
        float(x[before].sum() / base[before].sum()),
        float(chart.spread) if chart.spread > MORE_THAN_CHANCE else 1.0,
        int((base[before] > 0).sum()),
        notes.starts[notes.first],
        notes.starts[until - 1] + timedelta(weeks=1),
    )
    if verdict.since is None:
        return Series(label, verdict, notes.starts, expected)
    after = slice(verdict.since, None)
    said = tuple((rate or _share)(float(x[part].sum()), float(base[part].sum())) for part in (before, after))
    return Series(label, verdict, notes.starts, expected, (said[0], said[1]))


def _share(x: float, n: float) -> str:
    return f"{round(100 * x / n)} %" if n >= FEW else f"{int(x)} of {int(n)}"


def spoken(on_day: date | None) -> str:
    """5 January 2026."""
    return "" if on_day is None else f"{on_day.day} {verdicts.MONTHS[on_day.month - 1]} {on_day.year}"
