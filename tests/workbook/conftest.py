"""A workbook of the sample, and a database whose texts try to be formulas."""

import io
from datetime import date
from zipfile import ZipFile

import openpyxl
import pytest
from sqlalchemy import create_engine, update

import data_access as da
from dashboard.workbook import book
from data_access import Scope
from data_access import tables as t
from data_access.migrate import upgrade
from data_access.worked_examples import write_rows

WEEK = "2026-W46"
FORCE = "NORTH"
FORMULA = "=1+1"


@pytest.fixture(scope="session")
def reports(sample_store):
    """Everything of the sample."""
    return sample_store.reports(Scope.local(sample_store.force_codes(), "service_manager"))


@pytest.fixture(scope="session")
def weekly(reports) -> bytes:
    """The workbook of one force and week of the sample."""
    return book(reports, FORCE, WEEK)


@pytest.fixture(scope="session")
def opened(weekly):
    """The same, read again."""
    return openpyxl.load_workbook(io.BytesIO(weekly))


@pytest.fixture(scope="session")
def parts(weekly) -> dict[str, bytes]:
    """The parts of the package by name."""
    with ZipFile(io.BytesIO(weekly)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


CASES = [
    {"source_id": "a", "case_ref": FORMULA, "opened_on": date(2026, 9, 1)},
    {"source_id": "b", "case_ref": "+cmd|' /C calc'!A0", "opened_on": date(2026, 11, 10)},
    {"source_id": "c", "case_ref": "_x0041_\x07#N/A", "opened_on": date(2026, 9, 1)},
    {"source_id": "d", "case_ref": "D", "opened_on": date(2026, 9, 1), "closed_on": date(2026, 11, 15)},
]
ROWS = {
    "cases": CASES,
    "advocate": [{"code": "#REF!", "started_on": date(2026, 1, 1)}],
    "advocate_fte": [{"advocate": "#REF!", "since": date(2026, 1, 1), "fte_hundredths": 50}],
    "allocation": [{"source_id": "1", "case": "a", "advocate": "#REF!", "since": date(2026, 9, 1)}],
    "risk_assessments": [{"source_id": "1", "case": "a", "assessed_on": date(2026, 9, 2), "level": "high"}],
    "contacts": [
        {"source_id": "1", "case": "a", "on_day": date(2026, 9, 3), "outcome": "successful"},
        {"source_id": "2", "case": "c", "on_day": date(2026, 9, 4), "outcome": "successful"},
        {"source_id": "3", "case": "b", "on_day": date(2026, 11, 14), "outcome": "successful"},
    ],
}


@pytest.fixture(scope="session")
def hostile_url(tmp_path_factory) -> str:
    """A database of one force called =1+1 with data to Sunday 15 November 2026, and one that ended in September."""
    url = f"sqlite:///{(tmp_path_factory.mktemp('hostile') / 'hostile.sqlite').as_posix()}"
    engine = create_engine(url)
    upgrade(engine)
    with engine.begin() as connection:
        write_rows(connection, ROWS, date(2026, 11, 15), 1, FORMULA)
        connection.execute(update(t.force).values(name='=HYPERLINK("http://localhost")'))
        write_rows(connection, {"cases": CASES[:1]}, date(2026, 9, 20), 2, "Old & Gone")
    engine.dispose()
    return url


@pytest.fixture(scope="session")
def hostile_store(hostile_url):
    """The same, opened as an analyst does."""
    return da.connect(hostile_url)


@pytest.fixture(scope="session")
def hostile(hostile_store) -> bytes:
    """The workbook of the force called =1+1."""
    return book(hostile_store.reports(Scope.local(hostile_store.force_codes(), "service_manager")), FORMULA, WEEK)
