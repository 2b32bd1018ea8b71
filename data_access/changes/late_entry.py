"""Rows of earlier days that were typed in since last week: figures of earlier weeks now say something else.

The source says when a row was entered, not when a closing was: a closing counts as late only where the whole
case was entered late. A row without a day of entry cannot be told.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, case, exists, func, literal, select

from data_access import codes, facts
from data_access import tables as t
from data_access.changes.cases import of_path
from data_access.changes.week import Change, Week
from data_access.listings import selected
from data_access.measures import caseload, keys
from data_access.measures.recipes import Rows
from data_access.question import Key, days_of

PART = "late"
DELAY = "days from the day itself to its entry"
_A = t.risk_assessments


def _late(
    name: str,
    title: str,
    empty: str,
    rows_of: Rows,
    source: Table,
    ids: tuple[str, str],
    columns: Callable[[Week], dict[str, ColumnElement]],
) -> Change:
    """Rows of a fact whose source row was entered in the seven days and that are dated before them.

    ``ids`` name the column of the fact that leads to the source row, and the source's own.
    """
    fact, itself = rows_of.fact, rows_of.fact is source
    row = source if itself else source.alias("as_entered")  # lists join some of the sources themselves
    entered, of_row, of_source = days_of(row.c.entered_on), fact.c[ids[0]], row.c[ids[1]]

    def of_cases(week: Week) -> list[ColumnElement[bool]]:
        """The few cases with such a row, first: to look up the source row of each contact took twelve times as long."""
        if itself or of_row.name == "case_id" or source.c.case_id.nullable:
            return []  # a row may have no case yet
        typed = select(row.c.case_id).where(row.c.force_id.in_(list(week.now.as_of)), *week.within(row, entered))
        return [fact.c.case_id.in_(typed)]

    def where(week: Week) -> list[ColumnElement[bool]]:
        return [
            *week.now.conditions(fact, rows_of.keys, title, rows_of.without),
            *of_cases(week),
            *rows_of.where,
            week.then.upto(fact, rows_of.day),
            # A fact's row leads to its source row; the assessments are a source table themselves.
            *(
                week.within(fact, entered)
                if itself
                else (exists().where(of_source == of_row, *week.within(fact, entered)),)
            ),
        ]

    def rows(week: Week) -> Select:
        typed: Any = entered if itself else select(entered).where(of_source == of_row).scalar_subquery()
        listed = {**columns(week), "days": typed - rows_of.day, "since": rows_of.day}
        return selected(fact, listed, where(week), of_row)

    return Change(name, title, empty, DELAY, PART, fact, where, rows)


def _of_row(fact: Any, level: ColumnElement, what: str, names: tuple[str, ...]) -> dict[str, ColumnElement]:
    said = case({i: codes.label(name) for i, name in enumerate(names)}, value=fact.c[what])
    return {"lead_id": fact.c.lead_id, "team_id": fact.c.team_id, "level": level, "what": said}


def _led(column: str) -> ColumnElement:
    """Lead, or team of the lead, on the day of an assessment; 0 for nobody."""
    span = facts.lead_span.alias(f"led_{column}")
    day = days_of(_A.c.assessed_on)
    found = select(span.c[column]).where(
        span.c.force_id == _A.c.force_id, span.c.case_id == _A.c.case_id, span.c.since <= day, day < span.c.until
    )
    if column == "team_id":
        own = select(t.cases.c.team_id).where(t.cases.c.case_id == _A.c.case_id).correlate(_A).scalar_subquery()
        return func.coalesce(found.correlate(_A).scalar_subquery(), own, 0)
    return func.coalesce(found.correlate(_A).scalar_subquery(), 0)


def _source_of() -> ColumnElement:
    p = facts.case_path
    return select(p.c.source).where(p.c.case_id == _A.c.case_id).correlate(_A).scalar_subquery()


_LEVEL = codes.code_of(_A.c.level, codes.LEVELS)
_COUNTED = exists().where(facts.case_path.c.force_id == _A.c.force_id, facts.case_path.c.case_id == _A.c.case_id)
ASSESSMENTS = Rows(
    _A,
    days_of(_A.c.assessed_on),
    (
        keys.force(_A),
        Key("team", _led("team_id")),
        Key("advocate", _led("lead_id")),
        Key("level", _LEVEL, codes.LEVELS),
        Key("source", _source_of(), codes.SOURCES),
    ),
    (and_(_A.c.agency == codes.OWN_AGENCY, _A.c.kind != "referrer"), _COUNTED),
)
CONTACTS = Rows(
    facts.contact,
    facts.contact.c.on_day,
    (
        keys.force(facts.contact),
        keys.team(facts.contact),
        keys.advocate(facts.contact),
        keys.level(facts.contact),
        keys.source(facts.contact),
    ),
)

LATE = (
    _late(
        "late_referrals",
        "Referrals entered late",
        "No referral was entered late.",
        caseload.RECEIVED,
        t.referral,
        ("referral_id", "referral_id"),
        lambda week: _of_row(facts.referred, literal(0), "decision", codes.DECISIONS),
    ),
    _late(
        "late_openings",
        "Openings entered late",
        "No opening was entered late.",
        caseload.OPENED,
        t.cases,
        ("case_id", "case_id"),
        lambda week: of_path(week, "opened", facts.case_path.c.opened_on, literal("opened")),
    ),
    _late(
        "late_closings",
        "Closings of cases entered late",
        "No closed case was entered late.",
        caseload.CLOSED,
        t.cases,
        ("case_id", "case_id"),
        lambda week: of_path(week, "closed", facts.case_path.c.closed_on, literal("closed")),
    ),
    _late(
        "late_contacts",
        "Contacts and attempts entered late",
        "No contact was entered late.",
        CONTACTS,
        t.contacts,
        ("contact_id", "contact_id"),
        lambda week: _of_row(facts.contact, facts.contact.c.level, "outcome", codes.OUTCOMES),
    ),
    _late(
        "late_assessments",
        "Risk assessments entered late",
        "No risk assessment was entered late.",
        ASSESSMENTS,
        _A,
        ("assessment_id", "assessment_id"),
        lambda week: {
            "lead_id": _led("lead_id"),
            "team_id": _led("team_id"),
            "level": _LEVEL,
            "what": literal("assessment"),
        },
    ),
)
