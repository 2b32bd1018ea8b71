"""The list of cases that were handed over from one lead to another, and whether the new lead has met the victim."""

from sqlalchemy import Select, case, literal

from data_access import facts
from data_access.listings import Listing, last_day, selected
from data_access.measures import handovers
from data_access.question import Question


def _handed_over(question: Question) -> Select:
    """Transfers of the period, with what is known of them on the last day."""
    fact = facts.handover
    day = last_day(question, fact)
    within = facts.HANDOVER_WITHIN
    what = case(
        (fact.c.met_on <= day, literal("contact of the new lead in time")),
        (fact.c.ended_on + within > day, literal("the days for a contact are not over")),
        (fact.c.taken_on > day, literal("no new lead in time")),
        else_=literal("no contact of the new lead in time"),
    )
    columns = {
        "lead_id": fact.c.lead_id,
        "team_id": fact.c.team_id,
        "level": fact.c.level,
        "days": day - fact.c.ended_on,
        "what": what,
        "since": fact.c.ended_on,
    }
    where = handovers.HANDED_OVER.conditions(question, "Handed over")
    return selected(fact, columns, where, fact.c.allocation_id)


HANDED_OVER = Listing(
    "handover",
    "Cases handed over to another lead; Lead is the one who handed over",
    "No case was handed over.",
    "days since the handover",
    _handed_over,
    of_period=True,
)
