"""What a headline figure stands beside: the period before, the same period last year, or the other forces."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dashboard.charts import words
from dashboard.state import MONTHS, Filters
from data_access.slice import Slice

YEAR = timedelta(weeks=52)  # a Monday stays a Monday
NO_RANKING = "The forces differ in size, staffing, tools and thresholds: this is no ranking."
NOT_OF_OTHERS = "The other forces have no such team or lead"


@dataclass(frozen=True)
class Comparison:
    """The other side of a comparison.

    ``slice`` is what it counts; None where there is nothing to set beside, which ``missing`` says. ``suffix``
    stands after its number ("389 before"), ``named`` before its range ("Before: 25 May to 23 Aug 2026").
    """

    kind: str
    slice: Slice | None
    suffix: str
    missing: str
    named: str
    caution: str = ""
    overlaps: bool = False

    def range_words(self) -> str:
        """Its range, as it is printed under the figures."""
        if self.slice is None:
            return f"{self.named}: {self.missing}."
        return f"{self.named}: {words.days_between(self.slice.first, self.slice.until)}."


def comparison(filters: Filters) -> Comparison:
    """What the filters compare with."""
    if filters.compare == "others":
        return _others(filters)
    slice_ = filters.slice
    if filters.compare == "year":
        year_before = last_year(slice_, filters.preset in MONTHS)
        overlaps = year_before.until > slice_.first
        caution = " The two periods overlap, so no difference is judged." if overlaps else ""
        return Comparison(
            "year", year_before, "a year before", "no data a year before", "A year before", caution, overlaps
        )
    return Comparison("before", slice_.before(), "before", "no data before", "Before")


def first_day(filters: Filters) -> date | None:
    """First day from which every chosen force has data."""
    return max((f.first_on for f in filters.options.forces if f.code in filters.forces and f.first_on), default=None)


def reaches(filters: Filters, other: Comparison) -> bool:
    """Whether the data reach over the whole other side."""
    if other.slice is None:
        return False
    if other.kind == "others":
        return told(filters.options.forces, other.slice)
    first = first_day(filters)
    return first is not None and other.slice.first >= first


def told(forces: Iterable[Any], slice_: Slice) -> bool:
    """Whether the data of any of these forces reach into the period."""
    return any(
        f.as_of and f.as_of >= slice_.first and (f.first_on or f.as_of) <= slice_.last
        for f in forces
        if f.code in slice_.forces
    )


def last_year(slice_: Slice, months: bool = False) -> Slice:
    """The same period a year before: the same months where it is whole months or was chosen by months, else the same
    weekdays 52 weeks before."""
    if months or (slice_.first.day == slice_.until.day == 1):
        return slice_.having(first=_year_earlier(slice_.first), until=_year_earlier(slice_.until))
    return slice_.having(first=slice_.first - YEAR, until=slice_.until - YEAR)


def _year_earlier(day: date) -> date:
    return day.replace(year=day.year - 1, day=min(day.day, monthrange(day.year - 1, day.month)[1]))


def _others(filters: Filters) -> Comparison:
    names = {force.code: force.name for force in filters.options.forces}
    others = tuple(code for code in names if code not in filters.forces)
    beside = "Other forces"
    if not others:
        missing = "no other force" if len(names) < 2 else "all forces are chosen, so there is no other"
        return Comparison("others", None, "", missing, beside, " Choose one force to see it beside the others.")
    if filters.team or filters.advocate:
        return Comparison("others", None, "", NOT_OF_OTHERS.lower(), beside, " Take that filter off to compare.")
    named = f"{beside} together ({', '.join(names[code] for code in others)})"
    slice_ = filters.slice.having(forces=others)
    return Comparison("others", slice_, "in the other forces", "no data of the other forces", named, f" {NO_RANKING}")
