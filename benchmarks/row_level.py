"""What PostgreSQL's walls between forces cost a question that is filtered by force anyway (target 11).

    python -m benchmarks.row_level --viewer URL --loader URL [--rounds 7] [--keep]

A site made as docs/postgresql.md says. The same figures and lists of each single force are asked by the account for
which the walls hold and by the one that owns the tables, in turn, with nothing kept; least times are compared.
"""

import argparse
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import data_access as da
from benchmarks.results import Results, data_size
from data_access.database import viewer
from data_access.days import day, monday, number
from data_access.errors import CaselightError
from data_access.reports import Reports
from data_access.store import Store
from data_access.tally import SqlCounter
from data_access.worklists import LISTS


def questions(slices: list[da.Slice]) -> dict[str, Callable[[Reports], Any]]:
    """Every measure and every list, for each slice."""
    found: dict[str, Callable[[Reports], Any]] = {}
    for slice_ in slices:
        (force,) = slice_.forces
        for name in da.MEASURES:
            found[f"{name} of {force}"] = lambda r, n=name, s=slice_: r.frame(n, s)  # type: ignore[misc]
        for name in LISTS:
            found[f"list {name} of {force}"] = lambda r, n=name, s=slice_: r.rows(n, s)  # type: ignore[misc]
    return found


def timed(ask: Callable[[Reports], Any], reports: Reports) -> float:
    """Seconds of one answer, a refusal included."""
    begun = time.perf_counter()
    with suppress(CaselightError):
        ask(reports)
    return time.perf_counter() - begun


def main() -> int:
    """Ask, compare and print."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--viewer", required=True)
    given.add_argument("--loader", required=True)
    given.add_argument("--rounds", type=int, default=7)
    given.add_argument("--keep", action="store_true")
    wish = given.parse_args()
    stores = {name: Store(viewer(getattr(wish, name)), "sql") for name in ("viewer", "loader")}
    codes = stores["viewer"].force_codes()
    until = day(monday(number(max(f.as_of for f in stores["viewer"].directory().forces)) + 1))
    asked = questions([da.Slice((code,), until - timedelta(weeks=26), until) for code in codes])
    reports = {
        (name, code): Reports(
            SqlCounter(store.engine, kept=0), da.Scope.local((code,), "service_manager"), store.directory
        )
        for name, store in stores.items()
        for code in codes
    }
    least = {name: dict.fromkeys(asked, float("inf")) for name in stores}
    for _ in range(wish.rounds):
        for question, ask in asked.items():
            for name in stores:
                took = timed(ask, reports[name, question.rpartition(" of ")[2]])
                least[name][question] = min(least[name][question], took)
    ratios = {question: least["viewer"][question] / least["loader"][question] for question in asked}
    results = Results("row_level", data=data_size(wish.loader))
    results.line("questions of one force", len(asked))
    results.line("all of them without walls", 1000 * sum(least["loader"].values()), "ms")
    results.line("with walls, times that", sum(least["viewer"].values()) / sum(least["loader"].values()), most=1.6)
    results.line("median of the questions' own ratios", sorted(ratios.values())[len(ratios) // 2], most=1.6)
    worst = max(ratios, key=lambda question: ratios[question])
    results.line(f"worst ({worst}, {1000 * least['loader'][worst]:.1f} ms without)", ratios[worst])
    return results.end(wish.keep)


if __name__ == "__main__":
    sys.exit(main())
