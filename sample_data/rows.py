"""The rows of one force as the tables want them."""

from dataclasses import dataclass, field
from typing import Any

from sample_data import clock
from sample_data.draw import Draw, Weights

LOAD = 1
APART = 900_000  # first key of staff that is added later than the rest was drawn
TABLES = (
    "force",
    "team",
    "advocate",
    "advocate_fte",
    "absence",
    "victim",
    "perpetrator_link",
    "cases",
    "referral",
    "case_stage_event",
    "allocation",
    "contacts",
    "risk_assessments",
    "risk_threshold",
    "event",
    "incident",
    "safety_plan",
    "safety_plan_review",
    "case_discussion",
    "agency_action",
    "justice_event",
    "outcome_measure",
)
_KEYS = {
    "victim": "victim_id",
    "perpetrator_link": "link_id",
    "referral": "referral_id",
    "case_stage_event": "stage_event_id",
    "allocation": "allocation_id",
    "contacts": "contact_id",
    "risk_assessments": "assessment_id",
    "cases": "case_id",
    "team": "team_id",
    "advocate": "advocate_id",
    "advocate_fte": "advocate_fte_id",
    "absence": "absence_id",
    "risk_threshold": "threshold_id",
    "event": "event_id",
    "force": "force_id",
    "incident": "incident_id",
    "safety_plan": "plan_id",
    "safety_plan_review": "plan_review_id",
    "case_discussion": "discussion_id",
    "agency_action": "action_id",
    "justice_event": "justice_event_id",
    "outcome_measure": "outcome_id",
}
_LETTER = {
    "cases": "c",
    "referral": "r",
    "case_stage_event": "s",
    "allocation": "a",
    "contacts": "k",
    "risk_assessments": "ra",
    "incident": "i",
    "safety_plan": "sp",
    "safety_plan_review": "sr",
    "case_discussion": "d",
    "agency_action": "aa",
    "justice_event": "j",
    "outcome_measure": "o",
}
_LATE = Weights({"0": 62, "1": 17, "2": 8, "3": 5, "week": 5.5, "month": 2.5})


@dataclass
class Rows:
    """Tables of one force. Keys go on from ``after``, the number of rows of each table in the forces before."""

    force_id: int
    as_of: int
    after: dict[str, int]
    tables: dict[str, list[dict]] = field(default_factory=lambda: {name: [] for name in TABLES})

    def next_key(self, table: str) -> int:
        """Key that the next row of the table gets."""
        return self.after.get(table, 0) + len(self.tables[table]) + 1

    def add(self, table: str, **values: Any) -> int:
        """Add a row with its keys; gives its surrogate key."""
        key = self.next_key(table)
        row: dict[str, Any] = {_KEYS[table]: key, "force_id": self.force_id}
        if table in _LETTER:
            row["source_id"] = f"{_LETTER[table]}{len(self.tables[table]) + 1:07d}"
            row["load_id"] = LOAD
        elif table in ("victim", "perpetrator_link"):
            row["load_id"] = LOAD
        self.tables[table].append(row | values)
        return key

    def entered(self, day: int, draw: Draw) -> int:
        """Day of typing in: mostly within three days, with a tail; never after the end of the data."""
        late = draw.pick(_LATE)
        days = draw.between(4, 10) if late == "week" else draw.between(11, 40) if late == "month" else int(late)
        return min(self.as_of, day + days)


def instant(local: int, known: bool) -> tuple[int | None, int, int]:
    """Minute UTC, local day and local hour of a local minute; without an hour the minute is empty."""
    day = local // clock.MINUTES
    if not known:
        return None, day, 24
    minute, hour = clock.stored(local)
    return minute, day, hour
