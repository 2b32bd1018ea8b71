"""Every kind of chart: from the frame of a measure to a picture, a sentence and a table."""

from typing import Any

import numpy as np
import pandas as pd

from dashboard.charts import words
from dashboard.charts.chart import Chart, Kind, Mark, Table, spans
from dashboard.charts.picture import Axis, Layer, Picture, top
from dashboard.charts.trends import bars, mirrored, said_day, share_points, stacked_stock


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
            _per_post(r),
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
        f"{said_day(frame, ends)}: {words.decimal(cases / fte)} for each."
    )
    if last["n"].isna().any():
        sentence += " Forces whose data end before this period are not in it; the table says which advocates."
    if stray.sum():
        sentence += (
            f" {words.plural(stray.sum(), 'case')} {'is' if stray.sum() == 1 else 'are'} led by somebody who is "
            "not in post, or on long absence."
        )
    return Chart(sentence, picture, Table(header, rows), words.whole(cases))


def _per_post(row: Any) -> str:
    if pd.isna(row.denominator):
        return "not known"
    return words.decimal(row.value) if row.denominator > 0 else "lead not in post, or on long absence"


def decimal_fte(value: Any) -> str:
    """0.8; whole posts without a decimal."""
    if pd.isna(value):
        return "not known"
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
        (words.whole(d), words.share(v * n, n) if n >= words.FEW else "too few", words.limits(lo, up), words.whole(r))
        for d, v, lo, up, r in zip(day, value, lower, upper, frame["denominator"], strict=True)
        if d in (0, 1, 2, 3, 5, 7, 10, 14, 21, 28, 35, 42)
    )
    return Chart(sentence, picture, Table(header, rows), f"{n:,}")


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
            words.limits(r.lower, r.upper),
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
    dark_ = value > 0.6  # there the paper reads better on the cell than the ink does (4.1:1 and more, both schemes)
    layers = (
        Layer("cells", "cells", {"x0": x, "y0": y - 0.5, "x1": x + 1, "y1": y + 0.5, "value": value}, "first_series"),
        Layer("counts", "labels", {"x": x[~dark_] + 0.5, "y": y[~dark_], "text": counts[~dark_]}, "ink"),
        Layer("counts on dark", "labels", {"x": x[dark_] + 0.5, "y": y[dark_], "text": counts[dark_]}, "paper"),
    )
    picture = Picture(
        layers,
        Axis(0, len(across), "names", tuple((j + 0.5, words.name(b).replace(" ", "\n")) for j, b in enumerate(across))),
        Axis(
            0.4,
            len(present) + 0.6,
            "names",
            tuple((float(len(present) - i), words.name(a).replace(" ", "\n")) for i, a in enumerate(present)),
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
