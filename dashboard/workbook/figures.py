"""The measures as worksheets: thirteen weeks each, and one that sets this week beside the week before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from dashboard.workbook.cells import LOW_RELIABILITY, NOT_APPLICABLE, NOT_AVAILABLE
from dashboard.workbook.sheets import Link, Number, Share, Sheet
from dashboard.workbook.week import Issue
from data_access.codes import label
from data_access.measures import MEASURES
from data_access.measures.kinds import Duration, Movement, PerPost
from data_access.measures.measure import Measure
from data_access.reports import FEW

FEW_FOR_TRUST = 20  # below it, or with limits over 30 points apart, a share is marked as of low reliability
WIDE_LIMITS = 0.30
NO_NOTE = "none"
ALL = "all"
HEADERS = {
    "numerator": "Numerator",
    "denominator": "Denominator",
    "lower": "Lower limit (95 %)",
    "upper": "Upper limit (95 %)",
    "n": "n",
}
Row = dict[str, Any]


@dataclass(frozen=True)
class Figure:
    """A measure with the rows that its worksheet holds, ordered by the keys and then by week."""

    measure: Measure
    by: tuple[str, ...]
    issue: Issue
    rows: tuple[Row, ...]
    name: str

    @property
    def shown(self) -> tuple[str, ...]:
        """The columns of the kind that say something of their own."""
        words = _column_words(self.measure)
        twice = {"numerator"} if words["value"].startswith("the same as the numerator") else set()
        return tuple(
            name
            for name in ("numerator", "denominator", "value", "lower", "upper", "n")
            if name not in twice
            and not words[name].startswith("empty")
            and not (name == "n" and words["n"].startswith("the same as"))
        )

    def header(self, name: str) -> str:
        """What stands above a column of the figure."""
        return f"Value ({self.measure.unit})" if name == "value" else HEADERS[name]

    @property
    def columns(self) -> tuple[str, ...]:
        """Headers, in the order of the worksheet."""
        return ("Week beginning", *(_key_header(key) for key in self.by), *map(self.header, self.shown), "Notes")

    @property
    def sheet(self) -> Sheet:
        """The worksheet."""
        movement = isinstance(self.measure.kind, Movement)
        keys = f" by {_key_header(self.by[0]).lower()}" if self.by and not movement else ""
        force, week = self.issue.force.code, self.issue.week
        weeks = f"{week} and the week before" if movement else f"13 weeks to {week}"
        days = "the Sunday that ends its week" if _is_stock(self.measure) else "the seven days of its week"
        return Sheet(
            self.name,
            f"{self.measure.title}{keys}: {force}, {weeks}",
            self.columns,
            [self._cells(row) for row in self.rows],
            about="What its columns mean is said on the worksheet Definitions.",
            basis=f"Unit: {self.measure.unit}. A row stands for {days}. "
            f"Source: caselight, data up to {spoken(self.issue.force.as_of)}.",
            period=weeks,
            unit=self.measure.unit,
            wide=("Notes",),
        )

    def _cells(self, row: Row) -> list[Any]:
        keys = [self._key(key, row[key]) for key in self.by]
        return [row["period_start"], *keys, *(self.cell(name, row) for name in self.shown), note(self.measure, row)]

    def _key(self, key: str, name: str) -> str:
        if key == "advocate" and name in {a.code for a in self.issue.reports.directory.advocates}:
            return name
        return label(name)

    def cell(self, name: str, row: Row) -> Any:
        """A number of the figure as its cell shows it."""
        return shown_number(self.measure, name, row)


def shown_number(measure: Measure, name: str, row: Row) -> Any:
    """A number as it is printed: a share of fewer than ten as "3 of 8", nothing missing as a blank."""
    number, few = row[name], measure.is_share and row["denominator"] is not None and row["denominator"] < FEW
    if number is None:
        return NOT_APPLICABLE if row["n"] == 0 or row["denominator"] == 0 else NOT_AVAILABLE
    if measure.is_share and name in ("value", "lower", "upper"):
        if not few:
            return Share(number)
        return f"{row['numerator']:,.0f} of {row['denominator']:,.0f}" if name == "value" else NOT_APPLICABLE
    if isinstance(measure.kind, PerPost) and name == "denominator":
        return Number(number, 2)
    counted = name in ("numerator", "denominator", "n") or not isinstance(measure.kind, PerPost | Duration)
    return int(number) if counted else Number(number)


def note(measure: Measure, row: Row) -> str:
    """What has to be known beside a number; that a share is read as "3 of 8" its cell says itself."""
    said = [part for part in (row["note"] or "").split("; ") if part and not part.startswith("read as ")]
    base = row["n"]
    if base and unreliable(measure, row):
        said.append(f"{LOW_RELIABILITY} low reliability: based on {base:,.0f} {measure.noun}")
    return "; ".join(said) or NO_NOTE


def unreliable(measure: Measure, row: Row) -> bool:
    """Whether a share or a median rests on so little that the mark is due."""
    if isinstance(measure.kind, Duration):
        return row["n"] < FEW_FOR_TRUST or row["upper"] is None
    if not measure.is_share or row["value"] is None:
        return False
    return row["denominator"] < FEW_FOR_TRUST or row["upper"] - row["lower"] > WIDE_LIMITS


def figures(issue: Issue) -> list[Figure]:
    """Every measure of the catalogue, in reading order: the risk ones by level, posts in all and by advocate."""
    found = []
    for measure in MEASURES.values():
        if isinstance(measure.kind, Movement):
            found.append(_figure(issue, measure, Movement.always))
        elif measure.topic == "risk" and "level" in measure.keys:
            found.append(_figure(issue, measure, ("level",)))
        else:
            found.append(_figure(issue, measure, ()))
        if isinstance(measure.kind, PerPost):
            found.append(_figure(issue, measure, ("advocate",)))
    return found


def _figure(issue: Issue, measure: Measure, by: tuple[str, ...]) -> Figure:
    movement = isinstance(measure.kind, Movement)
    frame = issue.reports.frame(measure, issue.two_weeks if movement else issue.thirteen_weeks, by)
    rows = list(_rows(frame))
    if movement:
        rows = [row for row in rows if row["denominator"]]
    places: dict[str, dict[Any, int]] = {key: {} for key in by}
    for row in rows:
        for key in by:
            places[key].setdefault(row[key], len(places[key]))
    # The keys stand in the order of their code lists, so that each one's weeks are one run of cells.
    order = (
        (lambda row: (row["period_start"], *(places[key][row[key]] for key in by)))
        if movement
        else (lambda row: (*(places[key][row[key]] for key in by), row["period_start"]))
    )
    name = sheet_name(measure, by if isinstance(measure.kind, PerPost) else ())
    return Figure(measure, by, issue, tuple(sorted(rows, key=order)) or (_nothing(issue, by),), name)


def _rows(frame: pd.DataFrame) -> Iterator[Row]:
    """The rows of a frame with Python's own types; None where a value is missing."""
    for values in frame.itertuples(index=False, name=None):
        row = dict(zip(frame.columns, values, strict=True))
        row = {name: None if pd.isna(value) else value for name, value in row.items()}
        yield {**row, "period_start": row["period_start"].date()}


def _nothing(issue: Issue, by: tuple[str, ...]) -> Row:
    numbers = dict.fromkeys(("numerator", "denominator", "value", "lower", "upper"))
    keys = dict.fromkeys(by, NOT_APPLICABLE)
    return {"period_start": issue.monday, **keys, **numbers, "n": 0, "note": "there is nothing to count"}


def sheet_name(measure: Measure, by: tuple[str, ...] = ()) -> str:
    """Name of a measure's worksheet, at most 31 characters."""
    return "_".join((measure.name.capitalize(), *(f"by_{key}" for key in by)))[:31]


def comparison(issue: Issue, drawn: list[Figure]) -> Sheet:
    """This week beside the week before, for every measure that has a value by week."""
    rows: list[list[Any]] = []
    for figure in drawn:
        if isinstance(figure.measure.kind, Movement):
            continue
        if figure.by == ("level",):
            whole = _figure(issue, figure.measure, ())
            rows += _compared(whole, figure.name, issue)
        rows += _compared(figure, figure.name, issue)
    return Sheet(
        "This_week",
        f"This week and the week before: {issue.force.code}, {issue.week}",
        ("Measure", "Group", "This week", "Week before", "Unit", "Notes"),
        rows,
        about="A difference between two weeks is often chance: read the thirteen weeks.",
        basis=f"This week is Monday {spoken(issue.monday)} to Sunday {spoken(issue.sunday)}. "
        f"Source: caselight, data up to {spoken(issue.force.as_of)}.",
        period=issue.week,
        unit="as the row says",
        wide=("Notes",),
    )


def _compared(figure: Figure, target: str, issue: Issue) -> Iterator[list[Any]]:
    groups: dict[tuple, dict[date, Row]] = {}
    for row in figure.rows:
        groups.setdefault(tuple(row[key] for key in figure.by), {})[row["period_start"]] = row
    for group, weeks in groups.items():
        now, then = weeks.get(issue.monday), weeks.get(issue.before)
        notes = [
            f"{when}: {said}"
            for when, row in (("this week", now), ("week before", then))
            if row is not None and (said := note(figure.measure, row)) != NO_NOTE
        ]
        words = [figure._key(key, name) for key, name in zip(figure.by, group, strict=True)]
        yield [
            Link(figure.measure.title, target),
            ", ".join(words) or ALL,
            *(NOT_AVAILABLE if row is None else figure.cell("value", row) for row in (now, then)),
            figure.measure.unit,
            "; ".join(notes) or NO_NOTE,
        ]


def _is_stock(measure: Measure) -> bool:
    return "last day" in _column_words(measure)["numerator"]


def _column_words(measure: Measure) -> dict[str, str]:
    """What each column means for the measure's kind; limits are explained together."""
    words = dict(measure.kind.columns) if hasattr(measure.kind, "columns") else {}
    limits = words.pop("lower, upper", "empty")
    return {"lower": limits, "upper": limits, **words}


def _key_header(key: str) -> str:
    return label(key).capitalize()


def spoken(day: date) -> str:
    """A day in words: 15 November 2026."""
    return f"{day.day} {day:%B %Y}"
