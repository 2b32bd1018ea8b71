"""What only the making of the register needs of its database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, Table, func, select

LOCK = 0x63617365  # of PostgreSQL's advisory locks, one that nothing else of ours takes


@contextmanager
def alone(engine: Engine) -> Iterator[Connection]:
    """A transaction in which nobody else makes the tables of the register."""
    with engine.begin() as connection:  # on SQLite it has the one lock for writing from its beginning
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        yield connection


def keep_only_adding(connection: Connection, table: Table) -> None:
    """Rows of the table can be added, never changed or taken out."""
    name = table.name
    if connection.dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name}_no_{what.lower()} BEFORE {what} ON {name} "
                f"BEGIN SELECT RAISE(ABORT, 'lines of the {name} are only added'); END"
            )
    elif connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            f"CREATE FUNCTION {name}_only_added() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION 'lines of the {name} are only added'; END $$"
        )
        connection.exec_driver_sql(
            f"CREATE TRIGGER {name}_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON {name} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}_only_added()"
        )
