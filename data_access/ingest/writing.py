"""One file of our layout, from what is on offer to its table: which rows count, which are set aside."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

import numpy as np
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from data_access.days import number
from data_access.ingest.accounts import UNCHANGED, Accounts, Origins
from data_access.ingest.columns import ColumnReader, Values
from data_access.ingest.layout import LayoutFile
from data_access.ingest.offered import Extract, Offered, Part
from data_access.ingest.placing import Placer, Ready
from data_access.ingest.rows import BadRowCell, Key, Known, RowReader
from data_access.ingest.values import one_form

Judged = tuple[Offered, dict]
Progress = Callable[[int, int | None, str], None]


class FileWriter:
    """Writes one file of our layout into its table."""

    def __init__(self, connection: Connection, load_id: int, spec: LayoutFile, known: Known, accounts: Accounts):
        self.spec, self.known, self.accounts = spec, known, accounts
        self.connection = connection
        self._new_placer = lambda: Placer(connection, load_id, spec, known, accounts)
        self.placer = self._new_placer()

    def write(self, extract: Extract, progress: Progress) -> None:
        """Offer every row of the extract to the table."""
        try:
            self._write(extract, progress)
        finally:
            self.placer.close()

    def _write(self, extract: Extract, progress: Progress) -> None:
        """Place the file, once where that will do.

        Most files name nothing twice, so a large one is read once and placed as it comes; when it turns out to name
        something twice, all that is undone and the file is read twice, the first time for its keys.
        """
        if self.placer.can_begin_again and not extract.first_of_repeats(self.spec.name):
            mark = self.accounts.mark()
            attempt = self.connection.begin_nested()
            try:
                if not self._pass(extract, None, extract.about(self.spec.name), progress):
                    attempt.commit()
                    return
            except IntegrityError:  # the table itself takes a key only once
                pass
            self.placer.close()
            attempt.rollback()
            self.accounts.return_to(mark)
            extract.begin_again()
            self.placer = self._new_placer()
        total, repeated = self._repeated(extract)
        self._pass(extract, repeated, total, progress)

    def _pass(self, extract: Extract, repeated: set[int] | None, total: int | None, progress: Progress) -> bool:
        """Read and place the file. ``repeated`` None is not known: gives whether a key stood twice then."""
        file = self.spec.name
        rows = RowReader(self.spec, extract.columns(file), self.known)
        columns = ColumnReader(self.spec, rows, self.known)
        held: dict[Key, list[Offered]] = {}
        later: list[Offered] = []
        hashes: list[np.ndarray] = []
        done = 0
        for part in extract.parts(file):
            done += len(part) + len(part.bad)
            for row, reason in part.bad:
                self.accounts.refuse((part.origins.file, row), "", str(reason))
            if repeated is None:
                hashes.append(np.fromiter(self._hashes(part), np.int64, len(part)))
            apart = self._set_apart(part, rows, repeated or set(), held, later)
            if len(part):
                self._place(part, apart, columns)
            progress(done, None if total is None else max(total, done), file)
        self.placer.finish()
        if repeated is None and _twice(hashes):
            return True
        self._place_judged(self._settle(held, rows, extract.first_of_repeats(file)))
        self._write_later(later, rows)
        self.placer.finish()
        progress(done, done, file)
        return False

    # ------------------------------------------------------------ which rows

    def _repeated(self, extract: Extract) -> tuple[int, set[int]]:
        """The number of rows, and hashes of the keys that stand more than once.

        A chance collision only costs a second look. Eight bytes a row are kept, twice while they are put together.
        """
        found, rows = [], 0
        for part in extract.parts(self.spec.name, self.spec.key):
            rows += len(part) + len(part.bad)
            found.append(np.fromiter(self._hashes(part), np.int64, len(part)))
        return rows, _twice(found)

    def _hashes(self, part: Part) -> Sequence[int]:
        cells = (part.columns.get(name) or [""] * len(part) for name in self.spec.key)
        return list(map(hash, zip(*map(_in_one_form, cells), strict=True)))

    def _set_apart(
        self,
        part: Part,
        rows: RowReader,
        repeated: set[int],
        held: dict[Key, list[Offered]],
        later: list[Offered],
    ) -> set[int]:
        """Places of rows that are not placed now: at fault, told more than once, or waiting for another case."""
        for place, (column, reason) in part.faults.items():
            self._refuse(part.origins, place, column, reason)
        apart = set(part.faults)
        if repeated:
            for place, key in enumerate(self._hashes(part)):
                if key in repeated and place not in apart:
                    offered = part.one(place)
                    held.setdefault(rows.key_text(offered), []).append(offered)
                    apart.add(place)
        waiting = part.columns.get("repeat_of")
        if waiting is not None and any(waiting):
            places = [place for place, text in enumerate(waiting) if text and place not in apart]
            later.extend(map(part.one, places))
            apart.update(places)
        return apart

    def _place(self, part: Part, apart: set[int], columns: ColumnReader) -> None:
        """Place the rows that can be vouched for side by side, and what the row reader makes of the others."""
        values, doubted = columns.read(part)
        ready = Ready(values, part.origins)
        if not doubted and not apart:
            self.placer.place(ready)
            return
        self.placer.place(ready.pick([p for p in range(len(part)) if p not in doubted and p not in apart]))
        self._place_judged(self._judge([part.one(place) for place in sorted(doubted - apart)], columns.rows))

    def _judge(self, rows: list[Offered], reader: RowReader) -> list[Judged]:
        judged = []
        for offered in rows:
            try:
                judged.append((offered, reader.read(offered)))
            except BadRowCell as bad:
                self.accounts.refuse(offered.origins[0], bad.column, bad.reason)
        return judged

    def _place_judged(self, judged: list[Judged]) -> None:
        """Place rows that were read one by one; those of one file together."""
        files: dict[tuple[str, ...], list[Judged]] = {}
        for offered, row in judged:
            files.setdefault(tuple(file for file, _ in offered.origins), []).append((offered, row))
        for names, some in files.items():
            numbers = [[number_ for _, number_ in offered.origins] for offered, _ in some]
            own, *others = zip(*numbers, strict=True)
            columns: Values = {name: [_bound(row[name]) for _, row in some] for name in some[0][1]}
            self.placer.place(Ready(columns, Origins(names[0], own, tuple(zip(names[1:], others, strict=True)))))

    def _settle(self, held: dict[Key, list[Offered]], reader: RowReader, first_counts: bool) -> list[Judged]:
        """Of rows with one key: the same ones count once; different ones are all set aside, none is guessed."""
        settled = []
        for rows in held.values():
            judged = self._judge(rows, reader)
            if not judged:
                continue
            if first_counts or all(row == judged[0][1] for _, row in judged):
                settled.append(judged[0])
                for offered, _ in judged[1:]:
                    self.accounts.note(offered.origins, UNCHANGED)
            else:
                reason = f"stands in {len(rows)} rows with different contents"
                for offered, _ in judged:
                    self.accounts.refuse(offered.origins[0], self.spec.key[-1], reason)
        return settled

    def _write_later(self, later: list[Offered], reader: RowReader) -> None:
        """Cases that repeat another case of the same file: as soon as that one is known."""
        while later:
            known = self.known.ids[self.spec.name]
            before = len(known)
            ready: list[Offered] = []
            waiting: list[Offered] = []
            for offered in later:
                force = self.known.ids["forces"].get((one_form(offered.cells.get("force_code", "")),), 0)
                found = (force, one_form(offered.cells["repeat_of"])) in known
                (ready if found else waiting).append(offered)
            self._place_judged(self._judge(ready, reader))
            if not ready or len(known) == before:
                self._place_judged(self._judge(waiting, reader))  # tells each why
                return
            later = waiting

    def _refuse(self, origins: Origins, place: int, column: str, reason: str) -> None:
        self.accounts.refuse((origins.file, origins.numbers[place]), column, reason)


def _in_one_form(texts: Sequence[str]) -> Iterator[str]:
    """The texts of a column; nearly always all of them are ASCII, which is quickly told and has one form only."""
    return map(str.strip if "".join(texts).isascii() else one_form, texts)


def _twice(parts: list[np.ndarray]) -> set[int]:
    """Numbers that stand more than once."""
    numbers = np.concatenate(parts) if parts else np.empty(0, np.int64)
    numbers.sort()
    return set(numbers[1:][numbers[1:] == numbers[:-1]].tolist())


def _bound(value: object) -> object:
    """A value as the database binds it."""
    return number(value) if isinstance(value, date) else value
