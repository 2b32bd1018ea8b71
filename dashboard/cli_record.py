"""What leaves by a command is recorded before it leaves, under the name that the operating system knows."""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboard.address import href, words
from dashboard.purposes import NOT_SAID, PURPOSES, Stamp, own_words
from dashboard.settings import settings
from dashboard.witness import at_the_command_line, audit_of
from data_access.errors import CaselightError
from data_access.register.audit import AuditUnwritable, Look, Who

if TYPE_CHECKING:
    from dashboard.workbook import Taker
    from dashboard.workbook.week import Issue

Purpose = Annotated[
    str,
    typer.Option(
        metavar="WORDS",
        show_default=False,
        help="What the file is for, stamped into it and kept in the audit: no names, no case references.",
    ),
]


def codes(**chosen: Any) -> str:
    """What was chosen, as codes: ``force=NORTH&from=2026-08-24&by=level``; what was not chosen is left out."""
    said = {}
    for name, value in chosen.items():
        if value is not None and value != "" and value != ():
            said[name.removesuffix("_")] = words(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return href(said).removeprefix("?")


def record(database: str, look: Look, forces: Sequence[str] = (), role: str = "") -> None:
    """Commit the line of a command on a database. Raises CaselightError when that cannot be done."""
    who = Who(at_the_command_line(), role, tuple(forces))
    try:
        audit_of(settings(), database).write(look, who)
    except AuditUnwritable as error:
        raise CaselightError(
            f"{error} The audit stands in the register: CASELIGHT_REGISTER says where, for example "
            "sqlite:///service.register.sqlite, and its account has to be allowed to write it."
        ) from None


def stamp(given: str) -> Stamp:
    """The stamp of a command's files. ``given``: a purpose of the list by its name, own words, or nothing.

    Raises NoPurpose for words that cannot be kept.
    """
    said = PURPOSES.get(given) or (own_words(given) if given.strip() else NOT_SAID)
    return Stamp.now(at_the_command_line(), said)


def taker(database: str, command: str, week: str, purpose: str) -> "Taker":
    """Stamps the workbooks of a command and records each before it is written. Raises NoPurpose."""
    from dashboard.workbook import Taker

    said = stamp(purpose)

    def recorded(issue: "Issue", file: bytes, rows: int) -> None:
        to = issue.recipient
        chosen = codes(for_=":".join(filter(None, (to.kind, to.force, to.team))), week=week)
        found = hashlib.sha256(file).hexdigest()
        look = Look("file", command, chosen, rows, said.purpose, issue.file_name, found)
        record(database, look, (to.force,), "service_manager")

    return Taker(said, recorded)
