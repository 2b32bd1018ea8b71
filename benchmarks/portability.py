"""Whether every figure is the same on SQLite and PostgreSQL, counted by the database and in arrays (target 9).

    python -m benchmarks.portability --postgres URL [--database URL] [--keep]

The PostgreSQL database is filled from the other one when it is empty. A question is a measure, a grain and a filter;
four ways answer it, and it counts as identical when all four frames are equal to the last digit.
"""

import argparse
import sys
from datetime import timedelta
from itertools import product
from typing import Any

import data_access as da
from benchmarks.results import Results, data_size
from data_access.copying import copy
from data_access.days import day, monday, number
from data_access.errors import CaselightError
from data_access.slice import Slice

GRAINS = ("week", "whole")
FILTERS: tuple[dict[str, Any], ...] = ({}, {"levels": ("high",)}, {"sources": ("police",)}, {"one force": True})


def answered(reports: Any, measure: str, asked: Slice) -> str:
    """The frame as text, or why there is none."""
    try:
        frame = reports.frame(measure, asked)
    except CaselightError as refused:
        return str(refused)
    return str(frame.to_csv(index=False))


def main() -> int:
    """Ask, compare and print."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--postgres", required=True)
    given.add_argument("--database", default="sqlite:///.state/sample.sqlite")
    given.add_argument("--keep", action="store_true")
    wish = given.parse_args()
    results = Results("portability", data=data_size(wish.database))
    try:
        da.connect(wish.postgres)
    except CaselightError:
        copy(wish.database, wish.postgres, lambda *_: None)
    ways = {
        (name, counter): da.connect(url, counter=counter, arrays="memory" if counter == "arrays" else "")
        for name, url in (("SQLite", wish.database), ("PostgreSQL", wish.postgres))
        for counter in ("sql", "arrays")
    }
    codes = next(iter(ways.values())).force_codes()
    reports = {way: store.reports(da.Scope.local(codes, "service_manager")) for way, store in ways.items()}
    newest = max(force.as_of for force in next(iter(reports.values())).directory.forces)
    until = day(monday(number(newest) + 1))
    whole = Slice(codes, until - timedelta(weeks=52), until)
    same, questions = 0, list(product(da.MEASURES, GRAINS, FILTERS))
    for measure, grain, chosen in questions:
        forces = codes[:1] if "one force" in chosen else codes
        asked = whole.having(grain=grain, forces=forces, **{k: v for k, v in chosen.items() if k != "one force"})
        told = {way: answered(one, measure, asked) for way, one in reports.items()}
        same += len(set(told.values())) == 1
        if len(set(told.values())) > 1:
            print("differs:", measure, grain, chosen, [way for way in told if told[way] != told["SQLite", "sql"]])
    results.line("questions", len(questions))
    results.line("identical on both databases and by both counters", same / len(questions), "of all", least=1.0)
    return results.end(wish.keep)


if __name__ == "__main__":
    sys.exit(main())
