"""Every kind of chart: from the frame of a measure to a picture, a sentence and a table."""

from typing import Any

import numpy as np
import pandas as pd

from dashboard.charts import words
from dashboard.charts.by_value import amounts, share_by
from dashboard.charts.chart import Chart, Kind, Mark, Table, spans
from dashboard.charts.durations import endings, survival, waiting_curve
from dashboard.charts.matrices import agreement, hours, matrix
from dashboard.charts.mixes import mix
from dashboard.charts.outcomes import outcome
from dashboard.charts.picture import Axis, Layer, Picture, top
from dashboard.charts.points import rate_points, ratio_line, share_points
from dashboard.charts.trends import bars, mirrored, said_day, stacked_stock
from dashboard.frames import each


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
        for r in each(last)
    )
    if not names:
        return Chart("No advocate is in post, so there is nothing to divide by.", None, Table(header, rows), "0")
    heights = np.arange(len(names), 0, -1, dtype=float)
    layers = (
        Layer("stems", "ranges", {"x0": np.zeros(len(names)), "y0": heights, "x1": values, "y1": heights}, "rule"),
        Layer("advocates", "points", {"x": values, "y": heights}, "first_series"),
    )
    said = [
        f"{words.decimal(r.value)}  ({words.whole(r.numerator)} / {decimal_fte(r.denominator)})" for r in each(posts)
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


KINDS: dict[str, Kind] = {
    "stacked_stock": stacked_stock,
    "bars": bars,
    "mirrored": mirrored,
    "dots": dots,
    "waiting_curve": waiting_curve,
    "survival": survival,
    "endings": endings,
    "share_points": share_points,
    "share_by": share_by,
    "amounts": amounts,
    "rate_points": rate_points,
    "ratio_line": ratio_line,
    "mix": mix,
    "outcome": outcome,
    "hours": hours,
    "matrix": matrix,
    "agreement": agreement,
}
