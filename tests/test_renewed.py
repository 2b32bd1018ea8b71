"""Facts renewed for the cases that changed are the facts that a rebuild of the whole force makes, row for row."""

import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, Table, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from data_access import facts
from data_access import tables as t
from data_access.database import writer
from data_access.days import EPOCH
from data_access.ingest import load, loading
from data_access.rebuild import rebuild
from data_access.rebuild.renewed import OF_CASE, renew
from data_access.rebuild.touched import Touched
from sample_data.generate import write_sample

FORCE = 3  # WEST, the smallest of the sample
CHANGED = (*OF_CASE, t.victim, t.advocate_fte, t.absence)
FIXED = {"force_id", "source_id", "case_ref", "load_id", "pseudonym"}


@pytest.fixture(params=("sqlite", "postgresql"), scope="module")
def engine(request, tmp_path_factory):
    if request.param == "postgresql":
        url = request.getfixturevalue("new_postgres")()
    else:
        url = f"sqlite:///{tmp_path_factory.mktemp('renewed').as_posix()}/sample.sqlite"
    write_sample(url)
    made = writer(url)
    yield made
    made.dispose()


@pytest.fixture
def connection(engine) -> Iterator[Connection]:
    """Inside a transaction that is taken back at the end."""
    with engine.connect() as made:
        made.execute(update(t.force).values(name=t.force.c.name))  # SQLite's driver begins with the first change
        yield made
        made.rollback()


def facts_of(connection: Connection) -> dict[str, list[tuple]]:
    """Every fact of the force."""
    return {
        fact.name: sorted(map(tuple, connection.execute(select(fact).where(fact.c.force_id == FORCE))))
        for fact in facts.FACTS
    }


def one_row(connection: Connection, table: Table, draw: random.Random) -> dict:
    """Any row of the force."""
    own = table.c.force_id == FORCE
    rows = connection.execute(select(func.count()).select_from(table).where(own)).scalar_one()
    key = next(iter(table.primary_key))
    found = select(table).where(own).order_by(key).limit(1).offset(draw.randrange(rows))
    return dict(connection.execute(found).mappings().one())


def moved(value: object, draw: random.Random) -> object:
    """The value; a day now and then by up to two years, so that the calendar has to grow."""
    if isinstance(value, date) and draw.random() < 0.3:
        return value + timedelta(days=draw.randrange(-700, 700))
    return value


def change_a_row(connection: Connection, table: Table, draw: random.Random, touched: Touched) -> None:
    before, other = one_row(connection, table, draw), one_row(connection, table, draw)
    key = next(iter(table.primary_key))
    names = draw.sample(sorted(set(before) - FIXED - {key.name}), 2)
    after = {name: moved(other[name], draw) for name in names}
    connection.execute(update(table).where(key == before[key.name]).values(after))
    touched.updated(table, before, after)


def add_a_row(connection: Connection, table: Table, draw: random.Random, touched: Touched) -> None:
    row = one_row(connection, table, draw)
    key = next(iter(table.primary_key))
    row[key.name] = connection.execute(select(func.max(key))).scalar_one() + 1
    for name in ("source_id", "case_ref", "pseudonym"):
        if name in row:
            row[name] = f"new-{row[key.name]}"
    if "case_id" in row and table is not t.cases:
        nobody = table is t.referral and draw.random() < 0.3
        row["case_id"] = None if nobody else one_row(connection, t.cases, draw)["case_id"]
    row = {name: moved(value, draw) for name, value in row.items()}
    connection.execute(insert(table), [row])
    touched.inserted(table, {name: [value] for name, value in row.items()})


def changes(connection: Connection, seed: int) -> Touched:
    """Some rows of any tables, added or changed as a load might."""
    draw, touched = random.Random(seed), Touched()
    for _ in range(draw.randrange(1, 7)):
        table, found = draw.choice(CHANGED), Touched()
        try:
            with connection.begin_nested():
                (change_a_row if draw.random() < 0.6 else add_a_row)(connection, table, draw, found)
        except IntegrityError:  # what the tables themselves do not take, no load writes
            continue
        touched.add(found)
    return touched


SEEDS = [range(start, start + 10) for start in (0, 10, 20)]


# The draws are the same on both; on PostgreSQL each takes four times as long.
@pytest.mark.parametrize(
    ("engine", "seeds"),
    [*(("sqlite", seeds) for seeds in SEEDS), ("postgresql", SEEDS[0])],
    indirect=["engine"],
    ids=str,
)
def test_any_change_gives_the_facts_of_a_rebuild(engine, seeds):
    renewed = 0
    for seed in seeds:
        with engine.connect() as connection:
            connection.execute(update(t.force).values(name=t.force.c.name))
            touched = changes(connection, seed)
            if renew(connection, FORCE, touched):
                renewed += 1
                found = facts_of(connection)
                rebuild(connection, FORCE)
                wanted = facts_of(connection)
                for name, rows in wanted.items():
                    assert found[name] == rows, (seed, name)
            connection.rollback()
    assert renewed >= 6  # an earlier calendar or too many cases is built whole


def test_nothing_touched_changes_nothing(connection):
    before = facts_of(connection)
    assert renew(connection, FORCE, Touched())
    assert facts_of(connection) == before


def test_what_every_case_depends_on_is_built_whole(connection):
    case = connection.execute(select(t.cases.c.case_id).where(t.cases.c.force_id == FORCE)).scalars().first()
    one = Touched(cases={case})
    assert not renew(connection, FORCE, Touched(whole={FORCE}))
    every = connection.execute(select(t.cases.c.case_id).where(t.cases.c.force_id == FORCE)).scalars().all()
    assert not renew(connection, FORCE, Touched(cases=set(every[: len(every) // 2])))
    with connection.begin_nested() as part:  # another standard than the facts were built by
        connection.execute(insert(t.standard).values(force_id=FORCE, kind="contact_within", name="high", amount=3))
        assert not renew(connection, FORCE, one)
        part.rollback()
    with connection.begin_nested() as part:  # a day that was no holiday when the facts were built
        friday = date(2026, 3, 6)
        connection.execute(insert(t.bank_holiday).values(on_day=friday, name="Invented"))
        assert not renew(connection, FORCE, one)
        part.rollback()
    with connection.begin_nested() as part:  # the only incidents of the force are gone
        connection.execute(delete(t.incident).where(t.incident.c.force_id == FORCE))
        assert not renew(connection, FORCE, one)
        part.rollback()
    assert renew(connection, FORCE, one)


def test_a_limit_that_lay_beyond_the_calendar_is_found_when_the_calendar_grows(connection):
    w, p, j = facts.working_day.c, facts.case_path.c, facts.justice.c
    last = connection.execute(select(func.max(w.on_day)).where(w.force_id == FORCE)).scalar_one()
    one, other = connection.execute(select(p.case_id).where(p.force_id == FORCE)).scalars().all()[:2]
    step = one_row(connection, t.justice_event, random.Random(1))
    step |= {"justice_event_id": 10**6, "source_id": "late", "case_id": one, "on_day": EPOCH + timedelta(days=last)}
    connection.execute(insert(t.justice_event), [step])
    rebuild(connection, FORCE)
    due = select(j.due_on).where(j.justice_event_id == 10**6)
    assert connection.execute(due).scalar_one() == last + 5  # no working day is known there: days are counted
    call = one_row(connection, t.contacts, random.Random(1)) | {"contact_id": 10**6, "source_id": "late"}
    call |= {"case_id": other, "on_day": EPOCH + timedelta(days=last)}
    connection.execute(insert(t.contacts), [call])
    assert renew(connection, FORCE, Touched(cases={other}))
    assert connection.execute(due).scalar_one() >= last + 7  # five working days hold a weekend
    found = facts_of(connection)
    rebuild(connection, FORCE)
    assert found == facts_of(connection)


def test_a_load_of_few_cases_renews_them_alone(sample_copy, tmp_path, monkeypatch):
    engine, c, v = writer(sample_copy), t.cases.c, t.victim.c
    with engine.connect() as connection:
        cases = connection.execute(select(c.source_id).where(c.force_id == FORCE).order_by(c.case_id)).scalars().all()
        victims = select(v.pseudonym, v.sex).where(v.force_id == FORCE).order_by(v.victim_id)
        victim, sex = connection.execute(victims).first()
    folder = tmp_path / "in"
    folder.mkdir()
    files = {
        "contacts": [
            ["force_code", "source_id", "case", "at", "direction", "with_whom", "channel", "outcome"],
            ["WEST", "new-1", cases[3], "2026-11-20 10:00", "outbound", "victim", "phone", "successful"],
            ["WEST", "new-2", cases[50], "2026-12-20", "outbound", "victim", "text", "no_answer"],
        ],
        "victims": [
            ["force_code", "victim", "sex"],
            ["WEST", victim, "female" if sex == "male" else "male"],
        ],
        "referrals": [
            ["force_code", "source_id", "case", "opens_case", "received_at", "source", "decision"],
            ["WEST", "new-1", "", "no", "2026-11-20", "housing", "not_recorded"],
        ],
        "risk_assessments": [
            ["force_code", "source_id", "case", "assessed_on", "tool", "kind", "agency", "level"],
            ["WEST", "new-1", cases[9], "2026-11-19", "dash_safelives", "review", "advocacy_service", "high"],
        ],
    }
    for name, rows in files.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)

    def never(*_: object) -> None:
        raise AssertionError("the force was built whole")

    monkeypatch.setattr(loading, "rebuild", never)
    assert load(folder, sample_copy).loaded == 5
    with engine.connect() as connection:
        connection.execute(update(t.force).values(name=t.force.c.name))
        found = facts_of(connection)
        rebuild(connection, FORCE)
        assert found == facts_of(connection)
        connection.rollback()
    engine.dispose()
