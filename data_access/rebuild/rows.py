"""Contacts, referrals and posts, with what they need to be counted by."""

from sqlalchemy import Select, and_, case, exists, func, literal, or_, select, union

from data_access import codes, facts
from data_access import tables as t
from data_access.codes import code_of
from data_access.days import NEVER
from data_access.rebuild.calendar import working_days_after
from data_access.rebuild.parts import attempt, counted_cases, day_number, held_on, or_never, or_none, rank, substantive

DECIDED_WITHIN = 2  # working days; CL6


def contacts(force_id: int) -> Select:
    counted, k, day = counted_cases(force_id), t.contacts.c, day_number(t.contacts.c.on_day)
    span, lead = facts.level_span.c, facts.lead_span.c
    return (
        select(
            literal(force_id).label("force_id"),
            k.contact_id,
            k.case_id,
            day.label("on_day"),
            k.hour,
            case((attempt(), 1), else_=0).label("attempt"),
            case((k.outcome == "successful", 1), else_=0).label("success"),
            case((substantive(), 1), else_=0).label("substantive"),
            case((and_(counted.c.opened_on <= day, day < counted.c.closed_on), 1), else_=0).label("open"),
            case({name: place for place, name in enumerate(codes.CONTACT_WITH)}, value=k.with_whom).label("with_whom"),
            code_of(k.channel, codes.CHANNELS).label("channel"),
            code_of(k.outcome, codes.OUTCOMES).label("outcome"),
            or_none(k.duration_minutes).label("minutes"),
            case((k.duration_minutes.is_not(None), 1), else_=0).label("timed"),
            or_none(k.travel_minutes).label("travel"),
            case((k.travel_minutes.is_not(None), 1), (k.channel.in_(codes.AWAY), 2), else_=0).label("travelled"),
            or_none(k.advocate_id).label("advocate_id"),
            func.coalesce(lead.team_id, counted.c.team_id).label("team_id"),
            or_none(lead.lead_id).label("lead_id"),
            or_none(span.level).label("level"),
            counted.c.source,
        )
        .join(counted, counted.c.case_id == k.case_id)
        .outerjoin(facts.level_span, held_on(span, k.case_id, day, force_id))
        .outerjoin(facts.lead_span, held_on(lead, k.case_id, day, force_id))
        .where(k.force_id == force_id)
    )


def referrals(force_id: int) -> Select:
    r, lead = t.referral.c, facts.lead_span.c
    ranked = (
        select(lead.case_id, lead.lead_id, lead.team_id, rank((lead.case_id,), (lead.since,)).label("place"))
        .where(lead.force_id == force_id)
        .subquery("ranked_lead")
    )
    first = select(ranked).where(ranked.c.place == 1).subquery("first_lead")
    return (
        select(
            literal(force_id).label("force_id"),
            r.referral_id,
            or_none(r.case_id).label("case_id"),
            day_number(r.received_on).label("received_on"),
            or_none(day_number(r.reported_on)).label("reported_on"),
            code_of(r.source, codes.SOURCES).label("source"),
            code_of(r.decision, codes.DECISIONS).label("decision"),
            or_never(r.decided_on).label("decided_on"),
            or_none(first.c.lead_id).label("lead_id"),
            func.coalesce(first.c.team_id, t.cases.c.team_id, 0).label("team_id"),
        )
        .outerjoin(first, first.c.case_id == r.case_id)
        .outerjoin(t.cases, t.cases.c.case_id == r.case_id)
        .where(r.force_id == force_id)
    )


def undecided(force_id: int) -> Select:
    """Referrals that wait for a decision for more than two working days; a duplicate waits for none.

    A decision without its day counts as made in time: nobody waits for it.
    """
    r, d = t.referral.c, facts.referred.c
    late = working_days_after(force_id, d.received_on, DECIDED_WITHIN) + 1
    return (
        select(
            literal(force_id).label("force_id"),
            d.referral_id,
            d.case_id,
            d.received_on,
            late.label("since"),
            d.decided_on.label("until"),
            d.source,
            d.lead_id,
            d.team_id,
        )
        .join(t.referral, r.referral_id == d.referral_id)
        .where(
            d.force_id == force_id,
            d.decision != codes.DECISIONS.index("duplicate"),
            or_(d.decision == codes.DECISIONS.index("not_recorded"), r.decided_on.is_not(None)),
            late < d.decided_on,
        )
    )


def posts(force_id: int) -> Select:
    """Working time in post, without the stretches of a long absence."""
    a, f, w = t.advocate.c, t.advocate_fte.c, t.absence.c
    long_ = and_(w.force_id == force_id, or_never(w.until) - day_number(w.since) >= facts.LONG_ABSENCE)
    days = union(
        select(f.advocate_id, day_number(f.since).label("day")).where(f.force_id == force_id),
        select(f.advocate_id, or_never(f.until)).where(f.force_id == force_id),
        select(a.advocate_id, day_number(a.started_on)).where(a.force_id == force_id),
        select(a.advocate_id, or_never(a.left_on)).where(a.force_id == force_id),
        select(w.advocate_id, day_number(w.since)).where(long_),
        select(w.advocate_id, or_never(w.until)).where(long_),
    ).subquery("days")
    d = days.c
    stretch = select(
        d.advocate_id,
        d.day.label("since"),
        func.coalesce(func.lead(d.day).over(partition_by=d.advocate_id, order_by=d.day), NEVER).label("until"),
    ).subquery("stretch")
    s = stretch.c
    away = exists().where(
        long_, w.advocate_id == s.advocate_id, day_number(w.since) <= s.since, s.since < or_never(w.until)
    )
    return (
        select(
            literal(force_id).label("force_id"),
            s.advocate_id,
            a.team_id,
            s.since,
            s.until,
            f.fte_hundredths.label("fte"),
            case((a.role == "supervisor", 1), (a.role == "manager", 2), else_=0).label("supervises"),
        )
        .join(t.advocate, a.advocate_id == s.advocate_id)
        .join(
            t.advocate_fte,
            and_(f.advocate_id == s.advocate_id, day_number(f.since) <= s.since, s.since < or_never(f.until)),
        )
        .where(day_number(a.started_on) <= s.since, s.since < or_never(a.left_on), s.since < s.until, ~away)
    )
