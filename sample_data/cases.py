"""One episode of support: its days, its leads and the stages it goes through."""

from dataclasses import dataclass, field

from sample_data import clock
from sample_data.draw import Draw, Weights
from sample_data.people import Advocate, Staff
from sample_data.settings import FASTER_FROM, LEAVER_LEFT, LEAVER_WEEKS, VALUE, Force

DAY = clock.MINUTES
_UNREACHED = Weights(
    {
        "unable_to_contact": 42,
        "never_engaged": 40,
        "unsafe_to_contact": 8,
        "not_stalking_redirected": 4,
        "victim_disengaged": 4,
        "not_recorded": 2,
    }
)
_ENGAGED = Weights(
    {
        "needs_met_planned": 66,
        "perpetrator_custody_risk_ended": 4,
        "victim_disengaged": 14,
        "victim_declined_after_engaging": 5,
        "moved_area_transferred": 3.5,
        "transferred_other_service": 3,
        "service_ended": 0.8,
        "deceased": 0.6,
        "other": 2,
        "not_recorded": 1.1,
    }
)
_ADMINISTRATIVE = Weights({"opened_in_error": 55, "duplicate": 45})
_TRANSFER = Weights(
    {
        "transfer_workload": 38,
        "transfer_victim_request": 22,
        "transfer_specialism": 20,
        "transfer_area": 17,
        "not_recorded": 3,
    }
)
_HOLD = Weights({"custody": 30, "hospital": 20, "victim_request": 35, "abroad": 15})
PLANNED = ("needs_met_planned", "perpetrator_custody_risk_ended", "transferred_other_service", "moved_area_transferred")


@dataclass
class Episode:
    """What is drawn for one case in full advocacy. Days are day numbers, ``received`` and ``attempt`` local minutes."""

    case_id: int
    received: int
    attempt: int
    opened: int
    allocated: int
    closed: int
    never: bool
    court: bool
    waiting: bool
    reason: str
    trial: bool = False
    success: float = 1.0
    leads: list[tuple[Advocate, int, int, str]] = field(default_factory=list)
    hold: tuple[int, int, str] | None = None
    gap: tuple[int, int] | None = None
    first_contact: int | None = None
    levels: list[tuple[int, str]] = field(default_factory=list)

    def lead_on(self, day: int) -> Advocate:
        """Lead of the day, the first one before it has begun."""
        return next((lead for lead, since, _, _ in reversed(self.leads) if since <= day), self.leads[0][0])

    def paused(self, day: int) -> bool:
        """On hold, or between two leads."""
        return any(span is not None and span[0] <= day < span[1] for span in (self.hold, self.gap))

    def resumes(self, day: int) -> int:
        """First day on which work goes on."""
        spans = [span for span in (self.hold, self.gap) if span is not None and span[0] <= day < span[1]]
        return max((span[1] for span in spans), default=day)


def after_leaver(force: Force, day: int) -> bool:
    """The weeks after the planted leaver."""
    return force.code == "EAST" and LEAVER_LEFT <= day < LEAVER_LEFT + 7 * LEAVER_WEEKS


def begin(force: Force, case_id: int, received: int, draw: Draw, trial: bool) -> Episode:
    """Draw the days of a case up to the first attempt; the closing is drawn by ``finish``."""
    on = received // DAY
    short = after_leaver(force, on)
    median = VALUE["faster_hours"] if force.code == "NORTH" and on >= FASTER_FROM else force.delay_hours
    waiting = draw.chance(0.4 if short else force.waiting)
    delay = draw.lognormal(median * (2.2 if short else 1.0), VALUE["attempt_delay_sigma"])
    attempt = clock.staffed(received + int(delay * 60) + waiting * draw.between(4, 24) * DAY, draw)
    day = attempt // DAY
    opened = min(clock.working_from(on + (draw.unit() > 0.6) + (draw.unit() > 0.85)), day)
    allocated = max(opened, day - draw.between(0, 1)) if waiting else opened
    never = draw.chance(VALUE["never_engaged_after_leaver" if short else "never_engaged"])
    court = draw.chance(VALUE["court_share"])
    return Episode(
        case_id,
        received,
        attempt,
        opened,
        allocated,
        0,
        never and not trial,
        court or trial,
        waiting and allocated > opened,
        "",
        trial,
        0.6 if short else 1.0,
    )


def finish(force: Force, staff: Staff, case: Episode, last_attempt: int, draw: Draw, length: int | None) -> None:
    """Draw closing, reason, leads and hold, once the first attempts are known."""
    if case.never:
        days = int(draw.lognormal(*VALUE["length_never_engaged"]))
        case.closed = max(case.opened + days, last_attempt + 3)
        case.reason = draw.pick(_UNREACHED)
    else:
        days = int(draw.lognormal(*VALUE["length_engaged"]) * (VALUE["court_factor"] if case.court else 1))
        case.closed = max(case.opened + (length or days), last_attempt + 10)
        case.reason = draw.pick(_ENGAGED)
    if draw.chance(VALUE["administrative"]) and length is None and not case.trial:
        case.closed = case.allocated + draw.between(1, 6)
        case.reason = draw.pick(_ADMINISTRATIVE)
    if case.trial:
        case.closed = force.as_of + 200
    elif case.closed > force.as_of and force.as_of - case.opened >= 360:
        case.closed = case.opened + draw.between(300, 359)  # only the planted cases are older than a year
    case.closed = clock.working_from(case.closed)
    lead = staff.choose_lead(case.allocated, draw)
    staff.take(lead, case.closed)
    _lead_changes(force, staff, case, lead, draw)
    if not case.never and case.closed - case.opened > 70 and draw.chance(0.07):
        since = case.opened + draw.between(30, case.closed - case.opened - 30)
        case.hold = (since, min(since + draw.between(14, 70), case.closed - 5), draw.pick(_HOLD))


def _lead_changes(force: Force, staff: Staff, case: Episode, lead: Advocate, draw: Draw) -> None:
    since, by_choice = case.allocated, draw.chance(VALUE["transfers"] * 0.9)
    while True:
        change = _next_change(staff, case, lead, since, draw)
        if change is None and by_choice and case.closed - since > 40:
            change, by_choice = (since + draw.between(15, case.closed - since - 10), draw.pick(_TRANSFER)), False
        if change is None:
            case.leads.append((lead, since, case.closed, "case_closed"))
            return
        until, reason = change
        case.leads.append((lead, since, until, reason))
        able = [a for a in staff.advocates if a is not lead and a.takes_cases(until)]
        same = [a for a in able if a.team == lead.team]
        lead, since = draw.one_of(same or able or staff.advocates), until


def _next_change(staff: Staff, case: Episode, lead: Advocate, since: int, draw: Draw) -> tuple[int, str] | None:
    """The day on which the lead has to give the case away, when there is one before its closing."""
    if lead.left is not None and since < lead.left < case.closed:
        if lead is not staff.leaver:
            return max(since + 1, lead.left - draw.between(0, 5)), "transfer_left_service"
        day = min(lead.left + draw.between(3, 42), case.closed - 1)
        case.gap = (lead.left, day)
        return max(day, since + 1), "transfer_left_service"
    for away, _ in lead.long_absences():
        if since + 1 < away < case.closed - 1 and draw.chance(0.6):
            return away, "transfer_leave"
    return None


def stages(case: Episode, as_of: int, draw: Draw) -> list[tuple[str, int, int | None, str]]:
    """Stages with first day, first day no longer and reason, up to the end of the data."""
    received, attempt = case.received // DAY, case.attempt // DAY
    turns = [("referred", received), ("triaged", min(received + 1, case.opened))]
    turns += [("waiting_list", case.opened)] if case.waiting else []
    turns += [("allocated", case.allocated), ("contact_attempted", attempt)]
    if case.first_contact is not None and case.reason not in ("opened_in_error", "duplicate"):
        met = case.first_contact
        turns += [
            ("engaged", met),
            ("assessed", met + 4),
            ("plan_in_place", met + draw.between(5, 12)),
            ("active_support", met + draw.between(13, 20)),
        ]
        stepped = case.closed - draw.between(20, 40)
        turns += [("stepped_down", stepped)] if stepped > met + 40 else []
        turns += [("closing", case.closed - draw.between(2, 7))]
    turns = [(stage, min(day, case.closed)) for stage, day in turns]
    if case.hold:
        before = [turn for turn in turns if turn[1] <= case.hold[0]]
        after = [turn for turn in turns if turn[1] > case.hold[1]]
        turns = [*before, ("on_hold", case.hold[0]), (before[-1][0], case.hold[1]), *after]
    turns.append(("closed", case.closed))
    found, latest = [], received
    for place, (stage, day) in enumerate(turns):
        latest = max(latest, day)
        following = max(latest, turns[place + 1][1]) if place + 1 < len(turns) else None
        if latest <= as_of and (following is None or following > latest):
            until = following if following is not None and following <= as_of else None
            reason = case.hold[2] if case.hold and stage == "on_hold" else "not_applicable"
            found.append((stage, latest, until, reason))
    return found
