"""The register makes itself on first use, for its owner's eyes; lines of the audit are added and never changed."""

import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import delete, func, insert, select, update

from data_access.register import tables as t
from data_access.register.opened import Register, RegisterClosed, beside

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path) -> str:
    """Where a register can be made."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/service.register.sqlite"
    return request.getfixturevalue("postgres_url")


def added(register: Register, event: str = "page", at: datetime = AT) -> None:
    with register.begin() as connection:
        connection.execute(insert(t.audit).values(at=at, event=event, person="a.person"))


def test_it_makes_itself_on_first_use_and_is_found_by_the_next_one(url):
    first = Register(url)
    added(first)
    first.close()
    second = Register(url)
    added(second, at=AT.astimezone(timezone(timedelta(hours=5))))
    with second.reading() as connection:
        rows = connection.execute(select(t.audit.c.seq, t.audit.c.at, t.audit.c.event)).all()
    assert rows == [(1, AT, "page"), (2, AT, "page")]
    second.close()


@pytest.mark.parametrize("change", [update(t.audit).values(event="other"), delete(t.audit)])
def test_a_line_stays_as_it_was_written(url, change):
    register = Register(url)
    added(register)
    with pytest.raises(RegisterClosed), register.begin() as connection:
        connection.execute(change)
    with register.reading() as connection:
        assert connection.execute(select(t.audit.c.event)).scalars().all() == ["page"]
    register.close()


def test_another_version_is_refused(url):
    register = Register(url)
    with register.begin() as connection:
        connection.execute(update(t.mark).values(version=99))
    register.close()
    with pytest.raises(RegisterClosed, match="another version"):
        added(Register(url))


def test_two_who_open_it_at_once_make_it_once(url):
    registers = [Register(url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(added, registers))
    with registers[0].reading() as connection:
        assert connection.execute(select(func.count()).select_from(t.audit)).scalar() == 4
        assert connection.execute(select(t.mark.c.version)).scalars().all() == [t.VERSION]
    for register in registers:
        register.close()


def test_its_file_is_for_its_owner(tmp_path):
    path = tmp_path / "service.register.sqlite"
    register = Register(f"sqlite:///{path}")
    added(register)
    assert [stat.S_IMODE(one.stat().st_mode) for one in sorted(tmp_path.glob("service.register*"))] == [0o600] * 3
    register.close()


def test_a_file_that_is_no_register_is_told_in_words(tmp_path):
    path = tmp_path / "other.sqlite"
    path.write_bytes(b"no database at all, but long enough to be looked at as one" * 40)
    with pytest.raises(RegisterClosed, match="does not answer"):
        added(Register(f"sqlite:///{path}"))


def test_it_is_tried_anew_after_it_did_not_answer(tmp_path):
    path = tmp_path / "folder" / "service.register.sqlite"
    path.parent.mkdir()
    register = Register(f"sqlite:///{path}")
    path.mkdir()
    with pytest.raises(RegisterClosed):
        added(register)
    path.rmdir()
    added(register)
    register.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM audit").fetchone() == (1,)


def test_a_reader_is_not_waited_for(url):
    register = Register(url)
    added(register)
    with register.reading() as reading:
        assert len(reading.execute(select(t.audit)).all()) == 1
        added(register)  # raises where it has to wait for the reader
    with register.reading() as reading:
        assert len(reading.execute(select(t.audit)).all()) == 2
    register.close()


@pytest.mark.parametrize(
    ("database", "register"),
    [
        ("sqlite:///folder/service.sqlite", "sqlite:///folder/service.register.sqlite"),
        ("sqlite:////srv/service.db", "sqlite:////srv/service.db.register.sqlite"),
        ("postgresql://viewer@host/name", "postgresql://viewer@host/name"),
    ],
)
def test_it_stands_beside_the_database(database, register):
    assert beside(database) == register
    assert Path(register).name != Path(database).name or register.startswith("postgresql")
