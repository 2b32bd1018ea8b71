"""What a transaction sees and waits for: one state of the data for a reader, a turn of its own for a writer."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import Connection, Engine, func, select, text

from data_access.walls import name_again

ONE_LOAD_AT_A_TIME = 7_241_906  # any number: PostgreSQL's lock of this name; SQLite lets one write anyway
_held: ContextVar[Connection | None] = ContextVar("held", default=None)


@contextmanager
def one_state(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the data from its first question to its end, whatever is loaded meanwhile."""
    held = _held.get()
    if held is not None and held.engine is engine:
        name_again(held)
        yield held
        return
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")  # its driver begins no transaction for a SELECT
        else:
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


@contextmanager
def holding(connection: Connection) -> Iterator[None]:
    """In here ``one_state`` gives this connection, which sees one state of the data already."""
    before = _held.set(connection)
    try:
        yield
    finally:
        _held.reset(before)


def take_turn(connection: Connection) -> None:
    """Begin to write when nobody else does: what is read from here on is what the writing goes by.

    Python's SQLite driver begins no transaction by itself before a row is written, not even to make tables.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(text("BEGIN IMMEDIATE"))
    elif connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(ONE_LOAD_AT_A_TIME)))


def take_as_long_as_it_takes(connection: Connection) -> None:
    """Let the questions of the transaction run over their time."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))


def reads_every_row(connection: Connection) -> bool:
    """Whether PostgreSQL's walls let the account through. They hide rows without a word, whatever is granted."""
    if connection.dialect.name != "postgresql":
        return True
    bound_by_them = text(
        "SELECT row_security_active('force') AND NOT EXISTS (SELECT FROM pg_policies, unnest(roles) AS role "
        "WHERE tablename = 'force' AND policyname = 'loads' AND pg_has_role(role, 'USAGE'))"
    )
    return not connection.execute(bound_by_them).scalar_one()
