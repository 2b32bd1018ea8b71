"""Typed, pseudonymous tables for an analyst's own questions."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    DateTime,
    Engine,
    Integer,
    Select,
    Subquery,
    Table,
    and_,
    case,
    select,
    type_coerce,
)
from sqlalchemy.types import Boolean, Enum

from data_access import codes, facts
from data_access import tables as t
from data_access.days import EPOCH, DayNumber, next_period, number
from data_access.directory import Directory
from data_access.errors import CaselightError, UnknownName
from data_access.measures import keys
from data_access.question import Key, Question, days_of
from data_access.rebuild.parts import rank

UNLEVELLED = {"level": "the level of a case changes with the days, and the table has one row for each case"}
NO_LEVEL = {"level": "an incident has no risk level"}
ADVOCATES = ("first_lead", "lead", "advocate")  # columns that hold an advocate's code
ORDERED = {"level": codes.LEVELS, "age_band": codes.AGE_BANDS}


def table(engine: Engine, directory: Directory, question: Question | None, name: str) -> pd.DataFrame:
    """One table by name; see ``Reports.table``."""
    if name in LISTED:
        return LISTED[name](engine, directory)
    if name not in SELECTED:
        raise UnknownName("table", name, [*SELECTED, *LISTED])
    if question is None:
        raise CaselightError(f"The table {name!r} needs a slice: the forces and the period to show.")
    found = read(engine, SELECTED[name](question))
    for column in ADVOCATES:
        if column in found:
            found[column] = _shown(question, found["force"], found[column])
    return _by_month(found) if name == "incidents" else found


def _shown(question: Question, forces: pd.Series, advocates: pd.Series) -> Any:
    """The codes of advocates as the asker may read them."""
    codes_of = [None if pd.isna(code) else code for code in advocates]
    shown = [question.shown(force, code) or None for force, code in zip(forces, codes_of, strict=True)]
    return pd.array(shown, dtype="str")


def read(engine: Engine, query: Select) -> pd.DataFrame:
    """Run a SELECT and give each column its type, also when no row comes back."""
    with engine.connect() as connection:
        rows = connection.execute(query).fetchall()
    columns = list(query.selected_columns)
    return pd.DataFrame({column.name: _typed([row[i] for row in rows], column) for i, column in enumerate(columns)})


def _typed(values: list[Any], column: ColumnElement) -> Any:
    kind = column.type
    if isinstance(kind, DayNumber | Date):
        days = [None if v is None else np.datetime64(v, "s") for v in values]
        return pd.array(np.array(days, dtype="datetime64[s]"))
    if isinstance(kind, Enum):
        ordered = column.name in ORDERED
        return pd.Categorical(values, categories=list(ORDERED.get(column.name, kind.enums)), ordered=ordered)
    if isinstance(kind, Boolean):
        return pd.array(values, dtype="boolean")
    if isinstance(kind, DateTime):
        return pd.to_datetime(pd.Series(values, dtype="object"))
    if isinstance(kind, Integer):
        return pd.array(values, dtype="Int64")
    return pd.array(values, dtype="str")


def _public(table_: Table, *hidden: str) -> list[Column]:
    """Columns of a source table, without surrogate keys and what leads back to the source."""
    dropped = {"force_id", "load_id", "source_id", *hidden}
    return [c for c in table_.c if c.name not in dropped and not c.primary_key]


def _cases(question: Question) -> Select:
    """Cases of any pathway, opened in error or not, that were open on a day of the slice or closed on one."""
    c, p, b = t.cases.c, facts.case_path.c, question.slice.bounds
    own = ("victim_id", "link_id", "team_id", "repeat_of_case_id", "case_id")
    lead, opening = t.advocate, _opening(question)
    source = Key("source", codes.code_of(opening.c.source, codes.SOURCES), codes.SOURCES)
    return (
        select(
            t.force.c.code.label("force"),
            *_public(t.cases, *own, "closed_on", "closure_reason", "closure_outcome", "abuse_at_exit"),
            *_closing(question),
            t.victim.c.pseudonym.label("victim"),
            t.victim.c.age_band,
            t.victim.c.sex,
            t.perpetrator_link.c.relationship,
            t.perpetrator_link.c.cyber,
            opening.c.source,
            opening.c.received_on,
            t.team.c.code.label("team"),
            lead.c.code.label("first_lead"),
        )
        .join(t.force, t.force.c.force_id == c.force_id)
        .join(t.victim, t.victim.c.victim_id == c.victim_id)
        .outerjoin(t.perpetrator_link, t.perpetrator_link.c.link_id == c.link_id)
        .outerjoin(opening, and_(opening.c.case_id == c.case_id, opening.c.place == 1))
        .outerjoin(facts.case_path, and_(p.case_id == c.case_id, p.force_id == c.force_id))
        .outerjoin(t.team, t.team.c.team_id == p.team_id)
        .outerjoin(lead, lead.c.advocate_id == p.lead_id)
        .where(
            *question.conditions(t.cases, (*_first_given(), source), "The table of cases", UNLEVELLED),
            days_of(c.opened_on) < b.end,
            question.upto(t.cases, days_of(c.opened_on)),
            (c.closed_on.is_(None)) | (days_of(c.closed_on) >= b.start),
        )
        .order_by(t.force.c.code, c.opened_on, c.case_ref)
    )


def _closing(question: Question) -> list[ColumnElement]:
    """Day, reason and outcome of closing, as far as the as-of tells: a case that closes later is open."""
    c = t.cases.c
    known = question.upto(t.cases, days_of(c.closed_on))
    return [
        type_coerce(case((known, days_of(c.closed_on))), c.closed_on.type).label("closed_on"),
        type_coerce(case((known, c.closure_reason), else_="not_recorded"), c.closure_reason.type).label(
            "closure_reason"
        ),
        case((known, c.closure_outcome)).label("closure_outcome"),
        type_coerce(case((known, c.abuse_at_exit), else_="not_asked"), c.abuse_at_exit.type).label("abuse_at_exit"),
    ]


def _opening(question: Question) -> Subquery:
    """Referrals that open a case, with their place: a case with two of them is one row, of the first."""
    r = t.referral.c
    return (
        select(r.case_id, r.source, r.received_on, rank((r.case_id,), (r.received_on, r.source_id)).label("place"))
        .where(r.force_id.in_(list(question.as_of)), r.opens_case.is_(True))
        .subquery("opening")
    )


def _first_given() -> tuple[Key, ...]:
    """Force, first team and first lead of the case, as the table of cases prints them."""
    return (keys.force(t.cases), keys.team(facts.case_path), keys.advocate(facts.case_path))


def _contacts(question: Question) -> Select:
    k, s, b = t.contacts.c, facts.contact.c, question.slice.bounds
    led, did = t.advocate.alias("led"), t.advocate.alias("did")
    day = days_of(k.on_day)
    return (
        select(
            t.force.c.code.label("force"),
            t.cases.c.case_ref,
            *_public(t.contacts, "case_id", "advocate_id", "at_minute", "workday"),
            s.substantive,
            s.attempt,
            _level(s.level),
            did.c.code.label("advocate"),
            led.c.code.label("lead"),
        )
        .join(facts.contact, s.contact_id == k.contact_id)
        .join(t.cases, t.cases.c.case_id == k.case_id)
        .join(t.force, t.force.c.force_id == k.force_id)
        .outerjoin(led, led.c.advocate_id == s.lead_id)
        .outerjoin(did, did.c.advocate_id == k.advocate_id)
        .where(
            *question.conditions(facts.contact, _keys_of(facts.contact), "The table of contacts"),
            day >= b.start,
            day < b.end,
            question.upto(t.contacts, day),
        )
        .order_by(t.force.c.code, k.on_day, k.source_id)
    )


def _risk_assessments(question: Question) -> Select:
    a, p, b = t.risk_assessments.c, facts.case_path.c, question.slice.bounds
    day = days_of(a.assessed_on)
    level = Key("level", codes.code_of(a.level, codes.LEVELS), codes.LEVELS)  # of the assessment, not of the case
    known = (*_first_given(), keys.source(facts.case_path), level)
    return (
        select(
            t.force.c.code.label("force"),
            t.cases.c.case_ref,
            *_public(t.risk_assessments, "case_id", "advocate_id"),
            t.advocate.c.code.label("advocate"),
        )
        .join(t.cases, t.cases.c.case_id == a.case_id)
        .join(t.force, t.force.c.force_id == a.force_id)
        .outerjoin(t.advocate, t.advocate.c.advocate_id == a.advocate_id)
        .outerjoin(facts.case_path, and_(p.case_id == a.case_id, p.force_id == a.force_id))
        .where(
            *question.conditions(t.risk_assessments, known, "The table of risk assessments"),
            day >= b.start,
            day < b.end,
            question.upto(t.risk_assessments, day),
        )
        .order_by(t.force.c.code, a.assessed_on, a.source_id)
    )


def _incidents(question: Question) -> Select:
    """Incidents of the months that the slice touches; a day of abuse never leaves, see ``_by_month``."""
    i, p = t.incident.c, facts.case_path.c
    day = days_of(i.on_day)
    first, last = question.slice.first.replace(day=1), question.slice.last
    return (
        select(t.force.c.code.label("force"), t.cases.c.case_ref, i.on_day.label("month"), i.kind)
        .join(t.cases, t.cases.c.case_id == i.case_id)
        .join(t.force, t.force.c.force_id == i.force_id)
        .outerjoin(facts.case_path, and_(p.case_id == i.case_id, p.force_id == i.force_id))
        .where(
            *question.conditions(
                t.incident, (*_first_given(), keys.source(facts.case_path)), "The table of incidents", NO_LEVEL
            ),
            day >= number(first),
            day < number(next_period(last.replace(day=1), "month")),
            question.upto(t.incident, day),
        )
    )


def _by_month(incidents: pd.DataFrame) -> pd.DataFrame:
    """First days of months instead of days, in an order that tells no more."""
    month = incidents["month"].to_numpy().astype("datetime64[M]").astype("datetime64[s]")
    order = ["force", "month", "case_ref", "kind"]
    return incidents.assign(month=month).sort_values(order, ignore_index=True)


def _level(column: ColumnElement) -> ColumnElement:
    named = case(dict(enumerate(codes.LEVELS)), value=column)
    return type_coerce(named, t.risk_assessments.c.level.type).label("level")


def _keys_of(fact: Table) -> tuple[Key, ...]:
    return (keys.force(fact), keys.team(fact), keys.advocate(fact), keys.level(fact), keys.source(fact))


def _forces(_: Engine, directory: Directory) -> pd.DataFrame:
    rows = [(f.code, f.name, f.as_of, f.first_on) for f in directory.forces]
    return _frame(rows, {"force": "str", "name": "str", "as_of": "day", "first_on": "day"})


def _teams(_: Engine, directory: Directory) -> pd.DataFrame:
    return _frame([(x.code, x.name, x.force) for x in directory.teams], {"team": "str", "name": "str", "force": "str"})


def _advocates(_: Engine, directory: Directory) -> pd.DataFrame:
    ends = {f.code: (f.as_of - EPOCH).days for f in directory.forces}
    rows = [(a.code, a.team, a.force, a.started <= ends[a.force] < a.left) for a in directory.advocates]
    return _frame(rows, {"advocate": "str", "team": "str", "force": "str", "in_post": "boolean"})


def _events(engine: Engine, directory: Directory) -> pd.DataFrame:
    e = t.event.c
    return read(
        engine,
        select(t.force.c.code.label("force"), e.on_day, e.kind, e.text)
        .join(t.force, t.force.c.force_id == e.force_id)
        .where(e.force_id.in_([f.id for f in directory.forces]))
        .order_by(e.on_day, t.force.c.code, e.text),
    )


def _frame(rows: list[tuple], kinds: dict[str, str]) -> pd.DataFrame:
    columns = {}
    for i, (name, kind) in enumerate(kinds.items()):
        values = [row[i] for row in rows]
        columns[name] = (
            pd.array(np.array(values, dtype="datetime64[s]")) if kind == "day" else pd.array(values, dtype=kind)
        )
    return pd.DataFrame(columns)


SELECTED: dict[str, Callable[[Question], Select]] = {
    "cases": _cases,
    "contacts": _contacts,
    "risk_assessments": _risk_assessments,
    "incidents": _incidents,
}
LISTED: dict[str, Callable[[Engine, Directory], pd.DataFrame]] = {
    "forces": _forces,
    "teams": _teams,
    "advocates": _advocates,
    "events": _events,
}
