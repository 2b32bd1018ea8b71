"""A fault inside: tables that drifted, a statement that fails, a part that raises: said with a reference, alone."""

import json
import logging
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import data_access as da
from dashboard.cli import main
from dashboard.kept import Kept
from dashboard.options import Options
from dashboard.sheet import Sheet
from dashboard.shell import Shell
from dashboard.state import Filters
from dashboard.views import VIEWS
from data_access.database import viewer
from data_access.drift import Drifted, check, differences
from data_access.faults import Unreachable
from data_access.scope import Scope

CANARY = "CANARY-7f3a"


class Session:
    """A page without a browser."""

    def __init__(self, store, page: str):
        reports = store.reports(Scope.local(store.force_codes(), "service_manager"))
        filters = Filters(Options.of(reports), pages=tuple(VIEWS), page=page)
        self.shell = Shell(reports=reports, filters=filters, views=VIEWS)
        self.shell.open_page()
        self.told: list[str] = []
        self.shell.paper.links.append(self.told.append)

    def say(self, **message) -> str:
        self.shell.paper.received(json.dumps(message))
        return self.told[-1]

    @property
    def sheets(self) -> list[Sheet]:
        """The parts that hear something."""
        return [part for part in self.shell.content.walk() if isinstance(part, Sheet) and part.answer]


# F5


def damaged(url: str, *statements: str) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
        for statement in statements:
            connection.execute(statement)


DRIFTS = {
    "a column has another name": (
        "ALTER TABLE cases RENAME COLUMN case_ref TO reference_no",
        "the column cases.case_ref is missing",
    ),
    "a table is gone": ("DROP TABLE fact_contact", "the table fact_contact is missing"),
    "a version of tomorrow": ("UPDATE alembic_version SET version_num = '9999'", "its version 9999 is not known"),
}


@pytest.mark.parametrize(("statement", "said"), DRIFTS.values(), ids=DRIFTS)
def test_drifted_tables_refuse_the_start_with_what_differs(sample_copy, capsys, monkeypatch, statement, said):
    damaged(sample_copy, statement)
    monkeypatch.setenv("CASELIGHT_DATABASE", sample_copy)
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--database", sample_copy, "--port", "5"])
    error = capsys.readouterr().err
    assert ended.value.code == 1
    assert said in error
    assert "Install the version that made it" in error
    assert "Traceback" not in error


def test_the_tables_of_this_version_differ_in_nothing_and_others_may_stand_beside_them(sample_copy):
    damaged(sample_copy, "CREATE TABLE somebody_elses (x)", "ALTER TABLE cases ADD COLUMN own_note TEXT")
    engine = viewer(sample_copy)
    assert differences(engine) == ()
    check(engine)
    engine.dispose()


def test_many_differences_are_counted():
    error = Drifted(tuple(f"the table t{i} is missing" for i in range(9)))
    assert "and 3 more" in str(error)
    assert len(error.differences) == 9


# F6


def test_a_failing_statement_tells_no_statement_value_or_address(sample_copy, tmp_path, caplog, monkeypatch):
    monkeypatch.setattr("dashboard.board.KEPT", Kept())
    place = tmp_path / f"{CANARY}-folder"
    place.mkdir()
    copy = place / "own.sqlite"
    shutil.copy(sample_copy.removeprefix("sqlite:///"), copy)
    url = f"sqlite:///{copy.as_posix()}"
    damaged(
        url, f"UPDATE advocate SET code = '{CANARY}' || code", f"UPDATE cases SET case_ref = '{CANARY}' || case_ref"
    )
    store = da.connect(url, arrays="memory")
    session = Session(store, "caseload")
    code = session.shell.filters.options.advocates[0].code
    assert CANARY in code
    session.shell.filters.change(advocate=[code])
    damaged(url, "ALTER TABLE cases RENAME TO elsewhere")
    caplog.set_level(logging.DEBUG)
    session.told.clear()
    view = session.shell.views["caseload"]
    said = session.say(part=view._top.key, do="list", list="open_cases")
    assert "Something went wrong here (reference" in said
    assert CANARY not in session.shell.failure
    for word in (CANARY, "SELECT", "sqlite", "no such table", str(copy)):
        assert word not in caplog.text
        assert word not in session.shell.failure
    assert "reference" in caplog.text
    store.engine.dispose()


# F14


@pytest.mark.parametrize("page", VIEWS)
def test_any_part_that_raises_is_said_with_a_reference_and_others_go_on(sample_store, page, caplog):
    session, other = Session(sample_store, page), Session(sample_store, page)
    heard = session.sheets
    assert heard

    def fault(_: dict) -> bool:
        raise KeyError(CANARY)

    for sheet in heard:
        if not any(sheet is part for part in _shown(session.shell.content)):
            continue
        answer, sheet.answer = sheet.answer, fault
        said = session.say(part=sheet.key, do="x")
        sheet.answer = answer
        reference = session.shell.failure.partition("reference ")[2][:6]
        assert len(reference) == 6
        assert reference in said
        assert '"done":true' in said
        assert f"reference {reference}: KeyError" in caplog.text
    assert CANARY not in caplog.text + "".join(session.told)
    assert other.shell.failure == ""
    said = other.say(do="page", page="help")
    assert "went wrong" not in said


def _shown(part):
    if part.visible:
        yield part
        for inner in part.parts:
            yield from _shown(inner)


@pytest.mark.parametrize("page", [page for page in VIEWS if page != "help"])  # that one needs no data
def test_a_look_at_the_version_that_finds_nobody_is_said_even_where_every_answer_is_kept(
    sample_store, page, monkeypatch
):
    session = Session(sample_store, page)
    for grain in ("month", "quarter"):
        session.say(part=session.shell._bar.key, set="grain", value=grain)
    assert session.shell.failure == ""

    def away() -> None:
        raise Unreachable

    monkeypatch.setattr(session.shell.reports, "_read", away)
    said = session.say(part=session.shell._bar.key, set="grain", value="month")
    assert "The data cannot be reached just now" in said
    assert '"done":true' in said


@pytest.mark.parametrize("page", VIEWS)
def test_a_view_that_raises_while_it_is_brought_up_to_date_is_said_and_comes_back(sample_store, page, monkeypatch):
    session = Session(sample_store, page)
    view = session.shell.views[page]
    refresh = type(view).refresh

    def fault(*_: object) -> None:
        raise ZeroDivisionError(CANARY)

    monkeypatch.setattr(view, "refresh", fault)
    said = session.say(part=session.shell._bar.key, set="grain", value="month")
    assert "Something went wrong here (reference" in said
    assert "What stands below is as it was at" in said
    monkeypatch.setattr(view, "refresh", refresh.__get__(view))
    said = session.say(part=session.shell._bar.key, set="grain", value="quarter")
    assert "went wrong" not in session.shell.failure
    assert json.loads(said)["done"] is True


def test_the_reference_of_a_fault_is_in_the_log_with_its_place(sample_store, caplog):
    session = Session(sample_store, "caseload")
    session.sheets[0].answer = lambda _: (_ for _ in ()).throw(ValueError(CANARY))
    session.say(part=session.sheets[0].key, do="x")
    place = Path(__file__).name
    assert f"ValueError at {place}" in caplog.text
