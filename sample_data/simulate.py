"""One force from its settings to its rows: people, referrals, cases, contacts, assessments."""

from collections.abc import Callable
from heapq import heappop, heappush

from sample_data import contacts as contact_log
from sample_data import outcomes, planted, reported, risk, supervisors, support
from sample_data.arrivals import Arrival, arrivals
from sample_data.cases import DAY, Episode, begin, finish, stages
from sample_data.clock import workday
from sample_data.draw import Draw, Weights
from sample_data.people import Advocate, Staff
from sample_data.rows import Rows, instant
from sample_data.settings import BEGIN, THRESHOLD_CHANGE, VALUE, Force

_AGE, _SEX = Weights(VALUE["age_band"]), Weights(VALUE["sex"])
_CYBER, _OTHERS = Weights(VALUE["cyber"]), Weights(VALUE["relationship"])
Returning = tuple[int, int, int | None, int, int]  # day, victim, link, earlier case, episode
ADMINISTRATIVE = ("opened_in_error", "duplicate")


# What is drawn after the rest, from the finished rows of a force.
ADDITIONS: dict[str, Callable[[Force, Rows, Draw], None]] = {
    "support": support.add,
    "outcomes": outcomes.add,
    "reported": reported.add,
    "supervisors": supervisors.add,
}


class Simulation:
    """State of one force while its referrals are gone through in order of time."""

    def __init__(self, force: Force, scale: int, seed: int, after: dict[str, int]):
        self.force, self.scale, self.draw = force, scale, Draw(seed, force.place)
        self.rows = Rows(force.place, force.as_of, after)
        self.refs: set[str] = set()
        self.open: list[tuple[int, int, int]] = []  # opened, closed, case_id of kept cases in full advocacy
        self.returns: list[Returning] = []
        self.staff = Staff(force, scale, self.draw)
        self.advocate_ids: dict[int, int] = {}
        self.planted = planted.Plan(force, Draw(seed, force.place, 7))
        self._people()

    def run(self) -> dict[str, list[dict]]:
        """All rows of the force."""
        for arrival in arrivals(self.force, self.scale, Draw(self.draw.between(0, 2**31), self.force.place)):
            self._receive(arrival)
        planted.finish(self.force, self.rows)
        return self.rows.tables

    def _people(self) -> None:
        force, add = self.force, self.rows.add
        self.rows.tables["force"].append(
            {
                "force_id": force.place,
                "code": force.code,
                "name": force.name,
                "adult_population": force.adults,
                "adult_female_population": force.women,
                "timezone": "Europe/London",
                "min_cell": 5,
            }
        )
        teams = [
            add("team", code=code, name=name, opened_on=BEGIN - 2000, closed_on=None) for code, name in force.teams
        ]
        self.teams = teams
        for advocate in self.staff.advocates:
            self.advocate_ids[advocate.place] = self._advocate(advocate, teams[advocate.team])
        later = THRESHOLD_CHANGE if force.code == "WEST" else None
        least = VALUE["threshold"]
        add(
            "risk_threshold",
            tool="dash_safelives",
            since=BEGIN - 2000,
            until=later,
            medium_min=least["medium_min"],
            high_min=least["high_min"],
        )
        if later:
            add(
                "risk_threshold",
                tool="dash_safelives",
                since=later,
                until=None,
                medium_min=least["medium_min"],
                high_min=least["high_min_west_later"],
            )

    def _advocate(self, advocate: Advocate, team_id: int) -> int:
        add = self.rows.add
        key = add(
            "advocate",
            team_id=team_id,
            code=advocate.code,
            role=advocate.role,
            started_on=advocate.started,
            left_on=advocate.left,
        )
        for since, until, part in advocate.fte:
            add("advocate_fte", advocate_id=key, since=since, until=until, fte_hundredths=part)
        for since, until, kind in advocate.absences:
            add("absence", advocate_id=key, since=since, until=until, kind=kind)
        return key

    def _receive(self, arrival: Arrival) -> None:
        decision, day = arrival.decision, arrival.at // DAY
        if decision == "accepted":
            self._full(arrival)
        elif decision in ("accepted_advice_only", "consultation_only") and arrival.decided <= self.force.as_of:
            if day >= BEGIN:
                self._brief(arrival)
        elif day >= BEGIN:
            self._referral(arrival, None, False, arrival.decided)

    def _referral(self, arrival: Arrival, case_id: int | None, opens: bool, decided: int) -> None:
        minute, day, hour = instant(arrival.at, arrival.hour_known)
        known = decided <= self.force.as_of
        self.rows.add(
            "referral",
            case_id=case_id,
            opens_case=opens,
            received_minute=minute,
            received_on=day,
            received_hour=hour,
            received_workday=workday(day),
            source=arrival.source,
            route=arrival.route,
            consent=arrival.consent,
            decision=arrival.decision if known else "not_recorded",
            decided_on=decided if known else None,
            entered_on=self.rows.entered(day, self.draw),
        )

    def _full(self, arrival: Arrival) -> None:
        force, draw, day = self.force, self.draw, arrival.at // DAY
        if not arrival.bulk and draw.chance(VALUE["joins_open_case"]) and self._join(arrival):
            return
        trial = self.planted.trial_due(day)
        case = begin(force, 0, arrival.at, draw, trial)
        first = contact_log.first_attempts(case, draw)
        returning = heappop(self.returns) if self.returns and self.returns[0][0] <= day and not trial else None
        length = self.planted.length(returning, day, case.never)
        finish(force, self.staff, case, first[-1][0] // DAY, draw, length)
        if case.closed < BEGIN or (case.opened > force.as_of and day < BEGIN):
            return
        if case.opened > force.as_of:
            self._referral(arrival, None, False, case.opened)
            return
        if case.reason in ADMINISTRATIVE:
            first = [attempt for attempt in first if attempt[0] // DAY < case.closed]
            if not first or first[-1][0] // DAY != case.first_contact:
                case.first_contact, case.never = None, True
        self._write(arrival, case, first, returning)

    def _join(self, arrival: Arrival) -> bool:
        """Attach the referral to a case that is open on the day, when there is one."""
        day = arrival.at // DAY
        self.open = [entry for entry in self.open if entry[1] > day]
        able = [case_id for opened, _, case_id in self.open if opened < day]
        if not able or day < BEGIN:
            return False
        self._referral(arrival, self.draw.one_of(able), False, day)
        return True

    def _pair(self, returning: Returning | None, day: int, related: bool = True) -> tuple[int, int | None]:
        """Victim and link: those of the earlier episode, or new ones."""
        draw, add = self.draw, self.rows.add
        if returning:
            return returning[1], returning[2]
        victim = add("victim", pseudonym=f"v{draw.code(9).lower()}", age_band=draw.pick(_AGE), sex=draw.pick(_SEX))
        other, cyber = draw.pick(_OTHERS), draw.pick(_CYBER)
        relationship = "ex_intimate_partner" if draw.chance(self.force.ex_partner / 100) else other
        perpetrator = self.planted.perpetrator(day) if related else None
        link = add(
            "perpetrator_link",
            victim_id=victim,
            perpetrator=perpetrator or f"p{draw.code(9).lower()}",
            relationship="acquaintance_friend" if perpetrator else relationship,
            cyber=cyber,
        )
        return victim, link

    def _new_ref(self) -> str:
        ref = self.draw.code(6)
        while ref in self.refs:
            ref = self.draw.code(6)
        self.refs.add(ref)
        return ref

    def _case_row(
        self,
        victim: int,
        link: int | None,
        team: int,
        pathway: str,
        opened: int,
        closed: int,
        reason: str,
        earlier: int | None,
    ) -> int:
        ended, draw = closed <= self.force.as_of, self.draw
        return self.rows.add(
            "cases",
            case_ref=self._new_ref(),
            victim_id=victim,
            link_id=link,
            team_id=team,
            pathway=pathway,
            domestic_abuse=None if draw.chance(0.03) else draw.chance(0.62),
            opened_on=opened,
            closed_on=closed if ended else None,
            closure_reason=reason if ended else "not_recorded",
            closure_outcome=None,
            repeat_of_case_id=earlier,
            entered_on=self.rows.entered(opened, draw),
        )

    def _write(
        self, arrival: Arrival, case: Episode, first: list[tuple[int, str, str]], returning: Returning | None
    ) -> None:
        victim, link = self._pair(returning, arrival.at // DAY)
        team = self.teams[case.leads[0][0].team]
        key = self._case_row(
            victim,
            link,
            team,
            "full_advocacy",
            case.opened,
            case.closed,
            case.reason,
            returning[3] if returning else None,
        )
        case.case_id = key
        self._referral(arrival, key, True, case.opened)
        assessed = risk.assess(self.force, self.staff, case, arrival.source, self.draw, self.advocate_ids)
        logged = contact_log.write_up(self.force, self.staff, case, first, self.draw, self.advocate_ids)
        self._stages(case)
        self._allocations(case)
        self._contacts(key, logged)
        self._assessments(key, assessed)
        self._afterwards(case, victim, link, returning)

    def _stages(self, case: Episode) -> None:
        for stage, since, until, why in stages(case, self.force.as_of, self.draw):
            self.rows.add("case_stage_event", case_id=case.case_id, stage=stage, since=since, until=until, reason=why)

    def _allocations(self, case: Episode) -> None:
        draw, as_of = self.draw, self.force.as_of
        found = [(lead, "lead", since, until, reason) for lead, since, until, reason in case.leads]
        for lead, since, until, _ in case.leads:
            for away, back, _ in lead.absences:
                if back is not None and back - away >= 10 and since <= away and back < until:
                    found.append((self.staff.present(away, lead, draw), "cover", away, back, "not_applicable"))
        since, until = case.allocated + 10, case.closed
        if case.court and until - since > 60 and draw.chance(0.4):
            found.append((draw.one_of(self.staff.advocates), "court_only", since + 40, until, "case_closed"))
        elif until - since > 20 and draw.chance(0.03):
            found.append((draw.one_of(self.staff.advocates), "co_worker", since, until, "case_closed"))
        for advocate, role, since, until, reason in found:
            if since > as_of or (role != "lead" and not advocate.in_post(since)):
                continue
            ended = until <= as_of
            self.rows.add(
                "allocation",
                case_id=case.case_id,
                advocate_id=self.advocate_ids[advocate.place],
                role=role,
                since=since,
                until=until if ended else None,
                end_reason=reason if ended else "not_applicable",
            )

    def _contacts(self, case_id: int, logged: list[contact_log.Contact]) -> None:
        draw, rows = self.draw, self.rows
        for contact in logged:
            minute, day, hour = instant(contact.at, not draw.chance(VALUE["hour_missing"]))
            rows.add(
                "contacts",
                case_id=case_id,
                advocate_id=contact.advocate_id,
                at_minute=minute,
                on_day=day,
                hour=hour,
                workday=workday(day),
                direction=contact.direction,
                with_whom=contact.with_whom,
                channel=contact.channel,
                outcome=contact.outcome,
                purposes=contact.purposes,
                agency=contact.agency,
                duration_minutes=contact_log.minutes(contact, draw),
                entered_on=rows.entered(day, draw),
            )

    def _assessments(self, case_id: int, assessed: list[risk.Assessment]) -> None:
        for a in assessed:
            version = {"dash_safelives": "2009", "s_dash": "2009"}.get(a.tool)
            self.rows.add(
                "risk_assessments",
                case_id=case_id,
                assessed_on=a.day,
                tool=a.tool,
                tool_version=version,
                kind=a.kind,
                agency=a.agency,
                advocate_id=a.advocate_id,
                score=a.score,
                level=a.level,
                basis=a.basis,
                entered_on=self.rows.entered(a.day, self.draw),
            )

    def _afterwards(self, case: Episode, victim: int, link: int | None, returning: Returning | None) -> None:
        """The case may be joined by a referral; the pair may come back."""
        self.open.append((case.opened, case.closed, case.case_id))
        episode = returning[4] + 1 if returning else 1
        again = self.planted.comes_back(victim, episode, case)
        if again is None and episode == 1 and case.reason not in ADMINISTRATIVE and self.draw.chance(VALUE["repeat"]):
            latest = case.received // DAY + 360
            again = self.draw.between(case.closed + 5, latest) if latest > case.closed + 5 else None
        if again is not None and link is not None:
            heappush(self.returns, (again, victim, link, case.case_id, episode))

    def _brief(self, arrival: Arrival) -> None:
        """Advice or consultation: a short case with a contact or two, without a lead."""
        draw, advice = self.draw, arrival.decision == "accepted_advice_only"
        victim, link = self._pair(None, arrival.at // DAY, related=False)
        opened = arrival.decided
        closed = opened + (draw.between(1, 21) if advice else draw.between(0, 7))
        pathway = "one_off_advice" if advice else "consultation_only"
        reason = "needs_met_planned" if draw.chance(0.8) else "not_stalking_redirected" if draw.chance(0.5) else "other"
        key = self._case_row(victim, link, draw.one_of(self.teams), pathway, opened, closed, reason, None)
        self._referral(arrival, key, True, opened)
        self._contacts(
            key, contact_log.brief(self.staff, opened, min(closed, self.force.as_of), advice, draw, self.advocate_ids)
        )


def force_rows(force: Force, scale: int, seed: int, after: dict[str, int]) -> dict[str, list[dict]]:
    """Rows of one force by table; ``after`` counts the rows of the forces before, for the keys."""
    simulation = Simulation(force, scale, seed, after)
    tables = simulation.run()
    for name, add in ADDITIONS.items():
        # A random stream of its own: what is added later leaves the other rows as they are.
        add(force, simulation.rows, Draw(seed, force.place, *name.encode()))
    return tables
