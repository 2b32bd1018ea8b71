"""Measures of capacity: cases a year for each post, weighted load, and how many each supervisor looks after."""

from datetime import date

from data_access import facts
from data_access.measures import keys
from data_access.measures.caseload import FIRST, LED, OPEN, OWNER, POSTS, REVIEW_BY, UNASSESSED
from data_access.measures.kinds import Points, Ratio, Throughput
from data_access.measures.measure import Example, Measure
from data_access.measures.recipes import Rows, Stretches
from data_access.standards import DEFAULTS

_S, _P, _A = facts.case_state, facts.case_path, facts.post

FIRST_LED = Rows(_P, _P.c.led_on, (keys.force(_P), keys.team(_P), keys.advocate(_P)), without=UNASSESSED)
_NO_POST = {
    "level": "a post has no risk level",
    "source": "a post has no referral source",
    "advocate": "the figure is about a team, not a person",
}
ADVOCATES = Stretches(_A, (keys.force(_A), keys.team(_A)), (_A.c.supervises == 0,), without=_NO_POST)
SUPERVISORS = Stretches(_A, (keys.force(_A), keys.team(_A)), (_A.c.supervises == 1,), without=_NO_POST)
NOBODY = "no supervisor in post"

_POSTED = [
    {"code": "ADV-1", "started_on": date(2024, 1, 1)},
    {"code": "ADV-2", "started_on": date(2024, 1, 1)},
    {"code": "ADV-3", "started_on": date(2024, 1, 1), "role": "supervisor"},
]
_FTE = [
    {"advocate": "ADV-1", "since": date(2024, 1, 1), "fte_hundredths": 100},
    {"advocate": "ADV-2", "since": date(2024, 1, 1), "fte_hundredths": 50},
    {"advocate": "ADV-3", "since": date(2024, 1, 1), "fte_hundredths": 100},
]

throughput = Measure(
    name="throughput",
    id="CL3",
    title="Cases a year for each whole-time advocate",
    topic="caseload",
    noun="cases",
    unit="cases a year per whole-time post",
    definition=(
        "Cases in full advocacy that were given their first lead in the 365 days to the last day of the period, "
        "divided by the mean of the whole-time equivalents of advocates in post and not on long absence (28 days or "
        "more) in the same days. A note says who was in post for under 90 days."
    ),
    direction="none",
    kind=Throughput(FIRST_LED, POSTS),
    chart="ratio_line",
    by=(),
    caution=(
        "A year's figure of somebody new tells of the start, not of the post. The published 60 to 80 cases a year are "
        "of IDVAs on cases at high risk of domestic abuse. Not a ranking of people."
    ),
    benchmark="not published for stalking advocates; 60 to 80 cases a year for each IDVA (SafeLives)",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="month",
    example=Example(
        rows={
            "advocate": _POSTED,
            "advocate_fte": [
                {"advocate": "ADV-1", "since": date(2024, 1, 1), "until": date(2025, 3, 16), "fte_hundredths": 100},
                {"advocate": "ADV-2", "since": date(2024, 1, 1), "fte_hundredths": 60},
                {"advocate": "ADV-3", "since": date(2024, 1, 1), "fte_hundredths": 100},
            ],
            "cases": [{"source_id": s, "opened_on": date(2025, 1, 1)} for s in "abc"],
            "allocation": [
                {"source_id": "1", "case": "a", "advocate": "ADV-1", "since": date(2025, 1, 1)},
                {"source_id": "2", "case": "b", "advocate": "ADV-2", "since": date(2025, 1, 2)},
                {"source_id": "3", "case": "a", "advocate": "ADV-2", "since": date(2025, 3, 16)},
                {"source_id": "4", "case": "c", "advocate": "ADV-2", "since": date(2026, 1, 1)},
            ],
        },
        first=date(2025, 12, 1),
        until=date(2026, 1, 2),
        as_of=date(2026, 3, 31),
        answer={(): {"numerator": 2, "denominator": 0.8, "value": 2.5, "n": 2}},
        because=(
            "The 365 days run from 2 January 2025 to 1 January 2026: b and c were first given a lead in them, a the "
            "day before, and its second lead makes no new case. ADV-1 was in post for 73 of them (0.2 of a year), "
            "ADV-2 with 0.6 for all: 0.8. ADV-3 supervises."
        ),
    ),
)

weighted_caseload = Measure(
    name="weighted_caseload",
    id="CL4",
    title="Weighted caseload",
    topic="caseload",
    noun="cases with a lead",
    unit="points",
    definition=(
        "Sum over the open cases that have a lead on the last day of the period of the case's weight: "
        + DEFAULTS.words()["weights"].removeprefix("Weights: ").removesuffix(".")
        + ". On hold counts before the level. A service can put its own weights in their place (docs/standards.md). "
        "Dates in court and the number of needs have no weight."
    ),
    direction="none",
    kind=Points(LED, _S.c.weight, "a weight is a judgement, not a measurement"),
    chart="amounts",
    by=("advocate",),
    caution="The weights are ours and a value judgement: off until a service asks for it. Not a ranking of people.",
    benchmark="not published; the weights are our own design",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    shown=False,
    example=Example(
        rows={
            "advocate": _POSTED,
            "advocate_fte": _FTE,
            "cases": [{"source_id": s, "opened_on": date(2026, 1, 5)} for s in "abcde"],
            "allocation": [{"source_id": s, "case": s, "advocate": "ADV-1", "since": date(2026, 1, 5)} for s in "abcd"],
            "risk_assessments": [
                {"source_id": "1", "case": "a", "assessed_on": date(2026, 1, 6), "level": "high"},
                {"source_id": "2", "case": "b", "assessed_on": date(2026, 1, 6), "level": "standard"},
                {"source_id": "3", "case": "c", "assessed_on": date(2026, 1, 6), "level": "high"},
            ],
            "case_stage_event": [{"source_id": "1", "case": "c", "stage": "on_hold", "since": date(2026, 1, 10)}],
        },
        first=date(2026, 1, 12),
        until=date(2026, 1, 19),
        as_of=date(2026, 3, 31),
        answer={(): {"numerator": 4, "value": 3.5, "n": 4}},
        because=(
            "a is at high risk (1.5), b at standard (0.7), c on hold (0.3, whatever its level), d not assessed (1.0): "
            "3.5 points. e has no lead."
        ),
    ),
)

_TEAM = {
    "advocate": _POSTED,
    "advocate_fte": _FTE,
    "absence": [{"advocate": "ADV-2", "since": date(2026, 1, 12), "until": date(2026, 1, 18)}],
    "cases": [{"source_id": s, "opened_on": date(2026, 1, 5)} for s in "abc"],
}

supervisor_span = Measure(
    name="supervisor_span",
    id="CL12",
    title="Advocates for each supervisor",
    topic="caseload",
    noun="advocates",
    unit="advocates per supervisor",
    definition=(
        "Advocates in post and not on long absence (28 days or more) on the last day of the period, by heads, divided "
        "by the supervisors of whom the same holds. Managers are neither. With no supervisor there is no value."
    ),
    direction="none",
    kind=Ratio(ADVOCATES, SUPERVISORS, NOBODY),
    chart="ratio_line",
    by=("force",),
    caution="Heads, not whole-time posts: a supervisor for half a week has the same span as one for all of it.",
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="month",
    example=Example(
        rows=_TEAM,
        first=date(2026, 1, 12),
        until=date(2026, 1, 19),
        as_of=date(2026, 3, 31),
        answer={(): {"numerator": 2, "denominator": 1, "value": 2.0}},
        because="ADV-1 and ADV-2 (away for some days only) are advocates, ADV-3 supervises them.",
    ),
)

cases_per_supervisor = Measure(
    name="cases_per_supervisor",
    id="CL12",
    title="Open cases for each supervisor",
    topic="caseload",
    noun="open cases",
    unit="cases per supervisor",
    definition=(
        "Cases in full advocacy that are open on the last day of the period, with or without a lead, divided by the "
        "supervisors in post and not on long absence (28 days or more) on that day. With no supervisor there is no "
        "value."
    ),
    direction="none",
    kind=Ratio(OPEN, SUPERVISORS, NOBODY),
    chart="ratio_line",
    by=("force",),
    caution="Tells how many cases one person can be asked about, not how much supervision they get.",
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="month",
    example=Example(
        rows=_TEAM,
        first=date(2026, 1, 12),
        until=date(2026, 1, 19),
        as_of=date(2026, 3, 31),
        answer={(): {"numerator": 3, "denominator": 1, "value": 3.0}},
        because="a, b and c are open and nobody leads them; ADV-3 is the only supervisor.",
    ),
)
