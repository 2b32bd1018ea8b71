"""Safety plans, partners' actions, steps in the justice system and victims' answers, each with its case's state."""

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)

from data_access import codes, facts
from data_access import tables as t
from data_access.codes import code_of
from data_access.days import NEVER
from data_access.rebuild.calendar import working_days_after
from data_access.rebuild.parts import counted_cases, day_number, held_on, later, or_never, or_none, rank, sooner

PLAN_CURRENT = {"high": 28, "else": 90}  # days since it was made or looked at; domain SP2
PLAN_REVIEW_WITHIN = 2  # working days; domain SP3
TOLD_WITHIN = 5  # working days; Victims' Code, right 6
BREACHES = ("spo_breached", "restraining_order_breached")
RELEASES = ("release_notified", "released_no_charge")


def _plan_touches(force_id: int) -> Subquery:
    """Days on which the agreed plan in force was made or looked at, each up to the next one or the next version."""
    p, r = t.safety_plan.c, t.safety_plan_review.c
    following = func.lead(day_number(p.made_on)).over(partition_by=p.case_id, order_by=(p.made_on, p.source_id))
    version = (
        select(
            p.plan_id,
            p.case_id,
            p.agreed_with_victim,
            day_number(p.made_on).label("made_on"),
            sooner(or_never(p.superseded_on), func.coalesce(following, NEVER)).label("ends"),
        )
        .where(p.force_id == force_id)
        .subquery("version")
    )
    v = version.c
    reviewed = day_number(r.reviewed_on)
    days = union(
        select(v.plan_id, v.case_id, v.made_on.label("day"), v.ends).where(v.agreed_with_victim.is_(True)),
        select(v.plan_id, v.case_id, reviewed.label("day"), v.ends)
        .join(t.safety_plan_review, and_(r.force_id == force_id, r.case_id == v.case_id))
        .where(v.agreed_with_victim.is_(True), reviewed >= v.made_on, reviewed < v.ends),
    ).subquery("touched")
    d = days.c
    until = func.coalesce(func.lead(d.day).over(partition_by=d.plan_id, order_by=d.day), d.ends)
    return select(d.case_id, d.day, until.label("until")).where(d.day < d.ends).subquery("touch")


def _stretch(since: ColumnElement, until: ColumnElement, mark: int) -> list[ColumnElement]:
    s = facts.case_state.c
    return [
        s.force_id.label("force_id"),
        s.case_id.label("case_id"),
        since.label("since"),
        until.label("until"),
        literal(mark).label("mark"),
        s.team_id.label("team_id"),
        s.lead_id.label("lead_id"),
        s.level.label("level"),
        s.source.label("source"),
    ]


def support_states(force_id: int) -> Select:
    s, p = facts.case_state.c, facts.case_path.c
    path = and_(p.force_id == s.force_id, p.case_id == s.case_id)
    begun = later(s.since, p.first_contact_on)
    reached = and_(s.force_id == force_id, s.on_hold == 0, begun < s.until)
    touch = _plan_touches(force_id)
    allowed = case((s.level == codes.LEVELS.index("high"), PLAN_CURRENT["high"]), else_=PLAN_CURRENT["else"])
    since = later(begun, touch.c.day)
    until = sooner(sooner(s.until, touch.c.until), touch.c.day + allowed + 1)
    d = t.case_discussion.c
    first = (
        select(d.case_id, func.min(day_number(d.held_on)).label("held_on"))
        .where(d.force_id == force_id)
        .group_by(d.case_id)
        .subquery("first_discussed")
    )
    talked = later(s.since, first.c.held_on)
    every = union_all(
        select(*_stretch(begun, s.until, 0)).join(facts.case_path, path).where(reached),
        select(*_stretch(since, until, 1))
        .join(facts.case_path, path)
        .join(touch, touch.c.case_id == s.case_id)
        .where(reached, since < until),
        select(*_stretch(talked, s.until, 2))
        .join(first, first.c.case_id == s.case_id)
        .where(s.force_id == force_id, talked < s.until),
    ).subquery("stretches")
    return select(every)


def _state_on(force_id: int, rows: Subquery, day: ColumnElement, counted: FromClause) -> Select:
    """The rows with team, lead, level and source of their case on a day."""
    span, lead, c = facts.level_span.alias("span"), facts.lead_span.alias("lead"), counted.c
    return (
        select(
            literal(force_id).label("force_id"),
            *(column for column in rows.c),
            func.coalesce(lead.c.team_id, c.team_id).label("team_id"),
            or_none(lead.c.lead_id).label("lead_id"),
            or_none(span.c.level).label("level"),
            c.source,
        )
        .select_from(rows)
        .join(counted, c.case_id == rows.c.case_id)
        .outerjoin(span, held_on(span.c, rows.c.case_id, day, force_id))
        .outerjoin(lead, held_on(lead.c, rows.c.case_id, day, force_id))
    )


def plan_triggers(force_id: int) -> Select:
    counted, span, j = counted_cases(force_id), facts.level_span.c, t.justice_event.c
    before = func.lag(span.level).over(partition_by=span.case_id, order_by=span.since)
    levels = (
        select(span.case_id, span.since, span.level, before.label("before"))
        .where(span.force_id == force_id)
        .subquery("levels")
    )
    kinds = {name: codes.TRIGGERS.index(name) for name in ("escalation", "order_breach", "perpetrator_release")}
    of_kind = case((j.kind.in_(BREACHES), kinds["order_breach"]), else_=kinds["perpetrator_release"])
    events = union(
        select(levels.c.case_id, levels.c.since.label("on_day"), literal(kinds["escalation"]).label("kind")).where(
            levels.c.before > 0, levels.c.level > levels.c.before
        ),
        select(j.case_id, day_number(j.on_day), of_kind).where(
            j.force_id == force_id, or_(j.kind.in_(BREACHES), j.kind.in_(RELEASES))
        ),
    ).subquery("events")
    touch = _plan_touches(force_id).alias("after")
    done = (
        select(func.min(touch.c.day))
        .where(touch.c.case_id == events.c.case_id, touch.c.day >= events.c.on_day)
        .scalar_subquery()
    )
    e, c = events.c, counted.c
    rows = (
        select(
            e.case_id,
            e.on_day,
            e.kind,
            working_days_after(force_id, e.on_day, PLAN_REVIEW_WITHIN).label("due_on"),
            func.coalesce(done, NEVER).label("done_on"),
            c.closed_on,
        )
        .join(counted, c.case_id == e.case_id)
        .where(c.opened_on <= e.on_day, e.on_day < c.closed_on)
        .subquery("triggers")
    )
    return _state_on(force_id, rows, rows.c.on_day, counted_cases(force_id).alias("of_trigger"))


def actions(force_id: int) -> Select:
    a = t.agency_action.c
    late = day_number(a.due_on) + 1
    ended = case(
        (a.done_on.is_not(None), later(day_number(a.done_on), late)),
        (a.status == "open", NEVER),
        else_=late,  # done on a day that nobody wrote down, or given up: not in time, and not waited for
    )
    counted = counted_cases(force_id)
    rows = (
        select(
            a.action_id,
            a.case_id,
            code_of(a.owner_agency, codes.AGENCIES).label("agency"),
            day_number(a.agreed_on).label("agreed_on"),
            day_number(a.due_on).label("due_on"),
            late.label("since"),
            later(sooner(ended, counted.c.closed_on), late).label("until"),  # nobody waits for it after the closing
            or_never(a.done_on).label("done_on"),
        )
        .join(counted, counted.c.case_id == a.case_id)
        .where(a.force_id == force_id, a.due_on.is_not(None), a.status != "cancelled")
        .subquery("agreed")
    )
    return _state_on(force_id, rows, rows.c.due_on, counted_cases(force_id).alias("of_action"))


def _answers(force_id: int, point: str) -> Subquery:
    """The answer of a case to a question at a point; of several the last one."""
    o = t.outcome_measure.c
    ranked = (
        select(
            o.case_id,
            code_of(o.item, codes.OUTCOME_ITEMS).label("item"),
            o.value,
            day_number(o.measured_on).label("on_day"),
            rank((o.case_id, o.item), (o.measured_on.desc(), o.source_id.desc())).label("place"),
        )
        .where(o.force_id == force_id, o.point == point, o.value.is_not(None))
        .subquery(f"ranked_{point}")
    )
    return select(ranked).where(ranked.c.place == 1).subquery(f"at_{point}")


def changes(force_id: int) -> Select:
    counted, p, o = counted_cases(force_id), facts.case_path.c, t.outcome_measure.c
    asked = (
        select(code_of(o.item, codes.OUTCOME_ITEMS).label("item")).where(o.force_id == force_id).distinct()
    ).subquery("asked")
    begun, ended = _answers(force_id, "intake"), _answers(force_id, "exit")
    places = [codes.OUTCOME_ITEMS.index(name) for name in codes.REVERSED_ITEMS]
    gain = case((asked.c.item.in_(places), begun.c.value - ended.c.value), else_=ended.c.value - begun.c.value)
    named = {name: place for place, name in enumerate(codes.CHANGES)}
    result = case(
        (gain >= 1, named["better"]),
        (gain <= -1, named["worse"]),
        (gain == 0, named["same"]),
        else_=named["not_paired"],
    )
    rows = (
        select(
            p.case_id,
            p.closed_on,
            asked.c.item,
            result.label("result"),
            case((and_(begun.c.value.is_not(None), ended.c.value.is_not(None)), ended.c.on_day), else_=NEVER).label(
                "paired_on"
            ),
        )
        .select_from(facts.case_path)
        .join(asked, literal(True))
        .outerjoin(begun, and_(begun.c.case_id == p.case_id, begun.c.item == asked.c.item))
        .outerjoin(ended, and_(ended.c.case_id == p.case_id, ended.c.item == asked.c.item))
        .where(p.force_id == force_id, p.closed_on < NEVER, p.first_contact_on <= p.closed_on, asked.c.item > 0)
        .subquery("paired")
    )
    return _state_on(force_id, rows, rows.c.closed_on, counted)


def justice(force_id: int) -> Select:
    counted, j = counted_cases(force_id), t.justice_event.c
    on_day = day_number(j.on_day)
    rows = (
        select(
            j.justice_event_id,
            j.case_id,
            code_of(j.kind, codes.JUSTICE_EVENTS).label("kind"),
            on_day.label("on_day"),
            func.coalesce(day_number(j.entered_on), on_day).label("known_on"),
            or_never(j.told_on).label("told_on"),
            working_days_after(force_id, on_day, TOLD_WITHIN).label("due_on"),
            case((j.advocate_present.is_(True), 1), (j.advocate_present.is_(False), 0), else_=2).label("present"),
            counted.c.closed_on,
        )
        .join(counted, counted.c.case_id == j.case_id)
        .where(j.force_id == force_id)
        .subquery("steps")
    )
    return _state_on(force_id, rows, rows.c.on_day, counted_cases(force_id).alias("of_step"))
