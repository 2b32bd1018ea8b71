"""What a benchmark found: printed as a table with its bounds, and kept as JSON with machine, versions and data size."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
KEPT = HERE / "results"
PACKAGES = ("panel", "bokeh", "holoviews", "pandas", "numpy", "sqlalchemy", "tornado", "caselight")


@dataclass
class Line:
    """One figure. ``kept`` is None where there is no bound."""

    what: str
    figure: float
    unit: str
    bound: str = ""
    kept: bool | None = None


@dataclass
class Results:
    """``Results("sessions", data=...)``, then ``line(...)`` for each figure, and ``return results.end(keep)``."""

    name: str
    data: Mapping[str, Any] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    grids: list[dict[str, Any]] = field(default_factory=list)

    def line(
        self, what: str, figure: float, unit: str = "", most: float | None = None, least: float | None = None
    ) -> bool:
        """Add a figure and print it beside its bound. Gives whether the bound is kept."""
        kept = (most is None or figure <= most) and (least is None or figure >= least)
        bounds = [f"at most {most:g}"] if most is not None else []
        bounds += [f"at least {least:g}"] if least is not None else []
        made = Line(what, round(float(figure), 4), unit, " and ".join(bounds), kept if bounds else None)
        self.lines.append(made)
        print(_printed(made), flush=True)
        return kept

    def grid(self, title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Add figures without bounds as a table; the first column says what they are of."""
        self.grids.append({"title": title, "header": list(header), "rows": [list(row) for row in rows]})
        widths = [max(len(row[place]) for row in (header, *rows)) for place in range(len(header))]
        print(title)
        for first, *rest in (header, *rows):
            cells = [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
            print("  ".join([first.ljust(widths[0]), *cells]), flush=True)

    def note(self, words: str) -> None:
        """Add a sentence that belongs to the figures."""
        self.notes.append(words)
        print(f"  {words}", flush=True)

    def end(self, keep: bool = False) -> int:
        """Say whether every bound was kept; with ``keep`` write JSON and table. Gives the exit code."""
        missed = [line.what for line in self.lines if line.kept is False]
        print("Missed: " + "; ".join(missed) if missed else "Every bound was kept.")
        if keep:
            KEPT.mkdir(exist_ok=True)
            found = {"name": self.name, "at": datetime.now(UTC).isoformat(timespec="minutes"), "machine": machine(),
                     "versions": versions(), "data": dict(self.data), "notes": self.notes,
                     "lines": [asdict(line) for line in self.lines], "tables": self.grids}  # fmt: skip
            (KEPT / f"{self.name}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
            (KEPT / f"{self.name}.md").write_text(table(found), encoding="utf-8")
        return 1 if missed else 0


def _printed(line: Line) -> str:
    said = {None: "", True: "kept", False: "MISSED"}[line.kept]
    return f"  {line.what:<58} {line.figure:>12,.2f} {line.unit:<5} {line.bound:<16} {said}".rstrip()


def table(found: Mapping[str, Any]) -> str:
    """The kept results as a page of Markdown."""
    about = {**found["machine"], **found["versions"], **found["data"]}
    said = {None: "", True: "kept", False: "**missed**"}
    head = ["", "| what | figure | unit | bound | |", "|---|--:|---|---|---|"] if found["lines"] else []
    grids: list[str] = []
    rows = head + [
        f"| {one['what']} | {one['figure']:,.2f} | {one['unit']} | {one['bound']} | {said[one['kept']]} |"
        for one in found["lines"]
    ]
    for grid in found["tables"]:
        grids += ["", grid["title"] + ":", "", _row(grid["header"]), "|---" + "|--:" * (len(grid["header"]) - 1) + "|"]
        grids += [_row(row) for row in grid["rows"]]
    return "\n".join([
        f"# {found['name']}", "",
        f"{found['at']}. " + ", ".join(f"{key} {value}" for key, value in about.items()) + ".",
        *rows, *grids, *([""] if found["notes"] else []), *[f"- {note}" for note in found["notes"]], "",
    ])  # fmt: skip


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def machine() -> dict[str, Any]:
    """What the figures depend on, without any name of the machine."""
    found = {"system": platform.system(), "processor": _processor(), "cores": os.cpu_count()}
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        found["memory GB"] = round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30)
    if hasattr(os, "getloadavg"):
        found["load"] = round(os.getloadavg()[0], 1)
    return found


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def versions() -> dict[str, str]:
    """Python, the packages that matter, and the commit where there is one."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=HERE, capture_output=True, text=True, check=False
    )
    if commit.returncode == 0:
        found["commit"] = commit.stdout.strip()
    return found


def data_size(url: str) -> dict[str, int]:
    """How many rows the tables that matter hold."""
    from sqlalchemy import func, select

    sys.path.insert(0, str(HERE.parent))
    from data_access import tables
    from data_access.database import viewer

    engine = viewer(url)
    try:
        with engine.connect() as connection:
            return {
                name: connection.execute(select(func.count()).select_from(tables.schema.tables[name])).scalar_one()
                for name in ("cases", "contacts")
            }
    finally:
        engine.dispose()
