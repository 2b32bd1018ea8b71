"""Measures of the first assessment: at which level cases come in, how soon we know, and how far referrers agree."""

from datetime import date

from data_access import facts
from data_access.measures import keys
from data_access.measures.caseload import FIRST, OWNER, REVIEW_BY
from data_access.measures.kinds import Agreement, Cohort, LevelMix
from data_access.measures.measure import Example, Measure
from data_access.measures.recipes import Rows

_O = facts.outcome
_WITHIN = facts.INTAKE_WITHIN

SHOWN = {"level": "every level at intake is shown beside the others"}
OPENED = Rows(
    _O,
    _O.c.opened_on,
    (keys.force(_O), keys.team(_O, "opened_team"), keys.advocate(_O, "opened_lead"), keys.source(_O)),
    without=SHOWN,
)
MET = Rows(
    _O,
    _O.c.first_contact_on,
    (keys.force(_O), keys.team(_O), keys.advocate(_O), keys.source(_O)),
    without={"level": "what is waited for is the first level"},
)
INTAKE = keys.level(_O, "intake_level")

_OPENED = [{"source_id": s, "opened_on": date(2026, 1, 5)} for s in "abcd"]
_INTAKES = [
    {"source_id": "1", "case": "a", "assessed_on": date(2026, 1, 19), "level": "high"},
    {"source_id": "2", "case": "a", "assessed_on": date(2026, 1, 25), "level": "medium"},
    {"source_id": "3", "case": "b", "assessed_on": date(2026, 1, 20), "level": "high"},
    {"source_id": "4", "case": "c", "assessed_on": date(2026, 1, 6), "level": "medium"},
    {
        "source_id": "5",
        "case": "d",
        "assessed_on": date(2026, 1, 5),
        "level": "high",
        "kind": "referrer",
        "agency": "police",
    },
]

risk_at_intake = Measure(
    name="risk_at_intake",
    id="RT1",
    title="Risk level at intake",
    topic="risk",
    noun="cases",
    unit="%",
    definition=(
        "Cases in full advocacy by the day of opening, by the level of the first own assessment within 14 days of "
        "opening (day 14 included) and not after closing; without one a case is not assessed. A referrer's assessment "
        "is none of our own. A period has a value when the 14 days are over for everybody in it. Team and lead are "
        "those of the day of opening."
    ),
    direction="none",
    kind=LevelMix(OPENED, INTAKE, within=_WITHIN),
    chart="mix",
    by=(),
    caution=(
        "A new threshold or tool moves the levels without any change in the people: the period in which it began says "
        "so, and levels before and after it are not the same thing."
    ),
    benchmark="not published for stalking services; some take high risk only",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="month",
    example=Example(
        rows={"cases": _OPENED, "risk_assessments": _INTAKES},
        first=date(2026, 1, 1),
        until=date(2026, 2, 1),
        as_of=date(2026, 2, 14),
        by=("level",),
        grain="month",
        answer={
            (date(2026, 1, 1), "high"): {"numerator": 1, "denominator": 4, "n": 4},
            (date(2026, 1, 1), "medium"): {"numerator": 1, "denominator": 4},
            (date(2026, 1, 1), "not_assessed"): {"numerator": 2, "denominator": 4, "value": 0.5},
        },
        because=(
            "a was assessed high on day 14, which counts, and its later level does not. b was assessed on day 15, d by "
            "the police only: both are not assessed. On 14 February the window of everybody opened in January is over."
        ),
    ),
)

level_at_intake_by_force = Measure(
    name="level_at_intake_by_force",
    id="RT13",
    title="Risk level at intake, force by force",
    topic="risk",
    noun="cases",
    unit="%",
    definition=(
        "Risk level at intake (RT1) for each force beside the others. Refused, with the reason, when the forces asked "
        "for differ in the tool that they used most in the period, or in a threshold of it that was valid on a day of "
        "the period: then a level is not the same thing in both."
    ),
    direction="none",
    kind=LevelMix(OPENED, INTAKE, within=_WITHIN, side_by_side=True),
    chart="mix",
    by=("force",),
    caution="Forces differ in who is referred to them: a mix of levels is no mark for a force.",
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="quarter",
    example=Example(
        rows={"cases": _OPENED, "risk_assessments": _INTAKES},
        first=date(2026, 1, 1),
        until=date(2026, 2, 1),
        as_of=date(2026, 2, 14),
        by=("force", "level"),
        answer={
            (date(2026, 1, 1), "EXAMPLE", "high"): {"numerator": 1, "denominator": 4},
            (date(2026, 1, 1), "EXAMPLE", "standard"): {"numerator": 0, "denominator": 4},
        },
        because="With one force there is nothing to differ: the figure is that of the risk level at intake.",
    ),
)

agreement = Measure(
    name="agreement",
    id="RT14",
    title="Referrer's level and our own first level",
    topic="risk",
    noun="cases",
    unit="%",
    definition=(
        "Cases in full advocacy by the day of opening: the level of the latest referrer's assessment up to 14 days "
        "after opening (down) against our own level at intake (RT1, across), as a share of the cases with that "
        "referrer's level. Not assessed means none by the referrer, or none of our own within 14 days. Weighted kappa "
        "is of the cases with both."
    ),
    direction="none",
    kind=Agreement(
        OPENED,
        keys.level(_O, "referrer_level", name="from_level"),
        keys.level(_O, "intake_level", name="to_level"),
        within=_WITHIN,
    ),
    chart="agreement",
    by=(),
    caution=(
        "Another level is no mistake of the referrer: days lie between the two, the tools differ, and we hear more. "
        "Few cases have both."
    ),
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="whole",
    example=Example(
        rows={
            "cases": _OPENED,
            "risk_assessments": [
                *_INTAKES,
                {"source_id": "6", "case": "a", "assessed_on": date(2026, 1, 4), "level": "medium", "kind": "referrer"},
                {"source_id": "7", "case": "a", "assessed_on": date(2026, 1, 5), "level": "high", "kind": "referrer"},
                {"source_id": "8", "case": "c", "assessed_on": date(2026, 1, 5), "level": "high", "kind": "referrer"},
            ],
        },
        first=date(2026, 1, 1),
        until=date(2026, 2, 1),
        as_of=date(2026, 3, 31),
        by=("from_level", "to_level"),
        answer={
            (date(2026, 1, 1), "high", "high"): {"numerator": 1, "denominator": 3},
            (date(2026, 1, 1), "high", "medium"): {"numerator": 1, "denominator": 3},
            (date(2026, 1, 1), "high", "not_assessed"): {"numerator": 1, "denominator": 3},
            (date(2026, 1, 1), "not_assessed", "not_assessed"): {"numerator": 1, "denominator": 1},
        },
        because=(
            "Referrers said high of a (the later of two counts), c and d; we found high, medium and nothing within 14 "
            "days. b has neither."
        ),
    ),
)

assessment_timeliness = Measure(
    name="assessment_timeliness",
    id="RT3",
    title="Assessed within five working days",
    topic="risk",
    noun="cases",
    unit="%",
    definition=(
        "Cases by the day of the first substantive contact with the victim: the share with an own assessment from the "
        "day of opening up to the fifth working day after that contact, that day included. Bank holidays are no "
        "working days. A period has a value when the five days are over for everybody in it. Team and lead are the "
        "first that the case was given."
    ),
    direction="up",
    kind=Cohort(MET, _O.c.assessed_on, due_on=_O.c.due_on),
    chart="share_points",
    by=(),
    caution="An assessment made from papers before anybody has spoken with the victim counts as in time.",
    benchmark="not published; five working days are this service's own limit",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="month",
    example=Example(
        rows={
            "cases": _OPENED,
            "contacts": [
                {"source_id": s, "case": s, "on_day": date(2026, 1, 8), "outcome": "successful"} for s in "abc"
            ],
            "risk_assessments": [
                {"source_id": "1", "case": "a", "assessed_on": date(2026, 1, 15), "level": "high"},
                {"source_id": "2", "case": "b", "assessed_on": date(2026, 1, 16), "level": "high"},
                {"source_id": "3", "case": "c", "assessed_on": date(2026, 1, 6), "level": "high"},
                {"source_id": "4", "case": "d", "assessed_on": date(2026, 1, 6), "level": "high"},
            ],
        },
        first=date(2026, 1, 5),
        until=date(2026, 1, 12),
        as_of=date(2026, 1, 31),
        answer={(): {"numerator": 2, "denominator": 3, "n": 3}},
        because=(
            "After the contact of Thursday 8 January the fifth working day is Thursday 15: a is in time, b a day late. "
            "c was assessed before the contact, which counts. d has had no contact."
        ),
    ),
)

__all__ = ["agreement", "assessment_timeliness", "level_at_intake_by_force", "risk_at_intake"]
