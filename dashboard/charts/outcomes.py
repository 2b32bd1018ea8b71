"""How it went: a mix with a good part, and its best and worst case where what is missing had all or none of it."""

from dataclasses import replace

import numpy as np
import pandas as pd

from dashboard.charts import words
from dashboard.charts.chart import Chart, Mark, Table, counted_noun, filling, keys_of, spans
from dashboard.charts.expected import GRAINS
from dashboard.charts.mixes import stacked
from dashboard.charts.parts import Part, by_value, counts, newest, part_key, parts_of, whole_of
from dashboard.charts.picture import Layer, share_up
from dashboard.charts.single import bars_beside, rows_of_one
from data_access.measures import MEASURES
from data_access.statistics.intervals import wilson

COVERED = 0.6  # of the people of a period; below, the share of the known needs a caution


def outcome(
    frame: pd.DataFrame,
    marks: tuple[Mark, ...] = (),
    good: tuple[str, ...] | None = None,
    missing: tuple[str, ...] | None = None,
) -> Chart:
    """A mix with a good part: its best and worst case, where what is missing had all or none of it."""
    kind = MEASURES[frame.attrs["measure"]].kind
    good = getattr(kind, "good", ()) if good is None else good
    missing = getattr(kind, "missing", ()) if missing is None else missing
    key = part_key(frame)
    others = [name for name in keys_of(frame) if name != key]
    if not key or not len(frame):
        return Chart("There is nothing to show the outcome of.", None, Table(("From",), ()), "0")
    parts = parts_of(frame, key, good, missing)
    if others:
        return _beside(newest(frame), key, others, parts, good, missing)
    if frame["period_start"].nunique() == 1:
        chart = rows_of_one(frame, key)
        return replace(chart, sentence=f"{_sentence(frame, key, good, missing)} {chart.sentence}")
    chart = stacked(frame, key, parts, marks, _sentence(frame, key, good, missing))
    bounds = _bounds(frame, key, good, missing)
    extra = [_bound_cells(*cells) for cells in zip(*bounds, strict=True)]
    rows = tuple((*row, *cells) for row, cells in zip(chart.table.rows, extra, strict=True))
    table = Table((*chart.table.header, "Of the known", "Worst to best case", "Known"), rows)
    if chart.picture is None:
        return replace(chart, table=table)
    *below, rule = chart.picture.layers
    picture = replace(chart.picture, layers=(*below, *_bound_layers(frame, bounds), rule), y=share_up(1.0))
    return replace(chart, table=table, picture=picture)


def _beside(
    frame: pd.DataFrame,
    key: str,
    others: list[str],
    parts: tuple[Part, ...],
    good: tuple[str, ...],
    missing: tuple[str, ...],
) -> Chart:
    """A bar for each value of another key (a question, a force), each with its bounds in the table."""
    chart = bars_beside(frame, key, others, parts, good, missing)
    cells = {}
    for name, own in by_value(frame, others) if len(frame) else ():
        cells[name] = _bound_cells(*(float(column[0]) for column in _bounds(own, key, good, missing)))
    rows = tuple((*row, *cells[row[0]]) for row in chart.table.rows)
    table = Table((*chart.table.header, "Of the known", "Worst to best case", "Known"), rows)
    if chart.picture is None:
        return replace(chart, table=table)
    said = f"The line goes from the worst to the best case of {_name(good)}. {chart.sentence}"
    low = [name for name, own in by_value(frame, others) if _coverage(own, key, missing) < COVERED]
    if low:
        said += f" Careful: known of fewer than 60 % for {', '.join(low)}: read the worst and the best case."
    return replace(chart, sentence=said, table=table)


def _coverage(frame: pd.DataFrame, key: str, missing: tuple[str, ...]) -> float:
    n = float(whole_of(frame, key)[0])
    return 1 - float(counts(frame, key, missing)[0]) / n if n > 0 else 1.0


def _name(good: tuple[str, ...]) -> str:
    return " or ".join(words.name(code) for code in good)


Bounds = tuple[np.ndarray, np.ndarray, np.ndarray]  # good, missing and all by period


def _bounds(frame: pd.DataFrame, key: str, good: tuple[str, ...], missing: tuple[str, ...]) -> Bounds:
    return counts(frame, key, good), counts(frame, key, missing), whole_of(frame, key)


def _bound_cells(good: float, missing: float, whole: float) -> tuple[str, str, str]:
    if np.isnan(whole):
        return "not known yet", "not known yet", "not known yet"
    if whole < words.FEW:
        return words.share(good, whole - missing), "too few", words.share(whole - missing, whole)
    return words.share(good, whole - missing), _range(good, missing, whole), words.share(whole - missing, whole)


def _range(good: float, missing: float, whole: float) -> str:
    return f"{round(100 * good / whole)} to {round(100 * (good + missing) / whole)} %"


def _bound_layers(frame: pd.DataFrame, bounds: Bounds) -> tuple[Layer, ...]:
    """From the worst to the best case at the middle of each bar, and the share of the known as a point."""
    good, missing, whole = bounds
    starts, ends = spans(frame)
    middle = starts + (ends - starts) / 2
    known = ~np.isnan(whole) & (whole >= words.FEW)
    with np.errstate(invalid="ignore", divide="ignore"):
        worst, best, told = good / whole, (good + missing) / whole, good / (whole - missing)
    shown = known & (whole - missing >= words.FEW)
    x = middle[known]
    return (
        Layer("worst to best", "ranges", {"x0": x, "y0": worst[known], "x1": x, "y1": best[known]}, "ink"),
        Layer("of the known", "points", {"x": middle[shown], "y": told[shown]}, "ink"),
    )


def _sentence(frame: pd.DataFrame, key: str, good: tuple[str, ...], missing: tuple[str, ...]) -> str:
    """The good share of the known with its limits, both cases, and a caution where few are known."""
    good_, missing_, whole = _bounds(frame, key, good, missing)
    told = ~np.isnan(whole) & (whole > 0)
    if not told.any():
        return "No outcome is due yet."
    over = told & ~filling(frame, spans(frame)[1])
    at = int(np.flatnonzero(over if over.any() else told)[-1])
    x, lost, n = good_[at], missing_[at], whole[at]
    begun = frame["period_start"].drop_duplicates().iloc[at]
    lower, upper = (float(limit) for limit in wilson(x, n - lost))
    known = words.share_of(x, n - lost, lower, upper, *counted_noun(frame))
    period = GRAINS.get(frame.attrs["grain"], "period")
    said = f"In the {period} from {words.short_day(begun)}, of those whose outcome is known: {_name(good)} {known}."
    if n < words.FEW:
        return f"{said} Too few for best and worst case."
    said += f" Worst to best case {_range(x, lost, n)}."
    if (n - lost) / n < COVERED:
        return f"{said} Careful: it is known of {words.share(n - lost, n)} only: read the worst and the best case."
    return f"{said} It is known of {words.share(n - lost, n)}."
