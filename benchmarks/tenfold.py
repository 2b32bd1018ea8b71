"""The sample with ten times the rows of its facts and the same forces, for what must not cost more with more rows."""

import os
import shutil
from pathlib import Path

from sqlalchemy import Table, create_engine, text

from data_access import facts
from data_access.arrays.terms import is_identity
from data_access.days import NEVER
from sample_data.generate import write_sample

COPIED = (facts.case_state, facts.contact, facts.case_path, facts.approach, facts.referred)
APART = 10_000_000  # between the identities of two copies
TIMES = 10


def sample(folder: Path, scale: int) -> str:
    """Address of the sample of a scale; made once."""
    path = folder / f"sample-{scale}.sqlite"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        write_sample(f"sqlite:///{path.as_posix()}", scale)
    return f"sqlite:///{path.as_posix()}"


def tenfold(url: str) -> str:
    """Address of a copy whose facts of cases and contacts stand there ten times, each copy some days earlier.

    A figure of it means nothing; it counts as many cells as a service of that size has.
    """
    path = Path(url.removeprefix("sqlite:///"))
    large = path.with_name(f"{path.stem}-tenfold.sqlite")
    made = f"sqlite:///{large.as_posix()}"
    if large.is_file():
        return made
    unfinished = large.with_suffix(".unfinished")
    shutil.copy(path, unfinished)
    engine = create_engine(f"sqlite:///{unfinished.as_posix()}")
    with engine.begin() as connection:
        for fact in COPIED:
            for copy in range(1, TIMES):
                connection.execute(text(_copied(fact, copy)))
        connection.execute(text("ANALYZE"))
    engine.dispose()
    os.replace(unfinished, large)
    return made


def _copied(fact: Table, copy: int) -> str:
    def value(name: str) -> str:
        if is_identity(name):
            return f"{name} + {copy * APART}"
        if name in ("since", "until", "on_day") or name.endswith("_on"):
            return f"CASE WHEN {name} > 1000 AND {name} < {NEVER} THEN {name} - {copy} ELSE {name} END"
        return name

    names = [column.name for column in fact.c]
    mine = " AND ".join(f"{name} < {APART}" for name in names if is_identity(name) and name != "advocate_id")
    return (
        f"INSERT INTO {fact.name} ({', '.join(names)}) "
        f"SELECT {', '.join(map(value, names))} FROM {fact.name} WHERE {mine}"
    )
