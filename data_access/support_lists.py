"""Lists of plans, partners' actions and steps in the justice system that somebody has to look at."""

from sqlalchemy import ColumnElement, Select, Table, and_, case, exists, literal

from data_access import codes, facts
from data_access.listings import Listing, last_day, selected
from data_access.measures import justice, plans
from data_access.question import Question

AHEAD = 14  # days that the list of what is coming looks ahead; domain part 4, supervisor's question 5
COMING = (*justice.HEARINGS, "release_notified", "order_expires")


def _columns(fact: Table, days: ColumnElement, what: ColumnElement, since: ColumnElement) -> dict[str, ColumnElement]:
    c = fact.c
    return {"lead_id": c.lead_id, "team_id": c.team_id, "level": c.level, "days": days, "what": what, "since": since}


def _named(column: ColumnElement, names: tuple[str, ...]) -> ColumnElement[str]:
    return case({place: codes.label(name) for place, name in enumerate(names)}, value=column)


def _without_plan(question: Question) -> Select:
    """Open cases that have been reached, not on hold, whose plan is not current on the last day."""
    fact = facts.support_state
    planned = fact.alias("planned")
    day = last_day(question, fact)
    current = exists().where(
        planned.c.force_id == fact.c.force_id,
        planned.c.case_id == fact.c.case_id,
        planned.c.mark == 1,
        planned.c.since <= day,
        planned.c.until > day,
    )
    where = [*plans.REACHED.on_last_day(question, "Cases without a current plan"), ~current]
    path = facts.case_path
    met = path.c.first_contact_on
    joined = and_(path.c.case_id == fact.c.case_id, path.c.force_id == fact.c.force_id)
    columns = _columns(fact, day - met, literal("safety plan"), met)
    return selected(fact, columns, where, fact.c.case_id).join(path, joined)


def _triggers_unanswered(question: Question) -> Select:
    """Triggers of cases that are open on the last day, after which the plan was not looked at in time, nor since."""
    fact = facts.plan_trigger
    day = last_day(question, fact)
    where = [
        *question.conditions(fact, plans.TRIGGERED.keys, "Triggers without a review"),
        fact.c.due_on < day,
        fact.c.done_on > day,
        fact.c.closed_on > day,
    ]
    columns = _columns(fact, day - fact.c.on_day, _named(fact.c.kind, codes.TRIGGERS), fact.c.on_day)
    return selected(fact, columns, where, fact.c.case_id)


def _not_discussed(question: Question) -> Select:
    """Open cases at high risk that no multi-agency meeting has discussed by the last day."""
    fact, talked = facts.case_state, facts.support_state
    day = last_day(question, fact)
    discussed = exists().where(
        talked.c.force_id == fact.c.force_id,
        talked.c.case_id == fact.c.case_id,
        talked.c.mark == 2,
        talked.c.since <= day,
    )
    where = [*plans.OPEN_HIGH.on_last_day(question, "High-risk cases not discussed"), ~discussed]
    columns = _columns(fact, day - fact.c.assessed_on, literal("multi-agency meeting"), fact.c.assessed_on)
    return selected(fact, columns, where, fact.c.case_id)


def _actions_late(question: Question) -> Select:
    """Actions that are past their due day and not done, of cases that are open on the last day."""
    fact = facts.action
    day = last_day(question, fact)
    where = plans.LATE_ACTIONS.on_last_day(question, "Late actions")
    columns = _columns(fact, day - fact.c.due_on, _named(fact.c.agency, codes.AGENCIES), fact.c.due_on)
    return selected(fact, columns, where, fact.c.action_id)


def _coming(question: Question) -> Select:
    """Hearings, releases and ends of orders in the fortnight after the last day, as far as they were known on it."""
    fact = facts.justice
    day = last_day(question, fact)
    where = [
        *question.conditions(fact, justice.HAPPENED.keys, "What is coming"),
        fact.c.kind.in_([codes.JUSTICE_EVENTS.index(name) for name in COMING]),
        fact.c.on_day > day,
        fact.c.on_day <= day + AHEAD,
        fact.c.known_on <= day,
        fact.c.closed_on > day,
    ]
    told = {
        place: f"{codes.label(name)}; the victim has {{}}been told"
        for place, name in enumerate(codes.JUSTICE_EVENTS)
        if name in COMING
    }
    what = case(
        (fact.c.told_on <= day, case({k: v.format("") for k, v in told.items()}, value=fact.c.kind)),
        else_=case({k: v.format("not ") for k, v in told.items()}, value=fact.c.kind),
    )
    return selected(fact, _columns(fact, fact.c.on_day - day, what, fact.c.on_day), where, fact.c.justice_event_id)


SUPPORT_LISTS = (
    Listing(
        "plan_coverage",
        "Open cases without a current safety plan",
        "Every case has a current safety plan.",
        "days since the first contact",
        _without_plan,
    ),
    Listing(
        "plan_review_due",
        "Triggers after which the safety plan was not looked at",
        "After every trigger the safety plan was looked at.",
        "days since the trigger",
        _triggers_unanswered,
    ),
    Listing(
        "not_discussed",
        "High-risk cases not discussed with partners",
        "Every open case at high risk has been discussed with partners.",
        "days since the assessment",
        _not_discussed,
    ),
    Listing(
        "actions_late",
        "Agencies' actions that are late",
        "No action is late.",
        "days since the due day",
        _actions_late,
    ),
    Listing(
        "coming",
        "Hearings, releases and ends of orders in the next 14 days",
        "Nothing is listed for the next 14 days.",
        "days from now",
        _coming,
        ahead=True,
    ),
)
