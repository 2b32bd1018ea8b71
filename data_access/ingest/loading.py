"""A load: from a source to the tables and the facts, in one transaction, all or nothing."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from data_access import tables as t
from data_access.bulk import insert_rows
from data_access.database import analyze, keep_sequences_in_step, writer
from data_access.errors import CaselightError
from data_access.faults import why_not_written
from data_access.ingest.accounts import LOADED, UNCHANGED, Accounts, LoadReport, SetAside, in_words
from data_access.ingest.invariants import check_facts
from data_access.ingest.layout import LAYOUT
from data_access.ingest.mapped import MappedExtract
from data_access.ingest.mapping import read_mapping
from data_access.ingest.offered import Extract, OwnExtract, looks_like_hmis, source_name
from data_access.ingest.reading import Sheet
from data_access.ingest.rows import Known
from data_access.ingest.sources import not_read, sheets_of
from data_access.ingest.told import told
from data_access.ingest.writing import FileWriter
from data_access.migrate import upgrade
from data_access.rebuild import rebuild
from data_access.rebuild.renewed import renew
from data_access.rebuild.touched import Touched
from data_access.transactions import take_turn

Progress = Callable[[int, int | None, str], None]


def load(
    source: Path | str,
    url: str,
    mapping: str | None = None,
    progress: Progress | None = None,
    force_older: bool = False,
) -> LoadReport:
    """Load a folder, zip or workbook into the database at the URL; the tables are made if they are not there.

    ``mapping`` is a shipped mapping's name or a .toml path; without it the source is in our own layout.
    ``progress`` is called with the rows done, the rows in all and the file of the layout (or "facts"). Rows that
    cannot be used are set aside; anything worse raises CaselightError and leaves the database as it was.
    """
    source = Path(source)
    accounts = Accounts()
    with sheets_of(source) as sheets:
        extract, left_alone = _extract(sheets, mapping, accounts, source), not_read(source)
        engine = writer(url)
        try:
            upgrade(engine)
            with few_collections(), engine.begin() as connection:
                take_turn(connection)
                run = _Run(connection, extract, accounts, progress or (lambda _done, _total, _what: None), force_older)
                return replace(run.load(source_name(source)), not_read=left_alone)
        except SQLAlchemyError as error:
            raise CaselightError(f"Nothing was loaded. {why_not_written(error)}") from None
        finally:
            engine.dispose()


@contextmanager
def few_collections() -> Iterator[None]:
    """Look for cyclic garbage more seldom: rows side by side are many objects and no cycles (measured: 20 % faster)."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _extract(sheets: dict[str, Sheet], mapping: str | None, accounts: Accounts, source: Path) -> Extract:
    if mapping is not None:
        return MappedExtract(read_mapping(mapping), sheets, accounts)
    if looks_like_hmis(sheets):
        raise CaselightError(f"{source.name} is a HUD HMIS CSV export. Load it with '--mapping hmis-2026'.")
    own = OwnExtract(sheets)
    if not own.files():
        raise CaselightError(f"{source.name} holds no file of the layout. 'caselight template' writes an empty set.")
    return own


class _Run:
    """One load inside its transaction."""

    def __init__(
        self, connection: Connection, extract: Extract, accounts: Accounts, progress: Progress, force_older: bool
    ):
        self.connection, self.extract, self.accounts = connection, extract, accounts
        self.progress, self.force_older = progress, force_older
        self.known = Known(holidays=frozenset(connection.execute(select(t.bank_holiday.c.on_day)).scalars()))
        self.changed: set[int] = set()
        self.touched = Touched()
        self.moved: dict[int, datetime | None] = {}
        self.kept: dict[str, int] = {}
        self.days_set_aside: list[SetAside] = []
        self.load_id = 0

    def load(self, name: str) -> LoadReport:
        """All steps, in order."""
        self._begin(name)
        writers = []
        for spec in LAYOUT.files:
            if spec.name == "extract":
                self._calendar()
                continue
            # A file that the source lacks still has rows in the database that others point to.
            file_writer = FileWriter(self.connection, self.load_id, spec, self.known, self.accounts)
            if spec.name in self.extract.files():
                file_writer.write(self.extract, self.progress)
                self.changed |= file_writer.placer.changed
                self.touched.add(file_writer.placer.touched)
                writers.append(file_writer)
        self.accounts.close("no usable row refers to it")
        self._need_as_of()
        for file_writer in writers:
            kept = file_writer.placer.count_kept(self._forces_named)
            if kept > 0:
                self.kept[file_writer.spec.name] = kept
        self._facts()
        return self._end(name)

    def _begin(self, name: str) -> None:
        self.load_id = (self.connection.execute(select(func.max(t.load_run.c.load_id))).scalar() or 0) + 1
        self.connection.execute(
            t.load_run.insert().values(
                load_id=self.load_id,
                source=name,
                layout=self.extract.layout,
                started_at=_now(),
                rows_read=0,
                rows_loaded=0,
                rows_unchanged=0,
                rows_set_aside=0,
            )
        )

    def _calendar(self) -> None:
        """Zones and extract days, which the reading of every later row needs."""
        rows = self.connection.execute(select(t.force.c.force_id, t.force.c.timezone))
        self.known.zones = {row[0]: ZoneInfo(row[1]) for row in rows}
        if not self.known.zones:
            raise CaselightError(
                "No force is known: the source needs the file 'forces' with at least one usable row."
                + in_words(self.accounts.set_aside)
            )
        version = t.data_version.c
        before = {
            row[0]: (row[1], row[2])
            for row in self.connection.execute(select(version.force_id, version.as_of, version.extract_at))
        }
        aside = len(self.accounts.set_aside)
        said = told(self.extract, self.known, self.accounts) if "extract" in self.extract.files() else {}
        self.days_set_aside = self.accounts.set_aside[aside:]
        self._forces_named = set(said) or set(self.known.zones)
        for force_id, (as_of, taken, origins) in said.items():
            old = before.get(force_id)
            if old is not None and as_of < old[0] and not self.force_older:
                raise CaselightError(
                    f"The extract goes to {as_of}, the database to {old[0]}: it is older. Nothing was loaded. "
                    "Add '--force-older' if you mean it."
                )
            self.accounts.note(origins, UNCHANGED if old == (as_of, taken) else LOADED)
            if old != (as_of, taken):
                self.moved[force_id] = taken
        self.known.as_of = {force_id: as_of for force_id, (as_of, _) in before.items()}
        self.known.as_of.update({force_id: as_of for force_id, (as_of, _, _) in said.items()})

    def _need_as_of(self) -> None:
        lacking = self.changed - self.known.as_of.keys()
        if lacking:
            names = self.connection.execute(select(t.force.c.code).where(t.force.c.force_id.in_(lacking))).scalars()
            do = "" if self.days_set_aside else " Add a row with force_code and as_of."
            raise CaselightError(
                "The file 'extract' does not say up to which day these data go: "
                f"{', '.join(sorted(names))}.{do}{in_words(self.days_set_aside)}"
            )

    def _facts(self) -> None:
        whole = {force_id for force_id in sorted(self.changed) if not renew(self.connection, force_id, self.touched)}
        if whole:
            # Measured: without statistics the rebuild of 48,000 rows takes 15 s, of 480,000 minutes; with them 1 s.
            analyze(self.connection)
        for done, force_id in enumerate(sorted(self.changed), start=1):
            if force_id in whole:
                rebuild(self.connection, force_id)
            check_facts(self.connection, force_id, self.known.as_of[force_id])
            self.progress(done, len(self.changed), "facts")
        for force_id in self.changed | self.moved.keys():
            self._raise_version(force_id)
        if whole:
            analyze(self.connection)

    def _raise_version(self, force_id: int) -> None:
        version, as_of = t.data_version, self.known.as_of[force_id]
        values: dict = {"as_of": as_of}
        if force_id in self.moved:
            values["extract_at"] = self.moved[force_id]
        number = self.connection.execute(select(version.c.version).where(version.c.force_id == force_id)).scalar()
        if number is None:
            self.connection.execute(version.insert().values(force_id=force_id, version=1, **values))
        else:
            change = version.update().where(version.c.force_id == force_id)
            self.connection.execute(change.values(version=number + 1, **values))

    def _end(self, name: str) -> LoadReport:
        codes = {row[0]: row[1] for row in self.connection.execute(select(t.force.c.force_id, t.force.c.code))}
        report = LoadReport(
            name,
            self.extract.layout,
            self.accounts.counts(),
            tuple(self.accounts.set_aside),
            tuple(sorted(codes[force_id] for force_id in self.changed | self.moved.keys())),
            {codes[force_id]: as_of for force_id, as_of in self.known.as_of.items()},
            self.kept,
            self.extract.missing,
        )
        first = (self.connection.execute(select(func.max(t.set_aside.c.set_aside_id))).scalar() or 0) + 1
        insert_rows(
            self.connection,
            t.set_aside,
            [
                {
                    "set_aside_id": first + place,
                    "load_id": self.load_id,
                    "file": row.file[:120],
                    "row": row.row,
                    "column": row.column[:80],
                    "reason": row.reason[:300],
                }
                for place, row in enumerate(report.rows_set_aside)
            ],
        )
        self.connection.execute(
            t.load_run.update()
            .where(t.load_run.c.load_id == self.load_id)
            .values(
                finished_at=_now(),
                rows_read=report.read,
                rows_loaded=report.loaded,
                rows_unchanged=report.unchanged,
                rows_set_aside=report.set_aside,
            )
        )
        written = (spec.table for spec in LAYOUT.files if spec.name != "extract")
        keep_sequences_in_step(self.connection, (*written, t.load_run, t.set_aside))
        return report


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
