"""Small databases of hand-made rows: their first day, their rows in short, and the figures asked of them."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

import data_access as da
from data_access import worked_examples
from data_access.database import writer
from data_access.migrate import upgrade

MONDAY = date(2026, 1, 5)


def empty_database(folder: Path) -> Path:
    """A database with its tables and nothing in them."""
    path = folder / "empty.sqlite"
    engine = writer(f"sqlite:///{path.as_posix()}")
    upgrade(engine)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


def writing(folder: Path, empty: Path):
    """A function from rows and an as-of day to an open database."""
    made = iter(range(100))

    def write(rows, as_of=date(2026, 5, 31), others=()) -> da.Store:
        path = shutil.copy(empty, folder / f"{next(made)}.sqlite")
        engine = writer(f"sqlite:///{path.as_posix()}")
        with engine.begin() as connection:
            worked_examples.write_rows(connection, rows, as_of)
            for force_id, (code, more) in enumerate(others, 2):
                worked_examples.write_rows(connection, more, as_of, force_id, code)
        engine.dispose()
        return da.connect(f"sqlite:///{path.as_posix()}")

    return write


def asked(store, measure, first, until, by=(), grain="whole", **filters) -> pd.DataFrame:
    forces = store.force_codes()
    reports = store.reports(da.Scope.local(forces, "service_manager"))
    return reports.frame(measure, da.Slice(forces, first, until, grain, **filters), by)


def only(frame: pd.DataFrame) -> pd.Series:
    assert len(frame) == 1, frame
    return frame.iloc[0]


def a_case(name, opened_on=MONDAY, **more):
    return {"source_id": name, "opened_on": opened_on, **more}


def a_referral(name, case=None, received_on=MONDAY, **more):
    of_case = {"case": case, "opens_case": True} if case else {}
    return {"source_id": name, "received_on": received_on, **of_case, **more}


def a_contact(name, case, on_day):
    return {"source_id": name, "case": case, "on_day": on_day, "outcome": "successful", "purposes": "assessment"}


def an_assessment(name, case, on, level, **more):
    return {"source_id": name, "case": case, "assessed_on": on, "level": level, **more}


def later(days: int) -> date:
    return MONDAY + timedelta(days=days)
