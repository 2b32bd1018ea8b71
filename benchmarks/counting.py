"""What counting costs in arrays: targets 1 to 7 and 10 of the data engine, on the sample and on ten times its rows.

    python benchmarks/counting.py [--folder DIR] [--scale 10] [--keep]

Scale 10 is about 16,000 cases and 370,000 contacts of three forces; the larger database has ten times as many. Both
are made once, in the folder. Ratios are of figures measured side by side in this run, each the median of several.

Where our facts differ from those that the targets were set for:
- A figure is all the tallies that a measure asks for one frame (two for a stock, ten for ages in bands), counted
  anew: answers that are kept as they are would take no time at all. The frame itself is not in it.
- Target 4 is a slice of a wider tally of one force, target 5 a figure of one advocate: arrays answer it as well.
- Target 7: the facts have 15 to 20 columns and 28 tables, not five columns of one table, so bytes are printed for a
  case and for a row; the bound is that of a site of three forces, 25 MB.
- Target 8 (refresh) has a script of its own.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pandas as pd
from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError

sys.path.insert(0, str(Path(__file__).parents[1]))

import data_access as da
from benchmarks.results import Results
from benchmarks.shared_arrays import private_share
from benchmarks.tenfold import sample, tenfold
from data_access import facts
from data_access import tables as t
from data_access.arrays.asked import asked, of_force
from data_access.arrays.columns import _bounds, _streamed, held, packed, read
from data_access.arrays.counter import ANSWER_BYTES, ANSWERS
from data_access.arrays.room import Room
from data_access.arrays.widened import Wides
from data_access.database import viewer, writer
from data_access.reports import Reports
from data_access.store import Store
from data_access.tally import SqlCounter, Tally
from data_access.transactions import one_state

SLICE = da.Slice(("EAST", "NORTH", "WEST"), date(2026, 8, 24), date(2026, 11, 23))
WIDE = {"open_cases": ("level",), "case_age": (), "contact_success": (), "review_overdue": (), "waiting_list": ()}
WIDE = {name: by for name, by in WIDE.items() if name in da.MEASURES}
ODD = ("open_cases", "case_age", "contact_success")


class Recorder:
    """Keeps the tallies of a figure."""

    def __init__(self, counter):
        self.counter, self.engine, self.rows = counter, counter.engine, counter.rows
        self.asked: list[tuple[Tally, tuple]] = []

    def count(self, tally: Tally, reach: tuple):
        if tally.fact.info.get("fact"):
            self.asked.append((tally, reach))
        return self.counter.count(tally, reach)


def tallies(store: Store, slice_: da.Slice, measures: dict[str, tuple[str, ...]]) -> list[tuple[Tally, tuple]]:
    """What the measures count for a slice."""
    recorder = Recorder(store.counter)
    reports = Reports(recorder, da.Scope.local(SLICE.forces, "service_manager"), store.directory)
    for name, by in measures.items():
        reports.frame(name, slice_, by)
    return recorder.asked


def again(counter, questions: Sequence[tuple[Tally, tuple]]) -> list[list[tuple]]:
    """Count, without what is kept of whole answers."""
    if isinstance(counter, SqlCounter):
        counter = SqlCounter(counter.engine)
    else:
        counter._answers = Room(ANSWERS, ANSWER_BYTES)
    return [_rows(counter.count(*question)) for question in questions]


def _rows(counts) -> list[tuple]:
    columns = [counts.columns[name] for name in sorted(counts.columns)]
    return [*columns, counts.tally]


def timed(work: Callable[[], object], times: int) -> float:
    """Median milliseconds."""
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        found.append((time.perf_counter() - begun) * 1000)
    return statistics.median(found)


def same(one: list, other: list) -> bool:
    """Whether two counters gave the same integers."""
    for left, right in zip(one, other, strict=True):
        order = [np.lexsort([np.asarray(c) for c in side]) for side in (left, right)]
        if any(not np.array_equal(a[order[0]], b[order[1]]) for a, b in zip(left, right, strict=True)):
            return False
    return True


def wide_figures(results: Results, small: Store, large: Store) -> None:
    """Targets 1 and 2."""
    of_small, of_large = (tallies(store, SLICE, WIDE) for store in (small, large))
    sql = SqlCounter(small.engine)
    equal = same(again(sql, of_small), again(small.counter, of_small))
    results.line("1 the two counters differ in so many figures", 0 if equal else 1, "", most=0)
    raw = timed(lambda: again(sql, of_small), 5)
    arrays = timed(lambda: again(small.counter, of_small), 41)
    results.note(f"{len(of_small)} tallies: raw SQL {raw:.1f} ms, arrays {arrays:.2f} ms")
    results.line("1 wide figures, arrays / raw SQL", arrays / raw, "", most=0.01)
    pairs = [
        (timed(lambda: again(small.counter, of_small), 9), timed(lambda: again(large.counter, of_large), 9))
        for _ in range(9)
    ]
    results.note(f"ten times the rows: {statistics.median(p[1] for p in pairs):.2f} ms")
    results.line("2 wide figures, ten times the rows / once", statistics.median(b / a for a, b in pairs), "", most=1.2)


def odd_figures(results: Results, small: Store, large: Store) -> None:
    """Target 3: rows are scanned, no wider tally helps."""
    found = []
    for store in (small, large):
        questions = [
            (Tally(q.fact, q.keys, (*q.where, q.fact.c.lead_id % 7 < 3), q.day, q.step, q.weight), reach)
            for q, reach in tallies(store, SLICE, dict.fromkeys(ODD, ()))
        ]

        def scan(store=store, questions=questions) -> None:
            store.counter._wides = Wides()
            again(store.counter, questions)

        found.append((timed(scan, 9), _touched(store, questions)))
    (once, _), (tenfold_, touched) = found
    results.line("3 odd filter, ten times the rows / once", tenfold_ / once, "", most=11)
    results.line("3 odd filter, time / (bytes touched / bandwidth)", tenfold_ / (touched / bandwidth()), "", most=40)


def _touched(store: Store, questions: list[tuple[Tally, tuple]]) -> float:
    """Bytes of the columns that the tallies name."""
    total = 0.0
    for tally, _ in questions:
        words = str(asked(tally))
        for place, columns in store.counter.shelf._held.items():
            if place.fact == tally.fact.name:
                total += sum(array.nbytes for name, array in columns.arrays.items() if f"'{name}'" in words)
    return total


def bandwidth() -> float:
    """Bytes a millisecond that one core reads, by summing 64 MB."""
    array = np.ones(2**23, np.int64)
    return array.nbytes / min(timed(array.sum, 1) for _ in range(9))


def slices(results: Results, large: Store) -> None:
    """Target 4: a slice of one force's wider tally."""
    questions = tallies(large, SLICE, {"open_cases": ("level",)})
    versions = {force_id: tuple(state) for _, *state, force_id in large.directory().versions}
    slowest = 0.0
    for tally, _ in questions:
        own = of_force(asked(tally), 2)
        assert own is not None
        columns, place = large.counter.shelf.columns(tally.fact, 2, versions[2])
        slowest = max(slowest, timed(lambda c=columns, p=place, o=own: large.counter._wides.parts(c, p, o), 201))
    results.line("4 slice of a wider tally of one force", slowest, "ms", most=0.1)


def one_advocate(results: Results, small: Store, large: Store) -> None:
    """Target 5."""
    found = []
    for store in (small, large):
        code = store.directory().advocates[len(store.directory().advocates) // 2].code
        questions = tallies(store, SLICE.having(advocates=(code,)), dict.fromkeys(ODD, ()))
        found.append(timed(lambda s=store, q=questions: again(s.counter, q), 15))
    results.note(f"one advocate: {found[0]:.2f} ms, ten times the rows {found[1]:.2f} ms")
    results.line("5 one advocate, ten times the rows / once", found[1] / found[0], "", most=3)


def loading(results: Results, url: str) -> None:
    """Target 6: contacts of the largest force, and all of a cold load."""
    engine, fact = viewer(url), facts.contact
    with one_state(engine) as connection:
        names = held(fact)
        rows, lows, highs = _bounds(connection, fact, names, 2)
        keys = [key for key, _ in packed(names, lows, highs)]
        stream = timed(lambda: _streamed(connection, fact, keys, 2, rows), 3)
        question = select(*names).where(fact.c.force_id == 2)
        pandas = timed(lambda: pd.read_sql(question, connection), 3)
        results.note(f"{rows} rows of {len(names)} columns: {stream:.0f} ms as {len(keys)} keys, read_sql {pandas:.0f}")
        results.line("6 packed keys / pandas.read_sql, per row", stream / pandas, "", most=0.2)
        whole = streams = 0.0
        for one in (facts.case_state, facts.contact, facts.case_path, facts.approach):
            for force_id in (1, 2, 3):
                bounds = _bounds(connection, one, held(one), force_id)
                of_fact = [key for key, _ in packed(held(one), *bounds[1:])]
                whole += timed(lambda f=one, i=force_id: read(connection, f, i), 1)
                streams += timed(
                    lambda f=one, i=force_id, k=of_fact, n=bounds[0]: _streamed(connection, f, k, i, n), 1
                ) + timed(lambda f=one, i=force_id: _bounds(connection, f, held(f), i), 1)
        results.line("6 cold load / its streams (limits and keys)", whole / streams, "", most=1.5)


def memory(results: Results, store: Store, url: str) -> None:
    """Target 7: every fact of every force."""
    versions = store.directory().versions
    with store.engine.connect() as connection:
        cases = connection.scalar(select(func.count()).select_from(facts.case_path))
    loaded = [store.counter.shelf.columns(fact, v[-1], v[1:-1])[0] for fact in facts.FACTS for v in versions]
    total = sum(columns.bytes for columns in loaded)
    path = sum(store.counter.shelf.columns(facts.case_path, v[-1], v[1:-1])[0].bytes for v in versions)
    results.note(f"{cases} cases, {sum(c.rows for c in loaded)} rows of facts: {total / cases:.0f} bytes a case")
    results.line("7 all arrays of three forces", total / 1e6, "MB", most=25)
    results.line("7 case_path, bytes a case", path / cases, "B")
    results.line("7 own memory of a second process / size of the arrays", private_share(url), "", most=0.1)


def under_a_writer(results: Results, url: str) -> None:
    """Target 10: figures while another connection commits all the while (a copy of the small database)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copy.sqlite"
        path.write_bytes(Path(url.removeprefix("sqlite:///")).read_bytes())
        store = Store(viewer(f"sqlite:///{path.as_posix()}"))
        questions = tallies(store, SLICE, WIDE)
        idle = timed(lambda: again(store.counter, questions), 101)
        errors, busy = 0, float("inf")
        with subprocess.Popen(
            [sys.executable, __file__, "--write-to", str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as loader:
            assert loader.stdin is not None
            assert loader.stdout is not None
            loader.stdout.readline()  # its first commit
            try:
                busy = timed(lambda: again(store.counter, questions), 301)
            except SQLAlchemyError as error:
                errors = 1
                results.note(type(error).__name__)
            commits = loader.communicate("stop")[0].split()[-1]
        results.note(f"{commits} commits meanwhile; {idle:.2f} ms idle, {busy:.2f} ms beside the writer")
        results.line("10 errors beside a writer", errors, "", most=0)
        results.line("10 median beside a writer / idle", busy / idle, "", most=2)


def write_to(path: str) -> int:
    """Commit 500 rows at a time until something comes in; says when it has begun, and how many commits there were."""
    engine, commits, ended = writer(f"sqlite:///{path}"), 0, Event()
    Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    rows = select(t.contacts.c.contact_id).limit(500)
    while not ended.is_set():
        with engine.begin() as connection:
            to = t.contacts.update().where(t.contacts.c.contact_id.in_(rows))
            connection.execute(to.values(duration_minutes=commits % 60))
            connection.execute(update(t.data_version).values(extract_at=None))
        commits += 1
        if commits == 1:
            print("begun", flush=True)
    print(commits)
    return 0


def main() -> int:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=Path(".state/benchmarks"))
    parser.add_argument("--scale", type=int, default=10)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--write-to", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write_to:
        return write_to(options.write_to)
    url = sample(options.folder.absolute(), options.scale)
    more = tenfold(url)
    results = Results("counting", {"scale": options.scale})
    small, large = da.connect(url), da.connect(more)
    wide_figures(results, small, large)
    odd_figures(results, small, large)
    slices(results, large)
    one_advocate(results, small, large)
    loading(results, url)
    memory(results, small, url)
    under_a_writer(results, url)
    return results.end(options.keep)


if __name__ == "__main__":
    sys.exit(main())
