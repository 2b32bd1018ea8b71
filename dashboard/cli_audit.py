"""The commands of whoever checks: `audit show` and `audit export`."""

import hashlib
import io
from collections.abc import Iterable
from dataclasses import astuple, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from dashboard import cli_record
from dashboard.cli_figures import Database
from dashboard.cli_output import complain, printable, say, write_csv
from dashboard.settings import settings
from dashboard.witness import register_of
from data_access.days import LOCAL
from data_access.errors import CaselightError
from data_access.register.audit import EVENTS, Look
from data_access.register.looks import NAMES, Asked, Line, Looks

WIDTHS = {"when": 19, "who": 24, "what": 8, "page": 12, "rows": 6}
Week = Annotated[str, typer.Option(metavar="YYYY-Www", show_default=False, help="ISO week, for example 2026-W47.")]
First = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], metavar="DATE", show_default=False, help="First day."),
]
Until = Annotated[
    datetime | None,
    typer.Option("--to", formats=["%Y-%m-%d"], metavar="DATE", show_default=False, help="Last day, included."),
]
Whom = Annotated[str, typer.Option("--person", metavar="NAME", show_default=False, help="One person only.")]
What = Annotated[
    str, typer.Option("--event", metavar="EVENT", show_default=False, help=f"One of: {', '.join(EVENTS)}.")
]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    audit = typer.Typer(no_args_is_help=True, help="Who saw or took what. Reading it is recorded too.")
    audit.command(epilog="Example: `caselight audit show --week 2026-W47 --event file`")(show)
    audit.command(epilog="Example: `caselight audit export looks.xlsx --week 2026-W47`")(export)
    app.add_typer(audit, name="audit")


def asked_for(week: str, first: datetime | None, until: datetime | None, person: str, event: str) -> Asked:
    """The lines that the options ask for: the last seven days where no day is named.

    Raises CaselightError for a week that is none, for days in the wrong order, and for both a week and days.
    """
    if week and (first or until):
        raise CaselightError("Name a week or days, not both.")
    if event and event not in EVENTS:
        raise CaselightError(f"There is no event called {event!r}. Known: {', '.join(EVENTS)}.")
    days = _days(week, first.date() if first else None, until.date() if until else None)
    return Asked(*days, person or None, event or None)


def _days(week: str, first: date | None, last: date | None) -> tuple[date, date]:
    if week:
        from dashboard.workbook.week import first_day

        monday = first_day(week)
        return monday, monday + timedelta(days=7)
    last = last or datetime.now(LOCAL).date()
    first = first or last - timedelta(days=6)
    if first > last:
        raise CaselightError("The first day has to come before the last.")
    return first, last + timedelta(days=1)


def _recorded(database: str, command: str, asked: Asked, **file: object) -> None:
    """Whoever reads the audit stands in it: a line before anything is printed."""
    chosen = cli_record.codes(from_=asked.first, until=asked.until, event=asked.event, person=asked.person)
    look = replace(Look("audit", command, chosen), **file)  # type: ignore[arg-type]
    cli_record.record(database, look, role="auditor")


def show(
    week: Week = "",
    first: First = None,
    until: Until = None,
    person: Whom = "",
    event: What = "",
    database: Database = "",
) -> None:
    """Print who saw or took what, the oldest first; without days those of the last seven.

    Columns: when (here), who, what, page, rows, then what was chosen, the file and its purpose.
    """
    asked = asked_for(week, first, until, person, event)
    lines = list(Looks(register_of(settings(), database)).all(asked))
    _recorded(database, "audit show", asked, rows=len(lines))
    for line in lines:
        say(_said(line))
    span = f"{asked.first} to {asked.until - timedelta(days=1)}" if asked.until else ""
    complain(f"{len(lines):,} {'line' if len(lines) == 1 else 'lines'}, {span}")


def _said(line: Line) -> str:
    cells = {
        "when": f"{line.at.astimezone(LOCAL):%Y-%m-%d %H:%M:%S}",
        "who": line.person or "nobody known",
        "what": line.event,
        "page": line.page,
        "rows": "" if line.rows is None else str(line.rows),
    }
    rest = [line.filters, line.file, f"for: {line.purpose}" if line.purpose else "", line.reference]
    fixed = "  ".join(f"{text:<{WIDTHS[name]}}" for name, text in cells.items())
    return "  ".join([fixed, *filter(None, rest)]).rstrip()


def export(
    file: Annotated[Path, typer.Argument(help="An .xlsx or .csv file to write.")],
    week: Week = "",
    first: First = None,
    until: Until = None,
    person: Whom = "",
    event: What = "",
    database: Database = "",
    purpose: cli_record.Purpose = "",
) -> None:
    """Write the lines of the audit to a file. That it was written is a line too, with the file's sum."""
    if file.suffix.lower() not in (".xlsx", ".csv"):
        raise CaselightError("Name a file that ends in .xlsx or .csv.")
    asked = asked_for(week, first, until, person, event)
    stamp = cli_record.stamp(purpose)
    lines = list(Looks(register_of(settings(), database)).all(asked))
    rows = [_row(line) for line in lines]
    content = _workbook(rows, stamp.rows()) if file.suffix.lower() == ".xlsx" else _csv(rows)
    found = hashlib.sha256(content).hexdigest()
    _recorded(database, "audit export", asked, rows=len(rows), file=file.name, sha256=found, purpose=stamp.purpose)
    try:
        file.write_bytes(content)
    except OSError as error:
        raise CaselightError(f"{printable(file.name)} could not be written: {error.strerror}.") from None
    say(f"{len(rows):,} lines are in {printable(file)}.")


def _row(line: Line) -> list[object]:
    values = dict(zip(NAMES, astuple(line), strict=True))
    return list({**values, "at": f"{line.at:%Y-%m-%d %H:%M:%S}"}.values())


def _csv(rows: Iterable[list[object]]) -> bytes:
    written = io.StringIO(newline="")
    write_csv(written, NAMES, rows)
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def _workbook(rows: list[list[object]], stamped: Iterable[tuple[str, str]]) -> bytes:
    from openpyxl import Workbook

    from dashboard.workbook.cells import NOT_APPLICABLE
    from dashboard.workbook.package import package
    from dashboard.workbook.sheets import Sheet
    from dashboard.workbook.styles import add_styles
    from dashboard.workbook.writing import add_sheet

    book = Workbook()
    book.remove(book.active)
    add_styles(book)
    told = [[NOT_APPLICABLE if value in (None, "") else value for value in row] for row in rows]
    nothing = ["No line", *[NOT_APPLICABLE] * (len(NAMES) - 1)]
    basis = "Source: the register of caselight. Times are UTC."
    add_sheet(book, Sheet("Looks", "Who saw or took what", NAMES, told or [nothing], basis=basis, wide=("filters",)))
    add_sheet(book, Sheet("Taken", "Who took this file", ("Item", "Value"), list(stamped), wide=("Value",)))
    return package(book)
