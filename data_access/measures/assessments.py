"""Measures of how levels and incidents go on: escalations, time at high, and incidents since opening."""

from datetime import date

from data_access import codes, facts
from data_access.measures import keys
from data_access.measures.caseload import FIRST, OPEN, OWNER, REVIEW_BY
from data_access.measures.kinds import Duration, FlowShare, Rate
from data_access.measures.measure import Example, Measure
from data_access.measures.recipes import Rows
from data_access.question import Key

_A, _H, _W = facts.assessment, facts.high_span, facts.case_window
CASES_AND_DAYS = 100 * 30  # case-days: 100 cases for 30 days

_KEYS = (*keys.of_case(_A), Key("trigger", _A.c.trigger, codes.TRIGGERS))
ASSESSED = Rows(_A, _A.c.on_day, _KEYS)
RAISED = Rows(_A, _A.c.on_day, _KEYS, (_A.c.raised == 1,))
MADE_HIGH = Rows(
    _H,
    _H.c.since,
    (keys.force(_H), keys.team(_H), keys.advocate(_H), keys.source(_H)),
    without={"level": "every stretch begins at high"},
)
WINDOWS = Rows(
    _W,
    _W.c.last_on,
    (*keys.of_case(_W), Key("window", _W.c.window, tuple(str(place + 1) for place in range(facts.WINDOWS)))),
)

_LEVELS_BEFORE = "Team and lead are those of the day; the level is the one before the assessment."
_TWO = [
    {"source_id": "a", "opened_on": date(2026, 1, 5)},
    {"source_id": "b", "opened_on": date(2026, 1, 5), "closed_on": date(2026, 1, 25)},
]
_ASSESSMENTS = [
    {"source_id": "1", "case": "a", "assessed_on": date(2026, 1, 5), "level": "medium", "trigger": "routine"},
    {"source_id": "2", "case": "a", "assessed_on": date(2026, 1, 12), "level": "high", "tool": "sash"},
    {"source_id": "3", "case": "a", "assessed_on": date(2026, 1, 19), "level": "high", "trigger": "new_incident"},
    {"source_id": "4", "case": "b", "assessed_on": date(2026, 1, 12), "level": "high"},
    {"source_id": "5", "case": "b", "assessed_on": date(2026, 1, 25), "level": "high", "kind": "exit"},
]

escalations = Measure(
    name="escalations",
    id="RT8",
    title="Escalations",
    topic="risk",
    noun="escalations",
    unit="per 100 cases and 30 days",
    definition=(
        "Own assessments in the period, made while the case was open, with a level above that of the case's own "
        "assessment before by the same tool, for 100 cases open for 30 days: divided by the days that cases were open "
        "in the period. The trigger is that of the higher assessment. " + _LEVELS_BEFORE
    ),
    direction="none",
    kind=Rate(RAISED, OPEN, CASES_AND_DAYS, shared=("trigger",)),
    chart="rate_points",
    by=(),
    caution="Whoever assesses more often finds more: read the assessments of the same time beside it.",
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="month",
    example=Example(
        rows={"cases": _TWO, "risk_assessments": _ASSESSMENTS},
        first=date(2026, 1, 5),
        until=date(2026, 2, 4),
        as_of=date(2026, 3, 31),
        by=("trigger",),
        answer={
            (date(2026, 1, 5), "new_incident"): {"numerator": 1, "denominator": 50, "value": 60},
            (date(2026, 1, 5), "routine"): {"numerator": 0, "denominator": 50, "value": 0},
        },
        because=(
            "a was open for 30 days, b for 20 (not on the day of closing): 50. The high of 19 January is above the "
            "medium of 5 January by the same tool; the high of 12 January is by another one. b had none before. 1 in "
            "50 case-days is 60 in 3,000."
        ),
    ),
)

assessments_per_case = Measure(
    name="assessments_per_case",
    id="RT8b",
    title="Assessments made",
    topic="risk",
    noun="assessments",
    unit="per 100 cases and 30 days",
    definition=(
        "Own assessments in the period, made while the case was open, for 100 cases open for 30 days: divided by the "
        "days that cases were open in the period. " + _LEVELS_BEFORE
    ),
    direction="none",
    kind=Rate(ASSESSED, OPEN, CASES_AND_DAYS, shared=("trigger",)),
    chart="rate_points",
    by=(),
    caution="More is not better: it belongs beside the escalations and the reviews overdue.",
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="month",
    example=Example(
        rows={"cases": _TWO, "risk_assessments": _ASSESSMENTS},
        first=date(2026, 1, 5),
        until=date(2026, 2, 4),
        as_of=date(2026, 3, 31),
        answer={(): {"numerator": 4, "denominator": 50, "value": 240}},
        because="Four assessments while open. That on b's day of closing, when the case is open no more, is no fifth.",
    ),
)

time_at_high = Measure(
    name="time_at_high",
    id="RT9",
    title="Days at high, by review date",
    topic="risk",
    noun="times that a case became high",
    unit="days",
    definition=(
        "Days from the own assessment that made an open case high (the one before was lower, or there was none since "
        "opening) to its first later own assessment below high, by whatever tool. Kaplan-Meier: who is still high by "
        "the as-of day, or was at closing, is followed up to it. A case can become high more than once. Team and lead "
        "are those of the first day."
    ),
    direction="none",
    kind=Duration(MADE_HIGH, _H.c.lowered_on, _H.c.closed_on),
    chart="survival",
    by=("days",),
    caution=(
        "By review date: a level changes on paper only when somebody looks, so the days are at most as short as the "
        "time between reviews."
    ),
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="whole",
    example=Example(
        rows={
            "cases": [
                {"source_id": "a", "opened_on": date(2026, 1, 5)},
                {"source_id": "b", "opened_on": date(2026, 1, 5), "closed_on": date(2026, 1, 20)},
                {"source_id": "c", "opened_on": date(2026, 1, 5)},
            ],
            "risk_assessments": [
                {"source_id": "1", "case": "a", "assessed_on": date(2026, 1, 6), "level": "high"},
                {"source_id": "2", "case": "a", "assessed_on": date(2026, 1, 13), "level": "high"},
                {"source_id": "3", "case": "a", "assessed_on": date(2026, 1, 20), "level": "medium"},
                {"source_id": "4", "case": "a", "assessed_on": date(2026, 1, 27), "level": "high"},
                {"source_id": "5", "case": "b", "assessed_on": date(2026, 1, 6), "level": "high"},
                {"source_id": "6", "case": "b", "assessed_on": date(2026, 1, 22), "level": "medium", "kind": "exit"},
                {"source_id": "7", "case": "c", "assessed_on": date(2026, 1, 6), "level": "medium"},
            ],
        },
        first=date(2026, 1, 5),
        until=date(2026, 2, 2),
        as_of=date(2026, 2, 2),
        by=("days",),
        answer={
            (date(2026, 1, 5), 13): {"numerator": 0, "value": 0.0, "n": 3},
            (date(2026, 1, 5), 14): {"numerator": 1, "denominator": 2, "value": 0.5, "n": 3},
        },
        because=(
            "Three times a case became high: a on 6 January, lowered after 14 days (the review of the 13th changed "
            "nothing), and again on the 27th, followed for 6 days; b, closed after 14 days still high (what the exit "
            "two days later said is no time of an open case). On day 14 two were followed and one fell: one half."
        ),
    ),
)

incidents = Measure(
    name="incidents",
    id="RT10",
    title="Incidents since opening",
    topic="risk",
    noun="cases open for the whole 28 days",
    unit="%",
    definition=(
        "For the first, second .. thirteenth 28 days since opening: of the cases open on every day of them, the share "
        "with a recorded incident in them. The period is that of the last of the 28 days. Only whole 28 days count, so "
        "nobody counts for a part of them. Team, lead and level are those of the last day. A force that records no "
        "incidents at all is left out."
    ),
    direction="none",
    kind=FlowShare(WINDOWS, _W.c.incident == 1),
    chart="share_points",
    by=("window",),
    caution=(
        "Reports rise with trust and with a log for evidence: an early rise is no failure. Cases that close leave, so "
        "later windows are of those who stay."
    ),
    benchmark="65 % stalked over six months and a third over two years at first contact (National Stalking Helpline)",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="whole",
    example=Example(
        rows={
            "cases": [
                {"source_id": "a", "opened_on": date(2026, 1, 5)},
                {"source_id": "b", "opened_on": date(2026, 1, 5), "closed_on": date(2026, 2, 2)},
                {"source_id": "c", "opened_on": date(2026, 1, 5), "closed_on": date(2026, 2, 1)},
            ],
            "incident": [
                {"source_id": "1", "case": "a", "on_day": date(2026, 2, 2), "kind": "threat"},
                {"source_id": "2", "case": "a", "on_day": date(2026, 2, 10)},
                {"source_id": "3", "case": "b", "on_day": date(2026, 2, 1)},
                {"source_id": "4", "case": "c", "on_day": date(2026, 1, 10)},
            ],
        },
        first=date(2026, 1, 5),
        until=date(2026, 3, 30),
        as_of=date(2026, 3, 2),
        by=("window",),
        answer={
            (date(2026, 1, 5), "1"): {"numerator": 1, "denominator": 2},
            (date(2026, 1, 5), "2"): {"numerator": 1, "denominator": 1},
            (date(2026, 1, 5), "3"): {"numerator": 0, "denominator": 0},
        },
        because=(
            "The first 28 days end on Sunday 1 February. a was open on each of them without an incident, b, closed on "
            "2 February, had one on the last. c closed on 1 February and has no whole 28 days. In a's second are two "
            "incidents, which count once; its third is not over on 2 March."
        ),
    ),
)

__all__ = ["assessments_per_case", "escalations", "incidents", "time_at_high"]
