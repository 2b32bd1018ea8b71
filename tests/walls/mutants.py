"""Walls taken down one by one: each change of the source must make the named quick tests fail.

    python -m tests.walls.mutants             all of them, on a copy of the tree; prints the table
    python -m tests.walls.mutants cache       those whose name holds the word

Exit code 1 when one survives. Other rooms add theirs: a module in ``ROOMS`` with a list ``MUTANTS``.
"""

# ruff: noqa: E501  one mutant is one line: the list is read as a table

import importlib
import importlib.util
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("tests.walls.mutants", "tests.attack.mutants", "tests.register.mutants")
SECONDS = 300  # for the tests of one mutant


@dataclass(frozen=True)
class Mutant:
    """One wall down: in the file, ``old`` (which stands there once) becomes ``new``, and one of ``tests`` fails."""

    name: str
    file: str
    old: str
    new: str
    tests: str


OTHERS = "tests/walls/test_others_rows.py -k sees-0 or sees[0]"
ONCE = "tests/walls/test_others_rows.py -k once"
FIRST_DAYS = "tests/walls/test_others_rows.py -k first_days"
DOORS = "tests/walls/test_doors.py"
KEPT = "tests/walls/test_kept.py"
ROWS = "tests/walls/test_row_level.py"
CROSSING = "tests/walls/test_crossing.py"
QUESTION, DIRECTORY = "data_access/question.py", "data_access/directory.py"
REPORTS, MIGRATION = "data_access/reports.py", "data_access/migrations/versions/0003_walls_between_forces.py"

MUTANTS = [
    Mutant(
        "scope: a question without its forces",
        QUESTION,
        "[_one_of(fact.c.force_id, tuple(self.as_of))]",
        "[fact.c.force_id > 0]",
        OTHERS,
    ),
    Mutant("scope: forces of the directory", DIRECTORY, "for f in self.forces if f.code in codes)", "for f in self.forces)", ONCE),
    Mutant("scope: a question without its teams", QUESTION, "found.append(self._is_one_of(known[name], allowed))", "pass", ONCE),
    Mutant(
        "scope: teams of another force",
        DIRECTORY,
        'return force in codes and (teams is None or team in teams or f"{force}/{team}" in teams)',
        'return teams is None or team in teams or f"{force}/{team}" in teams',
        OTHERS,
    ),
    Mutant("scope: teams of the directory", DIRECTORY, "for x in self.teams if seen(x.force, x.code))", "for x in self.teams)", ONCE),
    Mutant("scope: advocates of others", DIRECTORY, "if advocates and seen(a.force, a.team)", "if advocates", ONCE),
    Mutant("scope: thresholds of others", DIRECTORY, "for h in self.thresholds if h.force in codes", "for h in self.thresholds", ONCE),
    Mutant("scope: first day of a team's force", DIRECTORY, "if teams is not None:  # the first", "if False:  # the first", FIRST_DAYS),
    Mutant(
        "scope: first closing of a team's force", "data_access/history.py", "if reach[1] is not None:", "if False:", FIRST_DAYS
    ),
    Mutant("scope: the tool of other teams", "data_access/thresholds.py", "if question.reach[1] is not None:  # the tool", "if False:  # the tool", "tests/walls/test_others_rows.py -k sees[7]"),
    Mutant("scope: narrowed to a force that is not one's own", REPORTS, "self.scope.forces & {force}", "frozenset({force})", ONCE),
    Mutant("scope: published files of others", REPORTS, "        if not self._seen([force]):\n            return False\n", "", ONCE),
    Mutant("scope: a team's published files", REPORTS, "own is None or any(", "True or any(", ONCE),
    Mutant("scope: standards of others", REPORTS, "[code for code in forces if code in seen])", "list(forces))", ONCE),
    Mutant(
        "scope: findings of others",
        REPORTS,
        '            if code not in seen:\n                raise UnknownName("force", code, seen)',
        "            pass",
        ONCE,
    ),
    Mutant("scope: an advocate of others in a list", QUESTION, "(force, advocate) in self._advocates", "True", DOORS),
    Mutant("scope: dated notes of others", "data_access/extracts.py", ".where(e.force_id.in_([f.id for f in directory.forces]))", "", ONCE),
    Mutant("role: the doors", "data_access/scope.py", "            self.scope.need(action)\n", "", DOORS),
    Mutant("role: figures by advocate", REPORTS, 'self.scope.need("advocates")\n        directory', "pass\n        directory", DOORS),
    Mutant("role: names for a role without figures", REPORTS, 'self.scope.forces if self.scope.may("figures") else frozenset()', "self.scope.forces", DOORS),
    Mutant("role: whole tables", REPORTS, 'self.scope.need("notebook_table")', "pass", DOORS),
    Mutant("cache: reach without teams", "data_access/scope.py", "return (tuple(sorted(self.forces)), teams, self.role)", "return (tuple(sorted(self.forces)), None, self.role)", KEPT),
    Mutant("cache: reach without role", "data_access/scope.py", "return (tuple(sorted(self.forces)), teams, self.role)", 'return (tuple(sorted(self.forces)), teams, "")', KEPT),
    Mutant("cache: the page's, without reach", "dashboard/kept.py", '(getattr(reports, "source", None), reach, asked)', '(getattr(reports, "source", None), asked)', KEPT),
    Mutant("cache: the page's, without the database", "dashboard/kept.py", '(getattr(reports, "source", None), reach, asked)', "(reach, asked)", KEPT),
    Mutant("cache: the filter line, without whose options", "dashboard/shell.py", "tuple(self.filters.to_query().items()), self.filters.options)", "tuple(self.filters.to_query().items()))", "tests/dashboard/test_shell.py -k filter_line"),
    Mutant("cache: directory, without teams", DIRECTORY, "(codes, teams, advocates)\n        if asked not in kept:  # asked some hundred times for one page\n            kept[asked] = self._cut(*asked)", "(codes, advocates)\n        if asked not in kept:\n            kept[asked] = self._cut(codes, teams, advocates)", ONCE),
    Mutant("cache: late days, without reach", "data_access/delays.py", "(reach, source)\n", '("", source)\n', KEPT),
    Mutant("cache: told from, without reach", "data_access/history.py", "    known = _kept.setdefault(counter, {})\n", '    reach_, known = reach, _kept.setdefault(counter, {})\n    reach = (None, None, "")\n', KEPT),
    Mutant("cache: verdicts, without reach", "dashboard/verdicts.py", "key = (reports.scope.reach, reports.directory.versions, measure.name, about)", "key = (measure.name, about)", KEPT),
    Mutant("cache: comparisons, without reach", "dashboard/comparing.py", "key = (reports.scope.reach, reports.directory.versions, measure.name,", "key = (measure.name,", KEPT),
    Mutant("cache: counts of the database, without reach", "data_access/tally.py", "key = (reach, self._shapes", "key = (self._shapes", KEPT),
    Mutant("cache: the arrays' answers, without reach", "data_access/arrays/counter.py", "key = reach, _words(question)", 'key = "", _words(question)', "tests/arrays/test_loads.py"),
    Mutant("cache: columns of another force", "data_access/arrays/shelf.py", "place = Place(fact.name, force_id, version)\n        found", "place = Place(fact.name, 0, version)\n        found", OTHERS),
    Mutant("wall: a policy that lets all through", MIGRATION, 'else READS[name]\n', 'else READS[name]\n        reads = "true"\n', ROWS),
    Mutant("wall: the names of a transaction do not narrow", MIGRATION, "NOT reader.narrowed\n    OR", "true\n    OR", ROWS),
    Mutant("wall: not for the owner", MIGRATION, 'FORCE ROW LEVEL SECURITY\')', "NO FORCE ROW LEVEL SECURITY')", ROWS),
    Mutant("wall: published figures of any file", MIGRATION, '"run_id IN (SELECT run_id FROM published_run)"', '"true"', ROWS),
    Mutant("wall: a name for the session", "data_access/walls.py", "func.set_config(SETTING, forces, True)", "func.set_config(SETTING, forces, False)", ROWS),
    Mutant("wall: who has no name keeps the last one's", "data_access/walls.py", "    connection.execute(select(func.set_config(SETTING, forces, True)))", '    if forces != "":\n        connection.execute(select(func.set_config(SETTING, forces, False)))', CROSSING),
    Mutant("wall: forces of the versions, not of the scope", "data_access/walls.py", "if not who or code in who[0]", "", ROWS),
    Mutant("wall: the arrays' forces are not masked", "data_access/arrays/counter.py", "sorted(mine.intersection(forces(question)))", "forces(question)", ROWS),
    Mutant("wall: own rows by a directory that is cut wrongly", REPORTS, "self._read().forces if force.code in self.scope.forces)", "self.directory.forces)", ROWS),
]  # fmt: skip


def every() -> list[Mutant]:
    """The mutants of every room that has some."""
    found = []
    for room in ROOMS:
        if room == __name__ or room == "tests.walls.mutants":
            found += MUTANTS
        elif importlib.util.find_spec(room.rpartition(".")[0]) and importlib.util.find_spec(room):
            found += importlib.import_module(room).MUTANTS
    return found


def copied(into: Path) -> Path:
    """The tree as it was committed last."""
    packed = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=BytesIO(packed)) as files:
        files.extractall(into, filter="data")
    return into


@contextmanager
def changed(tree: Path, mutant: Mutant) -> Iterator[None]:
    """The tree with the mutant in it. Raises ValueError where its text does not stand there once."""
    path = tree / mutant.file
    whole = path.read_text(encoding="utf-8")
    if whole.count(mutant.old) != 1:
        raise ValueError(f"{mutant.name}: stands {whole.count(mutant.old)} times in {mutant.file}: {mutant.old!r}")
    path.write_text(whole.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(whole, encoding="utf-8")


def tested(tree: Path, tests: str, pool: Path) -> int:
    """pytest's exit code: 1 where a test failed, 0 where all passed."""
    files, _, chosen = tests.partition(" -k ")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *files.split()]
    environment = os.environ | {"WALLS_POOL": str(pool), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(tree)}
    done = subprocess.run(
        [*command, *(["-k", chosen] if chosen else [])],
        cwd=tree,
        capture_output=True,
        timeout=SECONDS,
        env=environment,
    )
    return done.returncode


def main(words: list[str]) -> int:
    """Try each mutant, print the table, and give the exit code."""
    mutants = [mutant for mutant in every() if all(word in mutant.name for word in words)]
    survivors = 0
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        tree, pool = copied(Path(folder) / "tree"), Path(folder) / "pool.sqlite"
        for tests in dict.fromkeys(mutant.tests for mutant in mutants):
            if tested(tree, tests, pool):  # a test that fails by itself would kill everything
                print(f"fails without any mutant: {tests}")
                return 1
        for mutant in mutants:
            begun = time.monotonic()
            with changed(tree, mutant):
                code = tested(tree, mutant.tests, pool)
            killed = code == 1
            survivors += not killed
            said = "killed" if killed else f"SURVIVED (exit code {code})"
            print(f"{said:10} {time.monotonic() - begun:5.0f} s  {mutant.name:55} {mutant.tests}", flush=True)
    print(f"{len(mutants) - survivors} of {len(mutants)} killed")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
