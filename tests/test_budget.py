"""Habits that a machine can hold: file length, where SQL and counting may stand, nothing left undone."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("data_access", "dashboard", "sample_data")
LONGEST = 350
SQL = re.compile(
    r"^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE (TABLE|INDEX|VIEW)|ALTER TABLE|DROP TABLE)\s", re.M
)
COUNTING = {
    *("groupby", "merge", "pivot", "pivot_table", "crosstab", "value_counts", "resample"),
    *("read_sql", "read_sql_table", "read_sql_query"),
}
UNDONE = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def sources(*folders: str, but: tuple[str, ...] = ()) -> list[Path]:
    """Python files of the folders, in order, without those whose path holds a part of ``but``."""
    found = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return [path for path in found if not any(part in path.relative_to(ROOT).as_posix() for part in but)]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_folders_were_found():
    assert {named(path).split("/")[0] for path in sources(*PACKAGES)} == set(PACKAGES)


def test_no_file_is_too_long():
    lengths = {
        named(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in sources(*PACKAGES, "benchmarks", "docs", but=("/migrations/", "data_access/tables.py"))
    }  # tables.py is a catalogue: one line for each column, and its comment is its documentation
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def _sql_in(path: Path) -> list[str]:
    """Lines that hold SQL as text, or ask SQLAlchemy for it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in ("text", "exec_driver_sql") and not _is_drawing(node.func):
                found.append(f"{named(path)}:{node.lineno} {name}(")
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and SQL.search(node.value)
            and len(node.value.split()) > 2
        ):
            found.append(f"{named(path)}:{node.lineno} {node.value[:40]!r}")
    return found


def _is_drawing(called: ast.expr) -> bool:
    """`something.text(...)` of a chart or a page is no SQL; `text(...)` and `sqlalchemy.text(...)` are."""
    return (
        isinstance(called, ast.Attribute)
        and called.attr == "text"
        and getattr(called.value, "id", "") not in ("sqlalchemy", "sa", "sql")
    )


def test_sql_as_text_stands_only_where_it_may():
    may = ("data_access/database.py", "data_access/bulk.py", "data_access/transactions.py", "register/making.py")
    looked_at = sources(*PACKAGES, but=("/migrations/", *may))
    assert [line for path in looked_at for line in _sql_in(path)] == []


@pytest.mark.parametrize(
    "line", ['text("SELECT 1")', 'x = "SELECT force_id FROM cases"', "c.exec_driver_sql(q)", 'sqlalchemy.text("x")']
)
def test_the_search_for_sql_finds_it(tmp_path, monkeypatch, line):
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    (tmp_path / "a.py").write_text(line)
    assert _sql_in(tmp_path / "a.py")


def test_the_dashboard_does_not_count():
    found = []
    for path in sources("dashboard"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in COUNTING:
                found.append(f"{named(path)}:{node.lineno} .{node.func.attr}(")
    assert found == []


def test_nothing_is_left_undone():
    looked_at = [path for path in sources(*PACKAGES, "tests", "benchmarks", "docs") if path != Path(__file__)]
    looked_at += [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    assert [named(path) for path in looked_at if UNDONE.search(path.read_text(encoding="utf-8"))] == []


def test_every_module_says_what_it_is():
    texts = {named(p): p.read_text(encoding="utf-8") for p in sources(*PACKAGES, "benchmarks", but=("/migrations/",))}
    assert [name for name, text in texts.items() if text.strip() and not ast.get_docstring(ast.parse(text))] == []


def test_import_contracts_hold():
    command = shutil.which("lint-imports", path=str(Path(sys.executable).parent)) or shutil.which("lint-imports")
    if command is None:
        pytest.skip("import-linter is not installed")
    ran = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr
