"""A database that is open for reading: from here to everybody's reports."""

import time
from threading import Lock

from sqlalchemy import Engine

from data_access import directory as directories
from data_access.database import viewer
from data_access.directory import Directory
from data_access.reports import Reports
from data_access.scope import Scope
from data_access.tally import SqlCounter

LOOK_AGAIN = 5.0  # seconds between two looks at the data version: one small query at the most


class Store:
    """One database, shared by everybody who reads it. It sees a new load within seconds."""

    def __init__(self, engine: Engine):
        self.engine = engine
        self.counter = SqlCounter(engine)
        self._lock = Lock()
        self._directory: Directory | None = None
        self._looked_at = 0.0

    def directory(self) -> Directory:
        """Forces, teams and advocates as of the latest load."""
        with self._lock:
            if self._directory is None or time.monotonic() - self._looked_at > LOOK_AGAIN:
                found = directories.versions(self.engine)
                if self._directory is None or found != self._directory.versions:
                    self._directory = directories.read(self.engine)
                self._looked_at = time.monotonic()
            return self._directory

    def force_codes(self) -> tuple[str, ...]:
        """Codes of the forces that hold data."""
        return tuple(f.code for f in self.directory().forces)

    def reports(self, scope: Scope) -> Reports:
        """What somebody with this scope may ask."""
        return Reports(self.counter, scope, self.directory)


def connect(url: str) -> Store:
    """Open a database for reading. Raises CaselightError when it is not there or not ours."""
    return Store(viewer(url))
