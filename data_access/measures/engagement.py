"""Measures of contact: how soon, how often, and whether people are reached."""

from datetime import date

from data_access import codes, facts
from data_access.measures import keys
from data_access.measures.caseload import FIRST, OWNER, REVIEW_BY, UNASSESSED
from data_access.measures.kinds import Cohort, Duration, FlowShare
from data_access.measures.measure import Example, Measure
from data_access.measures.recipes import Rows
from data_access.question import Key

_P, _K = facts.case_path, facts.contact

ACCEPTED = Rows(
    _P, _P.c.received_on, (keys.force(_P), keys.team(_P), keys.advocate(_P), keys.source(_P)), without=UNASSESSED
)
ATTEMPTS = Rows(
    _K,
    _K.c.on_day,
    (
        keys.force(_K),
        keys.team(_K),
        keys.advocate(_K),
        keys.level(_K),
        keys.source(_K),
        Key("channel", _K.c.channel, codes.CHANNELS),
        Key("outcome", _K.c.outcome, codes.OUTCOMES),
        keys.weekday(_K.c.on_day),
        keys.hour(_K),
    ),
    (_K.c.attempt == 1,),
)
REACHED_WITHIN = 28

_REFERRED = [
    {"source_id": "r1", "case": "a", "opens_case": True, "received_on": date(2026, 1, 5)},
    {"source_id": "r2", "case": "b", "opens_case": True, "received_on": date(2026, 1, 5)},
    {"source_id": "r3", "case": "c", "opens_case": True, "received_on": date(2026, 1, 5)},
]

time_to_first_contact = Measure(
    name="time_to_first_contact",
    id="EN3",
    title="Days to the first substantive contact",
    topic="engagement",
    noun="cases",
    unit="days",
    definition=(
        "Days from the receipt of the referral to the first substantive contact with the victim (successful, and more "
        "than a first-contact text or letter), for cases in full advocacy by the day of receipt. Kaplan-Meier: who has "
        "not been reached by the as-of day still counts as waiting, and who closed before a contact counts as waiting "
        "until closing. Team and lead are the first that the case was given."
    ),
    direction="down",
    kind=Duration(ACCEPTED, _P.c.first_contact_on, _P.c.closed_on),
    chart="waiting_curve",
    by=("days",),
    caution=(
        "Closing before a contact is treated as the end of waiting, not as a contact: with many such closings the "
        "curve is a little too good."
    ),
    benchmark="not published for the first substantive contact",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="whole",
    example=Example(
        rows={
            "cases": [
                {"source_id": "a", "opened_on": date(2026, 1, 6)},
                {"source_id": "b", "opened_on": date(2026, 1, 6)},
                {"source_id": "c", "opened_on": date(2026, 1, 6), "closed_on": date(2026, 1, 15)},
            ],
            "referral": _REFERRED,
            "contacts": [
                {"source_id": "1", "case": "a", "on_day": date(2026, 1, 7), "outcome": "no_answer"},
                {
                    "source_id": "2",
                    "case": "a",
                    "on_day": date(2026, 1, 8),
                    "outcome": "successful",
                    "channel": "text",
                    "purposes": "first_contact",
                },
                {"source_id": "3", "case": "a", "on_day": date(2026, 1, 9), "outcome": "successful"},
                {"source_id": "4", "case": "b", "on_day": date(2026, 1, 25), "outcome": "successful"},
            ],
        },
        first=date(2026, 1, 5),
        until=date(2026, 1, 12),
        as_of=date(2026, 2, 28),
        answer={(): {"numerator": 2, "denominator": 3, "value": 20, "n": 3}},
        because=(
            "a is reached after 4 days (a first text is not substantive): 2 of 3 still wait. c closes unreached after "
            "10 days. b, alone at risk, is reached after 20 days: the curve falls from two thirds to 0, so the "
            "median is 20."
        ),
    ),
)

reached = Measure(
    name="reached",
    id="EN6",
    title="Reached within 28 days",
    topic="engagement",
    noun="cases",
    unit="%",
    definition=(
        "Of the referrals accepted for full advocacy, by the day of receipt, the share with a substantive contact with "
        "the victim within 28 days, day 28 included. A case that closed sooner without one stays in the denominator. "
        "A period has a value only when 28 days are over for everybody in it."
    ),
    direction="up",
    kind=Cohort(ACCEPTED, _P.c.first_contact_on, REACHED_WITHIN),
    chart="share_points",
    by=(),
    caution="Not reached can mean that it was not safe to go on calling.",
    benchmark="not published for stalking services",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="month",
    example=Example(
        rows={
            "cases": [
                {"source_id": "a", "opened_on": date(2026, 1, 6)},
                {"source_id": "b", "opened_on": date(2026, 1, 6)},
                {"source_id": "c", "opened_on": date(2026, 1, 6), "closed_on": date(2026, 1, 15)},
            ],
            "referral": _REFERRED,
            "contacts": [
                {"source_id": "1", "case": "a", "on_day": date(2026, 2, 2), "outcome": "successful"},
                {"source_id": "2", "case": "b", "on_day": date(2026, 2, 3), "outcome": "successful"},
            ],
        },
        first=date(2026, 1, 5),
        until=date(2026, 1, 12),
        as_of=date(2026, 2, 28),
        answer={(): {"numerator": 1, "denominator": 3, "n": 3}},
        because=(
            "a is reached on day 28, which counts; b on day 29, which does not; c closed unreached and stays below "
            "the line."
        ),
    ),
)

contact_success = Measure(
    name="contact_success",
    id="EN5",
    title="Attempts that succeed",
    topic="engagement",
    noun="attempts",
    unit="%",
    definition=(
        "Of all outbound attempts to reach the victim in the period, the share that succeeded, by channel, weekday and "
        "local hour. Cases in full advocacy. Level, team and lead are those of the day of the attempt."
    ),
    direction="up",
    kind=FlowShare(ATTEMPTS, _K.c.success == 1),
    chart="hours",
    by=("weekday", "hour"),
    caution="Answers depend on when it is safe to answer: use it to find times, not to compare people.",
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="whole",
    example=Example(
        rows={
            "cases": [{"source_id": "a", "opened_on": date(2026, 1, 5)}],
            "contacts": [
                {"source_id": "1", "case": "a", "on_day": date(2026, 1, 6), "hour": 9, "outcome": "no_answer"},
                {"source_id": "2", "case": "a", "on_day": date(2026, 1, 7), "hour": 17, "outcome": "successful"},
                {"source_id": "3", "case": "a", "on_day": date(2026, 1, 8), "hour": 17, "outcome": "left_safe_message"},
                {
                    "source_id": "4",
                    "case": "a",
                    "on_day": date(2026, 1, 8),
                    "outcome": "successful",
                    "direction": "inbound",
                },
                {
                    "source_id": "5",
                    "case": "a",
                    "on_day": date(2026, 1, 8),
                    "outcome": "successful",
                    "with_whom": "professional",
                },
                {"source_id": "6", "case": "a", "on_day": date(2026, 1, 12), "outcome": "successful"},
            ],
        },
        first=date(2026, 1, 5),
        until=date(2026, 1, 12),
        as_of=date(2026, 2, 28),
        answer={(): {"numerator": 1, "denominator": 3, "n": 3}},
        because="Three attempts went out to the victim in the week and one succeeded. An inbound call, a call to a "
        "professional and Monday's call do not count.",
    ),
)
