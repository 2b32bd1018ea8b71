"""Lists of the cases behind a number, and of the cases that need somebody."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, Integer, Select, and_, case, literal, literal_column

from data_access import changes, codes, facts
from data_access.days import NEVER
from data_access.due_lists import CONTACT_OVERDUE, DUE_LISTS
from data_access.errors import UnknownName
from data_access.handover_list import HANDED_OVER
from data_access.listings import COLUMNS, Listing, Rows, last_day, page_of, selected
from data_access.measures import caseload, engagement, risk
from data_access.measures.recipes import Rows as RowsOf
from data_access.measures.recipes import Stretches
from data_access.question import Question
from data_access.standards import DEFAULTS
from data_access.support_lists import SUPPORT_LISTS

# Days without a substantive contact that ask for one, by level; ours, not a published standard (CL11, EN12).
# A case without a level is held to the strictest, because nobody knows its risk.
CONTACT_WITHIN = DEFAULTS.days("contact_within")


def known(name: str) -> Listing:
    """The list of a name. Raises UnknownName with the nearest one."""
    if name not in LISTS:
        raise UnknownName("list", name, LISTS)
    return LISTS[name]


def _state(
    stretches: Stretches, what: str, since: ColumnElement, more: tuple[ColumnElement[bool], ...] = ()
) -> Callable[[Question], Select]:
    """Cases of a stock on the last day."""
    fact = facts.case_state

    def rows(question: Question) -> Select:
        where = [*stretches.on_last_day(question, what), *more]
        columns = {
            "lead_id": fact.c.lead_id,
            "team_id": fact.c.team_id,
            "level": fact.c.level,
            "days": last_day(question, fact) - since,
            "what": literal(what),
            "since": since,
        }
        return selected(fact, columns, where, fact.c.case_id)

    return rows


def _path(
    rows_of: RowsOf, day_: ColumnElement, what: str, level: ColumnElement, lead: ColumnElement, team_: ColumnElement
) -> Callable[[Question], Select]:
    """Cases that started or ended in the period."""
    fact = facts.case_path

    def rows(question: Question) -> Select:
        ended = case((fact.c.closed_on < NEVER, fact.c.closed_on), else_=last_day(question, fact))
        columns = {
            "lead_id": lead,
            "team_id": team_,
            "level": level,
            "days": ended - fact.c.opened_on,
            "what": literal(what),
            "since": day_,
        }
        return selected(fact, columns, rows_of.conditions(question, what), fact.c.case_id)

    return rows


def _referrals(question: Question) -> Select:
    fact = facts.referred
    decisions = case({i: codes.label(name) for i, name in enumerate(codes.DECISIONS)}, value=fact.c.decision)
    columns = {
        "lead_id": fact.c.lead_id,
        "team_id": fact.c.team_id,
        "level": literal_column("0", Integer),
        "days": last_day(question, fact) - fact.c.received_on,
        "what": decisions,
        "since": fact.c.received_on,
    }
    return selected(fact, columns, caseload.RECEIVED.conditions(question, "Referrals"), fact.c.referral_id)


def _attempts(question: Question) -> Select:
    fact = facts.contact
    outcomes = case({i: codes.label(name) for i, name in enumerate(codes.OUTCOMES)}, value=fact.c.outcome)
    columns = {
        "lead_id": fact.c.lead_id,
        "team_id": fact.c.team_id,
        "level": fact.c.level,
        "days": last_day(question, fact) - fact.c.on_day,
        "what": outcomes,
        "since": fact.c.on_day,
    }
    return selected(fact, columns, engagement.ATTEMPTS.conditions(question, "Contact attempts"), fact.c.contact_id)


def _not_reached(question: Question) -> Select:
    """Open cases with no substantive contact yet on the last day."""
    fact, path = facts.case_state, facts.case_path
    last = last_day(question, fact)
    columns = {
        "lead_id": fact.c.lead_id,
        "team_id": fact.c.team_id,
        "level": fact.c.level,
        "days": last - path.c.received_on,
        "what": literal("first contact"),
        "since": path.c.received_on,
    }
    reached = and_(path.c.case_id == fact.c.case_id, path.c.force_id == fact.c.force_id)
    where = [*caseload.OPEN.on_last_day(question, "Cases not reached yet"), path.c.first_contact_on > last]
    return selected(fact, columns, where, fact.c.case_id).join(path, reached)


_S, _P = facts.case_state.c, facts.case_path.c
LISTS: dict[str, Listing] = {
    listing.name: listing
    for listing in (
        Listing(
            "open_cases", "Open cases", "No case is open.", "days open", _state(caseload.OPEN, "open", _S.opened_on)
        ),
        Listing(
            "waiting",
            "Cases on the waiting list",
            "Nobody is waiting.",
            "days since opening",
            _state(caseload.OPEN, "a lead advocate", _S.opened_on, (_S.waiting == 1,)),
        ),
        Listing(
            "no_lead",
            "Open cases without a lead, not on the waiting list",
            "Every case has a lead advocate.",
            "days since opening",
            _state(caseload.OPEN, "a lead advocate", _S.opened_on, (_S.lead_id == 0, _S.waiting == 0)),
        ),
        Listing(
            "cases_per_fte",
            "Cases with a lead",
            "No case has a lead.",
            "days open",
            _state(caseload.LED, "open", _S.opened_on),
        ),
        Listing(
            "on_hold",
            "Cases on hold",
            "No case is on hold.",
            "days open",
            _state(caseload.OPEN, "on hold", _S.opened_on, (_S.on_hold == 1,)),
        ),
        Listing(
            "opened",
            "Cases opened",
            "No case was opened.",
            "days open so far or in all",
            _path(caseload.OPENED, _P.opened_on, "opened", _P.opened_level, _P.opened_lead, _P.opened_team),
            of_period=True,
        ),
        Listing(
            "closed",
            "Cases closed",
            "No case was closed.",
            "days open in all",
            _path(caseload.CLOSED, _P.closed_on, "closed", _P.closed_level, _P.closed_lead, _P.closed_team),
            of_period=True,
        ),
        Listing(
            "referrals",
            "Referrals received",
            "No referral was received.",
            "days since receipt",
            _referrals,
            of_period=True,
        ),
        Listing(
            "contact_success",
            "Attempts to reach a victim",
            "Nobody was called or written to.",
            "days since the attempt",
            _attempts,
            of_period=True,
        ),
        Listing(
            "waiting_first_contact",
            "Open cases not reached yet",
            "Everybody has been reached.",
            "days since referral",
            _not_reached,
        ),
        CONTACT_OVERDUE,
        Listing(
            "review_overdue",
            "Risk reviews overdue",
            "No review is overdue.",
            "days since the assessment",
            _state(risk.ASSESSED, "risk review", _S.assessed_on, (_S.overdue == 1,)),
        ),
    )
}

CHANGES = (*changes.WEEK, *changes.due(LISTS["review_overdue"], LISTS["contact_overdue"]), *changes.LATE)
LISTS |= {change.name: change.listing for change in CHANGES}
LISTS |= {listing.name: listing for listing in (*DUE_LISTS, *SUPPORT_LISTS, HANDED_OVER)}

__all__ = ["CHANGES", "COLUMNS", "CONTACT_WITHIN", "LISTS", "Listing", "Rows", "known", "page_of"]
