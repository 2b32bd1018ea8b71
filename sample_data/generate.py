"""Write the sample: three invented forces over 24 months, the same rows for the same seed."""

from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, Engine, delete, func, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError

from data_access import database, facts, migrate
from data_access import tables as t
from data_access.bulk import insert_rows
from data_access.days import day
from data_access.errors import CaselightError
from data_access.rebuild import rebuild
from sample_data.clock import HOLIDAYS
from sample_data.rows import APART, LOAD, TABLES
from sample_data.settings import FORCES, LAST, SEED, Force
from sample_data.simulate import force_rows

Progress = Callable[[str, int, int], None]
LAYOUT = "sample"
_BATCH = 20_000


def write_sample(url: str, scale: int = 1, progress: Progress | None = None, seed: int = SEED) -> None:
    """Write the sample into a database, making or bringing up its tables.

    scale: 1 is about 2,000 cases, 10 about 20,000 cases and 400,000 contacts.
    progress: called with what is being done, steps done and steps in all.
    An earlier sample is replaced. Raises CaselightError when the database holds other data.
    A new SQLite file appears under its name only when it is complete.
    """
    if scale < 1:
        raise CaselightError("The scale of the sample is a whole number from 1.")
    path = _new_file(url)
    if path is None:
        _write(url, scale, progress, seed)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{uuid4().hex[:8]}.unfinished")
    try:
        _write(str(make_url(url).set(database=str(unfinished))), scale, progress, seed)
        unfinished.replace(path)
    finally:
        for leftover in path.parent.glob(f"{unfinished.name}*"):
            leftover.unlink(missing_ok=True)


def _new_file(url: str) -> Path | None:
    """The path of a SQLite file that does not exist yet."""
    if not url.startswith("sqlite") or make_url(url).database in (None, "", ":memory:"):
        return None
    path = Path(make_url(url).database or "").resolve()
    return None if path.exists() else path


def _write(url: str, scale: int, progress: Progress | None, seed: int) -> None:
    report = progress or (lambda _what, _done, _all: None)
    engine = database.writer(url)
    steps = 3 * len(FORCES) + 1
    try:
        report("tables", 0, steps)
        try:
            _refuse_other_data(engine)
        except DatabaseError:
            raise CaselightError(
                "The database does not answer, or it is no database. Check its address, that it runs, and the account."
            ) from None
        migrate.upgrade(engine)
        with engine.begin() as connection:
            version = _clear(connection)
            _write_first(connection)
            after: dict[str, int] = {}
            for place, force in enumerate(FORCES):
                report(f"{force.name}: invent", 3 * place + 1, steps)
                found = force_rows(force, scale, seed, after)
                report(f"{force.name}: write", 3 * place + 2, steps)
                _insert(connection, found)
                after = {name: after.get(name, 0) + _numbered(name, found[name]) for name in TABLES}
                report(f"{force.name}: facts", 3 * place + 3, steps)
                database.analyze(connection)  # measured: without it the first rebuild takes 4.5 s instead of 0.5 s
                rebuild(connection, force.place)
                _write_version(connection, force, version)
            _write_load(connection, sum(after.values()))
            _move_sequences(connection)
            database.analyze(connection)
        report("done", steps, steps)
    finally:
        engine.dispose()


def _refuse_other_data(engine: Engine) -> None:
    known = inspect(engine)
    if not known.has_table("force") or not known.has_table("load_run"):
        return
    with engine.connect() as connection:
        codes = set(connection.scalars(select(t.force.c.code)))
        layouts = set(connection.scalars(select(t.load_run.c.layout)))
    if (codes or layouts) and (layouts != {LAYOUT} or codes - {force.code for force in FORCES}):
        raise CaselightError(
            "The database already holds data that are not the sample. "
            "Name another database for the sample, for example sqlite:///sample.sqlite."
        )


def _clear(connection: Connection) -> int:
    """Take out an earlier sample; gives the version that the new one gets."""
    version = connection.scalar(select(func.max(t.data_version.c.version))) or 0
    for table in (*facts.FACTS, *reversed(t.SOURCE_TABLES)):
        connection.execute(delete(table))
    return version + 1


def _write_first(connection: Connection) -> None:
    holidays = [{"on_day": on, "name": name} for on, name in sorted(HOLIDAYS.items())]
    insert_rows(connection, t.bank_holiday, holidays)


def _insert(connection: Connection, found: dict[str, list[dict]]) -> None:
    by_name = {table.name: table for table in t.SOURCE_TABLES}
    for name in TABLES:
        for start in range(0, len(found[name]), _BATCH):
            insert_rows(connection, by_name[name], found[name][start : start + _BATCH])


def _numbered(name: str, rows: list[dict]) -> int:
    """Rows that take a key of the running numbers."""
    return sum(row["advocate_id"] < APART for row in rows) if name in ("advocate", "advocate_fte") else len(rows)


def _write_version(connection: Connection, force: Force, version: int) -> None:
    taken = datetime.combine(day(force.as_of), time(23, 30))
    connection.execute(
        t.data_version.insert(),
        [{"force_id": force.place, "version": version, "as_of": force.as_of, "extract_at": taken}],
    )


def _write_load(connection: Connection, rows: int) -> None:
    """The times are those of the invented extract, so that two samples are the same byte for byte."""
    at = datetime.combine(day(LAST), time(23, 45))
    connection.execute(
        t.load_run.insert(),
        [
            {
                "load_id": LOAD,
                "source": "sample_data",
                "layout": LAYOUT,
                "started_at": at,
                "finished_at": at,
                "rows_read": rows,
                "rows_loaded": rows,
                "rows_unchanged": 0,
                "rows_set_aside": 0,
            }
        ],
    )


def _move_sequences(connection: Connection) -> None:
    """Keys were given; PostgreSQL's counters have to go on after them."""
    if connection.dialect.name != "postgresql":
        return
    for table in t.SOURCE_TABLES:
        key = next(iter(table.primary_key.columns))
        if key is not table.autoincrement_column:
            continue
        sequence = func.pg_get_serial_sequence(table.name, key.name)
        highest = select(func.coalesce(func.max(key), 0) + 1).scalar_subquery()
        connection.execute(select(func.setval(sequence, highest, False)))
