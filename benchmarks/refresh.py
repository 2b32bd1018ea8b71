"""Target 8: facts after an extract that changes 1 % of one force's cases, against building that force's facts at all.

python -m benchmarks.refresh --database sqlite:///site.sqlite [--force CODE] [--keep]

The database is copied first and never changed. An extract of contacts is made for 1 % of the force's open and closed
cases, one further contact each, and loaded. Then the force is built whole once more: its facts have to be the same.
"""

import argparse
import csv
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from benchmarks.results import Results
from data_access import facts
from data_access import tables as t
from data_access.database import writer
from data_access.ingest import load, loading
from data_access.rebuild import rebuild

BOUND = 0.15  # of the time of a full rebuild
SHARE = 100  # one case in so many
HEADER = ["force_code", "source_id", "case", "at", "direction", "with_whom", "channel", "outcome"]


def write_extract(url: str, force: str, folder: Path) -> int:
    """One contact for every hundredth case of the force, on the day up to which its data go. Gives their number."""
    engine, c = writer(url), t.cases.c
    with engine.connect() as connection:
        named = select(t.force.c.force_id).where(t.force.c.code == force)
        force_id = connection.execute(named).scalar_one()
        as_of = connection.execute(select(t.data_version.c.as_of).where(t.data_version.c.force_id == force_id)).scalar()
        asked = select(c.source_id).where(c.force_id == force_id).order_by(c.case_id)
        cases = connection.execute(asked).scalars().all()[::SHARE]
    engine.dispose()
    folder.mkdir()
    with (folder / "contacts.csv").open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(HEADER)
        for place, case in enumerate(cases):
            out.writerow([force, f"new-{place}", case, as_of, "outbound", "victim", "phone", "no_answer"])
    return len(cases)


def copied(url: str, path: Path) -> str:
    """A copy of the SQLite file that may be changed."""
    import sqlite3

    with sqlite3.connect(url.removeprefix("sqlite:///")) as old, sqlite3.connect(path) as new:
        old.backup(new)
    return f"sqlite:///{path.as_posix()}"


def timed_facts(taken: list[float]) -> None:
    """Let every making of facts of this process add its seconds, whole or of some cases."""

    def timed(make: Callable[..., Any]) -> Callable[..., Any]:
        def made(*given: Any) -> Any:
            began = time.perf_counter()
            found = make(*given)
            taken.append(time.perf_counter() - began)
            return found

        return made

    loading.rebuild, loading.renew = timed(loading.rebuild), timed(loading.renew)


def facts_of(connection: Connection, force_id: int) -> list[list[tuple]]:
    """Every fact of the force, each in one order."""
    return [
        sorted(map(tuple, connection.execute(select(fact).where(fact.c.force_id == force_id)))) for fact in facts.FACTS
    ]


def main() -> int:
    """Print every figure beside its bound. Gives 1 when one is missed."""
    wish = argparse.ArgumentParser(description=__doc__)
    wish.add_argument("--database", required=True)
    wish.add_argument("--force", default="")
    wish.add_argument("--keep", action="store_true")
    given = wish.parse_args()
    with tempfile.TemporaryDirectory() as name:
        url = copied(given.database, Path(name) / "copy.sqlite")
        engine = writer(url)
        with engine.connect() as connection:
            force = given.force or connection.execute(select(t.force.c.code).order_by(t.force.c.force_id)).scalar()
        full: list[float] = []
        with engine.begin() as connection:
            named = select(t.force.c.force_id).where(t.force.c.code == force)
            force_id = connection.execute(named).scalar_one()
            for _ in range(2):
                began = time.perf_counter()
                rebuild(connection, force_id)
                full.append(time.perf_counter() - began)
            connection.rollback()
        engine.dispose()
        cases = write_extract(url, str(force), Path(name) / "in")
        taken: list[float] = []
        timed_facts(taken)
        began = time.perf_counter()
        load(Path(name) / "in", url)
        whole = time.perf_counter() - began
        with writer(url).begin() as connection:
            found = facts_of(connection, force_id)
            rebuild(connection, force_id)
            differing = sum(one != other for one, other in zip(found, facts_of(connection, force_id), strict=True))
            connection.rollback()
        results = Results("refresh", {"cases changed": cases, "of": cases * SHARE, "load": os.getloadavg()[0]})
        results.line("building the force's facts", min(full), "s")
        results.line("the load with its facts", whole, "s")
        results.line("the load's facts against building them at all", sum(taken) / min(full), "times", most=BOUND)
        results.line("facts that differ from a rebuild", differing, most=0)
    return results.end(given.keep)


if __name__ == "__main__":
    sys.exit(main())
