"""Attempts and contacts of a case, up to the end of the data."""

from bisect import bisect_right
from typing import NamedTuple

from sample_data import clock
from sample_data.cases import DAY, Episode
from sample_data.draw import Draw, Weights
from sample_data.people import Staff
from sample_data.settings import VALUE, Force

_FIRST_CHANNEL = Weights({"phone": 72, "text": 15, "email": 9, "letter": 2, "not_recorded": 0.6, "portal": 0.6})
_CHANNEL = Weights(
    {
        "phone": 60,
        "text": 12,
        "email": 9,
        "video": 5,
        "face_to_face_office": 6,
        "face_to_face_home": 3,
        "face_to_face_court": 0.6,
        "face_to_face_other": 1.5,
        "web_chat": 1,
        "portal": 0.7,
        "letter": 0.8,
    }
)
_FAILED = Weights(
    {
        "no_answer": 58,
        "left_safe_message": 22,
        "rearranged": 5,
        "cancelled_by_victim": 4,
        "wrong_number": 3,
        "refused": 1.5,
        "failed_technical": 2,
        "unsafe_to_proceed": 2.5,
        "not_recorded": 2,
    }
)
_MISSED = Weights({"did_not_attend": 55, "cancelled_by_victim": 25, "rearranged": 20})
_PURPOSE = Weights(
    {
        "safety_planning": 24,
        "emotional_support": 24,
        "needs_support": 14,
        "risk_review": 10,
        "evidence_advice": 9,
        "police_liaison": 7,
        "civil_order": 3,
        "spo_advice": 3,
        "referral_onward": 3,
        "feedback": 2,
        "not_recorded": 1,
    }
)
_COURT = Weights({"cps_court_update": 65, "court_accompaniment": 35})
_AGENCY = Weights(
    {
        "police": 46,
        "idva_service": 8,
        "housing": 8,
        "probation": 6,
        "nhs_mental_health": 5,
        "cps": 4,
        "childrens_social_care": 5,
        "adult_social_care": 3,
        "nhs_other": 3,
        "education": 2,
        "employer": 2,
        "helpline": 1,
        "national_stalking_advocacy": 1,
        "isva_service": 1,
        "refuge": 1,
        "civil_legal": 2,
        "voluntary_other": 1,
        "court_witness_service": 2,
        "self_family_friend": 0.5,
        "other": 1,
        "not_recorded": 1,
    }
)
_PRO_CHANNEL = Weights({"email": 48, "phone": 38, "multi_agency_meeting": 12, "video": 2})
_PRO_PURPOSE = Weights(
    {
        "information_sharing": 40,
        "police_liaison": 25,
        "multi_agency_case_discussion": 20,
        "referral_onward": 10,
        "cps_court_update": 5,
    }
)
_WRITTEN = ("text", "email", "letter", "web_chat", "portal", "not_recorded")


class Contact(NamedTuple):
    """One attempt or contact before it is a row; ``at`` is a local minute."""

    at: int
    advocate_id: int
    direction: str
    with_whom: str
    channel: str
    outcome: str
    purposes: str
    agency: str = "not_recorded"


def _worker(case: Episode, staff: Staff, day: int, draw: Draw, ids: dict[int, int]) -> int:
    """The lead of the day, or somebody else when away and now and then."""
    lead = case.lead_on(day)
    if not lead.in_post(day) or lead.away(day) or draw.chance(0.07):
        lead = staff.present(day, lead, draw)
    return ids[lead.place]


def _succeeds(channel: str, at: int, draw: Draw, factor: float = 1.0) -> bool:
    chance = VALUE["success"][channel]
    if channel == "phone" and 16 <= at % DAY // 60 < 19:
        chance = VALUE["phone_16_to_19"]
    return draw.chance(chance * factor)


def first_attempts(case: Episode, draw: Draw) -> list[tuple[int, str, str]]:
    """Attempts (local minute, channel, outcome) up to the first talk, or until given up. Sets ``first_contact``."""
    found, at = [], case.attempt
    given_up = draw.between(*VALUE["attempts_until_given_up"])
    for turn in range(given_up if case.never else 9):
        channel = draw.pick(_FIRST_CHANNEL)
        reached = not case.never and (turn == 8 or _succeeds(channel, at, draw, case.success))
        found.append((at, channel, "successful" if reached else draw.pick(_FAILED)))
        if reached and channel not in ("text", "letter"):
            case.first_contact = at // DAY
            break
        at = clock.some_hour(clock.working_from(at // DAY + draw.between(1, 5 if case.never else 3)), draw)
    else:
        if not case.never:
            found[-1] = (found[-1][0], "phone", "successful")
            case.first_contact = found[-1][0] // DAY
    return found


def write_up(
    force: Force, staff: Staff, case: Episode, first: list[tuple[int, str, str]], draw: Draw, ids: dict[int, int]
) -> list[Contact]:
    """All contacts of the case in order of time, none after the end of the data."""
    found = [
        Contact(
            at,
            _worker(case, staff, at // DAY, draw, ids),
            "outbound",
            "victim",
            channel,
            outcome,
            "assessment,first_contact"
            if outcome == "successful" and channel not in ("text", "letter")
            else "first_contact",
        )
        for at, channel, outcome in first
    ]
    if case.first_contact is not None:
        found += _with_victim(force, staff, case, first[-1][0], draw, ids)
        found += _with_others(force, staff, case, draw, ids)
    end = (force.as_of + 1) * DAY
    return sorted(contact for contact in found if contact.at < end)


def _gap(case: Episode, day: int, draw: Draw) -> float:
    """Days to the next planned contact, by the level of the day."""
    place = bisect_right(case.levels, (day, "~"))
    rate = VALUE["contacts_per_28_days"][case.levels[place - 1][1] if place else "not_assessed"]
    if day - case.opened > VALUE["halved_after_days"]:
        rate /= 2
    return max(1.0, 28 / rate - 2.0) * (0.4 + 1.2 * draw.unit())


def _with_victim(force: Force, staff: Staff, case: Episode, met: int, draw: Draw, ids: dict[int, int]) -> list[Contact]:
    found: list[Contact] = []
    stop, day = min(case.closed, force.as_of + 1), met // DAY
    while True:
        day = clock.working_from(day + max(1, round(_gap(case, day, draw))))
        if case.paused(day):
            day = clock.working_from(case.resumes(day) + draw.between(0, 4))
        if day >= stop:
            break
        purpose = draw.pick(_PURPOSE)
        if case.court and draw.chance(0.3):
            purpose = draw.pick(_COURT)
        if draw.chance(0.13):
            found.append(_inbound(staff, case, day, purpose, draw, ids))
            continue
        for _ in range(3):
            at, channel = clock.some_hour(day, draw), draw.pick(_CHANNEL)
            reached = _succeeds(channel, at, draw)
            failed = _MISSED if channel.startswith("face") or channel == "video" else _FAILED
            outcome = "successful" if reached else draw.pick(failed)
            who = _worker(case, staff, day, draw, ids)
            found.append(Contact(at, who, "outbound", "victim", channel, outcome, purpose))
            day = clock.working_from(day + draw.between(1, 3)) if not reached else day
            if reached or day >= stop or case.paused(day):
                break
    if case.closed <= force.as_of and draw.chance(0.5):
        late = draw.between(1, 5) if draw.chance(0.04) else 0
        day = clock.working_from(case.closed) + late if late else case.closed - 1
        if clock.is_working(day):
            channel = "letter" if late else draw.pick(_CHANNEL)
            found.append(
                Contact(
                    clock.some_hour(day, draw),
                    _worker(case, staff, day, draw, ids),
                    "outbound",
                    "victim",
                    channel,
                    "successful",
                    "closure",
                )
            )
    return found


def _inbound(staff: Staff, case: Episode, day: int, purpose: str, draw: Draw, ids: dict[int, int]) -> Contact:
    channel = draw.pick(_CHANNEL)
    return Contact(
        clock.some_hour(day, draw),
        _worker(case, staff, day, draw, ids),
        "inbound",
        "victim",
        "phone" if channel.startswith("face") else channel,
        "successful",
        purpose,
    )


def _with_others(force: Force, staff: Staff, case: Episode, draw: Draw, ids: dict[int, int]) -> list[Contact]:
    found: list[Contact] = []
    stop, day = min(case.closed, force.as_of + 1), max(case.allocated, case.opened)
    while True:
        day = clock.working_from(day + draw.between(6, 24))
        if day >= stop:
            return found
        at, who, turn = clock.some_hour(day, draw), _worker(case, staff, day, draw, ids), draw.unit()
        outcome = "successful" if draw.chance(0.9) else "no_answer"
        direction = "outbound" if draw.chance(0.65) else "inbound"
        if turn < 0.05:
            whom = "family" if turn < 0.035 else "perpetrator_worker"
            found.append(Contact(at, who, direction, whom, "phone", outcome, "information_sharing"))
            continue
        purposes = ",".join(sorted({draw.pick(_PRO_PURPOSE), draw.pick(_PRO_PURPOSE)}))
        found.append(
            Contact(at, who, direction, "professional", draw.pick(_PRO_CHANNEL), outcome, purposes, draw.pick(_AGENCY))
        )


def brief(staff: Staff, opened: int, last: int, advice: bool, draw: Draw, ids: dict[int, int]) -> list[Contact]:
    """The few contacts of a case of advice (with the victim) or consultation (with a professional)."""
    found = []
    for _ in range(draw.between(1, 4) if advice else 1):
        day = clock.working_from(opened + draw.between(0, max(0, last - opened)))
        if day > last:
            continue
        at, who = clock.some_hour(day, draw), ids[staff.present(day, None, draw).place]
        if not advice:
            found.append(
                Contact(
                    at,
                    who,
                    "inbound",
                    "professional",
                    draw.pick(_PRO_CHANNEL),
                    "successful",
                    "multi_agency_case_discussion",
                    draw.pick(_AGENCY),
                )
            )
            continue
        channel = draw.pick(_FIRST_CHANNEL)
        outcome = "successful" if _succeeds(channel, at, draw) else draw.pick(_FAILED)
        found.append(Contact(at, who, "outbound", "victim", channel, outcome, "first_contact,safety_planning"))
    return sorted(found)


def minutes(contact: Contact, draw: Draw) -> int | None:
    """Duration in whole minutes; None when not recorded."""
    if draw.chance(VALUE["duration_missing"]):
        return None
    if contact.outcome != "successful":
        return draw.between(1, 5)
    kind = "written" if contact.channel in _WRITTEN else "phone" if contact.channel == "phone" else "face"
    if contact.with_whom != "victim" and kind == "face":
        kind = "meeting"
    return max(1, min(480, round(draw.lognormal(VALUE["duration_median"][kind], 0.5))))
