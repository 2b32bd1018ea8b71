"""Databases of the ingest tests: an empty one for each test, and a look at what is in it."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, select

from data_access.tables import schema


class Database:
    """A database file of one test."""

    def __init__(self, path: Path):
        self.path = path
        self.url = f"sqlite:///{path.as_posix()}"

    def rows(self, table: str, *columns: str) -> list[tuple]:
        """Rows of a table, ordered by the columns named."""
        found = schema.tables[table]
        chosen = [found.c[name] for name in columns] or list(found.c)
        engine = create_engine(self.url)
        with engine.connect() as connection:
            rows = [tuple(row) for row in connection.execute(select(*chosen).order_by(*chosen))]
        engine.dispose()
        return rows

    def everything(self) -> dict[str, list[tuple]]:
        """All source tables but the records of loads."""
        return {name: self.rows(name) for name in schema.tables if name not in ("load_run", "set_aside")}


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """An address at which no database is yet."""
    return Database(tmp_path / "loaded.sqlite")
