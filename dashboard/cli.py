"""The command `caselight`: sample, pages, loading, figures and files."""

import sys
import traceback
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from dashboard import cli_audit, cli_copy, cli_figures, cli_input, cli_standards, cli_user, cli_weekly
from dashboard.cli_output import complain, progress, reference, say
from dashboard.settings import Misconfigured, Settings, settings
from data_access.errors import CaselightError

EX_CONFIG = 78  # of sysexits.h: a start that its settings forbid
Database = Annotated[
    str,
    typer.Option(
        "--database",
        metavar="URL",
        help="Address of the database; without it CASELIGHT_DATABASE, else the sample.",
        show_default=False,
    ),
]

app = typer.Typer(
    name="caselight",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Caseload, engagement and risk of services that support victims of stalking.\n\n"
    "Start with `caselight demo`, then `caselight serve`.",
)


def caselight_version() -> str:
    """Version of the installed distribution."""
    try:
        return version("caselight")
    except PackageNotFoundError:
        return "0 (not installed)"


def _show_version(wanted: bool) -> None:
    if wanted:
        say(f"caselight {caselight_version()}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Options that stand before the command."""


@app.command(epilog="Example: `caselight demo --scale 10`")
def demo(
    scale: Annotated[int, typer.Option(help="1: about 2 thousand cases; 10: about 20 thousand.", min=1, max=10)] = 1,
    database: Annotated[
        str,
        typer.Option(
            "--database", metavar="URL", show_default=False, help="Where to write; without it the place of the sample."
        ),
    ] = "",
) -> None:
    """Make the sample database: three invented forces, 24 months.

    It is written to the sample's own place, never to CASELIGHT_DATABASE, so
    that a service's own database cannot be filled with invented cases.
    """
    if scale not in (1, 10):
        raise typer.BadParameter("Choose 1 or 10.", param_hint="--scale")
    from sample_data.generate import write_sample

    where = database or settings().sample
    with progress("Making the sample") as step:
        write_sample(where, scale, lambda what, done, total: step(done, total, what))
    say(
        f"The sample is ready (scale {scale}). Show it with 'caselight serve'"
        + (" and the same --database." if database else ".")
    )


@app.command(epilog="Example: `caselight serve --database sqlite:///service.sqlite --port 5010`")
def serve(
    database: Database = "",
    port: Annotated[
        int | None,
        typer.Option(
            min=1, max=65535, metavar="PORT", show_default=False, help="Port; without it CASELIGHT_PORT, else 5006."
        ),
    ] = None,
) -> None:
    """Show the dashboards at http://localhost:5006/ until Ctrl+C.

    Until there is a sign-in, only a browser on this machine can see them.
    """
    from dashboard.cli_serve import serve_pages

    found = settings()
    serve_pages(database or found.database, port or found.port)


cli_input.add_to(app)
cli_copy.add_to(app)
cli_standards.add_to(app)
cli_figures.add_to(app)
cli_weekly.add_to(app)
cli_audit.add_to(app)
cli_user.add_to(app)


def _report(error: Exception, found: Settings | None) -> int:
    if isinstance(error, CaselightError):
        complain(error)
    else:
        complain(
            f"The command stopped for a reason that nobody foresaw (reference {reference(error)}). Nothing was "
            "half-written. Set CASELIGHT_DEBUG=1 and run it again to see the details, which may hold case data."
        )
    if found and found.debug:
        traceback.print_exception(error)
    return EX_CONFIG if isinstance(error, Misconfigured) else 1


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and end the process: 0 done, 1 could not, 2 wrong usage, 78 wrong settings."""
    found = None
    for stream in (sys.stdout, sys.stderr):
        # A console with an old code page must not stop a figure from being printed.
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    try:
        found = settings()
        typer.main.get_command(app).main(args=arguments, prog_name="caselight", standalone_mode=True)
    except Exception as error:
        sys.exit(_report(error, found))
