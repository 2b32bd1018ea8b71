"""Measures of who refers, and how long it took them."""

from datetime import date

from sqlalchemy import case

from data_access import codes, facts
from data_access.measures.caseload import FIRST, OWNER, RECEIVED, REVIEW_BY
from data_access.measures.kinds import Median, Mix
from data_access.measures.measure import Example, Measure
from data_access.question import Key

_R = facts.referred
DELAY = _R.c.received_on - _R.c.reported_on
KNOWN = _R.c.reported_on > 0
DELAYS = ("not_recorded", "0-2", "3-7", "8-14", "15-28", "29+", "reported_later")
REFERRERS = ("not_recorded", "police", "self", "others")
_SOURCE = {name: codes.SOURCES.index(name) for name in ("not_recorded", "police", "self")}
REFERRER = case(
    *((_R.c.source == code, REFERRERS.index(name)) for name, code in _SOURCE.items()),
    else_=REFERRERS.index("others"),
)
IN_TIME = case(
    (_R.c.reported_on == 0, 0),
    (DELAY < 0, 6),
    (DELAY <= 2, 1),
    (DELAY <= 7, 2),
    (DELAY <= 14, 3),
    (DELAY <= 28, 4),
    else_=5,
)
_CODE = "two working days (Victims' Code, older public text)"
_FIRST_LEAD = "Team and lead are the first that the referral's case was given."
_ON = date(2026, 1, 20)
_TOLD = [
    {"source_id": str(place), "received_on": _ON, "reported_on": reported, "source": source}
    for place, (reported, source) in enumerate(
        (
            (date(2026, 1, 20), "police"),
            (date(2026, 1, 18), "police"),
            (date(2026, 1, 10), "police"),
            (date(2025, 12, 1), "health"),
            (None, "police"),
            (date(2026, 1, 25), "self"),
            (None, "not_recorded"),
        )
    )
]

referrer_delay = Measure(
    name="referrer_delay",
    id="EN2",
    title="Days from report to referral",
    topic="engagement",
    noun="referrals with a day of report",
    unit="days",
    definition=(
        "Days from the report to the police to the receipt of the referral, for referrals received in the period, "
        "without duplicates: the median of those whose day of report is recorded. A day that is not recorded is "
        "missing, never 0; one after the receipt is no delay and is left out too; the note says for how many it is "
        f"known. {_FIRST_LEAD}"
    ),
    direction="down",
    kind=Median(RECEIVED, DELAY, known=KNOWN & (DELAY >= 0)),
    chart="ratio_line",
    by=("source",),
    caution="The day of report is usually missing, and hardly by chance: read the share recorded first.",
    benchmark=_CODE,
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="quarter",
    example=Example(
        rows={"referral": _TOLD},
        first=date(2026, 1, 19),
        until=date(2026, 1, 26),
        as_of=date(2026, 3, 31),
        answer={(): {"numerator": 4, "denominator": 7, "value": 6, "lower": 1.5, "upper": 20, "n": 4}},
        because=(
            "Four delays are known: 0, 2, 10 and 50 days. The median is (2 + 10) / 2; the quartiles stand a quarter of "
            "the way from one to the next: 1.5 and 20. Two days are missing, and one victim went to the police later."
        ),
    ),
)

referrer_delay_bands = Measure(
    name="referrer_delay_bands",
    id="EN2",
    title="Days from report to referral, in bands",
    topic="engagement",
    noun="referrals",
    unit="%",
    definition=(
        "Referrals received in the period, without duplicates, by the days from the report to the police to the "
        "receipt. Not recorded is a band of its own, and so is a report after the receipt. "
        f"{_FIRST_LEAD}"
    ),
    direction="none",
    kind=Mix(RECEIVED, Key("delay", IN_TIME, DELAYS)),
    chart="mix",
    by=("delay",),
    caution="Where most days are missing the other bands say little.",
    benchmark=_CODE,
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="quarter",
    example=Example(
        rows={"referral": _TOLD},
        first=date(2026, 1, 19),
        until=date(2026, 1, 26),
        as_of=date(2026, 3, 31),
        by=("delay",),
        answer={
            (date(2026, 1, 19), "not_recorded"): {"numerator": 2, "denominator": 7},
            (date(2026, 1, 19), "0-2"): {"numerator": 2, "denominator": 7},
            (date(2026, 1, 19), "8-14"): {"numerator": 1, "denominator": 7},
            (date(2026, 1, 19), "29+"): {"numerator": 1, "denominator": 7},
            (date(2026, 1, 19), "reported_later"): {"numerator": 1, "denominator": 7},
        },
        because="0 and 2 days fall in the first band, 10 in 8-14, 50 in 29+; two are missing, one reported later.",
    ),
)

non_police_referrals = Measure(
    name="non_police_referrals",
    id="EN14",
    title="Who refers",
    topic="engagement",
    noun="referrals",
    unit="%",
    definition=(
        "Referrals received in the period, without duplicates, by who referred: the police, the victim themselves, "
        "others, or not recorded. "
        f"{_FIRST_LEAD}"
    ),
    direction="none",
    kind=Mix(RECEIVED, Key("referrer", REFERRER, REFERRERS)),
    chart="mix",
    by=("referrer",),
    caution="A bulk transfer from the police makes the others look fewer: see the note on its week.",
    benchmark="36 % of Marac referrals come from others than the police (SafeLives); Marac is another population",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="month",
    example=Example(
        rows={"referral": [*_TOLD, {"source_id": "9", "received_on": _ON, "decision": "duplicate"}]},
        first=date(2026, 1, 19),
        until=date(2026, 1, 26),
        as_of=date(2026, 3, 31),
        by=("referrer",),
        answer={
            (date(2026, 1, 19), "police"): {"numerator": 4, "denominator": 7},
            (date(2026, 1, 19), "self"): {"numerator": 1, "denominator": 7},
            (date(2026, 1, 19), "others"): {"numerator": 1, "denominator": 7},
            (date(2026, 1, 19), "not_recorded"): {"numerator": 1, "denominator": 7},
        },
        because="Four of seven came from the police, one from the victim, one from health; the duplicate is left out.",
    ),
)
