"""The only ways out of the data layer: a figure's frame, a list's rows, an analyst's table."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import wraps
from typing import ParamSpec, TypeVar

import numpy as np
import pandas as pd

from data_access import delays, extracts, history, thresholds, worklists
from data_access.changes import counts
from data_access.days import EPOCH, Period, day, number
from data_access.directory import Advocate, Directory, Force, Team
from data_access.errors import Moved, UnknownName
from data_access.measures import MEASURES
from data_access.measures.kinds import NOTHING, Duration, in_post
from data_access.measures.measure import Measure
from data_access.measures.recipes import Result
from data_access.quality import Quality
from data_access.question import NOBODY, Key, Question
from data_access.scope import Scope
from data_access.slice import Page, Slice
from data_access.tally import Counter

FIGURES = ("numerator", "denominator", "value", "lower", "upper", "n", "note")
TIMES = ("days", "hours")  # keys whose values are whole numbers
FEW = 10  # below this a share is read as "3 of 8", not as a percentage


TRIES = 5  # a load takes longer than a question: that new data come five times while one is answered does not happen
P = ParamSpec("P")
T = TypeVar("T")


def _of_one_version(answer: Callable[P, T]) -> Callable[P, T]:
    """Asked again of the directory as it is then, where new data come meanwhile: no answer mixes two versions."""

    @wraps(answer)
    def asked(*given: P.args, **named: P.kwargs) -> T:
        for _ in range(TRIES - 1):
            try:
                return answer(*given, **named)
            except Moved:
                continue
        return answer(*given, **named)

    return asked


class Fixed(dict):
    """What a frame says of itself; not to be changed. pandas copies it deeply at each step, and need not."""

    def __deepcopy__(self, _memo: dict) -> "Fixed":
        return self


class Reports:
    """What one person may ask. Counts through a counter, and never outside the scope."""

    def __init__(self, counter: Counter, scope: Scope, directory: Callable[[], Directory]):
        self.counter = counter
        self.scope = scope
        self._read = directory

    @property
    def directory(self) -> Directory:
        """Forces, teams and advocates within the scope, as of the latest load."""
        return self._read().within(self.scope.forces, self.scope.teams)

    def narrowed(self, force: str, teams: frozenset[str] | None = None) -> "Reports":
        """The same for somebody bound to one force (and these teams of it) of the scope; never wider."""
        own = self.scope.teams
        both = teams if own is None else own if teams is None else own & teams
        return Reports(self.counter, replace(self.scope, forces=self.scope.forces & {force}, teams=both), self._read)

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
            return _empty(measure, keys)
        result = measure.kind.result(question, measure.title)
        frame = _listed(question, result, keys, measure)
        frame.attrs = {
            "measure": measure.name,
            "as_of": Fixed({f.code: day(question.as_of[f.id]) for f in question.forces}),
            "first": slice_.first,
            "until": slice_.until,
            "grain": slice_.grain,
            **self._still_coming(question, measure),
        }
        return frame

    @_of_one_version
    def late_days(self, measure: Measure | str) -> dict[str, int]:
        """Force code -> days after the end of a period within which 95 of 100 entries behind a figure reach us.

        Nothing for a force whose source says no day of entry.
        """
        directory = self.directory
        return delays.late_days(
            self.counter, directory, (*self.scope.reach, directory.versions), known_measure(measure)
        )

    @_of_one_version
    def told_from(self) -> dict[str, date]:
        """Force code -> first day from which its data tell of everybody, not only of who was still open then."""
        directory = self.directory
        return history.told_from(self.counter, directory, (*self.scope.reach, directory.versions))

    def _still_coming(self, question: Question, measure: Measure) -> dict[str, dict]:
        """By force: days that entries come late, and the last day of which nearly all have come."""
        late = self.late_days(measure)
        settled = {f.code: min(question.as_of[f.id], number(f.as_of) - late.get(f.code, 0)) for f in question.forces}
        return {
            "late": Fixed({f.code: late[f.code] for f in question.forces if f.code in late}),
            "settled": Fixed({code: day(last) for code, last in settled.items()}),
        }

    @property
    def reach(self) -> tuple:
        """Forces, teams and role of the scope and the versions of the data: what an answer may be kept under."""
        teams = None if self.scope.teams is None else tuple(sorted(self.scope.teams))
        return (*self.scope.reach[:1], teams, self.scope.role, self.directory.versions)

    def rows(self, worklist: str, slice_: Slice, page: Page | None = None) -> worklists.Rows:
        """One page of a list of cases, counted and cut by the database.

        Raises UnknownName for a list that does not exist.
        """
        listing = worklists.known(worklist)
        question = self._question(slice_, ())
        return worklists.page_of(question, listing, page or Page())

    def quality(self, slice_: Slice) -> Quality:
        """How good the records are: completeness, order of days, late entry, freshness, and the cases to mend."""
        return Quality(self._question(slice_, ()))

    @_of_one_version
    def changes(self, slice_: Slice) -> pd.DataFrame:
        """What changed in the seven days to the last day, by force, and what was entered late.

        Columns: ``change`` (also the name of its list), ``title``, ``part``
        (``week`` or ``late``), ``force``, ``rows`` and ``note``, which says why
        ``rows`` is missing. One row for each change and force.
        """
        return counts(self._question(slice_, ()), worklists.CHANGES)

    def level_differences(self, slice_: Slice) -> str:
        """Why the risk levels of the forces of the slice cannot be compared, as a clause; nothing when they can."""
        return thresholds.differences(self._question(slice_, ()))

    def table(self, name: str, slice_: Slice | None = None) -> pd.DataFrame:
        """A typed, pseudonymous frame for an analyst's own questions.

        ``cases`` holds every pathway and also cases opened in error, which no
        figure counts. ``incidents`` has months, never days. ``cases``, ``contacts``, ``risk_assessments`` and
        ``incidents`` need a slice; ``forces``,
        ``teams``, ``advocates`` and ``events`` take the whole scope without one.
        Raises UnknownName for another name.
        """
        question = None if slice_ is None else self._question(slice_, ())
        return extracts.table(self.counter.engine, self.directory, question, name)

    def _question(self, slice_: Slice, by: tuple[str, ...]) -> Question:
        directory = self.directory
        _check_names("team", slice_.teams, directory.teams)
        _check_names("advocate", slice_.advocates, directory.advocates)
        # What is kept is kept for this reach and this version of the data: after a load nothing old is shown.
        return Question(self.counter, directory, slice_, by, (*self.reach[:-1], directory.versions))


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


def _empty(measure: Measure, keys: tuple[str, ...]) -> pd.DataFrame:
    kinds = {"period_start": "datetime64[s]", **{key: "int64" if key in TIMES else "str" for key in keys}}
    divisor = "float64" if "denominator" in getattr(measure.kind, "fractions", ()) else "Int64"
    counts = {"numerator": "Int64", "denominator": divisor, "n": "Int64", "note": "str"}
    kinds |= {name: counts.get(name, "float64") for name in FIGURES}
    columns = {name: pd.Series(dtype=kind) for name, kind in kinds.items()}
    frame = pd.DataFrame(columns)
    frame.attrs = {"measure": measure.name, "as_of": {}}
    return frame


def _labels(question: Question, result: Result, key: Key) -> tuple[str, ...]:
    return (result.labels or {}).get(key.name) or question.axis(key).labels


def _listed(question: Question, result: Result, by: tuple[str, ...], measure: Measure) -> pd.DataFrame:
    """The arrays as rows, without those that mean nothing, with a note where one is due."""
    keep = np.ones(result.shape, bool) if result.keep is None else np.broadcast_to(result.keep, result.shape).copy()
    keep &= _pairs(question, result)
    places = np.argwhere(keep)
    starts = np.array([p.start for p in question.slice.periods], dtype="int64")
    columns: dict[str, object] = {
        "period_start": np.datetime64(EPOCH, "s") + starts[places[:, 0]].astype("timedelta64[D]")
    }
    for i, key in enumerate(result.keys):
        labels = np.array(_labels(question, result, key), dtype=object)[places[:, i + 1]]
        columns[key.name] = pd.array(labels, dtype="str") if key.name not in TIMES else labels.astype("int64")
    where = tuple(places.T)
    whole = not np.issubdtype(
        np.asarray(result.denominator if result.denominator is not None else 0).dtype, np.floating
    )
    for name in ("numerator", "denominator", "value", "lower", "upper", "n"):
        array = getattr(result, name)
        values = (
            np.full(len(places), np.nan) if array is None else np.broadcast_to(array, result.shape)[where].astype(float)
        )
        counts = name in ("numerator", "n") or (name == "denominator" and whole)
        columns[name] = pd.array(values, dtype="Int64") if counts else values
    frame = pd.DataFrame(columns)
    frame["note"] = pd.array(_notes(question, result, places, measure), dtype="str")
    _, last = question.told_until(result.keys)
    unknown = np.broadcast_to(last, result.shape)[where] < starts[places[:, 0]]
    if unknown.any():  # to write nothing takes pandas longer than all the rest of this function
        frame.loc[unknown, [name for name in FIGURES if name != "note"]] = np.nan
    return frame[["period_start", *by, *FIGURES]]


def _pairs(question: Question, result: Result) -> np.ndarray:
    """True where team and advocate belong to the row's force and, with no count at all, were in post."""
    names = [key.name for key in result.keys]
    keep = np.ones(result.shape, bool)
    seen = np.nan_to_num(np.asarray(result.n if result.n is not None else result.numerator, dtype=float)) > 0
    if result.denominator is not None:  # days of exposure without an event are something too
        seen |= np.nan_to_num(np.asarray(result.denominator, dtype=float)) > 0
    bounds = question.slice.bounds
    for i, name in enumerate(names):
        if name not in ("team", "advocate"):
            continue
        members = (None, *question.members(name))
        some = seen.any(axis=tuple(j for j in range(seen.ndim) if j != i + 1))
        wanted = [any_ or (m is not None and _current(m, bounds)) for any_, m in zip(some, members, strict=True)]
        keep &= np.array(wanted).reshape([-1 if j == i + 1 else 1 for j in range(seen.ndim)])
        for other in ("force", "team"):
            if other not in names or other == name:
                continue
            k = names.index(other)
            teams_ = [m for m in question.members("team") if isinstance(m, Team)]
            theirs: Sequence[Force | Team | None] = (None, *teams_) if other == "team" else question.forces
            fits = np.array([[m is None or _belongs(m, it) for it in theirs] for m in members])
            view = [1] * seen.ndim
            view[i + 1], view[k + 1] = fits.shape
            keep &= (fits if i < k else fits.T).reshape(view) | seen
    return keep


def _belongs(member: Team | Advocate, to: Force | Team | None) -> bool:
    """Whether a team or advocate is of the force or team. Codes of teams are unique in their force only."""
    if to is None or isinstance(to, Force):
        return to is not None and member.force == to.code
    return isinstance(member, Advocate) and (member.force, member.team) == (to.force, to.code)


def _current(member: Team | Advocate, bounds: Period) -> bool:
    # A supervisor leads no cases: without a count there is no row to show.
    return isinstance(member, Team) or (not member.supervises and in_post(member, bounds.start, bounds.end - 1))


def _notes(question: Question, result: Result, places: np.ndarray, measure: Measure) -> list[str]:
    first, last = question.told_until(result.keys)
    periods = question.slice.periods
    over = question.slice.as_of is None and int(first.min()) >= periods[-1].end - 1
    share = measure.is_share and not isinstance(measure.kind, Duration)
    divides = (result.denominator is not None and measure.unit not in ("cases", "hours")) or share
    n = np.zeros(result.shape) if result.n is None else np.broadcast_to(result.n, result.shape)
    base = n if result.denominator is None else np.broadcast_to(result.denominator, result.shape)
    if over and result.notes is None and not divides and not share:
        return [""] * len(places)  # a stock or flow of periods that are over has nothing to say
    notes = []
    for row in places:
        place = tuple(row)
        said = [_period_note(question, periods[place[0]], int(first[place[1:]]), int(last[place[1:]]))]
        if result.notes is not None:
            said.append(result.notes(place))
        if not isinstance(measure.kind, Duration) and divides and not base[place]:
            said.append(NOTHING)
        elif share and 0 < base[place] < FEW and not np.isnan(result.numerator[place]):  # nan: a window is open
            said.append(f"read as {int(result.numerator[place])} of {int(base[place])}")
        notes.append("; ".join(s for s in said if s))
    return notes


def _period_note(question: Question, period: Period, first: int, last: int) -> str:
    """Where the data end before the period does; the row's forces tell up to ``first`` at least, ``last`` at most."""
    if first >= period.end - 1 and question.slice.as_of is None:
        return ""
    if first >= period.end - 1:
        own = {f.code: number(f.as_of) for f in question.forces if number(f.as_of) < min(period.end - 1, first)}
        return "; ".join(f"{code}: the data themselves end on {day(ends)}" for code, ends in own.items())
    if first == last:
        return f"the data end on {day(last)}" if last < period.start else f"not over: data up to {day(last)}"
    late = {f.code: question.as_of[f.id] for f in question.forces if question.as_of[f.id] < period.end - 1}
    return "; ".join(f"{code}: data up to {day(ends)}" for code, ends in late.items())
