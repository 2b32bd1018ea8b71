"""What is kept for one person is not given to another, and the same person does get it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import create_engine, delete, update
from sqlalchemy.pool import StaticPool

import data_access as da
from dashboard import comparing, verdicts
from dashboard.kept import Kept
from data_access import facts, worked_examples
from data_access import tables as t
from data_access.days import number
from data_access.store import Store
from data_access.tables import schema
from tests.walls.asking import words

FIRST, AS_OF = date(2025, 1, 6), date(2026, 4, 5)
LATE = {"NORTH": 3, "EAST": 9}  # days after which every contact of the force is typed in
SLICE = da.Slice(("NORTH", "EAST"), date(2025, 3, 3), date(2026, 3, 2), "week")


def _rows(late: int) -> dict:
    """A case that is opened and closed in each week but the last ones, with three contacts of it."""
    cases = [
        {"source_id": f"c{n}", "opened_on": FIRST + timedelta(weeks=n), "closed_on": FIRST + timedelta(weeks=n + 1)}
        for n in range(late, 60)
    ]
    contacts = [
        {
            "source_id": f"{case['source_id']}-{n}",
            "case": case["source_id"],
            "on_day": case["opened_on"] + timedelta(days=n),
            "entered_on": case["opened_on"] + timedelta(days=n + late),
            "outcome": "successful" if late > 3 or n else "no_answer",
        }
        for case in cases
        for n in range(3)
    ]
    return {"cases": cases, "contacts": contacts}


def _store(forces: dict[str, int]) -> Store:
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    with engine.begin() as connection:
        schema.create_all(connection)
        for number, (code, late) in enumerate(forces.items(), 1):
            worked_examples.write_rows(connection, _rows(late), AS_OF, number, code)
    return Store(engine)


@pytest.fixture(scope="module")
def store() -> Store:
    return _store(LATE)


def _scope(*forces: str, role: str = "service_manager", teams=None) -> da.Scope:
    return da.Scope("somebody", role, frozenset(forces), None if teams is None else frozenset(teams))


SCOPES = (
    _scope("NORTH", "EAST"),
    _scope("NORTH"),
    _scope("EAST"),
    _scope(),
    _scope("NORTH", role="analyst"),
    _scope("NORTH", teams=("T1",)),
    _scope("NORTH", teams=()),
    _scope("NORTH", role="supervisor", teams=("T1",)),
)
ASKED = {
    "late days": lambda r: r.late_days("contact_success"),
    "told from": lambda r: r.told_from(),
    "verdict": lambda r: verdicts.verdict_of(r, "contact_success", SLICE).sentence,
    "events": lambda r: verdicts._events(r)["text"].tolist(),
    "beside": lambda r: comparing.beside(r, "contact_success", SLICE),
    "figure": lambda r: r.frame("contact_success", SLICE, ("force",)).to_dict("list"),
    "list": lambda r: r.rows("opened", SLICE).frame.to_dict("list"),
}


@pytest.mark.parametrize("counter", ["arrays", "sql"])
@pytest.mark.parametrize("name", ASKED)
def test_each_is_told_their_own_whoever_asked_before(store, name, counter):
    shared = Store(store.engine, counter)
    for scope in (*SCOPES, *reversed(SCOPES)):
        alone = Store(store.engine, "sql")
        assert words(ASKED[name](shared.reports(scope))) == words(ASKED[name](alone.reports(scope))), scope


def test_the_hand_made_forces_differ_in_what_is_kept(store):
    """What this rests on: typed in after 3 and 9 days, first closed one week after the first case."""
    reports = store.reports(SCOPES[0])
    assert reports.late_days("contact_success") == LATE
    assert reports.told_from() == {code: FIRST + timedelta(weeks=late + 1) for code, late in LATE.items()}
    assert "NORTH" in comparing.beside(reports, "contact_success", SLICE)


def test_the_page_keeps_answers_by_all_that_may_be_seen(store):
    """Each scope has an answer of its own; the same scope, whoever asks, has the one that was made."""
    kept = Kept()
    for again in range(2):
        for place, scope in enumerate(SCOPES):
            made = kept.answer(store.reports(scope), ("card",), lambda place=place, again=again: (place, again))
            assert made == (place, 0)
    other = da.Scope("another", "service_manager", frozenset({"NORTH"}))
    assert kept.answer(store.reports(other), ("card",), lambda: "made anew") == (1, 0)


def test_the_page_keeps_answers_of_two_databases_apart(store):
    kept, twin = Kept(), _store(LATE)
    stamps = {force.code: force.stamp for force in store.directory().forces}
    with twin.engine.begin() as connection:  # even where they are a copy of each other
        for force in twin.directory().forces:
            version = update(t.data_version).where(t.data_version.c.force_id == force.id)
            connection.execute(version.values(stamp=stamps[force.code]))
    twin._look_now()
    assert store.reports(SCOPES[0]).reach == twin.reports(SCOPES[0]).reach
    for place, of in enumerate((store, twin, store, twin)):
        assert kept.answer(of.reports(SCOPES[0]), ("card",), lambda place=place: place) == place % 2


def test_a_reach_tells_roles_teams_and_forces_apart_and_not_persons(store):
    assert len({store.reports(scope).reach for scope in SCOPES}) == len(SCOPES)
    named = da.Scope("another", "service_manager", frozenset({"NORTH"}))
    assert store.reports(named).reach == store.reports(SCOPES[1]).reach


@pytest.mark.parametrize("counter", ["arrays", "sql"])
def test_after_a_load_nothing_old_is_shown(counter):
    """Six cases of NORTH are taken out and its version goes up: figures and lists are the new ones at the next look."""
    of_north = _store({"NORTH": 3})
    store, slice_ = Store(of_north.engine, counter), SLICE.having(grain="whole")
    before = [store.reports(_scope("NORTH")).frame("inflow_outflow", slice_)["numerator"].item()]
    before.append(store.reports(_scope("NORTH")).rows("opened", slice_).total)
    with of_north.engine.begin() as connection:
        for fact in (facts.case_path, facts.case_state):
            connection.execute(
                delete(fact).where(fact.c.opened_on.between(number(SLICE.first), number(SLICE.first) + 41))
            )
        connection.execute(update(t.data_version).values(version=2))
    store._look_now()
    after = [store.reports(_scope("NORTH")).frame("inflow_outflow", slice_)["numerator"].item()]
    after.append(store.reports(_scope("NORTH")).rows("opened", slice_).total)
    assert [old - new for old, new in zip(before, after, strict=True)] == [6, 6]
