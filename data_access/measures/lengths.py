"""Measures of time in the service: the age of open cases, and how long support lasts and how it ends."""

from datetime import date

from data_access import codes, facts
from data_access.measures import keys
from data_access.measures.caseload import FIRST, OPEN, OWNER, REVIEW_BY
from data_access.measures.kinds import Duration, Endings, StockMix
from data_access.measures.measure import Example, Measure
from data_access.measures.recipes import Rows
from data_access.question import Key

_S, _E = facts.case_state, facts.episode

BEGUN = Rows(
    _E,
    _E.c.begun_on,
    (keys.force(_E), keys.team(_E), keys.advocate(_E), keys.level(_E), keys.source(_E)),
    held=(_E.c.known_on, _E.c.replaced_on),
)
_SAME_SUPPORT = (
    "A case of the same pair of victim and perpetrator that opens within 30 days of a closing (or before it) goes on "
    "with the same support: it counts once, from the first opening to the latest closing."
)
_STATE = "Level, team and lead are those of the day of the first opening."

case_age = Measure(
    name="case_age",
    id="CL8",
    title="Age of open cases",
    topic="caseload",
    noun="open cases",
    unit="%",
    definition=(
        "Cases in full advocacy that are open on the last day of the period, by the days since their opening: up to "
        "90, 91 to 180, 181 to 365, and over 365."
    ),
    direction="none",
    kind=StockMix(OPEN, _S.c.opened_on, (90, 180, 365)),
    chart="mix",
    by=(),
    caution=(
        "This is the age of what is open, not how long support lasts: long cases pile up among the open ones. How long "
        "support lasts is its own figure."
    ),
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="month",
    example=Example(
        rows={
            "cases": [
                {"source_id": "a", "opened_on": date(2025, 10, 20)},
                {"source_id": "b", "opened_on": date(2025, 10, 19)},
                {"source_id": "c", "opened_on": date(2025, 7, 22)},
                {"source_id": "d", "opened_on": date(2025, 1, 17)},
                {"source_id": "e", "opened_on": date(2024, 1, 1), "closed_on": date(2026, 1, 18)},
            ]
        },
        first=date(2026, 1, 12),
        until=date(2026, 1, 19),
        as_of=date(2026, 3, 31),
        by=("age",),
        answer={
            (date(2026, 1, 12), "0-90 days"): {"numerator": 1, "denominator": 4, "value": 0.25},
            (date(2026, 1, 12), "91-180 days"): {"numerator": 2, "value": 0.5},
            (date(2026, 1, 12), "181-365 days"): {"numerator": 0, "value": 0.0},
            (date(2026, 1, 12), "over 365 days"): {"numerator": 1, "value": 0.25},
        },
        because=(
            "On Sunday 18 January a has been open for 90 days, b for 91, c for 180 and d for 366; e closed that day."
        ),
    ),
)

_PAIR = [{"link_id": 1_000_001, "victim_id": 1_000_001, "perpetrator": "P1"}]
_CASES = [
    {
        "source_id": "a",
        "opened_on": date(2026, 1, 5),
        "closed_on": date(2026, 1, 15),
        "closure_reason": "victim_disengaged",
    },
    {
        "source_id": "b",
        "opened_on": date(2026, 1, 5),
        "closed_on": date(2026, 1, 25),
        "closure_reason": "needs_met_planned",
        "link_id": 1_000_001,
    },
    {
        "source_id": "b2",
        "opened_on": date(2026, 2, 24),
        "closed_on": date(2026, 3, 6),
        "closure_reason": "needs_met_planned",
        "link_id": 1_000_001,
    },
    {"source_id": "c", "opened_on": date(2026, 1, 6)},
    {
        "source_id": "d",
        "opened_on": date(2026, 1, 7),
        "closed_on": date(2026, 1, 9),
        "closure_reason": "opened_in_error",
    },
]
_ROWS = {"perpetrator_link": _PAIR, "cases": _CASES}

case_length = Measure(
    name="case_length",
    id="CL9",
    title="How long support lasts",
    topic="caseload",
    noun="cases",
    unit="days",
    definition=(
        "Days from the opening of a case in full advocacy to its closing, for the cases opened in the period. "
        "Kaplan-Meier: a case that is still open counts with the days that it has had. "
        + _SAME_SUPPORT
        + " A transfer "
        "between advocates ends no case. " + _STATE
    ),
    direction="none",
    kind=Duration(BEGUN, _E.c.ended_on, _E.c.ended_on),
    chart="survival",
    by=("days",),
    caution=(
        "Longer is not better or worse. The mean of the closed cases alone would leave out the long ones that are "
        "still open, and be too short."
    ),
    benchmark="not published; the SafeLives numbers for IDVAs imply a mean of four to five months",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="whole",
    example=Example(
        rows=_ROWS,
        first=date(2026, 1, 5),
        until=date(2026, 1, 12),
        as_of=date(2026, 3, 31),
        answer={(): {"numerator": 2, "denominator": 3, "value": 60, "n": 3}},
        because=(
            "a closed after 10 days. b closed after 20, but its pair was back 30 days later: one support, closed for "
            "good after 60 days. c is open and was followed for 84. The curve falls to two thirds at day 10 and to one "
            "third at day 60: the median. d was opened in error."
        ),
    ),
)

case_endings = Measure(
    name="case_endings",
    id="CL9",
    title="How support ends",
    topic="caseload",
    noun="cases",
    unit="%",
    definition=(
        "The share of the cases opened in the period that has ended by plan, without a plan, for an administrative "
        "reason, or for one that is not recorded, within 365 days of the opening (or by each day). Aalen-Johansen: one "
        "end rules out the others, and a case that is still open counts with the days that it has had. By plan: needs "
        "met, transferred, moved away, the risk has ended. Without: disengaged, declined, never engaged, not reached, "
        "unsafe to contact. Administrative: not stalking, the service ended, died. " + _SAME_SUPPORT + " " + _STATE
    ),
    direction="none",
    kind=Endings(BEGUN, _E.c.ended_on, Key("ending", _E.c.ending, codes.ENDINGS)),
    chart="endings",
    by=("days",),
    caution="A reason of closing is the service's own judgement, and the shares of one period do not tell why.",
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="whole",
    example=Example(
        rows=_ROWS,
        first=date(2026, 1, 5),
        until=date(2026, 1, 12),
        as_of=date(2026, 3, 31),
        by=("ending", "days"),
        answer={
            (date(2026, 1, 5), "unplanned", 10): {"numerator": 1, "denominator": 3, "value": 1 / 3, "n": 3},
            (date(2026, 1, 5), "planned", 59): {"numerator": 0, "denominator": 2, "value": 0},
            (date(2026, 1, 5), "planned", 60): {"numerator": 1, "denominator": 2, "value": 1 / 3},
            (date(2026, 1, 5), "unplanned", 84): {"numerator": 0, "denominator": 1, "value": 1 / 3},
        },
        because=(
            "One of three ended without a plan on day 10. Of the two left one ended by plan on day 60: half of the two "
            "thirds still followed, a third of all. c was followed for 84 days without an end."
        ),
    ),
)
