"""How levels go on: exit assessments, every own assessment, stretches at high, and incidents by four weeks."""

from sqlalchemy import Select, Subquery, and_, case, exists, func, literal, select, union_all

from data_access import codes, facts
from data_access import tables as t
from data_access.codes import code_of
from data_access.days import NEVER
from data_access.rebuild.outcomes import change
from data_access.rebuild.parts import (
    counted_cases,
    day_number,
    held_on,
    or_none,
    own_assessments,
    rank,
)

HIGH = codes.LEVELS.index("high")


def _exits(force_id: int) -> Subquery:
    """Exit assessments within 30 days of closing, the last of each day, and the stretch before the first one."""
    a, p, day = t.risk_assessments.c, facts.case_path.c, day_number(t.risk_assessments.c.assessed_on)
    near = and_(day >= p.closed_on - facts.EXIT_WITHIN, day <= p.closed_on + facts.EXIT_WITHIN)
    ranked = (
        select(
            a.case_id,
            day.label("day"),
            code_of(a.level, codes.LEVELS).label("level"),
            code_of(a.tool, codes.TOOLS).label("tool"),
            rank((a.case_id, day), (a.source_id.desc(),)).label("place"),
        )
        .join(facts.case_path, and_(p.force_id == a.force_id, p.case_id == a.case_id))
        .where(*own_assessments(force_id), a.kind == "exit", near)
        .subquery("ranked_exit")
    )
    r, nothing = ranked.c, literal(0)
    every = union_all(
        select(r.case_id, r.day, r.level, r.tool).where(r.place == 1),
        select(p.case_id, nothing, nothing, nothing).where(p.force_id == force_id, p.closed_on < NEVER),
    ).subquery("every_exit")
    e = every.c
    until = func.lead(e.day).over(partition_by=e.case_id, order_by=e.day)
    return select(e.case_id, e.day, func.coalesce(until, NEVER).label("until"), e.level, e.tool).subquery("exit")


def exit_spans(force_id: int) -> Select:
    p, o, e = facts.case_path.c, facts.outcome.c, _exits(force_id).c
    other_tool = and_(e.level > 0, o.intake_on < NEVER, e.tool != o.intake_tool)
    return (
        select(
            literal(force_id).label("force_id"),
            p.case_id,
            p.source,
            e.day.label("since"),
            e.until,
            p.closed_on,
            p.closed_team.label("team_id"),
            p.closed_lead.label("lead_id"),
            p.closed_level.label("level"),
            p.intake_level,
            case((other_tool, codes.MOVED_TO.index("different_tool")), else_=e.level).label("exit_level"),
            change(o.intake_level, o.intake_tool, e.level, e.tool).label("change"),
            o.reached,
            o.engaged,
        )
        .select_from(facts.case_path)
        .join(e.case_id.table, e.case_id == p.case_id)
        .join(facts.outcome, and_(o.force_id == p.force_id, o.case_id == p.case_id))
        .where(p.force_id == force_id)
    )


def assessments(force_id: int) -> Select:
    a, p, s = t.risk_assessments.c, facts.case_path.c, facts.case_state.c
    day, level = day_number(a.assessed_on), code_of(a.level, codes.LEVELS)
    order = (day, a.source_id)
    own = (
        select(
            a.case_id,
            day.label("day"),
            level.label("level"),
            code_of(a.trigger, codes.TRIGGERS).label("trigger"),
            func.lag(level).over(partition_by=a.case_id, order_by=order).label("before"),
            func.lag(level).over(partition_by=(a.case_id, a.tool), order_by=order).label("same_tool"),
        )
        .where(*own_assessments(force_id))
        .subquery("own")
    )
    o = own.c
    return (
        select(
            literal(force_id).label("force_id"),
            o.case_id,
            p.source,
            o.day.label("on_day"),
            s.team_id,
            s.lead_id,
            or_none(o.before).label("level"),
            o.trigger,
            case((and_(o.same_tool > 0, o.level > o.same_tool), 1), else_=0).label("raised"),
        )
        .select_from(own)
        .join(facts.case_path, and_(p.force_id == force_id, p.case_id == o.case_id))
        .join(facts.case_state, held_on(s, o.case_id, o.day, force_id))
    )


def high_spans(force_id: int) -> Select:
    span, p, s = facts.level_span.c, facts.case_path.c, facts.case_state.c
    below = case((and_(span.level > 0, span.level < HIGH), span.since), else_=NEVER)
    while_open = (
        select(
            span.case_id,
            span.since,
            span.level,
            func.lag(span.level).over(partition_by=span.case_id, order_by=span.since).label("before"),
            func.min(below).over(partition_by=span.case_id, order_by=span.since, rows=(1, None)).label("lowered_on"),
        )
        .join(facts.case_path, and_(p.force_id == span.force_id, p.case_id == span.case_id))
        .where(span.force_id == force_id, span.since >= p.opened_on)
        .subquery("while_open")
    )
    w = while_open.c
    return (
        select(
            literal(force_id).label("force_id"),
            w.case_id,
            p.source,
            w.since,
            s.team_id,
            s.lead_id,
            func.coalesce(w.lowered_on, NEVER).label("lowered_on"),
            p.closed_on,
        )
        .select_from(while_open)
        .join(facts.case_path, and_(p.force_id == force_id, p.case_id == w.case_id))
        .join(facts.case_state, held_on(s, w.case_id, w.since, force_id))
        .where(w.level == HIGH, or_none(w.before) != HIGH)
    )


def case_windows(force_id: int) -> Select:
    counted, i, s = counted_cases(force_id), t.incident.c, facts.case_state.c
    c = counted.c
    place = union_all(*(select(literal(k).label("window")) for k in range(facts.WINDOWS))).subquery("place").c.window
    first = c.opened_on + facts.WINDOW * place
    last = first + facts.WINDOW - 1
    day = day_number(i.on_day)
    happened = exists().where(i.force_id == force_id, i.case_id == c.case_id, day >= first, day <= last)
    return (
        select(
            literal(force_id).label("force_id"),
            c.case_id,
            c.source,
            place.label("window"),
            last.label("last_on"),
            s.team_id,
            s.lead_id,
            s.level,
            case((happened, 1), else_=0).label("incident"),
        )
        .select_from(counted)
        .join(place.table, literal(True))
        .join(facts.case_state, held_on(s, c.case_id, last, force_id))
        .where(last < c.closed_on, exists().where(i.force_id == force_id))
    )
