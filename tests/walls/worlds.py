"""Small databases of several forces whose codes meet and whose rows carry odd words; a part can be left out."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, insert
from sqlalchemy.pool import StaticPool

from data_access import facts, worked_examples
from data_access import tables as t
from data_access.database import writer
from data_access.migrate import upgrade
from data_access.tables import schema
from tests.recount import messy

FORCES = 24
FIRST, AS_OF = messy.FIRST, messy.AS_OF
WEEKS = tuple(date(2026, 1, 5) + timedelta(weeks=n) for n in (0, 3, 9))
OF_FORCE = [table for table in schema.sorted_tables if "force_id" in table.c]


def code(number: int) -> str:
    """Code of a force, and the odd word that stands in its rows."""
    return f"QX{number:02d}"


@dataclass(frozen=True)
class Pool:
    """A file with all forces, their facts built; databases of some of them are copied from it."""

    path: Path

    def database(self, numbers: Iterable[int]) -> Engine:
        """A database in memory with these forces and nothing else; facts and ids as they are in the pool."""
        engine = _free.pop() if _free else create_engine(
            "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
        )  # fmt: skip
        raw = engine.raw_connection().driver_connection
        raw.executescript("PRAGMA synchronous=OFF")
        raw.execute("ATTACH ? AS pool", (str(self.path),))
        raw.executescript(_ddl(raw))
        wanted = ",".join(map(str, sorted(numbers))) or "NULL"
        for table in schema.sorted_tables:
            where = f"WHERE force_id IN ({wanted})" if table in OF_FORCE else ""
            if table is t.published_figure:
                where = f"WHERE run_id IN (SELECT run_id FROM pool.published_run WHERE force_id IN ({wanted}))"
            raw.execute(f'INSERT INTO main."{table.name}" SELECT * FROM pool."{table.name}" {where}')
        raw.commit()
        raw.execute("DETACH pool")
        return engine


_free: list[Engine] = []


def leave(*engines: Engine) -> None:
    """Their databases are gone; the engines are for the next ones, which saves compiling every question anew."""
    for engine in engines:
        engine.dispose()
        _free.append(engine)


def _ddl(raw) -> str:
    ours = "sql IS NOT NULL AND name NOT LIKE 'sqlite%'"
    return ";\n".join(row[0] for row in raw.execute(f"SELECT sql FROM pool.sqlite_master WHERE {ours}"))


def pool(path: Path, forces: int = FORCES) -> Pool:
    """The pool, made anew at the path."""
    made = writer(url := f"sqlite:///{path.as_posix()}")
    upgrade(made)
    made.dispose()
    engine = create_engine(url)
    event.listen(engine, "connect", lambda raw, _: raw.executescript("PRAGMA synchronous=OFF"))
    with engine.begin() as connection:
        for number in range(1, forces + 1):
            write_force(connection, number)
    engine.dispose()
    return Pool(path)


def write_force(connection: Connection, number: int) -> None:
    """One force: 0, 1 or a few cases, two teams and an empty one; half of the codes are those of other forces too."""
    draw = random.Random(number)
    own = code(number)
    mark = "" if number % 3 else own
    base = number * 1_000_000
    cases = (0, 1, 2, 4, 6)[number % 5]
    advocates = tuple(f"{mark}A{n}" for n in range(1, 4))
    rows = (
        messy.rows(number, cases, advocates) if cases else {"advocate": [{"code": advocates[0], "started_on": FIRST}]}
    )
    rows["incident"] = rows.get("incident", [])[: 2 * cases]
    for place, row in enumerate(rows["advocate"]):
        row["team_id"] = base + 1 + place % 2
    for row in rows.get("cases", []):
        row["case_ref"] = f"{own}-{row['source_id']}"
        row["team_id"] = base + draw.choice((1, 2))
    rows["event"] = [{"on_day": FIRST + timedelta(days=number), "kind": "note", "text": f"What {own} says"}]
    rows["risk_threshold"] = [
        {"tool": "dash_safelives", "since": FIRST, "medium_min": 5 + number % 3, "high_min": 14 + number % 2}
    ]
    connection.execute(
        insert(t.team),
        [
            {"team_id": base + 2, "force_id": number, "code": f"{mark}T2", "name": f"Second of {own}"},
            {"team_id": base + 3, "force_id": number, "code": f"{own}T3", "name": f"Third of {own}"},
        ],
    )
    _standards(connection, number, own, draw)
    as_of = AS_OF + timedelta(days=draw.choice((-30, 0, 0, 4)))
    worked_examples.write_rows(connection, rows, as_of, number, own)
    for table, column, value in (
        (t.force, "name", f"{own} Constabulary"),
        (t.force, "adult_population", None if number % 4 == 0 else 100_003 + number),
        (t.victim, "pseudonym", f"{own}-V"),
        (t.data_version, "version", draw.randrange(1, 4)),
    ):
        connection.execute(table.update().where(table.c.force_id == number).values({column: value}))
    if mark:
        connection.execute(t.team.update().where(t.team.c.team_id == base + 1).values(code=f"{mark}T1"))
    _published(connection, number, own, mark)


def _standards(connection: Connection, number: int, own: str, draw: random.Random) -> None:
    if draw.random() < 0.7:
        kept = {"force_id": number, "kind": "contact_within", "name": "high", "amount": draw.randrange(2, 30)}
        connection.execute(insert(t.standard), [{"standard_id": number, **kept}])
        target = {"measure": "time_to_first_contact", "at_most": 7.0 + number, "source": f"what {own} wants"}
        connection.execute(insert(t.target), [{"target_id": number, "force_id": number, **target}])


def _published(connection: Connection, number: int, own: str, mark: str) -> None:
    runs = [("force", ""), ("team", f"{mark}T1"), ("supervisor", f"{mark}T2")]
    for place, (recipient, team) in enumerate(runs):
        run = number * 10 + place
        week = WEEKS[place]
        connection.execute(
            insert(t.published_run),
            {
                "run_id": run,
                "force_id": number,
                "recipient": recipient,
                "team": team,
                "week": f"2026-W{week.isocalendar()[1]:02d}",
                "week_first_on": week,
                "made_at": datetime(2026, 3, 1, 8, number),
                "data_version": 1,
                "as_of": week + timedelta(days=6),
                "product_version": "0",
                "file": f"{own}.xlsx",
                "digest": own,
            },
        )
        figure = {"measure": "open_cases", "grain": "week", "keys": "", "period_start": week, "value": float(number)}
        connection.execute(insert(t.published_figure), {"figure_id": run, "run_id": run, "note": own, **figure})


def leave_teams_out(connection: Connection, own_teams: Iterable[int], forces: Iterable[int]) -> None:
    """Delete what is of other teams only: cases that no own team ever had, their rows, posts, published files, teams.

    An advocate of another team who had a part in a case of an own team stays, as the case says that there is one.
    """
    teams = ",".join(map(str, own_teams)) or "NULL"
    had: set[int] = set()
    for fact in facts.FACTS:
        columns = [c.name for c in fact.c if c.name.endswith(("team_id", "_team"))]
        if columns and "case_id" in fact.c:
            any_of = " OR ".join(f"{name} IN ({teams})" for name in columns)
            had.update(connection.exec_driver_sql(f"SELECT case_id FROM {fact.name} WHERE {any_of}").scalars())
    registered = f"SELECT case_id FROM cases WHERE team_id IN ({teams})"
    led = f"SELECT case_id FROM allocation JOIN advocate USING (advocate_id) WHERE advocate.team_id IN ({teams})"
    for asked in (registered, led):
        had.update(connection.exec_driver_sql(asked).scalars())
    had.discard(0)
    kept = ",".join(map(str, sorted(had))) or "NULL"
    for table in reversed(OF_FORCE):
        if "case_id" in table.c:
            connection.exec_driver_sql(f"DELETE FROM {table.name} WHERE coalesce(case_id, 0) NOT IN ({kept})")
    named = {"lead_id", "advocate_id", "opened_lead", "closed_lead"}
    involved: set[int] = set()
    for table in OF_FORCE:
        if "case_id" in table.c:
            for name in named & set(table.c.keys()):
                involved.update(connection.exec_driver_sql(f"SELECT {name} FROM {table.name}").scalars())
    involved -= {0, None}
    kept = ",".join(map(str, sorted(involved))) or "NULL"
    connection.exec_driver_sql(f"DELETE FROM fact_post WHERE team_id NOT IN ({teams})")
    for name in ("absence", "advocate_fte"):
        own = f"SELECT advocate_id FROM advocate WHERE team_id IN ({teams})"
        connection.exec_driver_sql(f"DELETE FROM {name} WHERE advocate_id NOT IN ({own})")
    connection.exec_driver_sql(f"DELETE FROM advocate WHERE team_id NOT IN ({teams}) AND advocate_id NOT IN ({kept})")
    asked = f"SELECT force.code, team.code FROM team JOIN force USING (force_id) WHERE team_id IN ({teams})"
    runs = {tuple(row) for row in connection.exec_driver_sql(asked)}
    found = connection.exec_driver_sql("SELECT run_id, force.code, team FROM published_run JOIN force USING (force_id)")
    for run_id, force, team in found.all():
        if (force, team) not in runs:
            for name in ("published_figure", "published_run"):
                connection.exec_driver_sql(f"DELETE FROM {name} WHERE run_id = {run_id}")
