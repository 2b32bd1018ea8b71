"""Non-interference of what leaves: pages over the wire, weekly workbooks, notebooks and commands say the same without
the rows of others."""

import random
import re
import sqlite3
from datetime import date
from urllib.parse import urlencode

import pytest
from typer.testing import CliRunner

import data_access as da
from dashboard import notebook
from dashboard.cli import app
from dashboard.views import VIEWS
from dashboard.workbook import book
from data_access.worklists import LISTS
from tests.walls import worlds
from tests.walls.asking import FIGURE_ROLES
from tests.walls.test_others_rows import ODD, World
from tests.walls.wire import Wire
from tests.walls.worlds import code

COUNT = 25
WEEKS = ("2026-W04", "2026-W09", "2026-W14")


@pytest.fixture(scope="module")
def pool(tmp_path_factory) -> worlds.Pool:
    return worlds.pool(tmp_path_factory.mktemp("pool") / "pool.sqlite")


@pytest.fixture(scope="module")
def wire():
    made = Wire()
    yield made
    made.close()


def _with_cases(draw: random.Random) -> list[int]:
    """Some forces; the first has cases."""
    first = draw.choice([n for n in range(1, worlds.FORCES + 1) if n % 5 > 1])
    others = draw.sample([n for n in range(1, worlds.FORCES + 1) if n != first], draw.randrange(1, 4))
    return [first, *others]


def _person(draw: random.Random, numbers: list[int], world: World) -> da.Scope:
    """Somebody of the first force and perhaps another, of the whole or of teams; never of every force."""
    mine = {code(n) for n in numbers[: draw.choice((1, 1, 2)) if len(numbers) > 2 else 1]}
    role = draw.choice(FIGURE_ROLES)
    bound = role == "supervisor" or draw.random() < 0.25
    own = frozenset(name for name in world.teams if draw.random() < 0.5) if bound else None
    return da.Scope("mine", role, frozenset(mine), own)


def _address(draw: random.Random, world: World) -> str:
    """Any page with any filters, also those of others."""
    asked = {"page": draw.choice(list(VIEWS)), "period": "custom", "from": "2026-01-05", "until": "2026-04-06"}
    if draw.random() < 0.5:
        asked["by"] = draw.choice(("4week", "month"))
    if draw.random() < 0.3:
        asked["force"] = " ".join(
            code(n) for n in draw.sample(world.numbers, draw.randrange(1, len(world.numbers) + 1))
        )
    for name, known in (("level", ("high", "medium")), ("team", world.teams), ("advocate", world.people)):
        if known and draw.random() < 0.2:
            asked[name] = draw.choice(known)
    if draw.random() < 0.5:
        asked |= {"list": draw.choice(list(LISTS)), "at": "1"}
    asked["compare"] = draw.choice(("before", "year", "others"))
    return urlencode(asked)


class Case:
    """A random database of some forces, somebody who may see some of it, and the same without what is foreign."""

    def __init__(self, pool: worlds.Pool, seed: str):
        self.draw = random.Random(seed)
        numbers = _with_cases(self.draw)
        self.world = World(pool, self.draw, numbers)
        self.scope = _person(self.draw, numbers, self.world)
        self.full = self.world.stores["arrays"].reports(self.scope)
        self.alone = self.world.alone(self.scope, "arrays").reports(self.scope)


def assert_says_nothing_of_others(said: str, case: Case, asked: str = "") -> None:
    """No odd word of a force that is not the person's stands in it, but for those that they typed; nothing failed."""
    assert "Something went wrong" not in said
    own = " ".join((*case.scope.forces, asked))
    assert set(re.findall(ODD, said)) <= set(re.findall(ODD, own))


@pytest.mark.parametrize("seed", range(COUNT))
def test_pages_over_the_wire(pool, wire, seed):
    case = Case(pool, f"wire-{seed}")
    query, more = _address(case.draw, case.world), _address(case.draw, case.world)
    with_others = wire.pages("full", case.full, query, more)
    alone = wire.pages("alone", case.alone, query, more)
    assert with_others.replace("whose=full", "whose=alone") == alone
    assert_says_nothing_of_others(with_others, case, query + more)


@pytest.mark.parametrize("seed", range(COUNT))
def test_pages_of_a_notebook(pool, seed):
    case = Case(pool, f"notebook-{seed}")
    name = case.draw.choice(list(VIEWS))
    days = {"preset": "custom", "first": date(2026, 1, 5), "until": date(2026, 4, 6)}
    said = [notebook.page(reports, name, **days).__panel__().paper.whole() for reports in (case.full, case.alone)]
    assert said[0] == said[1]
    assert_says_nothing_of_others(said[0], case)


@pytest.mark.parametrize("seed", range(COUNT))
def test_weekly_workbooks(pool, seed):
    case = Case(pool, f"workbook-{seed}")
    force, week = sorted(case.scope.forces)[0], case.draw.choice(WEEKS)

    def made(reports) -> bytes | str:
        try:
            return book(reports, force, week)
        except da.CaselightError as refused:
            return f"{type(refused).__name__}: {refused}"

    assert made(case.full) == made(case.alone)


def _file(pool: worlds.Pool, numbers: list[int], path) -> str:
    """A database file with these forces."""
    made = pool.database(numbers)
    with sqlite3.connect(path) as raw:
        made.raw_connection().driver_connection.backup(raw)
    raw.close()
    made.dispose()
    return f"sqlite:///{path.as_posix()}"


@pytest.mark.parametrize("seed", range(COUNT))
def test_commands(pool, seed, tmp_path):
    draw = random.Random(f"command-{seed}")
    numbers = _with_cases(draw)
    force = code(numbers[0])
    command = draw.choice(
        (
            ["measure", draw.choice(list(da.MEASURES)), "--from", "2026-01-05", "--to", "2026-04-06"],
            ["measure", "open_cases", "--by", "team", "--from", "2026-01-05", "--to", "2026-04-06"],
            ["cases", draw.choice(list(LISTS))],
            ["check"],
        )
    )
    said = []
    for name, some in (("full", numbers), ("alone", numbers[:1])):
        url = _file(pool, some, tmp_path / f"{name}.sqlite")
        done = CliRunner().invoke(app, [*command, "--force", force, "--database", url])
        said.append(f"{done.exit_code} {done.output} {done.exception}")
    assert said[0] == said[1]
    assert set(re.findall(ODD, said[0])) <= {force}
