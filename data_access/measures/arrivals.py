"""Measures of what comes in: what is accepted, what waits for a decision, and referrals against the population."""

from datetime import date

from data_access import codes, facts
from data_access.measures import keys
from data_access.measures.caseload import FIRST, OWNER, REVIEW_BY, UNASSESSED
from data_access.measures.kinds import FlowShare, Rate, Stock
from data_access.measures.measure import Example, Measure
from data_access.measures.population import Population
from data_access.measures.recipes import Rows, Stretches
from data_access.question import Key

_R, _U = facts.referred, facts.undecided
_DUPLICATE, _OPEN = (codes.DECISIONS.index(name) for name in ("duplicate", "not_recorded"))
_NO_TEAM = {
    **UNASSESSED,
    "team": "a referral that is declined or undecided has no team",
    "advocate": "a referral that is declined or undecided has no lead",
}
DECIDED = Rows(
    _R,
    _R.c.decided_on,
    (keys.force(_R), keys.source(_R)),
    (_R.c.decision != _DUPLICATE, _R.c.decision != _OPEN),
    without=_NO_TEAM,
)
FROM_ANYWHERE = Rows(
    _R,
    _R.c.received_on,
    (keys.force(_R), keys.source(_R), Key("decision", _R.c.decision, codes.DECISIONS)),
    (_R.c.decision != _DUPLICATE,),
    without={
        **UNASSESSED,
        "team": "the population is known for a whole force only",
        "advocate": "the population is known for a whole force only",
    },
)

acceptance = Measure(
    name="acceptance",
    id="CL6",
    title="Referrals accepted",
    topic="caseload",
    noun="decided referrals",
    unit="%",
    definition=(
        "Of the referrals decided in the period, the share accepted on any pathway: full advocacy, advice only or "
        "consultation only. By the day of the decision; duplicates, referrals that are not decided, and decisions "
        "without their day are not in it."
    ),
    direction="none",
    kind=FlowShare(DECIDED, _R.c.decision.in_([codes.DECISIONS.index(name) for name in codes.ACCEPTED])),
    chart="share_points",
    by=(),
    caution="A service that is full declines more: read it beside the waiting list and the undecided referrals.",
    benchmark="not published; one unit managed 83 of 260 referrals as cases and advised on the others (Cheshire)",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="month",
    example=Example(
        rows={
            "referral": [
                {
                    "source_id": f"r{place}",
                    "received_on": date(2026, 1, 2),
                    "decided_on": decided,
                    "decision": decision,
                }
                for place, (decided, decision) in enumerate(
                    (
                        (date(2026, 1, 5), "accepted"),
                        (date(2026, 1, 6), "accepted_advice_only"),
                        (date(2026, 1, 7), "consultation_only"),
                        (date(2026, 1, 11), "declined_no_capacity"),
                        (date(2026, 1, 12), "declined_out_of_area"),
                        (date(2026, 1, 8), "duplicate"),
                        (None, "not_recorded"),
                    )
                )
            ]
        },
        first=date(2026, 1, 5),
        until=date(2026, 1, 12),
        as_of=date(2026, 3, 31),
        answer={(): {"numerator": 3, "denominator": 4, "value": 0.75, "n": 4}},
        because=(
            "Four were decided in the week and three of them accepted, each on another pathway. One was decided the "
            "Monday after, one is a duplicate, one waits for its decision."
        ),
    ),
)

UNDECIDED = Stretches(_U, (keys.force(_U), keys.source(_U)), without=_NO_TEAM)
undecided = Measure(
    name="undecided",
    id="CL6",
    title="Referrals undecided for over two working days",
    topic="caseload",
    noun="undecided referrals",
    unit="referrals",
    definition=(
        "Referrals that on the last day of the period have no decision although two working days (Monday to Friday, no "
        "bank holiday) have passed since the day of receipt. Duplicates, and decisions without their day, are not in "
        "it."
    ),
    direction="down",
    kind=Stock(UNDECIDED),
    chart="stacked_stock",
    by=(),
    caution="Undecided is not declined: the decision may only be missing in the records.",
    benchmark="two working days are ours",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    example=Example(
        rows={
            "referral": [
                {"source_id": "r1", "received_on": date(2026, 1, 14), "decision": "not_recorded"},
                {"source_id": "r2", "received_on": date(2026, 1, 15), "decision": "not_recorded"},
                {
                    "source_id": "r3",
                    "received_on": date(2026, 1, 5),
                    "decision": "accepted",
                    "decided_on": date(2026, 1, 19),
                },
                {
                    "source_id": "r4",
                    "received_on": date(2026, 1, 5),
                    "decision": "accepted",
                    "decided_on": date(2026, 1, 18),
                },
                {"source_id": "r5", "received_on": date(2026, 1, 5), "decision": "accepted"},
                {"source_id": "r6", "received_on": date(2026, 1, 5), "decision": "duplicate"},
            ]
        },
        first=date(2026, 1, 12),
        until=date(2026, 1, 19),
        as_of=date(2026, 3, 31),
        answer={(): {"value": 2, "n": 2}},
        because=(
            "On Sunday 18 January: r1 came on Wednesday, so Thursday and Friday have passed; r2 came on Thursday, so "
            "Monday is still in time; r3 was decided the day after, r4 that very day; the decision on r5 has no day."
        ),
    ),
)

referrals_per_population = Measure(
    name="referrals_per_population",
    id="CL14",
    title="Referrals for 10,000 adults a year",
    topic="caseload",
    noun="referrals",
    unit="referrals for 10,000 adults a year",
    definition=(
        "Referrals received in the period without duplicates, divided by the adults of the force area times the days "
        "of the period (up to the last day of data), for 10,000 adults and 365 days. A force whose adult population "
        "is not recorded has no value, and neither have several forces together with it."
    ),
    direction="none",
    kind=Rate(FROM_ANYWHERE, Population(keys.force(_R)), 10_000 * 365, shared=("source", "decision")),
    chart="rate_points",
    by=("force",),
    caution="More referrals can mean more stalking, or more trust, or a police force that refers more often.",
    benchmark=(
        "not published for stalking; Marac: 47 cases for 10,000 adult women a year (SafeLives, to September 2024)"
    ),
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="quarter",
    example=Example(
        rows={
            "referral": [
                *({"source_id": f"r{day}", "received_on": date(2026, 1, day)} for day in range(1, 11)),
                {"source_id": "d", "received_on": date(2026, 1, 11), "decision": "duplicate"},
                {"source_id": "x", "received_on": date(2026, 3, 15)},
            ]
        },
        first=date(2026, 1, 1),
        until=date(2026, 3, 15),
        as_of=date(2026, 3, 31),
        answer={(): {"numerator": 10, "denominator": 14_600_000, "value": 2.5, "lower": 1.198847, "upper": 4.597589}},
        because=(
            "Ten referrals from 200,000 adults in 73 days, a fifth of a year: 10 x 5 / 20 = 2.5 for 10,000 a year. "
            "The exact limits of a count of 10 are 4.795389 and 18.390356 (Ulm 1990), and a quarter of each."
        ),
    ),
)
