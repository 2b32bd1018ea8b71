"""Days that have to be marked on a trend: where a threshold, a tool, a definition or the recording changed."""

import numpy as np

from dashboard.charts import words
from dashboard.charts.chart import Mark
from dashboard.charts.picture import Layer


def rules(
    marks: tuple[Mark, ...], highest: float, first: np.datetime64, until: np.datetime64
) -> tuple[Layer, tuple[str, ...]]:
    """Dashed lines on the marked days inside the period, and their sentences."""
    inside = [m for m in marks if first <= m.on_day < until]
    at = np.array([m.on_day for m in inside], dtype="datetime64[s]")
    lines = Layer(
        "marks", "rules", {"x0": at, "y0": np.zeros(len(at)), "x1": at, "y1": np.full(len(at), highest)}, "marker"
    )
    return lines, tuple(f"Marked {words.short_day(m.on_day)}, {m.whose}: {m.text}" for m in inside)


def halo(rule: Layer) -> Layer:
    """Paper under the dashed lines, so that they are seen on filled bars and bands too."""
    return Layer(f"{rule.name} halo", "ranges", rule.columns, "paper")
