"""Whose rows a transaction may read. PostgreSQL holds to it by itself, whatever is asked; SQLite has no such walls.

Migration 0003 gives every table a policy: a login reads the forces that ``row_grant`` names for it, and one that
serves many people only those of them that its transaction names. The name lasts as long as the transaction, so that
a connection which goes back to the pool takes nothing along. A transaction without one reads no row.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import Connection, Engine, String, cast, column, event, func, inspect, select, table

from data_access.errors import CaselightError

SETTING = "caselight.forces"
_GRANT = table("row_grant", column("force_id"))  # a login reads its own rows of it
_READER = table("row_reader", column("login"))
_forces: ContextVar[str] = ContextVar("forces", default="")
_SERVICE = "all that the login may read"


@contextmanager
def reading(forces: Iterable[int]) -> Iterator[None]:
    """Transactions that begin in here read these forces, by id, and no other."""
    before = _forces.set(_named(forces))
    try:
        yield
    finally:
        _forces.reset(before)


def ids(reach: tuple) -> set[int]:
    """Ids of the forces of a reach: of its versions (the last part) those that its forces (the first) name."""
    *who, versions = reach
    return {id_ for code, *_, id_ in versions if not who or code in who[0]}


@contextmanager
def as_service() -> Iterator[None]:
    """Transactions that begin in here read what the login may read: versions, names, and nothing for a person."""
    before = _forces.set(_SERVICE)
    try:
        yield
    finally:
        _forces.reset(before)


def narrow(connection: Connection, force_id: int) -> None:
    """Let the rest of a transaction read one force."""
    if connection.dialect.name == "postgresql":
        _name(connection, _named([force_id]))


def hold(engine: Engine) -> None:
    """Name the forces at the beginning of every transaction of a PostgreSQL engine whose database has the walls.

    Raises CaselightError for a login that has no right to any force: its pages would look as if nothing had happened.
    """
    if engine.dialect.name != "postgresql" or not inspect(engine).has_table(_GRANT.name):
        return
    event.listen(engine, "begin", _begun)
    with engine.connect() as connection:
        asked = select(func.row_security_active("force"), func.current_user(), select(_READER).exists())
        walled, login, known = connection.execute(asked).one()
    if walled and not known:
        raise CaselightError(
            f"The account {login!r} may not read any force yet. docs/postgresql.md says how the account that loads "
            "gives it that right (row_reader)."
        )


def name_again(connection: Connection) -> None:
    """Let the rest of a transaction read what is named now, as one that begins now would."""
    if event.contains(connection.engine, "begin", _begun):
        _begun(connection)


def _begun(connection: Connection) -> None:
    forces = _forces.get()
    if forces == _SERVICE:
        granted = select(func.string_agg(cast(_GRANT.c.force_id, String), ","))
        _name(connection, func.coalesce(granted.scalar_subquery(), ""))
    else:
        _name(connection, forces)


def _name(connection: Connection, forces: object) -> None:
    connection.execute(select(func.set_config(SETTING, forces, True)))


def _named(forces: Iterable[int]) -> str:
    return ",".join(str(int(force)) for force in sorted(set(forces)))
