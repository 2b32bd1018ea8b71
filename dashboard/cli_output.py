"""How the command line prints: progress, frames as CSV or JSON, and errors as one message."""

import csv
import hashlib
import json
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TextIO

import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.text import Text

# A spreadsheet reads a text that begins with one of these as a formula (OWASP, CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Format(StrEnum):
    """Formats of a frame."""

    csv = "csv"
    json = "json"


class ListFormat(StrEnum):
    """Formats of the list of measures."""

    text = "text"
    json = "json"
    csv = "csv"


def printable(text: object) -> str:
    """Text of a database or a file without what a terminal would obey."""
    return _CONTROL.sub("\ufffd", str(text))


def say(text: object) -> None:
    """One line to standard output."""
    print(printable(text))


def complain(text: object) -> None:
    """One message to standard error."""
    print(printable(text), file=sys.stderr)


class _Rate(ProgressColumn):
    """How many a second; nothing while that is not known."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f} a second" if speed and speed >= 10 else "")


@contextmanager
def progress(title: str) -> Iterator[Callable[..., None]]:
    """A bar on standard error with rate and time left, drawn only on a terminal.

    Yields ``step(done, total, what="")``; ``done`` and ``total`` are counts, a total of None is not known.
    """
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        _Rate(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(title, total=None)
        shown = ""

        def step(done: int, total: int | None, what: str = "") -> None:
            nonlocal shown
            if what != shown:  # each part has a rate of its own
                bar.reset(task, total=total)
                shown = what
            bar.update(task, completed=done, total=total, description=f"{title}: {printable(what)}" if what else title)

        yield step


def write_frame(frame: pd.DataFrame, form: Format) -> None:
    """Print a frame to standard output."""
    rows = [[_plain(value) for value in row] for row in frame.itertuples(index=False, name=None)]
    if form is Format.json:
        names = [str(name) for name in frame.columns]
        write_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        write_csv(sys.stdout, frame.columns, rows)


def write_json(value: object) -> None:
    """Print a value as JSON; days as ISO dates."""
    print(json.dumps(value, indent=1, default=str, allow_nan=False))


def write_csv(stream: TextIO, header: Iterable[object], rows: Iterable[Iterable[object]]) -> None:
    """Write a CSV whose texts no spreadsheet takes for a formula."""
    out = csv.writer(stream, lineterminator="\n")
    out.writerow([_cell(name) for name in header])
    out.writerows([_cell(value) for value in row] for row in rows)


def _cell(value: object) -> object:
    if isinstance(value, str):
        return "'" + value if value.startswith(FORMULA_STARTS) else value
    return "" if value is None else value


def _plain(value: Any) -> Any:
    """A frame's cell as Python's own type: days as ISO text, missing values as None."""
    if value is None or pd.isna(value):
        return None
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool | int | float | str):
        return value
    return str(value)


def reference(error: BaseException) -> str:
    """A short name of the place that failed; the same failure has the same name, and it holds no data."""
    place = [(frame.name, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    return hashlib.sha256(repr((type(error).__name__, place)).encode()).hexdigest()[:8]
