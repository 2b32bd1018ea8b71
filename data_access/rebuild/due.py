"""What is due on a case, and since when: the standards of the force, put beside what was done."""

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, literal, select, union, union_all

from data_access import codes, facts
from data_access import tables as t
from data_access.days import NEVER
from data_access.rebuild.numbers import call_due, numbers_of
from data_access.rebuild.parts import day_number, own_assessments
from data_access.rebuild.support import later, sooner


def _stretches(force_id: int) -> Subquery:
    """Open cases, not on hold."""
    s = facts.case_state
    return select(s).where(s.c.force_id == force_id, s.c.on_hold == 0).subquery("followed")


def dues(force_id: int) -> Select:
    """All kinds, one under the other."""
    parts = (
        _first_calls(force_id),
        _since_last(force_id, "contact", "contact_within", _contacts(force_id)),
        _since_last(force_id, "untouched", "untouched_after", _touches(force_id)),
        _reviews(force_id),
    )
    return select(union_all(*parts).subquery("dues"))


def _due(
    force_id: int,
    kind: str,
    state: Subquery,
    since: ColumnElement,
    until: ColumnElement,
    due_on: ColumnElement,
    last_on: ColumnElement,
) -> Select:
    s = state.c
    return select(
        literal(force_id).label("force_id"),
        s.case_id,
        literal(codes.DUE.index(kind)).label("kind"),
        since.label("since"),
        until.label("until"),
        due_on.label("due_on"),
        last_on.label("last_on"),
        s.lead_id,
        s.team_id,
        s.level,
        s.source,
    ).where(since < until)


def _since_last(force_id: int, kind: str, standard: str, days: Subquery) -> Select:
    """Longer than the level allows since the last of the days; the opening counts as the first."""
    opened = select(facts.case_path.c.case_id, facts.case_path.c.opened_on.label("day")).where(
        facts.case_path.c.force_id == force_id
    )
    every = union(opened, select(days.c.case_id, days.c.day)).subquery(f"{kind}_days")
    follow = func.lead(every.c.day).over(partition_by=every.c.case_id, order_by=every.c.day)
    gap = select(every.c.case_id, every.c.day.label("last_on"), func.coalesce(follow, NEVER).label("next_on")).subquery(
        f"{kind}_gaps"
    )
    state, allowed, g = _stretches(force_id), numbers_of(force_id, standard), gap.c
    s, due_on = state.c, gap.c.last_on + allowed.c.amount + 1
    return (
        _due(force_id, kind, state, later(s.since, due_on), sooner(s.until, g.next_on), due_on, g.last_on)
        .join_from(state, gap, and_(g.case_id == s.case_id, g.last_on < s.until, g.next_on > s.since))
        .join(allowed, allowed.c.level == s.level)
    )


def _contacts(force_id: int) -> Subquery:
    """Days of substantive contact with the victim, whoever rang whom, after the opening."""
    k, p = facts.contact.c, facts.case_path.c
    return (
        select(k.case_id, k.on_day.label("day"))
        .join(facts.case_path, and_(p.force_id == k.force_id, p.case_id == k.case_id))
        .where(k.force_id == force_id, k.substantive == 1, k.on_day > p.opened_on)
        .subquery("contact_days")
    )


def _touches(force_id: int) -> Subquery:
    """Days on which anything was done: an attempt or contact with anybody, an own assessment, a partner's step."""
    k, p, a, d, g = facts.contact.c, facts.case_path.c, t.risk_assessments.c, t.case_discussion.c, t.agency_action.c
    days = union(
        select(k.case_id, k.on_day.label("day")).where(k.force_id == force_id),
        select(a.case_id, day_number(a.assessed_on)).where(*own_assessments(force_id)),
        select(d.case_id, day_number(d.held_on)).where(d.force_id == force_id),
        select(g.case_id, day_number(g.done_on)).where(g.force_id == force_id, g.done_on.is_not(None)),
    ).subquery("touches")
    return (
        select(days.c.case_id, days.c.day)
        .join(facts.case_path, and_(p.force_id == force_id, p.case_id == days.c.case_id))
        .where(days.c.day > p.opened_on)
        .subquery("touched")
    )


def _reviews(force_id: int) -> Select:
    state = _stretches(force_id)
    s = state.c
    return _due(force_id, "review", state, s.since, s.until, s.due_on, s.assessed_on).where(s.overdue == 1)


def _first_calls(force_id: int) -> Select:
    """From the day after the time for a first call to the first attempt, or the first contact if that came sooner."""
    p, state = facts.case_path.c, _stretches(force_id)
    call = (
        select(
            p.case_id,
            p.received_on,
            call_due(force_id, p.received_on).label("due_on"),
            sooner(p.first_attempt_on, p.first_contact_on).label("called_on"),
        )
        .where(p.force_id == force_id)
        .subquery("call")
    )
    s, c = state.c, call.c
    late = _due(
        force_id, "first_call", state, later(s.since, c.due_on), sooner(s.until, c.called_on), c.due_on, c.received_on
    )
    return late.join_from(state, call, c.case_id == s.case_id)
