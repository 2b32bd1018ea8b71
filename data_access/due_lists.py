"""Lists of what is due: a first call, a contact, anything at all, a lead, a decision."""

from collections.abc import Callable

from sqlalchemy import Integer, Select, literal, literal_column

from data_access import facts
from data_access.listings import Listing, last_day, selected
from data_access.measures import waiting
from data_access.measures.arrivals import UNDECIDED, undecided
from data_access.question import Question

_D, _S, _U = facts.due.c, facts.case_state.c, facts.undecided.c


def _due(kind: str, what: str, title: str) -> Callable[[Question], Select]:
    """Cases on which one kind of thing is due on the last day, with the days since it was done last."""
    stretches = waiting.due(kind)

    def rows(question: Question) -> Select:
        columns = {
            "lead_id": _D.lead_id,
            "team_id": _D.team_id,
            "level": _D.level,
            "days": last_day(question, facts.due) - _D.last_on,
            "what": literal(what),
            "since": _D.last_on,
        }
        return selected(facts.due, columns, stretches.on_last_day(question, title), _D.case_id)

    return rows


def _without_lead(question: Question) -> Select:
    columns = {
        "lead_id": _S.lead_id,
        "team_id": _S.team_id,
        "level": _S.level,
        "days": last_day(question, facts.case_state) - _S.opened_on,
        "what": literal("a lead advocate"),
        "since": _S.opened_on,
    }
    return selected(
        facts.case_state, columns, waiting.NO_LEAD.on_last_day(question, "Cases without a lead"), _S.case_id
    )


def _undecided(question: Question) -> Select:
    columns = {
        "lead_id": _U.lead_id,
        "team_id": _U.team_id,
        "level": literal_column("0", Integer),
        "days": last_day(question, facts.undecided) - _U.received_on,
        "what": literal("a decision"),
        "since": _U.received_on,
    }
    where = UNDECIDED.on_last_day(question, undecided.title)
    return selected(facts.undecided, columns, where, _U.referral_id)


CONTACT_OVERDUE = Listing(
    "contact_overdue",
    "Contacts overdue",
    "No contact is overdue.",
    "days since the last contact",
    _due("contact", "contact", "Overdue contacts"),
)
DUE_LISTS = (
    Listing(
        "waiting_first_call",
        "Waiting for a first call",
        "Nobody waits for a first call longer than the time for it.",
        "days since referral",
        _due("first_call", "first call", "Cases that wait for a first call"),
    ),
    CONTACT_OVERDUE,
    Listing(
        "untouched",
        "Untouched cases",
        "Something was done on every case in its time.",
        "days since anything was done",
        _due("untouched", "anything at all", "Untouched cases"),
    ),
    Listing(
        "waiting_list", "Cases without a lead", "Every case has a lead advocate.", "days since opening", _without_lead
    ),
    Listing(
        "undecided",
        "Referrals undecided for over two working days",
        "Every referral was decided in time.",
        "days since receipt",
        _undecided,
    ),
)
