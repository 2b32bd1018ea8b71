"""The recount agrees also where rows overlap, tie and contradict each other."""

from datetime import date

import pytest

import data_access as da
from data_access import worked_examples
from data_access.database import writer
from data_access.migrate import upgrade
from tests.recount import messy
from tests.recount.answer import assert_same, recounted
from tests.recount.raw import Raw

BOTH = da.Slice(("EXAMPLE", "SECOND"), date(2025, 12, 24), date(2026, 5, 6), "4week")
ONE = BOTH.having(forces=("EXAMPLE",), grain="month")
QUESTIONS = (
    (BOTH, ()),
    (BOTH, ("force",)),
    (BOTH.having(grain="month", as_of=date(2026, 3, 3)), ("force",)),
    (BOTH.having(grain="week", first=date(2026, 3, 5)), ("force",)),
    (BOTH.having(as_of=date(2026, 8, 1), until=date(2026, 6, 1)), ("force",)),
    (ONE.having(advocates=("ADV-2",)), ()),
    (ONE.having(sources=("police",)), ()),
    (ONE.having(levels=("high", "not_assessed")), ()),
)


def _write(url: str, seed: int) -> None:
    engine = writer(url)
    upgrade(engine)
    with engine.begin() as connection:
        worked_examples.write_rows(connection, messy.rows(seed), messy.AS_OF)
        second = messy.rows(seed + 1000, 30, ("ADV-8", "ADV-9"))
        worked_examples.write_rows(connection, second, date(2026, 4, 1), 2, "SECOND")
    engine.dispose()


@pytest.fixture(scope="module")
def databases(tmp_path_factory, new_postgres):
    """Reports of the same rows on both databases, and the rows."""
    urls = [f"sqlite:///{tmp_path_factory.mktemp('messy') / 'messy.sqlite'}", new_postgres()]
    for url in urls:
        _write(url, 7)
    stores = [da.connect(url) for url in urls]
    yield [store.reports(da.Scope.local(BOTH.forces, "service_manager")) for store in stores], Raw(urls[0])
    for store in stores:
        store.engine.dispose()


@pytest.mark.parametrize("measure", recounted())
def test_messy_rows_are_counted_as_defined_on_both_databases(measure, databases):
    everybody, raw = databases
    counted = 0
    keys = [(ONE, (key,)) for key in da.MEASURES[measure].keys]
    for slice_, by in (*QUESTIONS, *keys):
        try:
            frames = [reports.frame(measure, slice_, by) for reports in everybody]
        except da.Refused:
            differ = measure == "level_at_intake_by_force" and len(slice_.forces) > 1
            assert slice_.levels or slice_.sources or slice_.advocates or differ
            continue
        assert frames[0].equals(frames[1]), (measure, slice_, by)
        counted += assert_same(raw, frames[0], measure, slice_, by)
    assert counted > 20
