"""Rows into tables: new ones are inserted, changed ones updated, the rest left alone; no row is ever deleted."""

import secrets
from collections.abc import Callable, Iterator
from itertools import islice

from sqlalchemy import Connection, Select, bindparam, func, select

from data_access.database import insert_rows
from data_access.ingest.accounts import LOADED, UNCHANGED, Accounts
from data_access.ingest.layout import LayoutFile, default_of
from data_access.ingest.offered import Extract, Offered
from data_access.ingest.rows import BadRowCell, Key, Known, RowReader, table_key

BATCH = 2000
KEYS_AT_ONCE = 500  # bound values of one question; SQLite takes 32,766
_REFERENCE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no signs that are mistaken for one another

Placed = tuple[Offered, dict]


def random_reference() -> str:
    """A case reference of eight signs that tells neither the order nor the number of cases."""
    return "".join(secrets.choice(_REFERENCE) for _ in range(8))


class FileWriter:
    """Writes one file of our layout into its table."""

    def __init__(self, connection: Connection, load_id: int, spec: LayoutFile, known: Known, accounts: Accounts):
        self.connection, self.load_id, self.spec, self.table = connection, load_id, spec, spec.table
        self.known, self.accounts = known, accounts
        self.key = table_key(spec)
        self.primary = next(iter(spec.table.primary_key))
        self.changed: set[int] = set()
        self.matched = 0
        self._rows = 0
        self._defaults = {column.name: default_of(column) for column in self.table.columns}
        self._next = (connection.execute(select(func.max(self.primary))).scalar() or 0) + 1
        self._was_empty = self._next == 1
        self._by_source = self.key == ("force_id", "source_id")
        self._all: dict[Key, dict] | None = None
        self._seen: set[Key] = set()
        self._references = self._case_references()
        known.ids.setdefault(spec.name, {}).update(self._known_ids())

    def write(self, extract: Extract, progress: Callable[[int, int | None, str], None]) -> None:
        """Offer every row of the extract to the table."""
        file = self.spec.name
        reader = RowReader(self.spec, extract.columns(file), self.known)
        repeated = self._repeated(extract, reader)
        held: dict[Key, list[Offered]] = {}
        later: list[Offered] = []
        done = 0
        usable = self._usable(extract, reader, repeated, held, later)
        while batch := list(islice(usable, BATCH)):
            done += len(batch)
            self._place(self._read(batch, reader))
            progress(done, self._rows, file)
        self._place(self._settle(held, reader, extract.first_of_repeats(file)))
        self._write_later(later, reader)

    def count_kept(self, force_ids: set[int]) -> int:
        """Rows of these forces that the table held before and the extract does not name."""
        if self._was_empty or "force_id" not in self.table.c:
            return 0
        question = select(func.count()).where(self.table.c.force_id.in_(force_ids), self.primary < self._first_new)
        return (self.connection.execute(question).scalar() or 0) - self.matched

    # ------------------------------------------------------------ which rows

    def _repeated(self, extract: Extract, reader: RowReader) -> set[int]:
        """Hashes of the keys that stand more than once; a chance collision only costs a second look."""
        seen: set[int] = set()
        twice: set[int] = set()
        for offered in extract.rows(self.spec.name):
            self._rows += 1
            if offered.fault is None:
                key = hash(reader.key_text(offered))
                (twice if key in seen else seen).add(key)
        return twice

    def _usable(
        self,
        extract: Extract,
        reader: RowReader,
        repeated: set[int],
        held: dict[Key, list[Offered]],
        later: list[Offered],
    ) -> Iterator[Offered]:
        for offered in extract.rows(self.spec.name):
            if offered.fault is not None:
                self._refuse(offered, *offered.fault)
            elif repeated and hash(key := reader.key_text(offered)) in repeated:
                held.setdefault(key, []).append(offered)
            elif offered.cells.get("repeat_of"):
                later.append(offered)
            else:
                yield offered

    def _read(self, batch: list[Offered], reader: RowReader) -> list[Placed]:
        placed = []
        for offered in batch:
            try:
                placed.append((offered, reader.read(offered)))
            except BadRowCell as bad:
                self._refuse(offered, bad.column, bad.reason)
        return placed

    def _settle(self, held: dict[Key, list[Offered]], reader: RowReader, first_counts: bool) -> list[Placed]:
        """Of rows with one key: the same ones count once; different ones are all set aside, none is guessed."""
        settled = []
        for rows in held.values():
            placed = self._read(rows, reader)
            if not placed:
                continue
            if first_counts or all(row == placed[0][1] for _, row in placed):
                settled.append(placed[0])
                for offered, _ in placed[1:]:
                    self.accounts.note(offered.origins, UNCHANGED)
            else:
                for offered, _ in placed:
                    self._refuse(offered, self.spec.key[-1], f"stands in {len(rows)} rows with different contents")
        return settled

    def _write_later(self, later: list[Offered], reader: RowReader) -> None:
        """Cases that repeat another case of the same file: as soon as that one is known."""
        while later:
            known = self.known.ids[self.spec.name]
            before = len(known)
            ready: list[Offered] = []
            waiting: list[Offered] = []
            for offered in later:
                force = self.known.ids["forces"].get((offered.cells.get("force_code", "").strip(),), 0)
                found = (force, offered.cells["repeat_of"].strip()) in known
                (ready if found else waiting).append(offered)
            self._place(self._read(ready, reader))
            if not ready or len(known) == before:
                self._place(self._read(waiting, reader))  # tells each why
                return
            later = waiting

    def _refuse(self, offered: Offered, column: str, reason: str) -> None:
        self.accounts.refuse(offered.origins[0], column, reason)

    # ------------------------------------------------------------ into the table

    def _place(self, placed: list[Placed]) -> None:
        fresh, changed = [], []
        existing = self._existing([row for _, row in placed])
        for offered, row in placed:
            key = tuple(row[name] for name in self.key)
            if not self._may_stand(offered, row, key):
                continue
            before = existing.get(key)
            if before is None:
                fresh.append(self._new_row(row, key))
                self.accounts.note(offered.origins, LOADED)
                continue
            self.matched += 1
            if all(before[name] == value for name, value in row.items()):
                self.accounts.note(offered.origins, UNCHANGED)
            else:
                changed.append({"its_key": before[self.primary.name], **row})
                self.changed.add(row.get("force_id", before[self.primary.name]))
                self.accounts.note(offered.origins, LOADED)
        insert_rows(self.connection, self.table, fresh)
        self._update(changed)

    def _may_stand(self, offered: Offered, row: dict, key: Key) -> bool:
        """The same key written in two ways, and one reference for two cases, cannot stand."""
        if not self._by_source:
            if key in self._seen:
                self._refuse(offered, self.spec.key[-1], "names the same as an earlier row")
                return False
            self._seen.add(key)
        if "case_ref" in row and row["case_ref"] is None:
            del row["case_ref"]
        elif "case_ref" in row and self._references.setdefault((row["force_id"], row["case_ref"]), key) != key:
            self._refuse(offered, "case_ref", "stands for another case already")
            return False
        return True

    def _new_row(self, row: dict, key: Key) -> dict:
        number, self._next = self._next, self._next + 1
        full = {**self._defaults, **row, self.primary.name: number}
        if "load_id" in full:
            full["load_id"] = self.load_id
        if "case_ref" in full and full["case_ref"] is None:
            full["case_ref"] = self._new_reference(row["force_id"], key)
        self.known.ids[self.spec.name][key] = number
        self.changed.add(full.get("force_id", number))
        return full

    def _new_reference(self, force_id: int, key: Key) -> str:
        while (force_id, reference := random_reference()) in self._references:
            continue
        self._references[force_id, reference] = key
        return reference

    def _update(self, rows: list[dict]) -> None:
        if not rows:
            return
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

    # ------------------------------------------------------------ what is there

    def _existing(self, rows: list[dict]) -> dict[Key, dict]:
        if self._was_empty or not rows:
            return {}
        if not self._by_source:
            if self._all is None:
                self._all = self._fetch(select(self.table))
            return self._all
        c, found = self.table.c, {}
        wanted: dict[int, list[str]] = {}
        for row in rows:
            wanted.setdefault(row["force_id"], []).append(row["source_id"])
        for force_id, ids in wanted.items():
            for start in range(0, len(ids), KEYS_AT_ONCE):
                chunk = ids[start : start + KEYS_AT_ONCE]
                found.update(self._fetch(select(self.table).where(c.force_id == force_id, c.source_id.in_(chunk))))
        return found

    def _fetch(self, question: Select) -> dict[Key, dict]:
        rows = self.connection.execute(question).mappings()
        return {tuple(row[name] for name in self.key): dict(row) for row in rows}

    def _known_ids(self) -> dict[Key, int]:
        self._first_new = self._next
        if self._by_source and self.spec.name != "cases":
            return {}  # nothing points into these tables
        columns = [self.table.c[name] for name in self.key]
        rows = self.connection.execute(select(self.primary, *columns))
        return {tuple(row[1:]): row[0] for row in rows}

    def _case_references(self) -> dict[tuple[int, str], Key]:
        c = self.table.c
        if "case_ref" not in c:
            return {}
        rows = self.connection.execute(select(c.force_id, c.case_ref, c.source_id))
        return {(row[0], row[1]): (row[0], row[2]) for row in rows}
