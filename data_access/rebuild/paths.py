"""One row for each case, from referral to closing."""

from sqlalchemy import Select, Subquery, case, func, literal, or_, select

from data_access import facts
from data_access import tables as t
from data_access.days import NEVER
from data_access.rebuild.parts import (
    attempt,
    counted_cases,
    day_number,
    held_on,
    intake_assessments,
    or_none,
    rank,
    substantive,
)


def _first_contacts(force_id: int, counted: Subquery) -> Subquery:
    """First attempt and first substantive contact of a case, from the day of the referral on."""
    c, day = t.contacts.c, day_number(t.contacts.c.on_day)
    return (
        select(
            c.case_id,
            func.min(case((attempt(), day), else_=NEVER)).label("attempt"),
            func.min(case((substantive(), day), else_=NEVER)).label("substantive"),
        )
        .join(counted, counted.c.case_id == c.case_id)
        .where(c.force_id == force_id, day >= counted.c.received_on)
        .group_by(c.case_id)
        .subquery("first_contacts")
    )


def _end_leads(force_id: int, counted: Subquery, last: bool) -> Subquery:
    """First lead of each case, or the last one up to its closing."""
    lead = facts.lead_span.c
    order = lead.since.desc() if last else lead.since
    ranked = (
        select(lead.case_id, lead.since, lead.lead_id, lead.team_id, rank((lead.case_id,), (order,)).label("place"))
        .join(counted, counted.c.case_id == lead.case_id)
        .where(lead.force_id == force_id, or_(literal(not last), lead.since <= counted.c.closed_on))
        .subquery()
    )
    return select(ranked).where(ranked.c.place == 1).subquery("last_lead" if last else "first_lead")


def case_paths(force_id: int) -> Select:
    counted, intake = counted_cases(force_id), intake_assessments(force_id)
    firsts = _first_contacts(force_id, counted)
    first_lead, last_lead = _end_leads(force_id, counted, False), _end_leads(force_id, counted, True)
    opened_span, closed_span = facts.level_span.alias("at_opening"), facts.level_span.alias("at_closing")
    opened_lead = facts.lead_span.alias("lead_at_opening")
    c, i = counted.c, intake.c
    return (
        select(
            literal(force_id).label("force_id"),
            c.case_id,
            c.source,
            c.received_on,
            c.accepted_on,
            c.opened_on,
            c.closed_on,
            func.coalesce(firsts.c.attempt, NEVER).label("first_attempt_on"),
            func.coalesce(firsts.c.substantive, NEVER).label("first_contact_on"),
            func.coalesce(first_lead.c.since, NEVER).label("led_on"),
            or_none(first_lead.c.lead_id).label("lead_id"),
            func.coalesce(first_lead.c.team_id, c.team_id).label("team_id"),
            or_none(opened_span.c.level).label("opened_level"),
            or_none(opened_lead.c.lead_id).label("opened_lead"),
            func.coalesce(opened_lead.c.team_id, c.team_id).label("opened_team"),
            or_none(closed_span.c.level).label("closed_level"),
            or_none(last_lead.c.lead_id).label("closed_lead"),
            func.coalesce(last_lead.c.team_id, c.team_id).label("closed_team"),
            or_none(i.level).label("intake_level"),
        )
        .outerjoin(firsts, firsts.c.case_id == c.case_id)
        .outerjoin(first_lead, first_lead.c.case_id == c.case_id)
        .outerjoin(last_lead, last_lead.c.case_id == c.case_id)
        .outerjoin(opened_span, held_on(opened_span.c, c.case_id, c.opened_on, force_id))
        .outerjoin(closed_span, held_on(closed_span.c, c.case_id, c.closed_on, force_id))
        .outerjoin(opened_lead, held_on(opened_lead.c, c.case_id, c.opened_on, force_id))
        .outerjoin(intake, i.case_id == c.case_id)
    )
