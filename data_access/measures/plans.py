"""Measures of safety planning and of work with partner agencies."""

from datetime import date

from data_access import codes, facts
from data_access.measures import keys
from data_access.measures.caseload import FIRST, OPEN, OWNER, REVIEW_BY
from data_access.measures.kinds import Cohort, FlowShare, StockPart
from data_access.measures.measure import Example, Measure
from data_access.measures.recipes import Rows, Stretches
from data_access.question import Key

_S, _T, _A = facts.support_state, facts.plan_trigger, facts.action
HIGH = codes.LEVELS.index("high")
SUPPORT_KEYS = (keys.force(_S), keys.team(_S), keys.advocate(_S), keys.level(_S), keys.source(_S))
REACHED = Stretches(_S, SUPPORT_KEYS, (_S.c.mark == 0,))
PLANNED = Stretches(_S, SUPPORT_KEYS, (_S.c.mark == 1,))
DISCUSSED = Stretches(_S, SUPPORT_KEYS, (_S.c.mark == 2, _S.c.level == HIGH))
OPEN_HIGH = Stretches(facts.case_state, OPEN.keys, (facts.case_state.c.level == HIGH,))
TRIGGERED = Rows(
    _T,
    _T.c.on_day,
    (
        keys.force(_T),
        keys.team(_T),
        keys.advocate(_T),
        keys.level(_T),
        keys.source(_T),
        Key("trigger", _T.c.kind, codes.TRIGGERS),
    ),
)
ACTION_KEYS = (
    keys.force(_A),
    keys.team(_A),
    keys.advocate(_A),
    keys.level(_A),
    keys.source(_A),
    Key("agency", _A.c.agency, codes.AGENCIES),
)
DUE_ACTIONS = Rows(_A, _A.c.due_on, ACTION_KEYS)
LATE_ACTIONS = Stretches(_A, ACTION_KEYS, (_A.c.since < _A.c.until,))

_CASES = [{"source_id": s, "opened_on": date(2026, 1, 5)} for s in "abcd"]
_MET = [{"source_id": f"k{s}", "case": s, "on_day": date(2026, 1, 6), "outcome": "successful"} for s in "abc"]

plan_coverage = Measure(
    name="plan_coverage",
    id="SP2",
    title="Open cases with a current safety plan",
    topic="support",
    noun="open cases that have been reached",
    unit="%",
    definition=(
        "Of the open cases that have been reached (a substantive contact) and are not on hold on the last day of the "
        "period, the share with a current safety plan: the newest version is agreed with the victim, and it was made "
        "or looked at within the last 28 days (level high) or 90 days (any other level, or not assessed)."
    ),
    direction="up",
    kind=StockPart(PLANNED, REACHED),
    chart="share_points",
    by=(),
    caution="A template saved at intake is no plan: only a plan agreed with the victim counts.",
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    example=Example(
        rows={
            "cases": _CASES,
            "contacts": _MET,
            "risk_assessments": [
                {"source_id": "1", "case": "a", "assessed_on": date(2026, 1, 7), "level": "high"},
                {"source_id": "2", "case": "b", "assessed_on": date(2026, 1, 7), "level": "high"},
            ],
            "safety_plan": [
                {"source_id": "1", "case": "a", "made_on": date(2026, 1, 8), "agreed_with_victim": True},
                {"source_id": "2", "case": "b", "made_on": date(2026, 1, 8), "agreed_with_victim": True},
                {"source_id": "3", "case": "c", "made_on": date(2026, 1, 8), "agreed_with_victim": False},
            ],
            "safety_plan_review": [{"source_id": "1", "case": "a", "reviewed_on": date(2026, 1, 18)}],
        },
        first=date(2026, 2, 9),
        until=date(2026, 2, 16),
        as_of=date(2026, 3, 31),
        answer={(): {"numerator": 1, "denominator": 3, "n": 3}},
        because=(
            "On Sunday 15 February the plan of a was looked at 28 days ago, which still counts at level high; that of "
            "b was made 38 days ago. The plan of c is not agreed. d has not been reached and is not in the figure."
        ),
    ),
)

plan_review_after_trigger = Measure(
    name="plan_review_after_trigger",
    id="SP3",
    title="Safety plan looked at after a trigger",
    topic="support",
    noun="triggers",
    unit="%",
    definition=(
        "Of the triggers in the period (an own assessment with a level above the one before, a breach of an order, a "
        "release), while the case was open, the share after which an agreed plan was made or reviewed within two "
        "working days, the last of them included."
    ),
    direction="up",
    kind=Cohort(TRIGGERED, _T.c.done_on, due_on=_T.c.due_on),
    chart="share_points",
    by=(),
    caution="A change of address that became known is no trigger here: our tables do not hold it as an event.",
    benchmark="not published; two working days are this service's own",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="month",
    example=Example(
        rows={
            "cases": _CASES,
            "risk_assessments": [
                {"source_id": "1", "case": "a", "assessed_on": date(2026, 1, 7), "level": "medium"},
                {"source_id": "2", "case": "a", "assessed_on": date(2026, 1, 16), "level": "high"},
            ],
            "justice_event": [
                {"source_id": "1", "case": "b", "kind": "spo_breached", "on_day": date(2026, 1, 14)},
                {"source_id": "2", "case": "c", "kind": "arrested", "on_day": date(2026, 1, 14)},
            ],
            "safety_plan": [
                {"source_id": "1", "case": "a", "made_on": date(2026, 1, 8), "agreed_with_victim": True},
                {"source_id": "2", "case": "b", "made_on": date(2026, 1, 8), "agreed_with_victim": True},
            ],
            "safety_plan_review": [
                {"source_id": "1", "case": "a", "reviewed_on": date(2026, 1, 20)},
                {"source_id": "2", "case": "b", "reviewed_on": date(2026, 1, 19)},
            ],
        },
        first=date(2026, 1, 1),
        until=date(2026, 2, 1),
        as_of=date(2026, 3, 31),
        answer={(): {"numerator": 1, "denominator": 2, "n": 2}},
        because=(
            "a rose to high on Friday 16 January and its plan was looked at on Tuesday, the second working day. The "
            "order of b was breached on a Wednesday and its plan looked at on Monday, the third. An arrest is no "
            "trigger."
        ),
    ),
)

discussed_with_partners = Measure(
    name="discussed_with_partners",
    id="MA1",
    title="High-risk cases discussed with partners",
    topic="support",
    noun="open cases at high risk",
    unit="%",
    definition=(
        "Of the open cases whose level is high on the last day of the period, the share that has been discussed at a "
        "multi-agency meeting on or before that day. A case discussed every week counts once."
    ),
    direction="up",
    kind=StockPart(DISCUSSED, OPEN_HIGH),
    chart="share_points",
    by=(),
    caution="That a case was discussed does not say what came of it.",
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    example=Example(
        rows={
            "cases": _CASES,
            "risk_assessments": [
                {"source_id": s, "case": s, "assessed_on": date(2026, 1, 7), "level": "high"} for s in "abc"
            ],
            "case_discussion": [
                {"source_id": "1", "case": "a", "held_on": date(2026, 1, 18), "kind": "stalking_clinic"},
                {"source_id": "2", "case": "a", "held_on": date(2026, 1, 11), "kind": "stalking_clinic"},
                {"source_id": "3", "case": "b", "held_on": date(2026, 1, 19), "kind": "marac"},
                {"source_id": "4", "case": "d", "held_on": date(2026, 1, 12), "kind": "marac"},
            ],
        },
        first=date(2026, 1, 12),
        until=date(2026, 1, 19),
        as_of=date(2026, 3, 31),
        answer={(): {"numerator": 1, "denominator": 3, "n": 3}},
        because="a was discussed twice and counts once; b is discussed on the Monday after; d is not assessed as high.",
    ),
)

actions_in_time = Measure(
    name="actions_in_time",
    id="MA3",
    title="Agencies' actions done in time",
    topic="support",
    noun="actions",
    unit="%",
    definition=(
        "Of the actions that agencies agreed to and that fell due in the period, without cancelled ones, the share "
        "done on or before the due day. An action marked as done without its day is not in time."
    ),
    direction="up",
    kind=FlowShare(DUE_ACTIONS, _A.c.done_on <= _A.c.due_on),
    chart="share_by",
    by=("agency",),
    caution="Agencies agree to different numbers of actions: read n first. Not a ranking of agencies.",
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="whole",
    example=Example(
        rows={
            "cases": _CASES,
            "agency_action": [
                {
                    "source_id": str(i),
                    "case": "a",
                    "owner_agency": owner,
                    "agreed_on": date(2026, 1, 6),
                    "due_on": due,
                    "done_on": done,
                    "status": status,
                }
                for i, (owner, due, done, status) in enumerate(
                    [
                        ("police", date(2026, 1, 14), date(2026, 1, 14), "done"),
                        ("police", date(2026, 1, 15), date(2026, 1, 16), "done"),
                        ("housing", date(2026, 1, 16), None, "open"),
                        ("housing", date(2026, 1, 16), None, "cancelled"),
                        ("housing", date(2026, 1, 19), None, "open"),
                    ]
                )
            ],
        },
        first=date(2026, 1, 12),
        until=date(2026, 1, 19),
        as_of=date(2026, 3, 31),
        by=("agency",),
        answer={
            (date(2026, 1, 12), "police"): {"numerator": 1, "denominator": 2},
            (date(2026, 1, 12), "housing"): {"numerator": 0, "denominator": 1},
        },
        because="Done on the due day is in time, a day later is not; a cancelled one leaves; one is due on Monday.",
    ),
)
