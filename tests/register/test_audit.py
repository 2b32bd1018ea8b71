"""A line of the audit is on the disk before anything else happens, holds codes only, and is never changed."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import SQLAlchemyError

from data_access.errors import CaselightError, NotAllowed
from data_access.register import tables as t
from data_access.register.audit import EVENTS, Audit, AuditUnwritable, Look, Who
from data_access.register.looks import Asked, Looks
from data_access.register.opened import Register
from data_access.scope import Scope
from data_access.slice import Page

ANN = Who("ann", "analyst", ("WEST", "NORTH"), None, "192.0.2.0/24", "5e55")
BEN = Who("ben", "supervisor", ("EAST",), ("E2", "E1"), "192.0.2.0/24", "be11")


@pytest.fixture(params=["sqlite", "postgresql"])
def register(request, tmp_path):
    if request.param == "postgresql":
        url = request.getfixturevalue("new_postgres")()
    else:
        url = f"sqlite:///{(tmp_path / 'service.register.sqlite').as_posix()}"
    opened = Register(url)
    yield opened
    opened.close()


def lines(register, asked=None):
    return Looks(register).page(asked or Asked(), Page(1, 500)).lines[::-1]


def test_a_line_holds_what_was_said_and_nothing_else(register):
    before = datetime.now(UTC)
    Audit(register, "0.1.0").write(Look("list", "caseload", "page=caseload&list=open_cases&at=2", 25), ANN)
    Audit(register, "0.1.0").write(
        Look("file", "weekly", "page=weekly", 8, "Supervision: rota", "a.xlsx", "ab" * 32), BEN
    )
    Audit(register, "0.1.0").write("login", person="cleo", address="2001:db8:1::/48")
    first, second, third = lines(register)
    assert (first.event, first.person, first.role, first.forces, first.teams) == (
        "list", "ann", "analyst", "NORTH,WEST", None,
    )  # fmt: skip
    assert (first.page, first.filters, first.rows) == ("caseload", "page=caseload&list=open_cases&at=2", 25)
    assert before <= first.at <= datetime.now(UTC)
    assert (second.teams, second.purpose, second.file, second.sha256) == (
        "E1,E2", "Supervision: rota", "a.xlsx", "ab" * 32,
    )  # fmt: skip
    assert (third.event, third.person, third.address, third.version) == ("login", "cleo", "2001:db8:1::/48", "0.1.0")
    assert first.seq < second.seq < third.seq


@pytest.mark.parametrize("text", ["a\x00b", "half \ud800 of one", "line\nbreak\x1b[2J", "\u202etxt.exe", "x" * 9_000])
def test_whatever_is_typed_makes_one_line_of_printable_text(register, text):
    Audit(register).write(Look("file", purpose=text, file=text, filters=text), Who(text))
    (line,) = lines(register)
    for said in (line.purpose, line.file, line.person, line.filters):
        assert said.isprintable()
        assert said
    assert len(line.purpose) <= 300


def test_lines_are_added_and_never_changed(register):
    Audit(register).write("login", person="ann")
    for statement in (update(t.audit).values(person="ben"), delete(t.audit)):
        with pytest.raises((CaselightError, SQLAlchemyError)), register.begin() as connection:
            connection.execute(statement)
    with register.begin() as connection:
        assert connection.execute(select(t.audit.c.person)).scalars().all() == ["ann"]


def test_an_event_that_nobody_knows_is_not_written(register):
    with pytest.raises(AuditUnwritable):
        Audit(register).write("peek", person="ann")
    assert lines(register) == ()


SHUT = {
    "a folder that is a file": "sqlite:////dev/null/register.sqlite",
    "no server": "postgresql://nobody@127.0.0.1:1/none?connect_timeout=2",
}


@pytest.mark.parametrize("url", SHUT.values(), ids=SHUT)
def test_what_cannot_be_written_raises_with_a_reference_and_no_address(url, caplog):
    with pytest.raises(AuditUnwritable, match="could not be recorded, so nothing is shown") as raised:
        Audit(Register(url)).write(Look("page", "overview"), ANN)
    assert raised.value.reference in str(raised.value)
    assert raised.value.reference in caplog.text
    for secret in ("127.0.0.1", "nobody", "/dev/null", "ann"):
        assert secret not in str(raised.value) + caplog.text


def test_it_goes_on_by_itself_when_the_register_answers_again(tmp_path):
    blocked = tmp_path / "place"
    blocked.write_text("a file where the folder should be")
    audit = Audit(Register(f"sqlite:///{(blocked / 'r.sqlite').as_posix()}"))
    with pytest.raises(AuditUnwritable):
        audit.write("login", person="ann")
    blocked.unlink()
    audit.write("login", person="ben")
    assert [line.person for line in lines(audit.register)] == ["ben"]


def test_a_register_that_was_taken_away_or_replaced_is_noticed(tmp_path):
    path, other = tmp_path / "r.sqlite", tmp_path / "other.sqlite"
    for place in (other, path):
        Audit(Register(f"sqlite:///{place.as_posix()}")).write("login", person=place.name)
    audit = Audit(Register(f"sqlite:///{path.as_posix()}"))
    audit.write("page", person="ann")
    path.rename(tmp_path / "away.sqlite")
    with pytest.raises(AuditUnwritable):
        audit.write("page", person="ben")
    assert not path.exists(), "no empty one in its place"
    for end in ("", "-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)
        if Path(f"{other}{end}").exists():
            Path(f"{other}{end}").rename(f"{path}{end}")
    audit.write("page", person="cleo")
    assert [line.person for line in lines(audit.register)] == ["other.sqlite", "cleo"]


WRITER = """
import sys
from data_access.register.audit import Audit
from data_access.register.opened import Register
audit = Audit(Register(sys.argv[1]))
for i in range(int(sys.argv[3])):
    audit.write("page", person=sys.argv[2], rows=i)
"""


def test_several_processes_write_at_once_and_no_line_is_lost(register):
    people, many = ("ann", "ben", "cleo"), 60
    processes = [
        subprocess.Popen([sys.executable, "-c", WRITER, register.url, person, str(many)], stderr=subprocess.PIPE)
        for person in people
    ]
    for process in processes:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said.decode()
    for person in people:
        assert [line.rows for line in lines(register, Asked(person=person))] == list(range(many))
    numbers = [line.seq for line in lines(register)]
    assert len(set(numbers)) == len(numbers) == len(people) * many


def test_lines_are_found_by_day_person_and_event_in_pages(register):
    with register.begin() as connection:
        # 2026-03-29 01:00 UTC the clocks go forward: 23:30 UTC of the Sunday is Monday 00:30 here.
        for at in (datetime(2026, 3, 22, 23, 59), datetime(2026, 3, 23), datetime(2026, 3, 29, 22, 59),
                   datetime(2026, 3, 29, 23, 30)):  # fmt: skip
            connection.execute(t.audit.insert().values(at=at.replace(tzinfo=UTC), event="page", person="ann"))
        connection.execute(t.audit.insert().values(at=datetime(2026, 3, 25, tzinfo=UTC), event="file", person="ben"))
    week = Asked.of_week(date(2026, 3, 23))
    looks = Looks(register)
    assert [(line.at.day, line.person) for line in looks.all(week)] == [(23, "ann"), (29, "ann"), (25, "ben")]
    assert looks.page(Asked.of_week(date(2026, 3, 23), event="file")).total == 1
    assert looks.page(Asked.of_week(date(2026, 3, 30), person="ann")).total == 1
    two = looks.page(Asked(), Page(2, 2))
    assert (two.total, two.pages, len(two.lines)) == (5, 3, 2)
    assert looks.people() == ("ann", "ben")
    with pytest.raises(CaselightError, match="no event"):
        looks.page(Asked(event="peek"))


def test_who_reads_the_audit_sees_all_and_others_their_own_lines(register):
    for person in ("ann", "ben", "ann"):
        Audit(register).write("login", person=person)

    def seen(role: str) -> int:
        scope = Scope("ann", role, frozenset(), frozenset() if role == "supervisor" else None)
        return Looks.within(register, scope).page(Asked()).total

    assert {role: seen(role) for role in ("auditor", "analyst", "supervisor", "service_manager", "admin")} == {
        "auditor": 3, "analyst": 2, "supervisor": 2, "service_manager": 2, "admin": 2,
    }  # fmt: skip
    with pytest.raises(NotAllowed):
        seen("national_viewer")


def test_a_manager_sees_lines_of_people_whose_forces_are_all_theirs(register):
    audit, east = Audit(register), "EAST,A"  # a comma inside a code is no second code
    for person, forces in {
        "own": (),
        "in": (east,),
        "both": (east, "WEST"),
        "out": ("WEST",),
        "like": ("EAST", "A"),
    }.items():
        audit.write(Look("page"), Who(person, "analyst", forces))
    audit.write("login", person="nobody")

    def people(role: str, forces: set[str], teams: frozenset[str] | None = None) -> tuple[str, ...]:
        return Looks.within(register, Scope("own", role, frozenset(forces), teams)).people()

    assert people("service_manager", {east}) == ("in", "own")
    assert people("service_manager", {east, "WEST"}) == ("both", "in", "out", "own")
    assert people("service_manager", set()) == ("own",)
    assert people("service_manager", {east}, frozenset({"T1"})) == ("own",)
    assert people("analyst", {east, "WEST"}) == ("own",)
    assert (
        Looks.within(register, Scope("own", "service_manager", frozenset({east}))).page(Asked(person="out")).total == 0
    )


def test_many_lines_are_all_read_while_more_are_written(register, monkeypatch):
    monkeypatch.setattr("data_access.register.looks.AT_ONCE", 3)
    audit = Audit(register)
    for i in range(8):
        audit.write("page", person="ann", rows=i)
    read = []
    for line in Looks(register).all(Asked()):
        read.append(line.rows)
        audit.write("audit", person="ann", rows=None)
    assert read == list(range(8))


def test_every_event_has_words_and_a_week_has_seven_days():
    assert all(words for words in EVENTS.values())
    asked = Asked.of_week(date(2026, 11, 16))
    assert asked.until - asked.first == timedelta(days=7)
