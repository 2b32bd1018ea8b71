"""Bring a database to this version's tables, with Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.exc import DatabaseError

from data_access import tables as t
from data_access.errors import CaselightError
from data_access.rebuild import rebuild


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


def upgrade(engine: Engine) -> None:
    """Create or bring up the tables, and build the facts anew where they changed, in one transaction.

    A newer database is refused.
    """
    try:
        with engine.begin() as connection:
            before = MigrationContext.configure(connection).get_current_revision()
            upgrade_tables(connection)
            if before is not None and before != head():
                _rebuild_all(connection)
    except CommandError:
        raise CaselightError(
            "The database was made by another version of caselight. Install the newest version and try again."
        ) from None
    except DatabaseError:
        raise CaselightError(
            "The database does not answer, or it is no database. Check its address, that it runs, and the account."
        ) from None


def upgrade_tables(connection: Connection) -> None:
    """Create or bring up the tables, inside the caller's transaction."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _rebuild_all(connection: Connection) -> None:
    """The facts of every force: a new version may hold more of them, or mean another thing by one."""
    for force_id in connection.execute(select(t.data_version.c.force_id)).scalars().all():
        rebuild(connection, force_id)
    connection.execute(update(t.data_version).values(version=t.data_version.c.version))  # the same data, a new stamp
