"""The walls in PostgreSQL: whatever is asked, by whichever way, a transaction reads the forces that it may."""

import shutil
import subprocess
from datetime import date

import pandas as pd
import psycopg
import pytest
from sqlalchemy import event, func, select, text, update

import data_access as da
from data_access import facts
from data_access import tables as t
from data_access.bulk import insert_rows
from data_access.database import viewer, writer
from data_access.directory import Directory
from data_access.errors import CaselightError
from data_access.store import Store
from data_access.tables import schema
from data_access.walls import as_service, reading
from data_access.worklists import LISTS
from tests.walls.asking import answered, words
from tests.walls.crossing import POOL, narrow_pool

pytestmark = pytest.mark.postgres
NORTH = 4
SLICE = da.Slice(("QX04", "QX08", "QX09"), date(2026, 1, 5), date(2026, 4, 6), "month")
OF_FORCE = [table for table in schema.sorted_tables if "force_id" in table.c]
OPEN_TO_ALL = {"alembic_version", "bank_holiday"}  # the version of the tables, and days off
# Who may do what besides the owner, by hand: everything else that the catalogue holds is an error.
GRANTED = {("walls_viewer", "SELECT"), ("walls_notebook", "SELECT")}
NOT_GRANTED = {("walls_viewer", "set_aside"), ("walls_notebook", "set_aside"), ("walls_notebook", "load_run")}


def _seen(connection, table) -> set:
    column = table.c.force_id if hasattr(table, "c") else text("force_id")
    return set(connection.execute(select(column).select_from(table).distinct()).scalars()) - {None}


def test_the_catalogue_has_no_way_round(site):
    with psycopg.connect(site.admin) as connection:
        ask = lambda sql: connection.execute(sql).fetchall()  # noqa: E731
        ours = "relnamespace = 'public'::regnamespace"
        open_ = ask(
            f"SELECT relname FROM pg_class WHERE {ours} AND relkind IN ('r', 'p') "
            "AND NOT (relrowsecurity AND relforcerowsecurity)"
        )
        assert open_ == []
        assert ask(f"SELECT relname FROM pg_class WHERE {ours} AND relkind IN ('v', 'm', 'f')") == []
        assert ask("SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace") == []
        assert ask("SELECT rolname FROM pg_roles WHERE rolname LIKE 'walls%' AND (rolbypassrls OR rolsuper)") == []
        policies = ask("SELECT tablename, policyname, cmd, roles::text[], qual FROM pg_policies")
        by_table: dict[str, dict] = {}
        for table, policy, command, roles, qual in policies:
            by_table.setdefault(table, {})[policy] = (command, roles, qual)
        tables = {row[0] for row in ask(f"SELECT relname FROM pg_class WHERE {ours} AND relkind = 'r'")}
        assert set(by_table) == tables >= {table.name for table in schema.sorted_tables}
        for table, found in by_table.items():
            assert set(found) == {"loads", "reads"}, table
            assert found["loads"] == ("ALL", ["walls_loader"], "true"), table
            assert found["reads"][0] == "SELECT", table
            assert (found["reads"][2] == "true") == (table in OPEN_TO_ALL), table


def test_nobody_was_granted_more_than_is_listed(site):
    with psycopg.connect(site.admin) as connection:
        found = connection.execute(
            "SELECT c.relname, a.grantee::regrole::text, a.privilege_type FROM pg_class c, aclexplode(c.relacl) a "
            "WHERE c.relnamespace = 'public'::regnamespace AND a.grantee <> c.relowner"
        ).fetchall()
        assert {(who, what) for _, who, what in found} == GRANTED
        tables = {row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
        wanted = {(who, table) for who, _ in GRANTED for table in tables} - NOT_GRANTED
        assert {(who, table) for table, who, _ in found} == wanted


@pytest.mark.parametrize("table", OF_FORCE, ids=lambda table: table.name)
def test_a_transaction_reads_the_forces_that_it_names_and_none_without_a_name(site, table):
    engine, whole = viewer(site.viewer), viewer(site.loader)
    with whole.connect() as connection:
        everything = _seen(connection, table)
    with engine.connect() as connection:
        assert _seen(connection, table) == set()
    with reading([NORTH, 9]), engine.connect() as connection:
        assert _seen(connection, table) == everything & {NORTH, 9}
    with as_service(), engine.connect() as connection:
        assert _seen(connection, table) == everything
    with engine.connect() as connection:
        assert _seen(connection, table) == set()
    for one in (engine, whole):
        one.dispose()


def test_nothing_stays_in_a_connection_that_goes_back_to_the_pool(site):
    """Who takes a connection of the pool past the engine's own beginning finds no name in it, and no row."""
    engine = narrow_pool(site.viewer)
    for _ in range(POOL + 1):
        with reading([NORTH]), engine.connect() as connection:
            assert _seen(connection, t.cases) == {NORTH}
            connection.commit()
    held = [engine.raw_connection() for _ in range(POOL)]
    for raw in held:
        found = raw.driver_connection.execute("SELECT current_setting('caselight.forces', true), count(*) FROM cases")
        assert found.fetchone() in (("", 0), (None, 0))
        raw.close()
    engine.dispose()


def test_every_way_of_asking_meets_the_wall(site):
    """Also those in which no predicate of ours stands: text, pandas, joins, unions, sub-queries, windows."""
    engine = viewer(site.viewer)
    case_, own = t.cases.c, t.cases.alias()
    with reading([NORTH]):
        for question in (
            select(case_.force_id),
            text("SELECT force_id FROM cases"),
            select(own.c.force_id).union(select(t.contacts.c.force_id)),
            select(select(case_.force_id).subquery().c.force_id),
            text("SELECT max(force_id) OVER () FROM cases UNION ALL SELECT force_id FROM fact_case_state"),
            text("SELECT c.force_id FROM force f JOIN cases c ON c.force_id = f.force_id"),
            text("SELECT force_id FROM published_figure JOIN published_run USING (run_id)"),
        ):
            assert set(pd.read_sql(question, engine).iloc[:, 0]) == {NORTH}, str(question)
        assert pd.read_sql(text("SELECT count(*) FROM published_figure"), engine).iloc[0, 0] == 3
        assert pd.read_sql(text("SELECT count(*) FROM set_aside WHERE false"), writer(site.loader)).iloc[0, 0] == 0
    engine.dispose()


def test_a_notebooks_login_reads_its_force_whatever_is_typed(site):
    with psycopg.connect(site.north) as connection:
        for typed in ("SELECT 1", "SELECT set_config('caselight.forces', '1,2,3,4,5,6,7,8,9', false)"):
            connection.execute(typed)
            for table in OF_FORCE:
                found = {row[0] for row in connection.execute(f"SELECT DISTINCT force_id FROM {table.name}")}
                assert found <= {NORTH, None}, table.name
            assert connection.execute("SELECT count(*) FROM published_figure").fetchone() == (3,)
            granted = connection.execute("SELECT login, force_id FROM row_grant").fetchall()
            assert granted == [("walls_north", NORTH)]
    for tried in (
        "SELECT * FROM load_run",
        "SELECT * FROM set_aside",
        "INSERT INTO row_grant VALUES ('walls_north', 1)",
        "UPDATE row_reader SET every_force = true",
        "SET ROLE walls_viewer",
        "CREATE VIEW mine AS SELECT * FROM cases",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
    ):
        with psycopg.connect(site.north, autocommit=True) as connection:
            connection.execute("SET default_transaction_read_only = off")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(tried)


def test_code_moves_between_notebook_and_page_and_shows_the_same(site):
    page = da.connect(site.viewer, "sql", "memory")
    notebook = da.connect(site.north, "sql", "memory")
    assert notebook.force_codes() == ("QX04",)
    assert len(page.force_codes()) == 9
    ours, theirs = (store.reports(da.Scope.local(("QX04",), "service_manager")) for store in (page, notebook))
    for measure in ("open_cases", "contact_success", "time_to_first_contact"):
        assert ours.frame(measure, SLICE).equals(theirs.frame(measure, SLICE))
    assert ours.table("cases", SLICE).equals(theirs.table("cases", SLICE))
    for store in (page, notebook):
        store.engine.dispose()


@pytest.mark.parametrize("counter", ["sql", "arrays"])
def test_where_the_scope_were_forgotten_the_database_still_holds(site, monkeypatch, counter):
    """Without the scope in the directory every force is asked for; the answer is that of the own force all the same."""
    scope = da.Scope("somebody", "service_manager", frozenset({"QX04"}))
    doors = [lambda r, name=name: r.rows(name, SLICE, da.Page(1, 500)).frame for name in LISTS]
    doors += [lambda r, name=name: r.table(name, SLICE) for name in ("cases", "contacts", "risk_assessments", "events")]
    doors += [
        lambda r: r.frame("open_cases", SLICE, ("force",)).query("value > 0").to_dict(),
        lambda r: r.last_runs(("QX08",)),
    ]
    monkeypatch.setattr(Directory, "within", lambda self, *_: self)
    reports = da.connect(site.viewer, counter, "memory").reports(scope)
    told = [words(ask(reports)) for ask in doors]
    assert any("QX04" in said for said in told)
    assert not [said for said in told if "QX08" in said or "QX09" in said]


def test_an_account_without_a_right_is_told_so_and_shows_no_empty_page(site):
    with psycopg.connect(site.admin, autocommit=True) as connection:
        connection.execute("CREATE ROLE walls_new LOGIN IN ROLE walls_notebook")
    with pytest.raises(CaselightError, match="'walls_new' may not read any force yet"):
        viewer(site.admin.replace("postgres@", "walls_new@"))


def test_a_new_force_is_granted_to_who_reads_every_force_and_to_nobody_else(site):
    engine = writer(site.loader)
    with engine.connect() as connection:
        insert_rows(connection, t.force, [{"force_id": 77, "code": "NEW", "name": "New"}])
        granted = connection.execute(text("SELECT login FROM row_grant WHERE force_id = 77")).scalars().all()
        assert granted == ["walls_viewer"]
        connection.rollback()
    engine.dispose()


def test_rows_arrive_through_the_walls_as_they_were_sent(site):
    engine = writer(site.loader)
    odd = ["a\tb", "back\\slash \\N", "\\.", "", "žlutý 漢"]
    with engine.connect() as connection:
        rows = [{"event_id": 900 + n, "force_id": NORTH, "on_day": date(2026, 1, 1 + n), "kind": "note", "text": word}
                for n, word in enumerate(odd)]  # fmt: skip
        insert_rows(connection, t.event, rows)
        insert_rows(connection, t.event, [{**rows[0], "event_id": 990, "on_day": date(2026, 2, 1)}])  # twice in one go
        asked = select(t.event.c.text).where(t.event.c.event_id.between(900, 980)).order_by(t.event.c.event_id)
        assert connection.execute(asked).scalars().all() == odd
        connection.rollback()
    engine.dispose()


@pytest.mark.skipif(not shutil.which("pg_dump"), reason="pg_dump is not installed")
def test_the_backup_of_the_page_holds_every_row_and_comes_back_with_the_walls(site, postgres_server, tmp_path):
    dump = tmp_path / "walls.dump"
    subprocess.run(
        ["pg_dump", "--enable-row-security", "--format=custom", f"--file={dump}", site.loader], check=True, timeout=120
    )
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE walls_back OWNER walls_loader TEMPLATE template0")
    back = site.loader.replace("/walls?", "/walls_back?")
    subprocess.run(["pg_restore", f"--dbname={back}", "--clean", "--if-exists", str(dump)], check=True, timeout=120)
    there, here = writer(site.loader), writer(back)
    for table in (*t.SOURCE_TABLES, *facts.FACTS):
        counted = select(func.count()).select_from(table)
        with there.connect() as one, here.connect() as other:
            assert one.scalar(counted) == other.scalar(counted), table.name
    with here.connect() as connection:
        forced = "SELECT count(*) FROM pg_class WHERE relforcerowsecurity AND relnamespace = 'public'::regnamespace"
        with there.connect() as other:
            assert connection.scalar(text(forced)) == other.scalar(text(forced)) > 50
    for engine in (there, here):
        engine.dispose()


def test_what_a_person_sees_is_what_sqlite_shows(site, pool):
    """Every list and some figures, over the walls and without any."""
    with_walls = da.connect(site.viewer, "arrays", "memory")
    without = Store(pool.database(range(1, 10)), "sql")
    for scope in (
        da.Scope("manager", "service_manager", frozenset({"QX04", "QX09"})),
        da.Scope("supervisor", "supervisor", frozenset({"QX04", "QX09"}), frozenset({"T1", "QX09/QX09T2"})),
    ):
        mine, theirs = with_walls.reports(scope), without.reports(scope)
        for name in LISTS:
            door = type("Door", (), {"ask": staticmethod(lambda r, name=name: r.rows(name, SLICE, da.Page(1, 500)))})
            assert answered(mine, door) == answered(theirs, door), name
    with_walls.engine.dispose()


@pytest.mark.parametrize("counter", ["sql", "arrays"])
def test_one_state_that_is_held_is_read_through_the_walls_too(site, counter):
    """With newer data at every look the answer comes from one transaction, which names the asker's force anew."""
    scope = da.Scope("somebody", "service_manager", frozenset({"QX04"}))
    quiet = da.connect(site.viewer, counter, "memory")
    right = quiet.reports(scope).frame("open_cases", SLICE.having(forces=("QX04",)), ("force",)).to_csv()
    assert "QX04" in right
    store, loader, commits = da.connect(site.viewer, counter, "memory"), writer(site.loader), []
    store.directory()

    def load(_connection) -> None:
        commits.append(1)
        with loader.begin() as connection:
            connection.execute(update(t.data_version).values(version=t.data_version.c.version + 1))

    event.listen(store.engine, "begin", load)
    found = store.reports(scope).frame("open_cases", SLICE.having(forces=("QX04",)), ("force",))
    assert found.to_csv() == right
    assert set(found["force"]) == {"QX04"}
    assert len(commits) > 3
    for engine in (quiet.engine, store.engine, loader):
        engine.dispose()
