"""The commands that bring data in: `load` and `template`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard import cli_record
from dashboard.cli_output import complain, printable, progress, say, write_csv
from dashboard.settings import settings
from data_access.errors import CaselightError
from data_access.register.audit import Look

if TYPE_CHECKING:
    from data_access.ingest import LoadReport

SHOWN = 20


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command(epilog="Example: `caselight load export.zip --mapping hmis-2026 --database sqlite:///service.sqlite`")(
        load
    )
    app.command(epilog="Example: `caselight template our_data.xlsx`")(template)


def load(
    source: Annotated[
        Path, typer.Argument(help="Folder or .zip of CSV files, .xlsx file, or .sqlite file of another system.")
    ],
    database: Annotated[
        str,
        typer.Option(
            "--database",
            metavar="URL",
            show_default=False,
            help="Address of the database to fill; without it CASELIGHT_DATABASE.",
        ),
    ] = "",
    mapping: Annotated[
        str,
        typer.Option(
            metavar="NAME_OR_FILE",
            show_default=False,
            help="A preset such as hmis-2026, or a mapping file of your own (TOML); without it our own layout.",
        ),
    ] = "",
    set_aside: Annotated[
        Path | None,
        typer.Option(
            "--set-aside", metavar="FILE", show_default=False, help="Write the rows set aside to this CSV file."
        ),
    ] = None,
    force_older: Annotated[
        bool, typer.Option("--force-older", help="Load an extract although a newer one was loaded before it.")
    ] = False,
) -> None:
    """Load an export, all of it or nothing. Loading it twice changes nothing.

    A row that cannot be used is set aside with its file, row number, column
    and reason; the other rows are loaded.
    """
    found = settings()
    where = database or found.database
    if where == found.sample:
        raise CaselightError(
            "Say which database to fill, for example --database sqlite:///service.sqlite. "
            "A service's data are not loaded into the sample."
        )
    from data_access import ingest

    by = cli_record.codes(mapping=ingest.readable_name(Path(mapping)))
    cli_record.record(where, Look("load", "load", by, file=ingest.readable_name(source)))
    with progress("Loading") as step:
        report = ingest.load(source, where, mapping or None, step, force_older)
    _list_set_aside(report)
    if report.not_read:
        more = f" and {len(report.not_read) - 10:,} more" if len(report.not_read) > 10 else ""
        complain(f"not read, because only .csv files are: {', '.join(report.not_read[:10])}{more}")
    rows = [(row.file, row.row, row.column, row.reason) for row in report.rows_set_aside]
    say(report.sentence)
    if set_aside is not None:
        try:
            with set_aside.open("w", encoding="utf-8", newline="") as stream:
                write_csv(stream, ("file", "row", "column", "reason"), rows)
        except OSError:
            raise CaselightError(
                f"The data are loaded, but the list of rows set aside could not be written to {printable(set_aside)}. "
                "Give another file and load again: nothing is loaded twice."
            ) from None


def _list_set_aside(report: "LoadReport") -> None:
    """Each row where they are few; else each reason with its first rows, because one reason can hold thousands."""
    if len(report.rows_set_aside) <= SHOWN:
        for row in report.rows_set_aside:
            complain(f"set aside: {row.file}, row {row.row}, {row.column}: {row.reason}")
        return
    for file, column, reason, number, first in report.reasons[:SHOWN]:
        where = f"row {first[0]}" if number == 1 else f"{number:,} rows, first {', '.join(map(str, first))}"
        complain(f"set aside: {file}, {where}, {column}: {reason}")
    more = len(report.reasons) - SHOWN
    complain((f"... and {more:,} more reasons. " if more > 0 else "") + "--set-aside FILE writes every row.")


def template(
    path: Annotated[Path, typer.Argument(help="An .xlsx file to write, or a folder for CSV files.")],
) -> None:
    """Write our own layout, empty, with its data dictionary."""
    from data_access import ingest

    ingest.write_template(path)
    say(f"The empty layout is in {printable(path)}. Fill it in and load it with 'caselight load'.")
