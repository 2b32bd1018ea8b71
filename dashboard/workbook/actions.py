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

# What needs somebody, as the overview names it; a list that the catalogue of lists does not have is left out.
NEEDS_SOMEBODY = ("waiting_first_contact", "contact_overdue", "review_overdue", "waiting", "no_lead", "untouched")
WORDS = {
    "waiting_first_contact": "first contact",
    "contact_overdue": "contact",
    "review_overdue": "risk review",
    "waiting": "a lead advocate (waiting list)",
    "no_lead": "a lead advocate",
    "untouched": "nothing was done yet",
}
MOST_A_PAGE = 500
COLUMNS = ("Case reference", "Lead advocate", "Team", "Level", "What is due", "Since", "Days")
NOBODY = "no lead"
Row = dict[str, Any]


def due_lists() -> tuple[str, ...]:
    """The lists that the worksheet takes its rows from."""
    return tuple(name for name in NEEDS_SOMEBODY if name in LISTS)


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
