"""The first load of a file: made whole or not at all, whoever loads beside it and whatever stands in it."""

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread, get_ident

import pytest
from sqlalchemy import Engine, event

from data_access.errors import CaselightError
from data_access.ingest import load
from tests.ingest.own import ROWS, extract, with_row, write_folder

# Ends itself, as kill -9 does, when so many tables have been made.
KILLED = """
import os, signal, sys
from sqlalchemy import Engine, event
from data_access.ingest import load
made = []
@event.listens_for(Engine, "after_cursor_execute")
def _made(_connection, _cursor, statement, *_):
    made.extend(["a table"] * statement.lstrip().startswith("CREATE TABLE"))
    if len(made) == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
load(sys.argv[1], sys.argv[2])
"""


def tables(path: Path) -> list[str]:
    with sqlite3.connect(path) as raw:
        return [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]


class Beside:
    """A load in a thread, and the moment at which it first wants to write."""

    def __init__(self, source: Path, url: str):
        self.source, self.url = source, url
        self.wants_to_write, self.told = Event(), ""
        self.thread = Thread(target=self._load)

    def begin(self) -> None:
        """Start the load, and go on when it wants to write."""
        if self.thread.ident is None:
            event.listen(Engine, "before_cursor_execute", self._asked)
            self.thread.start()
            assert self.wants_to_write.wait(30)

    def end(self) -> None:
        """Wait until it has ended."""
        self.thread.join(60)
        assert not self.thread.is_alive()
        event.remove(Engine, "before_cursor_execute", self._asked)

    def _asked(self, _connection, _cursor, statement, *_) -> None:
        first = statement.lstrip().startswith(("BEGIN IMMEDIATE", "CREATE TABLE", "INSERT INTO load_run"))
        if first and get_ident() == self.thread.ident:
            self.wants_to_write.set()

    def _load(self) -> None:
        try:
            self.told = load(self.source, self.url).sentence
        except CaselightError as error:
            self.told = str(error)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system knows no SIGKILL")
@pytest.mark.parametrize("made", [1, 20])
def test_a_load_that_is_killed_leaves_a_file_that_can_be_loaded(tmp_path, database, made):
    source = write_folder(tmp_path / "in")
    ended = subprocess.run([sys.executable, "-c", KILLED, str(source), database.url, str(made)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert tables(database.path) == []
    assert load(source, database.url).loaded == ROWS


def test_the_second_of_two_first_loads_finds_the_tables_made(tmp_path, database):
    source = write_folder(tmp_path / "in")
    second = Beside(source, database.url)
    first = get_ident()

    def making(_connection, _cursor, statement, *_) -> None:
        if get_ident() == first and statement.lstrip().startswith("CREATE TABLE"):
            second.begin()

    event.listen(Engine, "after_cursor_execute", making)
    try:
        told = load(source, database.url).sentence
    finally:
        event.remove(Engine, "after_cursor_execute", making)
        second.end()
    assert sorted((told, second.told)) == [
        f"read {ROWS} = loaded 0 + unchanged {ROWS} + set aside 0",
        f"read {ROWS} = loaded {ROWS} + unchanged 0 + set aside 0",
    ]


def test_a_load_beside_another_waits_and_is_loaded_after_it(tmp_path, database):
    load(write_folder(tmp_path / "before"), database.url)
    more = write_folder(tmp_path / "more", with_row("events", ["NORTH", "2026-03-01", "note", "A second note"]))
    other = write_folder(tmp_path / "other", with_row("events", ["NORTH", "2026-03-02", "note", "A third note"]))
    second = Beside(other, database.url)
    try:
        assert load(more, database.url, progress=lambda *_: second.begin()).loaded == 1
    finally:
        second.end()
    assert second.told == f"read {ROWS + 1} = loaded 1 + unchanged {ROWS} + set aside 0"
    assert database.rows("load_run", "load_id", "source") == [(1, "before"), (2, "more"), (3, "other")]


def test_a_file_of_another_program_is_refused_and_left_as_it_is(tmp_path, database):
    with sqlite3.connect(database.path) as raw:
        raw.executescript("CREATE TABLE contacts (name TEXT); CREATE TABLE orders (id INTEGER); CREATE TABLE z (a);")
        raw.execute("CREATE TABLE zz (a)")
    before = database.path.read_bytes()
    with pytest.raises(CaselightError, match=r"not of caselight: 'contacts', 'orders', 'z' and 1 more\. Nothing was"):
        load(write_folder(tmp_path / "in", extract()), database.url)
    assert database.path.read_bytes() == before


def test_a_file_that_an_earlier_version_left_half_made_is_told(tmp_path, database):
    with sqlite3.connect(database.path) as raw:
        raw.executescript("CREATE TABLE alembic_version (version_num TEXT); CREATE TABLE bank_holiday (on_day INTEGER)")
    with pytest.raises(CaselightError, match=r"not made to their end.*Delete it"):
        load(write_folder(tmp_path / "in"), database.url)
    assert tables(database.path) == ["alembic_version", "bank_holiday"]
