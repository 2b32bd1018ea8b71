"""Many people at once over few connections: whose rows come back to whom."""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from data_access import facts, walls
from data_access import tables as t

THREADS, POOL, QUERIES = 20, 2, 10_000
ASKED = (t.cases, t.contacts, t.risk_assessments, facts.case_state, facts.contact, t.event)


def narrow_pool(url: str) -> Engine:
    """An engine for reading with two connections, for which people wait."""
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"), pool_size=POOL, max_overflow=0, pool_timeout=120
    )
    walls.hold(engine)
    return engine


def crossings(engine: Engine, forces: range, queries: int, named: Callable = walls.reading) -> Counter:
    """How many queries were ``asked``, how many ``failed`` on purpose, and in how many rows of others ``crossed``.

    A person asks some tables in a transaction that ends well, by an error of the database, or by one of ours. One of
    ten comes without a name.
    """

    def one_person(thread: int) -> Counter:
        draw, found = random.Random(thread), Counter()
        while found["asked"] < queries // THREADS:
            mine = set(draw.sample(list(forces), draw.randrange(0, 3)))
            with suppress(SQLAlchemyError, RuntimeError):
                if draw.random() < 0.1:
                    _asked(engine, draw, set(), found)
                else:
                    with named(mine):
                        _asked(engine, draw, mine, found)
        return found

    with ThreadPoolExecutor(THREADS) as threads:
        return sum(threads.map(one_person, range(THREADS)), Counter())


def _asked(engine: Engine, draw: random.Random, mine: set[int], found: Counter) -> None:
    with engine.connect() as connection:
        for _ in range(draw.randrange(1, 4)):
            table = draw.choice(ASKED)
            seen = set(connection.execute(select(table.c.force_id).distinct()).scalars())
            found["asked"] += 1
            found["crossed"] += not seen <= mine
            found["answered"] += bool(seen)
        ending = draw.random()
        if ending < 0.15:
            found["failed"] += 1
            connection.execute(text("SELECT 1 / 0"))
        elif ending < 0.3:
            found["failed"] += 1
            raise RuntimeError("something of ours")
        elif ending < 0.6:
            connection.rollback()
            seen = set(connection.execute(select(t.cases.c.force_id).distinct()).scalars())  # a transaction anew
            found["asked"] += 1
            found["crossed"] += not seen <= mine
        else:
            connection.commit()
