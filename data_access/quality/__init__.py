"""How good the records are: completeness, order of days, late entry, freshness, and the cases to mend.

Nothing is repaired here, and nothing outside of the asker's scope is counted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, TypeVar

import pandas as pd

from data_access.quality import entry, fields, mending
from data_access.quality.entry import LATE_AFTER
from data_access.quality.fields import FIELDS
from data_access.quality.mending import FIELD_OF, Mending
from data_access.quality.register import Owner, owners
from data_access.question import Question
from data_access.scope import Scope, door
from data_access.slice import Page

__all__ = ["FIELDS", "FIELD_OF", "LATE_AFTER", "Mending", "Quality"]

T = TypeVar("T")


class Asker(Protocol):
    """Gives what a part makes of the question, as the data are then."""

    def __call__(self, part: Callable[[Question], T], /) -> T: ...


@dataclass(frozen=True)
class Quality:
    """The quality of what one question can reach; each part is counted once. Made by ``Reports.quality``.

    ``of`` answers a part of the question: each of them is of one version of the data.
    """

    of: Asker
    scope: Scope

    @cached_property
    def completeness(self) -> pd.DataFrame:
        """Twelve key fields in the period, by force.

        Columns: ``field``, ``title``, ``of`` (the rows counted), ``force``,
        ``recorded`` and ``n`` (rows; nothing where the filters cannot be
        answered, and ``note`` says why).
        """
        return self.of(fields.completeness)

    @cached_property
    def in_all(self) -> pd.DataFrame:
        """The fields over all forces asked for, the least recorded first: ``field``, ``title``, ``recorded``, ``n``."""
        return fields.together(self.completeness)

    @cached_property
    def assessments(self) -> pd.DataFrame:
        """Open cases on the last day, by force: ``open``, ``stale`` (over 90 days), ``not_assessed``."""
        return self.of(fields.assessments)

    @cached_property
    def late_entry(self) -> pd.DataFrame:
        """Rows typed in late, by force and kind of row.

        Columns: ``force``, ``rows`` (what was typed in), ``late`` (more than 7
        days after), ``n`` (rows with a day of entry), ``days`` (within which 95
        of 100 were typed in; nothing below 20 rows), ``at_most`` (whether ``days``
        stands for 56 and more). Looked at: the 52 weeks before the last eight,
        because younger rows can only have been entered early.
        """
        return self.of(entry.late_entry)

    @cached_property
    def freshness(self) -> pd.DataFrame:
        """By force: ``name``, ``as_of``, ``extract_at`` (local time or nothing), ``behind`` (days after the newest)."""
        return self.of(entry.freshness)

    @cached_property
    def rules(self) -> pd.DataFrame:
        """Breaches known by the end of the period, by rule and force: ``rule``, ``title``, ``force``, ``count``."""
        return self.of(lambda question: mending.rules(question, self._broken))

    @cached_property
    def imported_twice(self) -> pd.DataFrame:
        """Weeks with so many double contacts that one import can be the reason.

        Columns: ``force``, ``week`` (its Monday), ``contacts`` (different ones),
        ``rows`` (as they stand).
        """
        return self.of(lambda question: mending.imported_twice(question, self._owners))

    @door("mend")
    def to_mend(self, page: Page | None = None) -> Mending:
        """One page of the cases to mend, the oldest first."""
        return self.of(lambda question: mending.page_of(question, self._owners, self._to_mend, page or Page()))

    @cached_property
    def _owners(self) -> dict[int, Owner]:
        return self.of(owners)

    @cached_property
    def _broken(self) -> list[mending.Item]:
        return self.of(lambda question: mending.broken(question, self._owners))

    @cached_property
    def _to_mend(self) -> list[mending.Item]:
        missing = self.of(lambda question: mending.missing(question, self._owners))
        return mending.in_order([*self._broken, *missing], self._owners)
