"""What victims say of their safety, coping and control, at exit against intake, and how many say it."""

from datetime import date

from data_access import codes, facts
from data_access.measures import keys
from data_access.measures.caseload import FIRST, OWNER, REVIEW_BY
from data_access.measures.kinds import FlowShare, Outcome
from data_access.measures.measure import Example, Measure
from data_access.measures.recipes import Rows
from data_access.question import Key

_C = facts.change
PAIRED_WITHIN = 30  # days after closing that an exit answer may take
_RESULT = Key("result", _C.c.result, codes.CHANGES)
ASKED = Rows(
    _C,
    _C.c.closed_on,
    (
        keys.force(_C),
        keys.team(_C),
        keys.advocate(_C),
        keys.level(_C),
        keys.source(_C),
        Key("question", _C.c.item, codes.OUTCOME_ITEMS),
    ),
)
_SAID = [
    ("a", "intake", "feels_safe", 2),
    ("a", "exit", "feels_safe", 4),
    ("a", "intake", "frightened", 4),
    ("a", "exit", "frightened", 4),
    ("b", "intake", "feels_safe", 3),
    ("b", "exit", "feels_safe", 2),
    ("b", "exit", "frightened", 1),
]
_ROWS = {
    "cases": [{"source_id": s, "opened_on": date(2026, 1, 5), "closed_on": date(2026, 4, 10)} for s in "abcd"],
    "contacts": [{"source_id": s, "case": s, "on_day": date(2026, 1, 6), "outcome": "successful"} for s in "abc"],
    "outcome_measure": [
        {
            "source_id": str(i),
            "case": case,
            "point": point,
            "item": item,
            "value": value,
            "measured_on": date(2026, 1, 8) if point == "intake" else date(2026, 4, 9),
        }
        for i, (case, point, item, value) in enumerate(_SAID)
    ],
}

change_said_by_victims = Measure(
    name="change_said_by_victims",
    id="OC1",
    title="Safety, coping and control: exit against intake",
    topic="support",
    noun="answers that could have been given",
    unit="%",
    definition=(
        "For each question and each case closed in the period that had been reached: the last answer at exit (1 to 5) "
        "against the last at intake: better or worse by at least one point, the same, or not paired because one of "
        "the two was not given. For 'frightened' and 'isolated' a lower answer is better."
    ),
    direction="up",
    kind=Outcome(ASKED, _RESULT, within=PAIRED_WITHIN, good=("better",), missing=("not_paired",)),
    chart="outcome",
    by=("question",),
    caution=(
        "Those who left early were not asked again, so the paired ones look better than all; below 60 % paired, read "
        "the bounds only. Some forms are filled in by the advocate."
    ),
    benchmark="not comparable: 69 % of IDVA clients said quality of life improved (CAADA Insights 2012)",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="whole",
    example=Example(
        rows=_ROWS,
        first=date(2026, 4, 1),
        until=date(2026, 5, 1),
        as_of=date(2026, 6, 30),
        by=("question", "result"),
        answer={
            (date(2026, 4, 1), "feels_safe", "better"): {"numerator": 1, "denominator": 3},
            (date(2026, 4, 1), "feels_safe", "worse"): {"numerator": 1, "denominator": 3},
            (date(2026, 4, 1), "feels_safe", "not_paired"): {"numerator": 1, "denominator": 3},
            (date(2026, 4, 1), "frightened", "same"): {"numerator": 1, "denominator": 3},
            (date(2026, 4, 1), "frightened", "not_paired"): {"numerator": 2, "denominator": 3},
        },
        because=(
            "a feels safer by two points and is as frightened as before; b feels less safe, and what b answered on "
            "fear at intake is missing; c was never asked; d had not been reached."
        ),
    ),
)

answers_paired = Measure(
    name="answers_paired",
    id="OC3",
    title="Answers at exit that have one at intake beside them",
    topic="support",
    noun="answers that could have been given",
    unit="%",
    definition=(
        "Of all questions and cases closed in the period that had been reached, the share with an answer at intake "
        "and one at exit: how much the figure on change rests on."
    ),
    direction="up",
    kind=FlowShare(ASKED, _C.c.result > 0),
    chart="share_points",
    by=(),
    caution="Below 60 % the answers may not stand for everybody: the study behind this service says so of its own.",
    benchmark="50 % with outcomes, 16 % interviewed (Safety in Numbers, seven services)",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="quarter",
    example=Example(
        rows=_ROWS,
        first=date(2026, 4, 1),
        until=date(2026, 7, 1),
        as_of=date(2026, 6, 30),
        answer={(): {"numerator": 3, "denominator": 6, "n": 6}},
        because="Three closed cases had been reached, two questions are in use: six pairs, of which three are there.",
    ),
)
