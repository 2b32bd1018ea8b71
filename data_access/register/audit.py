"""The audit: one committed line for each look, before anything of the answer leaves."""

import logging
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import insert

from data_access.errors import CaselightError
from data_access.faults import Unreachable, in_words
from data_access.register.opened import Register
from data_access.register.tables import audit, now

log = logging.getLogger("caselight.audit")
# What a line can be about, in words. Sign-in and gate write theirs, the pages, the command line and the loader theirs.
EVENTS = {
    "page": "looked at a page",
    "filter": "changed what is shown",
    "list": "opened or turned a list of cases",
    "look": "did something else on a page",
    "file": "took a file",
    "figures": "printed figures",
    "refused": "asked for what is not given",
    "failed": "was told that something failed",
    "login": "signed in",
    "turned_away": "gave a name and a password that do not fit",
    "logout": "signed out",
    "account": "changed an account",
    "load": "loaded data",
    "copy": "copied a database",
    "standards": "changed standards",
    "audit": "read the audit",
}
LONGEST_TEXT = 8_000  # letters of the columns without a length: addresses are shorter
_LONGEST = {name: getattr(column.type, "length", None) or LONGEST_TEXT for name, column in audit.c.items()}


class AuditUnwritable(CaselightError):
    """A look could not be recorded. ``reference`` stands in the log beside the kind of fault.

    ``away``: because the register does not answer, which passes by itself.
    """

    def __init__(self, reference: str, away: bool = False) -> None:
        self.reference, self.away = reference, away
        super().__init__(
            f"This look could not be recorded, so nothing is shown (reference {reference}). "
            "Try again in a moment; if it stays, give the reference to whoever looks after the service."
        )


@dataclass(frozen=True)
class Who:
    """Who looks and from where: part of every line. ``session`` is a sum of the sign-in's id, never the id."""

    person: str
    role: str = ""
    forces: tuple[str, ...] = ()
    teams: tuple[str, ...] | None = None
    address: str = ""
    session: str = ""


@dataclass(frozen=True)
class Look:
    """What was looked at or taken: codes and counts, never a name, a case reference or a value of a cell."""

    event: str
    page: str = ""
    filters: str = ""
    rows: int | None = None
    purpose: str = ""
    file: str = ""
    sha256: str = ""
    reference: str = ""


class Audit:
    """Writes lines. ``version`` is that of the product. Safe in threads; several processes may write at once."""

    def __init__(self, register: Register, version: str = "") -> None:
        self.register, self.version = register, version
        self._line = insert(audit)

    def write(self, event: str | Look, who: Who | None = None, **more: object) -> None:
        """Commit one line. ``write("login", person="ann")`` or ``write(Look("page"), who)``.

        Raises AuditUnwritable when the line is not on the disk; whoever asked then gets nothing.
        """
        look = event if isinstance(event, Look) else Look(event)
        line = {**_columns(who or Who("")), **asdict(look), **_columns(more), "at": now(), "version": self.version}
        try:
            if line["event"] not in EVENTS:
                raise ValueError(f"no event of the audit: {line['event']!r}")
            with self.register.begin() as connection:
                connection.execute(self._line, {name: _fit(name, value) for name, value in line.items()})
        except Exception as error:
            reference = secrets.token_hex(3).upper()
            log.error("reference %s: a look could not be recorded: %s", reference, _kind(error))
            raise AuditUnwritable(reference, _away(error)) from None


def _away(error: Exception) -> bool:
    return isinstance(in_words(error.__cause__ or error.__context__), Unreachable)


def _columns(given: Who | dict[str, object]) -> dict[str, object]:
    """Codes as one text, sorted, with a comma between."""
    values = asdict(given) if isinstance(given, Who) else dict(given)
    for name in ("forces", "teams"):
        codes = values.get(name)
        if codes is not None and not isinstance(codes, str):
            values[name] = _joined(codes)  # type: ignore[arg-type]
    return values


def _joined(codes: Iterable[str]) -> str:
    return ",".join(sorted(code.replace("%", "%25").replace(",", "%2C") for code in codes))


def separated(written: str) -> frozenset[str]:
    """The codes in a column of forces or teams."""
    return frozenset(code.replace("%2C", ",").replace("%25", "%") for code in written.split(",") if code)


def _fit(name: str, value: object) -> object:
    """A text that every database takes: no control characters, no half of a character, not too long."""
    if not isinstance(value, str):
        return value
    whole = value.encode("utf-8", "replace").decode()
    return "".join(c if c.isprintable() else " " for c in whole)[: _LONGEST[name]]


def _kind(error: Exception) -> str:
    """The kind of a fault and of what was behind it; its text may hold a value."""
    cause = error.__cause__ or error.__context__
    return type(error).__name__ + (f" after {type(cause).__name__}" if cause else "")
