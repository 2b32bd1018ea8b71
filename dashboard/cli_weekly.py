"""The commands of the supervisors' week: `weekly`, `published` and `export`."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from dashboard import cli_record
from dashboard.cli_figures import Database, Forces, Form, opened
from dashboard.cli_output import Format, complain, progress, say, write_frame
from dashboard.cli_record import Purpose
from dashboard.settings import settings
from data_access.errors import CaselightError
from data_access.register.audit import Look

Week = Annotated[str, typer.Option(metavar="YYYY-Www", help="ISO week, for example 2026-W46.")]
Out = Annotated[Path, typer.Option(metavar="DIR", help="Folder for the files; made if it is not there.")]


class For(StrEnum):
    """Whom the files are for."""

    force = "force"
    team = "team"
    supervisor = "supervisor"


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command(epilog="Example: `caselight weekly --week 2026-W46 --out sheets --for supervisor`")(weekly)
    app.command(epilog="Example: `caselight published --force NORTH --week 2026-W46 --as-known-on 2026-11-20`")(
        published
    )
    app.command(epilog="Example: `caselight export --force NORTH --week 2026-W46 --out sheets`")(export)


def weekly(
    week: Week,
    out: Out,
    database: Database = "",
    recipient: Annotated[
        For, typer.Option("--for", help="One file for each force, team, or team's supervisors.")
    ] = For.force,
    force: Forces = None,
    purpose: Purpose = "",
) -> None:
    """Publish the week: one workbook for each recipient, whose figures are frozen in the database.

    Each file is whole or not there. What came of each stands in
    caselight-weekly.log in the folder. Exit code 1: a file could not be made
    or its figures could not be frozen; the others are there.
    """
    from dashboard.workbook import run_week

    where = database or settings().database
    taker = cli_record.taker(where, "weekly", week, purpose)
    found = opened(database, force)
    with progress("Publishing") as step:
        outcomes = run_week(found.store, where, out, week, recipient.value, found.forces, step, taker)
    for one in outcomes:
        if one.path is not None:
            say(one.path)
        if not one.good:
            complain(f"{one.recipient.name}: {one.error or one.unfrozen}")
    if not outcomes:
        raise CaselightError(f"There is no {recipient.value} in these forces, so there is no file to write.")
    _say_failures(outcomes)


def _say_failures(outcomes: list) -> None:
    failed = [one.recipient.name for one in outcomes if one.path is None]
    unfrozen = [one.recipient.name for one in outcomes if one.unfrozen]
    parts = []
    if failed:
        parts.append(f"{len(failed)} of {len(outcomes)} workbooks could not be written ({', '.join(failed)})")
    if unfrozen:
        parts.append(f"the figures of {len(unfrozen)} were not frozen ({', '.join(unfrozen)})")
    if parts:
        said = "; ".join(parts)
        raise CaselightError(f"{said[0].upper()}{said[1:]}. The reasons stand above; the other files are there.")


def published(
    week: Week,
    force: Annotated[str, typer.Option("--force", metavar="CODE", help="Force.")],
    database: Database = "",
    recipient: Annotated[For, typer.Option("--for", help="Whose file.")] = For.force,
    team: Annotated[str, typer.Option(metavar="CODE", help="Team, where the file was made for one.")] = "",
    measure: Annotated[str, typer.Option(metavar="NAME", help="One measure only.")] = "",
    as_known_on: Annotated[
        datetime | None,
        typer.Option(
            "--as-known-on",
            formats=["%Y-%m-%d"],
            metavar="DATE",
            show_default=False,
            help="The last file made up to the end of this day; without it the newest.",
        ),
    ] = None,
    form: Form = Format.csv,
) -> None:
    """Print the figures of a published week as they were known then, whatever was loaded since.

    Columns: measure, grain, keys, period_start, numerator, denominator, value, lower, upper, n, note.
    """
    if recipient is not For.force and not team:
        raise CaselightError("A file for a team or its supervisors needs the team: add --team CODE.")
    found = opened(database, [force])
    on = as_known_on.date() if as_known_on else None
    frame = found.reports.as_known_on(force, week, measure or None, on, recipient.value, team)
    run = frame.attrs["run"]
    chosen = cli_record.codes(
        for_=":".join(filter(None, (recipient.value, force, team))), week=week, measure=measure, known_on=on
    )
    cli_record.record(database, Look("figures", "published", chosen, len(frame)), (force,), "service_manager")
    complain(f"{run.file}, made {run.made_at.isoformat()}Z from data up to {run.as_of} (version {run.data_version})")
    write_frame(frame, form)


def export(week: Week, out: Out, database: Database = "", force: Forces = None, purpose: Purpose = "") -> None:
    """Write the weekly workbook of one force, or one file for each force, without publishing it.

    Nothing is frozen: `caselight weekly` publishes.
    """
    from dashboard.workbook import export as write_books

    taker = cli_record.taker(database or settings().database, "export", week, purpose)
    found = opened(database, force)
    with progress("Writing") as step:
        written = write_books(found.store, out, week, found.forces, step, taker)
    for one in written:
        if one.error:
            complain(f"{one.force}: {one.error}")
        else:
            say(one.path)
    failed = sum(1 for one in written if one.error)
    if failed:
        raise CaselightError(f"{failed} of {len(written)} workbooks could not be written; the reasons stand above.")
