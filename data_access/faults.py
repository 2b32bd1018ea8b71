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
