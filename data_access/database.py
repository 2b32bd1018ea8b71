"""From a URL to an engine; the only place that knows how databases differ."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from data_access.errors import CaselightError

PRAGMAS = {
    # Measured: no other setting changed a scan beyond noise; WAL lets viewers read while a load writes.
    "synchronous": "NORMAL",
    "cache_size": "-65536",
    "temp_store": "MEMORY",
    "busy_timeout": "5000",
    "foreign_keys": "ON",
}
WRITER_PRAGMAS = {"journal_mode": "WAL", **PRAGMAS}


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
        engine = _engine(
            URL.create("sqlite+pysqlite"),
            creator=lambda: sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, check_same_thread=False),
            poolclass=NullPool,
        )
        _on_connect(engine, PRAGMAS)
    else:
        engine = _engine(
            parsed,
            pool_pre_ping=True,
            connect_args={"options": "-c default_transaction_read_only=on", "connect_timeout": 10},
        )
    _check_schema(engine)
    return engine


def writer(url: str | URL) -> Engine:
    """An engine for loaders and migrations."""
    parsed = _read(url)
    if parsed.get_backend_name() == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise CaselightError("Name a file for the database, for example sqlite:///caselight.sqlite.")
        path = Path(parsed.database).resolve()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)  # case data: only their owner reads a new file
        except OSError:
            raise CaselightError(f"The database {path.name!r} cannot be written there. Name another folder.") from None
        engine = _engine(parsed)
        _on_connect(engine, WRITER_PRAGMAS)
        return engine
    return _engine(parsed, pool_pre_ping=True, connect_args={"connect_timeout": 10})


def _check_schema(engine: Engine) -> None:
    try:
        known = inspect(engine).has_table("data_version")
    except OperationalError:
        raise CaselightError("The database does not answer. Check that it runs, its address and the account.") from None
    except SQLAlchemyError:
        raise CaselightError("The database cannot be read: it is no caselight database, or it is damaged.") from None
    if not known:
        raise CaselightError(
            "The database is empty. Make a sample with 'caselight demo' or load data with 'caselight load'."
        )


def analyze(connection: Connection) -> None:
    """Renew the planner's statistics after a load (it picks between the force and the day index)."""
    connection.execute(text("ANALYZE"))


def analyze_filled(connection: Connection, table: Table) -> None:
    """Tell PostgreSQL of rows that were just written, so that what is built from them is not planned for none.

    Measured: without it the facts of the sample's third force took 147 s instead of 4 s. SQLite needs none.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ANALYZE {connection.dialect.identifier_preparer.format_table(table)}"))


def insert_rows(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Write rows by the driver's own bulk path on SQLite, by SQLAlchemy Core elsewhere.

    All rows have the keys of the first. A column that is not given takes its default.
    """
    if not rows:
        return
    if connection.dialect.name != "sqlite":
        connection.execute(table.insert(), rows)
        return
    given = list(rows[0])
    defaults: dict[str, Any] = {
        c.name: getattr(c.default, "arg", None) for c in table.c if c.default is not None and c.name not in rows[0]
    }
    names = [*given, *defaults]
    processors = [table.c[name].type.bind_processor(connection.dialect) for name in names]
    marks = ", ".join("?" for _ in names)
    columns = ", ".join(f'"{name}"' for name in names)
    cursor: Any = connection.connection.cursor()
    with closing(cursor):
        cursor.executemany(
            # Names come from our own tables, never from a person.
            f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})',  # noqa: S608
            (
                [
                    p(value) if p else value
                    for p, value in zip(processors, (*map(row.__getitem__, given), *defaults.values()), strict=True)
                ]
                for row in rows
            ),
        )
