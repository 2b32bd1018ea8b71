"""Forces, teams and advocates by id and code, and how far each force's data go."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from sqlalchemy import Connection, Engine, func, select

from data_access import facts
from data_access import tables as t
from data_access.codes import SUPERVISING
from data_access.days import NEVER, day, number
from data_access.transactions import one_state

Version = tuple[int, date, str]  # number of the data of a force, the day up to which they tell, and their stamp


@dataclass(frozen=True)
class Force:
    """A force with the first and the last day that its data tell of."""

    id: int
    code: str
    name: str
    as_of: date
    first_on: date
    version: int
    adults: int | None = None
    stamp: str = ""

    @property
    def state(self) -> Version:
        """What tells one state of its data from another."""
        return self.version, self.as_of, self.stamp


@dataclass(frozen=True)
class Team:
    """A team and its force, with the first day that the data tell of it; none where it has no case."""

    id: int
    code: str
    name: str
    force: str
    first_on: date | None = None


@dataclass(frozen=True)
class Advocate:
    """An advocate by pseudonym, with the days in post, ``started <= day < left``; supervisors and managers as well."""

    id: int
    code: str
    team: str
    force: str
    started: int
    left: int
    supervises: bool = False


@dataclass(frozen=True)
class Threshold:
    """Least scores of a force's tool for medium and high, valid ``since <= day < until``."""

    force: str
    tool: str
    since: int
    until: int
    medium_min: int
    high_min: int


@dataclass(frozen=True)
class Directory:
    """Who and where, for the forces that somebody may see, and from which score a case is high there."""

    forces: tuple[Force, ...]
    teams: tuple[Team, ...]
    advocates: tuple[Advocate, ...]
    thresholds: tuple[Threshold, ...] = ()

    def within(self, codes: frozenset[str], teams: frozenset[str] | None = None, advocates: bool = True) -> "Directory":
        """The part of these forces (and teams, where a person is bound to teams), with the advocates or without.

        A team is named by its code, or as FORCE/CODE.
        """
        kept, asked = self._parts, (codes, teams, advocates)
        if asked not in kept:  # asked some hundred times for one page
            kept[asked] = self._cut(*asked)
        return kept[asked]

    @cached_property
    def _parts(self) -> dict[tuple, "Directory"]:
        return {}

    def _cut(self, codes: frozenset[str], teams: frozenset[str] | None, advocates: bool) -> "Directory":
        def seen(force: str, team: str) -> bool:
            return force in codes and (teams is None or team in teams or f"{force}/{team}" in teams)

        forces = tuple(f for f in self.forces if f.code in codes)
        own = tuple(x for x in self.teams if seen(x.force, x.code))
        if teams is not None:  # the first case of a force may be another team's
            first = {f.code: [x.first_on for x in own if x.force == f.code and x.first_on] for f in forces}
            forces = tuple(replace(f, first_on=min(first[f.code], default=f.as_of)) for f in forces)
        return Directory(
            forces,
            own,
            tuple(a for a in self.advocates if advocates and seen(a.force, a.team)),
            tuple(h for h in self.thresholds if h.force in codes),
        )

    @cached_property
    def versions(self) -> tuple:
        """Code, state (``Version``) and id of each force: part of every cache key."""
        return tuple((f.code, *f.state, f.id) for f in self.forces)


def versions(engine: Engine) -> tuple:
    """What the database holds now; compared with ``Directory.versions`` to know whether to read again."""
    with engine.connect() as connection:
        return versions_on(connection)


def versions_on(connection: Connection) -> tuple:
    """The same on a connection that is open."""
    v = t.data_version.c
    rows = connection.execute(
        select(t.force.c.code, v.version, v.as_of, v.stamp, v.force_id)
        .join(t.force, t.force.c.force_id == v.force_id)
        .order_by(t.force.c.code)
    )
    return tuple(tuple(row) for row in rows)


def read(engine: Engine) -> Directory:
    """Read the whole directory, in the order of codes. A force without loaded data is left out."""
    with one_state(engine) as connection:
        return read_on(connection)


def read_on(connection: Connection) -> Directory:
    """The same on a connection that sees one state of the data."""
    f, v, p, m, a = t.force.c, t.data_version.c, facts.case_path.c, t.team.c, t.advocate.c
    h = t.risk_threshold.c
    begun = select(p.force_id, p.team_id, func.min(p.opened_on)).group_by(p.force_id, p.team_id)
    first = {(force_id, team_id): day(on) for force_id, team_id, on in connection.execute(begun)}
    forces = [
        Force(
            row.force_id,
            row.code,
            row.name,
            row.as_of,
            min((on for (force_id, _), on in first.items() if force_id == row.force_id), default=row.as_of),
            row.version,
            row.adult_population,
            row.stamp,
        )
        for row in connection.execute(
            select(f.force_id, f.code, f.name, f.adult_population, v.as_of, v.version, v.stamp)
            .join(t.data_version, v.force_id == f.force_id)
            .order_by(f.code)
        )
    ]
    teams = [
        Team(row.team_id, row.code, row.name, row.force, first.get((row.force_id, row.team_id)))
        for row in connection.execute(
            select(m.team_id, m.force_id, m.code, m.name, f.code.label("force"))
            .join(t.force, f.force_id == m.force_id)
            .order_by(f.code, m.code)
        )
    ]
    advocates = [
        Advocate(
            row.advocate_id,
            row.code,
            row.team,
            row.force,
            number(row.started_on),
            NEVER if row.left_on is None else number(row.left_on),
            row.role in SUPERVISING,
        )
        for row in connection.execute(
            select(a.advocate_id, a.code, a.role, a.started_on, a.left_on, m.code.label("team"), f.code.label("force"))
            .join(t.team, m.team_id == a.team_id)
            .join(t.force, f.force_id == a.force_id)
            .order_by(f.code, a.code)
        )
    ]
    thresholds = [
        Threshold(
            row.force,
            row.tool,
            number(row.since),
            NEVER if row.until is None else number(row.until),
            row.medium_min,
            row.high_min,
        )
        for row in connection.execute(
            select(f.code.label("force"), h.tool, h.since, h.until, h.medium_min, h.high_min)
            .join(t.force, f.force_id == h.force_id)
            .order_by(f.code, h.tool, h.since)
        )
    ]
    return Directory(tuple(forces), tuple(teams), tuple(advocates), tuple(thresholds))
