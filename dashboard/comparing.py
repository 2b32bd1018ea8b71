"""The forces beside each other, by their intervals and never ranked: one line for a figure of two or three forces."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from dashboard import judging
from dashboard.charts import words
from dashboard.charts.chart import STOCKS
from data_access.errors import Refused
from data_access.measures import MEASURES
from data_access.measures.measure import Measure
from data_access.slice import Slice
from data_access.statistics.intervals import newcombe, rate_ratio, wilson

SHARES = ("FlowShare", "StockShare", "Cohort", "Outcome")
COMPARED = (*SHARES, "Rate", "Duration")
LEVEL = 0.95
NOT_YET = "not known yet"
OF_LEVELS = (*judging.OF_LEVELS, "review_overdue")
DUE = 14  # days after which windows by working days are over, for forces beside each other
OWN_THRESHOLDS = (
    "Each force has its own thresholds and tools: a difference in levels can be theirs, and not one between people."
)


# A change of grain or of the page asks for the same lines again.
_kept: WeakKeyDictionary[Any, dict[tuple, str]] = WeakKeyDictionary()
MOST_KEPT = 512


@dataclass(frozen=True)
class Side:
    """One force's figure in words, and what a comparison needs: events and what they are divided by."""

    force: str
    said: str
    events: float = 0.0
    base: float = 0.0
    n: float = 0.0


def beside(reports: Any, measure: Measure | str, slice_: Slice) -> str:
    """The figure of each chosen force over the whole slice, in the order of their codes, and which differ.

    Two shares are compared by Newcombe's interval of their difference, two rates by the exact interval of their ratio,
    with the level shared out over the pairs. Nothing for one force, for a plain count, or where the measure refuses.
    """
    measure = MEASURES[measure] if isinstance(measure, str) else measure
    known = _kept.setdefault(reports.source, {})
    key = (reports.scope.reach, reports.directory.versions, measure.name, slice_.having(grain="whole"))
    if key not in known:
        if len(known) >= MOST_KEPT:
            known.clear()
        known[key] = _line(reports, measure, slice_)
    return known[key]


def _line(reports: Any, measure: Measure, slice_: Slice) -> str:
    kind = type(measure.kind).__name__
    forces = [f for f in reports.directory.forces if f.code in slice_.forces]
    if len(forces) < 2 or kind not in COMPARED:
        return ""
    within = getattr(measure.kind, "within", None)
    if within is None:
        within = DUE if kind == "Cohort" else 0
    until = _over(forces, slice_, within)
    if until <= slice_.first:
        return ""
    try:
        sides = tuple(_sides(reports, measure, kind, slice_.having(grain="whole", until=until)))
    except Refused as refused:
        return f"The forces cannot be compared. {words.with_days(str(refused))}"
    if any(side.said == NOT_YET for side in sides):
        return ""
    told = ", ".join(f"{side.force} {side.said}" for side in sides)
    careful = f" {OWN_THRESHOLDS}" if measure.name in OF_LEVELS else ""
    return f"By force, {_when(kind, slice_, until, bool(within))}: {told}.{_apart(sides, kind)}{careful}"


def _when(kind: str, slice_: Slice, until: date, waits: bool) -> str:
    """The day that a share of a stock is of, or the days that a flow is of; and why they end sooner than the page's."""
    why = "by then all are known" if waits else "the last day all have data"
    sooner = f" ({why})" if until < slice_.until else ""
    if kind in STOCKS:
        return f"on {words.short_day(until - timedelta(days=1))}{sooner}"
    return f"{words.days_between(slice_.first, until)}{sooner}"


def _over(forces: list[Any], slice_: Slice, within: int) -> date:
    """The day up to which every force tells of everybody, and every window is over."""
    return min(slice_.until, *(force.as_of + timedelta(days=1 - within) for force in forces))


def _sides(reports: Any, measure: Measure, kind: str, slice_: Slice) -> Iterator[Side]:
    always = tuple(getattr(measure.kind, "always", ()))
    names = {force.code: force.name for force in reports.directory.forces}
    frame = reports.frame(measure, slice_, ("force", *always))
    many = measure.noun
    nouns = (many.removesuffix("s"), many)
    for code in dict.fromkeys(frame["force"]):
        own, force = frame[frame["force"] == code], names[code]
        row = own.iloc[0]
        if kind == "Outcome":
            yield _of_outcome(force, own, measure, nouns)
        elif kind == "Duration":
            yield Side(force, _median(row, nouns))
        elif kind == "Rate":
            yield _of_rate(force, row, nouns)
        elif np.isnan(row["value"]):
            yield Side(force, NOT_YET if row["denominator"] else words.share(0, 0))
        else:
            said = words.share_of(row["numerator"], row["denominator"], row["lower"], row["upper"], *nouns)
            yield Side(force, said, row["numerator"], row["denominator"], row["denominator"])


def _of_outcome(force: str, own: Any, measure: Measure, nouns: tuple[str, str]) -> Side:
    """The good share of those whose outcome is known."""
    kind: Any = measure.kind
    part = kind.part.name
    good, missing = (own.loc[own[part].isin(names), "numerator"].sum() for names in (kind.good, kind.missing))
    whole = own["denominator"].iloc[0]
    if own["numerator"].isna().any():
        return Side(force, NOT_YET)
    known = whole - missing
    lower, upper = (float(limit) for limit in wilson(good, known))
    said = words.share_of(good, known, lower, upper, *nouns)
    return Side(force, f"{said}, known of {words.share(known, whole)}", good, known, known)


def _of_rate(force: str, row: Any, nouns: tuple[str, str]) -> Side:
    if np.isnan(row["value"]):
        return Side(force, "nothing to divide by")
    limits = f"{words.between(row['lower'], row['upper'])}, {words.based_on(row['n'], *nouns)}"
    return Side(force, f"{words.decimal(row['value'])} ({limits})", row["numerator"], row["denominator"], row["n"])


def _median(row: Any, nouns: tuple[str, str]) -> str:
    if not row["n"] or np.isnan(row["n"]):
        return "nobody"
    based = words.based_on(row["n"], *nouns)
    if np.isnan(row["value"]):
        return f"half not reached ({based})"
    ends = " to ".join("not reached" if np.isnan(row[end]) else words.amount(row[end]) for end in ("lower", "upper"))
    return f"half by {words.amount(row['value'])} ({ends}, {based})"


def _apart(sides: tuple[Side, ...], kind: str) -> str:
    """Which pairs differ more than chance; nothing where fewer than two can be compared."""
    if kind == "Duration":
        return ""
    able = [side for side in sides if side.n >= words.FEW and side.base > 0]
    pairs = list(combinations(able, 2))
    if not pairs:
        return ""
    level = 1 - (1 - LEVEL) / len(pairs)
    differ = [f"{one.force} and {other.force}" for one, other in pairs if _differs(one, other, kind, level)]
    if not differ:
        both = "They differ" if len(able) == 2 else "They differ among each other"
        return f" {both} no more than chance would make them."
    return f" {', '.join(differ)} differ more than chance would make them."


def _differs(one: Side, other: Side, kind: str, level: float) -> bool:
    if kind == "Rate":
        ratio = rate_ratio(int(one.events), one.base, int(other.events), other.base, level)
        return bool(ratio.lower > 1 or ratio.upper < 1)
    apart = newcombe(one.events, one.base, other.events, other.base, level)
    return bool(apart.lower > 0 or apart.upper < 0)
