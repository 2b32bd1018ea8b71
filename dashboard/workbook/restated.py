"""Last week's published figures beside what the data say today of the same days."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.workbook.cells import NOT_APPLICABLE, RESTATED
from dashboard.workbook.figures import Figure, Row, rows_of
from dashboard.workbook.sheets import Sheet
from dashboard.workbook.topics import Place
from dashboard.workbook.week import Issue
from dashboard.workbook.words import source, spoken
from data_access.errors import CaselightError
from data_access.published import NUMBERS, Run, keys_text

NOTHING_RESTATED = "nothing was restated"
COLUMNS = ("Measure", "Group", "Period beginning", "Published value", "Restated value", "Unit", "Notes")


@dataclass(frozen=True)
class Restatement:
    """One figure that a later load changed: as it was published, and as the data tell it today."""

    figure: Figure
    place: Place
    published: Row
    today: Row


def last_published(issue: Issue) -> Run | None:
    """The last file of this recipient about an earlier week."""
    to = issue.recipient
    return issue.reports.run_before(to.force, to.kind, to.team, issue.monday)


def restatements(issue: Issue, figures: Sequence[Figure], run: Run | None) -> list[Restatement]:
    """What differs, the latest periods first.

    Today's figures are asked for as of the day up to which the data told when
    the file was published. So a wait that went on, or a week that was not over,
    is no difference: only rows that came late or were corrected are.
    """
    if run is None or run.data_version == issue.force.version:
        return []
    kept: dict[tuple[str, str], list[Row]] = {}
    for row in rows_of(issue.reports.published_figures(run)):
        kept.setdefault((row["measure"], row["grain"]), []).append(row)
    found = []
    for figure in figures:
        published = _of(figure, kept)
        if published:
            found += _differences(figure, published, _today(figure, run, published))
    return sorted(found, key=lambda one: one.place[3], reverse=True)


def _of(figure: Figure, kept: dict[tuple[str, str], list[Row]]) -> dict[tuple, Row]:
    """The frozen rows of a figure by keys and period; those with the same keys only."""
    grains = {grain for name, grain in kept if name == figure.measure.name}
    grain = figure.grain if figure.grain in grains else next(iter(grains), "")
    names = ", ".join(f"{name}=" for name in figure.by)
    rows = kept.get((figure.measure.name, grain), [])
    return {(row["keys"], row["period_start"]): row for row in rows if _names(row["keys"]) == names}


def _names(keys: str | None) -> str:
    return ", ".join(f"{part.split('=', 1)[0]}=" for part in (keys or "").split(", ") if part)


def _today(figure: Figure, run: Run, published: dict[tuple, Row]) -> dict[tuple, Row]:
    """The same figures from today's data, as of the day of the published file."""
    issue, grain = figure.issue, next(iter(published.values()))["grain"]
    starts = sorted({start for _, start in published})
    whole = issue.four_weeks if grain == "4week" else issue.thirteen_weeks
    step = (whole.periods[0].end - whole.periods[0].start) if whole.periods else 7
    until = starts[-1].fromordinal(starts[-1].toordinal() + step)
    try:
        asked = whole.having(first=starts[0], until=until, as_of=run.as_of)
        frame = issue.reports.frame(figure.measure, asked, figure.by)
    except CaselightError:
        return {}  # the measure is another one now; its definition says so
    return {(keys_text({k: row[k] for k in figure.by}), row["period_start"]): row for row in rows_of(frame)}


def _differences(figure: Figure, published: dict[tuple, Row], today: dict[tuple, Row]) -> list[Restatement]:
    found = []
    for (keys, start), then in published.items():
        now = today.get((keys or "", start)) or today.get((keys, start))
        if now is not None and any(_differs(then[name], now[name]) for name in NUMBERS):
            found.append(Restatement(figure, (figure.measure.name, then["grain"], keys or "", start), then, now))
    return found


def _differs(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is not other
    # Counts are exact. Limits come back from the database to the last bit, and from another machine nearly.
    return abs(one - other) > 1e-9 * max(1.0, abs(one))


def restated_sheet(issue: Issue, run: Run | None, found: Sequence[Restatement]) -> Sheet:
    """The worksheet: published beside restated, or one row that says that nothing was restated."""
    what = "No earlier file of this recipient was published." if run is None else _about(run)
    said = NOTHING_RESTATED if run else f"{NOTHING_RESTATED}: no earlier file was published"
    nothing = [said, *[NOT_APPLICABLE] * (len(COLUMNS) - 2), said]
    return Sheet(
        "Restated",
        f"Restated: {issue.whom}, figures of {run.week if run else 'an earlier week'} that later loads changed",
        COLUMNS,
        [_cells(one) for one in found] or [nothing],
        about=what,
        basis=f"Both columns stand for the same days, with what was known of them then and now. {source(issue)}",
        period=run.week if run else issue.week,
        unit="as the row says",
        wide=("Notes",),
    )


def _about(run: Run) -> str:
    return f"The file of {run.week} was published with data up to {spoken(run.as_of)}."


def _cells(one: Restatement) -> list[Any]:
    figure, changed = one.figure, []
    for name in ("numerator", "denominator", "n"):
        then, now = one.published[name], one.today[name]
        if _differs(then, now):
            changed.append(f"{name} {_plain(now)}, was {_plain(then)}")
    return [
        figure.measure.title,
        figure.group(one.today),
        one.place[3],
        figure.cell("value", one.published),
        figure.cell("value", one.today),
        figure.measure.unit,
        f"{RESTATED} restated: {'; '.join(changed) or 'the limits or the value moved'}",
    ]


def _plain(number: float | None) -> str:
    if number is None:
        return "none"
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.2f}"
