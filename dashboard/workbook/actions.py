"""Cases that need somebody on the last day of the week: every list of what is due, in one table."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from dashboard.workbook.cells import NOT_APPLICABLE
from dashboard.workbook.sheets import Sheet
from dashboard.workbook.week import Issue
from dashboard.workbook.words import source, spoken
from data_access.codes import LEVELS, label
from data_access.slice import Page
from data_access.worklists import LISTS

# What needs somebody, as the overview names it, and what a supervisor asks besides (safety plans, agencies' actions).
WORDS = {
    "waiting_first_call": "first call",
    "contact_overdue": "contact",
    "review_overdue": "risk review",
    "no_lead": "a lead advocate",
    "untouched": "anything at all: untouched",
    "plan_review_due": "safety plan after a trigger",
    "actions_late": "an agency's agreed action",
}
COMING = "coming"
MOST_A_PAGE = 500
COLUMNS = ("Case reference", "Lead advocate", "Team", "Level", "What is due", "Since", "Days")
NOBODY = "no lead"
Row = dict[str, Any]


def due_lists() -> tuple[str, ...]:
    """The lists that the worksheet takes its rows from, as far as there are such lists."""
    return tuple(name for name in WORDS if name in LISTS)


def actions(issue: Issue) -> list[Row]:
    """Every action that is due, the highest level and the longest wait first; ``list`` names its list."""
    found = [{**row, "list": name} for name in due_lists() for row in _all(issue, name)]
    return sorted(found, key=_need)


def actions_sheet(issue: Issue, due: Sequence[Row]) -> Sheet:
    """The worksheet of the actions."""
    rows = [
        [
            row["reference"],
            row["lead"] or NOBODY,
            row["team"] or "no team",
            label(row["level"]),
            WORDS[row["list"]],
            row["since"],
            int(row["days"]),
        ]
        for row in due
    ]
    nothing = ["No action is due", *[NOT_APPLICABLE] * (len(COLUMNS) - 1)]
    day = spoken(issue.last_day)
    return Sheet(
        "Actions_due",
        f"Actions due: {issue.whom}, {day}",
        COLUMNS,
        rows or [nothing],
        about="A case stands in it once for each action that is due. On hold is never due for a contact.",
        basis=f"Since: day of the referral, opening, assessment or contact from which the days up to {day} count. "
        f"{source(issue)}",
        period=day,
        unit="cases and actions",
        wide=("What is due",),
    )


def coming_sheet(issue: Issue) -> Sheet:
    """What is to come in the 14 days after the last day: hearings, releases, ends of orders; the nearest first."""
    found = sorted(_all(issue, COMING) if COMING in LISTS else (), key=lambda row: (row["since"], row["reference"]))
    rows = [
        [
            row["reference"],
            row["lead"] or NOBODY,
            row["team"] or "no team",
            label(row["level"]),
            row["what"],
            row["since"],
        ]
        for row in found
    ]
    columns = (*COLUMNS[:4], "What is to come", "On")
    day = spoken(issue.last_day)
    return Sheet(
        "Coming",
        f"Coming: {issue.whom}, the 14 days after {day}",
        columns,
        rows or [["Nothing is known to come", *[NOT_APPLICABLE] * (len(columns) - 1)]],
        about="The victim is to be told of each in time.",
        basis=f"As far as it was known on {day}. {source(issue)}",
        period=f"14 days after {day}",
        unit="steps of cases",
        wide=("What is to come",),
    )


def counted(due: Sequence[Row], by: str) -> dict[str, Counter]:
    """How many actions of each list are due, by the lead's or the team's code."""
    found: dict[str, Counter] = {}
    for row in due:
        found.setdefault(row[by] or "", Counter())[row["list"]] += 1
    return found


def _need(row: Row) -> tuple:
    return (-LEVELS.index(row["level"]), -row["days"], row["reference"], due_lists().index(row["list"]))


def _all(issue: Issue, worklist: str) -> Iterator[Row]:
    number = 1
    while True:
        rows = issue.reports.rows(worklist, issue.this_week, Page(number, MOST_A_PAGE))
        yield from rows.frame.to_dict("records")
        if number >= rows.pages:
            return
        number += 1
