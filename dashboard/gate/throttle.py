"""How soon somebody may try again: the more often it went wrong, the longer the wait."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

NAME, ADDRESS = "name", "address"
FREE = {NAME: 3, ADDRESS: 10}  # wrong tries before the first wait; many people may share an address
LONG = 7  # more wrong tries, and the wait is the longest
WINDOW = 15 * 60.0  # seconds after which a try is forgotten
LONGEST = WINDOW
Key = tuple[str, str]
MOST = 20_000  # names and addresses kept


@dataclass
class _Tries:
    number: int = 0
    last: float = 0.0
    until: float = 0.0


class Throttle:
    """Counts tries by name and by address; both have to be free. Kept in memory: a restart forgets it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._tries: dict[Key, _Tries] = {}
        self._lock = Lock()

    def may(self, *keys: Key) -> bool:
        """Whether nobody has to wait. A wait that is asked in is not made longer by it."""
        now = self.clock()
        with self._lock:
            return all(now >= self._tries[key].until for key in keys if key in self._tries)

    def begun(self, *keys: Key) -> None:
        """One more try: the first wait is a second, each is twice the one before, and then a quarter of an hour."""
        now = self.clock()
        with self._lock:
            if len(self._tries) > MOST:
                self._tries = {key: one for key, one in self._tries.items() if now - one.last < WINDOW}
            for key in keys:
                one = self._tries.setdefault(key, _Tries())
                if now - one.last > WINDOW:
                    one.number = 0
                one.number, one.last = one.number + 1, now
                more = one.number - FREE[key[0]]
                if more > 0:
                    one.until = now + (LONGEST if more >= LONG else 2.0 ** (more - 1))

    def right(self, name: Key, address: Key) -> None:
        """It went right: the name starts anew, and for the address it was no try."""
        with self._lock:
            self._tries.pop(name, None)
            one = self._tries.get(address)
            if one is not None:
                one.number, one.until = max(0, one.number - 1), 0.0
