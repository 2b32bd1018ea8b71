"""The command that sets and shows a service's own standards: `standards`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard import cli_record
from dashboard.cli_output import printable, progress, say
from dashboard.settings import settings
from data_access.errors import CaselightError
from data_access.register.audit import Look

if TYPE_CHECKING:
    from data_access.standards import Standards


def add_to(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command(epilog="Example: `caselight standards our_standards.toml --database sqlite:///service.sqlite`")(
        standards
    )


def standards(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="A TOML file of standards and targets; without it what holds is printed.", show_default=False
        ),
    ] = None,
    database: Annotated[
        str,
        typer.Option(
            "--database",
            metavar="URL",
            show_default=False,
            help="Address of the database; without it CASELIGHT_DATABASE.",
        ),
    ] = "",
) -> None:
    """Set how soon a call, a contact or a review is due, and the targets, by force; or print what holds.

    The file takes the place of an earlier one. What is due is worked out anew
    for every force, all of it or nothing. See docs/standards.md.
    """
    found = settings()
    where = database or found.database
    import data_access as da

    if file is not None:
        if where == found.sample and not database:
            raise CaselightError(
                "Say whose standards these are, for example --database sqlite:///service.sqlite. "
                "The sample keeps those of the package."
            )
        from data_access.standards.applied import apply

        cli_record.record(where, Look("standards", "standards", file=file.name))
        with progress("Working out what is due"):
            apply(file, where, da.MEASURES)
        say(f"The standards of {printable(file)} hold now.")
    store = da.connect(where)
    known = store.force_codes()
    for force, held in store.reports(da.Scope.local(known, "service_manager")).standards(known).items():
        _print(force, held)


def _print(force: str, held: "Standards") -> None:
    say(f"{printable(force)}")
    for kind, sentence in held.words().items():
        whose = "this service's own" if kind in held.own else "the package's"
        say(f"  {sentence} ({whose})")
    for target in held.targets.values():
        say(f"  Target of {target.measure}: {target.words()} ({printable(target.source)})")
    if not held.targets:
        say("  No targets.")
