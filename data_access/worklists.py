"""Lists of the cases behind a number, and of the cases that need somebody, paged by the database."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Integer, Select, Table, and_, case, func, literal, literal_column, select

from data_access import codes, facts
from data_access import tables as t
from data_access.days import NEVER, day
from data_access.errors import UnknownName
from data_access.measures import caseload, engagement, risk
from data_access.measures.recipes import Rows as RowsOf
from data_access.measures.recipes import Stretches
from data_access.question import Question
from data_access.slice import Page

# Days without a substantive contact that ask for one, by level; ours, not a published standard (CL11, EN12).
# A case without a level is held to the strictest, because nobody knows its risk.
CONTACT_WITHIN = {"high": 14, "medium": 28, "standard": 42, "not_assessed": 14}

COLUMNS = ("reference", "force", "team", "lead", "level", "days", "what", "since")


@dataclass(frozen=True)
class Listing:
    """A list: its words, and how its rows are selected for a question."""

    name: str
    title: str
    empty: str
    days: str
    rows: Callable[[Question], Select]


@dataclass(frozen=True)
class Rows:
    """One page of a list. ``frame`` has the columns of ``COLUMNS``; ``total`` counts all pages."""

    listing: Listing
    total: int
    page: Page
    frame: pd.DataFrame

    @property
    def pages(self) -> int:
        """Number of pages, at least 1."""
        return max(1, -(-self.total // self.page.size))


def known(name: str) -> Listing:
    """The list of a name. Raises UnknownName with the nearest one."""
    if name not in LISTS:
        raise UnknownName("list", name, LISTS)
    return LISTS[name]


def page_of(question: Question, listing: Listing, page: Page) -> Rows:
    """Count the list and fetch one page of it."""
    # A period after all data has no list, as it has no figure.
    if not question.forces or max(question.as_of.values()) < question.slice.bounds.start:
        return Rows(listing, 0, page, _typed([]))
    rows = listing.rows(question)
    ask = question.counter.rows
    total = ask(select(func.count()).select_from(rows.subquery("listed")), question.reach)[0][0]
    ordered = _ordered(rows).limit(page.size).offset((page.number - 1) * page.size)
    return Rows(listing, total, page, _typed(ask(ordered, question.reach)))


def _ordered(rows: Select) -> Select:
    """By need: the highest level first, then the longest; the reference makes the order complete."""
    c = rows.selected_columns
    return rows.order_by(c["level"].desc(), c["days"].desc(), c["reference"], c["row_id"])


def _typed(rows: list[tuple]) -> pd.DataFrame:
    columns = {name: [row[i] for row in rows] for i, name in enumerate(COLUMNS)}
    typed: dict[str, Any] = {name: pd.array([x or "" for x in columns[name]], dtype="str") for name in COLUMNS}
    typed["level"] = pd.array([codes.LEVELS[int(x)] for x in columns["level"]], dtype="str")
    typed["days"] = pd.array(columns["days"], dtype="Int64")
    typed["since"] = pd.array(np.array([day(x) for x in columns["since"]], dtype="datetime64[s]"))
    return pd.DataFrame(typed)


def _select(
    fact: Table, columns: dict[str, ColumnElement], where: list[ColumnElement[bool]], row_id: ColumnElement
) -> Select:
    """Rows of a fact with reference, force, team and lead in words."""
    lead, team_ = columns.pop("lead_id"), columns.pop("team_id")
    named = {
        "reference": func.coalesce(t.cases.c.case_ref, "no case opened"),
        "force": t.force.c.code,
        "team": t.team.c.code,
        "lead": t.advocate.c.code,
        **columns,
    }
    return (
        select(*(named[name].label(name) for name in COLUMNS), row_id.label("row_id"))
        .select_from(fact)
        .join(t.force, t.force.c.force_id == fact.c.force_id)
        .outerjoin(t.cases, and_(t.cases.c.case_id == fact.c.case_id, t.cases.c.force_id == fact.c.force_id))
        .outerjoin(t.team, t.team.c.team_id == team_)
        .outerjoin(t.advocate, t.advocate.c.advocate_id == lead)
        .where(*where)
    )


def _last_day(question: Question, fact: Table) -> ColumnElement[int]:
    """The day that a list stands for, by force: the last of the slice, or the as-of where it is earlier."""
    last = question.slice.bounds.end - 1
    return case({force: min(last, as_of) for force, as_of in question.as_of.items()}, value=fact.c.force_id, else_=last)


def _said(words: str) -> ColumnElement[str]:
    return literal(words)


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
            "days": _last_day(question, fact) - since,
            "what": _said(what),
            "since": since,
        }
        return _select(fact, columns, where, fact.c.case_id)

    return rows


def _path(
    rows_of: RowsOf, day_: ColumnElement, what: str, level: ColumnElement, lead: ColumnElement, team_: ColumnElement
) -> Callable[[Question], Select]:
    """Cases that started or ended in the period."""
    fact = facts.case_path

    def rows(question: Question) -> Select:
        ended = case((fact.c.closed_on < NEVER, fact.c.closed_on), else_=_last_day(question, fact))
        columns = {
            "lead_id": lead,
            "team_id": team_,
            "level": level,
            "days": ended - fact.c.opened_on,
            "what": _said(what),
            "since": day_,
        }
        return _select(fact, columns, rows_of.conditions(question, what), fact.c.case_id)

    return rows


def _referrals(question: Question) -> Select:
    fact = facts.referred
    decisions = case({i: codes.label(name) for i, name in enumerate(codes.DECISIONS)}, value=fact.c.decision)
    columns = {
        "lead_id": fact.c.lead_id,
        "team_id": fact.c.team_id,
        "level": literal_column("0", Integer),
        "days": _last_day(question, fact) - fact.c.received_on,
        "what": decisions,
        "since": fact.c.received_on,
    }
    return _select(fact, columns, caseload.RECEIVED.conditions(question, "Referrals"), fact.c.referral_id)


def _attempts(question: Question) -> Select:
    fact = facts.contact
    outcomes = case({i: codes.label(name) for i, name in enumerate(codes.OUTCOMES)}, value=fact.c.outcome)
    columns = {
        "lead_id": fact.c.lead_id,
        "team_id": fact.c.team_id,
        "level": fact.c.level,
        "days": _last_day(question, fact) - fact.c.on_day,
        "what": outcomes,
        "since": fact.c.on_day,
    }
    return _select(fact, columns, engagement.ATTEMPTS.conditions(question, "Contact attempts"), fact.c.contact_id)


def _not_reached(question: Question) -> Select:
    """Open cases with no substantive contact yet on the last day."""
    fact, path = facts.case_state, facts.case_path
    last = _last_day(question, fact)
    columns = {
        "lead_id": fact.c.lead_id,
        "team_id": fact.c.team_id,
        "level": fact.c.level,
        "days": last - path.c.received_on,
        "what": _said("first contact"),
        "since": path.c.received_on,
    }
    reached = and_(path.c.case_id == fact.c.case_id, path.c.force_id == fact.c.force_id)
    where = [*caseload.OPEN.on_last_day(question, "Cases not reached yet"), path.c.first_contact_on > last]
    return _select(fact, columns, where, fact.c.case_id).join(path, reached)


def _contact_overdue(question: Question) -> Select:
    """Open cases, not on hold, without a substantive contact for longer than their level allows."""
    fact, k = facts.case_state, facts.contact
    last = _last_day(question, fact)
    latest = (
        select(func.max(k.c.on_day))
        .where(k.c.force_id == fact.c.force_id, k.c.case_id == fact.c.case_id, k.c.substantive == 1, k.c.on_day <= last)
        .correlate(fact)
        .scalar_subquery()
    )
    since = case((func.coalesce(latest, 0) > fact.c.opened_on, latest), else_=fact.c.opened_on)
    allowed = case({codes.LEVELS.index(k_): d for k_, d in CONTACT_WITHIN.items()}, value=fact.c.level)
    columns = {
        "lead_id": fact.c.lead_id,
        "team_id": fact.c.team_id,
        "level": fact.c.level,
        "days": last - since,
        "what": _said("contact"),
        "since": since,
    }
    where = [*caseload.OPEN.on_last_day(question, "Overdue contacts"), fact.c.on_hold == 0, last - since > allowed]
    return _select(fact, columns, where, fact.c.case_id)


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
        ),
        Listing(
            "closed",
            "Cases closed",
            "No case was closed.",
            "days open in all",
            _path(caseload.CLOSED, _P.closed_on, "closed", _P.closed_level, _P.closed_lead, _P.closed_team),
        ),
        Listing("referrals", "Referrals received", "No referral was received.", "days since receipt", _referrals),
        Listing(
            "contact_success",
            "Attempts to reach a victim",
            "Nobody was called or written to.",
            "days since the attempt",
            _attempts,
        ),
        Listing(
            "waiting_first_contact",
            "Open cases not reached yet",
            "Everybody has been reached.",
            "days since referral",
            _not_reached,
        ),
        Listing(
            "contact_overdue",
            "Contacts overdue",
            "No contact is overdue.",
            "days since the last contact",
            _contact_overdue,
        ),
        Listing(
            "review_overdue",
            "Risk reviews overdue",
            "No review is overdue.",
            "days since the assessment",
            _state(risk.ASSESSED, "risk review", _S.assessed_on, (_S.overdue == 1,)),
        ),
    )
}

__all__ = ["COLUMNS", "CONTACT_WITHIN", "LISTS", "Listing", "Rows", "known", "page_of"]
