"""Every measure as the rows of one recipient and week: thirteen weeks of it, and its parts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.shown import shown_measures
from dashboard.workbook.cells import LOW_RELIABILITY, NOT_APPLICABLE, NOT_AVAILABLE
from dashboard.workbook.sheets import Number, Share
from dashboard.workbook.week import Issue
from data_access.codes import label
from data_access.errors import Refused
from data_access.measures.kinds import Duration, Flow, Net, PerPost, Stock
from data_access.measures.measure import Measure
from data_access.published import NUMBERS, keys_text
from data_access.reports import FEW
from data_access.slice import Slice

FEW_FOR_TRUST = 20  # below it, or with limits over 30 points apart, a share is marked as of low reliability
WIDE_LIMITS = 0.30
NO_NOTE = "none"
ALL = "all"
WHOLE_NUMBERS = (Stock, Flow, Net)
DAYS_SHOWN = (28, 91, 182, 364)  # of a curve that always has a day: four points of it stand in the workbook
NOT_BY_TEAM = "not known by team: it is a figure of the whole force"
Row = dict[str, Any]


@dataclass(frozen=True)
class Figure:
    """A measure with its rows for a recipient, ordered by the keys and then by period.

    ``grain`` is week, or 4week where no single week can have a value.
    ``refused`` says why there is no figure; then ``rows`` hold one empty row.
    """

    measure: Measure
    by: tuple[str, ...]
    issue: Issue
    rows: tuple[Row, ...]
    grain: str = "week"
    refused: str = ""

    def group(self, row: Row) -> str:
        """The values of the keys in words, or "all"."""
        return ", ".join(self.key(name, row[name]) for name in self.by) or ALL

    def key(self, name: str, value: Any) -> str:
        """A key's value in words."""
        if value is None:
            return ALL
        if name in ("days", "hours"):
            return f"{value} {name}"
        if name == "advocate" and value in {a.code for a in self.issue.reports.directory.advocates}:
            return str(value)
        return label(str(value))

    def cell(self, name: str, row: Row) -> Any:
        """A number of the figure as its cell shows it."""
        return shown_number(self.measure, name, row)

    def note(self, row: Row) -> str:
        """What has to be known beside the numbers of a row."""
        return note(self.measure, row)

    def frozen(self) -> Iterator[dict[str, Any]]:
        """The rows as they are kept when the file is published."""
        for row in () if self.refused else self.rows:
            yield {
                "measure": self.measure.name,
                "grain": self.grain,
                "keys": keys_text({name: row[name] for name in self.by}),
                "period_start": row["period_start"],
                **{name: row[name] for name in NUMBERS},
                "note": row["note"] or "",
            }


def shown_number(measure: Measure, name: str, row: Row) -> Any:
    """A number as it is printed: a share of fewer than ten as "3 of 8", nothing missing as a blank."""
    number, few = row[name], measure.is_share and row["denominator"] is not None and row["denominator"] < FEW
    if number is None:
        return NOT_APPLICABLE if row["n"] == 0 or row["denominator"] == 0 else NOT_AVAILABLE
    if measure.is_share and name in ("value", "lower", "upper"):
        if not few:
            return Share(number)
        known = name == "value" and row["numerator"] is not None
        return f"{row['numerator']:,.0f} of {row['denominator']:,.0f}" if known else NOT_APPLICABLE
    if name in ("numerator", "denominator", "n"):
        return int(number) if float(number).is_integer() and not _in_posts(measure, name) else Number(number, 2)
    return int(number) if isinstance(measure.kind, WHOLE_NUMBERS) else Number(number)


def _in_posts(measure: Measure, name: str) -> bool:
    return isinstance(measure.kind, PerPost) and name == "denominator"


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
    wide = row["upper"] is not None and row["lower"] is not None and row["upper"] - row["lower"] > WIDE_LIMITS
    return row["denominator"] < FEW_FOR_TRUST or wide


def figures(issue: Issue) -> tuple[Figure, ...]:
    """Every measure of the catalogue, in reading order: all of it, and the risk ones by level besides."""
    found = []
    for measure in shown_measures():
        found += [figure(issue, measure, by) for by in groupings(measure)]
    return tuple(found)


def groupings(measure: Measure) -> tuple[tuple[str, ...], ...]:
    """By which keys a measure stands in the workbook; a table or a mix always has its own."""
    always = tuple(getattr(measure.kind, "always", ()))
    if always:
        return (always,)
    return ((), ("level",)) if measure.topic == "risk" and "level" in measure.keys else ((),)


def figure(issue: Issue, measure: Measure, by: tuple[str, ...] = ()) -> Figure:
    """One measure by some keys: by week, or by four weeks where no week of the thirteen can have a value yet."""
    if issue.recipient.team and "team" not in measure.keys:
        return _refused(issue, measure, by, NOT_BY_TEAM)
    always = bool(getattr(measure.kind, "always", ()))
    try:
        rows = _asked(issue, measure, issue.two_weeks if always else issue.thirteen_weeks, by)
        unknown = all(row["value"] is None for row in rows) and any(row["n"] for row in rows)
        if unknown or (always and not rows):
            longer = _asked(issue, measure, issue.four_weeks, by)
            told = sorted({row["period_start"] for row in longer if row["value"] is not None})
            if always:  # of a table only the last two periods that have one
                longer = [row for row in longer if row["period_start"] in told[-2:]]
            if longer:
                return Figure(measure, by, issue, tuple(longer), "4week")
    except Refused as refused:
        return _refused(issue, measure, by, str(refused))
    if not rows:
        return _refused(issue, measure, by, "there is nothing to count")
    return Figure(measure, by, issue, tuple(rows))


def _asked(issue: Issue, measure: Measure, slice_: Slice, by: tuple[str, ...]) -> list[Row]:
    """The rows of a frame, the keys in the order of their code lists; without the empty ones of a table."""
    rows = list(rows_of(issue.reports.frame(measure, slice_, by)))
    always = getattr(measure.kind, "always", ())
    if always:
        rows = [row for row in rows if row["denominator"] and row.get("days", DAYS_SHOWN[0]) in DAYS_SHOWN]
    places: dict[str, dict[Any, int]] = {key: {} for key in by}
    for row in rows:
        for key in by:
            places[key].setdefault(row[key], len(places[key]))
    if always:
        return sorted(rows, key=lambda row: (row["period_start"], *(places[key][row[key]] for key in by)))
    # Each value of a key has its weeks in one run of cells, so that a chart can read them.
    return sorted(rows, key=lambda row: (*(places[key][row[key]] for key in by), row["period_start"]))


def rows_of(frame: pd.DataFrame) -> Iterator[Row]:
    """The rows of a figure's frame with Python's own types; None where a value is missing."""
    for row in plain_rows(frame):
        yield {**row, "period_start": row["period_start"].date()}


def plain_rows(frame: pd.DataFrame) -> Iterator[Row]:
    """The rows of any frame with Python's own types; None where a value is missing."""
    columns = [[None if _missing(value) else value for value in frame[name].tolist()] for name in frame.columns]
    for values in zip(*columns, strict=True):
        yield dict(zip(frame.columns, values, strict=True))


def _missing(value: Any) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or value != value


def _refused(issue: Issue, measure: Measure, by: tuple[str, ...], why: str) -> Figure:
    numbers = dict.fromkeys(("numerator", "denominator", "value", "lower", "upper"))
    row = {"period_start": issue.monday, **dict.fromkeys(by), **numbers, "n": 0, "note": why}
    return Figure(measure, by, issue, (row,), refused=why)


def is_stock(measure: Measure) -> bool:
    """Whether a row stands for the last day of its period."""
    return "last day" in column_words(measure)["numerator"]


def column_words(measure: Measure) -> dict[str, str]:
    """What each column means for the measure's kind; limits are explained together."""
    words = dict(measure.kind.columns) if hasattr(measure.kind, "columns") else {}
    limits = words.pop("lower, upper", "empty")
    return {"lower": limits, "upper": limits, **words}
