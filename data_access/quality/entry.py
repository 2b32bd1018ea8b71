"""When rows were typed in, and how far each force's data reach."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Table, case, select

from data_access import facts
from data_access import tables as t
from data_access.days import number
from data_access.delays import CENTILE, LEAST, LOOKED_AT, MOST
from data_access.errors import Refused
from data_access.measures import keys
from data_access.measures.caseload import OPENED, RECEIVED
from data_access.quality.fields import CONTACTS
from data_access.question import Key, Question, days_of

LATE_AFTER = 7  # days; ours
_K, _R, _P, _A = facts.contact, facts.referred, facts.case_path, t.risk_assessments
ASSESSED_KEYS = (keys.force(_P), keys.team(_P), keys.advocate(_P), keys.source(_P))


@dataclass(frozen=True, eq=False)
class Typed:
    """A kind of row: the fact that the filters know, and the table that knows the day of typing in."""

    rows: str
    fact: Table
    keys: tuple[Key, ...]
    table: Table
    same: ColumnElement[bool]
    happened: ColumnElement


TYPED = (
    Typed("referrals", _R, RECEIVED.keys, t.referral, t.referral.c.referral_id == _R.c.referral_id, _R.c.received_on),
    Typed("cases", _P, OPENED.keys, t.cases, t.cases.c.case_id == _P.c.case_id, _P.c.opened_on),
    Typed("contacts", _K, CONTACTS.keys, t.contacts, t.contacts.c.contact_id == _K.c.contact_id, _K.c.on_day),
    Typed("assessments", _P, ASSESSED_KEYS, _A, _A.c.case_id == _P.c.case_id, days_of(_A.c.assessed_on)),
)


def late_entry(question: Question) -> pd.DataFrame:
    """Late rows, n and the 95th centile by force and kind of row."""
    rows = [row for typed in TYPED for row in _typed(typed, question)] if question.forces else []
    frame = pd.DataFrame(rows, columns=["force", "rows", "late", "n", "days", "at_most", "note"])
    return frame.astype({"late": "Int64", "n": "Int64", "days": "Int64", "at_most": "bool"})


def _typed(typed: Typed, question: Question) -> list[tuple]:
    entered = days_of(typed.table.c.entered_on)
    late = entered - typed.happened
    lag = case((late < 0, 0), (late > MOST, MOST), else_=late)
    as_of = case({f.id: number(f.as_of) for f in question.forces}, value=typed.fact.c.force_id, else_=0)
    without = {"level": "a row has no level when it is typed in"}
    try:
        conditions = question.conditions(typed.fact, typed.keys, "Late entry", without)
    except Refused as refused:
        return [(f.code, typed.rows, None, None, None, False, str(refused)) for f in question.forces]
    where = [
        *conditions,
        typed.same,
        entered.is_not(None),
        typed.happened > as_of - MOST - LOOKED_AT,
        typed.happened <= as_of - MOST,
    ]
    counts = question.count(typed.fact, (keys.force(typed.fact), Key("lag", lag)), where, step=0)
    found = []
    for force in question.forces:
        here = counts.columns["force"] == force.id
        tally = np.bincount(counts.columns["lag"][here], weights=counts.tally[here], minlength=MOST + 1)
        n = int(tally.sum())
        days = int(np.searchsorted(np.cumsum(tally), CENTILE * n)) if n >= LEAST else None
        found.append((force.code, typed.rows, int(tally[LATE_AFTER + 1 :].sum()), n, days, days == MOST, ""))
    return found


def freshness(question: Question) -> pd.DataFrame:
    """As-of, time of the extract and days behind the newest, by force; the data's own ends, whatever the period."""
    v = t.data_version.c
    ids = [force.id for force in question.forces]
    asked = select(v.force_id, v.extract_at).where(v.force_id.in_(ids))
    taken = dict(map(tuple, question.counter.rows(asked, question.reach))) if ids else {}
    newest = max((force.as_of for force in question.directory.forces), default=None)
    rows = [
        (force.code, force.name, pd.Timestamp(force.as_of), taken.get(force.id), (newest - force.as_of).days)
        for force in question.forces
        if newest is not None
    ]
    frame = pd.DataFrame(rows, columns=["force", "name", "as_of", "extract_at", "behind"])
    frame["extract_at"] = pd.to_datetime(frame["extract_at"])
    return frame
