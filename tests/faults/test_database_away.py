"""The database is away: at the start, in the middle, slow, or busy. It is said, nothing is invented, and it goes on."""

import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import cycle

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

import data_access as da
from data_access import database
from data_access.database import viewer, writer
from data_access.faults import POOL_SECONDS, Busy, Unreachable, in_words
from data_access.migrate import upgrade
from data_access.worked_examples import write_rows
from tests.faults.line import Line
from tests.faults.people import Person
from tests.fixtures.browser import free_port, start, stop
from tests.fixtures.databases import wait_for

AS_OF = date(2026, 11, 22)
AWAY = "The data cannot be reached just now"
GRAINS = cycle(("month", "4week", "quarter", "week"))


def filled(url: str) -> None:
    """A force of thirty cases."""
    engine = writer(url)
    upgrade(engine)
    days = [AS_OF - timedelta(days=2 * i + 10) for i in range(30)]
    rows = {
        "cases": [{"source_id": f"C{i}", "opened_on": day} for i, day in enumerate(days)],
        "risk_assessments": [
            {"source_id": f"A{i}", "case": f"C{i}", "assessed_on": day, "level": "high"} for i, day in enumerate(days)
        ],
    }
    with engine.begin() as connection:
        write_rows(connection, rows, AS_OF, 1, "ALDER")
    engine.dispose()


@pytest.fixture
def line(postgres_url) -> Iterator[Line]:
    filled(postgres_url)
    made = Line(postgres_url)
    yield made
    made.close()


@pytest.fixture
def serving(tmp_path) -> Iterator:
    """A function that serves a database, with a register in a file, or at an address."""
    started = []

    def serve(url: str, register: str = ""):
        port = free_port()
        base = f"http://localhost:{port}"
        command = [sys.executable, "-m", "dashboard", "serve", "--database", url, "--port", str(port)]
        given = {"CASELIGHT_REGISTER": register or f"sqlite:///{tmp_path}/r.sqlite", "CASELIGHT_ARRAYS": "memory"}
        started.append(start(command, f"{base}/health", tmp_path / "log", base, **given))
        return started[-1]

    yield serve
    for server in started:
        stop(server.process)


def ready(base: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"{base}/ready", timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.postgres
def test_away_at_the_start_it_is_said_and_found_again_without_a_restart(line, serving):
    line.down()
    server = serving(line.url)
    page = Person(server.url)
    assert AWAY in page.source
    assert page.parts == {}, "no figure, no empty chart"
    assert not any(word in page.source for word in ("0 cases", line.url, str(line.folder), "psycopg", "Traceback"))
    assert ready(server.url) == (503, "not ready\n")
    with urllib.request.urlopen(f"{server.url}/health", timeout=5) as answer:
        assert answer.status == 200
    line.up()
    wait_for(lambda: ready(server.url) == (200, "ready\n"), 10, "not ready ten seconds after it was there")
    assert Person(server.url, "?page=caseload").heading == "Caseload"
    log = server.log.read_text(errors="replace")
    assert "does not answer" in log
    assert str(line.folder) not in log


def lost(person: Person, view: str) -> tuple[dict, str]:
    """Choose something until the page says that the data are away: for five seconds it answers from what it holds.

    What it says then, and how the view stood just before.
    """
    end = time.monotonic() + 90  # much more than five seconds: the machine may have other work
    while time.monotonic() < end:
        before = person.parts[view]["html"]
        told = person.filter(set="grain", value=next(GRAINS))
        if AWAY in str(told):
            return told, before
    raise AssertionError("the page did not notice")


@pytest.mark.postgres
@pytest.mark.parametrize("register", ["a file", "the same database"])
def test_lost_in_the_middle_the_view_stays_marked_and_goes_on_by_itself(line, serving, register):
    server = serving(line.url, line.url if register == "the same database" else "")
    person = Person(server.url, "?page=caseload")
    view = person.part("<h1>Caseload</h1>")
    line.down()
    told, before = lost(person, view)
    said = str(told["parts"])
    assert "(Reference " in said
    assert "What stands below is as it was at " in said
    assert view not in told["parts"], "the view stays as it was"
    assert person.parts[view]["html"] == before
    assert "root" not in told
    again = person.filter(set="grain", value=next(GRAINS))
    assert AWAY in str(again["parts"])
    assert "root" not in again, "the view stays a second time"
    wait_for(lambda: ready(server.url)[0] == 503, 10, "it is said to be ready")
    line.up()
    wait_for(lambda: AWAY not in str(person.filter(set="grain", value=next(GRAINS))), 15, "it did not go on by itself")
    assert "30" in person.parts[person.part("<h1>Caseload</h1>")]["html"]
    reference = said.partition("(Reference ")[2][:6]
    log = server.log.read_text(errors="replace")
    assert reference in log
    assert "Traceback" not in log


@pytest.mark.postgres
def test_a_slow_question_is_stopped_in_words_and_others_do_not_wait(line, serving):
    server = serving(f"{line.url}&statement_timeout=3")
    slow, other = Person(server.url, "?page=caseload"), Person(server.url, "?page=caseload")
    blocker = writer(line.url)
    with blocker.connect() as connection, ThreadPoolExecutor(1) as pool:
        connection.execute(text("LOCK TABLE cases IN ACCESS EXCLUSIVE MODE"))
        began = time.monotonic()
        waiting = pool.submit(slow.say, slow.part("<h1>Caseload</h1>"), do="list", list="open_cases")
        assert "How to read a figure" in str(other.say(do="page", page="help")["parts"])
        assert not waiting.done(), "the other did not wait for the slow one"
        assert "took longer than 3 s" in str(waiting.result(30))
        assert time.monotonic() - began < 15
        connection.rollback()
    blocker.dispose()
    told = slow.say(slow.part("<h1>Caseload</h1>"), do="list", list="review_overdue")
    assert "took longer" not in str(told["parts"])


def _first_that_needs_the_database(url: str) -> Person:
    """For five seconds after the last look a page is made of what is held."""
    while (page := Person(url)).status == 200:
        continue
    return page


@pytest.mark.postgres
def test_a_page_that_waits_for_the_database_holds_nobody_elses(line, serving):
    server = serving(f"{line.url}&statement_timeout=3")
    other, pages = Person(server.url, "?page=caseload"), ThreadPoolExecutor(1)
    blocker = writer(line.url)
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with blocker.connect() as connection, blocker.connect() as watcher:
        connection.execute(text("LOCK TABLE force IN ACCESS EXCLUSIVE MODE"))
        asked = pages.submit(_first_that_needs_the_database, server.url)
        wait_for(lambda: watcher.execute(waiting).scalar_one() or asked.done(), 20, "nobody waits")
        with urllib.request.urlopen(f"{server.url}/health", timeout=2) as answer:
            assert answer.status == 200
        assert "How to read a figure" in str(other.say(do="page", page="help")["parts"])
        assert not asked.done(), "the others did not wait for the page"
        page = asked.result(30)
        assert page.status == 503
        assert "took longer than 3 s" in page.source
        assert page.parts == {}
    pages.shutdown()
    blocker.dispose()
    assert Person(server.url).status == 200


def test_a_full_pool_is_waited_for_a_little_and_then_said(sample_url, monkeypatch):
    assert POOL_SECONDS <= 5
    monkeypatch.setattr(database, "POOL_SECONDS", 0.2)
    store = da.connect(sample_url)
    reports = store.reports(da.Scope.local(store.force_codes(), "service_manager"))
    asked = da.Slice(store.force_codes(), date(2026, 8, 24), date(2026, 11, 23))
    reports.rows("open_cases", asked)
    held = [store.engine.connect() for _ in range(32)]
    with pytest.raises(SQLAlchemyError) as raised:
        reports.rows("review_overdue", asked)
    assert isinstance(in_words(raised.value), Busy)
    assert "Try again in a few seconds" in str(in_words(raised.value))
    held.pop().close()
    assert reports.rows("review_overdue", asked).total, "no deadlock: the next free connection is taken"
    for connection in held:
        connection.close()
    store.engine.dispose()


@pytest.mark.postgres
def test_too_many_sessions_of_the_server_are_busy_and_a_stopped_one_is_away(line):
    engine = viewer(line.url)
    loader = writer(line.url)
    with engine.connect() as connection:
        number = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with loader.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:number)"), {"number": number})
        with pytest.raises(SQLAlchemyError) as raised:
            connection.execute(text("SELECT 1"))
    assert isinstance(in_words(raised.value), Unreachable)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1, "the next question finds a connection"
    engine.dispose()
    loader.dispose()


def test_other_errors_are_not_taken_for_an_absence(sample_url):
    engine = viewer(sample_url)
    with engine.connect() as connection, pytest.raises(SQLAlchemyError) as raised:
        connection.execute(text("SELECT nothing FROM nowhere"))
    assert in_words(raised.value) is None
    assert in_words(ValueError("x")) is None
    engine.dispose()
