"""Who led and who handed over, and how cases ended."""

from sqlalchemy import Select, Subquery, and_, case, func, literal, select, union_all

from data_access import codes, facts
from data_access import tables as t
from data_access.codes import code_of
from data_access.days import NEVER
from data_access.rebuild.approach import tries_of
from data_access.rebuild.parts import attempt, day_number, held_on, later, or_never, or_none, rank, sooner


def lead_counts(force_id: int) -> Select:
    """How many people have led: each counts from the first day, a cover from the first beyond 14 days."""
    s, a, p = facts.lead_span.c, t.allocation.c, facts.case_path.c
    since = day_number(a.since)
    led = union_all(
        select(s.case_id, s.lead_id, s.since.label("day")).where(s.force_id == force_id),
        select(a.case_id, a.advocate_id, since + facts.SHORT_COVER).where(
            a.force_id == force_id, a.role == "cover", or_never(a.until) - since > facts.SHORT_COVER
        ),
    ).subquery("led")
    first = (
        select(led.c.case_id, led.c.lead_id, func.min(led.c.day).label("day"))
        .group_by(led.c.case_id, led.c.lead_id)
        .subquery("first_led")
    )
    day = later(first.c.day, p.opened_on)
    new = (
        select(first.c.case_id, day.label("day"), func.count().label("people"))
        .join(facts.case_path, and_(p.force_id == force_id, p.case_id == first.c.case_id))
        .where(first.c.day < p.closed_on)
        .group_by(first.c.case_id, day)
        .subquery("new_leads")
    )
    n = new.c
    so_far = func.sum(n.people).over(partition_by=n.case_id, order_by=n.day, rows=(None, 0))
    following = func.lead(n.day).over(partition_by=n.case_id, order_by=n.day)
    return select(
        literal(force_id).label("force_id"),
        n.case_id,
        n.day.label("since"),
        func.coalesce(following, NEVER).label("until"),
        so_far.label("leads"),
    )


def lead_states(force_id: int) -> Select:
    s, n = facts.case_state.c, facts.lead_count.c
    led = (
        select(
            s.force_id,
            s.case_id,
            later(n.since, s.since).label("since"),
            sooner(n.until, s.until).label("until"),
            case((n.leads > facts.MANY_LEADS, facts.MANY_LEADS), else_=n.leads).label("leads"),
            s.team_id,
            s.lead_id,
            s.level,
            s.source,
        )
        .join(
            facts.lead_count,
            and_(n.force_id == force_id, n.case_id == s.case_id, n.since < s.until, n.until > s.since),
        )
        .where(s.force_id == force_id)
    )
    return select(_before_any_lead(force_id).union_all(led).subquery("stretches"))


def _before_any_lead(force_id: int) -> Select:
    s, n = facts.case_state.c, facts.lead_count.c
    first = (
        select(n.case_id, func.min(n.since).label("since"))
        .where(n.force_id == force_id)
        .group_by(n.case_id)
        .subquery("first_of_all")
    )
    began = func.coalesce(first.c.since, NEVER)
    return (
        select(
            s.force_id,
            s.case_id,
            s.since,
            sooner(began, s.until).label("until"),
            literal(0).label("leads"),
            s.team_id,
            s.lead_id,
            s.level,
            s.source,
        )
        .outerjoin(first, first.c.case_id == s.case_id)
        .where(s.force_id == force_id, s.since < began)
    )


def closed_cases(force_id: int) -> Select:
    p, g = facts.case_path.c, facts.engaged.c
    stage, tries, usual, leads = _furthest(force_id), _tries(force_id), _usual(force_id), _leads_in_all(force_id)
    calls, texts = func.coalesce(tries.c.calls, 0), func.coalesce(tries.c.texts, 0)
    return (
        select(
            literal(force_id).label("force_id"),
            p.case_id,
            p.source,
            p.closed_on,
            p.closed_level.label("level"),
            p.closed_lead.label("lead_id"),
            p.closed_team.label("team_id"),
            code_of(t.cases.c.closure_reason, codes.CLOSURE_REASONS).label("reason"),
            or_none(stage.c.stage).label("stage"),
            tries_of(calls, texts).label("tries"),
            func.coalesce(g.engaged_on, NEVER).label("engaged_on"),
            or_none(leads.c.leads).label("leads"),
            or_none(usual.c.contacts).label("contacts"),
            or_none(usual.c.usual).label("usual"),
        )
        .join(t.cases, t.cases.c.case_id == p.case_id)
        .outerjoin(facts.engaged, and_(g.force_id == force_id, g.case_id == p.case_id))
        .outerjoin(stage, stage.c.case_id == p.case_id)
        .outerjoin(tries, tries.c.case_id == p.case_id)
        .outerjoin(usual, usual.c.case_id == p.case_id)
        .outerjoin(leads, leads.c.case_id == p.case_id)
        .where(p.force_id == force_id, p.closed_on < NEVER)
    )


def _furthest(force_id: int) -> Subquery:
    """Furthest stage that a case had begun by its closing; closing, on hold and waiting are no progress."""
    s, p = t.case_stage_event.c, facts.case_path.c
    place = code_of(s.stage, codes.STAGES)
    return (
        select(s.case_id, (func.max(place) + 1).label("stage"))
        .join(facts.case_path, and_(p.force_id == force_id, p.case_id == s.case_id))
        .where(s.force_id == force_id, s.stage.in_(codes.PROGRESS), day_number(s.since) <= p.closed_on)
        .group_by(s.case_id)
        .subquery("furthest")
    )


def _tries(force_id: int) -> Subquery:
    c, p, day = t.contacts.c, facts.case_path.c, day_number(t.contacts.c.on_day)
    return (
        select(
            c.case_id,
            func.sum(case((c.channel != "text", 1), else_=0)).label("calls"),
            func.sum(case((c.channel == "text", 1), else_=0)).label("texts"),
        )
        .join(facts.case_path, and_(p.force_id == force_id, p.case_id == c.case_id))
        .where(c.force_id == force_id, attempt(), day >= p.received_on, day <= p.closed_on)
        .group_by(c.case_id)
        .subquery("tries_in_all")
    )


def _usual(force_id: int) -> Subquery:
    """Substantive contacts up to closing by advocate: all, and those of the one who made most."""
    k, p = facts.contact.c, facts.case_path.c
    each = (
        select(k.case_id, func.count().label("made"))
        .join(facts.case_path, and_(p.force_id == force_id, p.case_id == k.case_id))
        .where(k.force_id == force_id, k.substantive == 1, k.advocate_id > 0, k.on_day <= p.closed_on)
        .group_by(k.case_id, k.advocate_id)
        .subquery("each_advocate")
    )
    made = each.c.made
    return (
        select(each.c.case_id, func.sum(made).label("contacts"), func.max(made).label("usual"))
        .group_by(each.c.case_id)
        .subquery("usual")
    )


def _leads_in_all(force_id: int) -> Subquery:
    n = facts.lead_count.c
    return (
        select(n.case_id, func.max(n.leads).label("leads"))
        .where(n.force_id == force_id)
        .group_by(n.case_id)
        .subquery("leads_in_all")
    )


def handovers(force_id: int) -> Select:
    """Lead allocations that ended for a transfer, with the next lead of the case and the contact around that day."""
    a, p, s, k = t.allocation.c, facts.case_path.c, facts.lead_span.c, facts.contact.c
    ended = day_number(a.until)
    ranked = (
        select(
            a.allocation_id,
            s.lead_id,
            later(s.since, ended).label("taken_on"),
            rank((a.allocation_id,), (s.since,)).label("place"),
        )
        .join(facts.lead_span, and_(s.force_id == force_id, s.case_id == a.case_id, s.until > ended))
        .where(a.force_id == force_id, a.role == "lead", a.end_reason.in_(codes.TRANSFERS))
        .subquery("next_leads")
    )
    n = ranked.c
    near = facts.HANDOVER_WITHIN
    met = (
        select(n.allocation_id, func.min(k.on_day).label("on_day"))
        .join(t.allocation, a.allocation_id == n.allocation_id)
        .join(facts.contact, and_(k.force_id == force_id, k.case_id == a.case_id, k.advocate_id == n.lead_id))
        .where(n.place == 1, k.substantive == 1, k.on_day >= ended - near, k.on_day <= ended + near)
        .group_by(n.allocation_id)
        .subquery("met")
    )
    taken, met_on = func.coalesce(n.taken_on, NEVER), func.coalesce(met.c.on_day, NEVER)
    return (
        select(
            literal(force_id).label("force_id"),
            a.allocation_id,
            a.case_id,
            ended.label("ended_on"),
            a.advocate_id.label("lead_id"),
            t.advocate.c.team_id,
            or_none(facts.level_span.c.level).label("level"),
            p.source,
            code_of(a.end_reason, codes.ALLOCATION_ENDS).label("reason"),
            taken.label("taken_on"),
            later(met_on, taken).label("met_on"),
            p.closed_on,
        )
        .join(facts.case_path, and_(p.force_id == force_id, p.case_id == a.case_id))
        .join(t.advocate, t.advocate.c.advocate_id == a.advocate_id)
        .outerjoin(facts.level_span, held_on(facts.level_span.c, a.case_id, ended, force_id))
        .outerjoin(ranked, and_(n.allocation_id == a.allocation_id, n.place == 1))
        .outerjoin(met, met.c.allocation_id == a.allocation_id)
        .where(
            a.force_id == force_id,
            a.role == "lead",
            a.end_reason.in_(codes.TRANSFERS),
            p.opened_on <= ended,
            ended < p.closed_on,
        )
    )
