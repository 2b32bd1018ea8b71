"""Measures of one advocate as the single point of contact: who leads, and who calls."""

from datetime import date
from typing import Any

from sqlalchemy import case

from data_access import facts
from data_access.measures import keys
from data_access.measures.caseload import FIRST, OWNER, REVIEW_BY
from data_access.measures.contact_work import SUBSTANTIVE
from data_access.measures.kinds import FlowShare, Median, Mix, Stock
from data_access.measures.measure import Example, Measure
from data_access.measures.recipes import Rows, Stretches
from data_access.question import Key

_C, _S, _K, _A = facts.closed_case, facts.lead_state, facts.contact, facts.post
MADE_BY = ("lead", "another", "nobody_led", "not_recorded")
LEADS = ("0", "1", "2", "3+")
LEAST_CONTACTS = 3
_CLOSED_KEYS = (keys.force(_C), keys.team(_C), keys.advocate(_C), keys.level(_C), keys.source(_C))
CLOSED_ENGAGED = Rows(_C, _C.c.closed_on, _CLOSED_KEYS, (_C.c.engaged_on <= _C.c.closed_on,))
CLOSED_MET = Rows(_C, _C.c.closed_on, _CLOSED_KEYS, (_C.c.contacts >= LEAST_CONTACTS,))
LEADS_SO_FAR = Stretches(
    _S,
    (
        keys.force(_S),
        keys.team(_S),
        keys.advocate(_S),
        keys.level(_S),
        keys.source(_S),
        Key("leads", _S.c.leads, LEADS),
    ),
)
ADVOCATES = Stretches(
    _A,
    (keys.force(_A), keys.team(_A), keys.advocate(_A, "advocate_id")),
    (_A.c.supervises == 0,),
    without={"level": "a post has no risk level", "source": "a post has no referral source"},
)
_ONE = "A service with one advocate has no choice but to be good at this: read the number of advocates beside it."
PEOPLE = [{"code": f"ADV-{place}", "started_on": date(2025, 1, 1)} for place in (1, 2)]


def a_case(name: str, closed_on: date | None = None) -> dict[str, Any]:
    return {"source_id": name, "opened_on": date(2026, 1, 5), "closed_on": closed_on}


def a_lead(
    place: int, of: str, who: int, since: date, until: date | None, role: str = "lead", end: str = "not_applicable"
) -> dict[str, Any]:
    return {
        "source_id": str(place),
        "case": of,
        "advocate": f"ADV-{who}",
        "since": since,
        "until": until,
        "role": role,
        "end_reason": end,
    }


def a_contact(place: int, of: str, on: date, who: int | None = 1) -> dict[str, Any]:
    by = {} if who is None else {"advocate": f"ADV-{who}"}
    return {"source_id": str(place), "case": of, "on_day": on, "outcome": "successful", "purposes": "assessment", **by}


BEGAN, _ENDED = date(2026, 1, 5), date(2026, 3, 2)
_TWICE = [a_contact(2 * i + j, s, date(2026, 1, 6 + 7 * j)) for i, s in enumerate("abcd") for j in (0, 1)]

lead_continuity = Measure(
    name="lead_continuity",
    id="SPOC1",
    title="One lead throughout",
    topic="engagement",
    noun="closed engaged cases",
    unit="%",
    definition=(
        "Of the engaged cases closed in the period (engaged as in EN7, by the day of closing), the share that one "
        "person led throughout. Who led: lead advocates, and who covered for more than 14 days. Shorter cover, "
        "co-workers and court only do not count. A case without a lead was not led by one."
    ),
    direction="up",
    kind=FlowShare(CLOSED_ENGAGED, _C.c.leads == 1),
    chart="share_points",
    by=(),
    caution=_ONE,
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="quarter",
    example=Example(
        rows={
            "advocate": PEOPLE,
            "cases": [a_case(s, _ENDED) for s in "abcde"],
            "contacts": _TWICE,
            "allocation": [
                a_lead(1, "a", 1, BEGAN, _ENDED),
                a_lead(2, "a", 2, date(2026, 1, 19), date(2026, 2, 2), "cover"),
                a_lead(3, "b", 1, BEGAN, _ENDED),
                a_lead(4, "b", 2, date(2026, 1, 19), date(2026, 2, 3), "cover"),
                a_lead(5, "c", 1, BEGAN, date(2026, 2, 2)),
                a_lead(6, "c", 2, date(2026, 2, 2), _ENDED),
                a_lead(7, "d", 1, BEGAN, date(2026, 2, 2)),
                a_lead(8, "d", 2, date(2026, 2, 2), _ENDED, "court_only"),
                a_lead(9, "e", 1, BEGAN, _ENDED),
            ],
        },
        first=date(2026, 3, 2),
        until=date(2026, 3, 9),
        as_of=date(2026, 3, 31),
        answer={(): {"numerator": 2, "denominator": 4, "n": 4}},
        because=(
            "a was covered for 14 days, which does not count, d had somebody at court only: one lead each. b was "
            "covered for 15 days and c was handed over: two each. e was never reached and is not engaged."
        ),
    ),
)

leads_so_far = Measure(
    name="leads_so_far",
    id="SPOC1",
    title="Open cases by number of leads so far",
    topic="engagement",
    noun="open cases",
    unit="cases",
    definition=(
        "Cases in full advocacy that are open on the last day of the period, by the number of people who have led them "
        "up to that day: lead advocates, and who covered for more than 14 days, from the fifteenth day on."
    ),
    direction="none",
    kind=Stock(LEADS_SO_FAR),
    chart="stacked_stock",
    by=("leads",),
    caution="A stock: never add weeks together. Long cases have had more time for a change.",
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    example=Example(
        rows={
            "advocate": PEOPLE,
            "cases": [a_case(s) for s in "abc"],
            "allocation": [
                a_lead(1, "a", 1, BEGAN, None),
                a_lead(2, "a", 2, date(2026, 1, 19), date(2026, 3, 1), "cover"),
                a_lead(3, "b", 1, BEGAN, date(2026, 1, 19)),
                a_lead(4, "b", 2, date(2026, 1, 19), date(2026, 1, 21)),
                a_lead(5, "b", 1, date(2026, 1, 21), None),
            ],
        },
        first=date(2026, 1, 26),
        until=date(2026, 2, 2),
        as_of=date(2026, 3, 31),
        by=("leads",),
        answer={
            (date(2026, 1, 26), "0"): {"value": 1},
            (date(2026, 1, 26), "1"): {"value": 1},
            (date(2026, 1, 26), "2"): {"value": 1},
            (date(2026, 1, 26), "3+"): {"value": 0},
        },
        because=(
            "On Sunday 1 February a has been covered for 14 days, which does not count yet. b went to ADV-2 and back "
            "to ADV-1: two people. c has no lead."
        ),
    ),
)

contact_by_lead = Measure(
    name="contact_by_lead",
    id="SPOC2",
    title="Who makes the contact",
    topic="engagement",
    noun="substantive contacts",
    unit="%",
    definition=(
        "Substantive contacts with the victim in the period by who made them: the lead advocate of that day, another "
        "advocate, any advocate on a day without a lead, or not recorded."
    ),
    direction="none",
    kind=Mix(
        SUBSTANTIVE,
        Key(
            "made_by",
            case(
                (_K.c.advocate_id == 0, MADE_BY.index("not_recorded")),
                (_K.c.lead_id == 0, MADE_BY.index("nobody_led")),
                (_K.c.advocate_id == _K.c.lead_id, MADE_BY.index("lead")),
                else_=MADE_BY.index("another"),
            ),
            MADE_BY,
        ),
    ),
    chart="mix",
    by=("made_by",),
    caution=_ONE,
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="month",
    example=Example(
        rows={
            "advocate": PEOPLE,
            "cases": [a_case("a"), a_case("b")],
            "allocation": [a_lead(1, "a", 1, BEGAN, date(2026, 1, 8)), a_lead(2, "a", 2, date(2026, 1, 8), None)],
            "contacts": [
                a_contact(1, "a", date(2026, 1, 7)),
                a_contact(2, "a", date(2026, 1, 8)),
                a_contact(3, "a", date(2026, 1, 9), None),
                a_contact(4, "b", date(2026, 1, 9)),
            ],
        },
        first=BEGAN,
        until=date(2026, 1, 12),
        as_of=date(2026, 3, 31),
        by=("made_by",),
        answer={
            (BEGAN, "lead"): {"numerator": 1, "denominator": 4},
            (BEGAN, "another"): {"numerator": 1, "denominator": 4},
            (BEGAN, "nobody_led"): {"numerator": 1, "denominator": 4},
            (BEGAN, "not_recorded"): {"numerator": 1, "denominator": 4},
        },
        because="ADV-1 led a up to 7 January, ADV-2 from the 8th. b has no lead; who met a on the 9th is not recorded.",
    ),
)

usual_provider = Measure(
    name="usual_provider",
    id="SPOC2",
    title="Contacts by the usual advocate",
    topic="engagement",
    noun="closed cases with three contacts or more",
    unit="share of a case's contacts, 0 to 1",
    definition=(
        "For each case closed in the period with three substantive contacts or more of which the advocate is recorded, "
        "up to its closing: those by the advocate who made most of them, divided by all of them. The median over cases."
    ),
    direction="up",
    kind=Median(CLOSED_MET, _C.c.usual, _C.c.contacts),
    chart="ratio_line",
    by=(),
    caution=_ONE,
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="quarter",
    example=Example(
        rows={
            "advocate": PEOPLE,
            "cases": [a_case(s, _ENDED) for s in "abc"],
            "contacts": [
                *(a_contact(place, "a", date(2026, 1, 10 + place), who) for place, who in enumerate((1, 1, 1, 2))),
                *(
                    a_contact(10 + place, "b", date(2026, 1, 10 + place), who)
                    for place, who in enumerate((1, 2, 2, None))
                ),
                *(a_contact(20 + place, "c", date(2026, 1, 10 + place), 1) for place in range(2)),
            ],
        },
        first=date(2026, 3, 2),
        until=date(2026, 3, 9),
        as_of=date(2026, 3, 31),
        answer={(): {"numerator": 2, "denominator": 2, "value": (3 / 4 + 2 / 3) / 2, "n": 2}},
        because="a: 3 of 4. b: 2 of the 3 whose advocate is recorded. c has two contacts. The median of 3/4 and 2/3.",
    ),
)

advocates_in_post = Measure(
    name="advocates_in_post",
    id="SPOC2",
    title="Advocates in post",
    topic="engagement",
    noun="advocates",
    unit="advocates",
    definition=(
        "People in post and not on long absence (28 days or more) on the last day of the period, whatever their "
        "working time, without supervisors and managers. To be read beside the measures of one lead throughout."
    ),
    direction="none",
    kind=Stock(ADVOCATES),
    chart="stacked_stock",
    by=(),
    caution="People, not whole-time posts: see cases for each whole-time advocate for those.",
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    example=Example(
        rows={
            "advocate": [
                *PEOPLE,
                {"code": "ADV-3", "started_on": date(2025, 1, 1), "left_on": date(2026, 1, 11)},
                {"code": "ADV-4", "started_on": date(2025, 1, 1), "role": "supervisor"},
            ],
            "advocate_fte": [
                {"advocate": f"ADV-{place}", "since": date(2025, 1, 1), "fte_hundredths": 50} for place in (1, 2, 3, 4)
            ],
            "absence": [{"advocate": "ADV-2", "since": date(2026, 1, 6), "until": date(2026, 1, 20)}],
        },
        first=BEGAN,
        until=date(2026, 1, 12),
        as_of=date(2026, 3, 31),
        answer={(): {"value": 2}},
        because=(
            "On Sunday 11 January ADV-1 is in post, and ADV-2, who is away for 14 days only. ADV-3 has left, and ADV-4 "
            "is a supervisor."
        ),
    ),
)
