"""The way through the justice system: orders, being told in time, and not being alone at a hearing."""

from datetime import date

from data_access import codes, facts
from data_access.measures import keys
from data_access.measures.caseload import FIRST, OWNER, REVIEW_BY
from data_access.measures.kinds import Cohort, Flow, FlowShare
from data_access.measures.measure import Example, Measure
from data_access.measures.recipes import Rows
from data_access.question import Key

_J = facts.justice
STEPS = codes.JUSTICE_EVENTS
ORDERS = (
    "spo_applied",
    "spo_interim_granted",
    "spo_full_granted",
    "spo_breached",
    "non_molestation_order",
    "restraining_order",
    "restraining_order_breached",
)
TOLD = ("suspect_interviewed", "arrested", "released_no_charge", "bailed_with_conditions", "bail_changed")
HEARINGS = ("first_hearing", "trial_listed", "plea", "sentenced")


def _kinds(names: tuple[str, ...]) -> list[int]:
    return [STEPS.index(name) for name in names]


_KEYS = (
    keys.force(_J),
    keys.team(_J),
    keys.advocate(_J),
    keys.level(_J),
    keys.source(_J),
    Key("step", _J.c.kind, STEPS),
)
HAPPENED = Rows(_J, _J.c.on_day, _KEYS)
ORDERED = Rows(_J, _J.c.on_day, _KEYS, (_J.c.kind.in_(_kinds(ORDERS)),))
TO_BE_TOLD = Rows(_J, _J.c.on_day, _KEYS, (_J.c.kind.in_(_kinds(TOLD)),))
HEARD = Rows(_J, _J.c.on_day, _KEYS, (_J.c.kind.in_(_kinds(HEARINGS)), _J.c.present < 2))

_CASES = [{"source_id": s, "opened_on": date(2026, 1, 5)} for s in "ab"]


def _steps(*steps: tuple[str, date, date | None, bool | None]) -> list[dict]:
    return [
        {"source_id": str(i), "case": "a", "kind": kind, "on_day": day, "told_on": told, "advocate_present": there}
        for i, (kind, day, told, there) in enumerate(steps)
    ]


protective_orders = Measure(
    name="protective_orders",
    id="CJ4",
    title="Protective orders",
    topic="justice",
    noun="steps of an order",
    unit="steps",
    definition=(
        "Stalking protection orders applied for, granted (interim or full) and breached, non-molestation orders, "
        "restraining orders and their breaches, by the day of the step, for cases in full advocacy."
    ),
    direction="none",
    kind=Flow(ORDERED),
    chart="bars",
    by=("step",),
    caution="Orders are rare: a quarter with none says nothing. One case can have several steps.",
    benchmark="one full and four interim orders in a year in one force, against 4,156 recorded stalking offences",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="quarter",
    example=Example(
        rows={
            "cases": _CASES,
            "justice_event": _steps(
                ("spo_applied", date(2026, 1, 12), None, None),
                ("spo_interim_granted", date(2026, 1, 18), None, None),
                ("spo_full_granted", date(2026, 1, 19), None, None),
                ("arrested", date(2026, 1, 13), None, None),
            ),
        },
        first=date(2026, 1, 12),
        until=date(2026, 1, 19),
        as_of=date(2026, 3, 31),
        answer={(): {"value": 2}},
        because="An application and an interim order fall in the week; the full order came later, an arrest is none.",
    ),
)

told_in_time = Measure(
    name="told_in_time",
    id="CJ5",
    title="Told within five working days",
    topic="justice",
    noun="steps that the victim has to be told of",
    unit="%",
    definition=(
        "Of the arrests, interviews under caution, releases, bail decisions and changes of bail in the period, the "
        "share of which the victim was told within five working days, the last of them included."
    ),
    direction="up",
    kind=Cohort(TO_BE_TOLD, _J.c.told_on, due_on=_J.c.due_on),
    chart="share_points",
    by=(),
    caution=(
        "The duty to tell is the police's, not this service's. Under enhanced rights it is one working day, which our "
        "tables cannot tell apart. Not told and not recorded look the same."
    ),
    benchmark="every one: Victims' Code, right 6 (five working days; one under enhanced rights)",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="month",
    example=Example(
        rows={
            "cases": _CASES,
            "justice_event": _steps(
                ("arrested", date(2026, 1, 9), date(2026, 1, 16), None),
                ("bailed_with_conditions", date(2026, 1, 9), date(2026, 1, 17), None),
                ("bail_changed", date(2026, 1, 20), None, None),
                ("charged", date(2026, 1, 20), None, None),
            ),
        },
        first=date(2026, 1, 1),
        until=date(2026, 2, 1),
        as_of=date(2026, 3, 31),
        answer={(): {"numerator": 1, "denominator": 3, "n": 3}},
        because=(
            "From Friday 9 January the fifth working day is Friday the 16th: told on that day is in time, on Saturday "
            "it is not. Of the change of bail nobody told. A charge is not among these steps."
        ),
    ),
)

advocate_at_hearings = Measure(
    name="advocate_at_hearings",
    id="CJ6",
    title="Hearings with an advocate there",
    topic="justice",
    noun="hearings",
    unit="%",
    definition=(
        "Of the hearings in the period (first hearing, plea, trial, sentence) for which it is recorded, the share at "
        "which an advocate was with the victim."
    ),
    direction="up",
    kind=FlowShare(HEARD, _J.c.present == 1),
    chart="share_points",
    by=(),
    caution="Hearings for which nobody wrote down who was there are not in the figure.",
    benchmark="not published",
    owner=OWNER,
    review_by=REVIEW_BY,
    changed=FIRST,
    grain="quarter",
    example=Example(
        rows={
            "cases": _CASES,
            "justice_event": _steps(
                ("first_hearing", date(2026, 1, 13), None, True),
                ("plea", date(2026, 1, 14), None, False),
                ("trial_listed", date(2026, 1, 15), None, None),
                ("sentenced", date(2026, 1, 19), None, True),
            ),
        },
        first=date(2026, 1, 12),
        until=date(2026, 1, 19),
        as_of=date(2026, 3, 31),
        answer={(): {"numerator": 1, "denominator": 2, "n": 2}},
        because="Two hearings of the week have it recorded; the third does not, and the sentence came on Monday.",
    ),
)
