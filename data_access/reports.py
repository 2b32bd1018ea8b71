"""The only ways out of the data layer: a figure's frame, a list's rows, an analyst's table."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import date
from functools import wraps
from typing import ParamSpec, TypeVar, cast
from weakref import WeakKeyDictionary

import pandas as pd

from data_access import checks, delays, extracts, history, published, recipients, thresholds, worklists
from data_access.changes import counts
from data_access.days import day, number
from data_access.directory import Advocate, Directory, Team
from data_access.errors import Moved, Refused, UnknownName
from data_access.framing import FEW, FIGURES, empty, listed
from data_access.measures import MEASURES
from data_access.measures.measure import Measure
from data_access.quality import Quality
from data_access.question import NOBODY, Question
from data_access.scope import Scope, door
from data_access.slice import Page, Slice
from data_access.standards import Standards, by_force
from data_access.tally import Counter
from data_access.walls import reading

__all__ = ["FEW", "FIGURES", "Reports", "Source", "known_measure"]

TRIES = 3  # then one state of the data is held for the answer, which keeps more of them in the database
BY_ADVOCATE = "advocate"
P = ParamSpec("P")
T = TypeVar("T")


def _of_one_version(answer: Callable[P, T]) -> Callable[P, T]:
    """Asked again of the directory as it is then, where new data come meanwhile: no answer mixes two versions."""

    @wraps(answer)
    def asked(*given: P.args, **named: P.kwargs) -> T:
        return cast(Reports, given[0])._steady(lambda: answer(*given, **named))

    return asked


class Fixed(dict):
    """What a frame says of itself; not to be changed. pandas copies it deeply at each step, and need not."""

    def __deepcopy__(self, _memo: dict) -> "Fixed":
        return self


class Source:
    """One database as others know it: to keep answers apart, and nothing to ask."""


_sources: WeakKeyDictionary[Counter, Source] = WeakKeyDictionary()


class Reports:
    """What one person may ask. Counts through a counter, and never outside the scope or the role.

    Every method that gives data is a door with the action that it needs (``data_access.permissions``); it raises
    NotAllowed for a role that has not.
    """

    def __init__(
        self,
        counter: Counter,
        scope: Scope,
        directory: Callable[[], Directory],
        held: Callable[[], AbstractContextManager[None]] = nullcontext,
    ):
        self._counter = counter
        self.scope = scope
        self._read = directory
        self._held = held  # for how long the directory and the counter know one state of the data only

    @property
    def source(self) -> Source:
        """The database that answers: part of the key of whatever is kept, beside ``reach``."""
        return _sources.setdefault(self._counter, Source())

    @property
    def directory(self) -> Directory:
        """Forces, teams and advocates that may be seen, as of the latest load; nobody without a right to figures."""
        forces = self.scope.forces if self.scope.may("figures") else frozenset()
        return self._read().within(forces, self.scope.teams, self.scope.may("advocates"))

    def narrowed(self, force: str, teams: frozenset[str] | None = None) -> "Reports":
        """The same for somebody bound to one force (and these teams of it) of the scope; never wider."""
        own = self.scope.teams
        if teams is not None:
            own = frozenset(team.code for team in self.directory.teams if team.force == force) & teams
        return Reports(
            self._counter, replace(self.scope, forces=self.scope.forces & {force}, teams=own), self._read, self._held
        )

    def _steady(self, made: Callable[[], T]) -> T:
        """What ``made`` gives, made anew of the newer data where new data come meanwhile."""
        for _ in range(TRIES - 1):
            try:
                return made()
            except Moved:
                continue
        with self._held():
            return made()

    @door("figures")
    @_of_one_version
    def frame(self, measure: Measure | str, slice_: Slice, by: Sequence[str] = ()) -> pd.DataFrame:
        """A figure by period and keys.

        Columns: ``period_start`` (day), the keys, ``numerator``, ``denominator``,
        ``value``, ``lower``, ``upper``, ``n``, ``note``; what they mean for each
        kind of measure stands in the docs. One row for each period and each
        value of the keys, zeros included. A stock's row stands for the last day
        of its period. ``attrs`` holds the measure's name, the forces' as-of, how
        many days entries come ``late`` and the ``settled`` day of each force, up to
        which nearly all have come.

        Raises UnknownName for a measure, key or filter value that does not
        exist (or may not be seen), Refused for a filter that makes no sense.
        """
        measure = known_measure(measure)
        keys = tuple(dict.fromkeys(by))
        always = getattr(measure.kind, "always", ())
        keys = (*keys, *(name for name in always if name not in keys))
        question = self._question(slice_, keys)
        if not question.forces:
            return empty(measure, keys)
        result = measure.kind.result(question, measure.title)
        frame = listed(question, result, keys, measure)
        frame.attrs = {
            "measure": measure.name,
            "as_of": Fixed({f.code: day(question.as_of[f.id]) for f in question.forces}),
            "first": slice_.first,
            "until": slice_.until,
            "grain": slice_.grain,
            **self._still_coming(question, measure),
        }
        return frame

    @door("figures")
    @_of_one_version
    def late_days(self, measure: Measure | str) -> dict[str, int]:
        """Force code -> days after the end of a period within which 95 of 100 entries behind a figure reach us.

        Nothing for a force whose source says no day of entry.
        """
        return delays.late_days(self._counter, self.directory, self.reach, known_measure(measure))

    @door("figures")
    @_of_one_version
    def told_from(self) -> dict[str, date]:
        """Force code -> first day from which its data tell of everybody, not only of who was still open then."""
        return history.told_from(self._counter, self.directory, self.reach)

    def _still_coming(self, question: Question, measure: Measure) -> dict[str, dict]:
        """By force: days that entries come late, and the last day of which nearly all have come."""
        late = delays.late_days(self._counter, question.directory, question.reach, measure)
        settled = {f.code: min(question.as_of[f.id], number(f.as_of) - late.get(f.code, 0)) for f in question.forces}
        return {
            "late": Fixed({f.code: late[f.code] for f in question.forces if f.code in late}),
            "settled": Fixed({code: day(last) for code, last in settled.items()}),
        }

    @property
    def reach(self) -> tuple:
        """Forces, teams and role of the scope and the versions of the data: what an answer may be kept under."""
        return (*self.scope.reach, self.directory.versions)

    @door("cases")
    @_of_one_version
    def rows(self, worklist: str, slice_: Slice, page: Page | None = None) -> worklists.Rows:
        """One page of a list of cases, counted and cut by the database.

        Raises UnknownName for a list that does not exist.
        """
        listing = worklists.known(worklist)
        return worklists.page_of(self._question(slice_, ()), listing, page or Page())

    @door("figures")
    def quality(self, slice_: Slice) -> Quality:
        """How good the records are: completeness, order of days, late entry, freshness, and the cases to mend."""
        self._question(slice_, ())  # what it may not be asked is said now
        return Quality(lambda part: self._steady(lambda: part(self._question(slice_, ()))), self.scope)

    @door("mend")
    def findings(self, forces: Iterable[str], rules: Sequence[str] | None = None) -> list[checks.Finding]:
        """Every breach of the integrity rules by the cases of these forces, by force, rule and case.

        Raises UnknownName for a force or rule that does not exist (or may not be seen), Refused for somebody bound
        to teams, who has ``quality`` instead.
        """
        if self.scope.teams is not None:
            raise Refused("Findings are told of whole forces. The page of data quality has those of your teams.")
        seen = {force.code for force in self.directory.forces}
        for code in (asked := tuple(forces)):
            if code not in seen:
                raise UnknownName("force", code, seen)
        with self._own_rows(), self._counter.engine.connect() as connection:
            return checks.findings(connection, asked, rules)

    @door("figures")
    @_of_one_version
    def changes(self, slice_: Slice) -> pd.DataFrame:
        """What changed in the seven days to the last day, by force, and what was entered late.

        Columns: ``change`` (also the name of its list), ``title``, ``part``
        (``week`` or ``late``), ``force``, ``rows`` and ``note``, which says why
        ``rows`` is missing. One row for each change and force.
        """
        return counts(self._question(slice_, ()), worklists.CHANGES)

    @door("figures")
    @_of_one_version
    def level_differences(self, slice_: Slice) -> str:
        """Why the risk levels of the forces of the slice cannot be compared, as a clause; nothing when they can."""
        return thresholds.differences(self._question(slice_, ()))

    @door("figures")
    def standards(self, forces: Iterable[str]) -> Mapping[str, Standards]:
        """What holds for each of the forces that may be seen, by code."""
        seen = {force.code for force in self.directory.forces}
        with self._own_rows():
            return by_force(self._counter.engine, [code for code in forces if code in seen])

    @door("figures")
    def table(self, name: str, slice_: Slice | None = None) -> pd.DataFrame:
        """A typed, pseudonymous frame for an analyst's own questions.

        ``cases`` holds every pathway and also cases opened in error, which no
        figure counts. ``incidents`` has months, never days. ``cases``, ``contacts``, ``risk_assessments`` and
        ``incidents`` need a slice; ``forces``,
        ``teams``, ``advocates`` and ``events`` take the whole scope without one.
        Raises UnknownName for another name, NotAllowed for a table that the role does not include.
        """
        if name in extracts.SELECTED:
            self.scope.need("notebook_table")
        if name == "advocates":
            self.scope.need("advocates")
        question = None if slice_ is None else self._question(slice_, ())
        with self._own_rows():
            return extracts.table(self._counter.engine, self.directory, question, name)

    @door("weekly_file")
    def recipients(self, kind: str, forces: Sequence[str], on: date) -> tuple[recipients.Recipient, ...]:
        """Whom a weekly file can be made for: the forces, or their teams that exist on the day ``on``.

        Raises UnknownName for another kind.
        """
        with self._own_rows():
            found = recipients.recipients(self._counter.engine, kind, self._seen(forces), on)
        return tuple(one for one in found if self._whose(one.force, one.team))

    @door("weekly_file")
    def last_runs(self, forces: Sequence[str]) -> list[published.Run]:
        """The last good run for each force, recipient and team, in that order."""
        return [
            run
            for run in published.last_runs(self._counter.engine, self._seen(forces))
            if self._whose(run.force, run.team)
        ]

    @door("weekly_file")
    def run_before(self, force: str, recipient: str, team: str, monday: date) -> published.Run | None:
        """The last file of the same recipient about the latest week that began before ``monday``."""
        if not self._whose(force, team):
            return None
        with self._own_rows():
            return published.run_before(self._counter.engine, force, recipient, team, monday)

    @door("weekly_file")
    def published_figures(self, run: published.Run, measure: str | None = None) -> pd.DataFrame:
        """The frozen figures of one file, in its order; see ``as_known_on``."""
        if not self._whose(run.force, run.team):
            raise published.not_published(run.recipient, run.force, run.team, run.week)
        with self._own_rows():
            return published.figures_of(self._counter.engine, run, measure)

    @door("weekly_file")
    def as_known_on(
        self,
        force: str,
        week: str,
        measure: str | None = None,
        on: date | None = None,
        recipient: str = "force",
        team: str = "",
    ) -> pd.DataFrame:
        """The figures of a week's file as they were published: of the last file made up to the end of the day ``on``.

        Columns: ``published.COLUMNS``. Raises CaselightError where no such file was published, or may not be seen.
        """
        if not self._whose(force, team):
            raise published.not_published(recipient, force, team, week, on)
        with self._own_rows():
            return published.as_known_on(self._counter.engine, force, week, measure, on, recipient, team)

    def _own_rows(self) -> AbstractContextManager[None]:
        """What the database lets transactions read meanwhile, where it has walls of its own."""
        # From the scope itself: a directory that were cut wrongly would not open the walls.
        return reading(force.id for force in self._read().forces if force.code in self.scope.forces)

    def _seen(self, forces: Iterable[str]) -> list[str]:
        seen = {force.code for force in self.directory.forces}
        return [code for code in forces if code in seen]

    def _whose(self, force: str, team: str) -> bool:
        """A file of a whole force is for those who see all of it, that of a team for those who see the team."""
        if not self._seen([force]):
            return False
        own = self.scope.teams
        return own is None or any(x.force == force and x.code == team for x in self.directory.teams)

    def _question(self, slice_: Slice, by: tuple[str, ...]) -> Question:
        if slice_.advocates or BY_ADVOCATE in by:
            self.scope.need("advocates")
        directory = self.directory
        _check_names("team", slice_.teams, directory.teams)
        _check_names("advocate", slice_.advocates, directory.advocates)
        # What is kept is kept for this reach and this version of the data: after a load nothing old is shown.
        return Question(self._counter, directory, slice_, by, (*self.scope.reach, directory.versions))


def known_measure(measure: Measure | str) -> Measure:
    """The measure of a name. Raises UnknownName with the nearest one."""
    if isinstance(measure, Measure):
        return measure
    if measure not in MEASURES:
        raise UnknownName("measure", measure, MEASURES)
    return MEASURES[measure]


def _check_names(kind: str, wanted: Sequence[str], members: Sequence[Team | Advocate]) -> None:
    """A code, or FORCE/CODE where two forces share it."""
    if not wanted:
        return
    known = {NOBODY, *(m.code for m in members), *(f"{m.force}/{m.code}" for m in members)}
    for name in wanted:
        if name not in known:
            raise UnknownName(kind, name, {m.code for m in members})
