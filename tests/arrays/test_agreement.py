"""Arrays and the database give the same integers, for every measure and whatever is asked."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import data_access as da
from data_access import facts, worked_examples
from data_access.database import viewer, writer
from data_access.migrate import upgrade
from data_access.reports import Reports
from data_access.store import Store
from data_access.tally import Tally
from sample_data.generate import write_sample
from tests.arrays.asking import FORCES, Both, slices
from tests.recount import messy

FACTS = {fact.name for fact in facts.FACTS}


def _both(url: str, forces=FORCES) -> Reports:
    arrays, sql = Store(viewer(url)), Store(viewer(url), "sql")
    return Reports(Both(arrays.counter, sql.counter), da.Scope.local(forces, "service_manager"), arrays.directory)


def _ask_all(reports: Reports, slice_: da.Slice, by: dict[str, tuple[str, ...]]) -> set[str]:
    """Names of the measures that had an answer."""
    answered = set()
    for name in da.MEASURES:
        try:
            reports.frame(name, slice_, by[name])
            answered.add(name)
        except da.Refused:
            continue
    return answered


def _keys(name: str) -> st.SearchStrategy:
    keys = [key for key in da.MEASURES[name].keys if key not in ("days", "hours", "quartile")]
    return st.lists(st.sampled_from(keys), max_size=2, unique=True).map(tuple)


EVERY_BY = st.fixed_dictionaries({name: _keys(name) for name in da.MEASURES})


@pytest.fixture(scope="module")
def on_sqlite(sample_url):
    """Both counters over the sample."""
    return _both(sample_url)


@pytest.fixture(scope="module")
def on_postgres(new_postgres):
    """Both counters over the sample on PostgreSQL."""
    url = new_postgres()
    write_sample(url)
    reports = _both(url)
    yield reports
    reports._counter.engine.dispose()


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(slice_=slices(), by=EVERY_BY)
def test_random_questions_on_sqlite(on_sqlite, slice_, by):
    _ask_all(on_sqlite, slice_, by)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(slice_=slices(), by=EVERY_BY)
def test_random_questions_on_postgresql(on_postgres, slice_, by):
    _ask_all(on_postgres, slice_, by)


def test_every_measure_by_every_key_is_counted_in_arrays(on_sqlite, monkeypatch):
    """Nothing that a measure counts is refused, and only the late entries of the sources are left to the database."""
    left: set[str] = set()
    arrays = on_sqlite._counter.first
    count = arrays._sql.count
    monkeypatch.setattr(arrays._sql, "count", lambda tally, reach: left.add(tally.fact.name) or count(tally, reach))
    slice_ = da.Slice(("NORTH",), date(2026, 6, 1), date(2026, 8, 3), "month")
    answered = _ask_all(on_sqlite, slice_, dict.fromkeys(da.MEASURES, ()))
    for name, measure in da.MEASURES.items():
        for key in measure.keys:
            on_sqlite.frame(name, slice_, (key,))
    assert answered == set(da.MEASURES)
    assert not left & FACTS
    assert len(on_sqlite._counter.facts & FACTS) >= 20


def test_messy_rows(tmp_path):
    url = f"sqlite:///{(tmp_path / 'messy.sqlite').as_posix()}"
    engine = writer(url)
    upgrade(engine)
    with engine.begin() as connection:
        worked_examples.write_rows(connection, messy.rows(11), messy.AS_OF)
        second = messy.rows(12, 30, ("ADV-8", "ADV-9"))
        worked_examples.write_rows(connection, second, date(2026, 4, 1), 2, "SECOND")
    engine.dispose()
    reports = _both(url, ("EXAMPLE", "SECOND"))
    everything = da.Slice(("EXAMPLE", "SECOND"), date(2025, 12, 24), date(2026, 5, 6), "4week")
    for slice_ in (
        everything,
        everything.having(grain="month", as_of=date(2026, 3, 3)),
        everything.having(grain="week", first=date(2026, 3, 5), levels=("high", "not_assessed")),
        everything.having(forces=("SECOND",), grain="whole"),
    ):
        _ask_all(reports, slice_, {name: ("force",) if "force" in m.keys else () for name, m in da.MEASURES.items()})


def test_changes_and_quality_agree_too(on_sqlite):
    slice_ = da.Slice(FORCES, date(2026, 8, 24), date(2026, 11, 23))
    assert on_sqlite.changes(slice_)["rows"].sum() > 0
    assert len(on_sqlite.quality(slice_).late_entry) > 0


def test_a_tally_without_forces_is_refused(sample_url):
    store = Store(viewer(sample_url))
    tally = Tally(facts.post, (), (facts.post.c.fte > 0,))
    with pytest.raises(da.CaselightError, match="of which forces"):
        store.counter.count(tally, (store.directory().versions,))
