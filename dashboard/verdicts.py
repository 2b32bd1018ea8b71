"""The verdict on the trend of a measure, in plain words, and what it expects: page and workbook read it from here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from weakref import WeakKeyDictionary

import pandas as pd

from dashboard.judging import JUDGED, STOCKS, WEEKS, Expected, Notes, Series, spoken
from data_access.days import day, monday, number
from data_access.errors import Refused
from data_access.measures import MEASURES
from data_access.measures.measure import Measure
from data_access.slice import Slice
from data_access.statistics import verdicts
from data_access.statistics.verdicts import Kind

BROKEN = "Judged only after"
OPENED_AND_CLOSED = "inflow_outflow"
NOT_A_TREND = "it shows one period, not a trend"
CARRIES_OVER = "each week carries over from the one before"
WHY_NOT = {
    **dict.fromkeys(("Stock", "StockShare", "StockPart", "StockMix", "AgeMix"), CARRIES_OVER),
    **dict.fromkeys(("PerPost", "Ratio", "Throughput"), CARRIES_OVER),
    "Held": "older periods had longer to lose what they had",
    "Mix": "its parts move against each other: read the points with their limits",
}
PARTED = ("Outcome", "LevelMix")
# A change of grain, of the first day or of the page asks for the same verdicts again.
_kept: WeakKeyDictionary[Any, dict[tuple, Any]] = WeakKeyDictionary()
MOST_KEPT = 512


__all__ = ["BROKEN", "Expected", "Series", "Words", "cannot", "too_early", "verdict_of"]


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
    known = _kept.setdefault(reports.source, {})
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
    if kind not in JUDGED or (kind in PARTED and measure.grain == "whole"):
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
    notes = Notes.of(_events(reports) if events is None else events, slice_, measure, weeks, full)
    found = JUDGED[kind](asked, frame, full, notes)
    return cannot(found) if isinstance(found, str) else _said(found, notes, measure)


def _events(reports: Any) -> pd.DataFrame:
    """The dated notes, read once for a version of the data: reading them took a third of the time of a verdict."""
    known = _kept.setdefault(reports.source, {})
    key = (reports.scope.reach, reports.directory.versions)
    if key not in known:
        known[key] = reports.table("events")
    return known[key]


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
    """How many weeks from the first one are over and hardly filling up any more, for every force.

    Where windows are open (no row of a week has a number) as many weeks more are left out.
    """
    about = frame.attrs
    settled = min(number(last) for last in about["settled"].values()) - (getattr(measure.kind, "within", 0) or 0)
    weeks = (number(about["until"]) - number(about["first"])) // 7
    full = min(weeks, (settled + 1 - number(about["first"])) // 7)
    if getattr(measure.kind, "within", None) is None:
        known = frame.loc[frame["numerator"].notna(), "period_start"]
        last = number(known.max().date()) if len(known) else number(about["first"]) - 7
        full -= max(0, (number(about["until"]) - 7 - last) // 7)
    return max(0, full)


def _said(series: Sequence[Series], notes: Notes, measure: Measure) -> Words:
    """Each series in words (two that say the same in one sentence), then what has to be known with them."""
    said: dict[str, list[str]] = {}
    for s in series:
        said.setdefault(_one(s, len(notes.starts) - notes.first), []).append(s.label)
    sentence = " ".join(_labelled(" and ".join(filter(None, labels)), words) for words, labels in said.items())
    if measure.name in STOCKS:
        sentence = f"A stock is judged by what comes and goes. {sentence}"
    if notes.broken is not None:
        sentence += f" {BROKEN} {_told(notes.broken)}: figures before it cannot be compared with it."
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
                f"no sign of real change in the {points - verdict.baseline} weeks to {spoken(last)}, "
                f"against the {verdict.baseline} before"
            )
        case Kind.HIGHER | Kind.LOWER:
            before, since = series.before_and_since
            said = f"{verdict.kind} than expected since {spoken(series.since)}"
            said += f": {since} against {before} expected" if before else ""
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
    return f"{spoken(event.on_day.date())} ({event.force}: {event.text.rstrip('.')})"
