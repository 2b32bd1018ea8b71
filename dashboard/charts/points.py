"""Points along time: shares and rates with their limits, ratios without."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from dashboard.charts import words
from dashboard.charts.by_value import share_by
from dashboard.charts.chart import (
    Chart,
    Mark,
    Table,
    counted_noun,
    days_axis,
    filling,
    filling_words,
    keys_of,
    numbers,
    of_stock,
    spans,
)
from dashboard.charts.expected import GRAINS, lines
from dashboard.charts.marks import rules
from dashboard.charts.picture import Axis, Layer, Picture, share_up, top
from dashboard.charts.series import series
from dashboard.frames import each
from dashboard.verdicts import Expected
from data_access.measures import MEASURES

LEAST = 5  # below, a share is not drawn
FEW_EVENTS = 20  # below, a rate is drawn small: ONS calls it unreliable


def share_points(frame: pd.DataFrame, marks: tuple[Mark, ...], expected: tuple[Expected, ...] = ()) -> Chart:
    """A share in each period with its interval; periods with nothing to say stay empty."""
    if keys_of(frame) and frame["period_start"].nunique() == 1:
        return share_by(frame, marks)
    if keys_of(frame):
        return series(frame, marks, _share_said(frame), lambda n, base: base < words.FEW, share=True)
    starts, ends = spans(frame)
    value, lower, upper, n = numbers(frame, "value", "lower", "upper", "denominator")
    drawn = ~np.isnan(value) & (n >= LEAST)
    few = drawn & (n < words.FEW)
    open_ = filling(frame, ends) & drawn
    highest = 1.0 if not drawn.any() or np.nanmax(upper[drawn]) > 0.5 else 0.5
    over = lines(next(iter(expected), None), starts, ends, np.where(drawn, n, 0), grain=frame.attrs["grain"])
    if over.highest > highest:
        highest = 1.0
    rule, notes = rules(marks, highest, starts[0], ends[-1])
    points = _points(starts, ends, np.where(drawn, value, np.nan), lower, np.minimum(upper, highest), few, open_)
    picture = Picture((*over.layers, *points, rule), days_axis(starts, ends), share_up(highest))
    known = _told(frame, open_)
    if not len(known):
        sentence = f"No period has a value yet: {words.own_note(frame['note'].iloc[-1]) or 'nothing to divide'}."
    else:
        row = next(each(known.tail(1)))
        said = words.share_of(row.numerator, row.denominator, row.lower, row.upper, *counted_noun(frame))
        sentence = f"{said} in the {_period(frame)} from {words.short_day(row.period_start)}."
    sentence += over.sentence if len(known) else ""
    sentence += " Small points rest on fewer than ten." if few.any() else ""
    sentence += filling_words(frame, open_)
    header = ("From", "Share", "95 % limits", "n", "Note")
    rows = _rows(frame, lambda row: words.share(row.numerator, row.denominator), words.limits)
    total = _total(frame, n)
    return Chart(sentence, picture, Table(header, rows), f"{total:,}", notes)


def rate_points(frame: pd.DataFrame, marks: tuple[Mark, ...], expected: tuple[Expected, ...] = ()) -> Chart:
    """Events for so much exposure in each period, with exact limits."""
    if keys_of(frame):
        return series(frame, marks, _rate_said(frame), lambda n, base: n < FEW_EVENTS)
    starts, ends = spans(frame)
    value, lower, upper, base, n = numbers(frame, "value", "lower", "upper", "denominator", "n")
    known = ~np.isnan(value)
    few, open_ = known & (n < FEW_EVENTS), filling(frame, ends) & known
    per = float(getattr(MEASURES[frame.attrs["measure"]].kind, "per", 1))
    over = lines(
        next(iter(expected), None), starts, ends, np.where(known, base, 0), per=per, grain=frame.attrs["grain"]
    )
    highest = top(max(float(np.nanmax(upper, initial=0)), over.highest))
    rule, notes = rules(marks, highest, starts[0], ends[-1])
    points = _points(starts, ends, value, lower, upper, few, open_)
    picture = Picture((*over.layers, *points, rule), days_axis(starts, ends), Axis(0, highest))
    unit = MEASURES[frame.attrs["measure"]].unit
    told = _told(frame, open_)
    if not len(told):
        sentence = "No period has a rate: there was nothing that it could be divided by."
    else:
        row = next(each(told.tail(1)))
        sentence = (
            f"{words.decimal(row.value)} {unit} in the {_period(frame)} from {words.short_day(row.period_start)} "
            f"({words.between(row.lower, row.upper)}, {words.based_on(row.n, *counted_noun(frame))})."
        )
        sentence += over.sentence
    sentence += f" Small points rest on fewer than {FEW_EVENTS}." if few.any() else ""
    sentence += filling_words(frame, open_)
    rows = tuple(
        (
            words.short_day(row.period_start),
            words.decimal(row.value) if row.value == row.value else "nothing to divide",
            words.between(row.lower, row.upper),
            words.whole(row.numerator),
            row.note,
        )
        for row in each(frame)
    )
    header = ("From", unit[:1].upper() + unit[1:], "95 % limits", counted_noun(frame)[1].capitalize(), "Note")
    return Chart(sentence, picture, Table(header, rows), f"{int(np.nansum(n)):,}", notes)


def ratio_line(frame: pd.DataFrame, marks: tuple[Mark, ...]) -> Chart:
    """One stock for each of another, on the last day of each period: a full count, so without limits."""
    if keys_of(frame):
        least = words.FEW if _median(frame) else 0  # a ratio is a full count, however small
        return series(frame, marks, _ratio_said(frame), lambda n, base: n < least, line=True)
    if _median(frame):
        return medians(frame, marks)
    starts, ends = spans(frame)
    value, part, whole = numbers(frame, "value", "numerator", "denominator")
    known = ~np.isnan(value)
    open_ = filling(frame, ends) & known
    highest = top(float(np.nanmax(value, initial=0)))
    rule, notes = rules(marks, highest, starts[0], ends[-1])
    middle = starts + (ends - starts) / 2
    points = _points(starts, ends, value, value, value, np.zeros(len(value), dtype=bool), open_)
    line = Layer("ratio", "line", {"x": middle, "y": value}, "first_series")
    picture = Picture((line, *points[1:], rule), days_axis(starts, ends), Axis(0, highest))
    unit = MEASURES[frame.attrs["measure"]].unit
    if not known.any():
        why = words.own_note(frame["note"].iloc[-1]) or "there was none to divide by"
        sentence = f"No period has a figure: {why}."
    else:
        at = int(np.flatnonzero(known)[-1])
        sentence = (
            f"{words.decimal(value[at])} {unit} at the end of the {_period(frame)} from {words.short_day(starts[at])} "
            f"({words.amount(part[at])} for {words.amount(whole[at])})."
        )
    sentence += filling_words(frame, open_)
    rows = tuple(
        (
            words.short_day(row.period_start),
            words.decimal(row.value) if row.value == row.value else "nobody to divide by",
            words.amount(row.numerator),
            words.amount(row.denominator),
            row.note,
        )
        for row in each(frame)
    )
    header = ("From", unit[:1].upper() + unit[1:], "Number", "Divided by", "Note")
    last = part[known][-1] if known.any() else 0
    return Chart(sentence, picture, Table(header, rows), words.amount(last), notes)


def medians(frame: pd.DataFrame, marks: tuple[Mark, ...]) -> Chart:
    """The middle of each period with its quartiles: how the rows differ, not how sure the middle is."""
    starts, ends = spans(frame)
    value, lower, upper, n = numbers(frame, "value", "lower", "upper", "n")
    known = ~np.isnan(value)
    few, open_ = known & (n < words.FEW), filling(frame, ends) & known
    highest = 1.0 if np.nanmax(upper, initial=0) <= 1 else top(float(np.nanmax(upper, initial=0)))
    rule, notes = rules(marks, highest, starts[0], ends[-1])
    points = _points(starts, ends, value, lower, upper, few, open_)
    unit, (one, many) = MEASURES[frame.attrs["measure"]].unit, counted_noun(frame)
    up = share_up(highest) if highest == 1.0 else Axis(0, highest)
    picture = Picture((*points, rule), days_axis(starts, ends), up)
    told = _told(frame, open_)
    sentence = "No period has a figure: nothing is recorded."
    if len(told):
        row = next(each(told.tail(1)))
        sentence = (
            f"The middle is {_two(row.value)} ({unit}) in the {_period(frame)} from "
            f"{words.short_day(row.period_start)}: half of the {many} lie between {_two(row.lower)} and "
            f"{_two(row.upper)} ({words.based_on(row.n, one, many)})."
        )
    sentence += " Small points rest on fewer than ten." if few.any() else ""
    sentence += filling_words(frame, open_)
    header = ("From", "Middle", "Lower quartile", "Upper quartile", "n", "Note")
    rows = tuple(
        (words.short_day(r.period_start), _two(r.value), _two(r.lower), _two(r.upper), words.whole(r.n), r.note)
        for r in each(frame)
    )
    return Chart(sentence, picture, Table(header, rows), words.whole(np.nansum(n)), notes)


def _two(value: float) -> str:
    return "not known" if np.isnan(value) else words.amount(round(float(value), 2))


def _points(
    starts: np.ndarray,
    ends: np.ndarray,
    value: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    few: np.ndarray,
    open_: np.ndarray,
) -> tuple[Layer, ...]:
    """Limits and points: small where they rest on few, hollow where they are still filling up, both where both."""
    middle, known = starts + (ends - starts) / 2, ~np.isnan(value)
    ranged = known & ~np.isnan(lower) & ~np.isnan(upper)
    limits = {"x0": middle[ranged], "y0": lower[ranged], "x1": middle[ranged], "y1": upper[ranged]}
    made = [Layer("limits", "ranges", limits, "field")]
    for name, here, hollow, small in (
        ("values", known & ~few & ~open_, False, False),
        ("few", known & few & ~open_, False, True),
        ("filling", known & ~few & open_, True, False),
        ("few and filling", known & few & open_, True, True),
    ):
        columns = {"x": middle[here], "y": value[here]}
        made.append(Layer(name, "points", columns, "first_series", hollow=hollow, small=small))
    return tuple(made)


def _rows(frame: pd.DataFrame, said: Callable[[Any], str], limits: Callable[[float, float], str]) -> tuple:
    return tuple(
        (words.short_day(row.period_start), said(row), limits(row.lower, row.upper), words.whole(row.denominator),
         row.note)
        for row in each(frame)
    )  # fmt: skip


def _told(frame: pd.DataFrame, open_: np.ndarray) -> pd.DataFrame:
    """The rows with a value that a sentence may speak of: those whose period is complete, if there are any.

    Of a stock the newest day is spoken of all the same: it is what a list of cases shows.
    """
    known = frame["value"].notna().to_numpy()
    if of_stock(frame):
        return frame[known]
    return frame[known & ~open_] if (known & ~open_).any() else frame[known]


def _period(frame: pd.DataFrame) -> str:
    return GRAINS.get(frame.attrs["grain"], "period")


def _share_said(frame: pd.DataFrame) -> Callable[[Any], str]:
    nouns = counted_noun(frame)
    return lambda row: words.share_of(row.numerator, row.denominator, row.lower, row.upper, *nouns)


def _rate_said(frame: pd.DataFrame) -> Callable[[Any], str]:
    nouns = counted_noun(frame)

    def said(row: Any) -> str:
        if np.isnan(row.value):
            return "not known"
        return f"{words.decimal(row.value)} ({words.between(row.lower, row.upper)}, {words.based_on(row.n, *nouns)})"

    return said


def _ratio_said(frame: pd.DataFrame) -> Callable[[Any], str]:
    """A ratio is of so many for so many; a median of so many that are recorded of all."""
    median = _median(frame)

    def said(row: Any) -> str:
        if not np.isnan(row.value):
            of = "of" if median else "for"
            return f"{words.decimal(row.value)} ({words.amount(row.numerator)} {of} {words.amount(row.denominator)})"
        if median and not row.denominator:
            return "none"
        return words.own_note(row.note) or "not known"

    return said


def _median(frame: pd.DataFrame) -> bool:
    return type(MEASURES[frame.attrs["measure"]].kind).__name__ == "Median"


def _total(frame: pd.DataFrame, n: np.ndarray) -> int:
    """All rows of a flow; of a stock those of the newest period."""
    known = n[~np.isnan(n)]
    return 0 if not len(known) else int(known[-1] if of_stock(frame) else known.sum())
