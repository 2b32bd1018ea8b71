"""Counts along time: stocks and flows, with the days that have to be marked."""

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
    spans,
)
from dashboard.charts.expected import lines
from dashboard.charts.marks import rules
from dashboard.charts.picture import Axis, Layer, Picture, spread, top
from dashboard.verdicts import Expected


def said_day(frame: pd.DataFrame, ends: np.ndarray) -> str:
    """The day that the last stock stands for."""
    last = min(ends[-1] - np.timedelta64(1, "D"), max(words.as_days(list(frame.attrs["as_of"].values()))))
    return words.day(last)


def stacked_stock(frame: pd.DataFrame, marks: tuple[Mark, ...], highest: float = 0) -> Chart:
    """Open cases by level: stepped bands, high at the bottom. ``highest`` makes several share one axis."""
    starts, ends = spans(frame)
    until = ends[-1]
    present = set(frame["level"])
    levels = [name for name in words.LEVEL_ORDER if name in present]
    heights = {name: column(frame, "numerator", "level", name) for name in levels}
    total = np.sum(list(heights.values()), axis=0)
    # Where the data end before the period does, the bands end too: unknown is not zero.
    known = int(np.flatnonzero(~np.isnan(total))[-1]) + 1 if len(total) and (~np.isnan(total)).any() else 0
    if not known:
        return Chart("No period has a figure.", None, Table(("On", *map(words.name, levels)), ()), "0")
    starts, ends, total = starts[:known], ends[:known], total[:known]
    heights = {name: height[:known] for name, height in heights.items()}
    open_ = filling(frame, spans(frame)[1])[:known]
    layers, beside, below = [], [], np.zeros(len(starts))
    for name in levels:
        above = below + np.nan_to_num(heights[name])
        for hollow in (False, True):
            part = open_ == hollow
            columns = {
                "x": np.column_stack([starts[part], ends[part]]).ravel(),
                "lower": np.repeat(below[part], 2),
                "upper": np.repeat(above[part], 2),
            }
            layers.append(
                Layer(
                    f"{name} filling" if hollow else name,
                    "band",
                    columns,
                    name if name != "stale" else "not_assessed",
                    hollow=hollow,
                    hatched=name in ("not_assessed", "stale"),
                )
            )
        if heights[name][-1] > 0:
            beside.append(((below[-1] + above[-1]) / 2, f"{words.name(name)} {words.whole(heights[name][-1])}"))
        below = above
    highest = top(max(float(total.max(initial=0)), highest))
    rule, notes = rules(marks, highest, starts[0], until)
    picture = Picture(
        (*layers, rule),
        days_axis(*spans(frame)),
        Axis(0, highest),
        spread([place for place, _ in beside], [said for _, said in beside], highest / 11, highest),
    )
    noun = counted_noun(frame)
    parts = [f"{words.whole(heights[name][-1])} {words.name(name)}" for name in levels]
    sentence = (
        f"{words.plural(total[-1], *noun)} on {said_day(frame, ends)}: {', '.join(parts)}."
        if total[-1]
        else f"No {noun[0]} on {said_day(frame, ends)}."
    )
    sentence += filling_words(frame, open_, "Pale")
    newest = max(words.as_days(list(frame.attrs["as_of"].values())))
    rows = tuple(
        (
            words.short_day(min(ends[i] - np.timedelta64(1, "D"), newest)),
            *(words.whole(heights[name][i]) for name in levels),
        )
        for i in range(len(starts))
    )
    return Chart(
        sentence, picture, Table(("On", *(words.name(name) for name in levels)), rows), words.whole(total[-1]), notes
    )


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
    sentence = f"{words.plural(total, *counted_noun(frame))} in {between}.{over.sentence or usual}"
    sentence += filling_words(frame, open_)
    return Chart(sentence, picture, _by_key_table(frame, keys, starts), words.whole(total), notes)


def _totals(frame: pd.DataFrame, keys: list[str], size: int) -> np.ndarray:
    """Sum over the keys of each period: the frame lists every period with the same number of rows."""
    numbers = frame["numerator"].to_numpy(dtype=float, na_value=np.nan)
    return numbers.reshape(size, -1).sum(axis=1) if keys else numbers


def _by_key_table(frame: pd.DataFrame, keys: list[str], starts: np.ndarray) -> Table:
    """Periods down, the values of the one key across, without those that are nothing throughout."""
    if not keys:
        plain = tuple((words.short_day(s), words.whole(n)) for s, n in zip(starts, frame["numerator"], strict=True))
        return Table(("From", "Number"), plain)
    values = list(dict.fromkeys(frame[keys[0]]))
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
    sentence += "".join(dict.fromkeys(line.sentence for line in over)) + filling_words(frame, open_)
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
