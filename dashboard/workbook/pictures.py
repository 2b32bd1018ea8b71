"""What the charts of the workbook show. They read only cells that hold numbers: a text would be drawn as zero."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard import theme
from dashboard.workbook import headlines
from dashboard.workbook.figures import Figure, Row, shown_number
from dashboard.workbook.sheets import HEADER_ROW, Link, Number, Share, Sheet
from dashboard.workbook.week import Issue
from dashboard.workbook.words import source, spoken
from data_access.codes import label
from data_access.measures.kinds import Duration, Flow, Movement, Net

STALE = "second_series"


@dataclass(frozen=True)
class Run:
    """Cells of one column of a worksheet, one below the other, drawn as a series."""

    name: str
    column: int
    first: int
    last: int
    colour: str


@dataclass(frozen=True)
class Picture:
    """What a chart shows: its subject, a sentence with its figures, and the cells that it reads."""

    figure: Figure
    title: str
    sentence: str
    kind: str
    runs: tuple[Run, ...]
    labels: Run
    up: str

    @property
    def name(self) -> str:
        """The worksheet of its figures."""
        return headlines.sheet_name(self.figure)


def pictures(issue: Issue, figures: Sequence[Figure]) -> list[Picture]:
    """A picture for each headline figure."""
    return [_picture(issue, figure) for figure in figures]


def charts_sheet(issue: Issue, drawn: Sequence[Picture]) -> Sheet:
    """The worksheet that names the charts; they float below its table."""
    rows = [
        [
            f"Chart {place}" if picture.runs else "No chart",
            picture.title,
            picture.sentence,
            Link(picture.name, picture.name),
        ]
        for place, picture in enumerate(drawn, 1)
    ]
    return Sheet(
        "Charts",
        f"Charts: {issue.whom}, 13 weeks to {issue.week}",
        ("Chart", "Subject", "What it shows", "Worksheet of its figures"),
        rows,
        about="The charts float below it, in the order of its rows.",
        basis=source(issue),
        period=f"13 weeks to {issue.week}",
        unit="as each chart says",
        wide=("What it shows",),
    )


def _picture(issue: Issue, figure: Figure) -> Picture:
    measure, force = figure.measure, issue.whom
    if isinstance(measure.kind, Movement):
        return _movement(issue, figure)
    title = f"{measure.title}, {force}, 13 weeks to {issue.week}"
    labels = Run("Week beginning", 1, *_rows(figure, range(len(figure.rows) // _groups(figure))), "")
    if figure.by:
        column = "value" if "numerator" not in headlines.shown(figure) else "numerator"
        runs = _by_key(figure, column)
        up = measure.unit if column == "value" else f"{measure.noun} ({measure.title.lower()})"
        return Picture(figure, title, _said(figure), "stacked", runs, labels, up)
    if isinstance(measure.kind, Net):
        opened = _run(figure, "numerator", "opened", "referred")
        closed = _run(figure, "denominator", "closed", "closed")
        return Picture(figure, title, _said(figure), "columns", _known(opened, closed), labels, measure.unit)
    if measure.is_share or isinstance(measure.kind, Duration):
        part = "of them, done so far" if isinstance(measure.kind, Duration) else f"of them: {measure.title.lower()}"
        whole = _run(figure, "denominator", f"all {measure.noun}", "not_assessed")
        done = _run(figure, "numerator", part, "reached")
        return Picture(figure, title, _said(figure), "over", _known(whole, done), labels, measure.noun)
    kind = "columns" if isinstance(measure.kind, Flow) else "line"
    run = _run(figure, "value", measure.title, "accent")
    return Picture(figure, title, _said(figure), kind, _known(run), labels, measure.unit)


def _groups(figure: Figure) -> int:
    return len({tuple(row[key] for key in figure.by) for row in figure.rows})


def _rows(figure: Figure, places: Sequence[int]) -> tuple[int, int]:
    return HEADER_ROW + 1 + places[0], HEADER_ROW + 1 + places[-1]


def _column(figure: Figure, name: str) -> int:
    return headlines.columns(figure).index(headlines.header(figure, name)) + 1


def _run(figure: Figure, name: str, words: str, colour: str, places: Sequence[int] | None = None) -> Run | None:
    """The cells of a column as far as they hold numbers; None where a gap lies between them."""
    places = range(len(figure.rows)) if places is None else places
    numbers = [_is_number(figure, name, figure.rows[place]) for place in places]
    count = sum(numbers)
    if not count or not all(numbers[:count]):
        return None
    return Run(words, _column(figure, name), *_rows(figure, places[:count]), colour)


def _is_number(figure: Figure, name: str, row: Row) -> bool:
    return isinstance(shown_number(figure.measure, name, row), int | Number | Share)


def _known(*runs: Run | None) -> tuple[Run, ...]:
    """The runs that there are."""
    return tuple(run for run in runs if run is not None)


def _by_key(figure: Figure, column: str) -> tuple[Run, ...]:
    places: dict[str, list[int]] = {}
    for place, row in enumerate(figure.rows):
        places.setdefault(row[figure.by[0]], []).append(place)
    return _known(
        *[
            _run(figure, column, label(name), name if name in theme.COLOURS else STALE, where)
            for name, where in places.items()
        ]
    )


def _movement(issue: Issue, figure: Figure) -> Picture:
    """Where the cases of each intake level that are open at the end of the week stand now."""
    title = f"{figure.measure.title}, {issue.whom}, open cases on {spoken(issue.last_day)}"
    places: dict[str, list[int]] = {}
    for place, row in enumerate(figure.rows):
        if row["period_start"] == issue.monday and row.get("status") == "open":
            places.setdefault(row["from_level"], []).append(place)
    runs = _known(
        *[_run(figure, "numerator", f"{label(name)} at intake", name, where) for name, where in places.items()]
    )
    if not runs:
        return Picture(figure, title, "No case is open.", "columns", (), Run("", 1, 7, 7, ""), "")
    of = [f"{label(name)} at intake: {_open_now(figure, where)}" for name, where in places.items()]
    labels = Run("", headlines.columns(figure).index("To level") + 1, runs[0].first, runs[0].last, "")
    return Picture(
        figure, title, f"Cases by the level that they have now. {'. '.join(of)}.", "columns", runs, labels, "cases"
    )


def _open_now(figure: Figure, where: Sequence[int]) -> str:
    return ", ".join(
        f"{figure.rows[p]['numerator']} {label(figure.rows[p]['to_level'])}"
        for p in where
        if figure.rows[p]["numerator"]
    )


def _said(figure: Figure) -> str:
    """This week and the week before, in words."""
    parts = []
    for start, when in ((figure.issue.monday, "this week"), (figure.issue.before, "in the week before")):
        rows = [row for row in figure.rows if row["period_start"] == start]
        parts.append(f"{', '.join(filter(None, (_one(figure, row) for row in rows))) or 'no value'} {when}")
    return f"{'; '.join(parts)}."


def _one(figure: Figure, row: Row) -> str:
    words = " ".join(label(row[key]) for key in figure.by)
    if row["numerator"] is None:
        return ""
    measure = figure.measure
    if isinstance(measure.kind, Net):
        return f"{row['numerator']} opened and {row['denominator']} closed"
    if measure.is_share or isinstance(measure.kind, Duration):
        said = f"{row['numerator']} of {row['denominator']}"
    else:
        said = f"{row['value']:,.1f}".removesuffix(".0") if row["value"] is not None else "no value"
    return f"{words} {said}".strip()
