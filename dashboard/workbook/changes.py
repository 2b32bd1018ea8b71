"""What is different from last week: only what is more than chance, with its verdict in words."""

from collections.abc import Sequence
from typing import Any

from dashboard.verdicts import Words, verdict_of
from dashboard.workbook.cells import NOT_APPLICABLE
from dashboard.workbook.figures import Figure
from dashboard.workbook.sheets import Link, Sheet
from dashboard.workbook.topics import latest_two, number, said_of, topic_name
from dashboard.workbook.week import Issue
from dashboard.workbook.words import source
from data_access.measures.kinds import Flow, Net
from data_access.statistics.intervals import garwood
from data_access.statistics.verdicts import Kind

NO_CHANGE = "no sign of real change"
COLUMNS = ("Measure", "Whom", "This week", "Week before", "Unit", "Verdict", "Notes")
# As far out as the limits of a control chart: three standard deviations, 27 in ten thousand.
BEYOND = 0.9973


def changes(issue: Issue, figures: Sequence[Figure]) -> Sheet:
    """The worksheet: a row for each measure whose trend changed or whose week lies beyond what is expected."""
    whole = [f for f in figures if not f.refused and not f.by]
    events = issue.reports.table("events")
    rows = []
    for figure in whole:
        words = verdict_of(issue.reports, figure.measure, issue.thirteen_weeks, events)
        said = claim(words) or unusual(figure, words)
        if said:
            rows.append(_row(figure, said))
    nothing = [NO_CHANGE, issue.whom, *[NOT_APPLICABLE] * 3, NO_CHANGE, f"{len(whole)} measures were looked at"]
    return Sheet(
        "Changes",
        f"Changes: {issue.whom}, {issue.week} against what is expected",
        COLUMNS,
        rows or [nothing],
        about="It names only what is more than chance; the other figures stand on the worksheet This_week.",
        basis=f"A trend is judged against the first year of the last two. {source(issue)}",
        period=issue.week,
        unit="as the row says",
        wide=("Verdict", "Notes"),
    )


def claim(words: Words) -> str:
    """The verdict in words where it claims a change, else nothing."""
    return words.sentence if words.kind in (Kind.HIGHER, Kind.LOWER) else ""


def unusual(figure: Figure, words: Words) -> str:
    """What to say of a count of this week alone that lies beyond the limits of what is expected, else nothing.

    Only of referrals, openings and the like, counted by week: a stock is judged by what comes and goes.
    """
    row, _ = latest_two(figure, figure.rows)
    if row is None or figure.grain != "week" or row["note"] or not isinstance(figure.measure.kind, Flow | Net):
        return ""  # a week that is still filling up has a note
    parts = []
    for series in words.series:
        count, expected = row["denominator" if series.label == "closed" else "numerator"], series.expected
        if count is None or expected is None:
            continue
        # Where the weeks of the baseline differ by more than chance, so much of the distance says nothing.
        told = max(0.0, expected.rate + (count - expected.rate) / expected.wider)
        lower, upper = (float(limit) for limit in garwood(told, level=BEYOND))
        if not lower <= expected.rate <= upper:
            more = "more" if count > expected.rate else "fewer"
            parts.append(f"{series.label} {count:,.0f}: {more} than the {expected.rate:.1f} a week expected".strip())
    return f"This week alone: {'; '.join(parts)}." if parts else ""


def _row(figure: Figure, said: str) -> list[Any]:
    now, then = latest_two(figure, figure.rows)
    return [
        Link(figure.measure.title, topic_name(figure.measure.topic)),
        figure.issue.whom,
        *(NOT_APPLICABLE if row is None else number(figure, "value", row) for row in (now, then)),
        figure.measure.unit,
        said,
        said_of(figure, now, then),
    ]
