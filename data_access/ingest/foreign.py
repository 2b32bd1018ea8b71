"""Another system's SQLite file as a source: its tables are read, nothing in it is run or changed."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, MetaData, Select, Table, column, create_engine, func, inspect, select, table
from sqlalchemy.exc import DatabaseError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from data_access.errors import CaselightError
from data_access.ingest.reading import BLOCK, BadRow, Block, Row, block_of, check_header
from data_access.ingest.workbook import cell_text

LONGEST_VALUE = 1_000_000  # bytes; a longer one ends the reading instead of filling the memory
OURS = "data_version"  # a table that only our own databases have


@dataclass(frozen=True)
class TableSheet:
    """A table of the file, asked anew at each reading; rows are numbered as in a file, the first one being 2."""

    name: str
    header: tuple[str, ...]
    connection: Connection

    def rows(self) -> Iterator[Row]:
        """The rows as text, in the order in which they are stored; a row with binary content comes as BadRow."""
        for block in self.blocks():
            yield from zip(block.numbers, map(list, zip(*block.columns, strict=True)), strict=True)
            yield from block.bad

    def blocks(self) -> Iterator[Block]:
        """The rows, many at a time."""
        first = 2
        for rows in self._fetched():
            columns = [_texts(cells) for cells in zip(*rows, strict=True)]
            if all(column is not None for column in columns):
                yield Block(range(first, first + len(rows)), columns)  # type: ignore[arg-type]
            else:
                yield block_of(enumerate(map(_row, rows), start=first), len(self.header))
            first += len(rows)

    def about(self) -> int:
        """The rows of the table."""
        return self.connection.execute(select(func.count()).select_from(table(self.name))).scalar_one()

    def _fetched(self) -> Iterator[Sequence[Sequence]]:
        try:
            yield from self.connection.execute(self._question()).partitions(BLOCK)
        except SQLAlchemyError:
            raise CaselightError(
                f"Table {self.name} of the source cannot be read to its end: it is damaged, or a value is too long."
            ) from None

    def _question(self) -> Select:
        # Columns without types: what is stored comes as it is, whatever the file calls its kind.
        return select(table(self.name, *(column(name) for name in self.header)))


def _texts(cells: Sequence[object]) -> Sequence[str] | None:
    """The cells of a column as text; None when one of them is binary."""
    kinds = set(map(type, cells))
    if kinds == {str}:
        return cells  # type: ignore[return-value]
    if kinds == {int}:
        return list(map(str, cells))
    return None if bytes in kinds else list(map(cell_text, cells))


def _row(cells: Sequence[object]) -> list[str] | BadRow:
    if any(isinstance(value, bytes) for value in cells):
        return BadRow("the row holds binary content")
    return list(map(cell_text, cells))


@contextmanager
def foreign_sheets(path: Path) -> Iterator[dict[str, TableSheet]]:
    """The tables of an SQLite file by name, all as of one moment. Raises CaselightError."""
    engine = create_engine(
        "sqlite+pysqlite://", creator=lambda: _open(path), poolclass=StaticPool, hide_parameters=True
    )
    try:
        with engine.connect() as connection:
            names = inspect(connection).get_table_names()
            if OURS in names:
                raise CaselightError(
                    f"{path.name} is a database of caselight itself. Move it with 'caselight copy FROM TO'."
                )
            yield {name: _sheet(connection, name) for name in names}
    except DatabaseError:
        raise CaselightError(f"{path.name} is not an SQLite database, or it is damaged.") from None
    finally:
        engine.dispose()


def _sheet(connection: Connection, name: str) -> TableSheet:
    found = Table(name, MetaData(), autoload_with=connection, resolve_fks=False)
    return TableSheet(name, check_header(f"Table {name}", list(found.c.keys())), connection)


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    # A file from elsewhere: what its schema would call is not called.
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("BEGIN")
    return connection
