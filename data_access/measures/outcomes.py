"""Measures of what became of it: risk at four months and at exit, and abuse at exit."""

from datetime import date

from sqlalchemy import case, literal

from data_access import codes, facts
from data_access.days import NEVER
from data_access.measures import keys
from data_access.measures.caseload import FIRST, OWNER, REVIEW_BY
from data_access.measures.kinds import Outcome
from data_access.measures.measure import Example, Measure
from data_access.measures.recipes import Rows
from data_access.question import Key

_O, _X = facts.outcome, facts.exit_span
_REVIEW_OVER = facts.REVIEWED_AT + facts.REVIEWED_WITHIN

UNKNOWN = ("not_assessed", "different_tool")
ENGAGED = ("not_engaged", "engaged")
INTAKE_GROUP = Key("intake", case((_X.c.intake_level > 1, 2), else_=_X.c.intake_level), codes.INTAKES)
LEFT = Rows(
    _X,
    _X.c.closed_on,
    (
        keys.force(_X),
        keys.team(_X),
        keys.advocate(_X),
        keys.level(_X, "intake_level"),
        keys.source(_X),
        INTAKE_GROUP,
        Key("engaged", _X.c.engaged, ENGAGED),
    ),
    (_X.c.reached == 1,),
    held=(_X.c.since, _X.c.until),
)
TAKEN_IN = Rows(
    _O,
    _O.c.opened_on,
    (
        keys.force(_O),
        keys.team(_O, "opened_team"),
        keys.advocate(_O, "opened_lead"),
        keys.level(_O, "intake_level"),
        keys.source(_O),
    ),
    (_O.c.intake_level > codes.LEVELS.index("standard"),),
    held=(_O.c.intake_on, literal(NEVER)),
)
CLOSED = (
    keys.force(_O),
    keys.team(_O, "closed_team"),
    keys.advocate(_O, "closed_lead"),
    keys.level(_O, "closed_level"),
    keys.source(_O),
)
REACHED = Rows(_O, _O.c.closed_on, (*CLOSED, Key("engaged", _O.c.engaged, ENGAGED)), (_O.c.reached == 1,))

_PEAK = (
    "People are referred at a peak, so some levels fall with no help at all. Those of whom nothing is known are not "
    "like the others: "
)


def _assessed(name: str, of: str, on: date, level: str, **more: str) -> dict[str, object]:
    return {"source_id": name, "case": of, "assessed_on": on, "level": level, **more}


def _contact(of: str, on: date) -> dict[str, object]:
    return {"source_id": of, "case": of, "on_day": on, "outcome": "successful"}


four_month_review = Measure(
    name="four_month_review",
    id="RT7",
    title="Risk four months after opening",
    topic="risk",
    noun="cases",
    unit="%",
    definition=(
        "Cases by the day of opening whose level at intake (RT1) was medium or high, open or closed since: the level "
        "of the own assessment nearest to day 120 after opening, from day 90 to day 150 (of two alike near the "
        "earlier, of two on one day the later row), against that at intake. Another tool than at intake tells "
        "nothing; no assessment in those days is not assessed. A period has a value when 150 days are over for "
        "everybody in it. The level is that at intake, team and lead those of the day of opening."
    ),
    direction="up",
    kind=Outcome(
        TAKEN_IN,
        Key("change", _O.c.review_change, codes.RISK_CHANGES),
        within=_REVIEW_OVER,
        good=("reduced",),
        missing=UNKNOWN,
    ),
    chart="outcome",
    by=(),
    caution=_PEAK + "a case that closed before day 90 has no assessment here. Read the best and the worst case.",
    benchmark="not published at four months",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="quarter",
    example=Example(
        rows={
            "cases": [{"source_id": s, "opened_on": date(2026, 1, 5)} for s in "abcde"],
            "risk_assessments": [
                *(_assessed(f"i{s}", s, date(2026, 1, 6), "high") for s in "abcd"),
                _assessed("ie", "e", date(2026, 1, 6), "standard"),
                _assessed("1", "a", date(2026, 4, 5), "medium"),
                _assessed("2", "a", date(2026, 6, 4), "high"),
                _assessed("3", "b", date(2026, 4, 4), "medium"),
                _assessed("4", "c", date(2026, 5, 5), "medium", tool="sash"),
                _assessed("5", "d", date(2026, 5, 1), "standard"),
                _assessed("6", "d", date(2026, 5, 8), "high"),
            ],
        },
        first=date(2026, 1, 1),
        until=date(2026, 1, 6),
        as_of=date(2026, 6, 4),
        by=("change",),
        answer={
            (date(2026, 1, 1), "reduced"): {"numerator": 1, "denominator": 4, "value": 0.25},
            (date(2026, 1, 1), "same"): {"numerator": 1, "denominator": 4},
            (date(2026, 1, 1), "different_tool"): {"numerator": 1},
            (date(2026, 1, 1), "not_assessed"): {"numerator": 1},
        },
        because=(
            "Day 120 is 5 May. a has assessments on days 90 and 150, both 30 days away: the earlier counts, reduced. "
            "b's of day 89 is too early. c's is by another tool. d's of day 123 is nearer than that of day 116: the "
            "same. e came in at standard. On 4 June the 150 days of everybody opened by 5 January are over."
        ),
    ),
)

risk_reduced_at_exit = Measure(
    name="risk_reduced_at_exit",
    id="RT6",
    title="Risk at exit against intake",
    topic="risk",
    noun="closed cases",
    unit="%",
    definition=(
        "Cases closed in the period, planned or not, with at least one substantive contact up to closing: the level of "
        "the latest exit assessment known (within 30 days of closing) against that at intake (RT1). Another tool than "
        "at intake tells nothing; without one of the two a case is not assessed. The key intake tells who came in at "
        "medium or high: only they can be reduced by much. The key engaged narrows to those who counted as engaged "
        "(EN7). The level is that at intake, team and lead are the last."
    ),
    direction="up",
    kind=Outcome(LEFT, Key("change", _X.c.change, codes.RISK_CHANGES), good=("reduced",), missing=UNKNOWN),
    chart="outcome",
    by=(),
    caution=_PEAK
    + "who leaves early has no exit assessment. Read the best and the worst case, and the four-month review first.",
    benchmark=(
        "74 % reduced in high-risk domestic abuse by the worker's own judgement (CAADA Insights 2012); not comparable "
        "one to one"
    ),
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="quarter",
    example=Example(
        rows={
            "cases": [{"source_id": s, "opened_on": date(2026, 1, 5), "closed_on": date(2026, 3, 2)} for s in "abcdef"],
            "contacts": [_contact(s, date(2026, 1, 8)) for s in "abcde"],
            "risk_assessments": [
                *(_assessed(f"i{s}", s, date(2026, 1, 6), "high") for s in "abcdf"),
                _assessed("ie", "e", date(2026, 1, 6), "standard"),
                _assessed("1", "a", date(2026, 2, 20), "high", kind="exit"),
                _assessed("2", "a", date(2026, 3, 5), "medium", kind="exit"),
                _assessed("3", "b", date(2026, 2, 27), "medium", kind="review"),
                _assessed("4", "c", date(2026, 3, 2), "medium", kind="exit", tool="sash"),
                _assessed("5", "d", date(2026, 4, 2), "standard", kind="exit"),
                _assessed("6", "e", date(2026, 3, 1), "medium", kind="exit"),
                _assessed("7", "f", date(2026, 3, 1), "standard", kind="exit"),
            ],
        },
        first=date(2026, 3, 1),
        until=date(2026, 4, 1),
        as_of=date(2026, 5, 31),
        by=("intake", "change"),
        answer={
            (date(2026, 3, 1), "medium_or_high", "reduced"): {"numerator": 1, "denominator": 4, "value": 0.25},
            (date(2026, 3, 1), "medium_or_high", "different_tool"): {"numerator": 1},
            (date(2026, 3, 1), "medium_or_high", "not_assessed"): {"numerator": 2, "denominator": 4},
            (date(2026, 3, 1), "standard", "raised"): {"numerator": 1, "denominator": 1},
        },
        because=(
            "Of the four who came in at high and were reached, a's last exit assessment says medium: reduced. b has a "
            "review only, and d's exit is 31 days after closing: both not assessed. c's is by another tool. e rose "
            "from standard. f was never reached."
        ),
    ),
)

abuse_stopped = Measure(
    name="abuse_stopped",
    id="RT11",
    title="Abuse at exit",
    topic="risk",
    noun="closed cases",
    unit="%",
    definition=(
        "Cases closed in the period with at least one substantive contact up to closing, by what the victim said at "
        "closing of the abuse in the last 30 days. Who was not asked is shown and is no answer; asked and not known is "
        "one. Team and lead are the last, the level is that of the day of closing."
    ),
    direction="up",
    kind=Outcome(REACHED, Key("abuse", _O.c.abuse, codes.ABUSE_AT_EXIT), good=("stopped",), missing=("not_asked",)),
    chart="outcome",
    by=(),
    caution="What people say, at exit, of those still there to be asked. Who was not asked may fare worse.",
    benchmark=(
        "63 % of those asked in high-risk domestic abuse (CAADA Insights 2012); not published for stalking services"
    ),
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="quarter",
    example=Example(
        rows={
            "cases": [
                {"source_id": s, "opened_on": date(2026, 1, 5), "closed_on": date(2026, 3, 2), "abuse_at_exit": said}
                for s, said in zip("abcde", ("stopped", "worse", "not_asked", "not_known", "not_asked"), strict=True)
            ],
            "contacts": [_contact(s, date(2026, 1, 8)) for s in "abcd"],
        },
        first=date(2026, 3, 1),
        until=date(2026, 4, 1),
        as_of=date(2026, 5, 31),
        by=("abuse",),
        answer={
            (date(2026, 3, 1), "stopped"): {"numerator": 1, "denominator": 4, "value": 0.25},
            (date(2026, 3, 1), "not_asked"): {"numerator": 1, "denominator": 4},
            (date(2026, 3, 1), "not_known"): {"numerator": 1},
        },
        because=(
            "e was never reached. Of the three who were asked, one said stopped: 1 of 3 known, from 1 of 4 to 2 of 4 "
            "with the one not asked."
        ),
    ),
)

__all__ = ["abuse_stopped", "four_month_review", "risk_reduced_at_exit"]
