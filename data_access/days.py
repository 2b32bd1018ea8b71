"""Days, weeks and periods as whole numbers, so that every database agrees on them.

A day is stored as the number of days since 1970-01-01. Monday of day ``d`` is
``d - (d + 3) % 7`` (1970-01-01 was a Thursday).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from sqlalchemy import Integer
from sqlalchemy.types import TypeDecorator

EPOCH = date(1970, 1, 1)
NEVER = 2_932_896  # 9999-12-31: "not yet" in the facts, which hold no NULL
HOUR_NOT_RECORDED = 24
GRAINS = ("week", "4week", "month", "quarter", "whole")
LOCAL = ZoneInfo("Europe/London")


def number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def day(number_: int) -> date:
    """The date of a day number."""
    return EPOCH + timedelta(days=int(number_))


def monday(number_: int) -> int:
    """Day number of the Monday on or before the day."""
    return number_ - (number_ + 3) % 7


class DayNumber(TypeDecorator):
    """A ``date`` in Python, days since 1970-01-01 in the database.

    Inside arithmetic say ``type_coerce(column, Integer)``: a difference of two
    of these columns would come back as a date (SQLAlchemy 2.1).
    """

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return number(value) if isinstance(value, date) else value

    def process_result_value(self, value, dialect):
        return None if value is None else day(value)


@dataclass(frozen=True)
class Period:
    """A half-open stretch of day numbers, ``start <= day < end``."""

    start: int
    end: int


def _month_starts(first: date, step: int) -> date:
    months = first.year * 12 + first.month - 1 + step
    return date(months // 12, months % 12 + 1, 1)


def period_start(day_: date, grain: str) -> date:
    """First day of the period that holds the day. 4-week periods are counted from Monday 1970-01-05."""
    if grain == "week":
        return day(monday(number(day_)))
    if grain == "4week":
        n = number(day_)
        return day(n - (n - 4) % 28)
    if grain == "month":
        return day_.replace(day=1)
    if grain == "quarter":
        return date(day_.year, day_.month - (day_.month - 1) % 3, 1)
    return day_


def next_period(start: date, grain: str) -> date:
    """First day of the following period."""
    if grain in ("week", "4week"):
        return start + timedelta(days=7 if grain == "week" else 28)
    return _month_starts(start, 1 if grain == "month" else 3)


@cache
def periods(first: date, until: date, grain: str) -> tuple[Period, ...]:
    """Half-open periods that cover ``first <= day < until``; the outer ones are cut to it."""
    if first >= until:
        return ()
    if grain == "whole":
        return (Period(number(first), number(until)),)
    found, start = [], period_start(first, grain)
    while start < until:
        end = next_period(start, grain)
        found.append(Period(number(max(start, first)), number(min(end, until))))
        start = end
    return tuple(found)


@dataclass(frozen=True)
class Moment:
    """A point in time as it is stored: minutes UTC, and the local day and hour."""

    minute: int | None
    on: date
    hour: int


def moment(at: datetime | date, zone: ZoneInfo = LOCAL) -> Moment:
    """Read a local (or zoned) time, or a day whose hour was not recorded."""
    if not isinstance(at, datetime):
        return Moment(None, at, HOUR_NOT_RECORDED)
    zoned = at if at.tzinfo else at.replace(tzinfo=zone)
    local = zoned.astimezone(zone)
    minute = int(zoned.astimezone(UTC).timestamp() // 60)
    return Moment(minute, local.date(), local.hour)


def working_day_number(day_: date, holidays: frozenset[date] = frozenset()) -> int:
    """Working days (Monday to Friday, no bank holiday) from 1970-01-05 to the day, the day included.

    "Within two working days" is a difference of two of these numbers.
    """
    since = number(day_) - 4
    weekdays = since // 7 * 5 + min(since % 7 + 1, 5)
    return weekdays - sum(1 for off in holidays if off <= day_ and off.weekday() < 5 and off >= date(1970, 1, 5))
