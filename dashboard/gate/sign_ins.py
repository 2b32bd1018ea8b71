"""Who is signed in: kept in memory, ended by sign-out, by doing nothing, by age, and when somebody takes it away."""

import hashlib
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

from dashboard.people import Person

CHECKED_WITHIN = 60.0  # seconds; a sign-in that could not be checked for so long answers nothing until it is
MOST = 2_000  # sign-ins at once; the one that did nothing for longest makes room


@dataclass
class SignIn:
    """One sign-in. ``stamp`` is what has to be as it was then: the day of the password, the grants, the groups."""

    id: str = field(repr=False)
    person: Person
    stamp: Any
    began: float
    seen: float
    checked: float
    ended: bool = False


class SignIns:
    """The sign-ins of this process; ``idle`` and ``longest`` in seconds."""

    def __init__(self, idle: float, longest: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.idle, self.longest, self.clock = idle, longest, clock
        self._known: dict[str, SignIn] = {}
        self._lock = Lock()

    def begin(self, person: Person, stamp: Any) -> SignIn:
        """A new sign-in with an id that nobody can guess."""
        id_ = secrets.token_urlsafe(32)
        now = self.clock()
        known = replace(person, session=summed(id_), role=person.chosen())
        made = SignIn(id_, known, stamp, now, now, now)
        with self._lock:
            if len(self._known) >= MOST:
                self._end(min(self._known.values(), key=lambda one: one.seen))
            self._known[id_] = made
        return made

    def found(self, id_: str) -> SignIn | None:
        """The sign-in of an id while it goes on; being asked for counts as doing something."""
        sign_in = self._known.get(id_)
        if sign_in is None or not self.goes_on(sign_in):
            return None
        sign_in.seen = self.clock()
        return sign_in

    def goes_on(self, sign_in: SignIn) -> bool:
        """Whether it still counts: neither ended nor idle nor too old, and checked lately."""
        now = self.clock()
        return (
            not sign_in.ended
            and now - sign_in.seen < self.idle
            and now - sign_in.began < self.longest
            and now - sign_in.checked < CHECKED_WITHIN
        )

    def over(self, sign_in: SignIn) -> bool:
        """Whether it will never count again; one that could not be checked lately may."""
        now = self.clock()
        return sign_in.ended or now - sign_in.seen >= self.idle or now - sign_in.began >= self.longest

    def choose(self, sign_in: SignIn, role: str) -> None:
        """Remember the role of the next pages."""
        sign_in.person = replace(sign_in.person, role=role)

    def end(self, sign_in: SignIn) -> None:
        """End it everywhere."""
        with self._lock:
            self._end(sign_in)

    def _end(self, sign_in: SignIn) -> None:
        sign_in.ended = True
        self._known.pop(sign_in.id, None)

    def __iter__(self) -> Iterator[SignIn]:
        return iter(list(self._known.values()))


def summed(id_: str) -> str:
    """A sum by which a sign-in can be told from others without being taken over."""
    return hashlib.sha256(id_.encode()).hexdigest()[:32]
