"""One question on its way to the counter: scope, slice and keys, and the dense arrays that come back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import prod

import numpy as np
from sqlalchemy import Column, ColumnElement, FromClause, Integer, Table, and_, false, or_, type_coerce

from data_access.days import DayNumber, number
from data_access.directory import Advocate, Directory, Force, Team
from data_access.errors import Refused, UnknownName
from data_access.slice import FILTERS, Slice
from data_access.tally import DAY, Counter, Counts, Tally

NOBODY = "none"
NOT_SHOWN = "not shown"  # somebody, whose code the asker may not see
NO_REASONS: Mapping[str, str] = {}
MOST_ROWS = 400_000


@dataclass(frozen=True, eq=False)
class Key:
    """A way to break a figure down: a column, and the names of its codes (None: a force, team or advocate)."""

    name: str
    column: ColumnElement
    names: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Axis:
    """The values of a key, in their order, with the number that the database holds for each."""

    name: str
    numbers: tuple[int, ...]
    labels: tuple[str, ...]

    def place(self, column: np.ndarray) -> np.ndarray:
        """Index of each number on this axis; -1 where it is not on it."""
        order = np.argsort(self.numbers)
        ranked = np.asarray(self.numbers)[order]
        found = np.searchsorted(ranked, column)
        found = np.minimum(found, len(ranked) - 1)
        return np.where(ranked[found] == column, order[found], -1)


@dataclass(frozen=True)
class Question:
    """A slice cut to what the asker may see, and the keys to count by."""

    counter: Counter
    directory: Directory
    slice: Slice
    by: tuple[str, ...]
    reach: tuple

    @cached_property
    def forces(self) -> tuple[Force, ...]:
        """Forces asked for that may be seen, in the order of codes."""
        return tuple(f for f in self.directory.forces if f.code in self.slice.forces)

    @cached_property
    def as_of(self) -> dict[int, int]:
        """Last day that counts, by force id, as day numbers."""
        own = self.slice.as_of
        return {f.id: number(own or f.as_of) for f in self.forces}

    @cached_property
    def ends(self) -> np.ndarray:
        """First day number after each period, shape (periods,)."""
        return np.array([p.end for p in self.slice.periods], dtype=np.int64)

    @property
    def step(self) -> int:
        """Weeks are counted by Monday, months and quarters by day, the whole at once."""
        return {"week": 7, "4week": 7, "whole": 0}.get(self.slice.grain, 1)

    def axis(self, key: Key) -> Axis:
        """The full list of values of a key, so that a count of nothing is a row with zero."""
        if key.names is not None:
            return Axis(key.name, tuple(range(len(key.names))), key.names)
        if key.name == "force":
            return Axis("force", tuple(f.id for f in self.forces), tuple(f.code for f in self.forces))
        listed = self.members(key.name)
        codes = [x.code for x in listed]
        # A code is unique in its force only: where two forces share one, the force stands before it.
        labels = (x.code if codes.count(x.code) == 1 else f"{x.force}/{x.code}" for x in listed)
        return Axis(key.name, (0, *(x.id for x in listed)), (NOBODY, *labels))

    def members(self, name: str) -> tuple[Team | Advocate, ...]:
        """Teams or advocates of the forces asked for."""
        chosen = {f.code for f in self.forces}
        known: Sequence[Team | Advocate] = self.directory.teams if name == "team" else self.directory.advocates
        return tuple(x for x in known if x.force in chosen)

    def shown(self, force: str, advocate: str | None) -> str:
        """The code of an advocate as the asker may read it: ``NOT_SHOWN`` for one outside the directory."""
        return advocate if advocate and (force, advocate) in self._advocates else NOT_SHOWN if advocate else ""

    @cached_property
    def _advocates(self) -> frozenset[tuple[str, str]]:
        return frozenset((one.force, one.code) for one in self.directory.advocates)

    def told_until(self, keys: Sequence[Key]) -> tuple[np.ndarray, np.ndarray]:
        """Earliest and latest as-of of the forces that a row of the keys can hold, each of shape (*key sizes)."""
        forces = set(self.as_of)
        for name, wanted in (("team", self.slice.teams), ("advocate", self.slice.advocates)):
            if wanted and NOBODY not in wanted:
                id_of = {f.code: f.id for f in self.forces}
                forces &= {id_of[m.force] for m in self.members(name) if m.code in wanted} or forces
        shape = tuple(len(self.axis(key).labels) for key in keys)
        known = [self.as_of[force] for force in forces or self.as_of]
        first, last = np.full(shape, min(known)), np.full(shape, max(known))
        for place, key in sorted(enumerate(keys), key=lambda pair: pair[1].name == "force"):
            if key.names is None and key.name in ("force", "team", "advocate"):
                of_label = self._told_by_label(key).reshape([-1 if i == place else 1 for i in range(len(keys))])
                first, last = (np.where(of_label < 0, old, of_label) for old in (first, last))
        return first, last

    def _told_by_label(self, key: Key) -> np.ndarray:
        """As-of of the force of each label of the key; -1 for nobody, who can be of any force."""
        if key.name == "force":
            return np.array([self.as_of[f.id] for f in self.forces])
        id_of = {f.code: f.id for f in self.forces}
        return np.array([-1, *(self.as_of[id_of[member.force]] for member in self.members(key.name))])

    def upto(self, fact: FromClause, day: ColumnElement, last: int | None = None) -> ColumnElement[bool]:
        """``day`` is known by the as-of of the row's force (and not after ``last``)."""
        limits = {force: as_of if last is None else min(as_of, last) for force, as_of in self.as_of.items()}
        lasting = isinstance(fact, Table) and isinstance(day, Column)  # others are made for one question
        return (_known if lasting else _known.__wrapped__)(fact.c.force_id, day, tuple(limits.items()))

    def conditions(
        self, fact: Table, keys: Iterable[Key], title: str, without: Mapping[str, str] = NO_REASONS
    ) -> list[ColumnElement[bool]]:
        """Forces and filters, as conditions on the fact. A filter that the fact cannot answer is refused.

        ``without`` says why a key is not there.
        """
        known = {key.name: key for key in keys}
        found: list[ColumnElement[bool]] = [_one_of(fact.c.force_id, tuple(self.as_of))]
        allowed = self.reach[1]
        for filter_, name in FILTERS.items():
            wanted = getattr(self.slice, filter_)
            why = f": {without[name]}" if name in without else ""
            if name == "team" and allowed is not None:
                if name not in known:  # a count of nothing would look like a true zero
                    raise Refused(f"{title} is not told for a team{why}. Ask somebody who sees the whole force.")
                found.append(self._is_one_of(known[name], allowed))
            if wanted:
                if name not in known:
                    raise Refused(f"{title} cannot be filtered by {name}{why}. Take that filter off to see the figure.")
                found.append(self._is_one_of(known[name], wanted))
        return found

    def _is_one_of(self, key: Key, wanted: tuple[str, ...]) -> ColumnElement[bool]:
        axis, chosen = self.axis(key), set(wanted)
        for name in sorted(chosen.difference(key.names or chosen)):
            # An unknown level or source would count nothing and look like a finding.
            raise UnknownName(key.name, name, key.names or ())
        named = set(zip(axis.numbers, axis.labels, strict=True))
        if key.names is None and key.name != "force":
            named |= {(m.id, name) for m in self.members(key.name) for name in (m.code, f"{m.force}/{m.code}")}
        numbers = tuple(sorted({number_ for number_, name in named if name in chosen}))
        return (_one_of if isinstance(key.column, Column) else _one_of.__wrapped__)(key.column, numbers)

    def chosen(self, keys: Iterable[Key], title: str) -> tuple[Key, ...]:
        """The keys asked for, in the order asked."""
        known = {key.name: key for key in keys}
        for name in self.by:
            if name not in known:
                raise UnknownName("key", name, known, f"These are the keys of {title!r}.")
        return tuple(known[name] for name in self.by)

    def count(
        self,
        fact: Table,
        keys: tuple[Key, ...],
        where: list[ColumnElement[bool]],
        day: ColumnElement | None = None,
        step: int | None = None,
        weight: ColumnElement | None = None,
    ) -> Counts:
        """Ask the counter."""
        step = self.step if step is None else step
        named = tuple((key.name, key.column) for key in keys)
        return self.counter.count(Tally(fact, named, tuple(where), day, step, weight), self.reach)

    def dense(self, counts: Counts, keys: tuple[Key, ...]) -> np.ndarray:
        """Counts as an array of shape (periods, *key sizes); days before the slice fall in the first period."""
        axes = [self.axis(key) for key in keys]
        shape = (len(self.ends), *(len(axis.labels) for axis in axes))
        if prod(shape) > MOST_ROWS:
            raise Refused("That would be over 400,000 rows. Choose fewer keys, a shorter period or a longer grain.")
        places = [
            np.searchsorted(self.ends, counts.columns[DAY], side="right")
            if DAY in counts.columns
            else np.zeros(len(counts.tally), dtype=np.int64)
        ]
        places += [axis.place(counts.columns[key.name]) for key, axis in zip(keys, axes, strict=True)]
        inside = np.logical_and.reduce([p >= 0 for p in places] + [places[0] < len(self.ends)])
        filled = np.zeros(shape, dtype=np.int64)
        np.add.at(filled, tuple(p[inside] for p in places), counts.tally[inside])
        return filled


# Every figure of a page asks with the same few conditions: made once, they are also evaluated once.
@lru_cache(256)
def _known(force: ColumnElement, day: ColumnElement, limits: tuple[tuple[int, int], ...]) -> ColumnElement[bool]:
    if len({limit for _, limit in limits}) == 1:
        return day <= limits[0][1]
    return or_(false(), *(and_(force == id_, day <= limit) for id_, limit in limits))


@lru_cache(256)
def _one_of(column: ColumnElement, numbers: tuple[int, ...]) -> ColumnElement[bool]:
    return column.in_(numbers)


def days_of(column: ColumnElement) -> ColumnElement:
    """A source column of days as plain whole numbers."""
    return type_coerce(column, Integer) if isinstance(column.type, DayNumber) else column
