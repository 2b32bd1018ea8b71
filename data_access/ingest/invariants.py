"""After a load: do the facts say the same as the rows that they were made from?"""

from datetime import date

from sqlalchemy import ColumnElement, Connection, Integer, func, or_, select, type_coerce

from data_access import codes, facts
from data_access import tables as t
from data_access.days import number
from data_access.errors import CaselightError


def check_facts(connection: Connection, force_id: int, as_of: date) -> None:
    """Compare stock and sums of a force on the last day and a year before. Raises CaselightError."""
    state = facts.case_state.c
    backwards = select(func.count()).where(state.force_id == force_id, state.since >= state.until)
    if connection.execute(backwards).scalar():
        raise _broken("a stretch of a case ends before it begins")
    for day in (number(as_of), number(as_of) - 364):
        by_level = _stock_by_level(connection, force_id, day)
        if any(count < 0 for count in by_level) or sum(by_level) != _open_cases(connection, force_id, day):
            raise _broken("the open cases are not those of the case table")
        if sum(by_level) != _opened(connection, force_id, day) - _closed(connection, force_id, day):
            raise _broken("the levels do not add up to opened minus closed")


def _broken(words: str) -> CaselightError:
    return CaselightError(f"The load was undone: {words}. Please report this.")


def _stock_by_level(connection: Connection, force_id: int, day: int) -> list[int]:
    state = facts.case_state.c
    question = (
        select(state.level, func.count())
        .where(state.force_id == force_id, state.since <= day, state.until > day)
        .group_by(state.level)
    )
    return [row[1] for row in connection.execute(question)]


def _counted(force_id: int) -> list[ColumnElement[bool]]:
    c = t.cases.c
    return [c.force_id == force_id, c.pathway == "full_advocacy", c.closure_reason.not_in(codes.ADMINISTRATIVE)]


def _count(connection: Connection, force_id: int, *conditions: ColumnElement[bool]) -> int:
    question = select(func.count()).select_from(t.cases).where(*_counted(force_id), *conditions)
    return connection.execute(question).scalar_one()


def _open_cases(connection: Connection, force_id: int, day: int) -> int:
    opened, closed = type_coerce(t.cases.c.opened_on, Integer), type_coerce(t.cases.c.closed_on, Integer)
    return _count(connection, force_id, opened <= day, or_(closed.is_(None), closed > day))


def _opened(connection: Connection, force_id: int, day: int) -> int:
    return _count(connection, force_id, type_coerce(t.cases.c.opened_on, Integer) <= day)


def _closed(connection: Connection, force_id: int, day: int) -> int:
    return _count(connection, force_id, type_coerce(t.cases.c.closed_on, Integer) <= day)
