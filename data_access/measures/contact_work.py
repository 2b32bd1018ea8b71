"""Measures of contact while a case is open: how much, how long, and by which channel."""

from datetime import date
from typing import Any

from data_access import codes, facts
from data_access.measures import keys
from data_access.measures.caseload import FIRST, OPEN, OWNER, REVIEW_BY
from data_access.measures.engagement import ATTEMPTS
from data_access.measures.kinds import Minutes, Mix, Rate, Sum
from data_access.measures.measure import Example, Measure
from data_access.measures.recipes import Rows
from data_access.question import Key

_K = facts.contact
CONTACT_KEYS = (keys.force(_K), keys.team(_K), keys.advocate(_K), keys.level(_K), keys.source(_K))
SUBSTANTIVE = Rows(_K, _K.c.on_day, CONTACT_KEYS, (_K.c.substantive == 1,))
WHILE_OPEN = Rows(_K, _K.c.on_day, CONTACT_KEYS, (_K.c.substantive == 1, _K.c.open == 1))
SUCCESSFUL = Rows(
    _K,
    _K.c.on_day,
    CONTACT_KEYS,
    (_K.c.success == 1, _K.c.with_whom == codes.CONTACT_WITH.index("victim")),
)
CHANNEL = next(key for key in ATTEMPTS.keys if key.name == "channel")
SPENT = Rows(_K, _K.c.on_day, CONTACT_KEYS)
TRAVEL = (*codes.CONTACT_WITH, "travel")


def _said(place: int, on: date, **more: Any) -> dict[str, Any]:
    return {"source_id": str(place), "case": "a", "on_day": on, "outcome": "successful", **more}


_OPEN = [{"source_id": "a", "opened_on": date(2026, 1, 5)}]

contact_intensity = Measure(
    name="contact_intensity",
    id="EN10",
    title="Contacts for each case",
    topic="engagement",
    noun="substantive contacts",
    unit="contacts for each case in 28 days",
    definition=(
        "Substantive contacts with the victim (successful, and more than a first-contact text or letter, whoever began "
        "them) on days on which the case was open, divided by the days that cases were open in the period, for 28 "
        "days. Pooled over cases. Level, team and lead are those of each day."
    ),
    direction="none",
    kind=Rate(WHILE_OPEN, OPEN, 28),
    chart="rate_points",
    by=("level",),
    caution="Days on hold and on the waiting list count as open. More contact is not better for everybody.",
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="4week",
    example=Example(
        rows={
            "cases": [*_OPEN, {"source_id": "b", "opened_on": date(2026, 1, 12), "closed_on": date(2026, 1, 19)}],
            "contacts": [
                _said(1, date(2026, 1, 4)),
                _said(2, date(2026, 1, 5)),
                _said(3, date(2026, 1, 20), direction="inbound"),
                _said(4, date(2026, 1, 21), outcome="no_answer"),
                _said(5, date(2026, 1, 22), channel="text", purposes="first_contact"),
                _said(6, date(2026, 1, 23), with_whom="professional"),
                _said(7, date(2026, 1, 19), case="b"),
                _said(8, date(2026, 1, 18), case="b"),
            ],
        },
        first=date(2026, 1, 5),
        until=date(2026, 2, 2),
        as_of=date(2026, 3, 31),
        answer={(): {"numerator": 3, "denominator": 35, "value": 2.4, "n": 3}},
        because=(
            "a is open on 28 days and b on 7. Contacts on days on which they were open: two with a, the inbound one "
            "too, and one with b. The one before the opening of a and the one on the day of closing of b were not."
        ),
    ),
)

contact_time = Measure(
    name="contact_time",
    id="EN11",
    title="Time with people",
    topic="engagement",
    noun="recorded lengths",
    unit="hours",
    definition=(
        "Sum of the recorded lengths of all contacts and attempts of the period, by whom they were with, and of the "
        "recorded travel. Travel counts for contacts face to face at the victim's home, at court or elsewhere, and "
        "wherever it was recorded. A length that is not recorded is not guessed: it adds nothing, and the note says "
        "how many there are."
    ),
    direction="none",
    kind=Sum(
        SPENT,
        Minutes(_K.c.minutes, _K.c.timed == 1),
        Key("time_with", _K.c.with_whom, TRAVEL),
        Minutes(_K.c.travel, _K.c.travelled == 1, _K.c.travelled > 0),
    ),
    chart="stacked_stock",
    by=("time_with",),
    caution="Where many lengths are missing the hours are too few: compare periods only with the same share recorded.",
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="month",
    example=Example(
        rows={
            "cases": _OPEN,
            "contacts": [
                _said(1, date(2026, 1, 6), duration_minutes=40),
                _said(2, date(2026, 1, 7), channel="face_to_face_home", duration_minutes=50, travel_minutes=30),
                _said(3, date(2026, 1, 8), channel="face_to_face_court"),
                _said(4, date(2026, 1, 9), with_whom="professional", duration_minutes=15),
                _said(5, date(2026, 1, 12), duration_minutes=99),
            ],
        },
        first=date(2026, 1, 5),
        until=date(2026, 1, 12),
        as_of=date(2026, 3, 31),
        by=("time_with",),
        answer={
            (date(2026, 1, 5), "victim"): {"numerator": 90, "denominator": 2, "value": 1.5, "n": 3},
            (date(2026, 1, 5), "professional"): {"numerator": 15, "denominator": 1, "value": 0.25, "n": 1},
            (date(2026, 1, 5), "travel"): {"numerator": 30, "denominator": 1, "value": 0.5, "n": 2},
            (date(2026, 1, 5), "family"): {"numerator": 0, "denominator": 0, "value": 0, "n": 0},
        },
        because=(
            "With the victim 40 and 50 minutes are recorded, the meeting at court has no length. Of the two meetings "
            "that somebody travelled to, one has its travel recorded. The contact of Monday 12 January is after the "
            "week."
        ),
    ),
)

channel_mix = Measure(
    name="channel_mix",
    id="EN13",
    title="Channels of contact",
    topic="engagement",
    noun="successful contacts with the victim",
    unit="%",
    definition=(
        "Successful contacts with the victim in the period, in either direction, by channel. Cases in full advocacy. "
        "Level, team and lead are those of the day."
    ),
    direction="none",
    kind=Mix(SUCCESSFUL, CHANNEL),
    chart="mix",
    by=("channel",),
    caution="What is safe for the victim decides the channel: no mix is the right one.",
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="month",
    example=Example(
        rows={
            "cases": _OPEN,
            "contacts": [
                _said(1, date(2026, 1, 6)),
                _said(2, date(2026, 1, 7), direction="inbound"),
                _said(3, date(2026, 1, 8), channel="text", purposes="first_contact"),
                _said(4, date(2026, 1, 9), channel="text", outcome="no_answer"),
                _said(5, date(2026, 1, 9), channel="email", with_whom="professional"),
            ],
        },
        first=date(2026, 1, 5),
        until=date(2026, 1, 12),
        as_of=date(2026, 3, 31),
        by=("channel",),
        answer={
            (date(2026, 1, 5), "phone"): {"numerator": 2, "denominator": 3},
            (date(2026, 1, 5), "text"): {"numerator": 1, "denominator": 3},
            (date(2026, 1, 5), "email"): {"numerator": 0, "denominator": 3},
        },
        because="Three contacts with the victim succeeded: two by telephone, one of them inbound, and a text.",
    ),
)
