"""The weekly workbook: its bytes for the button of the page, its files for the command line."""

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook

from dashboard.workbook.actions import actions_due
from dashboard.workbook.charts import place_charts
from dashboard.workbook.figures import comparison, figures
from dashboard.workbook.front import DIGEST_NOT_YET, audit, contents, cover, definitions, notes, product_version
from dashboard.workbook.package import package, set_properties, with_digest
from dashboard.workbook.pictures import charts_sheet, pictures
from dashboard.workbook.sheets import add_sheet
from dashboard.workbook.styles import add_styles
from dashboard.workbook.week import Issue, issue
from data_access.errors import CaselightError
from data_access.reports import Reports
from data_access.scope import Scope
from data_access.store import Store


@dataclass(frozen=True)
class Exported:
    """What came of one force's file: its path, or a sentence that says why there is none."""

    path: Path | None
    force: str
    error: str | None = None


def book(reports: Reports, force_code: str, week: str) -> bytes:
    """The workbook of a force and an ISO week such as ``2026-W46``, as a file.

    The same data give the same bytes, whoever asks. Raises UnknownName for a
    force outside the scope, CaselightError for a week without data.
    """
    return _file(issue(reports, force_code, week))


def file_name(reports: Reports, force_code: str, week: str) -> str:
    """How the file of a force and a week is called. Raises as ``book`` does."""
    return issue(reports, force_code, week).file_name


def write_week(reports: Reports, force_code: str, week: str, out: Path) -> Path:
    """Write the workbook into the folder ``out``, whole or not at all, and give its path.

    Raises as ``book`` does, and CaselightError where the folder cannot be written.
    """
    asked = issue(reports, force_code, week)
    return _write(_file(asked), out, asked.file_name)


def export(
    store: Store,
    out: Path,
    week: str,
    forces: Sequence[str] | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> list[Exported]:
    """One file for each force (all of the database without ``forces``).

    A force whose file cannot be made does not stop the others: its entry
    says why. ``progress`` is told files done, files in all and the force.
    """
    codes = tuple(forces) if forces else store.force_codes()
    reports = store.reports(Scope.local(store.force_codes(), "service_manager"))
    found = []
    for place, code in enumerate(codes):
        if progress:
            progress(place, len(codes), code)
        try:
            found.append(Exported(write_week(reports, code, week, out), code))
        except CaselightError as error:
            found.append(Exported(None, code, str(error)))
        except Exception as error:  # an unforeseen failure of one force must not cost the others their file
            found.append(Exported(None, code, f"The workbook could not be made ({type(error).__name__})."))
    if progress:
        progress(len(codes), len(codes), "")
    return found


def _file(asked: Issue) -> bytes:
    drawn = figures(asked)
    shown = pictures(asked, drawn)
    due, actions = actions_due(asked)
    charts = charts_sheet(asked, shown)
    body = [comparison(asked, drawn), due, *(figure.sheet for figure in drawn), charts]
    listed = [notes(asked), definitions(), *body]
    last = audit(asked, listed, actions)
    sheets = [contents(asked, [*listed, last]), *listed, last]

    workbook = Workbook()
    workbook.remove(workbook.active)
    add_styles(workbook)
    for sheet in (cover(asked, sheets), *sheets):
        add_sheet(workbook, sheet)
    place_charts(workbook[charts.name], shown)
    title = f"caselight weekly workbook: {asked.force.code}, {asked.week}"
    set_properties(
        workbook,
        title,
        "Caseload, engagement and risk of one force in one week",
        asked.force.as_of,
        {
            "week_ending": asked.sunday.isoformat(),
            "data_up_to": asked.force.as_of.isoformat(),
            "product_version": product_version(),
        },
    )
    return with_digest(package(workbook), f"xl/worksheets/sheet{len(workbook.sheetnames)}.xml", DIGEST_NOT_YET)


def _write(file: bytes, out: Path, name: str) -> Path:
    """Write beside the target and rename, so that nobody ever sees half a file."""
    target = out / name
    begun: str | None = None
    try:
        out.mkdir(parents=True, exist_ok=True)
        handle, begun = tempfile.mkstemp(prefix=".caselight-", suffix=".part", dir=out)
        with os.fdopen(handle, "wb") as part:
            part.write(file)
        os.replace(begun, target)
    except OSError as error:
        if begun is not None:
            Path(begun).unlink(missing_ok=True)
        raise CaselightError(
            f"{name} could not be written: {error.strerror or 'the folder refused it'}. "
            "Close the file if it is open, and give a folder with --out in which you may write."
        ) from None
    return target
