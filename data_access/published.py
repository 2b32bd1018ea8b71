"""What the weekly files said: written once when a file stands on disk, read as it was known on a day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Engine, Select, func, inspect, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from data_access import tables as t
from data_access.database import writer
from data_access.days import LOCAL
from data_access.errors import CaselightError, UnknownName

NUMBERS = ("numerator", "denominator", "value", "lower", "upper", "n")
COLUMNS = ("measure", "grain", "keys", "period_start", *NUMBERS, "note")
_R, _F = t.published_run.c, t.published_figure.c


@dataclass(frozen=True)
class Run:
    """One published file. ``team`` is empty where it is of the whole force; ``made_at`` is UTC without a zone.

    ``run_id`` is 0 until it is written.
    """

    force: str
    recipient: str
    team: str
    week: str
    week_first_on: date
    made_at: datetime
    data_version: int
    as_of: date
    product_version: str
    file: str
    digest: str
    run_id: int = 0


def keys_text(keys: Mapping[str, object]) -> str:
    """What a figure is broken down by, as it is kept: ``from_level=high, to_level=medium``; empty for all."""
    return ", ".join(f"{name}={value}" for name, value in keys.items())


def write(url: str | URL, run: Run, figures: Iterable[Mapping[str, Any]]) -> int:
    """Freeze what a file said, in one transaction, and give the number of figures.

    ``figures`` have the columns of ``COLUMNS``; None where a number is
    missing. Raises CaselightError where the database cannot be written: then
    nothing of the run stays.
    """
    try:
        engine = writer(url)
        try:
            return _write(engine, run, [dict(figure) for figure in figures])
        finally:
            engine.dispose()
    except SQLAlchemyError:
        raise CaselightError(
            "The figures could not be frozen, because the database could not be written. Check that the account may "
            "write to it and that it was brought up to this version by a load, then run the command again."
        ) from None


def _write(engine: Engine, run: Run, figures: list[dict[str, Any]]) -> int:
    with engine.begin() as connection:
        force_id = connection.scalar(select(t.force.c.force_id).where(t.force.c.code == run.force))
        if force_id is None:
            raise UnknownName("force", run.force, connection.scalars(select(t.force.c.code)))
        columns = {name: getattr(run, name) for name in _RUN if name != "run_id"}
        made = connection.execute(t.published_run.insert(), {"force_id": force_id, **columns})
        (run_id,) = made.inserted_primary_key or (None,)
        rows = [{"run_id": run_id, **_plain(figure)} for figure in figures]
        if rows:
            # By SQLAlchemy: the driver's own bulk path would raise the driver's own errors.
            connection.execute(t.published_figure.insert(), rows)
    return len(figures)


def _plain(figure: Mapping[str, Any]) -> dict[str, Any]:
    """The columns with Python's own numbers: SQLite would take numpy's for bytes."""
    kinds = {name: int if name == "n" else float for name in NUMBERS}
    numbers = {name: None if figure[name] is None else kind(figure[name]) for name, kind in kinds.items()}
    return {name: figure[name] for name in COLUMNS} | numbers


_RUN = tuple(name for name in Run.__dataclass_fields__ if name != "force")


def runs(
    engine: Engine, forces: Sequence[str], teams: frozenset[str] | None = None, *where: ColumnElement[bool]
) -> list[Run]:
    """Published files of the forces (and only of the teams, where somebody is bound to teams), the newest first.

    A database of an older version has none.
    """
    if not inspect(engine).has_table(t.published_run.name):
        return []
    asked = (
        select(t.force.c.code.label("force"), *(_R[name] for name in _RUN))
        .join(t.force, t.force.c.force_id == _R.force_id)
        .where(t.force.c.code.in_(list(forces)), *where)
        .order_by(_R.made_at.desc(), _R.run_id.desc())
    )
    if teams is not None:
        asked = asked.where(_R.team.in_(sorted(teams)))
    with engine.connect() as connection:
        return [Run(**row._mapping) for row in connection.execute(asked)]


def last_runs(engine: Engine, forces: Sequence[str], teams: frozenset[str] | None = None) -> list[Run]:
    """The last good run for each force, recipient and team, in that order."""
    newest: dict[tuple[str, str, str], Run] = {}
    latest = select(func.max(_R.run_id)).group_by(_R.force_id, _R.recipient, _R.team).scalar_subquery()
    for run in runs(engine, forces, teams, _R.run_id.in_(latest)):
        newest.setdefault((run.force, run.recipient, run.team), run)
    return [newest[key] for key in sorted(newest)]


def run_before(engine: Engine, force: str, recipient: str, team: str, monday: date) -> Run | None:
    """The last file of the same recipient about the latest week that began before ``monday``."""
    found = runs(engine, [force], None, _R.recipient == recipient, _R.team == team, _R.week_first_on < monday)
    return max(found, key=lambda run: (run.week_first_on, run.made_at, run.run_id), default=None)


def as_known_on(
    engine: Engine,
    force: str,
    week: str,
    measure: str | None = None,
    on: date | None = None,
    recipient: str = "force",
    team: str = "",
) -> pd.DataFrame:
    """The figures of a week's file as they were published: of the last file made up to the end of the day ``on``.

    Columns: ``COLUMNS``; ``period_start`` is a day, ``keys`` a text such as
    ``level=high``. ``attrs["run"]`` is the Run. Raises CaselightError where no
    such file was published.
    """
    known = runs(engine, [force], None, _R.recipient == recipient, _R.team == team, _R.week == week)
    if on is not None:
        end = datetime.combine(on + timedelta(days=1), time(), LOCAL).astimezone(UTC).replace(tzinfo=None)
        known = [run for run in known if run.made_at < end]
    if not known:
        raise not_published(recipient, force, team, week, on)
    return figures_of(engine, known[0], measure)


def not_published(recipient: str, force: str, team: str, week: str, on: date | None = None) -> CaselightError:
    """What is said where there is no such file, and in the same words where it may not be seen."""
    until = f" up to {on}" if on else ""
    return CaselightError(
        f"No weekly file for {' '.join(filter(None, (recipient, force, team)))} and {week} was published{until}. "
        "'caselight weekly' publishes one and freezes its figures."
    )


def figures_of(engine: Engine, run: Run, measure: str | None = None) -> pd.DataFrame:
    """The frozen figures of one file, in its order; see ``as_known_on``."""
    asked: Select = (
        select(*(_F[name] for name in COLUMNS))
        .join(t.published_run, _R.run_id == _F.run_id)
        .join(t.force, t.force.c.force_id == _R.force_id)
        .where(_F.run_id == run.run_id, t.force.c.code == run.force, _R.team == run.team)
        .order_by(_F.figure_id)
    )
    if measure is not None:
        asked = asked.where(_F.measure == measure)
    with engine.connect() as connection:
        rows = connection.execute(asked).fetchall()
    columns: dict[str, Any] = {}
    for place, name in enumerate(COLUMNS):
        values = [row[place] for row in rows]
        if name == "period_start":
            columns[name] = pd.Series(values, dtype="datetime64[s]")
        elif name == "n":
            columns[name] = pd.array(values, dtype="Int64")
        elif name in NUMBERS:
            columns[name] = np.array(values, dtype="float64")  # None becomes nan
        else:
            columns[name] = pd.array(values, dtype="str")
    frame = pd.DataFrame(columns)
    frame.attrs["run"] = run
    return frame
