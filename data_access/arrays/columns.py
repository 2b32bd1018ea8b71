"""The columns of a fact of one force: read from the database as packed whole numbers, sorted by day."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np
from sqlalchemy import BigInteger, Column, ColumnElement, Connection, Table, cast, func, literal_column, select

from data_access.arrays.terms import is_identity
from data_access.errors import CaselightError

BITS = 63  # of a key: it stays positive on every database
AT_ONCE = 10_000  # rows fetched at once
KINDS = (np.int8, np.int16, np.int32, np.int64)


@dataclass(frozen=True, eq=False)
class Columns:
    """A fact of one force at one version of its data: read-only arrays of one length, in the order of ``sort``."""

    rows: int
    arrays: Mapping[str, np.ndarray]
    sort: str

    @property
    def bytes(self) -> int:
        """What the arrays take."""
        return sum(array.nbytes for array in self.arrays.values())


def sorted_by(fact: Table) -> str:
    """Name of the fact's first column of days; of its first column when it has none."""
    names = [column.name for column in held(fact)]
    return next((n for n in names if n in ("since", "on_day") or n.endswith("_on")), names[0])


def held(fact: Table) -> list[Column]:
    """The columns that become arrays: all but the force, which is the same in all rows, and the rows' identities."""
    return [column for column in fact.c if column.name != "force_id" and not is_identity(column.name)]


def read(connection: Connection, fact: Table, force_id: int) -> Columns:
    """The columns of one force. The connection must see one state of the data for as long as this takes.

    Raises CaselightError when a value is missing or no whole number: facts hold no NULL.
    """
    columns = held(fact)
    rows, lows, highs = _bounds(connection, fact, columns, force_id)
    if not rows:
        return Columns(0, {column.name: _closed(np.zeros(0, np.int8)) for column in columns}, sorted_by(fact))
    for column in columns:
        if (highs[column.name] - lows[column.name]).bit_length() > BITS:
            raise _not_whole(fact, column.name)
    parts = packed(columns, lows, highs)
    found: dict[str, np.ndarray] = {}
    keys = _streamed(connection, fact, [key for key, _ in parts], force_id, rows)
    for (_, placed), key in zip(parts, keys, strict=True):
        for column, shift, bits in placed:
            value = (key >> shift) & ((1 << bits) - 1)
            low = lows[column.name]
            kind = next(k for k in KINDS if np.iinfo(k).min <= low and highs[column.name] <= np.iinfo(k).max)
            found[column.name] = (value + low).astype(kind)
    order = np.argsort(found[sorted_by(fact)], kind="stable")
    return Columns(rows, {c.name: _closed(found[c.name][order]) for c in columns}, sorted_by(fact))


def _closed(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array


def _bounds(
    connection: Connection, fact: Table, columns: list[Column], force_id: int
) -> tuple[int, dict[str, int], dict[str, int]]:
    """Number of rows, and the least and the greatest value of each column."""
    limits = [limit(column) for column in columns for limit in (func.min, func.max)]
    rows, *found = connection.execute(select(func.count(), *limits).where(fact.c.force_id == force_id)).one()
    if not rows:
        return 0, {}, {}
    for column, low in zip(columns, found[::2], strict=True):
        if low is None:
            raise _missing(fact, column.name)
    for place, value in enumerate(found):
        if not isinstance(value, int):  # never the value itself: it may be anything
            raise _not_whole(fact, columns[place // 2].name)
    names = [column.name for column in columns]
    lows, highs = (dict(zip(names, map(int, found[start::2]), strict=True)) for start in (0, 1))
    return rows, lows, highs


def _missing(fact: Table, column: str) -> CaselightError:
    return CaselightError(
        f"The table {fact.name} holds a row without {column}; facts hold no empty values. "
        "Load the force's data again, which builds its facts anew."
    )


def _not_whole(fact: Table, column: str) -> CaselightError:
    return CaselightError(
        f"The table {fact.name} holds something else than whole numbers of usual size in {column}. "
        "Load the force's data again, which builds its facts anew."
    )


def packed(
    columns: list[Column], lows: Mapping[str, int], highs: Mapping[str, int]
) -> list[tuple[ColumnElement, list[tuple[Column, int, int]]]]:
    """Keys of up to 63 bits, by multiplying and adding, with the columns in each: where a column begins, its bits."""
    parts: list[list[tuple[Column, int, int]]] = [[]]
    used = 0
    for column in columns:
        bits = max(1, (highs[column.name] - lows[column.name]).bit_length())
        if used + bits > BITS:
            parts.append([])
            used = 0
        parts[-1].append((column, used, bits))
        used += bits
    return [(_key(placed, lows), placed) for placed in parts]


def _key(placed: list[tuple[Column, int, int]], lows: Mapping[str, int]) -> ColumnElement:
    total: ColumnElement | None = None
    for column, shift, _ in placed:
        low = lows[column.name]
        value = column - literal_column(str(low), BigInteger) if low else column
        # PostgreSQL multiplies in the wider of two types, and a plain number is narrow. SQLite casts a constant once.
        part = value * cast(literal_column(str(1 << shift)), BigInteger)
        total = part if total is None else total + part
    assert total is not None
    return total


def _streamed(
    connection: Connection, fact: Table, keys: list[ColumnElement], force_id: int, rows: int
) -> list[np.ndarray]:
    question = select(*(key.label(f"key_{place}") for place, key in enumerate(keys))).where(fact.c.force_id == force_id)
    streamed = {"stream_results": True, "yield_per": AT_ONCE}
    with connection.execute(question, execution_options=streamed) as found:
        try:
            flat = np.fromiter(chain.from_iterable(found), np.int64, count=rows * len(keys))
        except TypeError:
            raise _missing(fact, "a value") from None
    return list(flat.reshape(rows, len(keys)).T.copy())
