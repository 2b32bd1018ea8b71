"""What a database does wrong, in words for whoever asked; never its address, its statement or a value."""

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError

from data_access.errors import CaselightError

POOL_SECONDS = 5  # that a question waits for a free connection


class Unreachable(CaselightError):
    """The database does not answer."""

    def __init__(self) -> None:
        super().__init__(
            "The data cannot be reached just now: the database does not answer. Nothing is lost, and it goes on by "
            "itself when the database answers again. Try again in a few seconds; if it stays, whoever looks after the "
            "service checks that the database runs, its address and the account."
        )


class Busy(CaselightError):
    """The database answers others first."""

    def __init__(self) -> None:
        super().__init__("Too much is asked of the database at this moment. Try again in a few seconds.")


def in_words(error: BaseException | None) -> CaselightError | None:
    """An error of the database that passes by itself, in words; None for any other."""
    if error is None or isinstance(error, Unreachable | Busy):
        return error
    if isinstance(error, TimeoutError):  # no connection of the pool became free
        return Busy()
    if isinstance(error, DBAPIError):
        return _of_driver(error)
    return in_words(error.__cause__)


# The beginning of SQLite's name of an error, or of PostgreSQL's number: what happened, and what to do.
_FULL = "has no room left on its disk", "Make room and try again."
_HELD = "is being written to by another load or command", "Wait until that has ended and try again."
_READS = "may not be written to by this account", "Use the account that loads, or give this one the right to write."
_LOST = "does not answer", "Check that it runs, its address and the network, and try again."
_ENTRY = (
    "refused the connection",
    "Check the account, its password (.pgpass or PGPASSWORD) and the name of the database.",
)
_WRITING = {
    "SQLITE_FULL": _FULL,
    "SQLITE_BUSY": _HELD,
    "SQLITE_LOCKED": _HELD,
    "SQLITE_READONLY": _READS,
    "SQLITE_PERM": _READS,
    "SQLITE_AUTH": _READS,
    "SQLITE_CANTOPEN": ("cannot be opened", "Check its address, and the rights on its file and folder."),
    "SQLITE_IOERR": ("could not be read from or written to its disk", "Check that the disk works and has room."),
    "SQLITE_NOTADB": ("cannot be used: it is no SQLite database", "Check its address; the file was left as it is."),
    "SQLITE_CORRUPT": ("is damaged", "Take the last backup that is whole."),
    "SQLITE_CONSTRAINT": ("refused a row", "Please report this."),
    "SQLITE_TOOBIG": ("refused a value that is too long", "Please report this."),
    "08": _LOST,
    "22": ("refused a value", "Please report this."),
    "23": ("refused a row", "Please report this."),
    "25006": _READS,
    "28": _ENTRY,
    "3D": _ENTRY,
    "40": ("stopped this for something else that was written at the same time", "Try again."),
    "42501": _READS,
    "53100": _FULL,
    "53300": ("has too many connections", "Wait until some have ended and try again."),
    "53": ("has no memory left for it", "Wait until less is asked of it and try again."),
    "55P03": _HELD,
    "57014": ("stopped this because it took too long", "Give the account a longer statement_timeout."),
    "57P": ("is being shut down or started", "Try again when it runs."),
}


def why_not_written(error: BaseException, whose: str = "The database") -> str:
    """What a database did while it was written to, and what to do about it; ``whose`` begins the sentence."""
    raw = getattr(error, "orig", None)
    code = getattr(raw, "sqlite_errorname", None) or getattr(raw, "sqlstate", None) or ""
    found = next((words for start, words in _WRITING.items() if code and code.startswith(start)), None)
    if found is None and not code and isinstance(error, OperationalError | InterfaceError | TimeoutError):
        # A refused connection has no number; a server that is there says FATAL, or asked for a password.
        asked = getattr(getattr(raw, "pgconn", None), "needs_password", False)
        found = _ENTRY if asked or "FATAL:" in str(raw) else _LOST
    what, do = found or (f"refused what was asked of it{f' ({code})' if code else ''}", "Please report this.")
    return f"{whose} {what}. {do}"


def _of_driver(error: DBAPIError) -> CaselightError | None:
    state = getattr(error.orig, "sqlstate", None) or ""
    name = getattr(error.orig, "sqlite_errorname", None) or ""
    if state == "53300" or name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):  # too_many_connections
        return Busy()
    if error.connection_invalidated or state.startswith(("08", "57P")):  # connection lost, server going down
        return Unreachable()
    if name:
        return Unreachable() if name.startswith(("SQLITE_CANTOPEN", "SQLITE_IOERR")) else None
    silent = isinstance(error, OperationalError | InterfaceError) and not state  # it did not even come to a question
    return Unreachable() if silent else None
