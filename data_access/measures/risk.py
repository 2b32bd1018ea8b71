"""Measures of risk: the level of open cases, how it moves, and whether reviews are in time."""

from datetime import date

from data_access import codes, facts
from data_access.measures import keys
from data_access.measures.caseload import FIRST, OPEN, OWNER, REVIEW_BY, STATE_KEYS
from data_access.measures.kinds import Movement, Stock, StockShare
from data_access.measures.measure import Example, Measure
from data_access.measures.recipes import Rows, Stretches

_S, _X = facts.case_state, facts.exit_span

BANDED = Stretches(
    _S,
    (
        keys.force(_S),
        keys.team(_S),
        keys.advocate(_S),
        keys.level(_S, "band", codes.BANDS),
        keys.source(_S),
    ),
    filtered_by=STATE_KEYS,  # a filter on high holds the high ones whose assessment is stale, too
)
ASSESSED = Stretches(_S, STATE_KEYS, (_S.c.on_hold == 0, _S.c.assessed_on > 0))
MOVING = Stretches(
    _S,
    (
        *STATE_KEYS,
        keys.level(_S, "intake_level", name="from_level"),
        keys.level(_S, "moved_to", codes.MOVED_TO, "to_level"),
    ),
)
MOVED = Rows(
    _X,
    _X.c.closed_on,
    (
        *keys.of_case(_X),
        keys.level(_X, "intake_level", name="from_level"),
        keys.level(_X, "exit_level", codes.MOVED_TO, "to_level"),
    ),
    held=(_X.c.since, _X.c.until),
)

_OPEN = [{"source_id": s, "opened_on": date(2026, 1, 5)} for s in "abc"]

risk_of_open_cases = Measure(
    name="risk_of_open_cases",
    id="RT2",
    title="Risk level of open cases",
    topic="risk",
    noun="open cases",
    unit="cases",
    definition=(
        "Open cases on the last day of the period by the level of the latest own assessment on or before that day. An "
        "assessment older than 90 days is shown as stale, a case without one as not assessed. A referrer's assessment "
        "does not set the level."
    ),
    direction="none",
    kind=Stock(BANDED),
    chart="stacked_stock",
    by=("level",),
    caution="A new threshold or tool moves the levels without any change in the cases: read the marked days.",
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    example=Example(
        rows={
            "cases": _OPEN,
            "risk_assessments": [
                {"source_id": "1", "case": "a", "assessed_on": date(2026, 1, 6), "level": "high"},
                {"source_id": "2", "case": "a", "assessed_on": date(2026, 3, 30), "level": "medium"},
                {"source_id": "3", "case": "b", "assessed_on": date(2026, 1, 6), "level": "high"},
                {
                    "source_id": "4",
                    "case": "c",
                    "assessed_on": date(2026, 1, 6),
                    "level": "high",
                    "kind": "referrer",
                    "agency": "police",
                },
            ],
        },
        first=date(2026, 3, 30),
        until=date(2026, 4, 13),
        as_of=date(2026, 5, 31),
        grain="week",
        by=("level",),
        answer={
            (date(2026, 3, 30), "medium"): {"value": 1},
            (date(2026, 3, 30), "high"): {"value": 1},
            (date(2026, 3, 30), "stale"): {"value": 0},
            (date(2026, 3, 30), "not_assessed"): {"value": 1},
            (date(2026, 4, 6), "high"): {"value": 0},
            (date(2026, 4, 6), "stale"): {"value": 1},
        },
        because=(
            "On Sunday 5 April the assessment of b is 89 days old and still high; a week later it is 96 days old and"
            " stale. "
            "a is medium since 30 March. c has only the referrer's."
        ),
    ),
)

level_movement = Measure(
    name="level_movement",
    id="RT5",
    title="Movement of risk levels",
    topic="risk",
    noun="cases",
    unit="%",
    definition=(
        "From the level at intake (first own assessment within 14 days of opening, while open) to the latest level by "
        "the same tool, for cases open on the last day of the period; and, apart, to the level of the latest known "
        "exit assessment (within 30 days of closing) for cases closed in the period. Shares are of the cases of one "
        "intake level."
    ),
    direction="none",
    kind=Movement(MOVING, MOVED),
    chart="matrix",
    by=("status", "from_level", "to_level"),
    caution=(
        "People are referred at a peak, so some levels fall with no help at all. Cases without an exit assessment are "
        "shown as not assessed, never left out."
    ),
    benchmark="not published; 74 % reduced in high-risk domestic abuse by the worker's own judgement (CAADA 2012)",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="whole",
    example=Example(
        rows={
            "cases": [
                *_OPEN,
                {"source_id": "d", "opened_on": date(2026, 1, 5), "closed_on": date(2026, 3, 2)},
                {"source_id": "e", "opened_on": date(2026, 1, 5), "closed_on": date(2026, 3, 3)},
            ],
            "risk_assessments": [
                {"source_id": "1", "case": "a", "assessed_on": date(2026, 1, 19), "level": "high"},
                {"source_id": "2", "case": "a", "assessed_on": date(2026, 2, 16), "level": "medium"},
                {"source_id": "3", "case": "b", "assessed_on": date(2026, 1, 20), "level": "high"},
                {"source_id": "4", "case": "c", "assessed_on": date(2026, 1, 6), "level": "high"},
                {"source_id": "5", "case": "c", "assessed_on": date(2026, 2, 16), "level": "standard", "tool": "sash"},
                {"source_id": "6", "case": "d", "assessed_on": date(2026, 1, 6), "level": "high"},
                {"source_id": "7", "case": "d", "assessed_on": date(2026, 3, 1), "level": "standard", "kind": "exit"},
                {"source_id": "8", "case": "e", "assessed_on": date(2026, 1, 6), "level": "high"},
            ],
        },
        first=date(2026, 3, 1),
        until=date(2026, 4, 1),
        as_of=date(2026, 5, 31),
        by=("status", "from_level", "to_level"),
        answer={
            (date(2026, 3, 1), "open", "high", "medium"): {"numerator": 1, "denominator": 2},
            (date(2026, 3, 1), "open", "high", "different_tool"): {"numerator": 1, "denominator": 2},
            (date(2026, 3, 1), "open", "not_assessed", "high"): {"numerator": 1, "denominator": 1},
            (date(2026, 3, 1), "closed", "high", "standard"): {"numerator": 1, "denominator": 2},
            (date(2026, 3, 1), "closed", "high", "not_assessed"): {"numerator": 1, "denominator": 2},
        },
        because=(
            "a fell from high to medium. b was first assessed on day 15, so it has no intake level. c changed the "
            "tool. "
            "d has an exit assessment, e has none."
        ),
    ),
)

review_overdue = Measure(
    name="review_overdue",
    id="RT4",
    title="Risk reviews overdue",
    topic="risk",
    noun="assessed cases",
    unit="%",
    definition=(
        "Of the open cases that have an own assessment and are not on hold on the last day of the period, the share "
        "whose latest assessment is older than 28 days (high), 56 days (medium) or 84 days (standard)."
    ),
    direction="down",
    kind=StockShare(ASSESSED, _S.c.overdue == 1),
    chart="share_points",
    by=(),
    caution=(
        "The intervals are this service's own, not a published standard. Cases on hold and never assessed are apart."
    ),
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    example=Example(
        rows={
            "cases": [{"source_id": s, "opened_on": date(2026, 1, 5)} for s in "abcde"],
            "risk_assessments": [
                {"source_id": "1", "case": "a", "assessed_on": date(2026, 1, 11), "level": "high"},
                {"source_id": "2", "case": "b", "assessed_on": date(2026, 1, 10), "level": "high"},
                {"source_id": "3", "case": "c", "assessed_on": date(2026, 1, 6), "level": "medium"},
                {"source_id": "4", "case": "d", "assessed_on": date(2026, 1, 6), "level": "high"},
            ],
            "case_stage_event": [
                {
                    "source_id": "1",
                    "case": "d",
                    "stage": "on_hold",
                    "since": date(2026, 2, 1),
                    "reason": "victim_request",
                },
            ],
        },
        first=date(2026, 2, 2),
        until=date(2026, 2, 9),
        as_of=date(2026, 3, 31),
        answer={(): {"numerator": 1, "denominator": 3, "n": 3}},
        because=(
            "On Sunday 8 February the assessment of a is 28 days old, which is still in time, and that of b 29 days."
            " c has "
            "56 days. d is on hold and e was never assessed, so both are apart."
        ),
    ),
)

__all__ = ["ASSESSED", "BANDED", "MOVED", "MOVING", "OPEN", "level_movement", "review_overdue", "risk_of_open_cases"]
