"""Facts put into the sample on purpose: people, events and rows that break a rule."""

from datetime import date

from data_access.days import number
from sample_data.cases import Episode
from sample_data.draw import Draw
from sample_data.rows import Rows
from sample_data.settings import (
    BULK_COUNT,
    BULK_DAY,
    FASTER_FROM,
    LEAVER_LEFT,
    LEAVER_WEEKS,
    THRESHOLD_CHANGE,
    TRIAL_CASES,
    TWICE_WEEK,
    Force,
)

_TRIAL_FIRST, _TRIAL_STEP = number(date(2025, 3, 3)), 21
_THREE_FROM = number(date(2024, 12, 16))
_SERIAL_DAYS = (number(date(2025, 2, 3)), number(date(2025, 10, 6)), number(date(2026, 5, 4)))


class Plan:
    """What the simulation asks for the planted cases of one force."""

    def __init__(self, force: Force, draw: Draw):
        self.force = force
        self._trials = [_TRIAL_FIRST + _TRIAL_STEP * n for n in range(TRIAL_CASES)] if force.code == "NORTH" else []
        self._serial = list(_SERIAL_DAYS) if force.code == "EAST" else []
        self._perpetrator = f"p{draw.code(9).lower()}"
        self._three: int | None = None
        self._choosing = False
        self._done = force.code != "NORTH"

    def trial_due(self, day: int) -> bool:
        """Whether the case received now is one of those that wait for trial."""
        if self._trials and day >= self._trials[0]:
            self._trials.pop(0)
            return True
        return False

    def length(self, returning: tuple | None, day: int, never: bool) -> int | None:
        """Days for the victim with three episodes; None leaves the length to chance."""
        self._choosing = not self._done and returning is None and not never and day >= _THREE_FROM
        if self._choosing:
            self._done = True
            return 70
        return 70 if returning and returning[1] == self._three else None

    def comes_back(self, victim: int, episode: int, case: Episode) -> int | None:
        """Day on which the planted victim is referred again."""
        if self._choosing:
            self._three, self._choosing = victim, False
        return case.closed + 45 if victim == self._three and episode < 3 else None

    def perpetrator(self, day: int) -> str | None:
        """The pseudonym that three victims share, when it is due."""
        if self._serial and day >= self._serial[0]:
            self._serial.pop(0)
            return self._perpetrator
        return None


def finish(force: Force, rows: Rows) -> None:
    """Write the notes and break the rules, once all rows of the force stand."""
    for day, kind, text in _EVENTS[force.code]:
        rows.add("event", on_day=day, kind=kind, text=text)
    if force.code == "EAST":
        _import_twice(rows)
    if force.code in ("NORTH", "EAST"):
        _break_rules(rows)


_BEGIN_NOTE = (number(date(2024, 11, 25)), "recording", "Cases closed before this day are not in the extract.")
_EVENTS = {
    "NORTH": (
        _BEGIN_NOTE,
        (number(date(2025, 3, 1)), "staffing", "An advocate left; the cases were handed over before."),
        (FASTER_FROM, "staffing", "A duty rota for first attempts began."),
        (number(date(2026, 2, 2)), "staffing", "An advocate is away for three months."),
        (BULK_DAY, "referral_route", f"The police sent {BULK_COUNT} older referrals in one transfer."),
        (number(date(2026, 3, 2)), "note", "Crown Court listings are long; several cases wait for trial."),
    ),
    "EAST": (
        _BEGIN_NOTE,
        (LEAVER_LEFT, "staffing", "An advocate left without a successor."),
        (LEAVER_LEFT + 7 * LEAVER_WEEKS, "staffing", "The successor began."),
        (TWICE_WEEK, "recording", "Contacts of this week were imported twice."),
    ),
    "WEST": (
        _BEGIN_NOTE,
        (THRESHOLD_CHANGE, "threshold", "The least DASH score for high went from 14 to 12."),
        (number(date(2026, 11, 16)), "recording", "The extract after this day failed; data end here."),
    ),
}


def _import_twice(rows: Rows) -> None:
    week = [row for row in rows.tables["contacts"] if TWICE_WEEK <= row["on_day"] < TWICE_WEEK + 7]
    own = ("contact_id", "force_id", "source_id", "load_id")
    for row in week:
        copy = {name: value for name, value in row.items() if name not in own}
        rows.add("contacts", **copy)


def _break_rules(rows: Rows) -> None:
    """A known few rows against each rule of the check; ``truth`` finds and lists them."""
    taken: set[int] = set()
    _lead_after_attempt(rows, taken)
    _two_leads(rows, taken)
    _assessments(rows, taken)
    durations = [row for row in rows.tables["contacts"] if row["duration_minutes"] is not None][50::97]
    for row, wrong in zip(durations, (0, 600, 0), strict=False):
        row["duration_minutes"] = wrong


def _lead_after_attempt(rows: Rows, taken: set[int]) -> None:
    first: dict[int, int] = {}
    for row in rows.tables["contacts"]:
        if row["direction"] == "outbound" and row["with_whom"] == "victim":
            first[row["case_id"]] = min(first.get(row["case_id"], row["on_day"]), row["on_day"])
    several = _several_leads(rows)
    for row in rows.tables["allocation"][40::31]:
        case_id = row["case_id"]
        long = row["until"] is not None and row["until"] - row["since"] > 30
        if row["role"] == "lead" and case_id in first and case_id not in several and long and len(taken) < 2:
            row["since"] = first[case_id] + 3
            taken.add(case_id)


def _several_leads(rows: Rows) -> set[int]:
    seen: set[int] = set()
    several: set[int] = set()
    for row in rows.tables["allocation"]:
        if row["role"] == "lead":
            (several if row["case_id"] in seen else seen).add(row["case_id"])
    return several


def _two_leads(rows: Rows, taken: set[int]) -> None:
    several, found = _several_leads(rows), 0
    for row in rows.tables["allocation"]:
        transferred = row["end_reason"].startswith("transfer_") and row["end_reason"] != "transfer_left_service"
        early = row["until"] is not None and row["until"] + 4 <= rows.as_of
        if row["role"] == "lead" and transferred and early and row["case_id"] in several - taken and found < 2:
            row["until"] += 4
            taken.add(row["case_id"])
            found += 1


def _assessments(rows: Rows, taken: set[int]) -> None:
    """An exit far from the closing, a score off the scale, levels against the threshold."""
    done = {"exit": 0, "score": 0, "level": 0}
    for row in rows.tables["risk_assessments"][20::23]:
        if row["case_id"] in taken or row["tool"] != "dash_safelives" or row["basis"] != "score":
            continue
        if row["kind"] == "exit" and done["exit"] < 1:
            row["assessed_on"], what = row["assessed_on"] - 48, "exit"
        elif row["kind"] == "review" and row["level"] == "high" and done["score"] < 1:
            row["score"], what = 31, "score"
        elif row["kind"] == "initial" and row["level"] == "high" and done["level"] < 2:
            row["level"], what = "medium", "level"
        else:
            continue
        done[what] += 1
        taken.add(row["case_id"])
