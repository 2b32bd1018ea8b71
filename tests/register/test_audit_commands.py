"""What leaves by a command is recorded before it leaves; who saw or took what is one command."""

import csv
import getpass
import hashlib
import io
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from dashboard.cli import main
from data_access.register.audit import Audit, Look, Who
from data_access.register.looks import NAMES, Asked, Looks
from data_access.register.opened import Register, beside
from data_access.slice import Page

ME = f"{getpass.getuser()} (command line)"


def run(capsys, *words: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    said = capsys.readouterr()
    return ended.value.code or 0, said.out, said.err


def lines(database: str):
    return Looks(Register(beside(database))).page(Asked(), Page(1, 500)).lines[::-1]


@pytest.fixture
def own(sample_copy) -> str:
    """A sample with a register of its own."""
    return sample_copy


def unwritable(database: str) -> None:
    """Make the register one that cannot be written."""
    Register(beside(database)).engine.dispose()
    with closing(sqlite3.connect(beside(database).removeprefix("sqlite:///"))) as connection:
        connection.execute("ALTER TABLE audit RENAME TO elsewhere")


def test_each_way_out_leaves_its_line(own, capsys, tmp_path):
    at = ("--database", own)
    assert run(capsys, "measure", "open_cases", "--force", "WEST", "--level", "high", "--by", "team", *at)[0] == 0
    _, out, _ = run(capsys, "cases", "review_overdue", "--force", "NORTH", *at)
    shown = len(out.splitlines()) - 1
    run(capsys, "check", "--rule", "two_leads", *at)
    assert run(capsys, "export", "--force", "EAST", "--week", "2026-W46", "--out", tmp_path, *at)[0] == 0
    purpose = ("--purpose", "Rota of next week")
    run(capsys, "weekly", "--force", "WEST", "--week", "2026-W46", "--out", tmp_path, "--for", "team", *purpose, *at)
    run(capsys, "published", "--force", "WEST", "--week", "2026-W46", "--for", "team", "--team", "WEST-ONE", *at)
    found = lines(own)
    assert [(line.event, line.page) for line in found] == [
        ("figures", "measure"), ("list", "cases"), ("list", "check"), ("file", "export"), ("file", "weekly"),
        ("figures", "published"),
    ]  # fmt: skip
    assert {line.person for line in found} == {ME}
    first, listed, _, book, weekly, _ = found
    assert first.filters.startswith("measure=open_cases&by=team&force=WEST&from=2026-08-17&until=2026-11-16&grain=week")
    assert first.filters.endswith("&level=high")
    assert (listed.forces, listed.rows) == ("NORTH", shown)
    for line, path in ((book, tmp_path / book.file), (weekly, tmp_path / weekly.file)):
        assert line.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (book.purpose, weekly.purpose) == ("not said", "Rota of next week")
    stamped = dict(openpyxl.load_workbook(tmp_path / weekly.file)["Audit"].iter_rows(min_row=7, values_only=True))
    assert (stamped["Taken by"], stamped["Taken for"]) == (ME, "Rota of next week")


@pytest.mark.parametrize(
    "words",
    [
        ("measure", "open_cases"),
        ("cases", "review_overdue"),
        ("check",),
        ("audit", "show"),
        ("audit", "export", "OUT.csv"),
    ],
    ids=lambda words: words[0],
)
def test_nothing_is_printed_when_it_cannot_be_recorded(own, capsys, tmp_path, words):
    unwritable(own)
    words = [str(tmp_path / word) if word.startswith("OUT") else word for word in words]
    code, out, err = run(capsys, *words, "--database", own)
    assert (code, out) == (1, "")
    assert "nothing is shown" in err
    assert "CASELIGHT_REGISTER" in err
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".csv"] == []


def test_no_workbook_is_written_when_it_cannot_be_recorded(own, capsys, tmp_path):
    unwritable(own)
    out = tmp_path / "out"
    code, _, err = run(capsys, "export", "--week", "2026-W46", "--out", out, "--database", own)
    assert code == 1
    assert "could not be recorded" in err
    assert not out.exists()


def test_a_load_is_recorded_before_it_begins(tmp_path, capsys):
    url = f"sqlite:///{(tmp_path / 'own.sqlite').as_posix()}"
    run(capsys, "load", tmp_path / "not there.zip", "--mapping", "hmis-2026", "--database", url)
    (line,) = lines(url)
    assert (line.event, line.filters, line.file, line.person) == ("load", "mapping=hmis-2026", "not there.zip", ME)


@pytest.fixture
def of_a_week(own) -> str:
    """A register with lines of two people in two weeks."""
    audit = Audit(Register(beside(own)), "0.1")
    for person, event in (("ann", "page"), ("ann", "list"), ("ben", "file")):
        audit.write(Look(event, "caseload", "page=caseload", 25 if event == "list" else None), Who(person))
    audit.register.close()
    return own


def test_who_saw_or_took_what_last_week_is_one_command(of_a_week, capsys):
    code, out, err = run(capsys, "audit", "show", "--database", of_a_week)
    assert code == 0
    assert [line.split()[2:4] for line in out.splitlines()] == [["ann", "page"], ["ann", "list"], ["ben", "file"]]
    assert "3 lines" in err
    year, week, _ = date.today().isocalendar()
    words = ("audit", "show", "--week", f"{year}-W{week:02d}", "--person", "ann", "--event", "list")
    _, out, _ = run(capsys, *words, "--database", of_a_week)
    assert out.split()[2:] == ["ann", "list", "caseload", "25", "page=caseload"]
    assert [(line.event, line.rows) for line in lines(of_a_week)[3:]] == [("audit", 3), ("audit", 1)]
    assert "person=ann" in lines(of_a_week)[-1].filters
    tomorrow = date.today() + timedelta(days=1)
    assert run(capsys, "audit", "show", "--from", tomorrow, "--to", tomorrow, "--database", of_a_week)[1] == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--week", "2026-W99"), "not a week"),
        (("--week", "2026-W47", "--from", "2026-11-01"), "not both"),
        (("--from", "2026-11-02", "--to", "2026-11-01"), "before the last"),
        (("--event", "peek"), "no event"),
    ],
)
def test_what_cannot_be_asked_is_said(of_a_week, capsys, words, said):
    code, out, err = run(capsys, "audit", "show", *words, "--database", of_a_week)
    assert (code, out) == (1, "")
    assert said in err


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_export_holds_every_line_and_is_recorded_itself(of_a_week, capsys, tmp_path, suffix):
    file = tmp_path / f"looks{suffix}"
    words = ("audit", "export", file, "--purpose", "inspection", "--database", of_a_week)
    assert run(capsys, *words)[0] == 0
    if suffix == ".csv":
        rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline="")))
    else:
        book = openpyxl.load_workbook(file)
        rows = [list(row) for row in book["Looks"].iter_rows(min_row=6, values_only=True)]
        assert (
            dict(book["Taken"].iter_rows(min_row=7, values_only=True))["Taken for"] == "Inspection or data protection"
        )
    assert tuple(rows[0]) == NAMES
    assert [(row[3], row[2]) for row in rows[1:]] == [("ann", "page"), ("ann", "list"), ("ben", "file")]
    last = lines(of_a_week)[-1]
    assert (last.event, last.rows, last.file, last.purpose) == (
        "audit", 3, file.name, "Inspection or data protection",
    )  # fmt: skip
    assert last.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_an_export_of_another_kind_is_refused(of_a_week, capsys, tmp_path):
    code, _, err = run(capsys, "audit", "export", tmp_path / "looks.pdf", "--database", of_a_week)
    assert code == 1
    assert ".xlsx or .csv" in err


def test_formulas_in_a_line_stay_text(own, capsys, tmp_path):
    Audit(Register(beside(own))).write(Look("file", purpose="=1+1", file="@x"), Who("+ann"))
    for name in ("a.csv", "a.xlsx"):
        run(capsys, "audit", "export", tmp_path / name, "--database", own)
    said = (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    assert "'=1+1" in said
    assert "'+ann" in said
    page = openpyxl.load_workbook(tmp_path / "a.xlsx")["Looks"]
    assert {cell.data_type for row in page.iter_rows() for cell in row} <= {"s", "n"}


def test_lines_are_told_in_local_time(own, capsys):
    Audit(Register(beside(own))).write("login", person="ann")
    (line,) = lines(own)
    assert abs(datetime.now(UTC) - line.at) < timedelta(minutes=5)
    assert Path(beside(own).removeprefix("sqlite:///")).stat().st_mode & 0o077 == 0
