"""Numbers, days and names as a person reads them; the one place that knows how."""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from data_access.codes import label
from data_access.reports import FEW

LITTLE = 20  # below this a share says in words on how many it is based
ISO = re.compile(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b")
ENDS = ("data up to", "the data end", "the data themselves end")  # of the notes of data_access/framing.py
LEVEL_ORDER = ("high", "medium", "standard", "not_assessed", "stale")


def whole(value: Any) -> str:
    """1,234; "not known" for nothing."""
    if isinstance(value, (int, float)):  # pandas takes some microseconds to say that a number is one
        return f"{int(value):,}" if value == value else "not known"
    return "not known" if pd.isna(value) else f"{int(value):,}"


def decimal(value: Any) -> str:
    """24.8; "not known" for nothing."""
    return "not known" if pd.isna(value) else f"{float(value):,.1f}"


def share(numerator: Any, denominator: Any) -> str:
    """37 % (n = 63), or "3 of 8" below ten; "nothing to divide" for none."""
    if pd.isna(denominator):
        return "not known"
    if pd.isna(numerator):
        return "not known yet"
    if not denominator:
        return "nothing to divide"
    if denominator < FEW:
        return f"{int(numerator)} of {int(denominator)}"
    return f"{round(100 * numerator / denominator)} %"


@lru_cache(10_000)  # a page says the same days some hundred times
def day(value: Any) -> str:
    """Mon 3 Aug 2026."""
    return f"{pd.Timestamp(value):%a} {pd.Timestamp(value).day} {pd.Timestamp(value):%b %Y}"


@lru_cache(10_000)
def short_day(value: Any) -> str:
    """3 Aug 2026."""
    return f"{pd.Timestamp(value).day} {pd.Timestamp(value):%b %Y}"


def with_days(text: str) -> str:
    """A note or a refusal of the data layer with its days as they are written here: 16 Nov 2026 for 2026-11-16."""
    return ISO.sub(lambda found: short_day(found[0]), text)


def unbroken(text: str) -> str:
    """The same with its numbers kept on one line with what belongs to them: 90 %, n = 84."""
    return re.sub(r"\bn = (?=[0-9])", "n\u00a0=\u00a0", re.sub(r"(?<=[0-9]) %", "\u00a0%", text))


def own_note(note: str) -> str:
    """A note without what it says of the end of the data, which the line under a picture says once for all."""
    return "; ".join(said for said in note.split("; ") if not any(end in said for end in ENDS))


def days_between(first: date, until: date) -> str:
    """24 Aug to 22 Nov 2026; ``until`` itself is not included."""
    last = until - timedelta(days=1)
    start = f"{first.day} {first:%b}" + (f" {first.year}" if first.year != last.year else "")
    return f"{start} to {last.day} {last:%b %Y}"


def length(first: date, until: date) -> str:
    """13 weeks, or 30 days when they are no whole weeks."""
    days = (until - first).days
    return plural(days // 7, "week") if days % 7 == 0 else plural(days, "day")


def name(code: str) -> str:
    """A code in words: "not assessed"; advocates' and teams' codes stay as they are."""
    return code if code.isupper() or any(c.isdigit() for c in code) else label(code)


def plural(number: Any, one: str, many: str | None = None) -> str:
    """1 case, 2 cases."""
    return f"{whole(number)} {one if number == 1 else many or one + 's'}"


def change(now: Any, before: Any, noun: str, unless: str = "") -> str:
    """That is 23 more than before, in words."""
    if pd.isna(now) or pd.isna(before):
        return unless
    if now == before:
        return "the same as"
    return f"{whole(abs(now - before))} {'more' if now > before else 'fewer'} {noun}than"


def as_days(values: Any) -> np.ndarray:
    """Days as numpy datetimes in seconds."""
    return np.asarray(values, dtype="datetime64[s]")


def limits(lower: float, upper: float) -> str:
    """70 to 88 %; "none" where there is no interval."""
    return "none" if np.isnan(lower) or np.isnan(upper) else f"{round(100 * lower)} to {round(100 * upper)} %"


def between(lower: float, upper: float) -> str:
    """2.1 to 3.4 for a rate; "none" where there is no interval."""
    return "none" if np.isnan(lower) or np.isnan(upper) else f"{lower:,.1f} to {upper:,.1f}"


def based_on(n: Any, one: str = "person", many: str = "people") -> str:
    """n = 63, or "based on 14 people" where so few say little."""
    return f"n = {int(n):,}" if n >= LITTLE else f"based on {plural(n, one, many)}"


def share_of(numerator: Any, denominator: Any, lower: float, upper: float, one: str = "", many: str = "") -> str:
    """43 % (30 to 57 %, n = 51), or "3 of 8" below ten."""
    said = share(numerator, denominator)
    if "%" not in said:
        return said
    return f"{said} ({limits(lower, upper)}, {based_on(denominator, one or 'person', many or 'people')})"


def amount(value: Any) -> str:
    """37, 0.8 or "not known": a whole number without decimals, another one with at most two."""
    if isinstance(value, (int, float)):
        return _amount(value)  # tables say the same few hundred numbers again and again
    return "not known" if pd.isna(value) else _amount(float(value))


@lru_cache(maxsize=4096)
def _amount(number: float) -> str:
    return "not known" if number != number else f"{number:,.2f}".rstrip("0").rstrip(".")
