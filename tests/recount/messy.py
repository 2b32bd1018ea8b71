"""Rows such as no sample has and every export may: overlapping leads, ties of a day, rows out of order, late rows."""

import random
from datetime import date, timedelta
from typing import Any

FIRST, AS_OF = date(2026, 1, 1), date(2026, 4, 20)


Made = dict[str, list[dict[str, Any]]]


def rows(seed: int, cases: int = 60, codes: tuple[str, ...] = ("ADV-1", "ADV-2", "ADV-3")) -> Made:
    """Rows of one force for ``worked_examples.write_rows``."""
    draw = random.Random(seed)

    def day(early: int = -10, late: int = 125) -> date:
        return FIRST + timedelta(days=draw.randrange(early, late))

    def sometimes(share: float, value: Any) -> Any:
        return value if draw.random() < share else None

    made: Made = {
        name: []
        for name in (
            "advocate",
            "advocate_fte",
            "absence",
            "cases",
            "referral",
            "case_stage_event",
            "allocation",
            "contacts",
            "risk_assessments",
        )
    }
    for code in codes:
        # The third supervises, and leads cases all the same.
        role = "supervisor" if code in codes[2:3] else "isac"
        made["advocate"].append(
            {"code": code, "role": role, "started_on": day(-400, 30), "left_on": sometimes(0.4, day(31))}
        )
        change = day()
        made["advocate_fte"] += [
            {"advocate": code, "since": FIRST - timedelta(days=500), "until": change, "fte_hundredths": 80},
            {"advocate": code, "since": change, "fte_hundredths": draw.choice((50, 60, 100))},
        ]
        since = day()
        until = since + timedelta(days=draw.choice((5, 27, 28, 60)))
        made["absence"].append({"advocate": code, "since": since, "until": until, "kind": "other"})
    for place in range(cases):
        _case(made, draw, f"c{place:03d}", codes, day, sometimes)
    _what_followed(made, random.Random(seed + 5), day)  # another stream: what is above stays as it was
    for place in range(12):
        received = day()
        decision = draw.choice(("duplicate", "declined_no_consent", "accepted_advice_only"))
        made["referral"].append(
            {
                "source_id": f"x{place}",
                "received_on": received,
                "decision": decision if place % 3 else "not_recorded",
                "decided_on": received + timedelta(days=7 * place % 31) if place % 4 else None,
            }
        )
    _fill(made, random.Random(seed + 500_000), codes)
    return made


def _fill(made: Made, draw: random.Random, codes: tuple[str, ...]) -> None:
    """Columns that came later, from a stream of their own: times, lengths, who, why it ended."""
    for row in made["referral"]:
        on = row["received_on"]
        row["received_minute"] = draw.choice((None, _minute(on, draw), _minute(on, draw)))
        row["reported_on"] = draw.choice((None, on - timedelta(days=draw.randrange(40)), on + timedelta(days=3)))
    for row in made["contacts"]:
        row["at_minute"] = draw.choice((None, _minute(row["on_day"], draw), _minute(row["on_day"], draw)))
        row["channel"] = draw.choice((row["channel"], "face_to_face_home", "text"))
        row["duration_minutes"] = draw.choice((None, 0, 15, 60))
        row["travel_minutes"] = draw.choice((None, None, None, 45))
        row.update({"advocate": draw.choice(codes)} if draw.random() < 0.8 else {})
    for row in made["allocation"]:
        row["end_reason"] = draw.choice(("transfer_workload", "transfer_leave", "case_closed", "not_recorded"))
    for row in made["cases"]:
        if row["closure_reason"] == "needs_met_planned":
            row["closure_reason"] = draw.choice(
                ("needs_met_planned", "unable_to_contact", "victim_disengaged", "other")
            )


def _minute(on: date, draw: random.Random) -> int:
    return (on - date(1970, 1, 1)).days * 1440 + draw.randrange(1440)


def _what_followed(made: Made, draw: random.Random, day: Any) -> None:
    """Pairs that come back, incidents at any time, triggers and what was said at closing."""
    made["perpetrator_link"] = [{"perpetrator": f"p{n}"} for n in range(20)]
    for case in made["cases"]:
        case["link"] = f"p{draw.randrange(20)}"
        case["abuse_at_exit"] = draw.choice(("not_asked", "stopped", "same", "not_known"))
    for assessment in made["risk_assessments"]:
        assessment["trigger"] = draw.choice(("not_recorded", "routine", "new_incident"))
    made["incident"] = [
        {"source_id": f"i{n:03d}", "case": draw.choice(made["cases"])["source_id"], "on_day": day()} for n in range(60)
    ]


def _ids(draw: random.Random, case: str):
    """Ids whose order is not that of writing."""
    numbers = draw.sample(range(100), 40)
    return (f"{case}-{n:02d}" for n in numbers)


def _case(made, draw, case, codes, day, sometimes) -> None:
    opened = day()
    closed = sometimes(0.5, opened + timedelta(days=draw.choice((0, 1, 20, 40, 90))))
    made["cases"].append(
        {
            "source_id": case,
            "opened_on": opened,
            "closed_on": closed,
            "pathway": draw.choices(("full_advocacy", "one_off_advice"), (9, 1))[0],
            "closure_reason": draw.choices(("needs_met_planned", "opened_in_error", "duplicate"), (8, 1, 1))[0]
            if closed
            else "not_recorded",
        }
    )
    ids = _ids(draw, case)

    def near(early: int = 0, late: int = 110) -> date:
        return opened + timedelta(days=draw.randrange(early, late))

    received = opened - timedelta(days=draw.choice((0, 0, 1, 3)))
    made["referral"].append(
        {
            "source_id": next(ids),
            "case": case,
            "opens_case": True,
            "received_on": received,
            "decided_on": received + timedelta(days=int(case[1:]) % 9) if int(case[1:]) % 3 else None,
            "source": draw.choice(("police", "self", "marac")),
        }
    )
    if draw.random() < 0.2:
        made["referral"].append(
            {"source_id": next(ids), "case": case, "received_on": near(), "source": draw.choice(("police", "health"))}
        )
    for _ in range(draw.choice((0, 1, 1, 2, 3))):
        since = near(0, 40)
        made["allocation"].append(
            {
                "source_id": next(ids),
                "case": case,
                "advocate": draw.choice(codes),
                "since": since,
                "role": draw.choices(("lead", "cover"), (5, 1))[0],
                "until": sometimes(0.6, since + timedelta(days=draw.choice((1, 7, 30, 60)))),
            }
        )
    for _ in range(draw.choice((0, 1, 2, 4))):
        made["risk_assessments"].append(
            {
                "source_id": next(ids),
                "case": case,
                "assessed_on": near(-2, draw.choice((4, 16, 110))),
                "level": draw.choice(("high", "medium", "standard")),
                "tool": draw.choice(("dash_safelives", "dash_safelives", "sash")),
                "kind": draw.choice(("initial", "review", "exit", "exit", "referrer")),
                "agency": draw.choices(("advocacy_service", "police"), (6, 1))[0],
            }
        )
    for _ in range(draw.choice((0, 1, 3, 6))):
        made["contacts"].append(
            {
                "source_id": next(ids),
                "case": case,
                "on_day": near(0, draw.choice((10, 32, 110))),
                "hour": draw.randrange(25),
                "with_whom": draw.choices(("victim", "professional"), (5, 1))[0],
                "direction": draw.choices(("outbound", "inbound"), (4, 1))[0],
                "outcome": draw.choice(("successful", "successful", "no_answer")),
                "channel": draw.choice(("phone", "text", "letter", "email")),
                "purposes": draw.choice(("first_contact", "assessment", "first_contact,safety_planning")),
            }
        )
    for _ in range(draw.choice((0, 0, 1, 2))):
        since = near()
        made["case_stage_event"].append(
            {
                "source_id": next(ids),
                "case": case,
                "stage": draw.choice(("on_hold", "waiting_list", "engaged")),
                "since": since,
                "until": sometimes(0.6, since + timedelta(days=draw.choice((1, 10, 30)))),
            }
        )
