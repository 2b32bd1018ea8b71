"""Twenty people over two connections, with errors in between: nobody's rows come to another."""

import pytest
from sqlalchemy import func, select

from data_access import walls
from tests.walls.crossing import QUERIES, crossings, narrow_pool

pytestmark = pytest.mark.postgres
FORCES = range(1, 10)


def test_no_row_crosses_in_ten_thousand_queries(site):
    engine = narrow_pool(site.viewer)
    found = crossings(engine, FORCES, QUERIES)
    engine.dispose()
    print(dict(found))
    assert found["asked"] >= QUERIES
    assert found["answered"] > QUERIES // 4  # there was something that could have crossed
    assert found["failed"] > QUERIES // 20
    assert found["crossed"] == 0


def test_a_name_that_outlives_its_transaction_is_caught(site, monkeypatch):
    """The name set for the session instead, and only where there is one to set: the same test finds it."""

    def for_the_session(connection, forces):
        if forces:
            connection.execute(select(func.set_config(walls.SETTING, forces, False)))

    monkeypatch.setattr(walls, "_name", for_the_session)
    engine = narrow_pool(site.viewer)
    found = crossings(engine, FORCES, 1_000)
    engine.dispose()
    assert found["crossed"] > 10
