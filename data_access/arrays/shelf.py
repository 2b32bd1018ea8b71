"""Which columns are in memory, of which version, and how the others get there."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from sqlalchemy import Connection, Engine, Table, select

from data_access import tables as t
from data_access.arrays.columns import Columns, read
from data_access.arrays.kept import Files, files_in
from data_access.directory import Version
from data_access.errors import Moved
from data_access.transactions import one_state
from data_access.walls import narrow, reading

VERSIONS_HELD = 2  # the newest, and the one before it for who began with that


class Place(NamedTuple):
    """A fact of a force at one version: what columns are held for, and what is counted from them is kept for."""

    fact: str
    force_id: int
    version: Version


class Shelf:
    """Columns by fact, force and version. Reading takes no lock; one thread loads a fact of a force, others wait."""

    def __init__(self, engine: Engine, told: Callable[[], None] = lambda: None, folder: Path | None = None):
        self.engine, self.folder = engine, folder
        self.told = told  # called when the database holds newer data than a question knew of
        self._held: dict[Place, Columns] = {}
        self._asked: dict[tuple[str, int], Table] = {}
        self._turns: dict[tuple[str, int], Lock] = {}
        self._lock = Lock()

    @cached_property
    def files(self) -> Files | None:
        """Where columns are kept between two starts; the folder is made when the first are read."""
        return files_in(self.folder)

    def columns(self, fact: Table, force_id: int, version: Version | None) -> tuple[Columns, Place]:
        """The columns of a fact of a force at a version.

        Raises Moved when the database holds another version by now, and memory none of the one asked for.
        """
        if version is None:
            raise Moved
        place = Place(fact.name, force_id, version)
        found = self._held.get(place)
        if found is None:
            with self._turn(fact, force_id):
                found = self._held.get(place) or self._loaded(fact, place)
        return found, place

    def renew(self, connection: Connection, versions: tuple) -> None:
        """Read every fact of every force that was asked for before and has moved."""
        now = {force_id: tuple(state) for _, *state, force_id in versions}
        for (name, force_id), fact in list(self._asked.items()):
            if force_id not in now:
                continue
            place = Place(name, force_id, now[force_id])
            with self._turn(fact, force_id):
                if place not in self._held:
                    self._put(place, self._read(connection, fact, place))

    def _turn(self, fact: Table, force_id: int) -> Lock:
        with self._lock:
            self._asked[fact.name, force_id] = fact
            return self._turns.setdefault((fact.name, force_id), Lock())

    def _loaded(self, fact: Table, place: Place) -> Columns:
        with reading([place.force_id]), one_state(self.engine) as connection:
            v = t.data_version.c
            now = connection.execute(
                select(v.version, v.as_of, v.stamp).where(v.force_id == place.force_id)
            ).one_or_none()
            if now is None or tuple(now) != place.version:
                self.told()
                raise Moved
            found = self._read(connection, fact, place)
        self._put(place, found)
        return found

    def _read(self, connection: Connection, fact: Table, place: Place) -> Columns:
        narrow(connection, place.force_id)
        if self.files is None:
            return read(connection, fact, place.force_id)
        kept = self.files.opened(connection, fact, place.force_id, place.version)
        if kept is not None:
            return kept
        columns = read(connection, fact, place.force_id)
        return self.files.written(connection, fact, place.force_id, place.version, columns)

    def _put(self, place: Place, columns: Columns) -> None:
        self._held[place] = columns
        same = [held for held in list(self._held) if held[:2] == place[:2]]  # others put theirs meanwhile
        for old in same[:-VERSIONS_HELD]:
            del self._held[old]
