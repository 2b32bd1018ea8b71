"""Random people and random questions through every door of Reports, and all that an answer says as plain words."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import timedelta
from typing import Any

import pandas as pd

import data_access as da
from dashboard import comparing, verdicts
from dashboard.options import Options
from data_access import codes
from data_access.days import GRAINS
from data_access.extracts import LISTED, SELECTED
from data_access.permissions import ROLES
from data_access.reports import Reports
from data_access.worklists import LISTS
from tests.walls.worlds import FIRST, WEEKS, code

FIGURE_ROLES = ("analyst", "supervisor", "service_manager")
KEYS = ("force", "team", "advocate", "level", "source", "what")
QUALITY = ("completeness", "in_all", "assessments", "late_entry", "freshness", "rules", "imported_twice", "to_mend")


@dataclass(frozen=True)
class Door:
    """One question: its name for the register of doors, what it asks, and the words that the asker said themselves."""

    name: str
    ask: Callable[[Reports], Any]
    said: tuple[str, ...] = ()


def person(draw: random.Random, numbers: Sequence[int], teams: Sequence[str]) -> da.Scope:
    """Somebody with some of the forces (and perhaps one that is not there), some of the teams, and a role."""
    mine = {code(n) for n in numbers if draw.random() < 0.5} | ({"QX99"} if draw.random() < 0.1 else set())
    bound = draw.random() < 0.35
    role = draw.choice(FIGURE_ROLES) if draw.random() < 0.95 else draw.choice(ROLES)
    if role == "supervisor":
        bound = True
    own = frozenset(draw.sample(teams, draw.randrange(0, 3))) if bound else None
    return da.Scope("mine", role, frozenset(mine), own)


def some(draw: random.Random, names: Sequence[str], share: float = 0.2) -> tuple[str, ...]:
    """Mostly nothing, else one or two of the names."""
    return tuple(draw.sample(list(names), min(len(names), draw.choice((1, 1, 2))))) if draw.random() < share else ()


def slice_of(draw: random.Random, numbers: Sequence[int], teams: Sequence[str], people: Sequence[str]) -> da.Slice:
    """Any slice; its forces, teams and advocates are also those of others."""
    first = FIRST + timedelta(days=draw.randrange(-20, 90))
    everybody = [code(n) for n in numbers]
    return da.Slice(
        tuple(everybody if draw.random() < 0.6 else draw.sample(everybody, draw.randrange(1, len(everybody) + 1))),
        first,
        first + timedelta(days=draw.choice((1, 7, 30, 63, 130))),
        draw.choice(GRAINS),
        levels=some(draw, codes.LEVELS),
        sources=some(draw, ("police", "self", "marac", "health"), 0.1),
        teams=some(draw, [*teams, "none"], 0.15),
        advocates=some(draw, [*people, "none"], 0.15),
        as_of=draw.choice((None, None, None, FIRST + timedelta(days=80))),
    )


def doors(
    draw: random.Random, count: int, numbers: Sequence[int], teams: Sequence[str], people: Sequence[str]
) -> list[Door]:
    """Some questions, each of another kind."""
    slice_ = slice_of(draw, numbers, teams, people)
    forces = [code(n) for n in numbers]
    said = (*slice_.forces, *slice_.teams, *slice_.advocates)
    # Figures and lists are most of the doors; all others come up again and again.
    kinds = draw.choices((_frame, _rows, _other), (4, 3, 3), k=count)
    return [made(draw, slice_, forces, teams, said) for made in kinds]


def _frame(draw: random.Random, slice_: da.Slice, forces: list[str], teams: Sequence[str], said: tuple) -> Door:
    measure = draw.choice(list(da.MEASURES))
    names = [key.name for key in da.MEASURES[measure].kind.keys]
    names = [name for name in names if name not in ("days", "hours")]  # long, and nothing else than without
    by = tuple(draw.sample(names, min(len(names), draw.choice((0, 1, 1, 2)))))
    if draw.random() < 0.05:
        by = (draw.choice(KEYS),)
    return Door(f"frame {measure}", lambda r: r.frame(measure, slice_, by), said)


def _rows(draw: random.Random, slice_: da.Slice, forces: list[str], teams: Sequence[str], said: tuple) -> Door:
    name = draw.choice(list(LISTS))
    page = da.Page(draw.choice((1, 1, 2)), draw.choice((2, 25, 500)))
    return Door(f"rows {name}", lambda r: r.rows(name, slice_, page), said)


def _other(draw: random.Random, slice_: da.Slice, forces: list[str], teams: Sequence[str], said: tuple) -> Door:
    measure, table = draw.choice(list(da.MEASURES)), draw.choice([*SELECTED, *LISTED, "nothing"])
    force, team, week = draw.choice(forces), draw.choice(["", *teams]), draw.choice(WEEKS)
    of_quality, kind = draw.choice(QUALITY), draw.choice(("force", "team", "supervisor"))
    iso = f"2026-W{week.isocalendar()[1]:02d}"
    return draw.choice(
        (
            Door(f"table {table}", lambda r: r.table(table, slice_), said),
            Door(f"table {table}", lambda r: r.table(table), said),
            Door(f"quality {of_quality}", lambda r: part(r.quality(slice_), of_quality), said),
            Door(f"quality {of_quality}", lambda r: part(r.quality(slice_), of_quality), said),
            Door("changes", lambda r: r.changes(slice_), said),
            Door("level_differences", lambda r: r.level_differences(slice_), said),
            Door("late_days", lambda r: r.late_days(measure)),
            Door("told_from", lambda r: r.told_from()),
            Door("standards", lambda r: r.standards(forces), tuple(forces)),
            Door("recipients", lambda r: r.recipients(kind, forces, week), tuple(forces)),
            Door("last_runs", lambda r: r.last_runs(forces), tuple(forces)),
            Door("run_before", lambda r: r.run_before(force, kind, team, week + timedelta(days=9)), (force, team)),
            Door("as_known_on", lambda r: r.as_known_on(force, iso, None, None, kind, team), (force, team)),
            Door("published_figures", lambda r: [r.published_figures(run) for run in r.last_runs(forces)]),
            Door("findings", lambda r: r.findings((force,)), (force,)),
            Door("directory", lambda r: r.directory),
            Door("reach", lambda r: r.reach),
            Door("options", Options.of),
            Door("narrowed", lambda r: r.narrowed(force, frozenset({team})).rows("open_cases", slice_), said),
            Door("verdict", lambda r: verdicts.verdict_of(r, measure, slice_.having(grain="week")), said),
            Door("beside", lambda r: comparing.beside(r, measure, slice_), said),
        )
    )


def part(quality: Any, name: str) -> Any:
    """One part of what is told of the quality of records."""
    return quality.to_mend(da.Page(1, 500)) if name == "to_mend" else getattr(quality, name)


def words(answer: Any) -> str:
    """All that an answer says: columns, types, rows, what the frame says of itself; errors by kind and text."""
    if isinstance(answer, pd.DataFrame):
        rows = answer.astype(object).to_numpy().tolist()
        types = [str(kind) for kind in answer.dtypes]
        return f"{list(answer.columns)} {types} {rows} {words(answer.attrs)}"
    if isinstance(answer, da.Measure):
        return answer.name
    if callable(answer):
        return getattr(answer, "__name__", "")
    if is_dataclass(answer):
        return words({field.name: getattr(answer, field.name) for field in fields(answer)})
    if isinstance(answer, dict):
        return "{" + ", ".join(f"{key}: {words(value)}" for key, value in answer.items()) + "}"
    if isinstance(answer, list | tuple):
        return "[" + ", ".join(map(words, answer)) + "]"
    if isinstance(answer, set | frozenset):
        return words(sorted(answer))
    return str(answer)


def answered(reports: Reports, door: Door) -> str:
    """What somebody is told at a door, a refusal included. Any other error than ours comes through."""
    try:
        return words(door.ask(reports))
    except da.CaselightError as refused:
        return f"{type(refused).__name__}: {refused}"
