"""The weekly workbook: accessible, reproducible, the same from the page and from the command line."""

from dashboard.workbook.export import Exported, Made, Taker, book, export, file_name, made, write_week
from dashboard.workbook.run import Outcome, run_week
from dashboard.workbook.week import Issue, issue, last_complete_week

__all__ = [
    "Exported",
    "Issue",
    "Made",
    "Outcome",
    "Taker",
    "book",
    "export",
    "file_name",
    "issue",
    "last_complete_week",
    "made",
    "run_week",
    "write_week",
]
