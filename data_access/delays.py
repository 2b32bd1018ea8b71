"""How late entries reach us: for each force and source table, the days within which 95 of 100 are typed in."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import ColumnElement, Table, and_, case, or_

from data_access import tables as t
from data_access.days import number
from data_access.directory import Directory
from data_access.measures.measure import Measure
from data_access.measures.recipes import Rows, Stretches
from data_access.question import days_of
from data_access.tally import Counter, Tally

CENTILE = 0.95
MOST = 56  # days; what is typed in later than eight weeks is a correction, and no period is kept open for it
LOOKED_AT = 364  # days of events, those before the last eight weeks: younger ones can only have short delays
LEAST = 20  # events with a day of entry; fewer say nothing
SOURCES: Mapping[str, tuple[Table, ColumnElement]] = {
    "referral": (t.referral, t.referral.c.received_on),
    "cases": (t.cases, t.cases.c.opened_on),
    "contacts": (t.contacts, t.contacts.c.on_day),
    "risk_assessments": (t.risk_assessments, t.risk_assessments.c.assessed_on),
}
# A closing has no day of entry of its own: nothing is said of it.
_OF_COLUMN = {
    "received_on": "referral",
    "opened_on": "cases",
    "on_day": "contacts",
    "first_attempt_on": "contacts",
    "first_contact_on": "contacts",
    "engaged_on": "contacts",
    "lapsed_on": "contacts",
    "met_on": "contacts",
    "assessed_on": "risk_assessments",
}
_OF_FACT = {"fact_case_state": "cases", "fact_level_span": "risk_assessments", "fact_contact": "contacts"}


# Counted once for a version of the data: building the question again costs more than its kept answer.
_kept: WeakKeyDictionary[Counter, dict[tuple, dict[str, int]]] = WeakKeyDictionary()
MOST_KEPT = 64


def entry_days(counter: Counter, directory: Directory, reach: tuple, source: str) -> dict[str, int]:
    """Force code -> whole days, 0 to 56, within which 95 of 100 entries of a source table were typed in.

    ``reach`` is what the asker may see, with the version of the data. A force without 20 events that have a day of
    entry is left out: nothing is known of it.
    """
    known, asked = _kept.setdefault(counter, {}), (reach, source)
    if asked not in known:
        if len(known) >= MOST_KEPT:
            known.clear()
        known[asked] = _counted(counter, directory, reach, source)
    return known[asked]


def _counted(counter: Counter, directory: Directory, reach: tuple, source: str) -> dict[str, int]:
    table, happened = SOURCES[source]
    late = days_of(table.c.entered_on) - days_of(happened)
    lag = case((late < 0, 0), (late > MOST, MOST), else_=late)
    recent = [_looked_at(table, happened, force.id, number(force.as_of)) for force in directory.forces]
    if not recent:
        return {}
    where = (table.c.entered_on.is_not(None), or_(*recent))
    counts = counter.count(Tally(table, (("force", table.c.force_id), ("lag", lag)), where, None, 0), reach)
    found = {}
    for force in directory.forces:
        here = counts.columns["force"] == force.id
        tally = np.bincount(counts.columns["lag"][here], weights=counts.tally[here], minlength=MOST + 1)
        if tally.sum() >= LEAST:
            found[force.code] = int(np.searchsorted(np.cumsum(tally), CENTILE * tally.sum()))
    return found


def _looked_at(table: Table, happened: ColumnElement, force: int, as_of: int) -> ColumnElement[bool]:
    day = days_of(happened)
    return and_(table.c.force_id == force, day > as_of - MOST - LOOKED_AT, day <= as_of - MOST)


def sources_of(measure: Measure) -> tuple[str, ...]:
    """The source tables whose late entries leave a figure unfinished, in the order of ``SOURCES``."""
    found = {*_named(measure.kind), *(["risk_assessments"] if measure.topic == "risk" else [])}
    return tuple(name for name in SOURCES if name in found)


def _named(part: Any) -> Iterator[str]:
    if isinstance(part, Rows):
        yield from _of_column(part.day)
        yield from filter(None, [_OF_FACT.get(part.fact.name)])
    elif isinstance(part, Stretches):
        yield from filter(None, [_OF_FACT.get(part.fact.name)])
    elif isinstance(part, ColumnElement):
        yield from _of_column(part)
    elif is_dataclass(part):
        for field in fields(part):
            yield from _named(getattr(part, field.name))


def _of_column(column: ColumnElement) -> Iterator[str]:
    name = getattr(column, "key", None)
    if name in _OF_COLUMN:
        yield _OF_COLUMN[name]


def late_days(counter: Counter, directory: Directory, reach: tuple, measure: Measure) -> dict[str, int]:
    """Force code -> days after the end of a period from which its figure can be taken as complete.

    The latest of the figure's sources counts. Forces of which nothing is known are left out.
    """
    found: dict[str, int] = {}
    for source in sources_of(measure):
        for force, days in entry_days(counter, directory, reach, source).items():
            found[force] = max(found.get(force, 0), days)
    return found
