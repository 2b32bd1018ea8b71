"""Loading contacts against the native path of each database: the write path alone, the checked path, its memory.

python -m benchmarks.loading [--rows 1000000] [--postgres URL of an empty database] [--keep]

Native is what a programmer does without any check: on SQLite the csv module and ``executemany``, on PostgreSQL
``COPY FROM`` of the CSV, both of values that fit the table as they are, into the product's own table with its keys,
foreign keys and indexes. The checked path reads the same rows as a force sends them: codes, days, local times and
business keys. Facts are left out on all sides.
"""

import argparse
import csv
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from sqlalchemy import create_engine

from benchmarks.extract import TABLE, write_contacts, write_parents
from benchmarks.results import Results
from data_access import tables as t
from data_access.bulk import Bulk
from data_access.database import writer
from data_access.ingest import load, loading
from data_access.ingest.loading import few_collections
from data_access.ingest.reading import BLOCK

ROUNDS = 3
BOUND = 1.5  # times the native path
GROWTH = 40.0  # bytes of memory that a further row may cost
TEXTS = {"source_id", "direction", "with_whom", "channel", "outcome", "purposes", "agency"}


def without_facts() -> None:
    """Loads of this process build no facts."""
    loading.rebuild = lambda _connection, _force_id: None  # type: ignore[assignment]
    loading.check_facts = lambda _connection, _force_id, _as_of: None  # type: ignore[assignment]


def native_sqlite(url: str, ready: Path) -> None:
    """The csv module and executemany."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA cache_size=-65536")
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute("PRAGMA foreign_keys=ON")
    with ready.open(encoding="utf-8", newline="") as stream, connection:
        marks = ", ".join("nullif(?, '')" if name == "travel_minutes" else "?" for name in TABLE)
        connection.executemany(f"INSERT INTO contacts ({', '.join(TABLE)}) VALUES ({marks})", csv.reader(stream))
    connection.close()


def native_postgres(url: str, ready: Path) -> None:
    """COPY FROM the file."""
    import psycopg

    into = f"COPY contacts ({', '.join(TABLE)}) FROM STDIN WITH (FORMAT csv)"
    with (
        psycopg.connect(url) as connection,
        connection.cursor() as cursor,
        ready.open("rb") as stream,
        cursor.copy(into) as copy,
    ):
        while part := stream.read(1 << 18):
            copy.write(part)


def write_path(url: str, ready: Path) -> None:
    """Our own write path, given the same values."""
    engine = writer(url)
    with (
        ready.open(encoding="utf-8", newline="") as stream,
        few_collections(),
        engine.begin() as connection,
        Bulk(connection, t.contacts) as bulk,
    ):
        rows = csv.reader(stream)
        while some := list(islice(rows, BLOCK)):
            cells = dict(zip(TABLE, zip(*some, strict=True), strict=True))
            bulk.add({name: cells[name] if name in TEXTS else _numbers(cells[name]) for name in TABLE})
    engine.dispose()


def _numbers(texts: tuple[str, ...]) -> list[int | None]:
    return [int(text) if text else None for text in texts]


def emptied(url: str) -> None:
    """The table as it was before any contact."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if url.startswith("sqlite"):
            connection.exec_driver_sql("DELETE FROM contacts")
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            connection.exec_driver_sql("TRUNCATE contacts")
            connection.exec_driver_sql("CHECKPOINT")
    engine.dispose()


def timed(what: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of this process's own work."""
    began, worked = time.perf_counter(), time.process_time()
    what()
    return time.perf_counter() - began, time.process_time() - worked


def compare(results: Results, name: str, url: str, folder: Path, native: Callable[[str, Path], None]) -> None:
    """The three ways in turn, each into the empty table; the fastest of each counts."""
    load(folder / "parents", url)
    ways: dict[str, Callable[[], object]] = {
        "native": lambda: native(url, folder / "ready.csv"),
        "write path alone": lambda: write_path(url, folder / "ready.csv"),
        "whole checked path": lambda: load(folder / "in", url),
    }
    found: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for _ in range(ROUNDS):
        for way, run in ways.items():
            emptied(url)
            found[way].append(timed(run))
    best = {way: (min(clock for clock, _ in taken), min(own for _, own in taken)) for way, taken in found.items()}
    for way in list(ways)[1:]:
        results.line(f"{name}, {way}", best[way][0] / best["native"][0], "times native", most=BOUND)
        if name == "SQLite":  # where all the work is this process's own: a busy machine spoils the clock only
            results.line(f"{name}, {way}, CPU", best[way][1] / best["native"][1], "times native", most=BOUND)
    clocks = ", ".join(f"{way} {clock:.1f} s ({own:.1f} s CPU)" for way, (clock, own) in best.items())
    results.note(f"{name}: {clocks}")


def peak(rows: int, folder: Path) -> float:
    """Peak memory in bytes of a process that loads so many contacts."""
    write_parents(folder / f"parents{rows}")
    write_contacts(folder / f"in{rows}", rows)
    load(folder / f"parents{rows}", f"sqlite:///{folder}/peak{rows}.sqlite")
    command = [sys.executable, "-m", "benchmarks.loading", "--alone", str(folder), "--rows", str(rows)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(done.stdout.strip().splitlines()[-1])


def alone(folder: Path, rows: int) -> None:
    """Load the contacts in this process and print its peak memory."""
    url = f"sqlite:///{folder}/peak{rows}.sqlite"
    load(folder / f"in{rows}", url)
    # What the kernel tells as ru_maxrss may be that of the process which started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    print(int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024)


def main() -> int:
    """Print every figure beside its bound. Gives 1 when one is missed."""
    wish = argparse.ArgumentParser(description=__doc__)
    wish.add_argument("--rows", type=int, default=100_000)
    wish.add_argument("--postgres", default="")
    wish.add_argument("--alone", default="")
    wish.add_argument("--keep", action="store_true")
    given = wish.parse_args()
    without_facts()
    if given.alone:
        alone(Path(given.alone), given.rows)
        return 0
    results = Results("loading", {"contacts": given.rows, "cases": 20_000, "load": os.getloadavg()[0]})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_parents(folder / "parents")
        write_contacts(folder / "in", given.rows, folder / "ready.csv")
        compare(results, "SQLite", f"sqlite:///{folder}/load.sqlite", folder, native_sqlite)
        if given.postgres:
            compare(results, "PostgreSQL", given.postgres, folder, native_postgres)
        few, many = peak(given.rows // 2, folder), peak(given.rows, folder)
        results.note(f"peak memory {few / 1e6:.0f} MB for {given.rows // 2:,} contacts, {many / 1e6:.0f} MB for all")
        # Up to some 400,000 contacts it is SQLite's own cache of 64 MB that fills.
        bound = GROWTH if given.rows >= 1_000_000 else None
        results.line("memory that a further contact costs", (many - few) / (given.rows / 2), "bytes", most=bound)
    return results.end(given.keep)


if __name__ == "__main__":
    sys.exit(main())
