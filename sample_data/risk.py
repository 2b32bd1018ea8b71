"""Risk assessments of a case: the referrer's, our first, reviews, triggers and the exit."""

from typing import NamedTuple

from data_access.facts import INTAKE_WITHIN, REVIEW_WITHIN
from sample_data.cases import DAY, PLANNED, Episode
from sample_data.clock import working_from
from sample_data.draw import Draw, Weights
from sample_data.people import Staff
from sample_data.settings import EXITS_STOP, THRESHOLD_CHANGE, VALUE, Force

RANGE = {"dash_safelives": 24, "dash_police": 24, "s_dash": 11}  # most ticks; other tools carry no score here
_BASIS = Weights(VALUE["basis"])
_OTHER_TOOLS = Weights(
    {"s_dash": 45, "vs_dash": 15, "sash": 10, "srp": 10, "dara": 8, "local": 6, "professional_judgement_only": 6}
)
_POLICE_TOOLS = Weights({"dash_police": 74, "stalking_screening_tool": 24, "not_recorded": 2})
_MOVED_PLANNED, _MOVED_UNPLANNED = Weights(VALUE["moved_planned"]), Weights(VALUE["moved_unplanned"])
_REFERRERS = {
    "police": ("police", 0.72),
    "idva_service": ("idva_service", 0.6),
    "probation": ("probation", 0.3),
    "marac": ("police", 0.5),
    "national_stalking_helpline": ("helpline", 0.3),
}


class Assessment(NamedTuple):
    """One assessment before it is a row."""

    day: int
    kind: str
    tool: str
    agency: str
    advocate_id: int | None
    score: int | None
    level: str
    basis: str


def high_min(force: Force, day: int) -> int:
    """Least score for high in the force on the day."""
    later = force.code == "WEST" and day >= THRESHOLD_CHANGE
    return VALUE["threshold"]["high_min_west_later" if later else "high_min"]


def level_of(force: Force, score: int, day: int) -> str:
    """Level of a DASH score in the force on the day."""
    if score >= high_min(force, day):
        return "high"
    return "medium" if score >= VALUE["threshold"]["medium_min"] else "standard"


def _ticks(value: float) -> int:
    return max(0, min(RANGE["dash_safelives"], round(value)))


def assess(force: Force, staff: Staff, case: Episode, source: str, draw: Draw, ids: dict[int, int]) -> list[Assessment]:
    """All assessments of the case in order of day; fills ``case.levels`` with our own."""
    mean, sd = VALUE["score"]
    score = _ticks(draw.normal(mean, sd, draw.spread("score")))
    found = _referrers(force, case, source, score, draw)
    first = _first_day(case, draw)
    if first is None or first > force.as_of or first >= case.closed:
        return found
    own = [_own(force, case, first, "initial", score, draw, ids)]
    if not case.never:
        own += _reviews(force, case, own[0], draw, ids)
    leaving = _exit(force, case, own, draw, ids)
    case.levels = [(a.day, a.level) for a in own]
    return found + own + ([leaving] if leaving else [])


def _referrers(force: Force, case: Episode, source: str, score: int, draw: Draw) -> list[Assessment]:
    agency, share = _REFERRERS.get(source, ("", 0.0))
    if not draw.chance(share):
        return []
    day = case.received // DAY - draw.between(0, 2)
    tool = draw.pick(_POLICE_TOOLS) if agency == "police" else "dash_safelives"
    stated = _ticks(draw.normal(score, 2))
    level = level_of(force, stated, day)
    if tool not in RANGE:
        return [Assessment(day, "referrer", tool, agency, None, None, level, "professional_judgement")]
    return [Assessment(day, "referrer", tool, agency, None, stated, level, "score")]


def _first_day(case: Episode, draw: Draw) -> int | None:
    """Within 14 days of opening, from papers where the victim is not yet met; for a few later or never."""
    met, latest = case.first_contact, case.opened + INTAKE_WITHIN
    if draw.chance(VALUE["not_assessed_within_14_days"]):
        return None if met is None else max(latest, met) + draw.between(1, 20)
    if met is not None and met <= latest:
        return _at_work(met + draw.between(0, 3), latest)
    return _at_work(max(case.allocated, case.opened + draw.between(2, 12)), latest)


def _at_work(day: int, latest: int) -> int:
    """A working day where there is one up to the latest day."""
    later = working_from(day)
    return later if later <= latest else min(day, latest)


def _own(force: Force, case: Episode, day: int, kind: str, score: int, draw: Draw, ids: dict[int, int]) -> Assessment:
    level, basis = level_of(force, score, day), draw.pick(_BASIS)
    if basis != "score" and kind != "exit" and level != "high":
        level = "high" if level == "medium" else "medium"
    else:
        basis = "score"
    advocate = ids[case.lead_on(day).place]
    if kind in ("review", "trigger") and draw.chance(0.05):
        tool = draw.pick(_OTHER_TOOLS)
        ticks = min(RANGE["s_dash"], score // 2) if tool == "s_dash" else None
        return Assessment(day, kind, tool, "advocacy_service", advocate, ticks, level, "professional_judgement")
    return Assessment(day, kind, "dash_safelives", "advocacy_service", advocate, score, level, basis)


def _target(force: Force, case: Episode, intake: Assessment, draw: Draw, key: str) -> int:
    """Score at closing: reduced, the same or raised against the intake level, by the level of the closing day."""
    order = ("standard", "medium", "high")
    planned = case.reason in PLANNED
    moved = draw.pick(_MOVED_PLANNED if planned else _MOVED_UNPLANNED, draw.spread(f"{key} {planned}"))
    step = {"reduced": -1, "same": 0, "raised": 1}[moved]
    step = -2 if step < 0 and draw.chance(0.35) else step
    place = max(0, min(2, order.index(intake.level) + step))
    top, middle = high_min(force, min(case.closed, force.as_of)), VALUE["threshold"]["medium_min"]
    return draw.between(*((3, middle - 1), (middle, top - 1), (top, top + 5))[place])


def _reviews(force: Force, case: Episode, intake: Assessment, draw: Draw, ids: dict[int, int]) -> list[Assessment]:
    found: list[Assessment] = []
    day, level = intake.day, intake.level
    target, start = _target(force, case, intake, draw, "review"), intake.score or 0
    length = max(1, case.closed - intake.day)
    while True:
        lateness = draw.unit()
        factor = 0.6 + 0.4 * draw.unit() if lateness < 0.74 else 1.05 + 0.6 * draw.unit() if lateness < 0.93 else 3.4
        trigger = draw.chance(0.12)
        day += max(3, int(REVIEW_WITHIN[level] * factor * (0.4 if trigger else 1)))
        if case.paused(day):
            day = case.resumes(day) + draw.between(1, 6)
        day = working_from(day)
        if day >= case.closed - 8 or day > force.as_of:
            return found
        score = start + (target - start) * (day - intake.day) / length
        score = _ticks(draw.normal(score + (3 if trigger else 0), 1.4))
        found.append(_own(force, case, day, "trigger" if trigger else "review", score, draw, ids))
        level = found[-1].level


def _exit(force: Force, case: Episode, own: list[Assessment], draw: Draw, ids: dict[int, int]) -> Assessment | None:
    if case.never or case.closed > force.as_of or case.reason in ("opened_in_error", "duplicate"):
        return None
    later = force.code == "WEST" and case.closed >= EXITS_STOP
    present = VALUE["exit_present_west_later"] if later else (force.exit_planned, force.exit_unplanned)
    planned = case.reason in PLANNED
    if draw.spread(f"present {planned} {later}") >= present[0 if planned else 1]:
        return None
    day = min(force.as_of, max(own[-1].day + 1, case.closed + draw.between(-7, 3)))
    return _own(force, case, day, "exit", _target(force, case, own[0], draw, "exit"), draw, ids)
