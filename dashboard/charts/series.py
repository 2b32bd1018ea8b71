"""The same figure for each value of a key along time: forces beside each other, at most four, in their own order."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from dashboard.charts import words
from dashboard.charts.chart import (
    Chart,
    Mark,
    Table,
    days_axis,
    filling,
    filling_words,
    force_name,
    keys_of,
    numbers,
    spans,
)
from dashboard.charts.expected import GRAINS
from dashboard.charts.marks import rules
from dashboard.charts.picture import Axis, Layer, Picture, share_up, spread, top
from dashboard.frames import each

COLOURS = ("first_series", "second_series", "third_series", "fourth_series")
LEAST = 5  # below, a share is not drawn
NAMED = 2  # values without a figure that a sentence names; more of them are counted


def series(
    frame: pd.DataFrame,
    marks: tuple[Mark, ...],
    said: Callable[[Any], str],
    few: Callable[[np.ndarray, np.ndarray], np.ndarray],
    *,
    share: bool = False,
    line: bool = False,
) -> Chart:
    """Points with limits (or a line) for each value of the last key.

    ``said`` tells one row in words; ``few`` which points, by n and denominator, rest on few and are small.
    """
    key = keys_of(frame)[-1]
    starts, ends = spans(frame)
    names = list(dict.fromkeys(frame[key]))
    spoken = {name: force_name(frame, name) if key == "force" else words.name(name) for name in names}
    shown = names[: len(COLOURS)]
    own = {name: frame[frame[key] == name] for name in names}
    highest = _highest(frame[frame[key].isin(shown)], share)
    rule, notes = rules(marks, highest, starts[0], ends[-1])
    layers, beside, any_open, any_few = [], [], np.zeros(len(starts), dtype=bool), False
    for place, colour in enumerate(COLOURS):
        part = own[shown[place]] if place < len(shown) else frame.iloc[:0]
        x, value, lower, upper, small, open_ = _drawn(part, starts, ends, (place, len(shown)), few, share)
        limited = ~np.isnan(value) & ~np.isnan(lower)
        limits = {"x0": x[limited], "y0": lower[limited], "x1": x[limited], "y1": np.minimum(upper[limited], highest)}
        layers.append(Layer(f"limits {place + 1}", "ranges", limits, "field"))
        if line:
            layers.append(Layer(f"line {place + 1}", "line", {"x": x, "y": value}, colour))
        for look, here, hollow, tiny in (
            ("values", ~small & ~open_, False, False),
            ("few", small & ~open_, False, True),
            ("filling", ~small & open_, True, False),
            ("few and filling", small & open_, True, True),
        ):
            here = here & ~np.isnan(value)
            at = {"x": x[here], "y": value[here]}
            layers.append(Layer(f"{look} {place + 1}", "points", at, colour, hollow=hollow, small=tiny))
            any_few |= tiny and bool(here.any())
        if len(value) and (~np.isnan(value)).any():
            beside.append((float(value[~np.isnan(value)][-1]), spoken[shown[place]]))
    for name in shown:
        if len(own[name]) == len(starts):
            any_open |= filling(frame, ends) & ~np.isnan(numbers(own[name], "value")[0])
    picture = Picture(
        (*layers, rule),
        days_axis(starts, ends),
        share_up(highest) if share else Axis(0, highest),
        spread([place for place, _ in beside], [name for _, name in beside], highest / 11, highest),
    )
    told = frame[frame["value"].notna()]
    rows = tuple(
        (words.short_day(start), *(_cell(own[name], start, said) for name in names))
        for start in frame["period_start"].drop_duplicates()
    )
    table = Table(("From", *spoken.values()), rows)
    if not len(told):
        return Chart("No period has a figure yet.", None, table, "0", notes)
    last = told["period_start"].max()
    sentence = f"In the {GRAINS.get(frame.attrs['grain'], 'period')} from {words.short_day(last)}: "
    cells = {spoken[name]: _cell(own[name], last, said) for name in names}
    sentence += _each(cells, {spoken[name] for name in told[told["period_start"] == last][key]})
    sentence += " Small points rest on few." if any_few else ""
    sentence += filling_words(frame, any_open)
    return Chart(sentence, picture, table, words.whole(told.loc[told["period_start"] == last, "n"].sum()), notes)


def _each(cells: dict[str, str], known: set[str]) -> str:
    """Each value with its figure; where many have none, how many they are."""
    silent = [name for name in cells if name not in known]
    counted = silent if len(silent) > NAMED else ()
    each = ", ".join(f"{name} {cell}" for name, cell in cells.items() if name not in counted)
    return f"{each}; nothing is known of the other {len(counted)}." if counted else f"{each}."


def _highest(frame: pd.DataFrame, share: bool) -> float:
    upper, value = numbers(frame, "upper", "value")
    highest = float(np.nanmax(np.concatenate([upper, value]), initial=0))
    return (1.0 if highest > 0.5 or not highest else 0.5) if share else top(highest)


def _drawn(
    part: pd.DataFrame,
    starts: np.ndarray,
    ends: np.ndarray,
    place: tuple[int, int],
    few: Callable[[np.ndarray, np.ndarray], np.ndarray],
    share: bool,
) -> tuple[np.ndarray, ...]:
    """One value's x beside the others in each period, value and limits; which rest on few, which still fill up."""
    first = frame_starts(part)
    at = np.searchsorted(starts, first)
    shift = (place[0] - (place[1] - 1) / 2) / (place[1] + 1)
    width = (ends - starts)[at]
    x = starts[at] + width / 2 + (width.astype("timedelta64[s]").astype(float) * shift).astype("timedelta64[s]")
    value, lower, upper, n, base = numbers(part, "value", "lower", "upper", "n", "denominator")
    if share:
        value = np.where(base >= LEAST, value, np.nan)
    open_ = filling(part, ends[at]) if len(part) else np.zeros(0, dtype=bool)
    return x, value, lower, upper, few(n, base), open_


def frame_starts(frame: pd.DataFrame) -> np.ndarray:
    """First days of the rows, as the picture holds days."""
    return frame["period_start"].to_numpy(dtype="datetime64[s]")


def _cell(own: pd.DataFrame, start: Any, said: Callable[[Any], str]) -> str:
    row = next(each(own[own["period_start"] == start]), None)
    return "not known" if row is None else said(row)
