"""Days and the source line in words, the same on every worksheet."""

from datetime import date

from dashboard.workbook.week import Issue


def spoken(day: date) -> str:
    """A day in words: 15 November 2026."""
    return f"{day.day} {day:%B %Y}"


def source(issue: Issue) -> str:
    """Where the figures come from and how far they go."""
    return f"Source: caselight, data up to {spoken(issue.force.as_of)}."
