"""Cases opened and closed in the week, and those whose level or lead differs from a week before."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, tuple_

from data_access import codes, facts
from data_access import tables as t
from data_access.changes.week import Change, Week
from data_access.listings import last_day, selected
from data_access.measures import caseload
from data_access.measures.recipes import Rows
from data_access.permissions import may

_S = facts.case_state.c
_THEN: Any = facts.case_state.alias("week_before")
_LEVELS = {place: codes.label(name) for place, name in enumerate(codes.LEVELS)}


def _in_week(rows_of: Rows, end: str, name: str, title: str, empty: str) -> Change:
    """Cases that were ``opened``, or ``closed``, in the seven days."""
    fact = facts.case_path

    def where(week: Week) -> list[ColumnElement[bool]]:
        return [
            *week.now.conditions(fact, rows_of.keys, title, rows_of.without),
            *rows_of.where,
            *week.within(fact, rows_of.day),
        ]

    def rows(week: Week) -> Select:
        return selected(fact, of_path(week, end, rows_of.day, literal(end)), where(week), fact.c.case_id)

    return Change(name, title, empty, "days open so far or in all", "week", fact, where, rows)


def of_path(week: Week, end: str, since: ColumnElement, what: ColumnElement) -> dict[str, ColumnElement]:
    """Columns of a list of case paths, with the lead, team and level of the day of the ``end``."""
    p = facts.case_path.c
    last = last_day(week.now, facts.case_path)
    return {
        "lead_id": p[f"{end}_lead"],
        "team_id": p[f"{end}_team"],
        "level": p[f"{end}_level"],
        "days": case((p.closed_on <= last, p.closed_on), else_=last) - p.opened_on,
        "what": what,
        "since": since,
    }


def _held_then(week: Week, *more: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    """States seven days before."""
    forces = _THEN.c.force_id.in_(list(week.now.as_of))
    return [forces, week.then.upto(_THEN, _THEN.c.since), ~week.then.upto(_THEN, _THEN.c.until), *more]


def _then(week: Week, column: ColumnElement) -> Any:
    """A column of the same case's state seven days before."""
    same = _THEN.c.case_id == _S.case_id
    return select(column).where(*_held_then(week, same)).correlate(facts.case_state).scalar_subquery()


def _level_was(higher: bool) -> Callable[[Week], ColumnElement[bool]]:
    """The level was higher, or lower, a week before; both assessed."""
    # Level by level, so that each part is one look-up in a set: compared row by row, SQLite took 0.4 s instead of 0.02.
    places = range(1, len(codes.LEVELS))

    def condition(week: Week) -> ColumnElement[bool]:
        of = _THEN.c.level
        was = {level: of > level if higher else and_(of > 0, of < level) for level in places}
        return or_(
            *(
                and_(_S.level == level, _S.case_id.in_(select(_THEN.c.case_id).where(*_held_then(week, other))))
                for level, other in was.items()
            )
        )

    return condition


def _led_by_another(week: Week) -> ColumnElement[bool]:
    """Somebody leads who did not a week before."""
    open_then = select(_THEN.c.case_id).where(*_held_then(week))
    same_lead = select(_THEN.c.case_id, _THEN.c.lead_id).where(*_held_then(week))
    return and_(_S.lead_id > 0, _S.case_id.in_(open_then), tuple_(_S.case_id, _S.lead_id).not_in(same_lead))


def _differs(
    name: str,
    title: str,
    empty: str,
    days: str,
    how: Callable[[Week], ColumnElement[bool]],
    what: Callable[[Week], ColumnElement],
    since: Callable[[Week], ColumnElement],
) -> Change:
    """Cases that are open on both days and whose state differs."""
    fact = facts.case_state

    def where(week: Week) -> list[ColumnElement[bool]]:
        return [*caseload.OPEN.on_last_day(week.now, title), how(week)]

    def rows(week: Week) -> Select:
        begun = since(week)
        columns = {
            "lead_id": fact.c.lead_id,
            "team_id": fact.c.team_id,
            "level": fact.c.level,
            "days": last_day(week.now, fact) - begun,
            "what": what(week),
            "since": begun,
        }
        return selected(fact, columns, where(week), fact.c.case_id)

    return Change(name, title, empty, days, "week", fact, where, rows)


def _from_level(week: Week) -> ColumnElement:
    return _then(week, case(_LEVELS, value=_THEN.c.level)) + literal(" to ") + case(_LEVELS, value=_S.level)


def _from_lead(week: Week) -> ColumnElement:
    """Who led before; whoever may not see every lead of the force is not told the code of one."""
    led = _then(week, _THEN.c.lead_id)
    if week.now.reach[1] is not None or not may(week.now.reach[2], "advocates"):
        return case((led == 0, literal("from nobody")), else_=literal("from another lead"))
    before = t.advocate.alias("lead_before")
    code = select(before.c.code).where(before.c.advocate_id == led).scalar_subquery()
    return literal("from ") + func.coalesce(code, literal("nobody"))


def _led_since(week: Week) -> ColumnElement:
    s = facts.lead_span.c
    return (
        select(func.max(s.since))
        .where(
            s.force_id == _S.force_id,
            s.case_id == _S.case_id,
            s.lead_id == _S.lead_id,
            week.now.upto(facts.lead_span, s.since, week.now.slice.bounds.end - 1),
        )
        .correlate(facts.case_state)
        .scalar_subquery()
    )


WEEK = (
    _in_week(caseload.OPENED, "opened", "opened_in_week", "Opened since last week", "No case was opened."),
    _in_week(caseload.CLOSED, "closed", "closed_in_week", "Closed since last week", "No case was closed."),
    _differs(
        "level_up",
        "Level up since last week",
        "No case rose in level.",
        "days since the assessment",
        _level_was(higher=False),
        _from_level,
        lambda week: _S.assessed_on,
    ),
    _differs(
        "level_down",
        "Level down since last week",
        "No case fell in level.",
        "days since the assessment",
        _level_was(higher=True),
        _from_level,
        lambda week: _S.assessed_on,
    ),
    _differs(
        "new_lead",
        "New lead since last week",
        "No case has a new lead.",
        "days with the new lead",
        _led_by_another,
        _from_lead,
        _led_since,
    ),
)
