"""Referrals as they arrive: when, from whom, and what is decided."""

from collections.abc import Iterator
from dataclasses import dataclass

from sample_data import clock
from sample_data.cases import DAY
from sample_data.draw import Draw, Weights
from sample_data.settings import BEGIN, BULK_COUNT, BULK_DAY, BURN_IN, VALUE, Force

_SOURCE, _DECISION, _BULK = Weights(VALUE["source"]), Weights(VALUE["decision"]), Weights(VALUE["bulk_decision"])
_DETAIL = {"declined": Weights(VALUE["declined"]), "unusable": Weights(VALUE["unusable"])}
_POLICE_HOURS = Weights({str(h): 6 if 9 <= h < 18 else 3 if 7 <= h < 23 else 1 for h in range(24)})
_POLICE_ROUTE = Weights({"automatic_police_transfer": 72, "form": 14, "email": 12, "phone": 2})
_SELF_ROUTE = Weights({"phone": 55, "form": 28, "email": 12, "walk_in": 5})
_ROUTE = Weights({"form": 48, "email": 32, "phone": 14, "meeting": 5, "not_recorded": 1})
_CONSENT = Weights({"given": 82, "not_sought": 12, "not_recorded": 6})
BULK_MINUTE = 10 * 60 + 5
MEAN_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Arrival:
    """One referral: ``at`` is a local minute; the hour of some is not recorded."""

    at: int
    hour_known: bool
    source: str
    route: str
    consent: str
    decision: str
    decided: int
    bulk: bool = False


def arrivals(force: Force, scale: int, draw: Draw) -> Iterator[Arrival]:
    """Referrals in order of time, from the burn-in to the end of the data."""
    a_day = force.referrals_a_month * scale / MEAN_MONTH
    for day in range(BEGIN - BURN_IN, force.as_of + 1):
        found = [_arrival(day, draw) for _ in range(draw.poisson(a_day * clock.demand(day)))]
        if force.code == "NORTH" and day == BULK_DAY:
            found += [_bulk(day, draw) for _ in range(BULK_COUNT)]
        yield from sorted(found, key=lambda arrival: arrival.at)


def _decision(weights: Weights, draw: Draw) -> str:
    name = draw.pick(weights)
    name = draw.pick(_DETAIL[name]) if name in _DETAIL else name
    return "accepted" if name == "full" else name


def _arrival(day: int, draw: Draw) -> Arrival:
    source = draw.pick(_SOURCE)
    if source == "police":
        at, route = day * DAY + int(draw.pick(_POLICE_HOURS)) * 60 + draw.between(0, 59), draw.pick(_POLICE_ROUTE)
    else:
        at, route = clock.some_hour(day, draw), draw.pick(_SELF_ROUTE if source == "self" else _ROUTE)
    known = not draw.chance(0.03)
    decision = _decision(_DECISION, draw)
    consent = "refused" if decision == "declined_no_consent" else "given" if source == "self" else draw.pick(_CONSENT)
    decided = clock.working_from(day + (draw.unit() > 0.55) + (draw.unit() > 0.85))
    return Arrival(at if known else day * DAY + clock.NOON, known, source, route, consent, decision, decided)


def _bulk(day: int, draw: Draw) -> Arrival:
    decision = _decision(_BULK, draw)
    consent = "refused" if decision == "declined_no_consent" else "not_sought"
    return Arrival(
        day * DAY + BULK_MINUTE,
        True,
        "police",
        "automatic_police_transfer",
        consent,
        decision,
        clock.working_from(day + draw.between(1, 4)),
        True,
    )
