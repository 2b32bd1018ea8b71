"""The commands that take figures out: `measures`, `measure`, `cases` and `check`."""

import sys
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboard import cli_record
from dashboard.cli_output import Format, ListFormat, complain, say, write_csv, write_frame, write_json
from dashboard.settings import settings
from data_access.days import GRAINS, day, monday, number
from data_access.errors import CaselightError
from data_access.register.audit import Look
from data_access.scope import Scope
from data_access.slice import Page, Slice

if TYPE_CHECKING:
    import pandas as pd

    from data_access.reports import Reports

WEEKS = 13
FINDING = ("force", "case_ref", "severity", "rule", "title", "sentence")
FIELDS = (
    "id",
    "name",
    "title",
    "definition",
    "unit",
    "direction",
    "kind",
    "topic",
    "keys",
    "caution",
    "benchmark",
    "owner",
    "review_by",
    "changed",
    "example",
)

Database = Annotated[
    str,
    typer.Option(
        "--database",
        metavar="URL",
        show_default=False,
        help="Address of the database; without it CASELIGHT_DATABASE, else the sample.",
    ),
]
Forces = Annotated[list[str] | None, typer.Option("--force", metavar="CODE", help="Force; may be repeated.")]
Levels = Annotated[
    list[str] | None, typer.Option("--level", metavar="LEVEL", help="Risk level on the row's own day; may be repeated.")
]
Sources = Annotated[
    list[str] | None, typer.Option("--source", metavar="SOURCE", help="Referral source; may be repeated.")
]
Teams = Annotated[list[str] | None, typer.Option("--team", metavar="CODE", help="Team; may be repeated.")]
Advocates = Annotated[
    list[str] | None, typer.Option("--advocate", metavar="CODE", help="Lead advocate; may be repeated.")
]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", show_default=False)]
First = Annotated[
    datetime | None,
    typer.Option(
        "--from",
        formats=["%Y-%m-%d"],
        metavar="DATE",
        show_default=False,
        help="First day; without it 13 weeks before the end.",
    ),
]
Until = Annotated[
    datetime | None,
    typer.Option(
        "--to",
        formats=["%Y-%m-%d"],
        metavar="DATE",
        show_default=False,
        help="End; this day itself is not included. Without it the end of the last complete week of the data.",
    ),
]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        formats=["%Y-%m-%d"],
        metavar="DATE",
        show_default=False,
        help="Last day that counts; without it each force's own.",
    ),
]
Grain = Annotated[str, typer.Option(metavar="|".join(GRAINS), help="Length of a period.")]
Form = Annotated[Format, typer.Option("--format", help="Format.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command(epilog="Example: `caselight measures --format json`")(measures)
    app.command(epilog="Example: `caselight measure open_cases --force NORTH --by level --grain month`")(measure)
    app.command(epilog="Example: `caselight cases review_overdue --force NORTH`")(cases)
    app.command(epilog="Example: `caselight check --database sqlite:///service.sqlite`")(check)


@dataclass(frozen=True)
class Opened:
    """A database opened for somebody at this machine."""

    store: Any
    reports: "Reports"
    forces: tuple[str, ...]
    database: str = ""

    def record(self, event: str, command: str, rows: int, **chosen: Any) -> None:
        """Commit the line of a command before it prints; ``chosen`` are codes. Raises CaselightError."""
        look = Look(event, command, cli_record.codes(**chosen), rows)
        cli_record.record(self.database, look, self.forces, self.reports.scope.role)


def opened(database: str, forces: list[str] | None) -> Opened:
    """Open a database for reading. Raises CaselightError when it is not there, UnknownName for a force."""
    import data_access as da
    from data_access.errors import UnknownName

    found = settings()
    store = da.connect(database or found.database, arrays=found.arrays)
    known = store.force_codes()
    for code in forces or ():
        if code not in known:
            raise UnknownName("force", code, known)
    reports = store.reports(Scope.local(known, "service_manager"))
    return Opened(store, reports, tuple(forces) if forces else known, database)


def _said(asked: Slice) -> dict[str, Any]:
    """A question as codes, for the audit."""
    return {
        "force": asked.forces, "from_": asked.first, "until": asked.until, "grain": asked.grain, "as_of": asked.as_of,
        "level": asked.levels, "source": asked.sources, "team": asked.teams, "advocate": asked.advocates,
    }  # fmt: skip


def _on(at: datetime | None) -> date | None:
    return at.date() if at else None


def default_period(as_of: date) -> tuple[date, date]:
    """The last 13 complete weeks of data that go to ``as_of``; the second day is not included."""
    until = day(monday(number(as_of) + 1))
    return until - timedelta(weeks=WEEKS), until


def _slice(
    data: Opened,
    grain: str,
    first: date | None,
    until: date | None,
    as_of: date | None,
    **filters: list[str] | None,
) -> Slice:
    if first is None or until is None:
        ends = [force.as_of for force in data.reports.directory.forces if force.code in data.forces]
        if not ends:
            raise CaselightError(
                "The database holds no force yet. Load data with 'caselight load SOURCE --database URL'."
            )
        usual = default_period(as_of or max(ends))[1]
        until = until or (usual if first is None or usual > first else day(number(max(ends)) + 1))
        first = first or until - timedelta(weeks=WEEKS)
    return Slice(
        data.forces,
        first,
        until,
        grain,
        as_of=as_of,
        **{name: tuple(values or ()) for name, values in filters.items()},
    )


def measures(form: Annotated[ListFormat, typer.Option("--format", help="Format.")] = ListFormat.text) -> None:
    """List the measures: what each one counts, its unit, its owner."""
    import data_access as da

    rows = [
        {name: _field(getattr(found, name, None)) for name in FIELDS}
        | {name: found.words()[name] for name in ("changed", "example")}
        for found in da.MEASURES.values()
    ]
    if form is ListFormat.json:
        write_json(rows)
    elif form is ListFormat.csv:
        write_csv(sys.stdout, FIELDS, [[_joined(row[name]) for name in FIELDS] for row in rows])
    else:
        for row in rows:
            say(f"{row['name']}  ({row['id']}, {row['unit']})\n    {row['title']}. {row['definition']}")


def _joined(value: object) -> object:
    return " ".join(map(str, value)) if isinstance(value, list) else value


def _field(value: Any) -> Any:
    """A measure's field as text, number or list of names."""
    if isinstance(value, list | tuple | set | frozenset):
        return [getattr(item, "name", item) for item in value]
    if value is None or isinstance(value, str | int | float):
        return value
    return value.isoformat() if isinstance(value, date) else type(value).__name__.lower()


def measure(
    name: Annotated[str, typer.Argument(help="Name of the measure; `caselight measures` lists them.")],
    database: Database = "",
    force: Forces = None,
    level: Levels = None,
    source: Sources = None,
    team: Teams = None,
    advocate: Advocates = None,
    first: First = None,
    until: Until = None,
    grain: Grain = "week",
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by", metavar="KEY", help="Break down by force, team, advocate, level, source, ...; may be repeated."
        ),
    ] = None,
    as_of: AsOf = None,
    form: Form = Format.csv,
) -> None:
    """Print one measure: a row for each period and key.

    Columns: period_start, the keys, numerator, denominator, value, lower, upper, n, note.
    """
    data = opened(database, force)
    asked = _slice(
        data,
        grain,
        _on(first),
        _on(until),
        _on(as_of),
        levels=level,
        sources=source,
        teams=team,
        advocates=advocate,
    )
    frame = data.reports.frame(name, asked, by=tuple(by or ()))
    data.record("figures", "measure", len(frame), measure=name, by=tuple(by or ()), **_said(asked))
    write_frame(frame, form)


def cases(
    worklist: Annotated[str, typer.Argument(help="Name of the list, for example review_overdue.")],
    database: Database = "",
    force: Forces = None,
    level: Levels = None,
    source: Sources = None,
    team: Teams = None,
    advocate: Advocates = None,
    first: First = None,
    until: Until = None,
    as_of: AsOf = None,
    form: Form = Format.csv,
) -> None:
    """Print the cases of a list that somebody has to look at; the number of them goes to standard error."""
    data = opened(database, force)
    asked = _slice(
        data,
        "week",
        _on(first),
        _on(until),
        _on(as_of),
        levels=level,
        sources=source,
        teams=team,
        advocates=advocate,
    )
    frame = _all_pages(data.reports, worklist, asked)
    data.record("list", "cases", len(frame), list=worklist, **_said(asked))
    write_frame(frame, form)


def _all_pages(reports: "Reports", worklist: str, asked: Slice) -> "pd.DataFrame":
    import pandas as pd

    size, parts, number_ = 500, [], 1
    while True:
        rows = reports.rows(worklist, asked, Page(number_, size))
        parts.append(rows.frame)
        if number_ * size >= rows.total:
            complain(f"{rows.total:,} {'case' if rows.total == 1 else 'cases'}")
            return pd.concat(parts, ignore_index=True) if len(parts) > 1 else rows.frame
        number_ += 1


def check(
    database: Database = "",
    force: Forces = None,
    rule: Annotated[list[str] | None, typer.Option("--rule", metavar="NAME", help="Rule; may be repeated.")] = None,
    form: Form = Format.csv,
) -> None:
    """Print what looks wrong in the data, with the cases: days out of order, two leads, levels without a reason.

    Nothing is repaired. The number of findings goes to standard error.
    """
    data = opened(database, force)
    found = [
        {name: getattr(one, name) for name in FINDING}
        for one in data.reports.findings(data.forces, tuple(rule) if rule else None)
    ]
    data.record("list", "check", len(found), rule=tuple(rule or ()), force=data.forces)
    if form is Format.json:
        write_json(found)
    else:
        write_csv(sys.stdout, FINDING, [list(one.values()) for one in found])
    grave = sum(1 for one in found if one["severity"] == "error")
    complain(f"{len(found):,} findings: {grave:,} that cannot be so, {len(found) - grave:,} that are unlikely")
