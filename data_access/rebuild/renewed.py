"""Renew the facts of the cases that a load touched, and leave all others as they are: the same rows as a rebuild.

The rows of these cases are copied into temporary tables, the facts of that small database are built by the very
SELECTs of the rebuild, and take the place of the old ones. What a fact takes from outside its case (its pair, its
victim, the force's calendar, standards and advocates) is copied with it; where more than the touched cases could
have changed by that, nothing is done and the caller builds the force whole.
"""

from functools import cache

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    MetaData,
    Select,
    Table,
    delete,
    func,
    insert,
    inspect,
    or_,
    select,
)

from data_access import codes, facts
from data_access import tables as t
from data_access.codes import code_of
from data_access.database import tell_planner
from data_access.rebuild import BUILT
from data_access.rebuild.calendar import days
from data_access.rebuild.numbers import KINDS, numbers
from data_access.rebuild.parts import day_number
from data_access.rebuild.touched import Touched

OF_CASE = (
    t.cases, t.referral, t.case_stage_event, t.allocation, t.contacts, t.risk_assessments, t.incident, t.safety_plan,
    t.safety_plan_review, t.case_discussion, t.agency_action, t.justice_event, t.outcome_measure,
)  # fmt: skip
OF_FORCE = (t.advocate, t.advocate_fte, t.absence, facts.standard, facts.working_day)
KEPT = (facts.standard, facts.working_day)  # facts that stand, and are copied instead of built
AT_MOST = 4  # one case in so many: of more, all are built
FAR = 21  # days that a limit of a few working days reaches beyond its day at most
MOST_WORKING_DAYS = 40  # of a limit counted from a day within the calendar, which goes on for 90 days
AT_ONCE = 5_000
OWN_SCHEMA = {"sqlite": "temp", "postgresql": "pg_temp"}  # of tables that only this connection sees


@cache
def _copies(schema: str) -> tuple[MetaData, dict[str, Table]]:
    """The tables that are read and built, in a schema of their own, with their indexes and without their rules."""
    found = MetaData(schema=schema)
    for table in (*OF_CASE, *OF_FORCE[:3], t.victim, *facts.FACTS):
        columns = [Column(c.name, c.type, primary_key=c.primary_key, autoincrement=False) for c in table.c]
        made = Table(table.name, found, *columns)
        for index in table.indexes:
            Index(index.name, *(made.c[column.name] for column in index.columns))
    Table("touched_case", found, Column("case_id", Integer, primary_key=True, autoincrement=False))
    return found, {table.name: table for table in found.tables.values()}


def renew(connection: Connection, force_id: int, touched: Touched) -> bool:
    """Renew the facts of the touched cases of a force, inside the caller's transaction; whether that was possible.

    When it was not, the force is to be built whole.
    """
    own, real = OWN_SCHEMA.get(connection.dialect.name), _schema_of_tables(connection)
    if not own or not real or force_id in touched.whole or not _same_standards(connection, force_id):
        return False
    calendar = _new_days(connection, force_id)
    if calendar is None:
        return False
    # Both databases look for a plain name among the temporary tables first, so from here each name has its schema.
    connection.execution_options(schema_translate_map={None: real})
    try:
        return _renewed(connection, force_id, touched, calendar, own)
    finally:
        connection.execution_options(schema_translate_map=None)


def _schema_of_tables(connection: Connection) -> str:
    """Where our tables are; "" when they are not in the schema that stands first."""
    real = "main"
    if connection.dialect.name != "sqlite":
        real = connection.execute(select(func.current_schema())).scalar() or ""
    return real if inspect(connection).has_table(t.data_version.name, schema=real) else ""


def _renewed(connection: Connection, force_id: int, touched: Touched, calendar: list[dict[str, int]], own: str) -> bool:
    metadata, copies = _copies(own)
    metadata.create_all(connection, checkfirst=False)
    done = _choose(connection, force_id, touched, calendar, copies["touched_case"])
    if done:
        if calendar:
            connection.execute(insert(facts.working_day), calendar)
        _copy(connection, force_id, touched, copies)
        done = _same_force(connection, force_id, copies)
        if done:
            _build(connection, force_id, own, copies)
            _replace(connection, force_id, force_id in touched.loose, copies)
    metadata.drop_all(connection, checkfirst=False)
    return done


def _same_standards(connection: Connection, force_id: int) -> bool:
    s = facts.standard.c
    stored = connection.execute(select(s.kind, s.level, s.amount).where(s.force_id == force_id)).all()
    now = [(row["kind"], row["level"], row["amount"]) for row in numbers(connection, force_id)]
    call = KINDS.index("first_call_workdays")
    return sorted(map(tuple, stored)) == sorted(now) and all(r[0] != call or r[2] <= MOST_WORKING_DAYS for r in now)


def _new_days(connection: Connection, force_id: int) -> list[dict[str, int]] | None:
    """Working days that the calendar lacks; None where it would lose one, or has none at all."""
    w = facts.working_day.c
    stored = set(map(tuple, connection.execute(select(w.number, w.on_day).where(w.force_id == force_id))))
    rows = days(connection, force_id)
    lost = stored - {(row["number"], row["on_day"]) for row in rows}
    return None if lost or not stored else [row for row in rows if (row["number"], row["on_day"]) not in stored]


# ---------------------------------------------------------------- which cases


def _choose(
    connection: Connection, force_id: int, touched: Touched, calendar: list[dict[str, int]], chosen: Table
) -> bool:
    """Fill in the cases that facts are built for; False where these are too many."""
    c, j, w = t.cases.c, t.justice_event.c, facts.working_day.c
    ids: set[int] = set()
    for column, wanted in ((c.case_id, touched.cases), (c.victim_id, touched.victims), (c.link_id, touched.links)):
        ids |= _cases(connection, force_id, column, wanted)
    pairs = select(c.link_id).where(c.force_id == force_id, c.link_id.is_not(None))
    links = set(_in_parts(connection, pairs, c.case_id, ids))
    ids |= _cases(connection, force_id, c.link_id, links)
    if calendar:
        # Steps of the justice system alone may lie outside of the calendar as it was: their limits may move.
        first, last = connection.execute(
            select(func.min(w.on_day), func.max(w.on_day)).where(w.force_id == force_id)
        ).one()
        day = day_number(j.on_day)
        outside = select(j.case_id).where(j.force_id == force_id, or_(day < first, day > last - FAR)).distinct()
        ids |= set(connection.execute(outside).scalars())
    every = connection.execute(select(func.count()).select_from(t.cases).where(c.force_id == force_id)).scalar_one()
    if len(ids) * AT_MOST > every:
        return False
    if ids:
        connection.execute(insert(chosen), [{"case_id": case_id} for case_id in sorted(ids)])
    return True


def _cases(connection: Connection, force_id: int, column: Column, wanted: set[int]) -> set[int]:
    return set(_in_parts(connection, select(t.cases.c.case_id).where(t.cases.c.force_id == force_id), column, wanted))


def _in_parts(connection: Connection, question: Select, column: Column, wanted: set[int]) -> list[int]:
    found: list[int] = []
    numbers_ = sorted(wanted)
    for start in range(0, len(numbers_), AT_ONCE):
        part = question.where(column.in_(numbers_[start : start + AT_ONCE]))
        found += connection.execute(part).scalars()
    return found


# ---------------------------------------------------------------- their rows


def _copy(connection: Connection, force_id: int, touched: Touched, copies: dict[str, Table]) -> None:
    chosen = select(copies["touched_case"].c.case_id)
    for table in OF_CASE:
        c = table.c
        loose = table is t.referral and force_id in touched.loose
        which = or_(c.case_id.in_(chosen), c.case_id.is_(None)) if loose else c.case_id.in_(chosen)
        _take(connection, table, copies, c.force_id == force_id, which)
    for table in OF_FORCE:
        _take(connection, table, copies, table.c.force_id == force_id)
    _take(connection, t.victim, copies, t.victim.c.victim_id.in_(select(copies["cases"].c.victim_id)))
    # Two facts ask what anybody in the force was ever asked, and whether the force names incidents at all.
    for table, of_each in ((t.outcome_measure, t.outcome_measure.c.item), (t.incident, t.incident.c.force_id)):
        key = next(iter(table.primary_key))
        firsts = select(func.min(key)).where(table.c.force_id == force_id).group_by(of_each)
        there = select(next(iter(copies[table.name].primary_key)))
        _take(connection, table, copies, key.in_(firsts), key.not_in(there))


def _take(connection: Connection, table: Table, copies: dict[str, Table], *which: ColumnElement[bool]) -> None:
    names = [column.name for column in table.c]
    connection.execute(insert(copies[table.name]).from_select(names, select(table).where(*which)))


def _same_force(connection: Connection, force_id: int, copies: dict[str, Table]) -> bool:
    """Whether what facts ask of the whole force is as it was: the questions that were asked, and any incident."""
    w, o, i = facts.change.c, copies["outcome_measure"].c, copies["incident"].c
    before = set(connection.execute(select(w.item).where(w.force_id == force_id).distinct()).scalars())
    item = code_of(o.item, codes.OUTCOME_ITEMS)
    if before != set(connection.execute(select(item).where(item > 0).distinct()).scalars()):
        return False
    had = connection.execute(
        select(facts.case_window.c.case_id).where(facts.case_window.c.force_id == force_id)
    ).first()
    return (had is None) == (connection.execute(select(i.incident_id)).first() is None)


# ---------------------------------------------------------------- their facts


def _build(connection: Connection, force_id: int, schema: str, copies: dict[str, Table]) -> None:
    tell_planner(connection, [copies[table.name] for table in (*OF_CASE, *OF_FORCE)])
    in_copies = {"schema_translate_map": {None: schema}}
    for table, select_of in BUILT:
        rows = select_of(force_id)
        into = insert(table).from_select([column.name for column in rows.selected_columns], rows)
        connection.execute(into, execution_options=in_copies)
        tell_planner(connection, [copies[table.name]])


def _replace(connection: Connection, force_id: int, loose: bool, copies: dict[str, Table]) -> None:
    """Put the facts of the cases in the place of the old ones; posts belong to no case and are renewed whole."""
    chosen = select(copies["touched_case"].c.case_id)
    for table, _ in BUILT:
        c = table.c
        which: list[ColumnElement[bool]] = [c.force_id == force_id]
        if "case_id" in c:
            of_none = table in (facts.referred, facts.undecided) and loose
            which.append(or_(c.case_id.in_(chosen), c.case_id == 0) if of_none else c.case_id.in_(chosen))
        connection.execute(delete(table).where(*which))
        new = select(copies[table.name])
        connection.execute(insert(table).from_select([column.name for column in c], new))
