"""Cases that need somebody: an overdue risk review or an overdue contact on the last day of the week."""

from collections.abc import Iterator
from typing import Any

from dashboard.workbook.cells import NOT_APPLICABLE
from dashboard.workbook.figures import spoken
from dashboard.workbook.sheets import Sheet
from dashboard.workbook.week import Issue
from data_access.codes import LEVELS, label
from data_access.slice import Page

LISTS = ("review_overdue", "contact_overdue")
MOST_A_PAGE = 500
COLUMNS = ("Case reference", "Lead advocate", "Level", "What is due", "Since", "Days")
NOBODY = "no lead"


def actions_due(issue: Issue) -> tuple[Sheet, int]:
    """The worksheet, and how many rows it holds; the highest level and the longest wait stand first."""
    found = sorted((row for name in LISTS for row in _all(issue, name)), key=_need)
    rows = [
        [row["reference"], _lead(row["lead"]), label(row["level"]), row["what"], row["since"], int(row["days"])]
        for row in found
    ]
    nothing = ["No action is due", *[NOT_APPLICABLE] * (len(COLUMNS) - 1)]
    day = min(issue.sunday, issue.force.as_of)
    sheet = Sheet(
        "Actions_due",
        f"Actions due: {issue.force.code}, {spoken(day)}",
        COLUMNS,
        rows or [nothing],
        about="A case stands in it once for each action that is due.",
        basis=f"Since: day of the last assessment or contact. Days: from then to {spoken(day)}. "
        f"Source: caselight, data up to {spoken(issue.force.as_of)}.",
        period=spoken(day),
        unit="cases and actions",
        wide=("What is due",),
    )
    return sheet, len(rows)


def _lead(code: Any) -> str:
    return code if isinstance(code, str) and code else NOBODY


def _need(row: dict[str, Any]) -> tuple:
    return (-LEVELS.index(row["level"]), -row["days"], row["reference"], row["what"])


def _all(issue: Issue, worklist: str) -> Iterator[dict[str, Any]]:
    number = 1
    while True:
        rows = issue.reports.rows(worklist, issue.this_week, Page(number, MOST_A_PAGE))
        yield from rows.frame.to_dict("records")
        if number >= rows.pages:
            return
        number += 1
