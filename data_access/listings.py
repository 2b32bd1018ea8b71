"""What a list of cases is: its words and its columns, and how the database pages it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Select, Table, and_, case, func, select

from data_access import codes
from data_access import tables as t
from data_access.days import day
from data_access.question import Question
from data_access.slice import Page

COLUMNS = ("reference", "force", "team", "lead", "level", "days", "what", "since")


@dataclass(frozen=True)
class Listing:
    """A list: its words, and how its rows are selected for a question. ``days`` says what its days count."""

    name: str
    title: str
    empty: str
    days: str
    rows: Callable[[Question], Select]
    ahead: bool = False  # of days that lie ahead: the soonest first, and its day is a day to come
    longest: bool = False  # the longest first, whatever the level
    of_period: bool = False  # of what happened in the period; else of how things stand on its last day


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
        return max(1, -(-self.total // max(1, self.page.size)))


def page_of(question: Question, listing: Listing, page: Page) -> Rows:
    """Count the list and fetch one page of it."""
    # A period after all data has no list, as it has no figure.
    if not question.forces or max(question.as_of.values()) < question.slice.bounds.start:
        return Rows(listing, 0, page, _typed(question, []))
    rows = listing.rows(question)
    ask = question.counter.rows
    total = ask(select(func.count()).select_from(rows.subquery("listed")), question.reach)[0][0]
    if not page.size:
        return Rows(listing, total, page, _typed(question, []))
    ordered = _ordered(rows, listing).limit(page.size).offset((page.number - 1) * page.size)
    return Rows(listing, total, page, _typed(question, ask(ordered, question.reach)))


def _ordered(rows: Select, listing: Listing) -> Select:
    """By need: the highest level first, then the longest (the soonest); the reference makes the order complete."""
    c = rows.selected_columns
    if listing.longest:
        return rows.order_by(c["days"].desc(), c["reference"], c["row_id"])
    if listing.ahead:
        return rows.order_by(c["days"], c["level"].desc(), c["reference"], c["row_id"])
    return rows.order_by(c["level"].desc(), c["days"].desc(), c["reference"], c["row_id"])


def _typed(question: Question, rows: list[tuple]) -> pd.DataFrame:
    columns = {name: [row[i] for row in rows] for i, name in enumerate(COLUMNS)}
    columns["lead"] = [question.shown(*pair) for pair in zip(columns["force"], columns["lead"], strict=True)]
    typed: dict[str, Any] = {name: pd.array([x or "" for x in columns[name]], dtype="str") for name in COLUMNS}
    typed["level"] = pd.array([codes.LEVELS[int(x)] for x in columns["level"]], dtype="str")
    typed["days"] = pd.array(columns["days"], dtype="Int64")
    typed["since"] = pd.array(np.array([day(x) for x in columns["since"]], dtype="datetime64[s]"))
    return pd.DataFrame(typed)


def selected(
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


def last_day(question: Question, fact: Table) -> ColumnElement[int]:
    """The day that a list stands for, by force: the last of the slice, or the as-of where it is earlier."""
    last = question.slice.bounds.end - 1
    return case({force: min(last, as_of) for force, as_of in question.as_of.items()}, value=fact.c.force_id, else_=last)
