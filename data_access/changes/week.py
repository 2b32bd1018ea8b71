"""The seven days to the last one, a kind of change, and how changes are counted."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Select, Table

from data_access.days import day
from data_access.errors import Refused
from data_access.listings import Listing
from data_access.question import Key, Question

DAYS = 7
COLUMNS = ("change", "title", "part", "force", "rows", "note")


@dataclass(frozen=True)
class Week:
    """The question as of the last day, and the same as of seven days before."""

    now: Question

    @cached_property
    def then(self) -> Question:
        """As of the day that is seven days before each force's last one."""
        last = self.now.slice.bounds.end - 1
        forces = tuple(
            replace(f, as_of=day(min(self.now.as_of[f.id], last) - DAYS)) if f.id in self.now.as_of else f
            for f in self.now.directory.forces
        )
        return replace(
            self.now,
            directory=replace(self.now.directory, forces=forces),
            slice=self.now.slice.having(as_of=None),
        )

    def within(self, fact: Any, on_day: ColumnElement) -> list[ColumnElement[bool]]:
        """The day lies in the seven days."""
        return [~self.then.upto(fact, on_day), self.now.upto(fact, on_day, self.now.slice.bounds.end - 1)]


@dataclass(frozen=True)
class Change:
    """One kind of change. ``where`` selects rows of ``fact``, of which ``rows`` is the list; both count the same."""

    name: str
    title: str
    empty: str
    days: str
    part: str
    fact: Table
    where: Callable[[Week], list[ColumnElement[bool]]]
    rows: Callable[[Week], Select]

    @property
    def listing(self) -> Listing:
        """The list behind the number."""
        return Listing(self.name, self.title, self.empty, self.days, lambda question: self.rows(Week(question)))


def counts(question: Question, changes: Iterable[Change]) -> pd.DataFrame:
    """Rows of each change by force; ``rows`` is missing and ``note`` says why where a filter makes no sense."""
    found = []
    bounds = question.slice.bounds
    told = {f.code for f in question.forces if question.as_of[f.id] >= bounds.start}
    week = Week(question)
    for change in changes:
        tally, note = {}, ""
        try:
            tally = _by_force(week, change) if told else {}
        except Refused as refused:
            note = str(refused)
        for force in question.forces:
            unknown = note or ("" if force.code in told else "the data end before the period begins")
            rows = None if unknown else tally.get(force.id, 0)
            found.append((change.name, change.title, change.part, force.code, rows, unknown))
    columns = {name: [row[i] for row in found] for i, name in enumerate(COLUMNS)}
    return pd.DataFrame(
        {name: pd.array(values, dtype="Int64" if name == "rows" else "str") for name, values in columns.items()}
    )


def _by_force(week: Week, change: Change) -> dict[int, int]:
    force = Key("force", change.fact.c.force_id)
    counted = week.now.count(change.fact, (force,), change.where(week), step=0)
    return dict(zip(counted.columns["force"].tolist(), counted.tally.tolist(), strict=True))
