"""While data are loaded: every answer is of one version, and one thread reads for all."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier, Event, Thread

import pytest
from sqlalchemy import create_engine, delete, event, func, select, text, update

import data_access as da
from data_access import facts
from data_access import store as stores
from data_access import tables as t
from data_access.arrays.columns import held, read, sorted_by
from data_access.database import viewer, writer
from data_access.errors import Moved
from data_access.store import Store
from data_access.tally import SqlCounter, Tally
from data_access.transactions import one_state
from sample_data.generate import write_sample

FORCES = ("EAST", "NORTH", "WEST")
SLICE = da.Slice(FORCES, date(2026, 6, 1), date(2026, 11, 23))
SCOPE = da.Scope.local(FORCES, "service_manager")
# Two facts in one figure: versions that mix would show in the ratio.
QUESTIONS = (("cases_per_fte", ("force",)), ("open_cases", ("level",)), ("contact_success", ()), ("case_age", ()))


def _turn_over(engine) -> None:
    """The other state of the data: other levels, larger posts, stretches that end sooner."""
    with engine.begin() as connection:
        version = connection.scalar(select(func.max(t.data_version.c.version)))
        fewer = version % 2
        state, post, contact = facts.case_state, facts.post, facts.contact
        connection.execute(update(state).values(level=3 - state.c.level))
        connection.execute(update(state).values(until=state.c.since + 1 if fewer else state.c.due_on))
        connection.execute(update(post).values(fte=post.c.fte + (50 if fewer else -50)))
        connection.execute(update(contact).values(success=1 - contact.c.success))
        connection.execute(update(t.data_version).values(version=t.data_version.c.version + 1))


def _answers(reports) -> dict[str, str]:
    return {name: reports.frame(name, SLICE, by).to_csv() for name, by in QUESTIONS}


def _both_states(url: str, loader) -> list[dict[str, str]]:
    """The answers that are right before and after each turn, by the database's own counting."""
    right = []
    for _ in range(2):
        quiet = Store(viewer(url), "sql")
        right.append(_answers(quiet.reports(SCOPE)))
        quiet.engine.dispose()
        _turn_over(loader)
    return right


@pytest.fixture(scope="module")
def postgres_sample(new_postgres) -> str:
    """The sample on PostgreSQL, which all tests of this file turn over."""
    url = new_postgres()
    write_sample(url)
    _ready(url)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, sample_copy) -> str:
    """A database that a loader may change, on either kind of server."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_sample")
    _ready(sample_copy)
    return sample_copy


def _ready(url: str) -> None:
    """Keep the ends of the stretches, to turn them back. Writers set the write-ahead log, as every loader does."""
    engine = writer(url)
    with engine.begin() as connection:
        connection.execute(update(facts.case_state).values(due_on=facts.case_state.c.until))
    engine.dispose()


def test_every_answer_is_of_one_version_while_a_loader_commits_all_the_while(url, monkeypatch):
    monkeypatch.setattr(stores, "LOOK_AGAIN", 0.0)
    loader = writer(url)
    right = _both_states(url, loader)
    assert all(right[0][name] != right[1][name] for name, _ in QUESTIONS)
    store, ended, commits = Store(viewer(url)), Event(), []

    def load() -> None:
        while not ended.is_set():
            _turn_over(loader)
            commits.append(1)

    seen: dict[str, set[int]] = {name: set() for name, _ in QUESTIONS}

    def look() -> None:
        reports = store.reports(SCOPE)
        end = time.monotonic() + 120
        while (min(map(len, seen.values())) < 2 or len(commits) < 8) and time.monotonic() < end:
            for name, by in QUESTIONS:
                found = reports.frame(name, SLICE, by).to_csv()
                of = [state for state in (0, 1) if found == right[state][name]]
                assert of, f"{name} is of no version"
                seen[name].update(of)

    thread = Thread(target=load)
    thread.start()
    try:
        with ThreadPoolExecutor(3) as pool:
            for looked in [pool.submit(look) for _ in range(3)]:
                looked.result()
    finally:
        ended.set()
        thread.join()
        loader.dispose()
        store.engine.dispose()
    assert all(both == {0, 1} for both in seen.values()), "both states were seen"


@pytest.mark.parametrize("counter", ["arrays", "sql"])
def test_where_every_look_finds_newer_data_one_state_is_held_and_nobody_is_told_to_ask_again(url, counter):
    loader = writer(url)
    right = _both_states(url, loader)
    for name, by in QUESTIONS:
        store = Store(viewer(url), counter)
        reports = store.reports(SCOPE)
        store.directory()
        event.listen(store.engine, "begin", lambda _connection: _turn_over(loader))
        assert reports.frame(name, SLICE, by).to_csv() in [one[name] for one in right], f"{name} is of no version"
        store.engine.dispose()
    loader.dispose()


@pytest.mark.parametrize("counter", ["arrays", "sql"])
def test_what_changed_this_week_and_what_is_late_are_of_one_version(sample_copy, counter):
    """Some parts are counted in arrays, some by the database: all facts go after the first of them was counted."""
    loader = writer(sample_copy)
    with loader.connect() as connection:
        connection.scalar(select(func.count()).select_from(facts.contact))  # sets the write-ahead log
    quiet = Store(viewer(sample_copy), counter)
    before = quiet.reports(SCOPE).changes(SLICE)["rows"].fillna(0).sum()
    quiet.engine.dispose()
    store, gone = Store(viewer(sample_copy), counter), []
    reports = store.reports(SCOPE)
    store.directory()

    @event.listens_for(store.engine, "rollback")
    def _go(_connection):
        if not gone:
            gone.append(1)
            with loader.begin() as connection:
                for fact in facts.FACTS:
                    connection.execute(delete(fact))
                connection.execute(update(t.data_version).values(version=t.data_version.c.version + 1))

    found = reports.changes(SLICE)["rows"].fillna(0).sum()
    assert gone
    assert before > 0
    assert found in (before, 0), "the parts are of two versions"
    store.engine.dispose()
    loader.dispose()


def test_a_question_of_data_that_are_gone_is_told_so(url):
    store, loader = Store(viewer(url)), writer(url)
    old = store.directory()
    _turn_over(loader)
    tally = Tally(facts.post, (), (facts.post.c.force_id.in_([1]),), facts.post.c.since, 0)
    with pytest.raises(Moved, match="Ask again"):
        store.counter.count(tally, (old.versions,))
    new = store.directory()  # looked at once, although the last look was just now
    assert new.versions != old.versions
    assert store.counter.count(tally, (new.versions,)).tally[0] > 0
    for engine in (loader, store.engine):
        engine.dispose()


def test_the_database_s_counter_keeps_no_newer_data_for_an_older_version(sample_copy):
    counter, loader = SqlCounter(viewer(sample_copy)), writer(sample_copy)
    old = Store(counter.engine, "sql").directory()
    tally = Tally(facts.contact, (), (facts.contact.c.force_id.in_([1]), facts.contact.c.success == 1), None, 0)
    _turn_over(loader)
    newer = counter.count(tally, (old.versions,)).tally[0]
    _turn_over(loader)
    assert counter.count(tally, (old.versions,)).tally[0] != newer
    loader.dispose()


def test_one_thread_reads_and_the_others_wait(sample_url):
    store = Store(viewer(sample_url))
    versions, streams, begun = store.directory().versions, [], Barrier(6)
    event.listen(
        store.engine, "before_cursor_execute", lambda *given: streams.append(1) if "key_0" in given[2] else None
    )
    tally = Tally(facts.contact, (), (facts.contact.c.force_id.in_([1, 2, 3]),), None, 0)

    def ask() -> int:
        begun.wait()
        return int(store.counter.count(tally, (versions,)).tally[0])

    with ThreadPoolExecutor(6) as pool:
        found = {asked.result() for asked in [pool.submit(ask) for _ in range(6)]}
    with store.engine.connect() as connection:
        assert found == {connection.scalar(select(func.count()).select_from(facts.contact))}
    assert len(streams) == 3, "one for each force"


def test_columns_are_sorted_small_and_whole(url):
    engine = viewer(url)
    with one_state(engine) as connection:
        for fact in facts.FACTS:
            columns = read(connection, fact, 2)
            names = [column.name for column in held(fact)]
            rows = connection.execute(select(*(fact.c[name] for name in names)).where(fact.c.force_id == 2)).all()
            found = zip(*(columns.arrays[name].tolist() for name in names), strict=True)
            assert sorted(found) == sorted(map(tuple, rows)), fact.name
            days = columns.arrays[sorted_by(fact)].tolist()
            assert days == sorted(days)
    with one_state(engine) as connection:
        contact = read(connection, facts.contact, 2)
    assert contact.arrays["success"].dtype == "int8"
    assert contact.arrays["on_day"].dtype == "int16"
    assert sorted_by(facts.contact) == "on_day"
    engine.dispose()


def test_an_empty_value_is_named(sample_copy):
    engine = create_engine(sample_copy)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE loose AS SELECT * FROM fact_post"))
        connection.execute(text("DROP TABLE fact_post"))
        connection.execute(text("ALTER TABLE loose RENAME TO fact_post"))
        connection.execute(text("UPDATE fact_post SET fte = NULL WHERE force_id = 2"))
    with engine.connect() as connection, pytest.raises(da.CaselightError, match="fact_post holds a row without fte"):
        read(connection, facts.post, 2)
    engine.dispose()


@pytest.mark.parametrize("value", ["'Ann Smith'", "0.5", "x'00ff'", "9223372036854775807"])
def test_what_is_no_whole_number_of_usual_size_is_named_and_not_shown(sample_copy, value):
    engine = create_engine(sample_copy)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE fact_post SET fte = {value} WHERE force_id = 2"))
        connection.execute(
            text("UPDATE fact_post SET fte = -5 WHERE rowid = (SELECT min(rowid) FROM fact_post WHERE force_id = 2)")
        )
    with engine.connect() as connection, pytest.raises(da.CaselightError) as refused:
        read(connection, facts.post, 2)
    assert "fact_post holds something else than whole numbers of usual size in fte" in str(refused.value)
    assert "Ann" not in str(refused.value)
    engine.dispose()


def test_days_beyond_the_type_of_their_column_are_not_at_its_limit(url):
    """A column of 8 bits whose values are the least and the greatest of them."""
    engine = writer(url)
    with engine.begin() as connection:
        posts = connection.scalar(select(func.count()).where(facts.post.c.force_id == 1))
        connection.execute(update(facts.post).where(facts.post.c.force_id == 1).values(since=127))
        connection.execute(update(t.data_version).values(version=t.data_version.c.version + 1))
    engine.dispose()
    store = Store(viewer(url))
    since = facts.post.c.since

    def counted(*where) -> int:
        tally = Tally(facts.post, (), (facts.post.c.force_id.in_([1]), *where), None, 0)
        return int(store.counter.count(tally, (store.directory().versions,)).tally[0])

    assert posts > 0
    assert [counted(since >= 127), counted(since >= 128), counted(since > 127), counted(since >= 40_000)] == [
        posts, 0, 0, 0,
    ]  # fmt: skip
    assert [counted(since <= 127), counted(since < 127), counted(since <= -129), counted(since <= 40_000)] == [
        posts, 0, 0, posts,
    ]  # fmt: skip
    store.engine.dispose()
