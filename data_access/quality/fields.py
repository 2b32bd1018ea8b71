"""Twelve key fields: in how many of the rows of a period each of them is recorded."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import ColumnElement, Select, Table, and_, case, func, select, true

from data_access import codes, facts
from data_access import tables as t
from data_access.errors import Refused
from data_access.measures import keys
from data_access.measures.caseload import CLOSED, OPEN, OPENED, RECEIVED
from data_access.measures.recipes import Rows, Stretches
from data_access.question import Question

_P, _R, _K, _S = facts.case_path, facts.referred, facts.contact, facts.case_state
CONTACTS = Rows(_K, _K.c.on_day, (keys.force(_K), keys.team(_K), keys.advocate(_K), keys.level(_K), keys.source(_K)))


def _all(question: Question) -> ColumnElement[bool]:
    return true()


def _intake_is_over(question: Question) -> ColumnElement[bool]:
    return question.upto(_P, _P.c.opened_on + facts.INTAKE_WITHIN)


@dataclass(frozen=True, eq=False)
class Field:
    """A field: when it is recorded, among which of the rows."""

    name: str
    title: str
    of: str
    recorded: ColumnElement[bool]
    among: Callable[[Question], ColumnElement[bool]] = _all


@dataclass(frozen=True, eq=False)
class Group:
    """Fields of the same rows, counted together."""

    rows: Rows | Stretches
    joined: Callable[[Select], Select]
    fields: tuple[Field, ...]

    @property
    def fact(self) -> Table:
        return self.rows.fact

    def select(self, question: Question) -> Select:
        """One row a force: force_id, and for each field how many are recorded and of how many."""
        title = self.fields[0].title
        where = (
            self.rows.conditions(question, title)
            if isinstance(self.rows, Rows)
            else self.rows.on_last_day(question, title)
        )
        sums = [
            func.coalesce(func.sum(case((condition, 1), else_=0)), 0).label(f"{field.name}_{part}")
            for field in self.fields
            for part, condition in (
                ("recorded", and_(field.among(question), field.recorded)),
                ("n", field.among(question)),
            )
        ]
        base = self.joined(select(self.fact.c.force_id, *sums).select_from(self.fact))
        return base.where(*where).group_by(self.fact.c.force_id)


def _of_referral(base: Select) -> Select:
    return base.join(t.referral, t.referral.c.referral_id == _R.c.referral_id)


def _of_case(base: Select) -> Select:
    return (
        base.join(t.cases, t.cases.c.case_id == _P.c.case_id)
        .join(t.victim, t.victim.c.victim_id == t.cases.c.victim_id)
        .outerjoin(t.perpetrator_link, t.perpetrator_link.c.link_id == t.cases.c.link_id)
    )


def _of_contact(base: Select) -> Select:
    return base.join(t.contacts, t.contacts.c.contact_id == _K.c.contact_id)


def _alone(base: Select) -> Select:
    return base


_LINK = t.perpetrator_link.c.relationship
GROUPS = (
    Group(
        RECEIVED,
        _of_referral,
        (
            Field("source", "Referral source", "referrals received", _R.c.source > 0),
            Field("decision", "Decision", "referrals received; an undecided one is not recorded", _R.c.decision > 0),
            Field("received_hour", "Hour of receipt", "referrals received", t.referral.c.received_hour < 24),
        ),
    ),
    Group(
        OPENED,
        _of_case,
        (
            Field(
                "relationship",
                "Relationship to the perpetrator",
                "cases opened",
                and_(_LINK.is_not(None), _LINK != "not_recorded"),
            ),
            Field("age_band", "Age band", "cases opened", t.victim.c.age_band != "not_recorded"),
            Field("sex", "Sex", "cases opened", t.victim.c.sex != "not_recorded"),
            Field(
                "intake_level",
                "Risk level at intake",
                "cases opened, once their first 14 days are over",
                _P.c.intake_level > 0,
                _intake_is_over,
            ),
        ),
    ),
    Group(
        OPEN,
        _alone,
        (
            Field(
                "lead",
                "Lead advocate",
                "cases open on the last day, not on the waiting list",
                _S.c.lead_id > 0,
                lambda question: _S.c.waiting == 0,
            ),
        ),
    ),
    Group(
        CONTACTS,
        _of_contact,
        (
            Field("contact_outcome", "Outcome of a contact", "contacts and attempts", _K.c.outcome > 0),
            Field(
                "contact_minutes",
                "Length of a contact",
                "successful contacts",
                t.contacts.c.duration_minutes > 0,
                lambda question: _K.c.success == 1,
            ),
            Field("entered_on", "Day of typing in", "contacts and attempts", t.contacts.c.entered_on.is_not(None)),
        ),
    ),
    Group(
        CLOSED,
        _of_case,
        (Field("closure_reason", "Reason for closing", "cases closed", t.cases.c.closure_reason != "not_recorded"),),
    ),
)
FIELDS: tuple[Field, ...] = tuple(field for group in GROUPS for field in group.fields)


def completeness(question: Question) -> pd.DataFrame:
    """Recorded and n by field and force; a row for each, zeros included."""
    rows = [row for group in GROUPS for row in _counted(group, question)] if question.forces else []
    frame = pd.DataFrame(rows, columns=["field", "title", "of", "force", "recorded", "n", "note"])
    return frame.astype({"recorded": "Int64", "n": "Int64"})


def together(frame: pd.DataFrame) -> pd.DataFrame:
    """The completeness of all forces together, the least recorded first; fields without rows are left out."""
    summed = frame.groupby(["field", "title"], sort=False)[["recorded", "n"]].sum().reset_index()
    summed = summed[summed["n"] > 0]
    order = (summed["recorded"] / summed["n"]).astype(float).sort_values(kind="stable").index
    return summed.loc[order].reset_index(drop=True)


def _reached(question: Question) -> bool:
    """Whether any force's data reach into the period: after all data nothing is open, as far as anybody knows."""
    return max(question.as_of.values()) >= question.slice.bounds.start


def _counted(group: Group, question: Question) -> list[tuple]:
    counts: dict[int, tuple] = {}
    note = ""
    try:
        asked = group.select(question)
        if _reached(question):
            counts = {row[0]: row[1:] for row in question.counter.rows(asked, question.reach)}
    except Refused as refused:
        note = str(refused)
    found = []
    for place, field in enumerate(group.fields):
        for force in question.forces:
            of_force = counts.get(force.id)
            pair = (None, None) if note else (0, 0) if of_force is None else of_force[2 * place : 2 * place + 2]
            found.append((field.name, field.title, field.of, force.code, *pair, note))
    return found


def assessments(question: Question) -> pd.DataFrame:
    """Open cases, those with a stale level and those never assessed, by force, on the last day."""
    columns = ["force", "open", "stale", "not_assessed"]
    if not question.forces:
        return pd.DataFrame(columns=columns)
    stale = codes.BANDS.index("stale")
    asked = (
        select(
            _S.c.force_id,
            func.count(),
            func.sum(case((_S.c.band == stale, 1), else_=0)),
            func.sum(case((_S.c.level == 0, 1), else_=0)),
        )
        .where(*OPEN.on_last_day(question, "Stale assessments"))
        .group_by(_S.c.force_id)
    )
    counts = {row[0]: row[1:] for row in question.counter.rows(asked, question.reach)} if _reached(question) else {}
    rows = [(force.code, *map(int, counts.get(force.id, (0, 0, 0)))) for force in question.forces]
    return pd.DataFrame(rows, columns=columns)
