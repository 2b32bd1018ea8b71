"""Who somebody is and what they may see; made by the gate only."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from data_access.errors import NotGiven
from data_access.permissions import BOUND_TO_TEAMS, NEVER_TOGETHER, ROLES
from data_access.register.accounts import Line
from data_access.scope import Scope

HERE = "this machine"
FIRST = ("service_manager", "supervisor", "analyst", "national_viewer", "auditor", "admin")  # when nobody chose


@dataclass(frozen=True)
class Grant:
    """A role in some forces. ``forces`` None: every force there is (only for whoever sits at this machine).

    ``teams`` are written FORCE/TEAM, because teams of two forces may have one code; None: not bound to teams.
    """

    role: str
    forces: frozenset[str] | None
    teams: frozenset[str] | None = None


@dataclass(frozen=True)
class Person:
    """Somebody who passed the gate: ``session`` is a sum of their sign-in's id, ``role`` the one that they chose."""

    name: str
    grants: tuple[Grant, ...]
    session: str = ""
    since: datetime = field(default_factory=lambda: datetime.now(UTC))
    role: str = ""

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that they hold; the one that shows most figures first."""
        held = {grant.role for grant in self.grants}
        return tuple(role for role in FIRST if role in held)

    def chosen(self, role: str = "") -> str:
        """The role asked for if they hold it, else the one that they chose before, else their first; empty: none."""
        return next((one for one in (role, self.role, *self.roles) if one in self.roles), "")

    def scope(self, role: str, forces: Iterable[str]) -> Scope:
        """What they may see in a role, of the ``forces`` that there are. Raises NotGiven without the role."""
        grant = next((grant for grant in self.grants if grant.role == role), None)
        if grant is None:
            raise NotGiven(
                "You are signed in, but nobody has given you a role here yet, so there is nothing to see. "
                "Ask whoever manages the accounts."
            )
        there = frozenset(forces)
        return Scope(self.name, role, there if grant.forces is None else there & grant.forces, grant.teams)


def at_this_machine() -> Person:
    """Whoever sits at this machine where there is no sign-in."""
    return Person(HERE, (Grant("service_manager", None),), role="service_manager")


def grants(given: Iterable[Line]) -> tuple[Grant, ...]:
    """Lines put together, a grant for each role.

    A role that is bound to teams counts only where teams are named, and where a role has teams in one line and none
    in another, only the lines with teams count: what contradicts itself gives less. Roles that must not come
    together give nothing at all.
    """
    lines = [one for one in given if one.role in ROLES]
    if any(pair <= {one.role for one in lines} for pair in NEVER_TOGETHER):
        return ()
    made = []
    for role in ROLES:
        own = [one for one in lines if one.role == role]
        bound = role in BOUND_TO_TEAMS or any(one.teams is not None for one in own)
        own = [one for one in own if (one.teams is not None) == bound]
        if own:
            teams = frozenset(f"{one.force}/{team}" for one in own for team in one.teams or ())
            made.append(Grant(role, frozenset(one.force for one in own if one.force), teams if bound else None))
    return tuple(made)
