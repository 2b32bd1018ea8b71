"""The register, opened: made on first use, refused when its version is not known."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from threading import Lock

from sqlalchemy import Connection, Engine, insert, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.schema import CreateSchema

from data_access.database import recorder
from data_access.errors import CaselightError
from data_access.register import tables as t
from data_access.register.making import alone, keep_only_adding


class RegisterClosed(CaselightError):
    """The register cannot be read or written, so nobody can be told who they are, nor a look be recorded."""


def beside(database: str) -> str:
    """Address of the register of a database when none is set: a file beside it, or the same PostgreSQL database.

    An address that cannot be read is its own: whoever opens it says what is wrong.
    """
    try:
        url = make_url(database)
    except ArgumentError:
        return database
    if url.get_backend_name() != "sqlite" or not url.database:
        return database
    return f"sqlite:///{url.database.removesuffix('.sqlite')}.register.sqlite"


class Register:
    """Accounts, grants and audit at ``url``. Nothing is opened before the first use; then every use is tried anew.

    ``begin()`` gives a connection in a transaction that is committed at its end, ``reading()`` one that nobody who
    writes waits for. Both raise RegisterClosed when the
    register does not answer, cannot be written or was made by another version.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine: Engine | None = None
        self._lock = Lock()

    @property
    def engine(self) -> Engine:
        """Connections to a register that is there and of this version."""
        with self._lock:
            if self._engine is None:
                made = recorder(self.url)
                try:
                    _ready(made)
                except BaseException:
                    made.dispose()
                    raise
                self._engine = made
            return self._engine

    def begin(self) -> AbstractContextManager[Connection]:
        """A connection in one transaction, committed at the end."""
        return self._used(reads=False)

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection that reads."""
        return self._used(reads=True)

    @contextmanager
    def _used(self, reads: bool) -> Iterator[Connection]:
        try:
            with self.engine.execution_options(reads=reads).begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError):
            raise RegisterClosed(
                "The register of sign-ins and looks does not answer or cannot be written, so nothing is shown. "
                "Check CASELIGHT_REGISTER, the space on its disk and its account."
            ) from None

    def check(self) -> None:
        """Raise RegisterClosed for a register of another version; one that does not answer is told at each use."""
        with suppress(SQLAlchemyError, OSError):
            self.engine  # noqa: B018

    def close(self) -> None:
        """Give its connections back."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
            self._engine = None


def _ready(engine: Engine) -> None:
    """Make the tables where there are none; refuse a version that is not this one."""
    with engine.connect() as connection:
        version = _version(connection)
    if version is None:
        with alone(engine) as connection:
            if _version(connection) is None:  # nobody else made it meanwhile
                if engine.dialect.name == "postgresql" and not inspect(connection).has_schema(t.SCHEMA):
                    connection.execute(CreateSchema(t.SCHEMA))
                t.register.create_all(connection, checkfirst=False)
                keep_only_adding(connection, t.audit)
                connection.execute(insert(t.mark).values(version=t.VERSION))
            version = _version(connection)
    if version != t.VERSION:
        raise RegisterClosed(
            f"The register was made by another version of caselight (its mark is {version}, this one knows "
            f"{t.VERSION}). Install the newest version and try again."
        )


def _version(connection: Connection) -> int | None:
    if not inspect(connection).has_table(t.mark.name):
        return None
    found = connection.execute(select(t.mark.c.version)).scalars().all()
    return found[0] if len(found) == 1 else -1
