"""How soon somebody may try again: the more often it went wrong, the longer the wait."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

FREE = 3  # wrong tries before the first wait
WINDOW = 15 * 60.0  # seconds after which a try is forgotten
LONGEST = WINDOW
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
        self._tries: dict[str, _Tries] = {}
        self._lock = Lock()

    def may(self, *keys: str) -> bool:
        """Whether nobody has to wait. A wait that is asked in is not made longer by it."""
        now = self.clock()
        with self._lock:
            return all(now >= self._tries[key].until for key in keys if key in self._tries)

    def begun(self, *keys: str) -> None:
        """One more try: after three the wait is one second and doubles, after ten it is a quarter of an hour."""
        now = self.clock()
        with self._lock:
            if len(self._tries) > MOST:
                self._tries = {key: one for key, one in self._tries.items() if now - one.last < WINDOW}
            for key in keys:
                one = self._tries.setdefault(key, _Tries())
                if now - one.last > WINDOW:
                    one.number = 0
                one.number, one.last = one.number + 1, now
                if one.number > FREE:
                    one.until = now + (LONGEST if one.number >= 10 else 2.0 ** (one.number - FREE - 1))

    def forget(self, key: str) -> None:
        """It went right: the name starts anew, the address does not."""
        with self._lock:
            self._tries.pop(key, None)
