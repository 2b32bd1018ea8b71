"""The headline measures on worksheets of their own, thirteen weeks each: what the charts read."""

from collections.abc import Sequence

from dashboard.workbook.figures import Figure, Row, column_words, is_stock
from dashboard.workbook.sheets import Sheet
from dashboard.workbook.words import source
from data_access.codes import label
from data_access.measures.kinds import Movement

# The figures that a team meeting asks for every week (domain part 4); every measure stands in its topic's table.
HEADLINES = (
    "open_cases",
    "referrals",
    "inflow_outflow",
    "cases_per_fte",
    "time_to_first_contact",
    "reached",
    "contact_success",
    "risk_of_open_cases",
    "level_movement",
    "review_overdue",
)
HEADERS = {
    "numerator": "Numerator",
    "denominator": "Denominator",
    "lower": "Lower limit (95 %)",
    "upper": "Upper limit (95 %)",
    "n": "n",
}


def headlines(figures: Sequence[Figure]) -> list[Figure]:
    """The headline figures that have a value by week, each by the most keys that it has; in reading order."""
    finest = {figure.measure.name: figure for figure in figures}  # the parts come after the whole
    found = [finest[name] for name in HEADLINES if name in finest]
    return [figure for figure in found if not figure.refused and figure.grain == "week"]


def shown(figure: Figure) -> tuple[str, ...]:
    """The columns of the kind that say something of their own."""
    words = column_words(figure.measure)
    twice = {"numerator"} if words["value"].startswith("the same as the numerator") else set()
    return tuple(
        name
        for name in ("numerator", "denominator", "value", "lower", "upper", "n")
        if name not in twice
        and not words[name].startswith("empty")
        and not (name == "n" and words["n"].startswith("the same as"))
    )


def header(figure: Figure, name: str) -> str:
    """What stands above a column of the figure."""
    return f"Value ({figure.measure.unit})" if name == "value" else HEADERS[name]


def columns(figure: Figure) -> tuple[str, ...]:
    """Headers, in the order of the worksheet."""
    keys = (label(key).capitalize() for key in figure.by)
    return ("Week beginning", *keys, *(header(figure, name) for name in shown(figure)), "Notes")


def sheet_name(figure: Figure) -> str:
    """Name of a headline's worksheet, at most 31 characters."""
    return figure.measure.name.capitalize()[:31]


def headline_sheet(figure: Figure) -> Sheet:
    """The worksheet of one headline figure."""
    issue, measure = figure.issue, figure.measure
    movement = isinstance(measure.kind, Movement)
    keys = f" by {label(figure.by[0]).lower()}" if figure.by and not movement else ""
    weeks = f"{issue.week} and the week before" if movement else f"13 weeks to {issue.week}"
    days = "the Sunday that ends its week" if is_stock(measure) else "the seven days of its week"
    return Sheet(
        sheet_name(figure),
        f"{measure.title}{keys}: {issue.whom}, {weeks}",
        columns(figure),
        [_cells(figure, row) for row in figure.rows],
        about="What its columns mean is said on the worksheet Definitions.",
        basis=f"Unit: {measure.unit}. A row stands for {days}. {source(issue)}",
        period=weeks,
        unit=measure.unit,
        wide=("Notes",),
    )


def _cells(figure: Figure, row: Row) -> list:
    keys = [figure.key(key, row[key]) for key in figure.by]
    return [row["period_start"], *keys, *(figure.cell(name, row) for name in shown(figure)), figure.note(row)]
