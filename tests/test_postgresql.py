"""PostgreSQL as the shared database: the roles of docs/postgresql.md, time-outs in words, connections with a name."""

import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import inspect, select, text, update
from sqlalchemy.exc import DBAPIError

import data_access as da
from data_access import tables as t
from data_access.copying import copy
from data_access.database import viewer, writer
from data_access.errors import CaselightError
from data_access.ingest import load
from data_access.walls import as_service
from tests.ingest.own import extract, write_folder

pytestmark = pytest.mark.postgres
PAGE = Path(__file__).parents[1] / "docs" / "postgresql.md"


@pytest.fixture(scope="module")
def site(postgres_server, tmp_path_factory) -> dict[str, str]:
    """Addresses of a site that was made as the page says: loader and viewer."""
    page = PAGE.read_text(encoding="utf-8")
    accounts, schema, after, *_ = re.findall(r"```sql\n(.*?)```", page, re.S)
    (register,) = re.findall(r"```\n(CREATE ROLE caselight_register.*?)```", page, re.S)
    addresses = {
        name: postgres_server.replace("postgres@", f"caselight_{name}@").replace("/postgres?", "/caselight?")
        for name in ("loader", "viewer", "register")
    }
    as_admin = postgres_server.replace("/postgres?", "/caselight?")
    _run(postgres_server, accounts)
    _run(as_admin, schema)
    source = write_folder(tmp_path_factory.mktemp("in"), extract())
    assert _said("load", source, "--database", addresses["loader"])[0] == 0
    _run(addresses["loader"], after)
    _run(as_admin, register)
    return addresses


def _run(url: str, script: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in script.split(";\n"):
            if statement.strip():
                connection.execute(statement)


def _said(*words: object, **settings: str) -> tuple[int, str]:
    """A command in a process of its own, with these settings only: its exit code and what it says."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CASELIGHT_")}
    command = [sys.executable, "-m", "dashboard", *map(str, words)]
    ended = subprocess.run(command, env=kept | settings, capture_output=True, text=True, timeout=120)
    return ended.returncode, ended.stdout + ended.stderr


def test_the_addresses_of_the_page_show_figures_and_who_looked_is_kept(site):
    asked = ("measure", "open_cases", "--from", "2026-03-02", "--to", "2026-03-30")
    code, said = _said(*asked, CASELIGHT_DATABASE=site["viewer"], CASELIGHT_REGISTER=site["register"])
    assert code == 0, said
    assert "2026-03-23" in said
    with psycopg.connect(site["loader"]) as connection:
        kept = connection.execute("SELECT event, forces FROM register.audit ORDER BY seq").fetchall()
    assert (len(kept), kept[0], kept[1][1]) == (2, ("load", ""), "NORTH")


def test_the_viewer_reads_all_that_figures_and_lists_need(site):
    store = da.connect(site["viewer"])
    reports = store.reports(da.Scope.local(store.force_codes(), "service_manager"))
    asked = da.Slice(store.force_codes(), date(2026, 1, 5), date(2026, 3, 30), "week")
    for name in da.MEASURES:
        try:
            reports.frame(name, asked)
        except da.Refused:
            continue
    stock = reports.frame("open_cases", asked)
    # C1 is open from 5 January to 19 February, C2 from 12 January, C3 from 2 March.
    assert stock["value"].astype(int).tolist() == [1, 2, 2, 2, 2, 2, 1, 1, 2, 2, 2, 2]
    store.engine.dispose()


def test_the_viewer_reads_every_table_but_the_rows_set_aside(site):
    engine = viewer(site["viewer"])
    with engine.connect() as connection:
        for name in inspect(connection).get_table_names():
            allowed = connection.execute(text("SELECT has_table_privilege(:name, 'SELECT')"), {"name": name}).scalar()
            assert allowed == (name != "set_aside"), name
            rest = text("SELECT has_table_privilege(:name, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')")
            assert connection.execute(rest, {"name": name}).scalar() is False, name
    engine.dispose()


def test_the_viewers_account_writes_nothing_whatever_it_tries(site):
    with psycopg.connect(site["viewer"], autocommit=True) as connection:
        connection.execute("SET default_transaction_read_only = off")
        for tried in (
            "UPDATE cases SET closed_on = 1",
            "DELETE FROM contacts",
            "INSERT INTO bank_holiday VALUES (1, 'x')",
            "TRUNCATE event",
            "CREATE TABLE mine (a integer)",
            "CREATE TEMPORARY TABLE mine (a integer)",
            "DROP TABLE event",
            "ALTER TABLE event ADD mine integer",
            "SELECT nextval('event_event_id_seq')",
            "SELECT * FROM set_aside",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(tried)


def test_a_load_with_the_viewers_account_says_which_to_use(site, tmp_path):
    with pytest.raises(CaselightError) as told:
        load(write_folder(tmp_path / "in"), site["viewer"])
    assert str(told.value) == (
        "Nothing was loaded. The database may not be written to by this account. "
        "Use the account that loads, or give this one the right to write."
    )


def test_who_does_not_see_every_row_cannot_copy(site, postgres_server, tmp_path):
    some = site["viewer"].replace("caselight_viewer@", "sees_some@")
    _run(
        postgres_server.replace("/postgres?", "/caselight?"), "CREATE ROLE sees_some LOGIN IN ROLE caselight_viewer;\n"
    )
    _run(site["loader"], "INSERT INTO row_reader VALUES ('sees_some', false, true);\n")
    target = tmp_path / "new.sqlite"
    for url in (some, site["viewer"]):
        with pytest.raises(
            CaselightError, match=r"reads only what it was granted \(row_grant\).*Use the account that loads"
        ):
            copy(url, f"sqlite:///{target}")
        assert not target.exists()
    assert copy(site["loader"], f"sqlite:///{target}").rows["contacts"] == 3


def test_a_viewer_engine_writes_nothing_even_with_the_owners_account(site):
    engine = viewer(site["loader"])
    with engine.connect() as connection, pytest.raises(DBAPIError, match="read-only transaction"):
        connection.execute(update(t.cases).values(closed_on=None))
    engine.dispose()


def test_tables_that_a_later_version_adds_can_be_read(site):
    with psycopg.connect(site["loader"], autocommit=True) as connection:
        connection.execute("CREATE TABLE added_later (a integer)")
    try:
        with psycopg.connect(site["viewer"]) as connection:
            assert connection.execute("SELECT count(*) FROM added_later").fetchone() == (0,)
    finally:
        with psycopg.connect(site["loader"], autocommit=True) as connection:
            connection.execute("DROP TABLE added_later")


def test_a_question_over_its_time_is_told_in_words(site):
    engine = viewer(site["viewer"] + "&statement_timeout=1")
    with engine.connect() as connection, pytest.raises(CaselightError) as told:
        connection.execute(text("SELECT pg_sleep(30)"))
    assert str(told.value) == (
        "The question took longer than 1 s and was stopped. Ask about a shorter period or fewer forces, "
        "or give it longer: add ?statement_timeout=SECONDS to the address of the database."
    )
    with as_service(), engine.connect() as connection:  # the next question finds the connection whole
        assert connection.execute(select(t.force.c.code)).scalars().all() == ["NORTH"]
        assert connection.execute(text("SHOW application_name")).scalar() == "caselight viewer"
        assert connection.execute(text("SHOW statement_timeout")).scalar() == "1s"
    engine.dispose()


@pytest.mark.parametrize("given", ["0", "soon", "99999", "-1"])
def test_a_time_that_is_none_is_refused(site, given):
    with pytest.raises(CaselightError, match="whole seconds, from 1 to 3600"):
        viewer(f"{site['viewer']}&statement_timeout={given}")


def test_without_a_word_in_the_address_a_question_has_thirty_seconds(site):
    engine = viewer(site["viewer"])
    with engine.connect() as connection:
        assert connection.execute(text("SHOW statement_timeout")).scalar() == "30s"
    engine.dispose()


def test_a_loader_waits_a_minute_for_a_lock_and_as_long_as_it_takes_for_its_own_work(site):
    engine = writer(site["loader"] + "&statement_timeout=5")
    with engine.connect() as connection:
        assert connection.execute(text("SHOW lock_timeout")).scalar() == "1min"
        assert connection.execute(text("SHOW statement_timeout")).scalar() == "0"
        assert connection.execute(text("SHOW application_name")).scalar() == "caselight loader"
    engine.dispose()


def test_a_connection_that_was_cut_is_opened_anew(site, postgres_server):
    engine = viewer(site["viewer"])
    with engine.connect() as connection:
        process = connection.execute(text("SELECT pg_backend_pid()")).scalar()
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", (process,))
    with as_service(), engine.connect() as connection:
        assert connection.execute(select(t.force.c.code)).scalars().all() == ["NORTH"]
    engine.dispose()


def test_rows_with_any_text_arrive_by_copy_as_they_were(site):
    from data_access.bulk import insert_rows

    odd = ["a\tb", "a\nb", "back\\slash \\N", "\\.", "carriage\rreturn", "", "žlutý 漢", "'quoted\""]
    engine = writer(site["loader"])
    with engine.connect() as connection:
        rows = [
            {"force_id": 1, "on_day": date(2026, 1, place + 1), "kind": "note", "text": sentence}
            for place, sentence in enumerate(odd)
        ]
        numbered = [{"event_id": 1000 + place, **row} for place, row in enumerate(rows)]
        insert_rows(connection, t.event, numbered)
        asked = select(t.event.c.text).where(t.event.c.event_id >= 1000).order_by(t.event.c.event_id)
        assert connection.execute(asked).scalars().all() == odd
        days = select(t.event.c.on_day).where(t.event.c.event_id == 1003)
        assert connection.execute(days).scalar() == date(2026, 1, 4)
        with pytest.raises(DBAPIError):  # no such force
            insert_rows(connection, t.event, [{**numbered[0], "event_id": 2000, "force_id": 77}])
        connection.rollback()
    engine.dispose()
