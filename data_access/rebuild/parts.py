"""What several facts are built from: own assessments, counted cases, intake, days that hold."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, Subquery, and_, case, func, select, type_coerce

from data_access import codes, facts
from data_access import tables as t
from data_access.codes import code_of
from data_access.days import NEVER


def day_number(column: ColumnElement) -> ColumnElement[int]:
    return type_coerce(column, Integer)


def or_never(column: ColumnElement) -> ColumnElement[int]:
    return func.coalesce(day_number(column), NEVER)


def or_none(column: ColumnElement) -> ColumnElement[int]:
    return func.coalesce(column, 0)


def later(one: ColumnElement, other: ColumnElement) -> ColumnElement[int]:
    return case((one >= other, one), else_=other)


def sooner(one: ColumnElement, other: ColumnElement) -> ColumnElement[int]:
    return case((one <= other, one), else_=other)


def rank(by: tuple, order: tuple) -> ColumnElement[int]:
    return func.row_number().over(partition_by=by, order_by=order)


def own_assessments(force_id: int) -> list[ColumnElement[bool]]:
    """Assessments of our own: a referrer's does not set the level."""
    a = t.risk_assessments.c
    return [a.force_id == force_id, a.agency == codes.OWN_AGENCY, a.kind != "referrer"]


def counted_cases(force_id: int) -> Subquery:
    """Cases that figures count, with the day of closing and the source of the opening referral."""
    c, r = t.cases.c, t.referral.c
    opening = (
        select(
            r.case_id,
            code_of(r.source, codes.SOURCES).label("source"),
            day_number(r.received_on).label("received_on"),
            day_number(r.decided_on).label("decided_on"),
            rank((r.case_id,), (r.received_on, r.source_id)).label("place"),
        )
        .where(r.force_id == force_id, r.opens_case.is_(True))
        .subquery("opening")
    )
    return (
        select(
            c.case_id,
            day_number(c.opened_on).label("opened_on"),
            or_never(c.closed_on).label("closed_on"),
            or_none(c.team_id).label("team_id"),
            or_none(opening.c.source).label("source"),
            func.coalesce(opening.c.received_on, day_number(c.opened_on)).label("received_on"),
            func.coalesce(opening.c.decided_on, day_number(c.opened_on)).label("accepted_on"),
        )
        .outerjoin(opening, and_(opening.c.case_id == c.case_id, opening.c.place == 1))
        .where(c.force_id == force_id, c.pathway == "full_advocacy", c.closure_reason.not_in(codes.ADMINISTRATIVE))
        .subquery("counted")
    )


def intake_assessments(force_id: int) -> Subquery:
    """First own assessment within 14 days of opening and not after closing (RT1)."""
    a, c = t.risk_assessments.c, t.cases.c
    ranked = (
        select(
            a.case_id,
            day_number(a.assessed_on).label("on_day"),
            code_of(a.level, codes.LEVELS).label("level"),
            code_of(a.tool, codes.TOOLS).label("tool"),
            rank((a.case_id,), (a.assessed_on, a.source_id)).label("place"),
        )
        .join(t.cases, c.case_id == a.case_id)
        .where(
            *own_assessments(force_id),
            day_number(a.assessed_on) >= day_number(c.opened_on),
            day_number(a.assessed_on) <= day_number(c.opened_on) + facts.INTAKE_WITHIN,
            day_number(a.assessed_on) <= or_never(c.closed_on),  # an exit assessment days later is no intake
        )
        .subquery("ranked")
    )
    return select(ranked).where(ranked.c.place == 1).subquery("intake")


def held_on(span: Any, case_id: ColumnElement, day: ColumnElement, force_id: int) -> ColumnElement[bool]:
    return and_(span.force_id == force_id, span.case_id == case_id, span.since <= day, day < span.until)


def substantive() -> ColumnElement[bool]:
    """With the victim, successful, and more than a first-contact text or letter (domain 1.10)."""
    c = t.contacts.c
    notice = and_(c.purposes == "first_contact", c.channel.in_(("text", "letter")))
    return and_(c.with_whom == "victim", c.outcome == "successful", ~notice)


def attempt() -> ColumnElement[bool]:
    return and_(t.contacts.c.with_whom == "victim", t.contacts.c.direction == "outbound")
