"""Databases in the states that a page has to explain: empty, too few, a force behind, a force without data, broken."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Engine, create_engine

from data_access import tables as t
from data_access.migrate import upgrade
from data_access.worked_examples import write_rows

AS_OF = date(2026, 11, 22)
FEW = 4


def made(folder: Path, name: str) -> str:
    """Address of a new database in one of the states of ``STATES``."""
    url = f"sqlite:///{(folder / f'{name}.sqlite').as_posix()}"
    engine = create_engine(url)
    upgrade(engine)
    STATES[name](engine)
    engine.dispose()
    return url


def _force(engine: Engine, number: int, code: str, cases: int, as_of: date = AS_OF) -> None:
    """A force whose cases opened on the days before its data end, each with a referral."""
    days = [as_of - timedelta(days=2 * i + 10) for i in range(cases)]
    rows = {
        "cases": [{"source_id": f"C{i}", "opened_on": day} for i, day in enumerate(days)],
        "referral": [
            {"source_id": f"R{i}", "case": f"C{i}", "opens_case": True, "received_on": day}
            for i, day in enumerate(days)
        ],
    }
    with engine.begin() as connection:
        write_rows(connection, rows, as_of, number, code)


def _empty(engine: Engine) -> None:
    """The tables alone."""


def _few(engine: Engine) -> None:
    _force(engine, 1, "ALDER", FEW)


def _stale(engine: Engine) -> None:
    _force(engine, 1, "ALDER", 30)
    _force(engine, 2, "BIRCH", 30, AS_OF - timedelta(days=20))


def _missing(engine: Engine) -> None:
    _force(engine, 1, "ALDER", 30)
    _force(engine, 2, "BIRCH", 30, date(2026, 5, 31))


def _one(engine: Engine) -> None:
    _force(engine, 1, "ALDER", 30)


STATES: dict[str, Callable[[Engine], None]] = {
    "empty": _empty,
    "few": _few,
    "stale": _stale,
    "missing": _missing,
    "broken": _one,
    "damaged": _one,
}
# Taken away once the pages are served: a start is refused without it.
LATER = {"broken": "fact_case_path", "damaged": "fact_contact"}  # nothing can be shown; some views can


def damage(url: str, name: str) -> None:
    """Do what happens to a state after the start, if anything."""
    if name in LATER:
        engine = create_engine(url)
        t.schema.tables[LATER[name]].drop(engine)
        engine.dispose()
