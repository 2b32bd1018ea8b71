"""The working days that the data of a force can need, by their number."""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, func, insert, select

from data_access import facts
from data_access import tables as t
from data_access.days import EPOCH, working_day_number

# A limit some working days after the newest row still has its day; a day typed wrongly by centuries has none.
BEFORE, AFTER = timedelta(days=40), timedelta(days=90)
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)


def working_days(connection: Connection, force_id: int) -> None:
    """Write the number and day of each working day from before the first row to after the last one."""
    rows = days(connection, force_id)
    if rows:
        connection.execute(insert(facts.working_day), rows)


def days(connection: Connection, force_id: int) -> list[dict[str, int]]:
    """The rows of ``fact_working_day``."""
    first, last = _bounds(connection, force_id)
    if first is None or last is None:
        return []
    holidays = frozenset(connection.execute(select(t.bank_holiday.c.on_day)).scalars())
    rows: list[dict[str, int]] = []
    day, until = max(first - BEFORE, EARLIEST), min(last + AFTER, LATEST)
    number = working_day_number(day, holidays)
    while day <= until:
        if day.weekday() < 5 and day not in holidays:
            rows.append({"force_id": force_id, "number": number, "on_day": (day - EPOCH).days})
        day += timedelta(days=1)
        number += day.weekday() < 5 and day not in holidays
    return rows


def _bounds(connection: Connection, force_id: int) -> tuple[date | None, date | None]:
    """Earliest and latest day of the force's referrals, cases, contacts and assessments."""
    days = [t.referral.c.received_on, t.cases.c.opened_on, t.contacts.c.on_day, t.risk_assessments.c.assessed_on]
    found = [
        row
        for column in days
        for row in connection.execute(
            select(func.min(column), func.max(column)).where(column.table.c.force_id == force_id)
        ).one()
        if row is not None
    ]
    return min(found, default=None), max(found, default=None)


def working_days_after(force_id: int, day: ColumnElement, days: int | ColumnElement) -> ColumnElement[int]:
    """The last day of so many working days after a day; so many days where the calendar does not go as far."""
    before, after = facts.working_day.alias(), facts.working_day.alias()
    today = (
        select(before.c.number)
        .where(before.c.force_id == force_id, before.c.on_day <= day)
        .order_by(before.c.on_day.desc())
        .limit(1)
        .correlate_except(before)
        .scalar_subquery()
    )
    found = (
        select(after.c.on_day)
        .where(after.c.force_id == force_id, after.c.number == today + days)
        .correlate_except(after)
        .scalar_subquery()
    )
    return func.coalesce(found, day + days)
