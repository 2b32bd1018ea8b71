"""The verdict on the trend of a measure, in plain words, and what it expects: page and workbook read it from here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from data_access.days import day, monday, number
from data_access.errors import Refused
from data_access.measures import MEASURES
from data_access.measures.measure import Measure
from data_access.slice import Slice
from data_access.statistics import verdicts
from data_access.statistics.share_and_rate_charts import p_chart, u_chart
from data_access.statistics.verdicts import Kind, Verdict

WEEKS = 104  # full weeks looked at: a year to expect from and a year to judge
BREAKS = ("definition",)  # from that day on the figure is another one
LEVEL_BREAKS = (*BREAKS, "threshold", "tool")
ONE_OFF = ("referral_route", "recording")  # a bulk transfer, a week typed in twice: the week itself is left out
NEAR = timedelta(weeks=4)  # a marked day this near to a change is named with it
OPENED_AND_CLOSED = "inflow_outflow"
STOCKS = ("open_cases", "risk_of_open_cases")
NOT_A_TREND = "it shows one period, not a trend"
CARRIES_OVER = "each week carries over from the one before"
PARTS = "its parts move against each other: read the points with their limits"
WHY_NOT = {"Stock": CARRIES_OVER, "StockShare": CARRIES_OVER, "StockMix": CARRIES_OVER, "AgeMix": CARRIES_OVER,
           "PerPost": CARRIES_OVER, "Ratio": CARRIES_OVER, "Throughput": CARRIES_OVER, "Mix": PARTS}  # fmt: skip
COVERED = 0.6  # of the people of the year judged; below, a share of the known is no basis
MORE_THAN_CHANCE = 1.2  # sigma z from which limits are widened (Laney), as in the p and u charts
# A change of grain, of the first day or of the page asks for the same verdicts again.
_kept: WeakKeyDictionary[Any, dict[tuple, Any]] = WeakKeyDictionary()
MOST_KEPT = 512


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
class Words:
    """A verdict as page and workbook print it.

    ``sentence`` is complete; ``short`` is a few words of it ("no sign of real change"); ``kind`` is that of the judged
    series that changed most and ``since`` the first day of its change. ``series`` is empty where nothing was judged.
    """

    sentence: str
    short: str
    kind: Kind
    since: date | None = None
    series: tuple[Series, ...] = ()


def verdict_of(reports: Any, measure: Measure | str, slice_: Slice, events: pd.DataFrame | None = None) -> Words:
    """The verdict on a measure for the forces and filters of a slice, up to the end of the slice.

    It rests on up to two years of full weeks before that end, whatever the first day and the grain of the slice are.
    ``events`` are the dated notes (``reports.table("events")``), read when left out. A filter that the measure refuses
    is said in the words, not raised.
    """
    measure = MEASURES[measure] if isinstance(measure, str) else measure
    known = _kept.setdefault(reports.counter, {})
    about = slice_.having(first=slice_.last, grain="week")
    key = (reports.scope.reach, reports.directory.versions, measure.name, about)
    if key not in known:
        if len(known) >= MOST_KEPT:
            known.clear()
        known[key] = _found(reports, measure, slice_, events)
    return known[key]


def _found(reports: Any, measure: Measure, slice_: Slice, events: pd.DataFrame | None) -> Words:
    asked = MEASURES[OPENED_AND_CLOSED] if measure.name in STOCKS else measure
    kind = type(asked.kind).__name__
    if kind not in JUDGED:
        return cannot(WHY_NOT.get(kind, NOT_A_TREND))
    weeks = _weeks(reports, slice_)
    if weeks is None:
        return too_early("no full week is known")
    try:
        frame = reports.frame(asked, weeks, getattr(asked.kind, "always", ()))
    except Refused as refused:
        return cannot(str(refused).rstrip("."))
    full = _full(frame, asked)
    if not full:
        return too_early("no full week is known")
    notes = _Notes.of(reports.table("events") if events is None else events, slice_, measure, weeks, full)
    found = JUDGED[kind](asked, frame, full, notes)
    return found if isinstance(found, Words) else _said(found, notes, measure)


def cannot(reason: str) -> Words:
    """The words where a trend cannot be judged."""
    return Words(f"The trend cannot be judged: {reason}.", "cannot be judged by this chart", Kind.NOT_SUITABLE)


def too_early(reason: str) -> Words:
    """The words where too little is known."""
    return Words(f"Too early to tell: {reason}.", "too early to tell", Kind.TOO_EARLY)


def _weeks(reports: Any, slice_: Slice) -> Slice | None:
    """The whole weeks to look at: two years before the end of the slice, as far as every chosen force reaches back."""
    chosen = [f for f in reports.directory.forces if f.code in slice_.forces]
    if not chosen:
        return None
    ends = min(number(slice_.until), max(number(f.as_of) for f in chosen) + 1)
    told_from = reports.told_from()
    begins = max(number(told_from[f.code]) for f in chosen)
    # Eight weeks more than are judged, because the last ones may still be filling up.
    first, until = max(monday(begins + 6), monday(ends) - 7 * (WEEKS + 8)), monday(ends)
    return slice_.having(first=day(first), until=day(until), grain="week") if until > first else None


def _full(frame: pd.DataFrame, measure: Measure) -> int:
    """How many weeks from the first one are over and hardly filling up any more, for every force."""
    settled = min(number(last) for last in frame.attrs["settled"].values()) - (getattr(measure.kind, "within", 0) or 0)
    weeks = (number(frame.attrs["until"]) - number(frame.attrs["first"])) // 7
    return max(0, min(weeks, (settled + 1 - number(frame.attrs["first"])) // 7))


@dataclass(frozen=True)
class _Notes:
    """The dated notes of the chosen forces that bear on the verdict, and the weeks as the verdict looks at them."""

    starts: tuple[date, ...]
    first: int  # first week looked at
    left_out: np.ndarray  # True for weeks whose count says nothing
    broken: Any  # the last break of the judged figures, or None
    levels_changed: tuple[Any, ...]  # where levels cannot be compared across the day
    all: tuple[Any, ...]

    @classmethod
    def of(cls, events: pd.DataFrame, slice_: Slice, measure: Measure, weeks: Slice, full: int) -> "_Notes":
        starts = tuple(weeks.first + timedelta(weeks=i) for i in range(full))
        until = starts[-1] + timedelta(weeks=1)
        inside = [e for e in events.itertuples() if e.force in slice_.forces and starts[0] <= e.on_day.date() < until]
        by_level = bool(slice_.levels) or (measure.topic == "risk" and measure.name not in STOCKS)
        breaks = LEVEL_BREAKS if by_level else BREAKS
        levels = measure.topic == "risk" or measure.name in STOCKS
        broken = max((e for e in inside if e.kind in breaks), key=lambda e: e.on_day, default=None)
        first = max(0, full - WEEKS)
        if broken is not None:
            first = max(first, -(-(broken.on_day.date() - starts[0]).days // 7))
        left_out = np.zeros(full, dtype=bool)
        for event in inside:
            if event.kind in ONE_OFF:
                left_out[(event.on_day.date() - starts[0]).days // 7] = True
        changed = tuple(e for e in inside if levels and e is not broken and e.kind in ("threshold", "tool"))
        return cls(starts, first, left_out, broken, changed, tuple(inside))

    def near(self, on_day: date) -> list[Any]:
        """What is marked near a day."""
        return [e for e in self.all if abs(e.on_day.date() - on_day) <= NEAR]


def _column(frame: pd.DataFrame, name: str, full: int) -> np.ndarray:
    return frame[name].to_numpy(dtype=float, na_value=np.nan)[:full]


def _of_counts(_: Measure, frame: pd.DataFrame, full: int, notes: _Notes) -> tuple[Series, ...]:
    return (_counted("", _column(frame, "numerator", full), np.ones(full), notes),)


def _of_both(_: Measure, frame: pd.DataFrame, full: int, notes: _Notes) -> tuple[Series, ...]:
    ones = np.ones(full)
    return tuple(
        _counted(label, _column(frame, name, full), ones, notes)
        for label, name in (("opened", "numerator"), ("closed", "denominator"))
    )


def _of_rates(_: Measure, frame: pd.DataFrame, full: int, notes: _Notes) -> tuple[Series, ...]:
    return (_counted("", _column(frame, "numerator", full), _column(frame, "denominator", full), notes),)


def _of_shares(_: Measure, frame: pd.DataFrame, full: int, notes: _Notes) -> tuple[Series, ...]:
    return (_shared("", _column(frame, "numerator", full), _column(frame, "denominator", full), notes),)


def _of_outcome(measure: Measure, frame: pd.DataFrame, full: int, notes: _Notes) -> tuple[Series, ...] | Words:
    """The good share of the known, unless too few are known or fewer than before: then the fall or rise may be that."""
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
        return cannot(f"the outcome is known of {known} % only")
    if judged.since is not None:
        other = "fewer" if judged.verdict.kind is Kind.HIGHER else "more"
        return cannot(f"{other} outcomes are recorded since {_day(judged.since)}, so that what is known changed")
    return (_shared("", good, every - missing, notes),)


def _of_sums(_: Measure, frame: pd.DataFrame, full: int, notes: _Notes) -> tuple[Series, ...]:
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
    "Sum": _of_sums,
}


def _counted(label: str, x: np.ndarray, base: np.ndarray, notes: _Notes) -> Series:
    x, base = _without(x, base, notes)
    verdict = verdicts.of_counts(x, base, rebased_at=notes.first)
    return _series(label, verdict, x, base, notes, share=False)


def _shared(label: str, x: np.ndarray, n: np.ndarray, notes: _Notes) -> Series:
    x, n = _without(x, n, notes)
    verdict = verdicts.of_shares(x, n, rebased_at=notes.first)
    return _series(label, verdict, x, n, notes, share=True)


def _without(x: np.ndarray, base: np.ndarray, notes: _Notes) -> tuple[np.ndarray, np.ndarray]:
    """Weeks that say nothing weigh nothing: left out, without a value, without a base."""
    nothing = notes.left_out | np.isnan(x) | np.isnan(base) | (base <= 0)
    return np.where(nothing, 0.0, x), np.where(nothing, 0.0, base)


def _series(label: str, verdict: Verdict, x: np.ndarray, base: np.ndarray, notes: _Notes, share: bool) -> Series:
    until = notes.first + (verdict.baseline or len(x) - notes.first)
    before = slice(notes.first, until)
    expected = None
    if base[before].sum() > 0 and until > notes.first:
        chart = (p_chart if share else u_chart)(x[before], base[before], baseline=None)
        wider = chart.spread if chart.spread > MORE_THAN_CHANCE else 1.0
        ends = notes.starts[until - 1] + timedelta(weeks=1)
        rate = float(x[before].sum() / base[before].sum())
        expected = Expected(share, rate, float(wider), int((base[before] > 0).sum()), notes.starts[notes.first], ends)
    means = ("", "")
    if verdict.since is not None:
        means = (_mean(x[before], base[before], share), _mean(x[verdict.since :], base[verdict.since :], share))
    return Series(label, verdict, notes.starts, expected, means)


def _mean(x: np.ndarray, base: np.ndarray, share: bool) -> str:
    if not share:
        return f"{x.sum() / base.sum():.1f}" if base.sum() else "nothing"
    return f"{round(100 * x.sum() / base.sum())} %" if base.sum() >= 10 else f"{int(x.sum())} of {int(base.sum())}"


def _said(series: Sequence[Series], notes: _Notes, measure: Measure) -> Words:
    """Each series in words (two that say the same in one sentence), then what has to be known with them."""
    said: dict[str, list[str]] = {}
    for s in series:
        said.setdefault(_one(s, len(notes.starts) - notes.first), []).append(s.label)
    sentence = " ".join(_labelled(" and ".join(filter(None, labels)), words) for words, labels in said.items())
    if measure.name in STOCKS:
        sentence = f"A stock is judged by what comes and goes. {sentence}"
    if notes.broken is not None:
        sentence += f" Judged only after {_told(notes.broken)}: figures before it cannot be compared with it."
    for event in notes.levels_changed:
        sentence += f" Levels before and after {_told(event)} cannot be compared: a step there is no rise or fall."
    for s in series:
        for event in notes.near(s.since) if s.since else []:
            sentence += f" Marked near it: {_told(event)}."
    strongest = max(series, key=lambda s: (s.since is not None, abs(s.verdict.strength)))
    short = "; ".join(
        f"{s.label}: {verdicts.sentence(s.verdict, s.starts)}" if s.label else verdicts.sentence(s.verdict, s.starts)
        for s in series
    )
    return Words(sentence, short, strongest.verdict.kind, strongest.since, tuple(series))


def _one(series: Series, points: int) -> str:
    verdict, last = series.verdict, series.starts[-1] + timedelta(days=6)
    match verdict.kind:
        case Kind.NONE:
            said = (
                f"no sign of real change in the {points - verdict.baseline} weeks to {_day(last)}, "
                f"against the {verdict.baseline} before"
            )
        case Kind.HIGHER | Kind.LOWER:
            before, since = series.before_and_since
            said = f"{verdict.kind} than expected since {_day(series.since)}"
            if before:
                unit = "" if series.expected is not None and series.expected.share else " a week"
                said += f": {since}{unit} against {before} expected"
        case Kind.TOO_EARLY:
            said = f"too early to tell: {verdict.reason}"
        case _:
            said = f"the trend cannot be judged: {verdict.reason}"
    return f"{said}."


def _labelled(label: str, said: str) -> str:
    said = f"{label}: {said}" if label else said
    return f"{said[0].upper()}{said[1:]}"


def _told(event: Any) -> str:
    """A dated note in a sentence: 1 January 2026 (WEST: The least DASH score for high went from 14 to 12)."""
    return f"{_day(event.on_day.date())} ({event.force}: {event.text.rstrip('.')})"


def _day(on_day: date | None) -> str:
    return "" if on_day is None else f"{on_day.day} {verdicts.MONTHS[on_day.month - 1]} {on_day.year}"
