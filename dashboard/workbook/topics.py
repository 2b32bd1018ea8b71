"""Every figure in tidy tables, one for each topic; and this week beside the week before."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

from dashboard.workbook.cells import NOT_APPLICABLE, NOT_AVAILABLE, RESTATED
from dashboard.workbook.figures import NO_NOTE, Figure, Row
from dashboard.workbook.headlines import HEADERS
from dashboard.workbook.sheets import Link, Sheet
from dashboard.workbook.week import Issue
from dashboard.workbook.words import source, spoken
from data_access.codes import label
from data_access.published import keys_text

COLUMNS = (
    *("Measure", "Group", "Period beginning", "Numerator", "Denominator", "Value", "Unit"),
    *(HEADERS["lower"], HEADERS["upper"], "n", "Notes"),
)
FOUR_WEEKS = "period of 4 weeks"
Place = tuple[str, str, str, date]


def place_of(figure: Figure, row: Row) -> Place:
    """What names a figure among all: measure, grain, keys, period."""
    keys = keys_text({name: row[name] for name in figure.by})
    return figure.measure.name, figure.grain, keys, row["period_start"]


def topic_name(topic: str) -> str:
    """Name of a topic's worksheet."""
    return f"{topic.capitalize()}_figures"


def topic_sheets(issue: Issue, figures: Sequence[Figure], restated: Collection[Place] = ()) -> list[Sheet]:
    """One long table for each topic, in the order of the catalogue; ``restated`` are marked [r]."""
    topics = dict.fromkeys(figure.measure.topic for figure in figures)
    return [_topic(issue, topic, [f for f in figures if f.measure.topic == topic], restated) for topic in topics]


def _topic(issue: Issue, topic: str, figures: Sequence[Figure], restated: Collection[Place]) -> Sheet:
    return Sheet(
        topic_name(topic),
        f"{label(topic).capitalize()}, all figures: {issue.whom}, 13 weeks to {issue.week}",
        COLUMNS,
        [_cells(figure, row, restated) for figure in figures for row in figure.rows],
        about="What a measure and its columns mean is said on the worksheet Definitions.",
        basis=f"A row stands for a week, or for four where no week has a value yet. {source(issue)}",
        period=f"13 weeks to {issue.week}",
        unit="as the row says",
        wide=("Notes",),
    )


def _cells(figure: Figure, row: Row, restated: Collection[Place]) -> list[Any]:
    said = [FOUR_WEEKS] if figure.grain == "4week" else []
    if (own := figure.note(row)) != NO_NOTE:
        said.append(own)
    if place_of(figure, row) in restated:
        said.append(f"{RESTATED} restated since it was published")
    return [
        figure.measure.title,
        figure.group(row),
        NOT_APPLICABLE if figure.refused else row["period_start"],
        *(number(figure, name, row) for name in ("numerator", "denominator", "value")),
        figure.measure.unit,
        *(number(figure, name, row) for name in ("lower", "upper", "n")),
        "; ".join(said) or NO_NOTE,
    ]


def number(figure: Figure, name: str, row: Row) -> Any:
    """A number of a tidy table; what a kind does not have is "not applicable"."""
    if figure.refused or (row[name] is None and not _has(figure, name)):
        return NOT_APPLICABLE
    return figure.cell(name, row)


def _has(figure: Figure, name: str) -> bool:
    return any(row[name] is not None for row in figure.rows)


def comparison(issue: Issue, figures: Sequence[Figure]) -> Sheet:
    """This week beside the week before, for every measure that is one number for a group."""
    rows = [row for figure in figures if not getattr(figure.measure.kind, "always", ()) for row in _compared(figure)]
    return Sheet(
        "This_week",
        f"This week and the week before: {issue.whom}, {issue.week}",
        ("Measure", "Group", "This week", "Week before", "Unit", "Notes"),
        rows,
        about="A difference between two weeks is often chance: the worksheet Changes says which is more.",
        basis=f"This week is Monday {spoken(issue.monday)} to Sunday {spoken(issue.sunday)}. {source(issue)}",
        period=issue.week,
        unit="as the row says",
        wide=("Notes",),
    )


def latest_two(figure: Figure, rows: Sequence[Row]) -> tuple[Row | None, Row | None]:
    """Of the rows of one group: this week's and the week before's, or the last two periods of four weeks."""
    by_start = {row["period_start"]: row for row in rows}
    if figure.grain == "week":
        return by_start.get(figure.issue.monday), by_start.get(figure.issue.before)
    told = [row for _, row in sorted(by_start.items()) if row["value"] is not None]
    return (told[-1] if told else None), (told[-2] if len(told) > 1 else None)


def _compared(figure: Figure) -> Iterator[list[Any]]:
    groups: dict[str, list[Row]] = {}
    for row in figure.rows:
        groups.setdefault(figure.group(row), []).append(row)
    for group, rows in groups.items():
        now, then = latest_two(figure, rows)
        yield [
            Link(figure.measure.title, topic_name(figure.measure.topic)),
            group,
            *(NOT_AVAILABLE if row is None else number(figure, "value", row) for row in (now, then)),
            figure.measure.unit,
            said_of(figure, now, then),
        ]


def said_of(figure: Figure, now: Row | None, then: Row | None) -> str:
    """The notes beside two numbers, each with the week that it is about."""
    if figure.refused:
        return figure.refused
    first, second = "this week", "week before"
    if figure.grain == "4week":
        first, second = (f"4 weeks from {spoken(row['period_start'])}" if row else "" for row in (now, then))
    notes = [
        f"{when}: {said}" if said != NO_NOTE else when
        for when, row in ((first, now), (second, then))
        if row is not None and ((said := figure.note(row)) != NO_NOTE or figure.grain == "4week")
    ]
    return "; ".join(notes) or NO_NOTE
