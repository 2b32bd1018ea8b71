"""Whose page is whose: each page's session is its owner's, and its token opens one socket, soon."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from dashboard.people import Person

SOON = 120.0  # seconds from the page that was made to the opening of its socket
MOST = 5_000  # pages that wait for their sockets


@dataclass
class _Page:
    owner: tuple[str, str]
    made: float
    opened: bool = False


def _owner(person: Person) -> tuple[str, str]:
    return person.name, person.session


class Held:
    """The pages of this process by the ids of their sessions, and the sockets that are open."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._pages: dict[str, _Page] = {}
        self.sockets: set[Any] = set()
        self._lock = Lock()

    def add(self, session: str, person: Person) -> None:
        """A page is being made, or has now been made, for somebody. A known session stays its first owner's."""
        with self._lock:
            if len(self._pages) >= MOST:
                self._forget()
            page = self._pages.setdefault(session, _Page(_owner(person), self.clock()))
            if page.owner == _owner(person) and not page.opened:
                page.made = self.clock()

    def opens(self, session: str, person: Person) -> bool:
        """Whether this person may open the socket of this page now. Once only."""
        with self._lock:
            page = self._pages.get(session)
            if page is None or page.opened or page.owner != _owner(person) or self.clock() - page.made > SOON:
                return False
            page.opened = True
            return True

    def forget(self, alive: set[str]) -> None:
        """Forget pages whose time is over and whose sessions are not among those alive."""
        with self._lock:
            self._forget(alive)

    def _forget(self, alive: frozenset[str] | set[str] = frozenset()) -> None:
        now = self.clock()
        self._pages = {name: page for name, page in self._pages.items() if now - page.made <= SOON or name in alive}
