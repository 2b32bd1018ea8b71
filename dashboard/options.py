"""What can be chosen: the forces, teams and advocates that a person may see, and the code lists."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Protocol

from data_access import codes
from data_access.errors import NotAllowed
from data_access.recipients import FORCE, SUPERVISOR, TEAM

PRESETS = {
    "last_4_weeks": "Last 4 weeks",
    "last_13_weeks": "Last 13 weeks",
    "last_26_weeks": "Last 26 weeks",
    "last_12_months": "Last 12 months",
    "last_24_months": "Last 24 months",
    "custom": "From ... to ...",
}
COMPARISONS = {
    "before": "the period before",
    "year": "the same period last year",
    "others": "the other forces",
}
GRAINS = {"week": "Week", "4week": "4 weeks", "month": "Month", "quarter": "Quarter"}


class Reports(Protocol):
    """The part of ``data_access.reports.Reports`` that the frame of the page needs."""

    def table(self, name: str) -> Any: ...


@dataclass(frozen=True)
class Force:
    """A force that the person may see; ``as_of`` is the last day that its data count, None while it has none."""

    code: str
    name: str
    as_of: date | None = None
    first_on: date | None = None


@dataclass(frozen=True)
class Team:
    """A team. Its code is unique in its force only."""

    code: str
    name: str
    force: str


@dataclass(frozen=True)
class Advocate:
    """An advocate by pseudonym. The code is unique in the force only."""

    code: str
    team: str
    force: str
    in_post: bool = True


@dataclass(frozen=True)
class Options:
    """Everything that a filter may hold. Whatever is not in here does not exist for this person."""

    forces: tuple[Force, ...]
    teams: tuple[Team, ...] = ()
    advocates: tuple[Advocate, ...] = ()
    levels: tuple[str, ...] = codes.LEVELS
    sources: tuple[str, ...] = codes.SOURCES

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:  # part of the key of all that is kept, over every advocate
        return hash((self.forces, self.teams, self.advocates, self.levels, self.sources))

    @classmethod
    def of(cls, reports: Reports) -> "Options":
        """The options of a scope, read through its reports."""
        return cls(
            forces=tuple(
                Force(str(row["force"]), str(row["name"]), _day(row["as_of"]), _day(row["first_on"]))
                for row in _rows(reports, "forces")
            ),
            teams=tuple(Team(str(r["team"]), str(r["name"]), str(r["force"])) for r in _rows(reports, "teams")),
            advocates=tuple(
                Advocate(str(r["advocate"]), str(r["team"]), str(r["force"]), bool(r["in_post"]))
                for r in _rows(reports, "advocates")
            ),
        )

    @property
    def force_codes(self) -> tuple[str, ...]:
        """Codes of the forces, in their order."""
        return tuple(force.code for force in self.forces)

    def team_codes(self, forces: Iterable[str]) -> tuple[str, ...]:
        """Codes of the teams of some forces, each once."""
        wanted = set(forces)
        return tuple(dict.fromkeys(team.code for team in self.teams if team.force in wanted))

    def recipients(self, forces: Iterable[str]) -> tuple[str, ...]:
        """Whom a weekly file of some forces can be for: "force:NORTH", "team:NORTH:CITY", "supervisor:NORTH:CITY"."""
        wanted = set(forces)
        teams = [team for team in self.teams if team.force in wanted]
        whole = [addressee(FORCE, code) for code in self.force_codes if code in wanted]
        return (*whole, *(addressee(kind, team.force, team.code) for kind in (TEAM, SUPERVISOR) for team in teams))

    def advocate_codes(self, forces: Iterable[str]) -> tuple[str, ...]:
        """Codes of the advocates of some forces, each once."""
        wanted = set(forces)
        return tuple(dict.fromkeys(one.code for one in self.advocates if one.force in wanted))


def addressee(kind: str, force: str, team: str = "") -> str:
    """Whom a weekly file is for, as it stands in an address."""
    return ":".join(filter(None, (kind, force, team)))


def _rows(reports: Reports, name: str) -> list[dict[str, Any]]:
    try:
        return reports.table(name).to_dict("records")
    except NotAllowed:  # what the role may not see, it cannot choose
        return []


def _day(value: Any) -> date | None:
    """A date of a frame's cell; a missing one (None, NaT, NaN) is None."""
    if value is None or value != value:
        return None
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None
