"""Bring a database to this version's tables, with Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, inspect, select, update
from sqlalchemy.exc import SQLAlchemyError

from data_access import facts
from data_access import tables as t
from data_access.database import VERSIONS
from data_access.errors import CaselightError
from data_access.faults import why_not_written
from data_access.rebuild import rebuild
from data_access.transactions import take_turn


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


def head() -> str | None:
    """Revision of this version."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def revision(engine: Engine) -> str | None:
    """Revision of the database; None when it has no tables of ours."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_known(name: str | None) -> bool:
    """Whether this version knows a revision; a newer one it does not. None, no tables of ours, is known."""
    try:
        return name is None or ScriptDirectory.from_config(_config()).get_revision(name) is not None
    except CommandError:
        return False


def upgrade(engine: Engine) -> None:
    """Create or bring up the tables, and build the facts anew where they changed, in one transaction.

    A newer database is refused.
    """
    try:
        with engine.begin() as connection:
            take_turn(connection)
            before = MigrationContext.configure(connection).get_current_revision()
            upgrade_tables(connection)
            if before is not None and before != head():
                _rebuild_all(connection)
    except CommandError:
        raise CaselightError(
            "The database was made by another version of caselight. Install the newest version and try again."
        ) from None
    except SQLAlchemyError as error:
        raise CaselightError(f"Nothing was written. {why_not_written(error)}") from None


def upgrade_tables(connection: Connection) -> None:
    """Create or bring up the tables, inside the caller's transaction. Raises CaselightError for tables of others."""
    if MigrationContext.configure(connection).get_current_revision() is None:
        _refuse_others(connection)
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _refuse_others(connection: Connection) -> None:
    """What has no version of ours must have no tables either; in PostgreSQL none of the names that ours get."""
    names = set(inspect(connection).get_table_names())
    ours = {table.name for table in (*t.schema.sorted_tables, *facts.FACTS)}
    if VERSIONS in names and names <= {VERSIONS, *ours}:
        if len(names) > 1:
            raise CaselightError(
                "The tables of this database were not made to their end, because the first load by an earlier version "
                "was stopped. It holds no loaded rows. Delete it (a file with its -wal and -shm) and load again."
            )
        return
    found = sorted(names if connection.dialect.name == "sqlite" else names & ours)
    if found:
        more = f" and {len(found) - 3:,} more" if len(found) > 3 else ""
        raise CaselightError(
            f"This database holds tables that are not of caselight: {', '.join(map(repr, found[:3]))}{more}. "
            "Nothing was written. Name a file that does not exist yet, or an empty database."
        )


def _rebuild_all(connection: Connection) -> None:
    """The facts of every force: a new version may hold more of them, or mean another thing by one."""
    for force_id in connection.execute(select(t.data_version.c.force_id)).scalars().all():
        rebuild(connection, force_id)
    connection.execute(update(t.data_version).values(version=t.data_version.c.version))  # the same data, a new stamp
