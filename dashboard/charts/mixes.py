"""What a whole is made of: stacked shares by period, or, for one period, rows with their limits."""

import numpy as np
import pandas as pd

from dashboard.charts import words
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
from dashboard.charts.expected import GRAINS
from dashboard.charts.marks import halo, rules
from dashboard.charts.parts import Part, counts, named, newest, of_part, part_key, parts_of, whole_of
from dashboard.charts.picture import Axis, Layer, Picture, spread
from dashboard.charts.single import bars_beside, rows_of_one
from dashboard.frames import each
from data_access.statistics.intervals import wilson

LEAST = 5  # below, a period is not drawn


def mix(frame: pd.DataFrame, marks: tuple[Mark, ...] = ()) -> Chart:
    """Shares of a whole: 100 % bars by period, or, for one period, one row for each value with its limits."""
    key = part_key(frame)
    others = [name for name in keys_of(frame) if name != key]
    if not key or not len(frame):
        return Chart("There is nothing to show the parts of.", None, Table(("From",), ()), "0")
    if others:
        return bars_beside(newest(frame), key, others, parts_of(frame, key))
    if frame["period_start"].nunique() == 1:
        return rows_of_one(frame, key)
    return stacked(frame, key, parts_of(frame, key), marks)


def stacked(frame: pd.DataFrame, key: str, parts: tuple[Part, ...], marks: tuple[Mark, ...], told: str = "") -> Chart:
    """100 % bars by period, direct labels at the edge; ``told`` takes the place of the words on the newest mix."""
    starts, ends = spans(frame)
    whole = whole_of(frame, key)
    drawn = ~np.isnan(whole) & (whole >= LEAST)
    open_ = filling(frame, ends) & drawn
    few = drawn & (whole < words.FEW)
    below, layers, beside = np.zeros(len(starts)), [], []
    over = drawn & ~few & (~open_ | of_stock(frame))
    spoken = np.flatnonzero(over if over.any() else drawn & ~few)
    for part in parts:
        with np.errstate(invalid="ignore", divide="ignore"):
            height = np.where(drawn, counts(frame, key, part.codes) / whole, 0.0)
        above = below + height
        for hollow in (False, True):
            here = drawn & (open_ == hollow)
            layers.append(_bars(part, starts[here], ends[here], below[here], above[here], few[here], hollow))
        if len(spoken) and np.nansum(height) > 0:  # also what the newest period has none of needs its name
            at = spoken[-1]
            beside.append(((below[at] + above[at]) / 2, f"{part.name} {round(100 * height[at])} %"))
        below = above
    rule, notes = rules(marks, 1.0, starts[0], ends[-1])
    picture = Picture(
        (*layers, halo(rule), rule), days_axis(starts, ends), Axis(0, 1, "share"),
        spread([place for place, _ in beside], [said for _, said in beside], 1 / 11, 1.0),
    )  # fmt: skip
    sentence = told or _mix_sentence(frame, key, parts, whole, spoken)
    sentence += " Narrow bars rest on fewer than ten." if few.any() else ""
    sentence += filling_words(frame, open_)
    rows = _table_rows(frame, key, whole)
    shown = [code for code in dict.fromkeys(frame[key]) if np.nansum(counts(frame, key, (code,)))]
    header = ("From", *(named(code, key) for code in shown), "n")
    known = whole[~np.isnan(whole)]
    total = int(known[-1] if of_stock(frame) else known.sum()) if len(known) else 0
    if not drawn.any():
        return Chart(sentence, None, Table(header, rows), f"{total:,}", notes)
    return Chart(sentence, picture, Table(header, rows), f"{total:,}", notes)


def _bars(
    part: Part,
    starts: np.ndarray,
    ends: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    few: np.ndarray,
    hollow: bool,
) -> Layer:
    pad = (ends - starts) / np.where(few, 3, 10)
    columns = {"x0": starts + pad, "y0": low, "x1": ends - pad, "y1": high}
    name = f"{part.layer}, filling" if hollow else part.layer
    return Layer(name, "bars", columns, part.colour, hollow, part.hatched)


def _table_rows(frame: pd.DataFrame, key: str, whole: np.ndarray) -> tuple[tuple[str, ...], ...]:
    shown = [code for code in dict.fromkeys(frame[key]) if np.nansum(counts(frame, key, (code,)))]
    found = {code: counts(frame, key, (code,)) for code in shown}
    first = frame[frame[key] == frame[key].iloc[0]]
    n = numbers(first, "denominator")[0]
    return tuple(
        (
            words.short_day(row.period_start),
            *(_cell(found[code][i], whole[i]) for code in shown),
            words.whole(n[i]),
        )
        for i, row in enumerate(each(first))
    )


def _cell(count: float, whole: float) -> str:
    if np.isnan(whole):
        return "not known yet"
    said = words.share(count, whole)
    return f"{said} ({words.limits(*(float(limit) for limit in wilson(count, whole)))})" if "%" in said else said


def _mix_sentence(frame: pd.DataFrame, key: str, parts: tuple[Part, ...], whole: np.ndarray, spoken: np.ndarray) -> str:
    if not len(spoken):
        noun, many = counted_noun(frame)
        last = whole[~np.isnan(whole)]
        return (
            f"No period has ten {many} or more: the table has the counts."
            if last.any() else f"No {noun} to show."
        )  # fmt: skip
    at = int(spoken[-1])
    begun = frame["period_start"].drop_duplicates().iloc[at]
    shares = [
        of_part(words.share(count, whole[at]), part.name)
        for part in parts
        if (count := counts(frame, key, part.codes)[at])
    ]
    based = words.based_on(whole[at], *counted_noun(frame))
    period = GRAINS.get(frame.attrs["grain"], "period")
    when = "At the end of" if of_stock(frame) else "In"
    return f"{when} the {period} from {words.short_day(begun)}: {', '.join(shares)} ({based})."
