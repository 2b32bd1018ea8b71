"""Working days, bank holidays, office hours and the seasons of the sample."""

from datetime import date, datetime, time
from functools import cache

from data_access.days import LOCAL, Moment, day, moment, number, working_day_number
from sample_data.draw import Draw, Weights
from sample_data.settings import VALUE

MINUTES = 1440
NOON = 720
OPENS, CLOSES = 9, 20  # office hours, local
HOURS = {9: 8, 10: 12, 11: 12, 12: 8, 13: 8, 14: 11, 15: 11, 16: 10, 17: 8, 18: 5, 19: 3}
_HOURS = Weights({str(hour): weight for hour, weight in HOURS.items()})

_FIXED = {
    2023: ("01-02", "04-07", "04-10", "05-01", "05-08", "05-29", "08-28", "12-25", "12-26"),
    2024: ("01-01", "03-29", "04-01", "05-06", "", "05-27", "08-26", "12-25", "12-26"),
    2025: ("01-01", "04-18", "04-21", "05-05", "", "05-26", "08-25", "12-25", "12-26"),
    2026: ("01-01", "04-03", "04-06", "05-04", "", "05-25", "08-31", "12-25", "12-28"),
    2027: ("01-01", "03-26", "03-29", "05-03", "", "05-31", "08-30", "12-27", "12-28"),
}
_NAMES = (
    "New Year's Day",
    "Good Friday",
    "Easter Monday",
    "Early May bank holiday",
    "Coronation of the King",
    "Spring bank holiday",
    "Summer bank holiday",
    "Christmas Day",
    "Boxing Day",
)
HOLIDAYS = {
    date.fromisoformat(f"{year}-{given}"): name
    for year, days_ in _FIXED.items()
    for given, name in zip(days_, _NAMES, strict=True)
    if given
}
_OFF = frozenset(HOLIDAYS)
_OFF_NUMBERS = frozenset(number(off) for off in HOLIDAYS)


@cache
def workday(day_: int) -> int:
    """Working-day number of a day number."""
    return working_day_number(day(day_), _OFF)


@cache
def is_working(day_: int) -> bool:
    """Monday to Friday and no bank holiday."""
    return (day_ + 3) % 7 < 5 and day_ not in _OFF_NUMBERS


@cache
def working_from(day_: int) -> int:
    """The day itself when it is a working day, else the next one."""
    return day_ if is_working(day_) else working_from(day_ + 1)


@cache
def _moment(day_: int, hour: int) -> Moment:
    return moment(datetime.combine(day(day_), time(hour), LOCAL))


def stored(local: int) -> tuple[int, int]:
    """Minute UTC and local hour of a local minute since 1970."""
    day_, rest = divmod(local, MINUTES)
    found = _moment(day_, rest // 60)
    return (found.minute or 0) + rest % 60, found.hour


def staffed(local: int, draw: Draw) -> int:
    """The local minute, moved on to office hours."""
    day_, rest = divmod(local, MINUTES)
    open_day = working_from(day_ + (rest >= CLOSES * 60))
    if open_day == day_ and rest >= OPENS * 60:
        return local
    return open_day * MINUTES + OPENS * 60 + draw.between(0, 150)


def some_hour(day_: int, draw: Draw) -> int:
    """A local minute in the office hours of the day."""
    return day_ * MINUTES + int(draw.pick(_HOURS)) * 60 + draw.between(0, 59)


@cache
def demand(day_: int) -> float:
    """Referrals of the day against a mean day: weekday, bank holiday, Christmas, August."""
    weekday = (1.25, 1.20, 1.15, 1.10, 1.10, 0.65, 0.55)[(day_ + 3) % 7]
    on = day(day_)
    christmas, august = VALUE["dip"]["christmas"], VALUE["dip"]["august"]
    rest = (365 - 14 * christmas - 31 * august) / 320
    season = christmas if (on.month, on.day) >= (12, 22) or (on.month, on.day) <= (1, 4) else rest
    if on.month == 8:
        season = august
    return weekday * season * (0.6 if day_ in _OFF_NUMBERS else 1.0)
