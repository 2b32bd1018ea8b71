"""Measures of the first attempts: how soon they are made, and how many it takes."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement

from data_access import codes, facts
from data_access.measures import keys
from data_access.measures.caseload import FIRST, OWNER, REVIEW_BY, UNASSESSED
from data_access.measures.kinds import Cohort, Duration, Mix
from data_access.measures.measure import Example, Measure
from data_access.measures.recipes import Rows
from data_access.question import Key

_A, _C = facts.approach, facts.closed_case
TRIES = ("0", "1", "2", "3", "4", "5", "6+", "text_only")
LONGEST_HOURS = 336  # two weeks; later first attempts are in the median and not on the curve
RECEIVED = Rows(
    _A, _A.c.received_on, (keys.force(_A), keys.team(_A), keys.advocate(_A), keys.source(_A)), without=UNASSESSED
)
MET = Rows(
    _A,
    _A.c.first_contact_on,
    RECEIVED.keys,
    without={"level": "before the first contact nobody has assessed the risk yet"},
)
UNREACHABLE = Rows(
    _C,
    _C.c.closed_on,
    (keys.force(_C), keys.team(_C), keys.advocate(_C), keys.level(_C), keys.source(_C)),
    (_C.c.reason == codes.CLOSURE_REASONS.index("unable_to_contact"),),
)
_FIRST_LEAD = "Team and lead are the first that the case was given."
_NEXT_DAY = (
    "Where one of the two times is not recorded the longest that it can have been counts: the same day as 24 hours, "
    "the next day as 48."
)


def minute(day: date, clock: str) -> int:
    """Minutes UTC since 1970 of a winter time in London."""
    hours, minutes = clock.split(":")
    return (day - date(1970, 1, 1)).days * 1440 + int(hours) * 60 + int(minutes)


_ON = date(2026, 1, 9)  # a Friday
_CASES = [{"source_id": s, "opened_on": date(2026, 1, 12)} for s in "abcd"]
_REFERRED: list[dict[str, Any]] = [
    {
        "source_id": f"r{s}",
        "case": s,
        "opens_case": True,
        "received_on": _ON,
        "received_minute": minute(_ON, clock) if clock else None,
    }
    for s, clock in (("a", "15:00"), ("b", "15:00"), ("c", ""), ("d", "09:00"))
]
_TRIED: list[dict[str, Any]] = [
    {"source_id": "1", "case": "a", "on_day": date(2026, 1, 10), "at_minute": minute(date(2026, 1, 10), "15:00")},
    {"source_id": "2", "case": "b", "on_day": date(2026, 1, 9), "at_minute": minute(date(2026, 1, 9), "14:00")},
    {"source_id": "3", "case": "b", "on_day": date(2026, 1, 12), "at_minute": minute(date(2026, 1, 12), "15:30")},
    {"source_id": "4", "case": "c", "on_day": date(2026, 1, 10)},
    {"source_id": "5", "case": "d", "on_day": date(2026, 1, 9), "direction": "inbound", "outcome": "successful"},
]
_WHY = (
    "a was tried exactly 24 hours after the receipt. The call to b at 14:00 was before its referral came at 15:00 and "
    "does not count; the one on Monday was 72.5 hours after it. The time of the referral of c is not recorded: the "
    "next day counts as 48 hours. d telephoned by themselves, which is no attempt."
)

time_to_first_attempt = Measure(
    name="time_to_first_attempt",
    id="EN1",
    title="Hours to the first attempt",
    topic="engagement",
    noun="cases",
    unit="hours",
    definition=(
        "Hours from the receipt of the referral to the first outbound attempt to reach the victim, for cases in full "
        "advocacy by the day of receipt. Kaplan-Meier: who has not been tried by the as-of day still counts as "
        "waiting, and who closed before counts as waiting until closing, both in whole days. An attempt before the "
        f"receipt answers another referral. {_NEXT_DAY} {_FIRST_LEAD}"
    ),
    direction="down",
    kind=Duration(RECEIVED, _A.c.first_attempt_on, _A.c.closed_on, LONGEST_HOURS, _A.c.attempt_minutes),
    chart="survival",
    by=("hours",),
    caution=(
        "The clock runs at nights and at weekends; see the share within two working days. It begins when the referral "
        "comes to us: what the police took before stands in days from report to referral."
    ),
    benchmark="an attempt within 48 hours (published aim of one advocacy service)",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="whole",
    example=Example(
        rows={"cases": _CASES, "referral": _REFERRED, "contacts": _TRIED},
        first=date(2026, 1, 5),
        until=date(2026, 1, 12),
        as_of=date(2026, 2, 28),
        answer={(): {"numerator": 3, "denominator": 4, "value": 60.25, "n": 4}},
        because=(
            f"{_WHY} So the curve falls to three quarters at 24 hours, to one half at 48 and to a quarter at 72.5; it "
            "runs level at one half from 48 to 72.5, and the middle of that is the median."
        ),
    ),
)


def _attempted(
    name: str, title: str, within: str, kind: Cohort, numerator: int, because: str, benchmark: str
) -> Measure:
    return Measure(
        name=name,
        id="EN1",
        title=title,
        topic="engagement",
        noun="cases",
        unit="%",
        definition=(
            "Of the referrals accepted for full advocacy, by the day of receipt, the share with an outbound attempt to "
            f"reach the victim within {within} of the receipt. {_NEXT_DAY} Who has not been tried stays in the "
            "denominator. A period has a value only when this time is over for everybody in it. "
            f"{_FIRST_LEAD}"
        ),
        direction="up",
        kind=kind,
        chart="share_points",
        by=(),
        caution="An attempt is no contact: read it beside the share reached within 28 days.",
        benchmark=benchmark,
        owner=OWNER,
        review_by=REVIEW_BY,
        changed=FIRST,
        grain="month",
        example=Example(
            rows={"cases": _CASES, "referral": _REFERRED, "contacts": _TRIED},
            first=date(2026, 1, 5),
            until=date(2026, 1, 12),
            as_of=date(2026, 2, 28),
            answer={(): {"numerator": numerator, "denominator": 4, "n": 4}},
            because=f"{_WHY} {because}",
        ),
    )


def _within_minutes(most: int) -> ColumnElement[bool]:
    return _A.c.attempt_minutes <= most


attempted_in_24_hours = _attempted(
    "attempted_in_24_hours",
    "Attempted within 24 hours",
    "24 hours",
    Cohort(RECEIVED, _A.c.first_attempt_on, 1, met=_within_minutes(1440)),
    1,
    "Only a was tried within 24 hours.",
    "not published",
)
attempted_in_48_hours = _attempted(
    "attempted_in_48_hours",
    "Attempted within 48 hours",
    "48 hours",
    Cohort(RECEIVED, _A.c.first_attempt_on, 2, met=_within_minutes(2880)),
    2,
    "a and c were tried within 48 hours.",
    "an attempt within 48 hours (published aim of one advocacy service)",
)
attempted_in_two_working_days = _attempted(
    "attempted_in_two_working_days",
    "Attempted within two working days",
    "two working days",
    Cohort(RECEIVED, _A.c.first_attempt_on, due_on=_A.c.attempt_due_on),
    3,
    "Two working days after Friday 9 January end on Tuesday 13 January: a, b and c were tried by then.",
    "contact within two working days (published protocol of one IDVA service)",
)

_KNOCKS: list[dict[str, Any]] = [
    {"source_id": f"{s}{place}", "case": s, "on_day": date(2026, 1, 12 + place), "channel": channel, "outcome": outcome}
    for s, tries in (
        ("a", (("phone", "no_answer"), ("text", "successful"), ("phone", "no_answer"), ("phone", "successful"))),
        ("b", (("text", "no_answer"), ("phone", "successful"), ("phone", "no_answer"))),
        ("c", (("phone", "no_answer"), ("phone", "no_answer"))),
    )
    for place, (channel, outcome) in enumerate(tries)
]
for _row in _KNOCKS:
    _row["purposes"] = "first_contact"

attempts_before_contact = Measure(
    name="attempts_before_contact",
    id="EN4",
    title="Attempts before the first contact",
    topic="engagement",
    noun="cases",
    unit="%",
    definition=(
        "Cases by the number of outbound attempts to reach the victim that were made from the receipt of the referral "
        "up to the first substantive contact, without that contact, by the day of the contact. Texts are not counted "
        "as attempts here; cases with nothing but texts stand apart. Attempts of one day are in the order of their "
        f"recorded times, those without a time last. {_FIRST_LEAD}"
    ),
    direction="none",
    kind=Mix(MET, Key("attempts", _A.c.tries, TRIES)),
    chart="mix",
    by=("attempts",),
    caution="Only those who were reached are here: who was never reached is in the attempts before closing.",
    benchmark="not published; at least three attempts for the most urgent (one advocacy service)",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="quarter",
    example=Example(
        rows={"cases": _CASES, "referral": _REFERRED, "contacts": _KNOCKS},
        first=date(2026, 1, 12),
        until=date(2026, 1, 19),
        as_of=date(2026, 2, 28),
        by=("attempts",),
        answer={
            (date(2026, 1, 12), "2"): {"numerator": 1, "denominator": 2},
            (date(2026, 1, 12), "text_only"): {"numerator": 1, "denominator": 2},
            (date(2026, 1, 12), "0"): {"numerator": 0, "denominator": 2},
        },
        because=(
            "a was reached by telephone at the fourth attempt: two calls and a text before it (a first text is no "
            "contact, and no attempt here). b was reached after a text only; the call after it does not count. c and d "
            "have not been reached."
        ),
    ),
)

attempts_before_unreachable = Measure(
    name="attempts_before_unreachable",
    id="EN4",
    title="Attempts before closing as unreachable",
    topic="engagement",
    noun="cases closed as unable to contact",
    unit="%",
    definition=(
        "Cases closed with the reason unable to contact, by the number of outbound attempts to reach the victim from "
        "the receipt of the referral to the day of closing, by the day of closing. Texts are not counted as attempts "
        "here; cases with nothing but texts stand apart."
    ),
    direction="none",
    kind=Mix(UNREACHABLE, Key("attempts", _C.c.tries, TRIES)),
    chart="mix",
    by=("attempts",),
    caution="Few attempts can be right: going on can be unsafe.",
    benchmark="at least three attempts for the most urgent (published by one advocacy service)",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="quarter",
    example=Example(
        rows={
            "cases": [
                {
                    "source_id": s,
                    "opened_on": date(2026, 1, 12),
                    "closed_on": date(2026, 2, 2),
                    "closure_reason": reason,
                }
                for s, reason in (("b", "unable_to_contact"), ("c", "unable_to_contact"), ("a", "victim_disengaged"))
            ],
            "referral": [row for row in _REFERRED if row["case"] in "abc"],
            "contacts": [row | {"outcome": "no_answer"} for row in _KNOCKS if row["case"] in "abc"],
        },
        first=date(2026, 2, 2),
        until=date(2026, 2, 9),
        as_of=date(2026, 2, 28),
        by=("attempts",),
        answer={
            (date(2026, 2, 2), "2"): {"numerator": 2, "denominator": 2},
            (date(2026, 2, 2), "3"): {"numerator": 0, "denominator": 2},
        },
        because="b was called twice besides the text, c twice. a closed for another reason.",
    ),
)
