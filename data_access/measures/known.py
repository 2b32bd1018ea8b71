"""Rows that come into being, or give way to others, on a day of their own."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement

from data_access.measures.recipes import Rows
from data_access.question import Question


@dataclass(frozen=True, eq=False)
class Known(Rows):
    """Rows that count only when ``since`` is not after the as-of, and ``until`` (if any) is.

    So of several assessments the figure takes the latest that was known on the
    as-of day, and not the latest of all.
    """

    since: ColumnElement | None = None
    until: ColumnElement | None = None

    def conditions(self, question: Question, title: str) -> list[ColumnElement[bool]]:
        """Those of the rows, and what is known by the as-of of the row's force."""
        found = super().conditions(question, title)
        if self.since is not None:
            found.append(question.upto(self.fact, self.since))
        if self.until is not None:
            found.append(~question.upto(self.fact, self.until))
        return found
