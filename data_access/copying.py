"""Move a site: every source row from one database to an empty one, the facts built there, all or nothing."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from alembic.util.exc import CommandError
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Enum,
    Integer,
    String,
    Table,
    create_engine,
    event,
    func,
    inspect,
    select,
    type_coerce,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from data_access import tables as t
from data_access.bulk import Bulk, bound
from data_access.database import analyze, keep_sequences_in_step, viewer, writer
from data_access.days import DayNumber
from data_access.errors import CaselightError
from data_access.faults import Unreachable, why_not_written
from data_access.ingest.invariants import check_facts
from data_access.migrate import head, is_known, revision, upgrade_tables
from data_access.rebuild import rebuild
from data_access.transactions import one_state, reads_every_row, take_as_long_as_it_takes, take_turn
from data_access.walls import as_service

AT_ONCE = 10_000  # rows in memory
Progress = Callable[[int, int | None, str], None]


@dataclass(frozen=True)
class Copied:
    """What was copied: the rows of each source table, the same on both sides, in the order of the tables."""

    rows: dict[str, int]
    forces: tuple[str, ...]


def copy(source: str, target: str, progress: Progress | None = None) -> Copied:
    """Copy all source tables to an empty database and build its facts. Raises CaselightError.

    ``progress`` is called with the rows done, the rows in all and the table (or "facts"). One transaction at the
    target: whatever goes wrong, it stays as it was. The source is read as of one moment.
    """
    try:
        there = viewer(source)
    except Unreachable as error:
        raise CaselightError(
            f"Nothing was copied. {why_not_written(error.__context__ or error, 'The source')}"
        ) from None
    made = _new_file(target)
    into = None
    of_source: list[object] = []  # the errors that the source's questions met
    event.listen(there, "handle_error", lambda context: of_source.append(context.sqlalchemy_exception))
    try:
        into = writer(target)
        _need_head(there)
        with as_service(), one_state(there) as reading, into.begin() as writing:
            take_as_long_as_it_takes(reading)
            _need_every_row(reading)
            take_turn(writing)
            take_as_long_as_it_takes(writing)
            _prepare(writing)
            return _copy(reading, writing, progress or (lambda _done, _total, _what: None))
    except BaseException as error:
        if into is not None:
            into.dispose()
        if made is not None and _is_empty(made):
            for name in (made, *(made.with_name(made.name + end) for end in ("-wal", "-shm", "-journal"))):
                name.unlink(missing_ok=True)
        if isinstance(error, SQLAlchemyError):
            whose = "The source" if error in of_source else "The target"
            raise CaselightError(
                f"The copy was stopped, and the target is as it was. {why_not_written(error, whose)}"
            ) from None
        raise
    finally:
        there.dispose()
        if into is not None:
            into.dispose()


def _new_file(target: str) -> Path | None:
    """The file of an SQLite target, made here and empty; None where there was one, which is not ours to delete."""
    try:
        url = make_url(target)
    except (SQLAlchemyError, ValueError):
        return None  # the writer says what is wrong with it
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    path = Path(url.database).resolve()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError:  # it is there already, or cannot be made, which the writer tells
        return None
    return path


def _is_empty(path: Path) -> bool:
    """Whether the file is as this copy left it: what stands in it, or is being written, is somebody else's."""
    engine = create_engine(URL.create("sqlite", database=str(path)), connect_args={"timeout": 0}, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            take_turn(connection)
            return not inspect(connection).get_table_names()
    except SQLAlchemyError:
        return False


def _need_head(engine: Engine) -> None:
    found = revision(engine)
    if not is_known(found):
        raise CaselightError("The source was made by a newer version of caselight. Install the newest version here.")
    if found != head():
        raise CaselightError(
            "The source was made by another version of caselight. Bring it up first: any load does, "
            "such as that of its latest extract."
        )


def _need_every_row(connection: Connection) -> None:
    if not reads_every_row(connection):
        raise CaselightError(
            "The account of the source reads only what it was granted (row_grant), so rows would be missing from the "
            "copy without a word. Nothing was copied. Use the account that loads, which owns the tables."
        )


def _prepare(connection: Connection) -> None:
    """The tables of this version, every one of them empty."""
    try:
        upgrade_tables(connection)
    except CommandError:
        raise CaselightError("The target was made by a newer version of caselight. Choose an empty database.") from None
    for table in t.SOURCE_TABLES:
        if connection.execute(select(table).limit(1)).first() is not None:
            raise CaselightError(
                f"The target is not empty: its table {table.name!r} holds rows. Nothing was copied. Choose a file that "
                "does not exist yet, or a new PostgreSQL database (createdb)."
            )


def _copy(reading: Connection, writing: Connection, progress: Progress) -> Copied:
    rows = {table.name: _count(reading, table) for table in t.SOURCE_TABLES}
    total, done = sum(rows.values()), 0
    for table in t.SOURCE_TABLES:
        done = _copy_table(reading, writing, table, lambda n, name=table.name: progress(n, total, name), done)  # type: ignore[misc]
    found = {table.name: _count(writing, table) for table in t.SOURCE_TABLES}
    if found != rows:
        wrong = next(name for name in rows if rows[name] != found[name])
        raise CaselightError(
            f"The copy was undone: {wrong} has {rows[wrong]:,} rows at the source and {found[wrong]:,} at the target."
        )
    keep_sequences_in_step(writing, (table for table in t.SOURCE_TABLES if _has_own_numbers(table)))
    return Copied(rows, _build_facts(writing, progress))


def _build_facts(connection: Connection, progress: Progress) -> tuple[str, ...]:
    analyze(connection)
    version = t.data_version.c
    forces = connection.execute(
        select(version.force_id, version.as_of, t.force.c.code)
        .join(t.force, t.force.c.force_id == version.force_id)
        .order_by(version.force_id)
    ).all()
    for place, (force_id, as_of, _) in enumerate(forces, start=1):
        rebuild(connection, force_id)
        check_facts(connection, force_id, as_of)
        progress(place, len(forces), "facts")
    analyze(connection)
    return tuple(code for _, _, code in forces)


def _copy_table(reading: Connection, writing: Connection, table: Table, step: Callable[[int], None], done: int) -> int:
    columns = list(table.c)
    question = select(*map(_stored, columns)).order_by(*table.primary_key)
    with reading.execution_options(yield_per=AT_ONCE).execute(question) as result, Bulk(writing, table) as bulk:
        for part in result.partitions(AT_ONCE):
            values: Sequence[Sequence] = list(zip(*part, strict=True))
            bulk.add({c.name: _as_bound(writing, c, v) for c, v in zip(columns, values, strict=True)})
            done += len(part)
            step(done)
    return done


def _stored(column: Column) -> ColumnElement:
    """The column without the work of turning what is stored into Python's own kinds and back."""
    if isinstance(column.type, DayNumber):
        return type_coerce(column, Integer)
    return type_coerce(column, String) if isinstance(column.type, Enum) else column


def _as_bound(connection: Connection, column: Column, values: Sequence) -> Sequence:
    return values if isinstance(column.type, DayNumber | Enum) else bound(connection, column, values)


def _has_own_numbers(table: Table) -> bool:
    primary = list(table.primary_key)
    return len(primary) == 1 and isinstance(primary[0].type, Integer) and not primary[0].foreign_keys


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()
