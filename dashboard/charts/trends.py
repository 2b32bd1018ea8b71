"""Charts along time: stocks, flows and shares, with the days that have to be marked."""

import numpy as np
import pandas as pd

from dashboard.charts import words
from dashboard.charts.chart import Chart, Mark, Table, column, counted_noun, days_axis, filling, spans
from dashboard.charts.picture import Axis, Layer, Picture, spread, top


def _rules(
    marks: tuple[Mark, ...], highest: float, first: np.datetime64, until: np.datetime64
) -> tuple[Layer, tuple[str, ...]]:
    """Dashed lines on the marked days inside the period, and their sentences."""
    inside = [m for m in marks if first <= m.on_day < until]
    at = np.array([m.on_day for m in inside], dtype="datetime64[s]")
    lines = Layer(
        "marks", "rules", {"x0": at, "y0": np.zeros(len(at)), "x1": at, "y1": np.full(len(at), highest)}, "marker"
    )
    return lines, tuple(f"Marked {words.short_day(m.on_day)}, {m.force}: {m.text}" for m in inside)


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
    known = int(np.flatnonzero(~np.isnan(total))[-1]) + 1
    starts, ends, total = starts[:known], ends[:known], total[:known]
    heights = {name: height[:known] for name, height in heights.items()}
    layers, beside, below = [], [], np.zeros(len(starts))
    for name in levels:
        above = below + np.nan_to_num(heights[name])
        layers.append(
            Layer(
                name,
                "band",
                {
                    "x": np.column_stack([starts, ends]).ravel(),
                    "lower": np.repeat(below, 2),
                    "upper": np.repeat(above, 2),
                },
                name if name != "stale" else "not_assessed",
                hatched=name in ("not_assessed", "stale"),
            )
        )
        if heights[name][-1] > 0:
            beside.append(((below[-1] + above[-1]) / 2, f"{words.name(name)} {words.whole(heights[name][-1])}"))
        below = above
    highest = top(max(float(total.max(initial=0)), highest))
    rules, notes = _rules(marks, highest, starts[0], until)
    picture = Picture(
        (*layers, rules),
        days_axis(*spans(frame)),
        Axis(0, highest),
        spread([place for place, _ in beside], [said for _, said in beside], highest / 11),
    )
    noun = counted_noun(frame)
    parts = [f"{words.whole(heights[name][-1])} {words.name(name)}" for name in levels]
    sentence = (
        f"{words.plural(total[-1], *noun)} on {said_day(frame, ends)}: {', '.join(parts)}."
        if total[-1]
        else f"No {noun[0]} on {said_day(frame, ends)}."
    )
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


def bars(frame: pd.DataFrame, marks: tuple[Mark, ...]) -> Chart:
    """A count in each period; hollow while the period is filling up."""
    starts, ends = spans(frame)
    keys = [
        c
        for c in frame.columns
        if c not in ("period_start", "numerator", "denominator", "value", "lower", "upper", "n", "note")
    ]
    counts = _totals(frame, keys, len(starts))
    known = ~np.isnan(counts)
    open_ = filling(frame, ends) & known
    over_ = known & ~open_
    zero = np.zeros(len(starts))
    highest = top(float(np.nanmax(counts, initial=0)))
    rules, notes = _rules(marks, highest, starts[0], ends[-1])
    shown = np.nan_to_num(counts)
    layers = (
        _bars("counts", starts[over_], ends[over_], zero[over_], shown[over_], "referred"),
        _bars("filling", starts[open_], ends[open_], zero[open_], shown[open_], "referred", hollow=True),
        rules,
    )
    picture = Picture(layers, days_axis(starts, ends), Axis(0, highest))
    total = int(shown.sum())
    over = shown[over_]
    usual = f" The middle of the whole periods is {words.whole(np.median(over))}." if len(over) > 2 else ""
    between = words.days_between(frame.attrs["first"], frame.attrs["until"])
    sentence = f"{words.plural(total, *counted_noun(frame))} in {between}.{usual}"
    if open_.any():
        sentence += " The last period is still filling up (hollow)."
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


def mirrored(frame: pd.DataFrame, marks: tuple[Mark, ...]) -> Chart:
    """Opened upward, closed downward."""
    starts, ends = spans(frame)
    opened, closed = (
        np.nan_to_num(frame[c].to_numpy(dtype=float, na_value=np.nan)) for c in ("numerator", "denominator")
    )
    highest = top(float(max(opened.max(initial=0), closed.max(initial=0))))
    rules, notes = _rules(marks, highest, starts[0], ends[-1])
    zero = np.zeros(len(starts))
    layers = (
        _bars("opened", starts, ends, zero, opened, "referred"),
        _bars("closed", starts, ends, -closed, zero, "closed"),
        rules,
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


def share_points(frame: pd.DataFrame, marks: tuple[Mark, ...]) -> Chart:
    """A share in each period with its interval; periods with nothing to say stay empty."""
    starts, ends = spans(frame)
    middle = starts + (ends - starts) / 2
    value, lower, upper, n = (
        frame[c].to_numpy(dtype=float, na_value=np.nan) for c in ("value", "lower", "upper", "denominator")
    )
    drawn = ~np.isnan(value) & (n >= 5)
    few = drawn & (n < words.FEW)
    solid = drawn & ~few
    highest = 1.0 if not drawn.any() or np.nanmax(upper[drawn]) > 0.5 else 0.5
    rules, notes = _rules(marks, highest, starts[0], ends[-1])
    layers = (
        Layer(
            "limits",
            "ranges",
            {"x0": middle[drawn], "y0": lower[drawn], "x1": middle[drawn], "y1": np.minimum(upper[drawn], highest)},
            "field",
        ),
        Layer("shares", "points", {"x": middle[solid], "y": value[solid]}, "first_series"),
        Layer("few", "points", {"x": middle[few], "y": value[few]}, "first_series", hollow=True),
        rules,
    )
    picture = Picture(layers, days_axis(starts, ends), Axis(0, highest, "share"))
    known = [r for r in frame.itertuples() if not np.isnan(float(r.value))]
    if not known:
        sentence = "No period has a value yet: " + (frame["note"].iloc[-1] or "nothing to divide") + "."
    else:
        r = known[-1]
        said = words.share(r.numerator, r.denominator)
        grain = {"week": "week", "4week": "four weeks", "month": "month", "quarter": "quarter"}
        sentence = f"{said} in the {grain.get(frame.attrs['grain'], 'period')} from {words.short_day(r.period_start)}"
        sentence += f" ({words.limits(r.lower, r.upper)}, n = {int(r.n):,})." if r.denominator >= words.FEW else "."
    if few.any():
        sentence += " Hollow points rest on fewer than ten."
    rows = tuple(
        (
            words.short_day(r.period_start),
            words.share(r.numerator, r.denominator),
            words.limits(r.lower, r.upper),
            words.whole(r.denominator),
            r.note,
        )
        for r in frame.itertuples()
    )
    total = int(np.nansum(n)) if frame.attrs["measure"] == "reached" else int(n[~np.isnan(n)][-1])
    return Chart(sentence, picture, Table(("From", "Share", "95 % limits", "n", "Note"), rows), f"{total:,}", notes)
