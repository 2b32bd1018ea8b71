"""Measures of pairs of victim and perpetrator that come back: how many within a year, and how soon."""

from datetime import date

from sqlalchemy import literal

from data_access import facts
from data_access.days import NEVER
from data_access.measures.caseload import FIRST, OWNER, REVIEW_BY
from data_access.measures.kinds import Cohort, Duration
from data_access.measures.measure import Example, Measure
from data_access.measures.outcomes import CLOSED
from data_access.measures.recipes import Rows

_O = facts.outcome

PAIRS = Rows(_O, _O.c.closed_on, CLOSED, (_O.c.paired == 1,))

_PAIR = [{"perpetrator": "p"}, {"perpetrator": "q"}]
_BACK = [
    {"source_id": "a", "opened_on": date(2025, 1, 6), "closed_on": date(2025, 3, 3), "link": "p"},
    {"source_id": "b", "opened_on": date(2026, 1, 6), "link": "p"},
    {"source_id": "c", "opened_on": date(2025, 1, 6), "closed_on": date(2025, 3, 31), "link": "q"},
    {"source_id": "d", "opened_on": date(2025, 1, 6), "closed_on": date(2025, 3, 4)},
]
_REFERRALS = [
    {"source_id": "1", "case": "a", "opens_case": True, "received_on": date(2025, 1, 6)},
    {"source_id": "2", "case": "a", "received_on": date(2025, 2, 3)},
    {"source_id": "3", "case": "b", "opens_case": True, "received_on": date(2026, 2, 3)},
    {"source_id": "4", "case": "c", "opens_case": True, "received_on": date(2025, 1, 6)},
    {"source_id": "5", "case": "c", "received_on": date(2026, 1, 7)},
]

repeat = Measure(
    name="repeat",
    id="RT12",
    title="Referred again within a year",
    topic="risk",
    noun="closed cases",
    unit="%",
    definition=(
        "Cases closed in the period of which the pair of victim and perpetrator is recorded: the share with a new "
        "referral of the pair after the day of closing and within 365 days of the case's last referral, day 365 "
        "included. Whatever support came of it counts; duplicates do not. A period has a value when those days are "
        "over for everybody in it. Team and lead are the last, the level is that of the day of closing."
    ),
    direction="none",
    kind=Cohort(PAIRS, _O.c.returned_on, due_on=_O.c.follow_until),
    chart="share_points",
    by=(),
    caution="Coming back can mean trust. A referral that opened no case is of no pair that we could know.",
    benchmark="31 % of Marac cases in the year to September 2024 (SafeLives), which are high-risk domestic abuse",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="quarter",
    example=Example(
        rows={"perpetrator_link": _PAIR, "cases": _BACK, "referral": _REFERRALS},
        first=date(2025, 3, 1),
        until=date(2025, 4, 1),
        as_of=date(2026, 3, 31),
        answer={(): {"numerator": 1, "denominator": 2, "n": 2}},
        because=(
            "The pair of a is referred again on 3 February 2026, 365 days after a's last referral: within the year. "
            "c's comes 366 days after its only referral before closing. Of d no pair is recorded."
        ),
    ),
)

time_to_repeat = Measure(
    name="time_to_repeat",
    id="RT12b",
    title="Days from closing to the next referral",
    topic="risk",
    noun="closed cases",
    unit="days",
    definition=(
        "Days from closing to the first later referral of the same pair of victim and perpetrator, for cases closed in "
        "the period of which the pair is recorded. Kaplan-Meier: who has not come back by the as-of day is followed up "
        "to it. Read it at 90, 180 and 365 days; most never come back, so there is often no median."
    ),
    direction="none",
    kind=Duration(PAIRS, _O.c.returned_on, literal(NEVER)),
    chart="survival",
    by=("days",),
    caution="Coming back can mean trust. A referral that opened no case is of no pair that we could know.",
    benchmark="not published by days for stalking services",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="whole",
    example=Example(
        rows={"perpetrator_link": _PAIR, "cases": _BACK, "referral": _REFERRALS},
        first=date(2025, 3, 1),
        until=date(2025, 4, 1),
        as_of=date(2026, 1, 31),
        by=("days",),
        answer={
            (date(2025, 3, 1), 281): {"numerator": 0, "denominator": 2, "value": 0.0},
            (date(2025, 3, 1), 282): {"numerator": 1, "denominator": 2, "value": 0.5},
        },
        because=(
            "c closed on 31 March 2025 and was referred again 282 days later. On 31 January 2026 nobody knows yet that "
            "a comes back in February: it is followed for 334 days."
        ),
    ),
)

__all__ = ["repeat", "time_to_repeat"]
