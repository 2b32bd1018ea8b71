"""An invented extract of any size, as files of our own layout and as the table's own values."""

import csv
import random
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

from data_access import codes
from data_access.days import LOCAL, moment, number, working_day_number

AS_OF = date(2026, 11, 1)
FIRST = date(2023, 11, 6)
CASES_A_FORCE = 10_000
FORCES = ("ALFA", "BRAVO")
CONTACTS = [
    "force_code",
    "source_id",
    "case",
    "advocate_code",
    "at",
    "direction",
    "with_whom",
    "channel",
    "outcome",
    "purposes",
    "duration_minutes",
    "entered_on",
]
TABLE = [
    "contact_id",
    "force_id",
    "source_id",
    "case_id",
    "advocate_id",
    "at_minute",
    "on_day",
    "hour",
    "workday",
    "direction",
    "with_whom",
    "channel",
    "outcome",
    "purposes",
    "agency",
    "duration_minutes",
    "travel_minutes",
    "entered_on",
    "load_id",
]


def write_parents(folder: Path) -> None:
    """Two forces, a team and twenty advocates each, and their cases with one victim each."""
    folder.mkdir(parents=True, exist_ok=True)
    pairs = [(force, case) for force in FORCES for case in range(1, CASES_A_FORCE + 1)]
    _write(folder / "forces.csv", ["force_code", "name"], ([force, force.title()] for force in FORCES))
    _write(folder / "extract.csv", ["force_code", "as_of"], ([force, AS_OF] for force in FORCES))
    _write(folder / "teams.csv", ["force_code", "team_code", "name"], ([force, "T1", "Team"] for force in FORCES))
    _write(
        folder / "advocates.csv",
        ["force_code", "advocate_code", "team_code", "started_on"],
        ([force, f"ADV-{place:02d}", "T1", FIRST] for force in FORCES for place in range(1, 21)),
    )
    _write(folder / "victims.csv", ["force_code", "victim"], ([force, f"V-{case}"] for force, case in pairs))
    _write(
        folder / "cases.csv",
        ["force_code", "source_id", "victim", "team_code", "pathway", "opened_on"],
        ([force, f"C-{case}", f"V-{case}", "T1", "full_advocacy", FIRST] for force, case in pairs),
    )


def write_contacts(folder: Path, rows: int, ready: Path | None = None, seed: int = 7) -> None:
    """``contacts.csv`` of so many rows in time order, and the same rows as the table holds them.

    Hours and minutes are recorded, so that nearly every moment is another text.
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawn, span = random.Random(seed), (AS_OF - FIRST).days
    days = [FIRST + timedelta(days=place) for place in range(span + 1)]
    workdays = {day: working_day_number(day) for day in days}
    _write(folder / "extract.csv", ["force_code", "as_of"], ([force, AS_OF] for force in FORCES))
    with (
        (folder / "contacts.csv").open("w", encoding="utf-8", newline="") as stream,
        (ready or folder / "ready.tmp").open("w", encoding="utf-8", newline="") as other,
    ):
        texts, values = csv.writer(stream, lineterminator="\n"), csv.writer(other, lineterminator="\n")
        texts.writerow(CONTACTS)
        for place in range(1, rows + 1):
            day = days[place * span // rows]
            force, case, post = drawn.randrange(2), drawn.randrange(CASES_A_FORCE), drawn.randrange(20)
            hour, minute = 8 + drawn.randrange(12), drawn.randrange(60)
            said = ["outbound", "victim", drawn.choice(codes.CHANNELS[1:6]), drawn.choice(codes.OUTCOMES[1:5])]
            purpose, length = drawn.choice(codes.PURPOSES[:8]), 1 + drawn.randrange(60)
            clock = f"{day} {hour:02d}:{minute:02d}"
            key, advocate = f"K-{place}", f"ADV-{post + 1:02d}"
            texts.writerow([FORCES[force], key, f"C-{case + 1}", advocate, clock, *said, purpose, length, day])
            if ready is None:
                continue
            at = moment(datetime(day.year, day.month, day.day, hour, minute), LOCAL).minute
            values.writerow(
                [
                    *(place, force + 1, key, force * CASES_A_FORCE + case + 1, force * 20 + post + 1, at, number(day)),
                    *(hour, workdays[day], *said, purpose, "not_recorded", length, "", number(day), 1),
                ]
            )
    (folder / "ready.tmp").unlink(missing_ok=True)


def _write(path: Path, header: list[str], rows: Iterable[list]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)
