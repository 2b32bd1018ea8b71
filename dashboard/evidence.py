"""Whether two figures differ by more than chance would give: said in words, for shares and rates only."""

from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from data_access.measures import MEASURES
from data_access.slice import Slice
from data_access.statistics.intervals import newcombe, rate_ratio

MORE = "a difference more than chance would give"
NO_MORE = "a difference no more than chance"
# Events that come one by one. Closings are not judged: they are bunched at the end of a quarter.
FLOWS = ("Flow",)
SHARES = ("FlowShare", "Cohort")
STOCK_SHARES = ("StockShare",)
RATES = ("Rate",)


@dataclass(frozen=True)
class Evidence:
    """``count`` of ``base`` people (a share), or ``count`` events in an exposure of ``base`` (a rate)."""

    kind: Literal["share", "rate"]
    count: int
    base: float


def evidence(measure: str, row: Any, days: int, other_forces: bool) -> Evidence | None:
    """What a row of a measure's frame gives to judge by; None where nothing can be judged.

    ``days`` are the force-days that a count was made in. Over time the share of a stock is not judged: both days hold
    the same cases, and the limits take them for different ones. Between forces a plain count is not: they differ in
    size.
    """
    kind = type(MEASURES[measure].kind).__name__
    if pd.isna(row["numerator"]):
        return None
    count = int(row["numerator"])
    if kind in FLOWS:
        return Evidence("rate", count, days) if days > 0 and not other_forces else None
    if pd.isna(row["denominator"]) or not row["denominator"] > 0:
        return None
    base = float(row["denominator"])
    if kind in SHARES or (kind in STOCK_SHARES and other_forces):
        return Evidence("share", count, base)
    return Evidence("rate", count, base) if kind in RATES else None


def judged(now: Evidence | None, other: Evidence | None) -> str:
    """``MORE`` where the 95 % limits of the difference (Newcombe) or of the ratio (exact) leave out "none"."""
    if now is None or other is None or now.kind != other.kind:
        return ""
    if now.kind == "share":
        difference = newcombe(now.count, now.base, other.count, other.base)
        beyond = bool(difference.lower > 0 or difference.upper < 0)
    else:
        ratio = rate_ratio(now.count, now.base, other.count, other.base)
        beyond = ratio.lower > 1 or ratio.upper < 1
    return MORE if beyond else NO_MORE


def force_days(forces: Any, slice_: Slice) -> int:
    """Days of the slice that the data of its forces tell of, added up over the forces."""
    told = 0
    for force in forces:
        if force.code in slice_.forces and force.as_of:
            first = max(slice_.first, force.first_on or force.as_of)
            told += max(0, (min(slice_.last, force.as_of) - first).days + 1)
    return told
