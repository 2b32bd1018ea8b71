"""Teams, advocates, their working time and absences, and who leads or covers a case."""

from dataclasses import dataclass, field
from datetime import date
from heapq import heappop, heappush

from data_access.days import number
from data_access.facts import LONG_ABSENCE
from sample_data.clock import working_from
from sample_data.draw import Draw, Weights
from sample_data.settings import BEGIN, BURN_IN, LEAVER_LEFT, LEAVER_WEEKS, Force

_ROLES = Weights({"isac": 70, "idva": 18, "cyber_stalking_isac": 12})
_SHORT = Weights({"annual": 60, "sick": 20, "training": 15, "other": 5})
_FIRST = BEGIN - BURN_IN
_CHANGED = number(date(2025, 9, 1))


@dataclass
class Advocate:
    """One post. ``until`` of a stretch is None while it holds."""

    place: int
    code: str
    team: int
    role: str
    started: int
    left: int | None = None
    fte: list[tuple[int, int | None, int]] = field(default_factory=list)
    absences: list[tuple[int, int | None, str]] = field(default_factory=list)
    load: list[int] = field(default_factory=list)
    away_days: set[int] = field(default_factory=set)

    def in_post(self, day: int) -> bool:
        """Whether the advocate is in post on the day."""
        return self.started <= day and (self.left is None or day < self.left)

    def away(self, day: int) -> bool:
        """Whether absent on the day."""
        return day in self.away_days

    def takes_cases(self, day: int) -> bool:
        """In post, not about to leave and not on long absence."""
        soon = self.left is not None and day >= self.left - 21
        return (
            self.in_post(day)
            and not soon
            and not any(since - 7 <= day < until for since, until in self.long_absences())
        )

    def long_absences(self) -> list[tuple[int, int]]:
        """Absences of 28 days or more."""
        return [(s, u) for s, u, _ in self.absences if u is not None and u - s >= LONG_ABSENCE]

    def hundredths(self, day: int) -> int:
        """Working time on the day."""
        return next((part for since, until, part in self.fte if since <= day and (until is None or day < until)), 1)


class Staff:
    """The advocates of one force."""

    def __init__(self, force: Force, scale: int, draw: Draw):
        self.force = force
        self.leaver: Advocate | None = None
        self.advocates: list[Advocate] = []
        self._at_work: dict[int, list[Advocate]] = {}
        codes = _codes(force.place, scale, draw)
        for place in range(len(force.fte) * scale):
            part = force.fte[place % len(force.fte)]
            self._add(codes.pop(), place % len(force.teams), _FIRST - draw.between(100, 1500), part, draw)
        self._changes(codes, draw)
        for advocate in self.advocates:
            _leave(advocate, force.as_of, draw)

    def _add(self, code: str, team: int, started: int, part: int, draw: Draw) -> Advocate:
        role = draw.pick(_ROLES) if self.advocates else "isac"
        added = Advocate(len(self.advocates) + 1, code, team, role, started, fte=[(started, None, part)])
        self.advocates.append(added)
        return added

    def _changes(self, codes: list[str], draw: Draw) -> None:
        """Leavers, their successors, a change of hours and a long absence."""
        if self.force.code == "EAST":
            self.leaver = self.advocates[0]
            _end(self.leaver, LEAVER_LEFT)
            self._add(codes.pop(), 0, LEAVER_LEFT + 7 * LEAVER_WEEKS, 100, draw)
        if self.force.code == "NORTH":
            _end(self.advocates[2], number(date(2025, 3, 1)))
            self._add(codes.pop(), self.advocates[2].team, number(date(2025, 3, 3)), 100, draw)
            self.advocates[4].absences.append((number(date(2026, 2, 2)), number(date(2026, 5, 11)), "sick"))
            for place, before, after in ((1, 100, 80), (3, 80, 100)):
                started = self.advocates[place].started
                self.advocates[place].fte = [(started, _CHANGED, before), (_CHANGED, None, after)]
        if self.force.code == "WEST":
            self.advocates[1].absences.append((number(date(2025, 3, 3)), number(date(2025, 4, 14)), "maternity"))

    def choose_lead(self, day: int, draw: Draw) -> Advocate:
        """The one with the smallest load for the working time, give or take."""
        best, least = None, 0.0
        for advocate in self.advocates:
            if not advocate.takes_cases(day):
                continue
            while advocate.load and advocate.load[0] <= day:
                heappop(advocate.load)
            load = (len(advocate.load) + 1) / advocate.hundredths(day) * (0.75 + 0.5 * draw.unit())
            if best is None or load < least:
                best, least = advocate, load
        return best or self.present(day, None, draw)

    def take(self, advocate: Advocate, until: int) -> None:
        """Note the case in the advocate's load."""
        heappush(advocate.load, until)

    def present(self, day: int, instead_of: Advocate | None, draw: Draw) -> Advocate:
        """Somebody at work on the day, from the same team where possible."""
        at_work = self._at_work.get(day)
        if at_work is None:
            at_work = self._at_work[day] = [a for a in self.advocates if a.in_post(day) and not a.away(day)]
        there = [a for a in at_work if a is not instead_of]
        there = there or [a for a in self.advocates if a is not instead_of and a.in_post(day)]
        same = [a for a in there if instead_of and a.team == instead_of.team]
        return draw.one_of(same or there or self.advocates)


def _codes(place: int, scale: int, draw: Draw) -> list[str]:
    """Numbers in a random order; no two forces share one."""
    width = 2 if scale == 1 else 3 if scale < 20 else 5
    size = (10**width - 1) // 3
    numbers = [size * (place - 1) + n + 1 for n in range(size)]
    for last in range(size - 1, 0, -1):
        other = draw.between(0, last)
        numbers[last], numbers[other] = numbers[other], numbers[last]
    return [f"ADV-{n:0{width}d}" for n in numbers]


def _end(advocate: Advocate, left: int) -> None:
    advocate.left = left
    advocate.fte = [(since, left if until is None else until, part) for since, until, part in advocate.fte]


def _leave(advocate: Advocate, as_of: int, draw: Draw) -> None:
    """Annual leave, sickness and training of a few days, about every seven weeks."""
    planned = list(advocate.absences)
    day = max(_FIRST, advocate.started) + draw.between(10, 60)
    while day < (advocate.left or as_of) - 20:
        since = working_from(day)
        kind = draw.pick(_SHORT)
        until = since + (draw.between(5, 14) if kind == "annual" else draw.between(1, 5))
        if until <= as_of and all(until < s or (u is not None and since > u) for s, u, _ in planned):
            advocate.absences.append((since, until, kind))
        day = until + draw.between(25, 75)
    advocate.absences.sort()
    advocate.away_days = {n for since, until, _ in advocate.absences for n in range(since, until or as_of + 1)}
