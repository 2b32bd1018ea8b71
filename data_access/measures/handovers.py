"""Measures of handing a case over from one lead to the next."""

from datetime import date

from data_access import codes, facts
from data_access.measures import keys
from data_access.measures.caseload import FIRST, LED, OWNER, REVIEW_BY
from data_access.measures.continuity import BEGAN, PEOPLE, a_case, a_contact, a_lead
from data_access.measures.kinds import Cohort, Duration, Rate
from data_access.measures.measure import Example, Measure
from data_access.measures.recipes import Rows
from data_access.question import Key

_H = facts.handover
HANDED_OVER = Rows(
    _H,
    _H.c.ended_on,
    (
        keys.force(_H),
        keys.team(_H),
        keys.advocate(_H),
        keys.level(_H),
        keys.source(_H),
        Key("reason", _H.c.reason, codes.ALLOCATION_ENDS),
    ),
)

_MOVES = {
    "advocate": [*PEOPLE, {"code": "ADV-3", "started_on": date(2025, 1, 1)}],
    "cases": [a_case("a"), a_case("b"), a_case("c", date(2026, 2, 2)), a_case("d"), a_case("e")],
    "allocation": [
        a_lead(1, "a", 1, BEGAN, date(2026, 1, 19), end="transfer_workload"),
        a_lead(2, "a", 2, date(2026, 1, 19), None),
        a_lead(3, "b", 1, BEGAN, date(2026, 1, 20), end="transfer_leave"),
        a_lead(4, "b", 2, date(2026, 1, 23), None),
        a_lead(5, "c", 1, BEGAN, date(2026, 1, 21), end="transfer_left_service"),
        a_lead(6, "d", 1, BEGAN, date(2026, 1, 22), end="not_recorded"),
        a_lead(7, "e", 1, BEGAN, date(2026, 1, 22), end="transfer_area"),
        a_lead(8, "e", 3, date(2026, 1, 20), None, "co_worker"),
        a_lead(9, "e", 3, date(2026, 1, 30), None),
    ],
    "contacts": [
        a_contact(1, "a", date(2026, 1, 12), 2),
        a_contact(2, "b", date(2026, 1, 28), 2),
        a_contact(3, "c", date(2026, 1, 22), 2),
        a_contact(4, "e", date(2026, 1, 23), 3),
    ],
}
_MOVED = (
    "The lead of a, b, c and e ended for a transfer in the week; why that of d ended is not recorded. ADV-2 met a 7 "
    "days before taking over and b 8 days after the old lead had ended. c has no other lead up to its closing. "
    "ADV-3 met e in time but leads only from 8 days after."
)

handover = Measure(
    name="handover",
    id="SPOC3",
    title="Handed over with a contact",
    topic="engagement",
    noun="transfers",
    unit="%",
    definition=(
        "Of the lead allocations that ended for a transfer in the period, while the case was open, the share in which "
        "the next lead leads within 7 days and has a substantive contact with the victim in the 7 days before or after "
        "the day on which the old lead ended, that day included. Whether both advocates were there is not recorded. A "
        "period has a value only when 7 days are over for every transfer. Team and advocate are those who handed over."
    ),
    direction="up",
    kind=Cohort(HANDED_OVER, _H.c.met_on, facts.HANDOVER_WITHIN),
    chart="share_points",
    by=(),
    caution="A contact by the new lead is no proof that somebody introduced them.",
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="quarter",
    example=Example(
        rows=_MOVES,
        first=date(2026, 1, 19),
        until=date(2026, 1, 26),
        as_of=date(2026, 3, 31),
        answer={(): {"numerator": 1, "denominator": 4, "n": 4}},
        because=_MOVED,
    ),
)

handover_gap = Measure(
    name="handover_gap",
    id="SPOC3",
    title="Days between two leads",
    topic="engagement",
    noun="transfers",
    unit="days",
    definition=(
        "Days from the end of a lead allocation for a transfer, while the case was open, to the day from which the "
        "next lead leads: 0 when somebody leads from that very day. Kaplan-Meier, by the day of the end: a case that "
        "still has no lead counts as waiting, one that closed without another as waiting until closing."
    ),
    direction="down",
    kind=Duration(HANDED_OVER, _H.c.taken_on, _H.c.closed_on),
    chart="survival",
    by=("days",),
    caution="Where a case stays in the name of somebody who has left, no gap shows here: see leads not in post.",
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="whole",
    example=Example(
        rows=_MOVES,
        first=date(2026, 1, 19),
        until=date(2026, 1, 26),
        as_of=date(2026, 3, 31),
        answer={(): {"numerator": 3, "denominator": 4, "value": 5.5, "n": 4}},
        because=(
            "a has its next lead the same day, b after 3 days, e after 8; c closes after 12 without one. Three "
            "quarters still wait after the first, one half from day 3 to day 8: the middle of that is the median."
        ),
    ),
)

transfer_rate = Measure(
    name="transfer_rate",
    id="CL13",
    title="Transfers between leads",
    topic="caseload",
    noun="transfers",
    unit="for 100 cases a month",
    definition=(
        "Lead allocations that ended for a transfer in the period, while the case was open, divided by the days that "
        "cases had a lead in it, for 100 cases over 30 days. Level, team and lead are those of each day; a transfer "
        "counts for the lead who gave the case away."
    ),
    direction="none",
    kind=Rate(HANDED_OVER, LED, 3000),
    chart="rate_points",
    by=(),
    caution="A change of lead can be what the victim asked for; see the reasons of handing over.",
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="quarter",
    example=Example(
        rows=_MOVES,
        first=date(2026, 1, 19),
        until=date(2026, 1, 26),
        as_of=date(2026, 3, 31),
        answer={(): {"numerator": 4, "denominator": 19, "value": 3000 * 4 / 19, "n": 4}},
        because=(
            "In the week a was led on 7 days, b on 1 and 3 from the 23rd on, c on 2, d on 3 and e on 3: 19 days, and "
            "4 transfers."
        ),
    ),
)
