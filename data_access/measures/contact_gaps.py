"""Measure of the time since the last contact with the victim."""

from datetime import date

from data_access.measures.caseload import FIRST, OWNER, REVIEW_BY
from data_access.measures.kinds import StockPart
from data_access.measures.measure import Example, Measure
from data_access.measures.waiting import FOLLOWED, due

contact_overdue = Measure(
    name="contact_overdue",
    id="EN12",
    title="Contacts overdue",
    topic="engagement",
    noun="open cases not on hold",
    unit="%",
    definition=(
        "Open cases, not on hold, without a substantive contact with the victim (successful, and more than a "
        "first-contact text or letter, whoever rang whom) for longer than their level allows, on the last day of the "
        "period. Longer than 14 days at high risk or not assessed, 28 at medium, 42 at standard, counted from the last "
        "contact or the opening; a service can set other days (docs/standards.md)."
    ),
    direction="down",
    kind=StockPart(due("contact"), FOLLOWED),
    chart="share_points",
    by=(),
    caution="Some victims ask for longer gaps, and a case that was never reached is in it from its opening on.",
    benchmark="not published; the days are ours",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    example=Example(
        rows={
            "cases": [{"source_id": s, "opened_on": date(2026, 1, 1)} for s in "abcd"],
            "risk_assessments": [
                {"source_id": "1", "case": "c", "assessed_on": date(2026, 1, 2), "level": "medium"},
            ],
            "contacts": [
                {"source_id": "1", "case": "a", "on_day": date(2026, 1, 10), "with_whom": "professional"},
                {
                    "source_id": "2",
                    "case": "b",
                    "on_day": date(2026, 1, 4),
                    "direction": "inbound",
                    "outcome": "successful",
                },
            ],
            "case_stage_event": [{"source_id": "1", "case": "d", "stage": "on_hold", "since": date(2026, 1, 10)}],
        },
        first=date(2026, 1, 12),
        until=date(2026, 1, 19),
        as_of=date(2026, 3, 31),
        by=("level",),
        answer={
            (date(2026, 1, 12), "not_assessed"): {"numerator": 1, "denominator": 2, "value": 0.5},
            (date(2026, 1, 12), "medium"): {"numerator": 0, "denominator": 1, "value": 0.0},
        },
        because=(
            "On Sunday 18 January: a was opened 17 days ago and a call to a professional is no contact with the "
            "victim; b rang in 14 days ago, which is in time; c is medium, and 28 days are not over; d is on hold."
        ),
    ),
)
