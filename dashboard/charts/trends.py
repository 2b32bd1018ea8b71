"""Counts along time: stocks and flows, with the days that have to be marked."""

from dataclasses import replace

import numpy as np
import pandas as pd

from dashboard.charts import words
from dashboard.charts.chart import (
    Chart,
    Mark,
    Table,
    column,
    counted_noun,
    days_axis,
    filling,
    filling_words,
    keys_of,
    numbers,
    of_stock,
    spans,
    values_of,
)
from dashboard.charts.expected import joined_expected, lines
from dashboard.charts.marks import halo, rules
from dashboard.charts.parts import Part, of_part, parts_of
from dashboard.charts.picture import Axis, Layer, Picture, spread, top
from dashboard.verdicts import Expected
from data_access.measures import MEASURES

ALL = "number"


def said_day(frame: pd.DataFrame, ends: np.ndarray) -> str:
    """The day that the last stock stands for."""
    last = min(ends[-1] - np.timedelta64(1, "D"), max(words.as_days(list(frame.attrs["as_of"].values()))))
    return words.day(last)


def stacked_stock(frame: pd.DataFrame, marks: tuple[Mark, ...], highest: float = 0) -> Chart:
    """A stock by level or another key: stepped bands, high at the bottom. ``highest`` makes several share one axis.

    A stock that is not asked for by a key is one band; a flow (hours of contacts) is stacked as bars.
    """
    starts, ends = spans(frame)
    until, stock = ends[-1], of_stock(frame)
    parts, heights = _heights(frame, "numerator" if stock else "value")
    total = np.sum(list(heights.values()), axis=0)
    # Where the data end before the period does, the bands end too: unknown is not zero.
    known = int(np.flatnonzero(~np.isnan(total))[-1]) + 1 if (~np.isnan(total)).any() else 0
    header = ("On" if stock else "From", *(part.name for part in parts))
    if not known:
        return Chart("No period has a figure.", None, Table(header, ()), "0")
    open_ = filling(frame, ends)[:known]
    starts, ends, total = starts[:known], ends[:known], total[:known]
    heights = {name: height[:known] for name, height in heights.items()}
    layers, beside = _stack(parts, heights, starts, ends, open_, stock)
    highest = top(max(float(np.nanmax(total, initial=0)), highest))
    rule, notes = rules(marks, highest, starts[0], until)
    picture = Picture(
        (*layers, halo(rule), rule),
        days_axis(*spans(frame)),
        Axis(0, highest),
        spread([place for place, _ in beside], [said for _, said in beside], highest / 11, highest),
    )
    sentence = _stock_said(frame, parts, heights, total, ends) if stock else _flow_said(frame, parts, heights)
    sentence += filling_words(frame, open_, "Pale" if stock else "Hollow")
    newest = max(words.as_days(list(frame.attrs["as_of"].values())))
    days = np.minimum(ends - np.timedelta64(1, "D"), newest) if stock else starts
    cells = [_cells(heights[part.layer]) for part in parts]
    rows = tuple(zip(map(words.short_day, days), *cells, strict=True))
    n = words.whole(total[-1]) if stock else words.whole(np.nansum(numbers(frame, "n")[0]))
    return Chart(sentence, picture, Table(header, rows), n, notes)


def _cells(heights: np.ndarray) -> list[str]:
    """Counts as they are, sums of hours with one decimal."""
    if not (heights % 1).any():  # nan % 1 is nan, which is true
        return [f"{height:,}" for height in heights.astype("int64").tolist()]
    return [words.amount(round(height, 1)) for height in heights.tolist()]


def _heights(frame: pd.DataFrame, name: str) -> tuple[tuple[Part, ...], dict[str, np.ndarray]]:
    """The bands from the bottom and the height of each by period."""
    key = "level" if "level" in frame.columns else next(reversed(keys_of(frame)), "")
    if not key:
        return (Part(ALL, "number", (), "first_series"),), {ALL: numbers(frame, name)[0]}
    if key == "level":
        present = values_of(frame, key)
        hatched = ("not_assessed", "stale")
        parts = tuple(
            Part(level, words.name(level), (level,), "not_assessed" if level in hatched else level, level in hatched)
            for level in words.LEVEL_ORDER
            if level in present
        )
    else:
        parts = parts_of(frame, key)
    return parts, {part.layer: np.sum([column(frame, name, key, code) for code in part.codes], 0) for part in parts}


def _stack(
    parts: tuple[Part, ...],
    heights: dict[str, np.ndarray],
    starts: np.ndarray,
    ends: np.ndarray,
    open_: np.ndarray,
    stock: bool,
) -> tuple[list[Layer], list[tuple[float, str]]]:
    """Each part settled and still filling, and its words at the height that it has at the end."""
    layers, beside, below = [], [], np.zeros(len(starts))
    for part in parts:
        height = np.nan_to_num(heights[part.layer])
        above = below + height
        for hollow in (False, True):
            here = open_ == hollow
            name = f"{part.layer} filling" if hollow else part.layer
            if stock:
                columns = {
                    "x": np.column_stack([starts[here], ends[here]]).ravel(),
                    "lower": np.repeat(below[here], 2),
                    "upper": np.repeat(above[here], 2),
                }
                layers.append(Layer(name, "band", columns, part.colour, hollow, part.hatched))
            else:
                one = _bars(name, starts[here], ends[here], below[here], above[here], part.colour, hollow)
                layers.append(replace(one, hatched=part.hatched))
        if height.any():  # also what is none at the end needs its name
            beside.append(((below[-1] + above[-1]) / 2, f"{part.name} {words.whole(height[-1])}"))
        below = above
    return layers, beside


def _stock_said(
    frame: pd.DataFrame, parts: tuple[Part, ...], heights: dict[str, np.ndarray], total: np.ndarray, ends: np.ndarray
) -> str:
    noun, day = counted_noun(frame), said_day(frame, ends)
    if not total[-1]:
        return f"No {noun[0]} on {day}."
    said = [of_part(words.whole(heights[part.layer][-1]), part.name) for part in parts if part.layer != ALL]
    return f"{words.plural(total[-1], *noun)} on {day}{': ' if said else ''}{', '.join(said)}."


def _flow_said(frame: pd.DataFrame, parts: tuple[Part, ...], heights: dict[str, np.ndarray]) -> str:
    """The sum of the whole period, part by part, and of how many it is recorded."""
    unit = MEASURES[frame.attrs["measure"]].unit
    sums = {part.layer: float(np.nansum(heights[part.layer])) for part in parts}
    said = [f"{words.whole(sums[part.layer])} {part.name}" for part in parts if sums[part.layer] >= 0.5]
    known, every = (float(np.nansum(number)) for number in numbers(frame, "denominator", "n"))
    between = words.days_between(frame.attrs["first"], frame.attrs["until"])
    recorded = f" Recorded of {words.share(known, every)} (n = {words.whole(every)})." if every > known > 0 else ""
    return f"{words.whole(sum(sums.values()))} {unit} from {between}: {', '.join(said) or 'none'}.{recorded}"


def _bars(
    name: str,
    starts: np.ndarray,
    ends: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    colour: str,
    hollow: bool = False,
) -> Layer:
    pad = (ends - starts) / 10
    return Layer(name, "bars", {"x0": starts + pad, "y0": low, "x1": ends - pad, "y1": high}, colour, hollow)


def bars(frame: pd.DataFrame, marks: tuple[Mark, ...], expected: tuple[Expected, ...] = ()) -> Chart:
    """A count in each period; hollow while the period is filling up."""
    starts, ends = spans(frame)
    keys = keys_of(frame)
    counts = _totals(frame, keys, len(starts))
    known = ~np.isnan(counts)
    open_ = filling(frame, ends) & known
    over_ = known & ~open_
    zero = np.zeros(len(starts))
    over = lines(next(iter(expected), None), starts, ends, grain=frame.attrs["grain"])
    highest = top(max(float(np.nanmax(counts, initial=0)), over.highest))
    rule, notes = rules(marks, highest, starts[0], ends[-1])
    shown = np.nan_to_num(counts)
    layers = (
        _bars("counts", starts[over_], ends[over_], zero[over_], shown[over_], "referred"),
        _bars("filling", starts[open_], ends[open_], zero[open_], shown[open_], "referred", hollow=True),
        *over.layers,
        rule,
    )
    picture = Picture(layers, days_axis(starts, ends), Axis(0, highest))
    total = int(shown.sum())
    whole = shown[over_]
    usual = f" The middle of the whole periods is {words.whole(np.median(whole))}." if len(whole) > 2 else ""
    between = words.days_between(frame.attrs["first"], frame.attrs["until"])
    sentence = f"{words.plural(total, *counted_noun(frame))} from {between}.{over.sentence or usual}"
    sentence += filling_words(frame, open_)
    return Chart(sentence, picture, _by_key_table(frame, keys, starts), words.whole(total), notes)


def _totals(frame: pd.DataFrame, keys: list[str], size: int) -> np.ndarray:
    """Sum over the keys of each period: the frame lists every period with the same number of rows."""
    (counted,) = numbers(frame, "numerator")
    return counted.reshape(size, -1).sum(axis=1) if keys else counted


def _by_key_table(frame: pd.DataFrame, keys: list[str], starts: np.ndarray) -> Table:
    """Periods down, the values of the one key across, without those that are nothing throughout."""
    if not keys:
        plain = tuple((words.short_day(s), words.whole(n)) for s, n in zip(starts, frame["numerator"], strict=True))
        return Table(("From", "Number"), plain)
    values = list(values_of(frame, keys[0]))
    across = {value: column(frame, "numerator", keys[0], value) for value in values}
    shown = [value for value in values if np.nan_to_num(across[value]).any()]
    rows = tuple(
        (words.short_day(s), *(words.whole(across[value][i]) for value in shown)) for i, s in enumerate(starts)
    )
    return Table(("From", *(words.name(value) for value in shown)), rows)


def mirrored(frame: pd.DataFrame, marks: tuple[Mark, ...], expected: tuple[Expected, ...] = ()) -> Chart:
    """Opened upward, closed downward; hollow while the period is filling up. ``expected``: of opened, of closed."""
    starts, ends = spans(frame)
    opened, closed = (np.nan_to_num(number) for number in numbers(frame, "numerator", "denominator"))
    of = zip(("opened", "closed"), (1, -1), (*expected, None, None)[:2], strict=True)
    over = [lines(e, starts, ends, sign=sign, of=name, grain=frame.attrs["grain"]) for name, sign, e in of]
    highest = top(float(max(opened.max(initial=0), closed.max(initial=0), *(line.highest for line in over))))
    rule, notes = rules(marks, highest, starts[0], ends[-1])
    zero, known = np.zeros(len(starts)), ~np.isnan(numbers(frame, "numerator")[0])
    open_ = filling(frame, ends) & known
    layers = (
        *(
            _bars(name, starts[part], ends[part], low[part], high[part], colour, hollow)
            for name, part, low, high, colour, hollow in (
                ("opened", ~open_, zero, opened, "referred", False),
                ("opened, filling", open_, zero, opened, "referred", True),
                ("closed", ~open_, -closed, zero, "closed", False),
                ("closed, filling", open_, -closed, zero, "closed", True),
            )
        ),
        *(layer for line in over for layer in line.layers),
        rule,
    )
    picture = Picture(
        layers,
        days_axis(starts, ends),
        Axis(-highest, highest),
        ((highest / 2, f"opened {words.whole(opened.sum())}"), (-highest / 2, f"closed {words.whole(closed.sum())}")),
    )
    net = int(opened.sum() - closed.sum())
    said = "as many" if not net else f"{words.whole(abs(net))} {'more' if net > 0 else 'fewer'}"
    sentence = (
        f"{words.plural(opened.sum(), 'case')} opened and {words.whole(closed.sum())} closed: "
        f"{said} opened {'as' if not net else 'than'} closed."
    )
    sentence += joined_expected(line.sentence for line in over) + filling_words(frame, open_)
    rows = tuple(
        (words.short_day(s), words.whole(o), words.whole(c), "not known" if pd.isna(o) else f"{int(o - c):+d}")
        for s, o, c in zip(starts, frame["numerator"], frame["denominator"], strict=True)
    )
    return Chart(
        sentence,
        picture,
        Table(("From", "Opened", "Closed", "Opened less closed"), rows),
        f"{words.whole(opened.sum())} opened, {words.whole(closed.sum())} closed",
        notes,
    )
