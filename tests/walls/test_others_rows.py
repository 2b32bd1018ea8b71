"""Non-interference: with every row of others deleted, whatever somebody asks is answered in the same words."""

import random
import re
from collections import Counter
from collections.abc import Sequence
from datetime import date

import pytest
from sqlalchemy import create_engine, select

import data_access as da
from data_access import facts
from data_access.codes import RECIPIENTS
from data_access.extracts import LISTED, SELECTED
from data_access.store import Store
from data_access.tables import schema
from data_access.worklists import LISTS
from tests.walls import worlds
from tests.walls.asking import QUALITY, Door, answered, doors, part, person
from tests.walls.worlds import code

BATCHES, WORLDS, ASKED = 10, 100, 3  # databases of a batch, and questions that somebody asks of each
ODD = r"QX[0-9]{2}"  # stands in every force's rows
COUNTERS = ("arrays", "sql")


class World:
    """A database of some forces, opened by two counters, and the same without what is foreign to somebody."""

    def __init__(self, pool: worlds.Pool, draw: random.Random, numbers: Sequence[int] = ()):
        self.pool = pool
        self.numbers = sorted(numbers or draw.sample(range(1, worlds.FORCES + 1), draw.randrange(2, 5)))
        self.engine = pool.database(self.numbers)
        self.stores = {kind: Store(self.engine, kind) for kind in COUNTERS}
        found = self.stores["sql"].directory()
        self.teams = sorted({name for x in found.teams for name in (x.code, f"{x.force}/{x.code}")})
        self.people = sorted({name for x in found.advocates for name in (x.code, f"{x.force}/{x.code}")})

    def alone(self, scope: da.Scope, kind: str) -> Store:
        """The database as if nothing but the person's own had ever been in it."""
        mine = [n for n in self.numbers if code(n) in scope.forces]
        engine = self.pool.database(mine)
        if scope.teams is not None:
            own = self.stores["sql"].directory().within(scope.forces, scope.teams).teams
            with engine.begin() as connection:
                worlds.leave_teams_out(connection, [team.id for team in own], mine)
        return Store(engine, kind)


def _neighbour(scope: da.Scope) -> da.Scope:
    """Somebody with the same forces and another right: their answers must not be kept for the first."""
    if scope.teams is not None:
        return da.Scope("neighbour", "service_manager", scope.forces, None)
    role = "analyst" if scope.role == "service_manager" else "service_manager"
    return da.Scope("neighbour", role, scope.forces, None)


def interference(world: World, scope: da.Scope, door: Door, kind: str, alone: Store) -> str:
    """How what others have in the database shows; nothing when it does not."""
    store = world.stores[kind]
    everybody = da.Scope("all", "service_manager", frozenset(map(code, world.numbers)))
    for other in (everybody, _neighbour(scope)):
        answered(store.reports(other), door)  # what is kept for them is there when the person asks
    mine = store.reports(scope)
    first, again, wanted = answered(mine, door), answered(mine, door), answered(alone.reports(scope), door)
    if first != again:
        return f"asked again: {first[:1500]}\n{again[:1500]}"
    if first != wanted:
        return f"with others: {first[:3000]}\nalone: {wanted[:3000]}"
    own = (*scope.forces, *(scope.teams or ()), *door.said)
    foreign = set(re.findall(ODD, first)) - set(re.findall(ODD, " ".join(own)))
    return f"says {foreign}: {first[:1500]}" if foreign else ""


def run(pool: worlds.Pool, seed: int, databases: int) -> Counter:
    """So many databases; raises AssertionError with the first answer in which others show. Gives how often by door."""
    asked: Counter = Counter()
    for place in range(databases):
        draw = random.Random(f"{seed}-{place}")
        world = World(pool, draw)
        scope, kind = person(draw, world.numbers, world.teams), draw.choice(COUNTERS)
        alone = world.alone(scope, draw.choice(COUNTERS))
        for door in doors(draw, ASKED, world.numbers, world.teams, world.people):
            shown = interference(world, scope, door, kind, alone)
            assert not shown, f"{seed}-{place} {door.name} {scope} of {world.numbers}\n{shown}"
            asked[door.name] += 1
        asked["examples"] += 1
        worlds.leave(alone.engine, world.engine)
    return asked


def _told(asked: Counter) -> None:
    print(
        f"{asked.pop('examples')} databases, people and slices; {sum(asked.values())} questions at {len(asked)} doors"
    )


class TestDeletingTheRowsOfOthersChangesNothing:
    """Half of the databases; the other half is a class of its own, so that two processes share them."""

    @pytest.mark.parametrize("batch", range(BATCHES // 2))
    def test_in_what_anybody_sees(self, pool, batch):
        _told(run(pool, batch, WORLDS))


class TestDeletingTheRowsOfOthersChangesNothingEither:
    """The other half."""

    @pytest.mark.parametrize("batch", range(BATCHES // 2, BATCHES))
    def test_in_what_anybody_sees(self, pool, batch):
        _told(run(pool, batch, WORLDS))


TEAMS = frozenset({"T1", "T2", "QX09T1"})
PEOPLE = (
    da.Scope("manager", "service_manager", frozenset({"QX04", "QX09"})),
    da.Scope("supervisor", "supervisor", frozenset({"QX04", "QX09"}), frozenset({"T1", "QX09/QX09T2"})),
    da.Scope("analyst", "analyst", frozenset({"QX04"})),
)


@pytest.mark.parametrize("scope", PEOPLE, ids=lambda scope: scope.identity)
def test_every_measure_list_table_and_other_door_once(pool, scope):
    world = World(pool, random.Random(1), [4, 8, 9, 14])
    alone = world.alone(scope, "sql")
    slice_ = da.Slice(("QX04", "QX08", "QX09", "QX14"), date(2026, 1, 5), date(2026, 4, 6), "month")
    asked = [
        Door(f"frame {m}", lambda r, m=m, b=b: r.frame(m, slice_, b)) for m in da.MEASURES for b in ((), ("team",))
    ]
    asked += [Door(f"rows {name}", lambda r, name=name: r.rows(name, slice_, da.Page(1, 500))) for name in LISTS]
    asked += [Door(f"table {name}", lambda r, name=name: r.table(name, slice_)) for name in (*SELECTED, *LISTED)]
    asked += [Door(f"quality {name}", lambda r, name=name: part(r.quality(slice_), name)) for name in QUALITY]
    forces = slice_.forces
    asked += [
        Door("told_from", lambda r: r.told_from()),
        Door("standards", lambda r: r.standards(forces), forces),
        Door("last_runs", lambda r: r.last_runs(forces), forces),
        Door("directory", lambda r: r.directory),
        *(Door("recipients", lambda r, k=k: r.recipients(k, forces, worlds.AS_OF), forces) for k in RECIPIENTS),
        *(Door("as_known_on", lambda r, f=f: r.as_known_on(f, "2026-W02"), (f,)) for f in forces),
        *(Door("run_before", lambda r, f=f: r.run_before(f, "force", "", worlds.AS_OF), (f,)) for f in forces),
        *(Door("findings", lambda r, f=f: r.findings((f,)), (f,)) for f in forces),
        *(Door("narrowed", lambda r, f=f: r.narrowed(f).rows("opened", slice_).frame, (f,)) for f in forces),
        *(Door("narrowed", lambda r, f=f: r.narrowed(f, TEAMS).rows("opened", slice_).frame, (f,)) for f in forces),
    ]
    for door in asked:
        for kind in COUNTERS:
            assert not interference(world, scope, door, kind, alone), door.name


def test_the_first_days_that_a_team_is_told_are_its_own(pool):
    """Not those of an earlier case, or closing, of another team of the force; some of the forces have such cases."""
    differ = 0
    for number in (n for n in range(1, worlds.FORCES + 1) if n % 5):
        world = World(pool, random.Random(number), [number])
        whole = world.stores["sql"].reports(da.Scope("all", "service_manager", frozenset({code(number)})))
        for team in whole.directory.teams:
            scope = da.Scope("mine", "supervisor", frozenset({code(number)}), frozenset({team.code}))
            mine, alone = world.stores["sql"].reports(scope), world.alone(scope, "sql").reports(scope)
            assert mine.told_from() == alone.told_from()
            assert mine.directory == alone.directory
            differ += mine.told_from() != whole.told_from()
    assert differ > 10


def test_facts_of_a_force_are_built_from_its_own_rows_only(tmp_path):
    """In a database with others, and in one of its own: the same facts, row for row."""
    engines = []
    for number, others in ((4, ()), (4, (1, 3, 9))):
        engine = create_engine(f"sqlite:///{(tmp_path / f'{len(others)}.sqlite').as_posix()}")
        with engine.begin() as connection:
            schema.create_all(connection)
            for one in sorted((number, *others)):
                worlds.write_force(connection, one)
        engines.append(engine)
    for fact in facts.FACTS:
        rows = []
        for engine in engines:
            with engine.connect() as connection:
                rows.append(sorted(map(tuple, connection.execute(select(fact).where(fact.c.force_id == 4)))))
        assert rows[0] == rows[1], fact.name
