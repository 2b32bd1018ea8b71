"""The weekly workbook: its bytes for the button of the page, its files for the command line."""

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dashboard.purposes import Stamp
from dashboard.workbook.actions import actions, actions_sheet, coming_sheet
from dashboard.workbook.changes import changes
from dashboard.workbook.figures import Figure, figures
from dashboard.workbook.front import (
    audit,
    contents,
    cover,
    definitions,
    notes,
)
from dashboard.workbook.headlines import headline_sheet, headlines
from dashboard.workbook.pictures import Picture, charts_sheet, pictures
from dashboard.workbook.posts import advocates_sheet, teams_sheet
from dashboard.workbook.records import data_quality, dated_notes, since_last_week
from dashboard.workbook.restated import last_published, restated_sheet, restatements
from dashboard.workbook.sheets import Sheet
from dashboard.workbook.topics import comparison, topic_sheets
from dashboard.workbook.week import Issue, issue
from data_access.errors import CaselightError
from data_access.recipients import Recipient
from data_access.reports import Reports
from data_access.scope import Scope
from data_access.store import Store


@dataclass(frozen=True)
class Exported:
    """What came of one force's file: its path, or a sentence that says why there is none."""

    path: Path | None
    force: str
    error: str | None = None


@dataclass(frozen=True)
class Made:
    """A workbook before it is a file: its worksheets in order, its charts, every figure that it tells.

    openpyxl is read when the first file is taken: a server that only shows what a file would say needs 11 MB less.
    ``due`` counts the actions that are due.
    """

    issue: Issue
    sheets: tuple[Sheet, ...]
    pictures: tuple[Picture, ...]
    figures: tuple[Figure, ...]
    due: int

    def sheet(self, name: str) -> Sheet:
        """A worksheet by name."""
        return next(sheet for sheet in self.sheets if sheet.name == name)

    def file(self, stamp: Stamp | None = None) -> bytes:
        """The workbook as a file, with who takes it and what for. The same data and stamp give the same bytes."""
        from dashboard.workbook.file import file_of

        return file_of(self, stamp)

    @property
    def audit_part(self) -> str:
        """Name of the part that states the digest: the last worksheet."""
        return f"xl/worksheets/sheet{len(self.sheets)}.xml"

    def digest(self, file: bytes) -> str:
        """The content digest that the file states."""
        from dashboard.workbook.package import content_digest

        return content_digest(file, self.audit_part)


def made(asked: Issue) -> Made:
    """Everything that the workbook of an issue says, without the file around it."""
    told = figures(asked)
    run = last_published(asked)
    restated = restatements(asked, told, run)
    heads = headlines(told)
    shown = pictures(asked, heads)
    due = actions(asked)
    listed = [
        changes(asked, told),
        since_last_week(asked),
        actions_sheet(asked, due),
        coming_sheet(asked),
        teams_sheet(asked, due),
        advocates_sheet(asked, due),
        comparison(asked, told),
        restated_sheet(asked, run, restated),
        *map(headline_sheet, heads),
        charts_sheet(asked, shown),
        *topic_sheets(asked, told, {one.place for one in restated}),
        data_quality(asked),
        dated_notes(asked),
        notes(asked),
        definitions(),
    ]
    last = audit(asked, listed, len(due), run)
    inner = [contents(asked, [*listed, last]), *listed, last]
    return Made(asked, (cover(asked, inner), *inner), tuple(shown), told, len(due))


@dataclass(frozen=True)
class Taker:
    """Who takes files and what for; ``record`` is told of each (its issue, bytes, cases) before it is written."""

    stamp: Stamp
    record: Callable[[Issue, bytes, int], None]


def taken(told: Made, taker: Taker | None) -> bytes:
    """The file of a workbook, stamped and recorded. Raises what ``record`` raises."""
    if taker is None:
        return told.file()
    file = told.file(taker.stamp)
    taker.record(told.issue, file, told.due)
    return file


def book(reports: Reports, to: Recipient | str, week: str) -> bytes:
    """The workbook of a recipient (or a force, by its code) and an ISO week such as ``2026-W46``, as a file.

    The same data give the same bytes, whoever asks. Raises UnknownName for a
    force or team outside the scope, CaselightError for a week without data.
    """
    return made(issue(reports, to, week)).file()


def file_name(reports: Reports, to: Recipient | str, week: str) -> str:
    """How the file of a recipient and a week is called. Raises as ``book`` does."""
    return issue(reports, to, week).file_name


def write_week(reports: Reports, to: Recipient | str, week: str, out: Path, taker: Taker | None = None) -> Path:
    """Write the workbook into the folder ``out``, whole or not at all, and give its path.

    Raises as ``book`` does, and CaselightError where the folder cannot be written.
    """
    asked = issue(reports, to, week)
    return write_file(taken(made(asked), taker), out, asked.file_name)


def export(
    store: Store,
    out: Path,
    week: str,
    forces: Sequence[str] | None = None,
    progress: Callable[[int, int, str], None] | None = None,
    taker: Taker | None = None,
) -> list[Exported]:
    """One file for each force (all of the database without ``forces``); nothing is frozen.

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
            found.append(Exported(write_week(reports, code, week, out, taker), code))
        except CaselightError as error:
            found.append(Exported(None, code, str(error)))
        except Exception as error:  # an unforeseen failure of one force must not cost the others their file
            found.append(Exported(None, code, f"The workbook could not be made ({type(error).__name__})."))
    if progress:
        progress(len(codes), len(codes), "")
    return found


def write_file(file: bytes, out: Path, name: str) -> Path:
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
