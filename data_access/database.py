"""From a URL to an engine; the only place that knows how databases differ."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, func, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DisconnectionError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.pool import QueuePool

from data_access.errors import CaselightError
from data_access.faults import POOL_SECONDS, Unreachable
from data_access.walls import hold

LOCK_SECONDS = 60  # a loader waits so long for another load, or for a question that a change of tables must wait for
PRAGMAS = {
    # Measured: no other setting changed a scan beyond noise; WAL lets viewers read while a load writes.
    "synchronous": "NORMAL",
    "cache_size": "-65536",
    "temp_store": "MEMORY",
    "busy_timeout": "5000",
    "foreign_keys": "ON",
}
# In kB, for each connection that is kept. Measured at 400,000 contacts: a process of 241 MB where 64 MB made it 299,
# and scans as quick, because the system keeps the file's pages too.
VIEWER_PRAGMAS = {**PRAGMAS, "cache_size": "-8192"}
WRITER_PRAGMAS = {**PRAGMAS, "busy_timeout": str(LOCK_SECONDS * 1000)}
VERSIONS = "alembic_version"  # a table that every database of ours has, whatever its version
RECORDER_PRAGMAS = {"journal_mode": "WAL", "synchronous": "FULL", "busy_timeout": "5000", "foreign_keys": "ON"}
REGISTER_SCHEMA = "register"
# Compiled questions that a viewer's engine keeps. SQLAlchemy's 500 were half of all objects that a collection of
# garbage walks, and 20 MB; an answer took no more processor time without them.
FEW = 32
SECONDS = 30  # a viewer's question may take so long on PostgreSQL; ?statement_timeout= in the address says otherwise


def _read(url: str | URL) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise CaselightError(
            "The database address cannot be read. Write sqlite:///folder/name.sqlite or postgresql://user@host/name."
        ) from None
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise CaselightError(
            f"Databases of the kind {parsed.get_backend_name()!r} are not known; use sqlite or postgresql."
        )
    return parsed


def _engine(url: URL, **options: Any) -> Engine:
    try:
        # Bound values are case data: they never enter an error text or a log.
        return create_engine(url, hide_parameters=True, **options)
    except (NoSuchModuleError, ModuleNotFoundError):
        raise CaselightError(f"The driver for {url.get_backend_name()} is not installed.") from None


def _on_connect(engine: Engine, pragmas: dict[str, str]) -> None:
    @event.listens_for(engine, "connect")
    def _set(connection: Any, _record: Any) -> None:
        for name, value in pragmas.items():
            connection.execute(f"PRAGMA {name}={value}")


def viewer(url: str | URL) -> Engine:
    """An engine that can only read. Raises CaselightError when there is no such database."""
    parsed = _read(url)
    if parsed.get_backend_name() == "sqlite":
        path = Path(parsed.database or "").resolve()
        if not path.is_file():
            raise CaselightError(
                f"There is no database at {path.name!r}. Make a sample with 'caselight demo' "
                "or load data with 'caselight load SOURCE --database URL'."
            )
        engine = _sqlite_viewer(path)
    else:
        engine = _postgres_viewer(parsed)
    _check_schema(engine)
    hold(engine)
    return engine


def _sqlite_viewer(path: Path) -> Engine:
    """Connections are kept: opening one and setting its pragmas takes longer than most questions.

    A connection in the pool holds no transaction, and one whose file was replaced is not used again.
    """
    engine = _engine(
        URL.create("sqlite+pysqlite"),
        creator=lambda: sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, check_same_thread=False),
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=24,
        pool_timeout=POOL_SECONDS,
        query_cache_size=FEW,
    )
    _on_connect(engine, VIEWER_PRAGMAS)
    _of_one_file(engine, path)
    return engine


def _of_one_file(engine: Engine, path: Path, needed: bool = False) -> None:
    """Use no connection to a file that was replaced; with ``needed`` raise OSError where there is none any more."""

    def identity() -> tuple[int, int]:
        found = path.stat()
        return found.st_dev, found.st_ino

    @event.listens_for(engine, "connect")
    def _remember(_connection: Any, record: Any) -> None:
        record.info["file"] = identity()

    @event.listens_for(engine, "checkout")
    def _same_file(_connection: Any, record: Any, _proxy: Any) -> None:
        if (needed or path.exists()) and record.info["file"] != identity():
            raise DisconnectionError  # the pool drops it and opens another


def _postgres_viewer(url: URL) -> Engine:
    """Reads only, whatever the account may do; a question over its time is stopped and told in words."""
    seconds = _seconds(url)
    engine = _engine(
        url.difference_update_query(["statement_timeout"]),
        pool_pre_ping=True,
        pool_timeout=POOL_SECONDS,
        query_cache_size=FEW,
        connect_args={
            "options": f"-c default_transaction_read_only=on -c statement_timeout={seconds * 1000}",
            "application_name": "caselight viewer",
            "connect_timeout": 10,
        },
    )

    @event.listens_for(engine, "handle_error")
    def _too_long(context: Any) -> None:
        if getattr(context.original_exception, "sqlstate", "") == "57014":  # query_canceled
            raise CaselightError(
                f"The question took longer than {seconds} s and was stopped. Ask about a shorter period or "
                "fewer forces, or give it longer: add ?statement_timeout=SECONDS to the address of the database."
            )

    return engine


def _seconds(url: URL) -> int:
    given = url.query.get("statement_timeout", str(SECONDS))
    if not isinstance(given, str) or not given.isascii() or not given.isdigit() or not 1 <= int(given) <= 3600:
        raise CaselightError("statement_timeout in the database address is whole seconds, from 1 to 3600.")
    return int(given)


def writer(url: str | URL) -> Engine:
    """An engine for loaders and migrations."""
    parsed = _read(url)
    if parsed.get_backend_name() == "sqlite":
        engine = _sqlite_writer(parsed, WRITER_PRAGMAS)
        event.listen(engine, "connect", _keep_a_log)
        return engine
    return _engine(
        parsed.difference_update_query(["statement_timeout"]),
        pool_pre_ping=True,
        query_cache_size=FEW,
        connect_args={
            "options": f"-c lock_timeout={LOCK_SECONDS * 1000}",
            "application_name": "caselight loader",
            "connect_timeout": 10,
        },
    )


def _sqlite_writer(parsed: URL, pragmas: dict[str, str]) -> Engine:
    if not parsed.database or parsed.database == ":memory:":
        raise CaselightError("Name a file for the database, for example sqlite:///caselight.sqlite.")
    path = Path(parsed.database).resolve()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)  # case data: only their owner reads a new file
    except OSError:
        raise CaselightError(f"The database {path.name!r} cannot be written there. Name another folder.") from None
    engine = _engine(parsed)
    _on_connect(engine, pragmas)
    return engine


def _keep_a_log(connection: sqlite3.Connection, _record: Any) -> None:
    """Let viewers read while a load writes. That is a mark in the file: one of another program gets none."""
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not names or VERSIONS in names:
        connection.execute("PRAGMA journal_mode=WAL")


def recorder(url: str | URL) -> Engine:
    """An engine for the register: what is committed is on the disk, whatever happens to the machine next."""
    parsed = _read(url)
    if parsed.get_backend_name() == "sqlite":
        engine = _sqlite_writer(parsed, RECORDER_PRAGMAS)
        _of_one_file(engine, Path(parsed.database or "").resolve(), needed=True)

        @event.listens_for(engine, "begin")
        def _for_writing(connection: Connection) -> None:
            reads = connection.get_execution_options().get("reads")
            connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

        return engine
    return _engine(
        parsed.difference_update_query(["statement_timeout"]),
        pool_pre_ping=True,
        query_cache_size=FEW,
        connect_args={
            "options": f"-c search_path={REGISTER_SCHEMA} -c statement_timeout=10000 -c lock_timeout=10000",
            "application_name": "caselight register",
            "connect_timeout": 10,
        },
    )


def _check_schema(engine: Engine) -> None:
    try:
        known = inspect(engine).has_table("data_version")
    except OperationalError:
        raise Unreachable from None
    except SQLAlchemyError:
        raise CaselightError("The database cannot be read: it is no caselight database, or it is damaged.") from None
    if not known:
        raise CaselightError(
            "The database is empty. Make a sample with 'caselight demo' or load data with 'caselight load'."
        )


def tell_planner(connection: Connection, tables: Iterable[Table]) -> None:
    """Let the database look at some tables, temporary ones too, before it plans questions to them."""
    for table in tables:
        connection.execute(text(f"ANALYZE {connection.dialect.identifier_preparer.format_table(table)}"))


def analyze(connection: Connection, table: Table | None = None) -> None:
    """Renew the planner's statistics, of one table or of all: it picks between the force and the day index.

    Of a table that was just filled before others are built from it: without it the facts of the sample's third force
    took 147 s instead of 4 s on PostgreSQL, and those of 6,700 cases with 133,000 contacts 45 s instead of 5 s on
    SQLite. There a thousand rows of each index tell enough; all of them cost a load of a million a tenth of its time.
    """
    name = "" if table is None else " " + connection.dialect.identifier_preparer.format_table(table)
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ANALYZE{name}"))
    elif connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA analysis_limit=1000"))
        connection.execute(text(f"ANALYZE{name}"))
        connection.execute(text("PRAGMA analysis_limit=0"))


def keep_sequences_in_step(connection: Connection, tables: Iterable[Table]) -> None:
    """After rows were written with their keys: let PostgreSQL's next key be a new one."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        primary = next(iter(table.primary_key))
        last = select(func.coalesce(func.max(primary), 1)).scalar_subquery()
        sequence = func.pg_get_serial_sequence(table.name, primary.name)
        connection.execute(select(func.setval(sequence, last)))
