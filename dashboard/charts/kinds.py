"""Every kind of chart: from the frame of a measure to a picture, a sentence and a table."""

import numpy as np
import pandas as pd

from dashboard.charts import words
from dashboard.charts.chart import Chart, Kind, Mark, Table, column, days_axis, filling, spans
from dashboard.charts.picture import Axis, Layer, Picture, spread, top

SERIES = ("first_series", "second_series", "third_series", "fourth_series")
EMPTY = np.array([], dtype=float)


def _rules(marks: tuple[Mark, ...], highest: float, first, until) -> tuple[Layer, tuple[str, ...]]:
    """Dashed lines on the marked days inside the period, and their sentences."""
    inside = [m for m in marks if first <= m.on_day < until]
    at = np.array([m.on_day for m in inside], dtype="datetime64[s]")
    lines = Layer(
        "marks", "rules", {"x0": at, "y0": np.zeros(len(at)), "x1": at, "y1": np.full(len(at), highest)}, "marker"
    )
    return lines, tuple(f"Marked {words.short_day(m.on_day)}, {m.force}: {m.text}" for m in inside)


def _said_days(frame: pd.DataFrame, ends: np.ndarray) -> str:
    """The day that the last stock stands for."""
    last = min(ends[-1] - np.timedelta64(1, "D"), max(words.as_days(list(frame.attrs["as_of"].values()))))
    return words.day(last)


def stacked_stock(frame: pd.DataFrame, marks: tuple[Mark, ...], highest: float = 0) -> Chart:
    """Open cases by level: stepped bands, high at the bottom. ``highest`` makes several share one axis."""
    starts, ends = spans(frame)
    present = set(frame["level"])
    levels = [name for name in words.LEVEL_ORDER if name in present]
    heights = {name: column(frame, "numerator", "level", name) for name in levels}
    total = np.sum([np.nan_to_num(h) for h in heights.values()], axis=0)
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
    rules, notes = _rules(marks, highest, starts[0], ends[-1])
    picture = Picture(
        (*layers, rules),
        days_axis(starts, ends),
        Axis(0, highest),
        spread([place for place, _ in beside], [said for _, said in beside], highest / 11),
    )
    parts = [f"{words.whole(heights[name][-1])} {words.name(name)}" for name in levels]
    sentence = (
        f"{words.plural(total[-1], 'case')} {'is' if total[-1] == 1 else 'are'} open on {_said_days(frame, ends)}: "
        f"{', '.join(parts)}."
        if total[-1]
        else f"No case is open on {_said_days(frame, ends)}."
    )
    rows = tuple(
        (words.short_day(ends[i] - np.timedelta64(1, "D")), *(words.whole(heights[name][i]) for name in levels))
        for i in range(len(starts))
    )
    return Chart(
        sentence, picture, Table(("On", *(words.name(name) for name in levels)), rows), words.whole(total[-1]), notes
    )


def _bars(name: str, starts, ends, low, high, colour: str, hollow: bool = False) -> Layer:
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
    open_ = filling(frame, ends)
    zero = np.zeros(len(starts))
    highest = top(float(np.nanmax(counts, initial=0)))
    rules, notes = _rules(marks, highest, starts[0], ends[-1])
    shown = np.nan_to_num(counts)
    layers = (
        _bars("counts", starts[~open_], ends[~open_], zero[~open_], shown[~open_], "referred"),
        _bars("filling", starts[open_], ends[open_], zero[open_], shown[open_], "referred", hollow=True),
        rules,
    )
    picture = Picture(layers, days_axis(starts, ends), Axis(0, highest))
    total = int(shown.sum())
    over = shown[~open_]
    usual = f" The middle of the whole periods is {words.whole(np.median(over))}." if len(over) > 2 else ""
    sentence = (
        f"{words.plural(total, 'referral')} in {words.days_between(frame.attrs['first'], frame.attrs['until'])}.{usual}"
    )
    if open_.any():
        sentence += " The last period is still filling up (hollow)."
    return Chart(sentence, picture, _by_key_table(frame, keys, starts), words.whole(total), notes)


def _totals(frame: pd.DataFrame, keys: list[str], size: int) -> np.ndarray:
    """Sum over the keys of each period: the frame lists every period with the same number of rows."""
    numbers = frame["numerator"].to_numpy(dtype=float, na_value=np.nan)
    return numbers.reshape(size, -1).sum(axis=1) if keys else numbers


def _by_key_table(frame: pd.DataFrame, keys: list[str], starts) -> Table:
    """Periods down, the values of the one key across, without those that are nothing throughout."""
    if not keys:
        rows = tuple((words.short_day(s), words.whole(n)) for s, n in zip(starts, frame["numerator"], strict=True))
        return Table(("From", "Number"), rows)
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
        (words.short_day(s), words.whole(o), words.whole(c), f"{int(o - c):+d}" if o != c else "0")
        for s, o, c in zip(starts, opened, closed, strict=True)
    )
    return Chart(
        sentence,
        picture,
        Table(("From", "Opened", "Closed", "Opened less closed"), rows),
        words.whole(opened.sum() + closed.sum()),
        notes,
    )


def dots(frame: pd.DataFrame, _: tuple[Mark, ...]) -> Chart:
    """Cases for each whole-time post of each advocate at the end, in the teams' own order, never ranked."""
    _starts, ends = spans(frame)
    last = frame[frame["period_start"] == frame["period_start"].max()] if len(frame) else frame
    posts = last[last["denominator"] > 0]
    names, values = list(posts["advocate"]), posts["value"].to_numpy(dtype=float)
    stray = last.loc[last["advocate"] == "not_in_post", "numerator"]
    header = ("Advocate", "Cases with a lead", "Whole-time posts", "Cases for each whole-time post")
    rows = tuple(
        (
            words.name(r.advocate),
            words.whole(r.numerator),
            decimal_fte(r.denominator),
            words.decimal(r.value) if r.denominator > 0 else "led by nobody in post",
        )
        for r in last.itertuples()
    )
    if not names:
        return Chart("No advocate is in post, so there is nothing to divide by.", None, Table(header, rows), "0")
    heights = np.arange(len(names), 0, -1, dtype=float)
    layers = (
        Layer("stems", "ranges", {"x0": np.zeros(len(names)), "y0": heights, "x1": values, "y1": heights}, "rule"),
        Layer("advocates", "points", {"x": values, "y": heights}, "first_series"),
    )
    said = [
        f"{words.decimal(r.value)}  ({words.whole(r.numerator)} / {decimal_fte(r.denominator)})"
        for r in posts.itertuples()
    ]
    picture = Picture(
        layers,
        Axis(0, top(values.max()), "count", label="cases for each whole-time post"),
        Axis(0.3, len(names) + 0.7, "names", tuple(zip(heights, names, strict=True))),
        tuple(zip(heights, said, strict=True)),
        height=max(120, 60 + 24 * len(names)),
    )
    cases, fte = last["numerator"].sum(), last["denominator"].sum()
    sentence = (
        f"{words.plural(cases, 'case')} with a lead and {decimal_fte(fte)} whole-time posts on "
        f"{_said_days(frame, ends)}: {words.decimal(cases / fte)} for each."
    )
    if stray.sum():
        sentence += (
            f" {words.plural(stray.sum(), 'case')} {'is' if stray.sum() == 1 else 'are'} led by somebody not in post."
        )
    return Chart(sentence, picture, Table(header, rows), words.whole(cases))


def decimal_fte(value) -> str:
    """0.8; whole posts without a decimal."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def waiting_curve(frame: pd.DataFrame, _: tuple[Mark, ...]) -> Chart:
    """Share with a first substantive contact by day since the referral, with its limits."""
    header = ("Day", "Reached by then", "95 % limits", "Still waiting at that day")
    if not len(frame) or not frame["n"].max():
        return Chart("Nobody was referred for full advocacy in this period.", None, Table(header, ()), "0")
    day, value, lower, upper = (
        frame[c].to_numpy(dtype=float, na_value=np.nan) for c in ("days", "value", "lower", "upper")
    )
    n, longest = int(frame["n"].max()), 42
    steps = np.repeat(day, 2)[1:]
    layers = (
        Layer(
            "limits",
            "band",
            {
                "x": steps,
                "lower": np.repeat(np.nan_to_num(lower), 2)[:-1],
                "upper": np.repeat(np.where(np.isnan(upper), value, upper), 2)[:-1],
            },
            "band",
        ),
        Layer("reached", "line", {"x": steps, "y": np.repeat(value, 2)[:-1]}, "first_series"),
    )
    picture = Picture(layers, Axis(0, longest, "count", label="days since the referral"), Axis(0, 1, "share"))
    half = day[np.argmax(value >= 0.5)] if (value >= 0.5).any() else None
    said = "Half were not reached" if half is None else f"Half were reached within {words.plural(half, 'day')}"
    by28 = value[day <= 28][-1]
    sentence = f"{said}; by day 28 {round(100 * by28)} % were (n = {n:,}). Who still waits is counted as waiting."
    if n < words.FEW:
        sentence = f"{words.plural(n, 'person', 'people')} referred: too few for a percentage. {said}."
    rows = tuple(
        (words.whole(d), words.share(v * n, n) if n >= words.FEW else "too few", _limits(lo, up), words.whole(r))
        for d, v, lo, up, r in zip(day, value, lower, upper, frame["denominator"], strict=True)
        if d in (0, 1, 2, 3, 5, 7, 10, 14, 21, 28, 35, 42)
    )
    return Chart(sentence, picture, Table(header, rows), f"{n:,}")


def _limits(lower: float, upper: float) -> str:
    return "none" if np.isnan(lower) or np.isnan(upper) else f"{round(100 * lower)} to {round(100 * upper)} %"


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
        sentence = f"{words.share(r.numerator, r.denominator)} in the last period with a value, from {words.short_day(r.period_start)}"
        sentence += f" ({_limits(r.lower, r.upper)}, n = {int(r.n):,})." if r.denominator >= words.FEW else "."
    if few.any():
        sentence += " Hollow points rest on fewer than ten."
    rows = tuple(
        (
            words.short_day(r.period_start),
            words.share(r.numerator, r.denominator),
            _limits(r.lower, r.upper),
            words.whole(r.denominator),
            r.note,
        )
        for r in frame.itertuples()
    )
    total = int(np.nansum(n)) if frame.attrs["measure"] == "reached" else int(n[-1])
    return Chart(sentence, picture, Table(("From", "Share", "95 % limits", "n", "Note"), rows), f"{total:,}", notes)


def hours(frame: pd.DataFrame, _: tuple[Mark, ...]) -> Chart:
    """When attempts succeed: hour by weekday. Cells of fewer than five attempts stay empty."""
    days = list(dict.fromkeys(frame["weekday"]))
    known = frame[frame["hour"] != "not_recorded"]
    unknown, total = int(frame["denominator"].sum() - known["denominator"].sum()), int(frame["denominator"].sum())
    cells = [
        (int(r.hour), len(days) - days.index(r.weekday), float(r.value))
        for r in known.itertuples()
        if r.denominator >= 5
    ]
    x, y, value = (np.array([c[i] for c in cells], dtype=float) for i in range(3))
    layers = (
        Layer("cells", "cells", {"x0": x, "y0": y - 0.5, "x1": x + 1, "y1": y + 0.5, "value": value}, "first_series"),
    )
    rows = tuple(
        (
            r.weekday,
            f"{int(r.hour):02d}:00",
            words.share(r.numerator, r.denominator),
            _limits(r.lower, r.upper),
            words.whole(r.denominator),
        )
        for r in known.itertuples()
        if r.denominator > 0
    )
    table = Table(("Weekday", "Hour", "Succeeded", "95 % limits", "n"), rows)
    said = f" For {words.plural(unknown, 'attempt')} the hour is not recorded." if unknown else ""
    if not cells:
        return Chart(f"No hour has five attempts or more.{said}", None, table, f"{total:,}")
    picture = Picture(
        layers,
        Axis(7, 22, "number", tuple((float(h), f"{h:02d}") for h in range(8, 22, 2)), "hour of the day"),
        Axis(0.4, len(days) + 0.6, "names", tuple((float(len(days) - i), d) for i, d in enumerate(days))),
        height=260,
    )
    succeeded = int(frame["numerator"].sum())
    sentence = (
        f"{words.share(succeeded, total)} of {words.plural(total, 'attempt')} succeeded. Darker is more often; "
        f"cells of fewer than five are empty.{said}"
    )
    return Chart(sentence, picture, table, f"{total:,}")


def matrix(frame: pd.DataFrame, _: tuple[Mark, ...]) -> Chart:
    """From the level at intake (down) to the latest or exit level (across), with counts in the cells."""
    present = [name for name in ("high", "medium", "standard", "not_assessed") if name in set(frame["from_level"])]
    across = [*present, "different_tool"]
    if not frame.loc[frame["to_level"] == "different_tool", "numerator"].sum():
        across.remove("different_tool")
    found = {(r.from_level, r.to_level): r for r in frame.itertuples()}
    total = int(frame["numerator"].sum())
    header = ("From, at intake", *(f"to {words.name(name)}" for name in across), "n")
    rows = tuple(
        (
            words.name(a),
            *(words.whole(found[a, b].numerator) for b in across),
            words.whole(found[a, present[0]].denominator),
        )
        for a in present
    )
    if not total:
        return Chart("No case to show.", None, Table(header, rows), "0")
    cells = [(j, len(present) - i, found[a, b]) for i, a in enumerate(present) for j, b in enumerate(across)]
    x, y = (np.array([c[i] for c in cells], dtype=float) for i in range(2))
    value = np.array([0.0 if np.isnan(c[2].value) else c[2].value for c in cells])
    counts = np.array([words.whole(c[2].numerator) for c in cells], dtype=object)
    dark_ = value > 0.5
    layers = (
        Layer("cells", "cells", {"x0": x, "y0": y - 0.5, "x1": x + 1, "y1": y + 0.5, "value": value}, "first_series"),
        Layer("counts", "labels", {"x": x[~dark_] + 0.5, "y": y[~dark_], "text": counts[~dark_]}, "ink"),
        Layer("counts on dark", "labels", {"x": x[dark_] + 0.5, "y": y[dark_], "text": counts[dark_]}, "paper"),
    )
    picture = Picture(
        layers,
        Axis(0, len(across), "names", tuple((j + 0.5, words.name(b)) for j, b in enumerate(across))),
        Axis(
            0.4,
            len(present) + 0.6,
            "names",
            tuple((float(len(present) - i), words.name(a)) for i, a in enumerate(present)),
        ),
        height=240,
    )
    order = {"standard": 1, "medium": 2, "high": 3}
    moved = [
        (order[r.to_level] - order[r.from_level], int(r.numerator))
        for r in found.values()
        if r.from_level in order and r.to_level in order
    ]
    fell, same, rose = (
        sum(k for m, k in moved if test(m)) for test in (lambda m: m < 0, lambda m: m == 0, lambda m: m > 0)
    )
    rest = total - fell - same - rose
    sentence = (
        f"Of {words.plural(total, 'case')}: {fell} lower than at intake, {same} the same, {rose} higher, "
        f"{rest} cannot be compared (not assessed, or another tool)."
    )
    return Chart(sentence, picture, Table(header, rows), f"{total:,}")


KINDS: dict[str, Kind] = {
    "stacked_stock": stacked_stock,
    "bars": bars,
    "mirrored": mirrored,
    "dots": dots,
    "waiting_curve": waiting_curve,
    "share_points": share_points,
    "hours": hours,
    "matrix": matrix,
}
