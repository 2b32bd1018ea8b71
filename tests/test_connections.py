"""A viewer's connections: kept, given back without a transaction, never to a file that was replaced."""

import os
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import OperationalError

import data_access as da
from data_access import tables as t
from data_access.database import viewer, writer


@pytest.fixture
def engine(sample_copy):
    found = viewer(sample_copy)
    yield found
    found.dispose()


def ask(engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(t.cases)).scalar_one()


def test_one_connection_answers_many_questions(engine):
    opened = []
    event.listen(engine, "connect", lambda *_: opened.append(1))
    first = ask(engine)
    assert [ask(engine) for _ in range(20)] == [first] * 20
    assert len(opened) <= 1  # the look at the schema opened one already


def test_threads_ask_at_the_same_time(engine):
    expected = ask(engine)
    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(lambda _: ask(engine), range(200))) == {expected}


def test_nothing_is_read_from_the_past_and_no_transaction_stays_open(sample_copy):
    store = da.connect(sample_copy)
    reports = store.reports(da.Scope.local(store.force_codes(), "service_manager"))
    asked = da.Slice(store.force_codes(), date(2026, 6, 1), date(2026, 10, 5), "week")
    reports.frame("open_cases", asked, by=("level",))
    reports.frame("reached", asked)
    before = ask(store.engine)
    loader = writer(sample_copy)
    with loader.begin() as connection:
        connection.execute(update(t.force).values(name="Renamed"))
        connection.execute(t.bank_holiday.insert().values(on_day=date(2031, 1, 1), name="Day"))
    with loader.connect() as connection:
        # Were a reader's snapshot held, the log could not be folded in: busy would be 1 and frames would stay.
        busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    assert busy == 0
    assert os.path.getsize(sample_copy.removeprefix("sqlite:///") + "-wal") == 0
    assert ask(store.engine) == before
    with store.engine.connect() as connection:
        assert set(connection.execute(select(t.force.c.name)).scalars()) == {"Renamed"}
        held = connection.connection.driver_connection
    assert isinstance(held, sqlite3.Connection)
    assert not held.in_transaction
    loader.dispose()
    store.engine.dispose()


def test_a_replaced_file_is_seen_at_the_next_question(engine, sample_copy, tmp_path):
    path = sample_copy.removeprefix("sqlite:///")
    assert ask(engine) > 0
    other = tmp_path / "other.sqlite"
    shutil.copy(path, other)
    with sqlite3.connect(other) as raw:
        raw.execute("INSERT INTO bank_holiday VALUES (1, 'Only in the other file')")
    raw.close()
    os.replace(other, path)
    with engine.connect() as connection:
        names = connection.execute(select(t.bank_holiday.c.name)).scalars().all()
    assert "Only in the other file" in names


def test_it_cannot_write(engine):
    with engine.connect() as connection, pytest.raises(OperationalError, match="readonly"):
        connection.execute(update(t.force).values(name="x"))
