"""Who asks, and what they may see. Explicit at every call; there is no default and no "all"."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from data_access.errors import CaselightError, NotAllowed, UnknownName
from data_access.permissions import ACTIONS, BOUND_TO_TEAMS, ROLES, may

__all__ = ["ROLES", "Scope", "door"]


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
        if self.teams is None and self.role in BOUND_TO_TEAMS:
            raise CaselightError(f"The role {self.role} is bound to teams. Name the teams; an empty set means none.")

    @classmethod
    def local(cls, forces: Iterable[str], role: str) -> "Scope":
        """Somebody at this machine, in a notebook or at the command line, with the forces named."""
        return cls("local", role, frozenset(forces))

    @property
    def reach(self) -> tuple:
        """What may be seen, without who sees it: part of every cache key."""
        teams = None if self.teams is None else tuple(sorted(self.teams))
        return (tuple(sorted(self.forces)), teams, self.role)

    def may(self, action: str) -> bool:
        """Whether the role may do something (``data_access.permissions.ACTIONS``)."""
        return may(self.role, action)

    def need(self, action: str) -> None:
        """Raise NotAllowed where the role may not do it."""
        if not self.may(action):
            raise NotAllowed(self.role, ACTIONS[action])


class Scoped(Protocol):
    """Anything that answers for a scope."""

    @property
    def scope(self) -> Scope:
        """Whom it answers."""
        ...


Asker = TypeVar("Asker", bound=Scoped)
P = ParamSpec("P")
Answer = TypeVar("Answer")


def door(
    action: str,
) -> Callable[[Callable[Concatenate[Asker, P], Answer]], Callable[Concatenate[Asker, P], Answer]]:
    """A method that answers only whose role may do this; the action stands on it as ``.action``."""
    if action not in ACTIONS:
        raise UnknownName("action", action, ACTIONS)

    def behind(answer: Callable[Concatenate[Asker, P], Answer]) -> Callable[Concatenate[Asker, P], Answer]:
        @wraps(answer)
        def asked(self: Asker, /, *given: P.args, **named: P.kwargs) -> Answer:
            self.scope.need(action)
            return answer(self, *given, **named)

        marked: Any = asked
        marked.action = action
        return marked

    return behind
