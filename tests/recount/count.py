"""The ten measures, counted anew: for each the units of a period with their keys, then one plain grouping."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, log, nan, sqrt

import numpy as np
import pandas as pd

from tests.recount.raw import FOREVER, Raw, number

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
Z = 1.959963984540054  # two-sided 95 % of the normal distribution


@dataclass(frozen=True)
class Span:
    """A half-open period of day numbers."""

    start: int
    end: int


def spans(first: date, until: date, grain: str) -> list[Span]:
    """The periods, found day by day: a new one begins where the label of a day differs from the day before."""

    def label(day: date) -> object:
        since = number(day) - 4  # days since Monday 1970-01-05
        return {
            "week": since // 7,
            "4week": since // 28,
            "month": (day.year, day.month),
            "quarter": (day.year, (day.month - 1) // 3),
            "whole": 0,
        }[grain]

    found: list[Span] = []
    day, begun = first, first
    while day < until:
        following = day + timedelta(days=1)
        if following == until or label(following) != label(day):
            found.append(Span(number(begun), number(following)))
            begun = following
        day = following
    return found


def wilson(x: int, n: int) -> tuple[float, float]:
    """The two roots p of n (x/n - p)^2 = z^2 p (1 - p), by the formula for a quadratic."""
    if n == 0:
        return nan, nan
    a, b, c = n + Z * Z, -(2 * x + Z * Z), x * x / n
    root = sqrt(max(b * b - 4 * a * c, 0.0))
    return max((-b - root) / (2 * a), 0.0), min((-b + root) / (2 * a), 1.0)


def asked(raw: Raw, slice_) -> dict[int, int]:
    """As-of by force id of the forces asked."""
    ids = [raw.force_ids[code] for code in slice_.forces]
    return {i: number(slice_.as_of) if slice_.as_of else int(raw.as_of[i]) for i in ids}


def _code(raw: Raw, force_id: int) -> str:
    return next(code for code, id_ in raw.force_ids.items() if id_ == force_id)


def _by_force(units: Callable) -> Callable:
    """Units of all forces asked, with the force's code."""

    def of_all(raw: Raw, slice_, span: Span) -> pd.DataFrame:
        parts = []
        for force_id, as_of in asked(raw, slice_).items():
            part = units(raw, force_id, as_of, span)
            parts.append(part.assign(force=_code(raw, force_id)))
        return pd.concat(parts, ignore_index=True)

    return of_all


def stock_day(as_of: int, span: Span) -> int:
    """The day that a stock's row stands for."""
    return min(span.end - 1, as_of)


@_by_force
def open_cases(raw, force_id, as_of, span):
    """CL1."""
    return raw.open_on(force_id, stock_day(as_of, span)).assign(mark=True)


@_by_force
def risk_of_open_cases(raw, force_id, as_of, span):
    """RT2: the key "level" shows an assessment older than 90 days as stale."""
    found = raw.open_on(force_id, stock_day(as_of, span))
    return found.assign(
        known_level=found["level"], level=found["band"], mark=True
    )  # filtered by the level, shown by the band


@_by_force
def review_overdue(raw, force_id, as_of, span):
    """RT4."""
    found = raw.open_on(force_id, stock_day(as_of, span))
    found = found[found["assessed_on"].notna() & ~found["held"]]
    return found.assign(mark=found["overdue"])


@_by_force
def referrals(raw, force_id, as_of, span):
    """CL5: team and lead are the first that the referral's case was given."""
    r = raw.referred
    return r[
        (r["force_id"] == force_id)
        & (r["received_on"] >= span.start)
        & (r["received_on"] < span.end)
        & (r["received_on"] <= as_of)
    ].assign(mark=True)


def _turning(raw, force_id, as_of, span, which: str) -> pd.DataFrame:
    c = raw.turned[which]
    return c[(c["force_id"] == force_id) & (c[which] >= span.start) & (c[which] < span.end) & (c[which] <= as_of)]


@_by_force
def opened(raw, force_id, as_of, span):
    """The inflow of CL7."""
    return _turning(raw, force_id, as_of, span, "opened_on").assign(mark=True)


@_by_force
def closed(raw, force_id, as_of, span):
    """The outflow of CL7."""
    return _turning(raw, force_id, as_of, span, "closed_on").assign(mark=True)


def received(raw, force_id, as_of, span) -> pd.DataFrame:
    """Cases by the day of receipt of their referral, with the first contact known by the as-of day."""
    c = raw.received
    c = c[
        (c["force_id"] == force_id)
        & (c["received_on"] >= span.start)
        & (c["received_on"] < span.end)
        & (c["received_on"] <= as_of)
    ]
    return c.assign(first=c["first"].where(c["first"] <= as_of, FOREVER))


@_by_force
def waits(raw, force_id, as_of, span):
    """EN3: days waited, and whether a contact ended them."""
    found = received(raw, force_id, as_of, span)
    end = np.minimum(found["closed_on"], as_of)
    got = found["first"] <= end
    days = np.where(got, found["first"], end) - found["received_on"]
    return found.assign(days_waited=days.astype(int), mark=got)


@_by_force
def reached(raw, force_id, as_of, span):
    """EN6."""
    found = received(raw, force_id, as_of, span)
    found = found[found["decision"] == "accepted"]
    return found.assign(mark=found["first"] - found["received_on"] <= 28, done=span.end - 1 + 28 <= as_of)


@_by_force
def contact_success(raw, force_id, as_of, span):
    """EN5: level, team and lead of the day of the attempt."""
    k = raw.attempts
    k = k[(k["force_id"] == force_id) & (k["on_day"] >= span.start) & (k["on_day"] < span.end) & (k["on_day"] <= as_of)]
    weekday = ((k["on_day"] + 3) % 7).map(lambda place: WEEKDAYS[place])
    hour = k["hour"].map(lambda h: "not_recorded" if h == 24 else str(h))
    return k.assign(weekday=weekday, hour=hour, mark=k["outcome"] == "successful")


def intake(raw: Raw, cases: pd.DataFrame, upto: pd.Series) -> pd.DataFrame:
    """Level and tool of the first own assessment within 14 days of opening and not after the day (by case_id)."""
    own = raw.own[raw.own["case_id"].isin(cases.index)]
    late = np.minimum(own["case_id"].map(cases["opened_on"]) + 14, own["case_id"].map(upto))
    late = np.minimum(late, own["case_id"].map(cases["closed_on"]))
    own = own[(own["assessed_on"] <= late) & (own["assessed_on"] >= own["case_id"].map(cases["opened_on"]))]
    return own.groupby("case_id")[["level", "tool"]].first().reindex(cases.index)


def _moved(found: pd.DataFrame, start: pd.DataFrame, level: pd.Series, tool: pd.Series) -> pd.DataFrame:
    other = start["tool"].notna() & tool.notna() & (start["tool"] != tool)
    ends = level.fillna("not_assessed").mask(other, "different_tool")
    return found.assign(from_level=start["level"].fillna("not_assessed"), to_level=ends, mark=True)


@_by_force
def movement_open(raw, force_id, as_of, span):
    """RT5, cases open on the last day."""
    day = stock_day(as_of, span)
    found = raw.open_on(force_id, day)
    start = intake(raw, found, pd.Series(day, index=found.index))
    level = found["level"].where(found["assessed_on"].notna())
    return _moved(found, start, level, found["tool"]).assign(status="open")


@_by_force
def movement_closed(raw, force_id, as_of, span):
    """RT5, cases closed in the period, to the exit assessment within 30 days of closing."""
    found = _turning(raw, force_id, as_of, span, "closed_on")
    start = intake(raw, found, pd.Series(as_of, index=found.index))
    own = raw.own[(raw.own["kind"] == "exit") & raw.own["case_id"].isin(found.index)]
    near = (own["assessed_on"] - own["case_id"].map(found["closed_on"])).abs() <= 30
    own = own[near & (own["assessed_on"] <= as_of)]
    last = own.groupby("case_id")[["level", "tool"]].last().reindex(found.index)
    return _moved(found, start, last["level"], last["tool"]).assign(status="closed")


def filtered(units: pd.DataFrame, slice_) -> pd.DataFrame:
    """Only what the slice asks for."""
    for wanted, key in (
        (slice_.levels, "known_level" if "known_level" in units else "level"),
        (slice_.sources, "source"),
        (slice_.teams, "team"),
        (slice_.advocates, "advocate"),
    ):
        if wanted:
            units = units[units[key].isin(wanted)]
    return units


def km(days: list[int], got: list[bool]) -> tuple[list[tuple[int, float, float, float]], int]:
    """Kaplan-Meier the long way: (day, share waiting, lower, upper) at each day of an event, and the last day."""
    steps, share, spread = [], 1.0, 0.0
    for t in sorted({d for d, g in zip(days, got, strict=True) if g}):
        at_risk = sum(1 for d in days if d >= t)
        events = sum(1 for d, g in zip(days, got, strict=True) if g and d == t)
        share *= 1 - events / at_risk
        if at_risk == events:
            steps.append((t, 0.0, nan, nan))
            continue
        spread += events / (at_risk * (at_risk - events))
        half = Z * sqrt(spread) / abs(log(share))
        steps.append((t, share, share ** exp(half), share ** exp(-half)))
    return steps, max(days, default=0)


def crossing(steps: list[tuple[int, float]], last: int) -> float:
    """The day on which a curve comes down to one half; the middle of a stretch that runs level at exactly one half."""
    for place, (t, height) in enumerate(steps):
        if height < 0.5 - 1.5e-8:
            return float(t)
        if abs(height - 0.5) <= 1.5e-8:
            following = next((u for u, h in steps[place + 1 :] if h < 0.5 - 1.5e-8), last)
            return (t + following) / 2
    return nan


def median(days: list[int], got: list[bool]) -> tuple[float, float, float]:
    """Median wait with its limits."""
    steps, last = km(days, got)
    middle = crossing([(t, s) for t, s, _, _ in steps], last)
    lower = crossing([(t, lo) for t, _, lo, _ in steps if lo == lo], last)
    upper = crossing([(t, up) for t, _, _, up in steps if up == up], last)
    return middle, lower, upper


def fte_on(raw: Raw, force_id: int, day: int) -> pd.DataFrame:
    """Whole-time equivalents in post and not on long absence on the day, by advocate."""
    a = raw.tables["advocate"]
    a = a[(a["force_id"] == force_id) & (a["started_on"] <= day) & (a["left_on"].fillna(FOREVER) > day)]
    f = raw.tables["advocate_fte"]
    f = f[(f["since"] <= day) & (f["until"].fillna(FOREVER) > day)]
    away = raw.tables["absence"]
    until = away["until"].fillna(FOREVER)
    away = away[(away["since"] <= day) & (until > day) & (until - away["since"] >= 28)]
    posts = a.merge(f[["advocate_id", "fte_hundredths"]], on="advocate_id", how="left")
    posts["fte_hundredths"] = posts["fte_hundredths"].fillna(0)
    posts.loc[posts["advocate_id"].isin(away["advocate_id"]), "fte_hundredths"] = 0
    posts["team"] = posts["team_id"].map(raw.team_codes)
    return posts.rename(columns={"code": "advocate"}).assign(force=_code(raw, force_id))
