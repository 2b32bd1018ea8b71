"""The keys that a fact offers, by the names that people use for them."""

from sqlalchemy import ColumnElement, Table

from data_access import codes
from data_access.question import Key

HOURS = (*(str(hour) for hour in range(24)), "not_recorded")


def force(fact: Table) -> Key:
    """Force of the row."""
    return Key("force", fact.c.force_id)


def team(fact: Table, column: str = "team_id") -> Key:
    """Team of the lead on the row's own day, else of the case."""
    return Key("team", fact.c[column])


def advocate(fact: Table, column: str = "lead_id") -> Key:
    """Lead advocate on the row's own day."""
    return Key("advocate", fact.c[column])


def level(fact: Table, column: str = "level", names: tuple[str, ...] = codes.LEVELS, name: str = "level") -> Key:
    """Risk level on the row's own day."""
    return Key(name, fact.c[column], names)


def source(fact: Table) -> Key:
    """Source of the (opening) referral."""
    return Key("source", fact.c.source, codes.SOURCES)


def of_case(fact: Table) -> tuple[Key, ...]:
    """Force, team, lead, level and source of a fact that has them under these names."""
    return (force(fact), team(fact), advocate(fact), level(fact), source(fact))


def weekday(day: ColumnElement) -> Key:
    """Day of the week, Monday first."""
    return Key("weekday", (day + 3) % 7, codes.WEEKDAYS)


def hour(fact: Table) -> Key:
    """Local hour, 0 to 23, or not recorded."""
    return Key("hour", fact.c.hour, HOURS)
