"""Who asks, and what they may see. Explicit at every call; there is no default and no "all"."""

from collections.abc import Iterable
from dataclasses import dataclass

from data_access.errors import UnknownName

ROLES = ("analyst", "supervisor", "service_manager")


@dataclass(frozen=True)
class Scope:
    """What a person may see. An empty ``forces`` is legal and means no rows."""

    identity: str
    role: str
    forces: frozenset[str]
    teams: frozenset[str] | None = None

    def __post_init__(self):
        if self.role not in ROLES:
            raise UnknownName("role", self.role, ROLES)

    @classmethod
    def local(cls, forces: Iterable[str], role: str) -> "Scope":
        """Somebody at this machine, in a notebook or at the command line, with the forces named."""
        return cls("local", role, frozenset(forces))

    @property
    def reach(self) -> tuple:
        """What may be seen, without who sees it: part of every cache key."""
        teams = None if self.teams is None else tuple(sorted(self.teams))
        return (tuple(sorted(self.forces)), teams, self.role)
