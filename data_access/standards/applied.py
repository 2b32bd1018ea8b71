"""Put a file of standards into a database, and build the facts by it."""

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select, update

from data_access import database
from data_access import tables as t
from data_access.migrate import upgrade
from data_access.rebuild import rebuild
from data_access.standards.reading import File, Part, read


def store(connection: Connection, file: File) -> None:
    """Put the file in the place of what was stored, and build the facts of every force anew."""
    ids = {row.code: row.force_id for row in connection.execute(select(t.force.c.code, t.force.c.force_id))}
    for table in (t.standard, t.target):
        connection.execute(delete(table))
    _write(connection, None, file.everywhere)
    for code, part in file.by_force.items():
        _write(connection, ids[code], part)
    for force_id in connection.execute(select(t.data_version.c.force_id)).scalars().all():
        rebuild(connection, force_id)
    # Who looks at the pages now sees the new lists: what was counted is kept by this number.
    connection.execute(update(t.data_version).values(version=t.data_version.c.version + 1))


def _write(connection: Connection, force_id: int | None, part: Part) -> None:
    numbers = [
        {"force_id": force_id, "kind": kind, "name": name, "amount": amount}
        for kind, given in part.numbers.items()
        for name, amount in given.items()
    ]
    targets = [
        {
            "force_id": force_id,
            "measure": target.measure,
            "at_least": target.at_least,
            "at_most": target.at_most,
            "source": target.source,
        }
        for target in part.targets.values()
    ]
    for table, rows in ((t.standard, numbers), (t.target, targets)):
        if rows:
            connection.execute(insert(table), rows)


def apply(path: Path, url: str, measures: Iterable[str]) -> None:
    """Check a file of standards, store it, and build the facts anew, all in one transaction.

    Raises CaselightError when the file names what does not exist; the database then stays as it was.
    """
    database.viewer(url).dispose()  # refuses what is not there or not ours, before a writer would make it
    engine = database.writer(url)
    try:
        upgrade(engine)
        with engine.begin() as connection:
            codes = connection.execute(select(t.force.c.code).order_by(t.force.c.code)).scalars().all()
            store(connection, read(path, measures, codes))
    finally:
        engine.dispose()
