"""Whether a database has the tables that this version reads: never a guess, a list of what differs."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Column, Engine, MetaData, String, Table, inspect, select

from data_access import facts
from data_access import tables as t
from data_access.errors import CaselightError

MIGRATIONS = Path(__file__).parent / "migrations" / "versions"
SHOWN = 6
_version = Table("alembic_version", MetaData(), Column("version_num", String))


class Drifted(CaselightError):
    """The tables of a database are not those of this version; ``differences`` says which, without any content."""

    def __init__(self, differences: tuple[str, ...]) -> None:
        self.differences = differences
        more = len(differences) - SHOWN
        shown = "; ".join(differences[:SHOWN]) + (f"; and {more} more" if more > 0 else "")
        super().__init__(
            f"The tables of the database are not those of this version of caselight: {shown}. Nothing is read from it. "
            "Install the version that made it, or restore its backup; loading with this version brings older tables up."
        )


def check(engine: Engine) -> None:
    """Raise Drifted where a table or column is missing or the version is not this one's."""
    found = differences(engine)
    if found:
        raise Drifted(found)


def check_versions(engine: Engine) -> None:
    """Raise Drifted where the table that everything else is read by is not this version's: one small look."""
    columns = {column["name"] for column in inspect(engine).get_columns(t.data_version.name)}
    if missing := [column.name for column in t.data_version.c if column.name not in columns]:
        raise Drifted(tuple(f"the column data_version.{name} is missing" for name in missing))


def differences(engine: Engine) -> tuple[str, ...]:
    """What differs, in words; further tables and columns of somebody else's are no difference."""
    with engine.connect() as connection:
        seen = inspect(connection)
        names = set(seen.get_table_names())
        said = [] if _version.name not in names else _versions(connection.execute(select(_version)).scalars().all())
        there = seen.get_multi_columns()
    for table in (*t.schema.sorted_tables, *facts.case_path.metadata.sorted_tables):
        if table.name not in names:
            said.append(f"the table {table.name} is missing")
            continue
        columns = {column["name"] for column in there[None, table.name]}
        said += [
            f"the column {table.name}.{column.name} is missing" for column in table.c if column.name not in columns
        ]
    return tuple(said)


def _versions(held: Sequence[str]) -> list[str]:
    """An older version is no difference by itself: what it lacks is among the columns."""
    known = {path.name.partition("_")[0] for path in MIGRATIONS.glob("[0-9]*.py")}
    unknown = [version for version in held if version not in known]
    return [f"its version {version} is not known" for version in unknown]
