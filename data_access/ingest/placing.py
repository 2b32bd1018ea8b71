"""Rows into a table: new ones are inserted, changed ones updated, the rest left alone; no row is ever deleted."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Integer, Select, bindparam, func, select, type_coerce

from data_access.bulk import Bulk
from data_access.days import DayNumber
from data_access.ingest.accounts import LOADED, UNCHANGED, Accounts, Origins
from data_access.ingest.columns import Values
from data_access.ingest.layout import PARENTS, LayoutFile, default_of
from data_access.ingest.rows import Key, Known, table_key
from data_access.rebuild.touched import Touched

KEYS_AT_ONCE = 2000  # bound values of one question; SQLite takes 32,766
_REFERENCE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no signs that are mistaken for one another
_POINTED_INTO = {parent for parent, _, _ in PARENTS.values()}


def random_reference() -> str:
    """A case reference of eight signs that tells neither the order nor the number of cases."""
    return "".join(secrets.choice(_REFERENCE) for _ in range(8))


@dataclass(frozen=True, slots=True)
class Ready:
    """Rows side by side, as the database binds them, and where they come from."""

    columns: Values
    origins: Origins

    def __len__(self) -> int:
        return len(self.origins.numbers)

    def pick(self, places: Sequence[int]) -> "Ready":
        """Some of the rows."""
        if len(places) == len(self):
            return self
        columns: Values = {name: [values[place] for place in places] for name, values in self.columns.items()}
        return Ready(columns, self.origins.pick(places))


class Placer:
    """Puts rows of one file of our layout into its table."""

    def __init__(self, connection: Connection, load_id: int, spec: LayoutFile, known: Known, accounts: Accounts):
        self.connection, self.load_id, self.spec, self.table = connection, load_id, spec, spec.table
        self.accounts = accounts
        self.key = table_key(spec)
        self.primary = next(iter(spec.table.primary_key))
        self.changed: set[int] = set()
        self.touched = Touched()
        self.matched = 0
        self._defaults = {column.name: default_of(column) for column in self.table.columns}
        self._first_new = self._next = (connection.execute(select(func.max(self.primary))).scalar() or 0) + 1
        self._by_source = self.key == ("force_id", "source_id")
        self._all: dict[Key, dict] | None = None
        self._seen: set[Key] = set()
        self._references = self._case_references()
        self._ids = known.ids.setdefault(spec.name, {})
        self._ids.update(self._known_ids())
        self._bulk = Bulk(connection, spec.table)

    @property
    def was_empty(self) -> bool:
        """Whether the table held no row before."""
        return self._first_new == 1

    @property
    def can_begin_again(self) -> bool:
        """Whether nothing outside the table remembers what is placed: no row of another file points into it."""
        return self._by_source and self.spec.name not in _POINTED_INTO

    def place(self, ready: Ready) -> None:
        """Insert, update or leave alone, and account for each row."""
        ready = self._that_may_stand(ready)
        if not len(ready):
            return
        keys = list(zip(*(ready.columns[name] for name in self.key), strict=True))
        existing = self._existing(ready.columns)
        if not existing:
            self._insert(ready, keys)
            return
        fresh = [place for place, key in enumerate(keys) if key not in existing]
        self._insert(ready.pick(fresh), [keys[place] for place in fresh])
        self._compare(ready, keys, existing)

    def count_kept(self, force_ids: set[int]) -> int:
        """Rows of these forces that the table held before and the extract does not name."""
        if self.was_empty or "force_id" not in self.table.c:
            return 0
        question = select(func.count()).where(self.table.c.force_id.in_(force_ids), self.primary < self._first_new)
        return (self.connection.execute(question).scalar() or 0) - self.matched

    def _that_may_stand(self, ready: Ready) -> Ready:
        """The same key written in two ways, and one reference for two cases, cannot stand."""
        refused: set[int] = set()
        keys: list[Key] = list(zip(*(ready.columns[name] for name in self.key), strict=True))
        if not self._by_source:
            for place, key in enumerate(keys):
                if key in self._seen:
                    refused.add(place)
                    self._refuse(ready, place, self.spec.key[-1], "names the same as an earlier row")
                self._seen.add(key)
        if "case_ref" in ready.columns:
            references = zip(ready.columns["force_id"], ready.columns["case_ref"], strict=True)
            for place, reference in enumerate(references):
                if reference[1] is not None and self._references.setdefault(reference, keys[place]) != keys[place]:
                    refused.add(place)
                    self._refuse(ready, place, "case_ref", "stands for another case already")
        return ready.pick([place for place in range(len(ready)) if place not in refused]) if refused else ready

    def _refuse(self, ready: Ready, place: int, column: str, reason: str) -> None:
        self.accounts.refuse((ready.origins.file, ready.origins.numbers[place]), column, reason)

    def _insert(self, ready: Ready, keys: list[Key]) -> None:
        rows = len(ready)
        if not rows:
            return
        numbers = range(self._next, self._next + rows)
        self._next += rows
        columns: Values = {name: ready.columns[name] for name in self._defaults if name in ready.columns}
        columns[self.primary.name] = numbers
        if "case_ref" in self._defaults:
            pairs = zip(columns.get("case_ref", [None] * rows), keys, strict=True)
            columns["case_ref"] = [given or self._new_reference(key) for given, key in pairs]
        always = {name: default for name, default in self._defaults.items() if name not in columns}
        if "load_id" in always:
            always["load_id"] = self.load_id
        if self.spec.name in _POINTED_INTO:
            self._ids.update(zip(keys, numbers, strict=True))
        self.changed.update(columns.get("force_id", numbers))
        self.touched.inserted(self.table, columns)
        self._bulk.add(columns, always)
        self.accounts.note_all(ready.origins, LOADED)

    def finish(self) -> None:
        """Wait until what was handed over is written; raise what went wrong with it."""
        self._bulk.finish()

    def close(self) -> None:
        """Let nothing stay half done, whatever became of it: the connection is the caller's own again."""
        self._bulk.give_up()

    def _new_reference(self, key: Key) -> str:
        while (key[0], reference := random_reference()) in self._references:
            continue
        self._references[key[0], reference] = key
        return reference

    def _compare(self, ready: Ready, keys: list[Key], existing: dict[Key, dict]) -> None:
        """Rows that the table held: changed or the same."""
        same, changed, rows = [], [], []
        for place, key in enumerate(keys):
            before = existing.get(key)
            if before is None:
                continue
            self.matched += 1
            row = {name: values[place] for name, values in ready.columns.items()}
            if row.get("case_ref", "") is None:
                del row["case_ref"]  # a generated reference stays
            if all(before[name] == value for name, value in row.items()):
                same.append(place)
            else:
                changed.append(place)
                rows.append({"its_key": before[self.primary.name], **row})
                self.changed.add(row.get("force_id", before[self.primary.name]))
                self.touched.updated(self.table, before, row)
        self.accounts.note_all(ready.origins.pick(same), UNCHANGED)
        self.accounts.note_all(ready.origins.pick(changed), LOADED)
        self._update(rows)

    def _update(self, rows: list[dict]) -> None:
        self.finish()
        if "load_id" in self.table.c:
            for row in rows:
                row["load_id"] = self.load_id
        # A generated reference is not in every row: rows of one shape are written together.
        shapes: dict[tuple[str, ...], list[dict]] = {}
        for row in rows:
            shapes.setdefault(tuple(row), []).append(row)
        for names, alike in shapes.items():
            values: dict = {name: bindparam(name) for name in names if name != "its_key"}
            change = self.table.update().where(self.primary == bindparam("its_key")).values(values)
            self.connection.execute(change, alike)

    def _existing(self, columns: Values) -> dict[Key, dict]:
        """The table's rows of these keys, as far as there are any."""
        if self.was_empty:
            return {}
        self.finish()
        if not self._by_source:
            if self._all is None:
                self._all = self._fetch(select(*self._bound()))
            return self._all
        c, found = self.table.c, {}
        wanted: dict[int, list[str]] = {}
        for force_id, source_id in zip(columns["force_id"], columns["source_id"], strict=True):
            wanted.setdefault(force_id, []).append(source_id)
        for force_id, ids in wanted.items():
            for start in range(0, len(ids), KEYS_AT_ONCE):
                chunk = ids[start : start + KEYS_AT_ONCE]
                question = select(*self._bound()).where(c.force_id == force_id, c.source_id.in_(chunk))
                found.update(self._fetch(question))
        return found

    def _bound(self) -> list[ColumnElement]:
        """The table's columns as they are bound: days as whole numbers."""
        return [
            type_coerce(column, Integer).label(column.name) if isinstance(column.type, DayNumber) else column
            for column in self.table.c
        ]

    def _fetch(self, question: Select) -> dict[Key, dict]:
        rows = self.connection.execute(question).mappings()
        return {tuple(row[name] for name in self.key): dict(row) for row in rows}

    def _known_ids(self) -> dict[Key, int]:
        if self.spec.name not in _POINTED_INTO:
            return {}
        columns = [self.table.c[name] for name in self.key]
        rows = self.connection.execute(select(self.primary, *columns))
        return {tuple(row[1:]): row[0] for row in rows}

    def _case_references(self) -> dict[tuple[int, str], Key]:
        c = self.table.c
        if "case_ref" not in c:
            return {}
        rows = self.connection.execute(select(c.force_id, c.case_ref, c.source_id))
        return {(row[0], row[1]): (row[0], row[2]) for row in rows}
