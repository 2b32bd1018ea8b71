"""Measures of taking up support: engaged, sustained, for whom, and closings without a plan."""

from datetime import date, timedelta
from typing import Any

from data_access import codes, facts
from data_access.measures import keys
from data_access.measures.caseload import FIRST, OWNER, REVIEW_BY, UNASSESSED
from data_access.measures.first_attempts import RECEIVED
from data_access.measures.kinds import Cohort, FlowShare, Held
from data_access.measures.measure import Example, Measure
from data_access.measures.recipes import Rows
from data_access.question import Key

_A, _C = facts.approach, facts.closed_case
WINDOW = facts.REACHED_WITHIN + facts.SECOND_WITHIN
PEOPLE = (
    Key("sex", _A.c.sex, codes.SEXES),
    Key("age_band", _A.c.age_band, codes.AGE_BANDS),
    Key("ethnicity", _A.c.ethnicity, codes.ETHNICITIES),
    Key("disability", _A.c.disability, codes.DISABILITIES),
)
COHORT = Rows(_A, _A.c.received_on, (*RECEIVED.keys, *PEOPLE), without=UNASSESSED)


def _reasons(group: str) -> list[int]:
    return [codes.CLOSURE_REASONS.index(name) for name in codes.CLOSURE_GROUPS[group]]


STAGES = ("not_recorded", *codes.PROGRESS)
ENDED = Rows(
    _C,
    _C.c.closed_on,
    (
        keys.force(_C),
        keys.team(_C),
        keys.advocate(_C),
        keys.level(_C),
        keys.source(_C),
        Key("stage", _C.c.stage, STAGES),
        Key("reason", _C.c.reason, codes.CLOSURE_REASONS),
    ),
    (_C.c.reason.not_in(_reasons("administrative")),),
)
_ENGAGED = (
    "engaged: a first substantive contact with the victim within 28 days of the receipt, a second one on a later day "
    "within 42 days of the first, and by then an own risk assessment or a successful contact with the victim for an "
    "assessment. All last days count"
)
_ON = date(2026, 1, 5)


def _contact(case: str, days: int, purposes: str = "emotional_support") -> dict[str, Any]:
    on = _ON + timedelta(days=days)
    return {"source_id": f"{case}{days}", "case": case, "on_day": on, "outcome": "successful", "purposes": purposes}


_CASES = [{"source_id": s, "opened_on": _ON} for s in "abcd"]
_REFERRED = [{"source_id": f"r{s}", "case": s, "opens_case": True, "received_on": _ON} for s in "abcd"]
_MET = [
    _contact("a", 28),
    _contact("a", 70, "assessment"),
    _contact("b", 2),
    _contact("b", 45, "assessment"),
    _contact("c", 2),
    _contact("c", 9),
    _contact("d", 2, "assessment,first_contact"),
    _contact("d", 30),
]
_WHY = (
    "a is reached on day 28 and again 42 days later, for an assessment: engaged, on the last days allowed. The second "
    "contact of b comes 43 days after the first. c is met twice and never assessed. d is assessed at the first contact "
    "and met again: engaged."
)

engaged = Measure(
    name="engaged",
    id="EN7",
    title="Engaged",
    topic="engagement",
    noun="cases",
    unit="%",
    definition=(
        f"Of the referrals accepted for full advocacy, by the day of receipt, the share that came to be {_ENGAGED}. A "
        f"period has a value only when {WINDOW} days are over for everybody in it. A case that closed sooner stays in "
        "the denominator. Team and lead are the first that the case was given."
    ),
    direction="up",
    kind=Cohort(COHORT, _A.c.engaged_on, WINDOW),
    chart="share_points",
    by=(),
    caution="There is no national definition of engaged: this one is ours. Not taking support up can be a choice.",
    benchmark="60 to 80 of 100 referrals become casework (derived from SafeLives' planning figures)",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="month",
    example=Example(
        rows={"cases": _CASES, "referral": _REFERRED, "contacts": _MET},
        first=_ON,
        until=date(2026, 1, 12),
        as_of=date(2026, 4, 30),
        answer={(): {"numerator": 2, "denominator": 4, "n": 4}},
        because=_WHY,
    ),
)

sustained = Measure(
    name="sustained",
    id="EN8",
    title="Support sustained",
    topic="engagement",
    noun="cases",
    unit="%",
    definition=(
        f"Of the referrals accepted for full advocacy, by the day of receipt, the share that came to be {_ENGAGED}, "
        "and that from that day to closing, or to the as-of day, had a substantive contact in every 28 days in a row. "
        "Stretches that touch a day on hold are left out. A period has a value only when "
        f"{WINDOW} days are over for everybody in it."
    ),
    direction="up",
    kind=Held(COHORT, _A.c.engaged_on, WINDOW, _A.c.lapsed_on),
    chart="share_points",
    by=(),
    caution=(
        "Older periods have had more time for a gap, so the line rises to the right by itself: compare periods only at "
        "the same age, with an as-of day for each."
    ),
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="quarter",
    example=Example(
        rows={
            "cases": [
                {"source_id": "a", "opened_on": _ON, "closed_on": _ON + timedelta(days=99)},
                {"source_id": "b", "opened_on": _ON, "closed_on": _ON + timedelta(days=60)},
                {"source_id": "c", "opened_on": _ON},
                {"source_id": "d", "opened_on": _ON, "closed_on": _ON + timedelta(days=58)},
            ],
            "referral": _REFERRED,
            "contacts": [
                *(_contact("a", 2, "assessment"), _contact("a", 30), _contact("a", 58), _contact("a", 70)),
                *(_contact("b", 2, "assessment"), _contact("b", 30)),
                *(_contact("c", 2, "assessment"), _contact("c", 30), _contact("c", 90)),
                *(_contact("d", 2, "assessment"), _contact("d", 30)),
            ],
            "case_stage_event": [
                {
                    "source_id": "1",
                    "case": "c",
                    "stage": "on_hold",
                    "since": _ON + timedelta(days=50),
                    "until": _ON + timedelta(days=70),
                }
            ],
        },
        first=_ON,
        until=date(2026, 1, 12),
        as_of=_ON + timedelta(days=110),
        answer={(): {"numerator": 2, "denominator": 4, "n": 4}},
        because=(
            "All four are engaged on day 30. a has no contact on the 28 days from 71 to 98, before it closes on day "
            "99: a gap. b has none on the 28 days from 31 to 58, before it closes on day 60: a gap. c has 19 days "
            "without a contact, then a hold to day 69, a contact on day 90 and 20 days since: sustained. d has none "
            "from day 31 to its closing on day 58, which are 27 days: sustained."
        ),
    ),
)

engaged_by_group = Measure(
    name="engaged_by_group",
    id="EN15",
    title="Equity: engaged, by group",
    topic="engagement",
    noun="cases",
    unit="%",
    definition=(
        f"Of the referrals accepted for full advocacy, by the day of receipt, the share that came to be {_ENGAGED}; "
        "by sex, age band, ethnic group or disability of the victim as recorded. Not recorded and declined are groups "
        f"of their own. Only those are counted whose {WINDOW} days are over. Read it over 12 months and all forces "
        "together."
    ),
    direction="none",
    kind=Cohort(COHORT, _A.c.engaged_on, WINDOW, settled=True),
    chart="share_by",
    by=("sex",),
    caution=(
        "Groups are small: the limits are wide, and a difference inside them is no finding. Who is not recorded can "
        "differ from who is."
    ),
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="whole",
    example=Example(
        rows={"cases": _CASES, "referral": _REFERRED, "contacts": _MET},
        first=_ON,
        until=date(2026, 1, 12),
        as_of=date(2026, 4, 30),
        by=("ethnicity",),
        answer={
            (_ON, "not_recorded"): {"numerator": 2, "denominator": 4, "n": 4},
            (_ON, "white"): {"numerator": 0, "denominator": 0, "n": 0},
        },
        because=f"Of none of the four the ethnic group is recorded, which is shown as a group. {_WHY}",
    ),
)

disengagement = Measure(
    name="disengagement",
    id="EN9",
    title="Closed without a plan",
    topic="engagement",
    noun="closings",
    unit="%",
    definition=(
        "Of the cases in full advocacy that closed in the period, without administrative reasons (opened in error, "
        "duplicate, not stalking, service ended, deceased), the share closed unplanned: disengaged, declined after "
        "engaging, never engaged, unable to contact, or unsafe to contact. By stage: the furthest stage begun by the "
        "closing; on hold, waiting and closing are no progress. Reasons not recorded and other stay below the line."
    ),
    direction="down",
    kind=FlowShare(ENDED, _C.c.reason.in_(_reasons("unplanned"))),
    chart="share_points",
    by=(),
    caution=(
        "Closings only: in a growing service those who leave early are over-represented. Read the days to the first "
        "contact beside it."
    ),
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="quarter",
    example=Example(
        rows={
            "cases": [
                {
                    "source_id": s,
                    "opened_on": _ON,
                    "closed_on": _ON + timedelta(days=days),
                    "closure_reason": reason,
                }
                for s, days, reason in (
                    ("a", 40, "victim_disengaged"),
                    ("b", 41, "needs_met_planned"),
                    ("c", 42, "other"),
                    ("d", 43, "deceased"),
                    ("e", 50, "unable_to_contact"),
                )
            ],
            "case_stage_event": [
                {"source_id": str(place), "case": "a", "stage": stage, "since": _ON + timedelta(days=days)}
                for place, (stage, days) in enumerate(
                    (("triaged", 0), ("engaged", 9), ("allocated", 12), ("on_hold", 20), ("assessed", 41))
                )
            ],
        },
        first=date(2026, 2, 9),
        until=date(2026, 2, 23),
        as_of=date(2026, 3, 31),
        by=("stage",),
        answer={
            (date(2026, 2, 9), "engaged"): {"numerator": 1, "denominator": 1},
            (date(2026, 2, 9), "not_recorded"): {"numerator": 0, "denominator": 2},
        },
        because=(
            "a disengaged; engaged is the furthest stage that it had begun by then. b closed as planned, c for another "
            "reason: both count below the line and have no stages. d died, which is administrative; e closed later."
        ),
    ),
)
