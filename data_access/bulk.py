"""Many rows into a table by the driver's own way."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, literal
from sqlalchemy.exc import DBAPIError

from data_access.copy_text import copy_text

ROWS_A_COPY = 100_000  # the server remembers each row until the COPY ends, to look its foreign keys up

Columns = Mapping[str, Sequence[Any]]


class Bulk:
    """Writes rows that stand side by side, bound already: executemany on SQLite, COPY on PostgreSQL, else Core.

    A COPY stays open from one ``add`` to the next, so that the server writes while the next rows are read: until
    ``finish`` nothing else can be asked of the connection. All rows have the columns of the first. Raises DBAPIError.
    As a context it finishes at its end, or gives up.
    """

    def __init__(self, connection: Connection, table: Table):
        self._connection, self._table = connection, table
        self._copy: _Copy | None = None
        self._statements: dict[tuple, tuple[str, list[str]]] = {}

    def __enter__(self) -> "Bulk":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.finish()
        else:
            self.give_up()

    def add(self, columns: Columns, always: Mapping[str, Any] = MappingProxyType({})) -> None:
        """Hand rows over; ``always`` holds the columns with one value for all of them."""
        dialect = self._connection.dialect
        with _as_sqlalchemy(dialect):
            if dialect.name == "sqlite":
                self._execute_many(columns, always)
                return
            if always:
                rows = len(next(iter(columns.values())))
                columns = {**columns, **{name: [value] * rows for name, value in always.items()}}
            if dialect.name == "postgresql" and dialect.driver == "psycopg":
                if self._copy is None:
                    self._copy = _Copy(self._connection.connection.driver_connection, self._table, columns)
                self._copy.add(columns)
                if self._copy.rows >= ROWS_A_COPY:
                    self.finish()
            else:
                side_by_side = zip(*columns.values(), strict=True)
                self._connection.execute(
                    self._table.insert(), [dict(zip(columns, row, strict=True)) for row in side_by_side]
                )

    def finish(self) -> None:
        """Wait until all of it is written."""
        copy, self._copy = self._copy, None
        if copy is not None:
            with _as_sqlalchemy(self._connection.dialect):
                copy.finish()

    def give_up(self) -> None:
        """Leave a COPY that is open undone; the transaction, or its savepoint, has to be undone too."""
        copy, self._copy = self._copy, None
        if copy is not None:
            copy.give_up()

    def _execute_many(self, columns: Columns, always: Mapping[str, Any]) -> None:
        shape = (*columns, *always.items())
        if shape not in self._statements:
            self._statements[shape] = self._statement(columns, always)
        statement, order = self._statements[shape]
        raw: Any = self._connection.connection.cursor()
        with closing(raw):
            raw.executemany(statement, zip(*(columns[name] for name in order), strict=True))

    def _statement(self, columns: Iterable[str], always: Mapping[str, Any]) -> tuple[str, list[str]]:
        """The INSERT, and its columns in the order of its marks. Each mark fewer saves 2 % of the time."""
        marks: dict[str, Any] = {name: bindparam(f"its_{name}", required=False) for name in columns}
        same = {name: literal(value, literal_execute=True) for name, value in always.items()}
        compiled: Any = (
            self._table.insert()
            .values({**marks, **same})
            .compile(dialect=self._connection.dialect, compile_kwargs={"render_postcompile": True})
        )
        return compiled.string, [name.removeprefix("its_") for name in compiled.positiontup]


class _Copy:
    """An open COPY. Into a table with walls for this login PostgreSQL refuses it: then by way of one without."""

    def __init__(self, raw: Any, table: Table, columns: Columns):
        self.rows = 0
        self._cursor = raw.cursor()
        self._columns = tuple(columns)
        self._name, self._names = f'"{table.name}"', ", ".join(f'"{name}"' for name in columns)
        (self._walled,) = self._cursor.execute("SELECT row_security_active(%s)", (self._name,)).fetchone()
        into = "pg_temp.arriving" if self._walled else self._name
        if self._walled:
            like = f"SELECT {self._names} FROM {self._name} LIMIT 0"  # noqa: S608
            self._cursor.execute(f"CREATE TEMPORARY TABLE arriving ON COMMIT DROP AS {like}")
        self._open = self._cursor.copy(f"COPY {into} ({self._names}) FROM STDIN")
        self._copy = self._open.__enter__()

    def add(self, columns: Columns) -> None:
        if columns.keys() != set(self._columns):
            raise ValueError("rows of one COPY have the same columns")
        self._copy.write(copy_text(columns[name] for name in self._columns))
        self.rows += len(next(iter(columns.values())))

    def finish(self) -> None:
        with self._cursor:
            self._open.__exit__(None, None, None)
            if self._walled:
                names = self._names
                self._cursor.execute(f"INSERT INTO {self._name} ({names}) SELECT {names} FROM pg_temp.arriving")  # noqa: S608
                self._cursor.execute("DROP TABLE pg_temp.arriving")

    def give_up(self) -> None:
        given_up = _GivenUp()  # without words: the server writes them to its log
        with self._cursor, suppress(Exception):
            self._open.__exit__(type(given_up), given_up, None)


class _GivenUp(Exception):
    pass


@contextmanager
def _as_sqlalchemy(dialect: Any) -> Iterator[None]:
    try:
        yield
    except dialect.loaded_dbapi.Error as error:
        raise DBAPIError.instance(None, None, error, dialect.loaded_dbapi.Error, hide_parameters=True) from None


def insert_columns(connection: Connection, table: Table, columns: Columns) -> None:
    """Write rows that stand side by side, bound already."""
    with Bulk(connection, table) as bulk:
        bulk.add(columns)


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows by the driver's own bulk path. All have the keys of the first; other columns take their defaults."""
    if not rows:
        return
    columns: dict[str, Sequence[Any]] = {name: [row[name] for row in rows] for name in rows[0]}
    for column in table.c:
        if column.default is not None and column.name not in columns:
            columns[column.name] = _defaults(column, len(rows))
    insert_columns(connection, table, {name: bound(connection, table.c[name], columns[name]) for name in columns})


def _defaults(column: Column, rows: int) -> list[Any]:
    default: Any = column.default
    return [default.arg(None) for _ in range(rows)] if default.is_callable else [getattr(default, "arg", None)] * rows


def bound(connection: Connection, column: Column, values: Sequence[Any]) -> Sequence[Any]:
    """Values as the driver takes them."""
    process = column.type.bind_processor(connection.dialect)
    return values if process is None else list(map(process, values))
