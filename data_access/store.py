"""A database that is open for reading: from here to everybody's reports."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from threading import Lock

from sqlalchemy import Engine

from data_access import directory as directories
from data_access.arrays import ArrayCounter, Shelf, folder_of
from data_access.database import viewer
from data_access.directory import Directory
from data_access.drift import check_versions
from data_access.errors import CaselightError
from data_access.reports import Reports
from data_access.scope import Scope
from data_access.tally import Counter, SqlCounter
from data_access.transactions import holding, one_state
from data_access.walls import as_service, name_again

LOOK_AGAIN = 5.0  # seconds between two looks at the data version: one small query at the most
COUNTERS = ("arrays", "sql")


_held: ContextVar[tuple["Store", Directory] | None] = ContextVar("held", default=None)


class Store:
    """One database, shared by everybody who reads it. It sees a new load within seconds.

    ``counter``: "arrays" counts in memory, "sql" lets the database count; both give the same integers.
    ``folder`` is where the arrays are kept between two starts; None keeps them in memory only.
    """

    def __init__(self, engine: Engine, counter: str = "arrays", folder: Path | None = None):
        if counter not in COUNTERS:
            raise CaselightError(f"There is no counter called {counter!r}. Known: {', '.join(COUNTERS)}.")
        self.engine = engine
        self._lock = Lock()
        self._directory: Directory | None = None
        self._looked_at = -LOOK_AGAIN
        self._moved = False
        self._arrays = None
        if counter == "arrays":
            self._arrays = ArrayCounter(engine, Shelf(engine, self._look_now, folder))
        self.counter: Counter = self._arrays or SqlCounter(engine, told=self._look_now)

    def directory(self) -> Directory:
        """Forces, teams and advocates as of the latest load.

        While one thread reads a new load, the others go on with the data as they were. Inside ``held`` it is of the
        state that is held.
        """
        held = _held.get()
        if held is not None and held[0] is self:
            return held[1]
        known = self._directory
        if known is not None and not self._moved and time.monotonic() - self._looked_at <= LOOK_AGAIN:
            return known
        if known is not None and not self._moved and self._lock.locked():
            return known
        with self._lock:
            return self._latest()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Whatever is asked in here is answered from one state of the data, however often others load meanwhile."""
        with one_state(self.engine) as connection:
            with as_service():
                name_again(connection)
                found = directories.read_on(connection)
            before = _held.set((self, found))
            try:
                with holding(connection):
                    yield
            finally:
                _held.reset(before)

    def _look_now(self) -> None:
        self._moved = True

    def _latest(self) -> Directory:
        if self._directory is None or self._moved or time.monotonic() - self._looked_at > LOOK_AGAIN:
            self._moved = False
            with as_service():
                self._directory = self._renewed(self._directory)
            self._looked_at = time.monotonic()
        return self._directory

    def _renewed(self, known: Directory | None) -> Directory:
        if known is not None and directories.versions(self.engine) == known.versions:
            return known
        with one_state(self.engine) as connection:
            found = directories.read_on(connection)
            if self._arrays:
                self._arrays.renew(connection, found)
        return found

    def rest(self) -> None:
        """Close the connections that nobody uses, and with them what they remember. The next question opens its own."""
        self.engine.dispose()

    def force_codes(self) -> tuple[str, ...]:
        """Codes of the forces that hold data."""
        return tuple(f.code for f in self.directory().forces)

    def reports(self, scope: Scope) -> Reports:
        """What somebody with this scope may ask."""
        return Reports(self.counter, scope, self.directory, self.held)


def connect(url: str, counter: str = "arrays", arrays: str = "") -> Store:
    """Open a database for reading. Raises CaselightError when it is not there or not ours, Drifted when it is older.

    ``arrays``: folder of the facts' arrays, "memory" for none; without it beside a SQLite file, else in the user's
    cache. They are case data, for their owner's eyes only.
    """
    engine = viewer(url)
    try:
        check_versions(engine)
    except CaselightError:
        engine.dispose()
        raise
    return Store(engine, counter, folder_of(url, arrays))
