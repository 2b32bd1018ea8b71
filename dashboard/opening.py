"""A database, opened once for the process; while it does not answer, somebody keeps knocking and nobody waits."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, repeat
from threading import Lock, Thread
from typing import Any

from data_access.faults import Unreachable

log = logging.getLogger("caselight.dashboard")
PAUSES = (0.5, 1.0, 2.0, 4.0)  # seconds; the last goes on


class Opening:
    """``store()`` gives what ``connect`` gave. Raises what it raised.

    After an Unreachable a thread tries again with growing pauses; until it has come through, ``store()`` raises
    Unreachable at once, because whoever asks for a page holds everybody else's.
    """

    def __init__(self, connect: Callable[[], Any], pauses: Iterable[float] = PAUSES) -> None:
        self._connect, self._pauses = connect, tuple(pauses)
        self._store: Any = None
        self._lock, self._knocking = Lock(), False

    def store(self) -> Any:
        """The store. Raises Unreachable while the database does not answer."""
        if self._store is not None:
            return self._store
        if self._knocking:
            raise Unreachable
        with self._lock:
            if self._store is None:
                self._first()
            return self._store

    def rest(self) -> None:
        """Nobody asks any more for now: what is open goes back; nothing where nothing was opened."""
        if self._store is not None:
            self._store.rest()

    def _first(self) -> None:
        try:
            self._store = self._connect()
        except Unreachable:
            self._knocking = True
            Thread(target=self._knock, name="knocking", daemon=True).start()
            raise

    def _knock(self) -> None:
        try:
            for pause in self._waits():
                time.sleep(pause)
                try:
                    self._store = self._connect()
                except Unreachable:
                    continue
                except Exception as error:  # whoever asks next is told by asking
                    log.warning("the database answers, and cannot be used: %s", type(error).__name__)
                else:
                    log.warning("the database answers now")
                return
        finally:
            self._knocking = False

    def _waits(self) -> Iterator[float]:
        return chain(self._pauses, repeat(self._pauses[-1]))
