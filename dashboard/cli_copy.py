"""The command that moves a site from one database to another: `copy`."""

from typing import Annotated

import typer

from dashboard import cli_record
from dashboard.cli_output import progress, say
from data_access.register.audit import Look


def add_to(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command(
        name="copy", epilog="Example: `caselight copy sqlite:///service.sqlite postgresql://loader@db/service`"
    )(copy_site)


def copy_site(
    source: Annotated[str, typer.Argument(metavar="FROM", help="Address of the database to copy.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="Address of an empty database, or of a new SQLite file.")],
) -> None:
    """Copy a whole site to an empty database: SQLite to PostgreSQL, back, or the same to the same.

    Every source row is copied, with earlier loads, rows set aside and
    published figures; the facts are built there. It is all or nothing: when
    something goes wrong, the target stays as it was.
    """
    from data_access.copying import copy

    cli_record.record(source, Look("copy", "copy"))
    with progress("Copying") as step:
        copied = copy(source, target, step)
    for name, rows in copied.rows.items():
        if rows:
            say(f"{name:<24}{rows:>12,}")
    say(
        f"copied {sum(copied.rows.values()):,} rows of {len(copied.rows)} tables, the same number on both sides; "
        f"facts built for {len(copied.forces)} forces"
    )
