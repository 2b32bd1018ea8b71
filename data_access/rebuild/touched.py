"""What a load has written, as far as facts follow from it: cases, pairs of two people, victims, advocates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

from sqlalchemy import Table

from data_access import tables as t


@dataclass
class Touched:
    """Ids of cases, links and victims that rows were written for, before and after the change.

    ``loose`` are forces with a written referral that belongs to no case, ``whole`` those in which something changed
    that any case can depend on. More than was written does no harm.
    """

    cases: set[int] = field(default_factory=set)
    links: set[int] = field(default_factory=set)
    victims: set[int] = field(default_factory=set)
    loose: set[int] = field(default_factory=set)
    whole: set[int] = field(default_factory=set)

    def inserted(self, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
        """New rows, side by side. A new victim, advocate or team belongs to no case until a case names it."""
        if "case_id" in columns:
            cases: Iterable[Any] = columns["case_id"]
            self.cases.update(cases)
        if table is t.referral:
            pairs = zip(columns["force_id"], columns.get("case_id") or repeat(None), strict=False)
            self.loose.update(force_id for force_id, case_id in pairs if case_id is None)

    def updated(self, table: Table, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """A row that was changed."""
        force_id = before.get("force_id")
        if "case_id" in before:
            both = {before["case_id"], after.get("case_id", before["case_id"])}
            self.cases |= both
            if None in both and force_id is not None:
                self.loose.add(force_id)
            if table is t.cases:
                self.links.add(before["link_id"])
        elif table is t.victim:
            self.victims.add(before["victim_id"])
        elif table is t.advocate and force_id is not None:
            self.whole.add(force_id)

    def add(self, other: "Touched") -> None:
        """Take in what another one holds."""
        for name in ("cases", "links", "victims", "loose", "whole"):
            getattr(self, name).update(getattr(other, name) - {None})
