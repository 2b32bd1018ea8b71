"""Measures of load: how many cases, how many come and go, how many for each post."""

from datetime import date

from data_access import codes, facts
from data_access.measures import keys
from data_access.measures.kinds import Flow, Net, PerPost, Stock
from data_access.measures.measure import Example, Measure
from data_access.measures.recipes import Rows, Stretches
from data_access.question import Key

_S, _P, _R, _A = facts.case_state, facts.case_path, facts.referred, facts.post

UNASSESSED = {"level": "on the day of a referral nobody has assessed the risk yet"}
STATE_KEYS = (keys.force(_S), keys.team(_S), keys.advocate(_S), keys.level(_S), keys.source(_S))
OPEN = Stretches(_S, STATE_KEYS)
LED = Stretches(_S, STATE_KEYS, (_S.c.lead_id > 0,))
POSTS = Stretches(
    _A,
    (keys.force(_A), keys.team(_A), keys.advocate(_A, "advocate_id")),
    (_A.c.supervises == 0,),
    weight=_A.c.fte,
    without={"level": "a post has no risk level", "source": "a post has no referral source"},
)
OPENED = Rows(
    _P,
    _P.c.opened_on,
    (
        keys.force(_P),
        keys.team(_P, "opened_team"),
        keys.advocate(_P, "opened_lead"),
        keys.level(_P, "opened_level"),
        keys.source(_P),
    ),
)
CLOSED = Rows(
    _P,
    _P.c.closed_on,
    (
        keys.force(_P),
        keys.team(_P, "closed_team"),
        keys.advocate(_P, "closed_lead"),
        keys.level(_P, "closed_level"),
        keys.source(_P),
    ),
)
RECEIVED = Rows(
    _R,
    _R.c.received_on,
    (
        keys.force(_R),
        keys.team(_R),
        keys.advocate(_R),
        keys.source(_R),
        Key("decision", _R.c.decision, codes.DECISIONS),
    ),
    (_R.c.decision != codes.DECISIONS.index("duplicate"),),
    without=UNASSESSED,
)

OWNER = "service manager"
REVIEW_BY = date(2027, 11, 1)
FIRST = ((date(2026, 11, 22), "first definition"),)

open_cases = Measure(
    name="open_cases",
    id="CL1",
    title="Open cases",
    topic="caseload",
    noun="open cases",
    unit="cases",
    definition=(
        "Cases in full advocacy that are open on the last day of the period: opened on or before that day and not "
        "closed on or before it. Cases opened in error or as a duplicate do not count."
    ),
    direction="none",
    kind=Stock(OPEN),
    chart="stacked_stock",
    by=("level",),
    caution="A stock: never add weeks together. Cases on the waiting list and on hold are open and count.",
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    example=Example(
        rows={
            "cases": [
                {"source_id": "a", "opened_on": date(2026, 1, 5)},
                {"source_id": "b", "opened_on": date(2026, 1, 5), "closed_on": date(2026, 1, 18)},
                {"source_id": "c", "opened_on": date(2026, 1, 6), "closed_on": date(2026, 1, 19)},
                {
                    "source_id": "d",
                    "opened_on": date(2026, 1, 6),
                    "closure_reason": "opened_in_error",
                    "closed_on": date(2026, 3, 1),
                },
                {"source_id": "e", "opened_on": date(2026, 1, 6), "pathway": "one_off_advice"},
            ]
        },
        first=date(2026, 1, 12),
        until=date(2026, 1, 19),
        as_of=date(2026, 3, 31),
        answer={(): {"value": 2, "n": 2}},
        because=(
            "On Sunday 18 January a and c are open. b closed that very day, d was opened in error, e is not in "
            "full advocacy."
        ),
    ),
)

referrals = Measure(
    name="referrals",
    id="CL5",
    title="Referrals received",
    topic="caseload",
    noun="referrals",
    unit="referrals",
    definition=(
        "Referrals received in the period, whatever was decided, without duplicates. A re-referral while a case is "
        "open counts as a referral, not as a case. Team and lead are the first that the referral's case was given."
    ),
    direction="none",
    kind=Flow(RECEIVED),
    chart="bars",
    by=("source",),
    caution="A bulk transfer from the police makes a spike: read the note on its week.",
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    example=Example(
        rows={
            "cases": [{"source_id": "a", "opened_on": date(2026, 1, 5)}],
            "referral": [
                {"source_id": "r1", "case": "a", "opens_case": True, "received_on": date(2026, 1, 5)},
                {"source_id": "r2", "case": "a", "received_on": date(2026, 1, 11), "source": "self"},
                {"source_id": "r3", "received_on": date(2026, 1, 8), "decision": "duplicate"},
                {"source_id": "r4", "received_on": date(2026, 1, 9), "decision": "declined_out_of_area"},
                {"source_id": "r5", "received_on": date(2026, 1, 12), "decision": "accepted"},
            ],
        },
        first=date(2026, 1, 5),
        until=date(2026, 1, 12),
        as_of=date(2026, 3, 31),
        answer={(): {"value": 3}},
        because=(
            "r1, the re-referral r2 and the declined r4 fall in the week; r3 is a duplicate and r5 came the Monday "
            "after."
        ),
    ),
)

inflow_outflow = Measure(
    name="inflow_outflow",
    id="CL7",
    title="Opened less closed",
    topic="caseload",
    noun="cases",
    unit="cases",
    definition=(
        "Cases in full advocacy opened in the period, less those closed in it. Level, team and lead are those of the "
        "day of opening and of the day of closing."
    ),
    direction="none",
    kind=Net(OPENED, CLOSED),
    chart="mirrored",
    by=(),
    caution="Closings are often typed in bunches, at the end of a quarter: read 13 weeks together.",
    benchmark="a stable service is near zero over 13 weeks",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    example=Example(
        rows={
            "cases": [
                {"source_id": "a", "opened_on": date(2026, 1, 5), "closed_on": date(2026, 1, 5)},
                {"source_id": "b", "opened_on": date(2026, 1, 7)},
                {"source_id": "c", "opened_on": date(2025, 11, 3), "closed_on": date(2026, 1, 11)},
                {"source_id": "d", "opened_on": date(2026, 1, 11), "closed_on": date(2026, 1, 12)},
            ]
        },
        first=date(2026, 1, 5),
        until=date(2026, 1, 12),
        as_of=date(2026, 3, 31),
        answer={(): {"numerator": 3, "denominator": 2, "value": 1}},
        because=(
            "a, b and d were opened in the week; a (on its first day) and c were closed in it; d closed the Monday "
            "after."
        ),
    ),
)

cases_per_fte = Measure(
    name="cases_per_fte",
    id="CL2",
    title="Cases for each whole-time advocate",
    topic="caseload",
    noun="cases with a lead",
    unit="cases per whole-time post",
    definition=(
        "Open cases that have a lead advocate on the last day of the period, divided by the whole-time equivalents of "
        "advocates in post and not on long absence (28 days or more) on that day. Supervisors and managers are no "
        "advocates' posts. Cover does not count, so no case counts twice."
    ),
    direction="none",
    kind=PerPost(LED, POSTS),
    chart="dots",
    by=("advocate",),
    caution=(
        "No published figure exists for stalking advocates. The SafeLives figure is 60 to 80 cases a year, which is "
        "another quantity than cases open at once. Not a ranking of people."
    ),
    benchmark="not published for stalking advocates; 60 to 80 cases a year for each IDVA (SafeLives)",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=(*FIRST, (date(2026, 11, 22), "posts of supervisors and managers no longer count as advocates' posts")),
    example=Example(
        rows={
            "advocate": [
                {"code": "ADV-1", "started_on": date(2025, 1, 1)},
                {"code": "ADV-2", "started_on": date(2025, 1, 1)},
                {"code": "ADV-3", "started_on": date(2025, 1, 1), "left_on": date(2026, 1, 10)},
            ],
            "advocate_fte": [
                {"advocate": "ADV-1", "since": date(2025, 1, 1), "fte_hundredths": 100},
                {"advocate": "ADV-2", "since": date(2025, 1, 1), "fte_hundredths": 50},
                {"advocate": "ADV-3", "since": date(2025, 1, 1), "fte_hundredths": 100},
            ],
            "cases": [{"source_id": s, "opened_on": date(2026, 1, 5)} for s in "abcd"],
            "allocation": [
                {"source_id": "1", "case": "a", "advocate": "ADV-1", "since": date(2026, 1, 5)},
                {"source_id": "2", "case": "b", "advocate": "ADV-2", "since": date(2026, 1, 5)},
                {"source_id": "3", "case": "b", "advocate": "ADV-1", "role": "cover", "since": date(2026, 1, 5)},
                {"source_id": "4", "case": "c", "advocate": "ADV-3", "since": date(2026, 1, 5)},
            ],
        },
        first=date(2026, 1, 12),
        until=date(2026, 1, 19),
        as_of=date(2026, 3, 31),
        answer={(): {"numerator": 3, "denominator": 1.5, "value": 2.0}},
        because=(
            "Three cases have a lead (d has none, cover does not count) and 1.5 whole-time posts are filled: ADV-3 has "
            "left, and the case c shows as led by nobody in post."
        ),
    ),
)
