"""Stretches in which one assessment or one lead is the latest."""

from sqlalchemy import Select, case, func, literal, select

from data_access import codes
from data_access import tables as t
from data_access.codes import code_of
from data_access.days import NEVER
from data_access.rebuild.parts import day_number, or_never, own_assessments, rank


def level_spans(force_id: int) -> Select:
    a = t.risk_assessments.c
    last_of_day = (
        select(
            a.case_id,
            day_number(a.assessed_on).label("day"),
            code_of(a.level, codes.LEVELS).label("level"),
            code_of(a.tool, codes.TOOLS).label("tool"),
            rank((a.case_id, a.assessed_on), (a.source_id.desc(),)).label("place"),
        )
        .where(*own_assessments(force_id))
        .subquery("last_of_day")
    )
    s = last_of_day.c
    following = func.lead(s.day).over(partition_by=s.case_id, order_by=s.day)
    return select(
        literal(force_id).label("force_id"),
        s.case_id,
        s.day.label("since"),
        func.coalesce(following, NEVER).label("until"),
        s.day.label("assessed_on"),
        s.level,
        s.tool,
    ).where(s.place == 1)


def lead_spans(force_id: int) -> Select:
    a = t.allocation.c
    last_of_day = (
        select(
            a.case_id,
            a.advocate_id,
            t.advocate.c.team_id,
            day_number(a.since).label("since"),
            or_never(a.until).label("ends"),
            rank((a.case_id, a.since), (a.source_id.desc(),)).label("place"),
        )
        .join(t.advocate, t.advocate.c.advocate_id == a.advocate_id)
        .where(a.force_id == force_id, a.role == "lead")
        .subquery("last_of_day")
    )
    s = last_of_day.c
    chained = (
        select(
            s.case_id,
            s.advocate_id,
            s.team_id,
            s.since,
            s.ends,
            func.coalesce(func.lead(s.since).over(partition_by=s.case_id, order_by=s.since), NEVER).label("next"),
        )
        .where(s.place == 1)
        .subquery("chained")
    )
    c = chained.c
    until = case((c.ends < c.next, c.ends), else_=c.next)
    return select(
        literal(force_id).label("force_id"),
        c.case_id,
        c.since,
        until.label("until"),
        c.advocate_id.label("lead_id"),
        c.team_id,
    ).where(c.since < until)
