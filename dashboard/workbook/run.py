"""A weekly run: one file for each recipient, its figures frozen, and a line in the log of the folder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dashboard.workbook.export import Taker, made, taken, write_file
from dashboard.workbook.front import product_version
from dashboard.workbook.week import first_day, issue, last_complete_week
from data_access import published
from data_access.errors import CaselightError
from data_access.recipients import Recipient
from data_access.scope import Scope
from data_access.store import Store

LOG = "caselight-weekly.log"
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Outcome:
    """What came of one recipient's file.

    ``path`` is None where there is no file, and ``error`` says why;
    ``unfrozen`` says why the figures of a file that stands were not frozen.
    """

    recipient: Recipient
    path: Path | None
    error: str = ""
    figures: int = 0
    unfrozen: str = ""

    @property
    def good(self) -> bool:
        """Whether the file stands and its figures are frozen."""
        return self.path is not None and not self.unfrozen


def run_week(
    store: Store,
    url: str,
    out: Path,
    week: str,
    kind: str = "force",
    forces: Sequence[str] | None = None,
    progress: Progress | None = None,
    taker: Taker | None = None,
) -> list[Outcome]:
    """Publish the week: write each recipient's file into ``out``, freeze its figures, log it.

    A recipient whose file cannot be made does not stop the others. ``url`` is
    the address of the database, which is opened for writing only after a file
    stands. Raises CaselightError for what is no week, and for a week of which
    no force has data; UnknownName for another kind of recipient.
    """
    monday = first_day(week)
    codes = tuple(forces) if forces else store.force_codes()
    _refuse_without_data(store, codes, week)
    found: list[Outcome] = []
    due = store.reports(Scope.local(codes, "service_manager")).recipients(kind, codes, monday)
    for place, recipient in enumerate(due):
        if progress:
            progress(place, len(due), recipient.name)
        found.append(_published(store, url, out, week, recipient, taker))
        _log(out, week, found[-1])
    if progress:
        progress(len(due), len(due), "")
    return found


def _refuse_without_data(store: Store, codes: Sequence[str], week: str) -> None:
    """One refusal where the week lies outside the data of every force asked for."""
    monday, sunday = first_day(week), first_day(week).toordinal() + 6
    asked = [force for force in store.directory().forces if force.code in codes]
    if any(force.first_on.toordinal() <= sunday and monday <= force.as_of for force in asked):
        return
    if not asked:
        raise CaselightError("The database holds no force yet. Load data with 'caselight load SOURCE --database URL'.")
    last = last_complete_week(max(force.as_of for force in asked))
    raise CaselightError(f"No force has data of {week}. The last complete week of the data is {last}.")


def _published(
    store: Store, url: str, out: Path, week: str, recipient: Recipient, taker: Taker | None = None
) -> Outcome:
    """One recipient's file and its frozen figures; what fails is said, never raised."""
    try:
        asked = issue(store.reports(recipient.scope), recipient, week)
        told = made(asked)
        file = taken(told, taker)
        path = write_file(file, out, asked.file_name)
    except CaselightError as error:
        return Outcome(recipient, None, str(error))
    except Exception as error:  # an unforeseen failure of one recipient must not cost the others their file
        return Outcome(recipient, None, f"The workbook could not be made ({type(error).__name__}).")
    run = published.Run(
        force=recipient.force,
        recipient=recipient.kind,
        team=recipient.team,
        week=week,
        week_first_on=asked.monday,
        made_at=_now(),
        data_version=asked.force.version,
        as_of=asked.force.as_of,
        product_version=product_version()[:60],
        file=asked.file_name,
        digest=told.digest(file),
    )
    try:
        rows = [row for figure in told.figures for row in figure.frozen()]
        return Outcome(recipient, path, figures=published.write(url, run, rows))
    except CaselightError as error:
        return Outcome(recipient, path, unfrozen=str(error))


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def _log(out: Path, week: str, outcome: Outcome) -> None:
    """Add a line: when, for whom, what came of it. No case data; a log that cannot be written stops nothing."""
    if outcome.path is None:
        said = f"FAILED: {outcome.error}"
    elif outcome.unfrozen:
        said = f"written, NOT FROZEN: {outcome.path.name}: {outcome.unfrozen}"
    else:
        said = f"written: {outcome.path.name}, {outcome.figures} figures frozen"
    line = f"{_now().isoformat()}Z {week} {outcome.recipient.name}: {said}"
    printable = "".join(letter if letter.isprintable() else " " for letter in line)
    try:
        out.mkdir(parents=True, exist_ok=True)
        with (out / LOG).open("a", encoding="utf-8", newline="\n") as log:
            log.write(f"{printable}\n")
    except OSError:
        return
