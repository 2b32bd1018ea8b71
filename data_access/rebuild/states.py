"""Stretches of an open case in which everything about it is constant."""

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, exists, func, literal, select, union

from data_access import codes, facts
from data_access import tables as t
from data_access.days import NEVER
from data_access.rebuild.numbers import ON_HOLD, numbers_of
from data_access.rebuild.parts import counted_cases, day_number, held_on, intake_assessments, or_never, or_none


def _turning_day_number(force_id: int, counted: Subquery) -> Subquery:
    """Every day on which something about a case changes, inside the time that it is open."""
    span, lead, stage = facts.level_span.c, facts.lead_span.c, t.case_stage_event.c
    stale = span.assessed_on + facts.STALE_AFTER + 1
    reviewed, stretch = numbers_of(force_id, "review_within"), facts.level_span
    due = span.assessed_on + reviewed.c.amount + 1
    paused = stage.stage.in_(("on_hold", "waiting_list"))
    days = union(
        select(counted.c.case_id, counted.c.opened_on.label("day")),
        select(span.case_id, span.since).where(span.force_id == force_id),
        select(span.case_id, stale).where(span.force_id == force_id, stale < span.until),
        select(span.case_id, due)
        .join_from(stretch, reviewed, reviewed.c.level == span.level)
        .where(span.force_id == force_id, due < span.until),
        select(lead.case_id, lead.since).where(lead.force_id == force_id),
        select(lead.case_id, lead.until).where(lead.force_id == force_id),
        select(stage.case_id, day_number(stage.since)).where(stage.force_id == force_id, paused),
        select(stage.case_id, or_never(stage.until)).where(stage.force_id == force_id, paused),
    ).subquery("days")
    d = days.c
    return (
        select(
            d.case_id,
            d.day.label("since"),
            counted.c.opened_on,
            counted.c.source,
            counted.c.team_id,
            func.coalesce(func.lead(d.day).over(partition_by=d.case_id, order_by=d.day), counted.c.closed_on).label(
                "until"
            ),
        )
        .join(counted, counted.c.case_id == d.case_id)
        .where(counted.c.opened_on <= d.day, d.day < counted.c.closed_on)
        .subquery("turning")
    )


def _paused(force_id: int, stage: str, case_id: ColumnElement, day: ColumnElement) -> ColumnElement[int]:
    s = t.case_stage_event.c
    inside = exists().where(
        s.force_id == force_id,
        s.case_id == case_id,
        s.stage == stage,
        day_number(s.since) <= day,
        day < or_never(s.until),
    )
    return case((inside, 1), else_=0)


def case_states(force_id: int) -> Select:
    turning, intake = _turning_day_number(force_id, counted_cases(force_id)), intake_assessments(force_id)
    b, i, span, lead = turning.c, intake.c, facts.level_span.c, facts.lead_span.c
    level, assessed = or_none(span.level), or_none(span.assessed_on)
    reviewed, weights = numbers_of(force_id, "review_within"), numbers_of(force_id, "weights")
    paused = numbers_of(force_id, "weights")
    # NEVER for a level without a number, and where nobody has assessed.
    due = func.coalesce(span.assessed_on + reviewed.c.amount + 1, NEVER)
    on_hold = _paused(force_id, "on_hold", b.case_id, b.since)
    known = i.on_day <= b.since
    return (
        select(
            literal(force_id).label("force_id"),
            b.case_id,
            b.since,
            b.until,
            b.opened_on,
            func.coalesce(lead.team_id, b.team_id).label("team_id"),
            or_none(lead.lead_id).label("lead_id"),
            b.source,
            level.label("level"),
            case(
                (and_(assessed > 0, b.since > assessed + facts.STALE_AFTER), codes.BANDS.index("stale")), else_=level
            ).label("band"),
            assessed.label("assessed_on"),
            case((due <= b.since, 1), else_=0).label("overdue"),
            case((due < NEVER, due), else_=0).label("due_on"),
            on_hold.label("on_hold"),
            _paused(force_id, "waiting_list", b.case_id, b.since).label("waiting"),
            case((known, i.level), else_=0).label("intake_level"),
            case((and_(known, i.tool != span.tool), codes.MOVED_TO.index("different_tool")), else_=level).label(
                "moved_to"
            ),
            case((on_hold == 1, paused.c.amount), else_=weights.c.amount).label("weight"),
        )
        .outerjoin(facts.level_span, held_on(span, b.case_id, b.since, force_id))
        .outerjoin(facts.lead_span, held_on(lead, b.case_id, b.since, force_id))
        .outerjoin(intake, i.case_id == b.case_id)
        .outerjoin(reviewed, reviewed.c.level == span.level)
        .join(weights, weights.c.level == level)
        .join(paused, paused.c.level == ON_HOLD)
    )
