"""What a database that cannot be written to is said to have done: each cause in its own words, and never a value."""

import sqlite3

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError

from data_access import database as databases
from data_access.copying import copy
from data_access.errors import CaselightError
from data_access.faults import why_not_written
from data_access.ingest import load
from tests.ingest.own import FILES, extract, with_row, write_folder

NO_ROOM = "The database has no room left on its disk. Make room and try again."
READS_ONLY = (
    "The database may not be written to by this account. Use the account that loads, or give this one the right"
)


@pytest.fixture
def told_first():
    """A function: from now on each new connection is told this first. SQLite then fails as on a full or closed disk."""
    tellings = []

    def tell(pragma: str) -> None:
        def told(connection, _record) -> None:
            if isinstance(connection, sqlite3.Connection):
                connection.execute(pragma)

        event.listen(Engine, "connect", told)
        tellings.append(told)

    yield tell
    for told in tellings:
        event.remove(Engine, "connect", told)


def refused(source, url: str) -> str:
    with pytest.raises(CaselightError) as error:
        load(source, url)
    return str(error.value)


def test_no_room_for_the_tables(tmp_path, database, told_first):
    told_first("PRAGMA max_page_count=20")
    assert refused(write_folder(tmp_path / "in"), database.url) == f"Nothing was written. {NO_ROOM}"


def test_no_room_for_the_rows(tmp_path, database, told_first):
    load(write_folder(tmp_path / "before"), database.url)
    before = database.everything()
    header, first, *_ = FILES["contacts"]
    many = extract(contacts=[header, *([*first[:1], f"M{number}", *first[2:]] for number in range(5000))])
    told_first("PRAGMA max_page_count=1")  # no more than there are
    assert refused(write_folder(tmp_path / "in", many), database.url) == f"Nothing was loaded. {NO_ROOM}"
    assert database.everything() == before


def test_a_target_that_may_only_be_read(tmp_path, database, told_first):
    load(write_folder(tmp_path / "before"), database.url)
    told_first("PRAGMA query_only=1")
    assert READS_ONLY in refused(write_folder(tmp_path / "in", with_row("events", ["", "", "", ""])), database.url)


def test_a_target_that_somebody_else_writes_to(tmp_path, database, monkeypatch):
    load(write_folder(tmp_path / "before"), database.url)
    monkeypatch.setitem(databases.WRITER_PRAGMAS, "busy_timeout", "0")
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    told = refused(tmp_path / "before", database.url)
    other.close()
    assert told == (
        "Nothing was written. The database is being written to by another load or command. "
        "Wait until that has ended and try again."
    )


def test_a_target_that_is_no_database(tmp_path, database):
    database.path.write_text("dear all " * 1000, encoding="utf-8")
    told = refused(write_folder(tmp_path / "in"), database.url)
    assert told.startswith("Nothing was written. The database cannot be used: it is no SQLite database. Check its")
    assert database.path.read_text("utf-8").startswith("dear all dear all")


def test_a_copy_says_which_side_it_was(tmp_path, database, told_first):
    load(write_folder(tmp_path / "before"), database.url)
    with sqlite3.connect(database.path) as raw:
        raw.execute("DROP TABLE event")
    with pytest.raises(CaselightError, match=r"The copy was stopped, and the target is as it was. The source refused"):
        copy(database.url, f"sqlite:///{tmp_path}/new.sqlite")
    load(write_folder(tmp_path / "again"), f"sqlite:///{tmp_path}/whole.sqlite")
    told_first("PRAGMA max_page_count=20")
    with pytest.raises(CaselightError, match=r"The target has no room left on its disk. Make room"):
        copy(f"sqlite:///{tmp_path}/whole.sqlite", f"sqlite:///{tmp_path}/new.sqlite")
    assert not list(tmp_path.glob("new.sqlite*"))


@pytest.fixture(scope="module")
def closed_role(postgres_server) -> str:
    """Address of an account that needs a password, on a server that lets all others in without."""
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("CREATE ROLE needs_password LOGIN PASSWORD 'right-secret'")
        (file,) = connection.execute("SHOW hba_file").fetchone()
        with open(file, encoding="utf-8") as old:
            rest = old.read()
        with open(file, "w", encoding="utf-8") as new:
            new.write(f"local all needs_password scram-sha-256\n{rest}")
        connection.execute("SELECT pg_reload_conf()")
    return postgres_server.replace("postgres@", "needs_password@")


@pytest.mark.postgres
@pytest.mark.parametrize("password", ["", ":wrong-secret"])
def test_a_wrong_password_is_told_without_it(tmp_path, closed_role, password):
    told = refused(write_folder(tmp_path / "in"), closed_role.replace("@", f"{password}@"))
    assert told == (
        "Nothing was written. The database refused the connection. "
        "Check the account, its password (.pgpass or PGPASSWORD) and the name of the database."
    )


@pytest.mark.postgres
def test_a_server_that_is_not_there_does_not_answer(tmp_path):
    nowhere = f"postgresql://postgres@/postgres?host={tmp_path}"
    told = refused(write_folder(tmp_path / "in"), nowhere)
    assert told.startswith("Nothing was written. The database does not answer. Check that it runs, its address")
    with pytest.raises(CaselightError, match=r"^Nothing was copied\. The source does not answer\. Check that it runs"):
        copy(nowhere, f"sqlite:///{tmp_path}/new.sqlite")
    assert not (tmp_path / "new.sqlite").exists()


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("SELECT 'Canary Person'::varchar(3)::int", "The database refused a value. Please report this."),
        ("INSERT INTO t VALUES (1, 'Canary Person')", "The database refused a value. Please report this."),
        ("INSERT INTO t VALUES (NULL, 'Can')", "The database refused a row. Please report this."),
        ("SET TRANSACTION READ ONLY; CREATE TABLE mine (a integer)", READS_ONLY),
        ("SET LOCAL ROLE pg_monitor; INSERT INTO t VALUES (1, 'Can')", READS_ONLY),
        ("SET LOCAL statement_timeout = 1; SELECT pg_sleep(30)", "The database stopped this because it took too long"),
        ("SELECT nothing FROM nowhere", "The database refused what was asked of it (42P01). Please report this."),
    ],
)
def test_what_postgresql_did_is_told_without_a_value(postgres_server, asked, words):
    engine = create_engine(postgres_server.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        connection.execute(text("CREATE TEMPORARY TABLE t (a integer NOT NULL, b varchar(3))"))
        *before, last = asked.split("; ")
        for one in before:
            connection.execute(text(one))
        with pytest.raises(SQLAlchemyError) as failed:
            connection.execute(text(last))
    engine.dispose()
    told = why_not_written(failed.value)
    assert told.startswith(words)
    assert "Can" not in told
