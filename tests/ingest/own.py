"""A small extract in our own layout: one invented force, three cases, each file once."""

import csv
from pathlib import Path

from openpyxl import Workbook

FILES = {
    "forces": [["force_code", "name", "adult_population"], ["NORTH", "North Vale", "400000"]],
    "extract": [["force_code", "as_of", "extract_at"], ["NORTH", "2026-03-31", "2026-04-01 06:00"]],
    "teams": [["force_code", "team_code", "name", "opened_on"], ["NORTH", "T1", "=1+1", "2020-01-06"]],
    "advocates": [
        ["force_code", "advocate_code", "team_code", "role", "started_on"],
        ["NORTH", "ADV-01", "T1", "isac", "2024-01-01"],
        ["NORTH", "ADV-02", "T1", "isac", "2024-01-01"],
    ],
    "advocate_fte": [
        ["force_code", "advocate_code", "since", "fte_hundredths"],
        ["NORTH", "ADV-01", "2024-01-01", "80"],
    ],
    "absences": [
        ["force_code", "advocate_code", "since", "until", "kind"],
        ["NORTH", "ADV-02", "2026-02-02", "2026-02-09", "annual"],
    ],
    "victims": [
        ["force_code", "victim", "age_band", "sex"],
        ["NORTH", "V-a", "30-39", "female"],
        ["NORTH", "V-b", "21-24", ""],
        ["NORTH", "V-c", "", "male"],
    ],
    "perpetrator_links": [
        ["force_code", "victim", "perpetrator", "relationship"],
        ["NORTH", "V-a", "X-1", "ex_intimate_partner"],
    ],
    "cases": [
        [
            "force_code",
            "source_id",
            "victim",
            "perpetrator",
            "pathway",
            "opened_on",
            "closed_on",
            "repeat_of",
            "abuse_at_exit",
        ],
        ["NORTH", "C3", "V-a", "X-1", "full_advocacy", "2026-03-02", "", "C1", ""],
        ["NORTH", "C1", "V-a", "X-1", "full_advocacy", "2026-01-05", "2026-02-20", "", "stopped"],
        ["NORTH", "C2", "V-b", "", "full_advocacy", "2026-01-12", "", "", ""],
    ],
    "referrals": [
        ["force_code", "source_id", "case", "opens_case", "received_at", "source", "decision"],
        ["NORTH", "R1", "C1", "yes", "2026-01-05 09:15", "police", "accepted"],
        ["NORTH", "R2", "C2", "yes", "2026-01-12T23:30:00+00:00", "self", "accepted"],
        ["NORTH", "R3", "C3", "yes", "2026-03-02", "police", "accepted"],
        ["NORTH", "R4", "", "no", "2026-03-29 02:30", "housing", "declined_out_of_area"],
    ],
    "stage_events": [
        ["force_code", "source_id", "case", "stage", "since", "until"],
        ["NORTH", "S1", "C2", "on_hold", "2026-02-02", "2026-02-16"],
    ],
    "allocations": [
        ["force_code", "source_id", "case", "advocate_code", "role", "since", "until"],
        ["NORTH", "A1", "C1", "ADV-01", "lead", "2026-01-06", "2026-02-20"],
        ["NORTH", "A2", "C2", "ADV-01", "lead", "2026-01-13", ""],
        ["NORTH", "A3", "C3", "ADV-02", "lead", "2026-03-03", ""],
    ],
    "contacts": [
        [
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
        ],
        ["NORTH", "K1", "C1", "ADV-01", "2026-01-06 10:05", "outbound", "victim", "phone", "no_answer", "", ""],
        [
            "NORTH",
            "K2",
            "C1",
            "ADV-01",
            "2026-01-07 16:40",
            "outbound",
            "victim",
            "phone",
            "successful",
            "safety_planning,assessment",
            "35",
        ],
        ["NORTH", "K3", "C2", "ADV-01", "2026-01-14", "outbound", "victim", "phone", "successful", "assessment", "20"],
    ],
    "risk_assessments": [
        ["force_code", "source_id", "case", "assessed_on", "tool", "kind", "advocate_code", "score", "level", "basis"],
        ["NORTH", "Q1", "C1", "2026-01-07", "dash_safelives", "initial", "ADV-01", "15", "high", "score"],
        ["NORTH", "Q2", "C2", "2026-01-15", "dash_safelives", "initial", "ADV-01", "11", "medium", "score"],
    ],
    "incidents": [
        ["force_code", "source_id", "case", "on_day", "kind"],
        ["NORTH", "I1", "C1", "2026-01-20", "threat"],
    ],
    "risk_thresholds": [
        ["force_code", "tool", "since", "medium_min", "high_min"],
        ["NORTH", "dash_safelives", "2020-01-01", "10", "14"],
    ],
    "events": [["force_code", "on_day", "kind", "text"], ["NORTH", "2026-02-01", "staffing", "Two posts were filled."]],
}
ROWS = sum(len(rows) - 1 for rows in FILES.values())


def extract(**changed: list[list[str]] | None) -> dict[str, list[list[str]]]:
    """The extract with files replaced, or left out where None stands."""
    files = {name: [list(row) for row in rows] for name, rows in FILES.items()} | changed
    return {name: rows for name, rows in files.items() if rows is not None}


def with_row(file: str, *rows: list[str]) -> dict[str, list[list[str]]]:
    """The extract with rows added to one file."""
    files = extract()
    files[file] += [list(row) for row in rows]
    return files


def with_cell(file: str, row: int, column: str, text: str) -> dict[str, list[list[str]]]:
    """The extract with one cell changed; the header is row 1. A column that is not there is added."""
    files = extract()
    if column not in files[file][0]:
        files[file] = [[*cells, column if place == 0 else ""] for place, cells in enumerate(files[file])]
    files[file][row - 1][files[file][0].index(column)] = text
    return files


def write_folder(path: Path, files: dict[str, list[list[str]]] | None = None) -> Path:
    """Write the extract as CSV files."""
    path.mkdir(exist_ok=True)
    for name, rows in (files or FILES).items():
        with (path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    return path


def write_workbook(path: Path, files: dict[str, list[list[str]]] | None = None) -> Path:
    """Write the extract as a workbook, every cell as text."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in (files or FILES).items():
        sheet = book.create_sheet(name)
        for row_number, row in enumerate(rows, start=1):
            for column, text in enumerate(row, start=1):
                cell = sheet.cell(row_number, column)
                cell.value = text
                cell.data_type = "s"  # openpyxl would make a formula of "=1+1"
    book.save(path)
    return path
