"""The numbers of the standards that hold for a force, as rows that the other facts are joined with."""

from sqlalchemy import ColumnElement, Connection, Subquery, func, insert, select

from data_access import codes, facts
from data_access.rebuild.calendar import working_days_after
from data_access.standards import of_force

KINDS = ("contact_within", "review_within", "untouched_after", "first_call_days", "first_call_workdays", "weights")
EVERY_LEVEL, ON_HOLD = -1, len(codes.LEVELS)


def standards(connection: Connection, force_id: int) -> None:
    """Write the numbers that hold for the force, so that the facts can be joined with them."""
    connection.execute(insert(facts.standard), numbers(connection, force_id))


def numbers(connection: Connection, force_id: int) -> list[dict[str, int]]:
    """The rows of ``fact_standard``."""
    rows = []
    for kind, amounts in of_force(connection, force_id).numbers.items():
        for name, amount in amounts.items():
            rows.append({"force_id": force_id, **_row(kind, name, amount)})
    return rows


def _row(kind: str, name: str, amount: int) -> dict[str, int]:
    if kind == "first_call":
        days, workdays = KINDS.index("first_call_days"), KINDS.index("first_call_workdays")
        if name == "hours":
            return {"kind": days, "level": EVERY_LEVEL, "amount": amount // 24}
        return {"kind": workdays, "level": EVERY_LEVEL, "amount": amount}
    level = ON_HOLD if name == "on_hold" else codes.LEVELS.index(name)
    return {"kind": KINDS.index(kind), "level": level, "amount": amount}


def numbers_of(force_id: int, kind: str) -> Subquery:
    """Level and amount of one kind; to be joined by level."""
    s = facts.standard.c
    return select(s.level, s.amount).where(s.force_id == force_id, s.kind == KINDS.index(kind)).subquery()


def call_due(force_id: int, received_on: ColumnElement) -> ColumnElement[int]:
    """First day on which a first call is late: after so many working days, or when the hours are over on that day.

    Receipt at any hour plus 48 hours ends on the second day after it: at the end of that day it is late.
    """
    s = facts.standard.c
    hours, workdays = (
        select(s.amount).where(s.force_id == force_id, s.kind == KINDS.index(kind)).scalar_subquery()
        for kind in ("first_call_days", "first_call_workdays")
    )
    return func.coalesce(received_on + hours, working_days_after(force_id, received_on, workdays) + 1)
