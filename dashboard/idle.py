"""When the last page is closed: connections and room that only answers needed are given back to the machine."""

import ctypes
import gc
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from panel.io.server import Server
from tornado.ioloop import IOLoop, PeriodicCallback

LOOK = 5.0  # seconds between two looks whether anybody is there


class Leaving:
    """``look(there)`` with how many pages are open: True once, when the last of them has been closed."""

    def __init__(self) -> None:
        self._there = 0

    def look(self, there: int) -> bool:
        """Whether everybody has left since the look before."""
        before, self._there = self._there, there
        return before > 0 and there == 0


def when_all_left(server: Server, rest: Callable[[], Any]) -> None:
    """Call ``rest`` in a thread of its own whenever the last page of a server is closed. Called before the start."""
    leaving = Leaving()

    def look() -> None:
        if leaving.look(len(server.get_sessions())):
            IOLoop.current().run_in_executor(None, give_back, rest)

    server.io_loop.add_callback(PeriodicCallback(look, 1000 * LOOK).start)


def give_back(rest: Callable[[], Any]) -> None:
    """Rest, then let the system have what is free.

    Measured after 20 pages with 40 changes, 400,000 contacts: 206 MB become 178; either alone does nothing.
    """
    rest()
    gc.collect()
    with suppress(OSError, AttributeError, TypeError):  # only the C library of most Linux systems has it
        ctypes.CDLL(None).malloc_trim(0)
