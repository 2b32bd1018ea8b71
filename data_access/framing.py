"""A figure's arrays as a frame: one row for each period and value of the keys, with a note where one is due."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from data_access.days import EPOCH, Period, day, number
from data_access.directory import Advocate, Force, Team
from data_access.measures.kinds import NOTHING, Duration, in_post
from data_access.measures.measure import Measure
from data_access.measures.recipes import Result
from data_access.question import Key, Question

FIGURES = ("numerator", "denominator", "value", "lower", "upper", "n", "note")
TIMES = ("days", "hours")  # keys whose values are whole numbers
FEW = 10  # below this a share is read as "3 of 8", not as a percentage


def empty(measure: Measure, keys: tuple[str, ...]) -> pd.DataFrame:
    """The frame of somebody who sees nothing: its columns with their types, and no row."""
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


def listed(question: Question, result: Result, by: tuple[str, ...], measure: Measure) -> pd.DataFrame:
    """The arrays as rows, without those that mean nothing, with a note where one is due."""
    keep = np.ones(result.shape, bool) if result.keep is None else np.broadcast_to(result.keep, result.shape).copy()
    keep &= _pairs(question, result)
    places = np.argwhere(keep)
    starts = np.array([p.start for p in question.slice.periods], dtype="int64")
    where = tuple(places.T)
    _, last = question.told_until(result.keys)
    unknown = np.broadcast_to(last, result.shape)[where] < starts[places[:, 0]]
    columns: dict[str, object] = {
        "period_start": np.datetime64(EPOCH, "s") + starts[places[:, 0]].astype("timedelta64[D]")
    }
    for i, key in enumerate(result.keys):
        labels = _labels(question, result, key)
        columns[key.name] = (np.array(labels, dtype="int64") if key.name in TIMES else _words(labels))[places[:, i + 1]]
    columns = {name: columns[name] for name in ("period_start", *by)}
    whole = not np.issubdtype(
        np.asarray(result.denominator if result.denominator is not None else 0).dtype, np.floating
    )
    for name in ("numerator", "denominator", "value", "lower", "upper", "n"):
        array = getattr(result, name)
        values = (
            np.full(len(places), np.nan) if array is None else np.broadcast_to(array, result.shape)[where].astype(float)
        )
        values[unknown] = np.nan
        counts = name in ("numerator", "n") or (name == "denominator" and whole)
        columns[name] = _counts(values) if counts else values
    notes = _notes(question, result, places, measure)
    columns["note"] = _words(notes) if any(notes) else _words([""])[np.zeros(len(places), "int64")]
    return pd.DataFrame(columns, copy=False)  # every array is new and whole: to change a made frame costs more than all


def _words(said: Sequence[str]) -> Any:
    """Texts as pandas holds them: made once for each label and taken by place, which costs a tenth of making each."""
    return pd.array(list(said), dtype="str")


def _counts(values: np.ndarray) -> Any:
    """Whole numbers, nothing where there is none."""
    nothing = np.isnan(values)
    return pd.arrays.IntegerArray(np.where(nothing, 1, values).astype("int64"), nothing)


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
