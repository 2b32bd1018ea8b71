"""Incidents that become known, what victims say of the abuse at closing, and what made an assessment necessary.

All shares here are ours, except that abuse had stopped for some six in ten of those asked (published for a related
service).
"""

from math import log
from typing import Any

from sample_data.cases import PLANNED
from sample_data.draw import Draw, Weights
from sample_data.rows import Rows
from sample_data.settings import Force

FIRST_RATE, HALVED_AFTER = 0.018, 110  # incidents a day at opening, days until half of that
BY_LEVEL = {"high": 1.5, "medium": 1.0, "standard": 0.6}
ASKED = {True: 0.68, False: 0.3}  # closed as planned, or not
LATELY = 30  # days; what the question at closing is about
_SAID = Weights({"stopped": 66, "reduced": 19, "same": 8, "worse": 2, "not_known": 5})
_SAID_AFTER_INCIDENT = Weights({"reduced": 52, "same": 30, "worse": 12, "not_known": 6})
_INCIDENT = Weights(
    {
        "contact_electronic": 34,
        "contact_phone": 17,
        "follow_watch": 12,
        "loiter": 10,
        "third_party": 7,
        "threat": 6,
        "letter_gift": 4,
        "property_damage": 3,
        "tech_intrusion": 3,
        "proxy": 1.5,
        "publish_material": 1.5,
        "assault": 1,
        "sexual": 0.3,
        "other": 2,
        "not_recorded": 1,
    }
)
_TRIGGER = Weights(
    {
        "new_incident": 42,
        "escalation": 20,
        "order_breach": 10,
        "court_date": 10,
        "perpetrator_release": 9,
        "address_compromised": 4,
        "not_recorded": 5,
    }
)


def add(force: Force, rows: Rows, draw: Draw) -> None:
    """Add the incidents of one force and fill its new columns."""
    met, levels = _met(rows), _first_levels(rows)
    for row in rows.tables["risk_assessments"]:
        row["trigger"] = _trigger(row["kind"], draw)
    for row in rows.tables["cases"]:
        row["abuse_at_exit"] = "not_asked"
        if row["pathway"] == "full_advocacy" and row["closure_reason"] not in ("opened_in_error", "duplicate"):
            latest = _incidents(force, rows, row, levels.get(row["case_id"], "medium"), draw)
            if row["closed_on"] is not None and row["case_id"] in met:
                row["abuse_at_exit"] = _said(row, latest, draw)


def _met(rows: Rows) -> set[int]:
    """Cases with a substantive contact."""
    return {
        row["case_id"]
        for row in rows.tables["contacts"]
        if row["with_whom"] == "victim"
        and row["outcome"] == "successful"
        and not (row["purposes"] == "first_contact" and row["channel"] in ("text", "letter"))
    }


def _first_levels(rows: Rows) -> dict[int, str]:
    return {row["case_id"]: row["level"] for row in rows.tables["risk_assessments"] if row["kind"] == "initial"}


def _trigger(kind: str, draw: Draw) -> str:
    if kind == "trigger":
        return draw.pick(_TRIGGER)
    return {"review": "routine", "exit": "closure"}.get(kind, "not_recorded")


def _incidents(force: Force, rows: Rows, case: dict[str, Any], level: str, draw: Draw) -> int | None:
    """Write the incidents of a case; gives the day of the last one."""
    day, latest = case["opened_on"], None
    end = min(case["closed_on"] or force.as_of + 1, force.as_of + 1)
    while True:
        rate = FIRST_RATE * BY_LEVEL[level] * 0.5 ** ((day - case["opened_on"]) / HALVED_AFTER)
        day += 1 + int(-log(draw.unit() or 1e-12) / rate)
        if day >= end:
            return latest
        rows.add(
            "incident",
            case_id=case["case_id"],
            on_day=day,
            kind=draw.pick(_INCIDENT),
            entered_on=rows.entered(day, draw),
        )
        latest = day


def _said(case: dict[str, Any], latest: int | None, draw: Draw) -> str:
    if not draw.chance(ASKED[case["closure_reason"] in PLANNED]):
        return "not_asked"
    lately = latest is not None and latest >= case["closed_on"] - LATELY
    return draw.pick(_SAID_AFTER_INCIDENT if lately else _SAID)
