"""A share for each value of one key, with its limits: agencies, sexes, age bands, sources."""

import numpy as np
import pandas as pd

from dashboard.charts import words
from dashboard.charts.chart import Chart, Mark, Table, counted_noun, numbers, words_of
from dashboard.charts.picture import MARGIN, Axis, Layer, Picture, share_across, top
from dashboard.frames import each
from data_access.measures import MEASURES
from data_access.statistics.intervals import wilson

LEAST = 5  # below, a share is not drawn
FIGURES = ("period_start", "numerator", "denominator", "value", "lower", "upper", "n", "note")


def share_by(frame: pd.DataFrame, _: tuple[Mark, ...] = ()) -> Chart:
    """One point and its limits for each value of the last key, in the order of the code list, never by size."""
    key = [name for name in frame.columns if name not in FIGURES][-1]
    last = frame[frame["period_start"] == frame["period_start"].max()] if len(frame) else frame
    shown = last[last["denominator"].fillna(0) > 0]
    header = (words.name(key).capitalize(), "Share", "95 % limits", "n", "Note")
    rows = tuple(
        (
            words.name(getattr(row, key)),
            words.share(row.numerator, row.denominator),
            words.limits(row.lower, row.upper) if row.denominator >= words.FEW else "too few",
            words.whole(row.denominator),
            row.note,
        )
        for row in each(shown)
    )
    table = Table(header, rows)
    total = int(shown["denominator"].sum())
    known = shown[shown["value"].notna()]
    if not len(known):
        why = next(filter(None, map(words.own_note, shown["note"])), "nothing to divide")
        return Chart(f"No value yet: {why}.", None, table, f"{total:,}")
    value, lower, upper, n = numbers(known, "value", "lower", "upper", "denominator")
    heights = np.arange(len(known), 0, -1, dtype=float)
    drawn, few = n >= LEAST, n < words.FEW
    layers = (
        Layer(
            "limits",
            "ranges",
            {"x0": lower[drawn], "y0": heights[drawn], "x1": upper[drawn], "y1": heights[drawn]},
            "field",
        ),
        Layer("shares", "points", {"x": value[drawn & ~few], "y": heights[drawn & ~few]}, "first_series"),
        Layer("few", "points", {"x": value[drawn & few], "y": heights[drawn & few]}, "first_series", small=True),
    )
    names = [words.name(name) for name in known[key]]
    beside = [_beside(r.numerator, r.denominator) for r in each(known)]
    picture = Picture(
        layers,
        share_across(1.0, MARGIN),
        Axis(0.3, len(names) + 0.7, "names", tuple(zip(heights, names, strict=True))),
        tuple(zip(heights, beside, strict=True)),
        height=max(140, 60 + 30 * len(names)),
    )
    numerator = known["numerator"].sum()
    of = known["denominator"].sum()
    low, high = (float(limit) for limit in wilson(numerator, of))
    sentence = f"{words.share_of(numerator, of, low, high, *counted_noun(frame))} in all; each row has its own n."
    if of < words.FEW:
        sentence = f"{words.share(numerator, of)} in all: too few for a percentage."
    if few.any():
        sentence += " Small points rest on fewer than ten."
    return Chart(sentence, picture, table, f"{total:,}")


def _beside(numerator: float, denominator: float) -> str:
    """57 %, n = 84; a count of few says itself of how many: 4 of 5."""
    said = words.share(numerator, denominator)
    return f"{said}, n = {words.whole(denominator)}" if "%" in said else said


def amounts(frame: pd.DataFrame, _: tuple[Mark, ...] = ()) -> Chart:
    """A full count or a sum of points for each value of the last key on the newest day, in its own order."""
    key = [name for name in frame.columns if name not in FIGURES][-1]
    header = (words.name(key).capitalize(), "Value", "Number", "Note")
    starts = frame["period_start"].to_numpy()
    newest = starts == starts.max(initial=np.datetime64(0, "s"))
    names = [words.name(name) for name in words_of(frame, key)[newest]]
    value, number = (column[newest] for column in numbers(frame, "value", "numerator"))
    notes = words_of(frame, "note")[newest]
    rows = tuple(
        (name, words.amount(v), words.whole(n), note)
        for name, v, n, note in zip(names, value.tolist(), number.tolist(), notes, strict=True)
    )
    many = counted_noun(frame)
    some = np.nan_to_num(value) > 0
    value, number = value[some], number[some]
    total = words.whole(number.sum())
    if not some.any():
        return Chart(f"No {many[0]} to show.", None, Table(header, rows), "0")
    heights = np.arange(len(value), 0, -1, dtype=float)
    layers = (
        Layer("stems", "ranges", {"x0": np.zeros(len(value)), "y0": heights, "x1": value, "y1": heights}, "rule"),
        Layer("values", "points", {"x": value, "y": heights}, "first_series"),
    )
    names = [name for name, there in zip(names, some, strict=True) if there]
    said = [f"{words.amount(v)}  ({words.whole(n)})" for v, n in zip(value, number, strict=True)]
    unit = MEASURES[frame.attrs["measure"]].unit
    picture = Picture(
        layers,
        Axis(0, top(value.max()), "count", label=unit),
        Axis(0.3, len(names) + 0.7, "names", tuple(zip(heights, names, strict=True))),
        tuple(zip(heights, said, strict=True)),
        height=max(120, 60 + 24 * len(names)),
    )
    sentence = f"{words.amount(value.sum())} {unit} in all, for {words.plural(number.sum(), *many)} (in brackets)."
    return Chart(sentence, picture, Table(header, rows), total)
