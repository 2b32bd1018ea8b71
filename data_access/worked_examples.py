"""Put the rows of a worked example into a database, so that it can be counted like any other."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, Table

from data_access import tables as t
from data_access.bulk import insert_rows
from data_access.days import working_day_number
from data_access.measures.measure import Example
from data_access.rebuild import rebuild

FORCE = "EXAMPLE"
ADULTS = 200_000  # invented
_ORDER = (
    t.perpetrator_link,
    t.advocate,
    t.advocate_fte,
    t.absence,
    t.cases,
    t.referral,
    t.case_stage_event,
    t.allocation,
    t.contacts,
    t.risk_assessments,
    t.risk_threshold,
    t.event,
    t.incident,
    t.safety_plan,
    t.safety_plan_review,
    t.case_discussion,
    t.agency_action,
    t.justice_event,
    t.outcome_measure,
)
_DEFAULTS: dict[str, dict[str, Any]] = {
    "referral": {"decision": "accepted", "source": "police"},
    "contacts": {"channel": "phone", "outcome": "no_answer", "purposes": "emotional_support"},
    "risk_assessments": {"tool": "dash_safelives", "kind": "review", "level": "medium", "basis": "score"},
    "advocate": {"role": "isac"},
}


def write(engine: Engine, example: Example) -> None:
    """Write the example as a database of one force, with its facts. The tables must be there and empty."""
    with engine.begin() as connection:
        write_rows(connection, example.rows, example.as_of)


def write_rows(
    connection: Connection, rows: dict[str, list[dict[str, Any]]], as_of: date, force_id: int = 1, code: str = FORCE
) -> None:
    """Write the rows of one force; columns that are not given take their first code or nothing.

    Ids of different forces do not meet: each starts at its number times a million.
    """
    base = force_id * 1_000_000
    insert_rows(
        connection, t.force, [{"force_id": force_id, "code": code, "name": f"Force {code}", "adult_population": ADULTS}]
    )
    insert_rows(connection, t.team, [{"team_id": base + 1, "force_id": force_id, "code": "T1", "name": "Team 1"}])
    insert_rows(connection, t.victim, [{"victim_id": base + 1, "force_id": force_id, "pseudonym": "V1"}])
    places = {
        "case": {row["source_id"]: base + i for i, row in enumerate(rows.get("cases", []), 1)},
        "advocate": {row["code"]: base + i for i, row in enumerate(rows.get("advocate", []), 1)},
        "link": {row["perpetrator"]: base + i for i, row in enumerate(rows.get("perpetrator_link", []), 1)},
    }
    for table in _ORDER:
        insert_rows(
            connection,
            table,
            [_filled(table, row, base + i, force_id, places) for i, row in enumerate(rows.get(table.name, []), 1)],
        )
    insert_rows(connection, t.data_version, [{"force_id": force_id, "version": 1, "as_of": as_of, "extract_at": None}])
    rebuild(connection, force_id)


def _filled(
    table: Table, row: dict[str, Any], id_: int, force_id: int, places: dict[str, dict[str, int]]
) -> dict[str, Any]:
    known = {**_DEFAULTS.get(table.name, {}), **row}
    for name in ("case", "advocate", "link"):
        if name in known:
            known[f"{name}_id"] = places[name][known.pop(name)]
    filled = {}
    for column in table.c:
        default = None if column.default is None else getattr(column.default, "arg", None)
        filled[column.name] = known.pop(column.name, default)
    for name, on in (("workday", "on_day"), ("received_workday", "received_on")):
        if not filled.get(name, 1):
            filled[name] = working_day_number(filled[on])
    unknown = ", ".join(known)
    if unknown:
        raise KeyError(f"{table.name} has no column {unknown}")
    filled["force_id"] = force_id
    (key,) = table.primary_key.columns
    filled[key.name] = id_
    for name, value in (
        ("team_id", id_ - id_ % 1_000_000 + 1),
        ("victim_id", id_ - id_ % 1_000_000 + 1),
        ("case_ref", filled.get("source_id")),
    ):
        if name in filled and filled[name] is None and table.name in ("cases", "advocate", "perpetrator_link"):
            filled[name] = value
    return filled
