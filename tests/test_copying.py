"""Moving a site: the same rows and the same figures on the other side, or a target as it was."""

import sqlite3
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import Engine, create_engine, event, insert, select

import data_access as da
from dashboard.cli import main
from data_access import tables as t
from data_access.copying import copy
from data_access.database import writer
from data_access.errors import CaselightError
from data_access.ingest import load
from tests.ingest.own import extract, with_row, write_folder

FIGURES = (("open_cases", "level"), ("contact_success", "outcome"), ("reached", "force"), ("time_to_first_contact", ""))


def rows_of(url: str) -> dict[str, list[tuple]]:
    """Every row of every source table, read by an engine of the test's own."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        found = {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in t.SOURCE_TABLES
        }
    engine.dispose()
    return found


def elsewhere(files: dict) -> dict:
    """The extract as that of a force which the sample does not know."""
    return {
        name: [["ELSE" if cell == "NORTH" else cell for cell in row] for row in rows] for name, rows in files.items()
    }


def figures_of(url: str) -> list[pd.DataFrame]:
    store = da.connect(url)
    reports = store.reports(da.Scope.local(store.force_codes(), "service_manager"))
    asked = da.Slice(store.force_codes(), date(2025, 1, 6), date(2026, 10, 5), "4week")
    found = [reports.frame(name, asked, by=(key,) if key else ()) for name, key in FIGURES]
    store.engine.dispose()
    return found


@pytest.fixture
def site(sample_copy, tmp_path) -> str:
    """The sample and what a site has besides: a row set aside, an event, a standard, a target, a published file."""
    bad = with_row(
        "contacts", ["NORTH", "K9", "C2", "ADV-01", "03/03/2026", *["outbound", "victim", "phone"], "", "", ""]
    )
    load(write_folder(tmp_path / "extract", elsewhere(bad)), sample_copy)
    engine = writer(sample_copy)
    with engine.begin() as connection:
        connection.execute(insert(t.standard).values(standard_id=4, kind="review_within", name="high", amount=28))
        connection.execute(insert(t.target).values(target_id=2, measure="reached", at_least=0.8, source="The \\ board"))
        run = {"force_id": 1, "week": "2026-W01", "week_first_on": date(2025, 12, 29), "data_version": 1}
        run |= {"made_at": pd.Timestamp("2026-01-05 06:00").to_pydatetime(), "as_of": date(2026, 1, 4)}
        connection.execute(insert(t.published_run).values(run_id=7, product_version="1", file="a", digest="b", **run))
        figure = {"measure": "open_cases", "grain": "week", "keys": "", "period_start": date(2025, 12, 29)}
        connection.execute(
            insert(t.published_figure).values(figure_id=9, run_id=7, value=1 / 3, note="a\tb\nc\\", **figure)
        )
    engine.dispose()
    return sample_copy


def sqlite_url(path: Path) -> str:
    return f"sqlite:///{path.as_posix()}"


@pytest.mark.postgres
def test_there_and_back_every_row_and_every_figure_is_the_same(site, postgres_url, tmp_path):
    before, figures = rows_of(site), figures_of(site)
    assert before["set_aside"]
    assert before["event"]
    there = copy(site, postgres_url)
    assert there.rows == {name: len(rows) for name, rows in before.items()}
    assert rows_of(postgres_url) == before
    back = sqlite_url(tmp_path / "back.sqlite")
    assert copy(postgres_url, back) == there
    assert rows_of(back) == before
    for url in (postgres_url, back):
        for frame, expected in zip(figures_of(url), figures, strict=True):
            pd.testing.assert_frame_equal(frame, expected)


@pytest.mark.postgres
def test_a_copied_site_can_be_loaded_further(site, postgres_url, tmp_path):
    copy(site, postgres_url)
    more = with_row("events", ["NORTH", "2026-03-01", "note", "A second note"])
    report = load(write_folder(tmp_path / "more", elsewhere(more)), postgres_url)
    assert report.loaded == 1
    engine = writer(postgres_url)
    with engine.begin() as connection:  # a key of the database's own, after those that were copied
        made = connection.execute(insert(t.standard).values(kind="k", name="n", amount=1)).inserted_primary_key
    engine.dispose()
    assert made is not None
    assert made[0] == 5


def test_a_target_that_holds_rows_is_refused_and_left(site, sample_url, tmp_path):
    other = sqlite_url(tmp_path / "other.sqlite")
    load(write_folder(tmp_path / "own", extract()), other)
    before = rows_of(other)
    with pytest.raises(CaselightError, match=r"not empty: its table 'force'.*does not exist yet"):
        copy(site, other)
    assert rows_of(other) == before


def test_a_database_is_not_copied_onto_itself(site):
    before = rows_of(site)
    with pytest.raises(CaselightError, match="not empty"):
        copy(site, site)
    assert rows_of(site) == before


def test_a_broken_copy_leaves_no_new_file(site, tmp_path):
    # A row that the target's tables do not take: no such force. SQLite checks nothing when it is told not to.
    with sqlite3.connect(site.removeprefix("sqlite:///")) as raw:
        raw.execute("UPDATE contacts SET case_id = 999999 WHERE contact_id = (SELECT max(contact_id) FROM contacts)")
    target = tmp_path / "new.sqlite"
    with pytest.raises(CaselightError, match="the target is as it was"):
        copy(site, sqlite_url(target))
    assert not list(tmp_path.glob("new.sqlite*"))


@pytest.mark.postgres
def test_a_broken_copy_leaves_an_empty_postgres_empty(site, postgres_url):
    with sqlite3.connect(site.removeprefix("sqlite:///")) as raw:
        raw.execute("UPDATE contacts SET case_id = 999999 WHERE contact_id = (SELECT max(contact_id) FROM contacts)")
    with pytest.raises(CaselightError, match="the target is as it was"):
        copy(site, postgres_url)
    engine = create_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        tables = connection.exec_driver_sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").scalar()
    engine.dispose()
    assert tables == 0


def test_a_source_of_another_version_is_refused(site, tmp_path):
    with sqlite3.connect(site.removeprefix("sqlite:///")) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(CaselightError, match="another version"):
        copy(site, sqlite_url(tmp_path / "new.sqlite"))
    assert not (tmp_path / "new.sqlite").exists()


def test_a_source_of_a_newer_version_asks_for_the_newest(site, tmp_path):
    with sqlite3.connect(site.removeprefix("sqlite:///")) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(CaselightError, match=r"newer version of caselight\. Install the newest version here"):
        copy(site, sqlite_url(tmp_path / "new.sqlite"))
    assert not (tmp_path / "new.sqlite").exists()


def test_a_copy_that_fails_leaves_what_somebody_else_loaded_meanwhile(site, tmp_path):
    target, begun = tmp_path / "new.sqlite", []

    def quicker(connection, _record) -> None:
        (_, _, file) = connection.execute("PRAGMA database_list").fetchone()
        if file.endswith("new.sqlite") and not begun:
            begun.append(file)
            load(write_folder(tmp_path / "own", extract()), sqlite_url(target))

    event.listen(Engine, "connect", quicker)
    try:
        with pytest.raises(CaselightError, match="not empty"):
            copy(site, sqlite_url(target))
    finally:
        event.remove(Engine, "connect", quicker)
    assert begun
    assert len(rows_of(sqlite_url(target))["contacts"]) == 3


def test_the_command_prints_the_rows_of_each_table(site, tmp_path, capsys):
    target = sqlite_url(tmp_path / "new.sqlite")
    with pytest.raises(SystemExit) as ended:
        main(["copy", site, target])
    printed = capsys.readouterr()
    assert ended.value.code in (0, None), printed.err
    counted = {line.split()[0]: line.split()[1] for line in printed.out.splitlines()[:-1]}
    rows = rows_of(target)
    assert counted == {name: f"{len(found):,}" for name, found in rows.items() if found}
    total = sum(map(len, rows.values()))
    assert printed.out.splitlines()[-1].startswith(f"copied {total:,} rows of {len(rows)} tables")
