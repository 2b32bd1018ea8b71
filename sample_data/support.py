"""Safety plans, meetings, agencies' actions, steps in the justice system and victims' answers, for finished cases.

All shares here are ours: nothing was found published on how often they happen in stalking advocacy.
"""

from dataclasses import dataclass
from typing import Any

from sample_data import clock
from sample_data.draw import Draw, Weights
from sample_data.rows import Rows
from sample_data.settings import Force

PLANNED, AGREED, REVIEWED_AFTER_ASSESSMENT, NEW_VERSION = 0.82, 0.9, 0.72, 0.15
DISCUSSED_WHEN_HIGH, DISCUSSED_ELSE, AGAIN = 0.7, 0.08, 0.3
DONE, DONE_IN_TIME, CANCELLED, GIVEN_UP = 0.8, 0.74, 0.04, 0.05
ASKED_AT_INTAKE, ASKED_AT_EXIT = 0.72, 0.55
_OWNERS = Weights(
    {"police": 50, "probation": 14, "housing": 14, "nhs_mental_health": 10, "adult_social_care": 7, "cps": 5}
)
_MEETING = Weights({"stalking_clinic": 60, "case_consultation": 25, "marac": 12, "strategy": 3})
_LOOKED = Weights({"unchanged": 60, "changed": 35, "urgent_change": 5})
_ANSWER = Weights({"1": 24, "2": 34, "3": 26, "4": 12, "5": 4})
_MOVES = Weights({"-1": 8, "0": 30, "1": 38, "2": 24})
ITEMS = ("feels_safe", "copes_day_to_day", "in_control_of_own_safety", "knows_what_to_do_next", "frightened")


@dataclass
class Case:
    """What is known of a finished case in full advocacy. Days are day numbers."""

    key: int
    opened: int
    closed: int | None
    met: int | None
    assessed: list[tuple[int, str]]

    def open_on(self, day: int) -> bool:
        """Whether the case is open on the day."""
        return self.opened <= day and (self.closed is None or day < self.closed)


def add(force: Force, rows: Rows, draw: Draw) -> None:
    """Add the rows of one force to its tables."""
    for case in _cases(rows):
        writer = _Writer(force, rows, draw, case)
        if case.met is not None:
            writer.plans(case.met)
            writer.answers(case.met)
        writer.meetings()
        writer.justice()


def _cases(rows: Rows) -> list[Case]:
    met: dict[int, int] = {}
    for row in rows.tables["contacts"]:
        first = row["purposes"] == "first_contact" and row["channel"] in ("text", "letter")
        if row["with_whom"] == "victim" and row["outcome"] == "successful" and not first:
            met[row["case_id"]] = min(row["on_day"], met.get(row["case_id"], row["on_day"]))
    levels: dict[int, list[tuple[int, str]]] = {}
    for row in rows.tables["risk_assessments"]:
        if row["kind"] != "referrer":
            levels.setdefault(row["case_id"], []).append((row["assessed_on"], row["level"]))
    return [
        Case(
            row["case_id"],
            row["opened_on"],
            row["closed_on"],
            met.get(row["case_id"]),
            sorted(levels.get(row["case_id"], [])),
        )
        for row in rows.tables["cases"]
        if row["pathway"] == "full_advocacy" and row["closure_reason"] not in ("opened_in_error", "duplicate")
        for key in (row["case_id"],)
    ]


class _Writer:
    """Writes what belongs to one case; nothing after its closing, nothing after the end of the data."""

    def __init__(self, force: Force, rows: Rows, draw: Draw, case: Case):
        self.force, self.rows, self.draw, self.case = force, rows, draw, case

    def _known(self, day: int) -> bool:
        return day <= self.force.as_of

    def _add(self, table: str, day: int, **values: Any) -> None:
        self.rows.add(table, case_id=self.case.key, entered_on=self.rows.entered(day, self.draw), **values)

    def plans(self, met: int) -> None:
        """A plan soon after the first contact, reviews after assessments, sometimes a new version."""
        draw, case = self.draw, self.case
        made = clock.working_from(met + draw.between(0, 8))
        if not draw.chance(PLANNED) or not self._known(made) or not case.open_on(made):
            return
        again = made + draw.between(40, 120) if draw.chance(NEW_VERSION) else None
        ends = again if again is not None and self._known(again) and case.open_on(again) else None
        agreed = draw.chance(AGREED)
        self._add("safety_plan", made, made_on=made, agreed_with_victim=agreed, superseded_on=ends)
        if ends is not None:
            self._add("safety_plan", ends, made_on=ends, agreed_with_victim=True, superseded_on=None)
        before = ""
        for day, level in case.assessed:
            escalated = before != "" and level == "high" and before != "high"
            before = level
            looked = clock.working_from(day + (draw.between(0, 1) if escalated else draw.between(0, 6)))
            if day <= made or not draw.chance(REVIEWED_AFTER_ASSESSMENT):
                continue
            if self._known(looked) and case.open_on(looked):
                trigger = "escalation" if escalated else "routine"
                self._add("safety_plan_review", looked, reviewed_on=looked, outcome=draw.pick(_LOOKED), trigger=trigger)

    def answers(self, met: int) -> None:
        """The victim's answers at intake, and at exit of those who are still there to be asked."""
        draw, case = self.draw, self.case
        asked = clock.working_from(met + draw.between(0, 10))
        if not draw.chance(ASKED_AT_INTAKE) or not self._known(asked) or not case.open_on(asked):
            return
        first = {item: int(draw.pick(_ANSWER)) for item in ITEMS}
        leaving = None if case.closed is None else case.closed - draw.between(0, 10)
        again = leaving is not None and leaving > asked + 14 and draw.chance(ASKED_AT_EXIT)
        for item, value in first.items():
            reversed_ = item == "frightened"
            self._answer("intake", asked, item, 6 - value if reversed_ else value)
            if again and leaving is not None:
                later = min(5, max(1, value + int(draw.pick(_MOVES))))
                self._answer("exit", leaving, item, 6 - later if reversed_ else later)

    def _answer(self, point: str, day: int, item: str, value: int) -> None:
        self._add("outcome_measure", day, point=point, measured_on=day, item=item, value=value, completed_by="victim")

    def meetings(self) -> None:
        """A meeting after the first high level, and what the agencies agreed to there."""
        draw, case = self.draw, self.case
        high = next((day for day, level in case.assessed if level == "high"), None)
        begun = high if high is not None else case.opened + 14
        if not draw.chance(DISCUSSED_ELSE if high is None else DISCUSSED_WHEN_HIGH):
            return
        held = clock.working_from(begun + draw.between(2, 21))
        for day in (held, held + 28) if draw.chance(AGAIN) else (held,):
            if not self._known(day) or not case.open_on(day):
                return
            self._add("case_discussion", day, held_on=day, kind=draw.pick(_MEETING), victim_view=draw.chance(0.78))
            for _ in range(draw.between(1, 3)):
                self._action(day)

    def _action(self, agreed: int) -> None:
        draw = self.draw
        due = clock.working_from(agreed + draw.between(7, 28))
        done = due - draw.between(0, 6) if draw.chance(DONE_IN_TIME) else due + draw.between(1, 25)
        status = "done" if draw.chance(DONE) else "open"
        fate = draw.unit()
        if fate < CANCELLED + GIVEN_UP:
            status = "cancelled" if fate < CANCELLED else "not_done"
        if status == "done" and not self._known(done):
            status = "open"
        self._add(
            "agency_action",
            agreed,
            owner_agency=draw.pick(_OWNERS),
            agreed_on=agreed,
            due_on=due,
            done_on=max(done, agreed) if status == "done" else None,
            status=status,
        )

    def justice(self) -> None:
        """Reports, arrests, bail, charges, hearings and orders; a hearing or an order's end may lie ahead."""
        draw, case = self.draw, self.case
        if case.closed is None and self.force.as_of - case.opened > 365:  # the planted cases that wait for trial
            self._listed(
                "trial_listed", self.force.as_of - draw.between(10, 40), self.force.as_of + draw.between(3, 60)
            )
        if not draw.chance(0.62):
            return
        day = case.opened + draw.between(0, 12)
        self._step("reported_to_police", day)
        if draw.chance(0.45):
            day += draw.between(1, 20)
            self._step("arrested", day, told=True)
            self._step("bailed_with_conditions" if draw.chance(0.6) else "released_no_charge", day + 1, told=True)
        if draw.chance(0.18):
            self._order(day + draw.between(5, 40))
        if draw.chance(0.34):
            day += draw.between(10, 60)
            self._step("charged", day)
            self._hearings(day)
        elif draw.chance(0.5):
            self._step("no_further_action", day + draw.between(30, 100))

    def _order(self, day: int) -> None:
        draw = self.draw
        self._step("spo_applied", day)
        if draw.chance(0.6):
            granted = day + draw.between(3, 30)
            self._step("spo_interim_granted" if draw.chance(0.7) else "spo_full_granted", granted)
            self._listed("order_expires", granted, granted + draw.between(90, 400))
            if draw.chance(0.25):
                self._step("spo_breached", granted + draw.between(5, 80), told=True)

    def _hearings(self, charged: int) -> None:
        draw = self.draw
        day = charged + draw.between(14, 45)
        for kind in ("first_hearing", "plea", "trial_listed", "sentenced"):
            self._listed(kind, day - draw.between(10, 30), day)
            day += draw.between(14, 60)
            if draw.chance(0.15):
                return
        self._listed("release_notified", day - draw.between(10, 30), day)

    def _step(self, kind: str, day: int, told: bool = False) -> None:
        """Something that happened; where the victim has to be told, mostly within five working days."""
        if not self._known(day) or not self.case.open_on(day):
            return
        on = None
        if told and self.draw.chance(0.86):
            on = day + (self.draw.between(0, 5) if self.draw.chance(0.8) else self.draw.between(6, 20))
        if kind in ("spo_breached", "release_notified", "released_no_charge"):
            self._look_again(day)
        self._add(
            "justice_event",
            day,
            kind=kind,
            on_day=day,
            told_on=on if on and self._known(on) else None,
            advocate_present=None,
        )

    def _look_again(self, day: int) -> None:
        """After a breach or a release the plan is mostly looked at, often within two working days."""
        looked = clock.working_from(
            day + (self.draw.between(0, 2) if self.draw.chance(0.7) else self.draw.between(3, 12))
        )
        if self.case.met is not None and self.draw.chance(0.8) and self._known(looked) and self.case.open_on(looked):
            trigger = "order_breach" if self.draw.chance(0.5) else "perpetrator_release"
            self._add(
                "safety_plan_review", looked, reviewed_on=looked, outcome=self.draw.pick(_LOOKED), trigger=trigger
            )

    def _listed(self, kind: str, listed: int, day: int) -> None:
        """Something listed beforehand, known from the day of listing."""
        if not self._known(listed) or not self.case.open_on(min(day, self.force.as_of)):
            return
        hearing = kind in ("first_hearing", "plea", "trial_listed", "sentenced")
        present = self.draw.chance(0.6) if hearing and self._known(day) else None
        told = listed + self.draw.between(0, 9) if self.draw.chance(0.85) else None
        self._add(
            "justice_event",
            listed,
            kind=kind,
            on_day=day,
            told_on=told if told and self._known(told) else None,
            advocate_present=present,
        )
