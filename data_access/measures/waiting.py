"""Measures of waiting: for a lead advocate, and for anything to be done on an open case."""

from datetime import date

from data_access import codes, facts
from data_access.measures import keys
from data_access.measures.caseload import FIRST, OWNER, REVIEW_BY, STATE_KEYS, UNASSESSED
from data_access.measures.kinds import Duration, Stock, StockPart
from data_access.measures.measure import Example, Measure
from data_access.measures.recipes import Rows, Stretches
from data_access.question import Key

_S, _P, _D = facts.case_state, facts.case_path, facts.due

DUE_KEYS = (keys.force(_D), keys.team(_D), keys.advocate(_D), keys.level(_D), keys.source(_D))
FOLLOWED = Stretches(_S, STATE_KEYS, (_S.c.on_hold == 0,))
NO_LEAD = Stretches(
    _S,
    (
        keys.force(_S),
        keys.team(_S),
        keys.level(_S),
        keys.source(_S),
        Key("list", _S.c.waiting, ("no_lead_yet", "waiting_list")),
    ),
    (_S.c.lead_id == 0,),
    without={"advocate": "a case that waits for a lead has none"},
)
TAKEN_ON = Rows(
    _P,
    _P.c.accepted_on,
    (keys.force(_P), keys.team(_P), keys.source(_P)),
    without={**UNASSESSED, "advocate": "a case that waits for a lead has none"},
)


def due(kind: str) -> Stretches:
    """Stretches in which one kind of thing is due on an open case that is not on hold."""
    return Stretches(_D, DUE_KEYS, (_D.c.kind == codes.DUE.index(kind),))


waiting_list = Measure(
    name="waiting_list",
    id="CL10",
    title="Cases without a lead",
    topic="caseload",
    noun="cases without a lead",
    unit="cases",
    definition=(
        "Cases in full advocacy that are open on the last day of the period and have no lead advocate on it. The key "
        "list tells those that are on the waiting list from those that are not."
    ),
    direction="down",
    kind=Stock(NO_LEAD),
    chart="stacked_stock",
    by=("level",),
    caution="A list that is kept short by declining shows in the referrals accepted, not here.",
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    example=Example(
        rows={
            "advocate": [{"code": "ADV-1", "started_on": date(2025, 1, 1)}],
            "cases": [{"source_id": s, "opened_on": date(2026, 1, 5)} for s in "abc"],
            "allocation": [
                {"source_id": "1", "case": "a", "advocate": "ADV-1", "since": date(2026, 1, 18)},
                {"source_id": "2", "case": "b", "advocate": "ADV-1", "since": date(2026, 1, 19)},
                {
                    "source_id": "3",
                    "case": "c",
                    "advocate": "ADV-1",
                    "since": date(2026, 1, 6),
                    "until": date(2026, 1, 18),
                },
            ],
            "case_stage_event": [
                {
                    "source_id": "1",
                    "case": "b",
                    "stage": "waiting_list",
                    "since": date(2026, 1, 5),
                    "until": date(2026, 1, 19),
                }
            ],
        },
        first=date(2026, 1, 12),
        until=date(2026, 1, 19),
        as_of=date(2026, 3, 31),
        by=("list",),
        answer={
            (date(2026, 1, 12), "waiting_list"): {"value": 1},
            (date(2026, 1, 12), "no_lead_yet"): {"value": 1},
        },
        because=(
            "On Sunday 18 January a is given its lead, b waits on the list for one more day, and c has lost its lead."
        ),
    ),
)

days_to_lead = Measure(
    name="days_to_lead",
    id="CL10",
    title="Days to a lead",
    topic="caseload",
    noun="cases",
    unit="days",
    definition=(
        "Days from the decision on the referral that opened a case in full advocacy (the opening, where the day of the "
        "decision is not recorded) to its first lead advocate, by the day of the decision. Kaplan-Meier: a case "
        "without a lead still counts as waiting, and one that closed without a lead counts as waiting until closing. "
        "A lead given before the decision counts as 0 days. Team is that of the first lead, else of the case."
    ),
    direction="down",
    kind=Duration(TAKEN_ON, _P.c.led_on, _P.c.closed_on),
    chart="survival",
    by=("days",),
    caution="Most cases get their lead at once: read the days by which nine of ten have one, not only the median.",
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="whole",
    example=Example(
        rows={
            "advocate": [{"code": "ADV-1", "started_on": date(2025, 1, 1)}],
            "cases": [
                {"source_id": "a", "opened_on": date(2026, 1, 5)},
                {"source_id": "b", "opened_on": date(2026, 1, 7)},
                {"source_id": "c", "opened_on": date(2026, 1, 5)},
            ],
            "referral": [
                {
                    "source_id": "1",
                    "case": "a",
                    "opens_case": True,
                    "received_on": date(2026, 1, 2),
                    "decided_on": date(2026, 1, 5),
                },
                {"source_id": "2", "case": "b", "opens_case": True, "received_on": date(2026, 1, 2)},
            ],
            "allocation": [
                {"source_id": "1", "case": "a", "advocate": "ADV-1", "since": date(2026, 1, 8)},
                {"source_id": "2", "case": "b", "advocate": "ADV-1", "since": date(2026, 1, 17)},
            ],
        },
        first=date(2026, 1, 5),
        until=date(2026, 1, 12),
        as_of=date(2026, 1, 31),
        answer={(): {"numerator": 2, "denominator": 3, "value": 10, "n": 3}},
        because=(
            "a waits for 3 days from its decision, b for 10 from its opening (its decision has no day), c is still "
            "waiting after 26: two thirds wait after day 3, one third after day 10, which is the median."
        ),
    ),
)

untouched = Measure(
    name="untouched",
    id="CL11",
    title="Untouched cases",
    topic="caseload",
    noun="open cases not on hold",
    unit="%",
    definition=(
        "Open cases, not on hold, on which nothing was done for longer than their level allows, on the last day of the "
        "period: no attempt or contact with anybody, no own assessment, no discussion at a multi-agency meeting and no "
        "agreed action of a partner done. Longer than 14 days at high risk or not assessed, 28 at medium, 42 at "
        "standard, counted from the last of these or the opening; a service can set other days (docs/standards.md)."
    ),
    direction="down",
    kind=StockPart(due("untouched"), FOLLOWED),
    chart="share_points",
    by=(),
    caution=(
        "A call to a professional counts as a touch here and not as a contact with the victim: the contacts overdue "
        "tell of the victim alone. What was not recorded looks like nothing done."
    ),
    benchmark="not published; the days are ours",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    example=Example(
        rows={
            "cases": [{"source_id": s, "opened_on": date(2026, 1, 1)} for s in "abcde"],
            "risk_assessments": [
                {"source_id": "1", "case": "c", "assessed_on": date(2026, 1, 2), "level": "medium"},
                {"source_id": "2", "case": "d", "assessed_on": date(2026, 1, 3), "level": "high"},
            ],
            "contacts": [
                {"source_id": "1", "case": "b", "on_day": date(2026, 1, 3), "with_whom": "professional"},
                {
                    "source_id": "2",
                    "case": "d",
                    "on_day": date(2026, 1, 4),
                    "direction": "inbound",
                    "outcome": "successful",
                },
            ],
            "case_stage_event": [{"source_id": "1", "case": "e", "stage": "on_hold", "since": date(2026, 1, 10)}],
        },
        first=date(2026, 1, 12),
        until=date(2026, 1, 19),
        as_of=date(2026, 3, 31),
        answer={(): {"numerator": 2, "denominator": 4, "value": 0.5, "n": 4}},
        because=(
            "On Sunday 18 January: a was opened 17 days ago (not assessed: 14 allowed), b was touched 15 days ago by a "
            "call to a professional (14 allowed), c is medium and assessed 16 days ago (28 allowed), d is high and "
            "rang in 14 days ago. e is on hold."
        ),
    ),
)
