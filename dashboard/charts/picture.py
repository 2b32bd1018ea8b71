"""A picture as data: layers of columns on two axes. It becomes a HoloViews element, or patches a drawn one."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

Mark = Literal["band", "bars", "line", "points", "ranges", "labels", "rules", "cells", "hover"]


@dataclass(frozen=True)
class Layer:
    """One mark with its columns, all of one length.

    band: x, lower, upper. bars, cells: x0, y0, x1, y1 (cells: value, 0 to 1).
    hover: x0, y0, x1, y1; unseen, says a row of the table under the pointer.
    line, points: x, y. ranges, rules: x0, y0, x1, y1. labels: x, y, text.
    ``colour`` is a meaning of ``dashboard.theme``. ``hollow`` is what is not
    complete yet (a band is pale then), ``small`` a point that rests on few or
    a hairline, ``dashed`` a line that few are still followed on.
    """

    name: str
    mark: Mark
    columns: dict[str, np.ndarray]
    colour: str = "ink"
    hollow: bool = False
    hatched: bool = False
    small: bool = False
    dashed: bool = False


@dataclass(frozen=True)
class Axis:
    """Range of an axis, and the words of its ticks where they are not plain numbers or days."""

    start: float | np.datetime64
    end: float | np.datetime64
    kind: Literal["days", "count", "share", "number", "names"] = "count"
    ticks: tuple[tuple[float, str], ...] = ()
    label: str = ""


@dataclass(frozen=True)
class Picture:
    """Layers from back to front. ``beside`` are words at the right edge, at heights of the y axis."""

    layers: tuple[Layer, ...]
    x: Axis
    y: Axis
    beside: tuple[tuple[float, str], ...] = field(default=())
    height: int = 260


MARGIN = 1.03  # half a point of eight pixels beyond the last tick


def share_up(highest: float) -> Axis:
    """The axis of points up to 50 or 100 %, with room for a whole point at its end."""
    steps = np.linspace(0, highest, 6)
    return Axis(0, highest * MARGIN, "share", tuple((float(at), f"{round(100 * at)} %") for at in steps))


def share_across(end: float = 1.0, margin: float = 1.0) -> Axis:
    """An axis of shares along the bottom: three ticks, which stay apart on a phone."""
    ticks = tuple((at, f"{round(100 * at)} %") for at in (0.0, end / 2, end))
    return Axis(0, end * margin, "share", ticks)


def top(highest: float) -> float:
    """A round upper end of a count axis, a little above the highest value."""
    if not highest or np.isnan(highest):
        return 5
    step = 10 ** np.floor(np.log10(highest))
    for nice in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12):
        if nice * step >= highest * 1.04:
            return max(float(np.ceil(nice * step)), 5)
    return highest


def spread(places: list[float], words: list[str], gap: float, ends: float = np.inf) -> tuple[tuple[float, str], ...]:
    """Move words at the right edge apart so that none covers another; the order stays.

    Where they would run over ``ends``, the upper ones are pushed down again.
    """
    moved: list[float] = []
    order = np.argsort(places, kind="stable")
    for i in order:
        moved.append(float(places[i] if not moved else max(places[i], moved[-1] + gap)))
    for j in range(len(moved) - 1, -1, -1):
        moved[j] = min(moved[j], ends - gap * (len(moved) - 1 - j))
    return tuple((place, words[i]) for place, i in zip(moved, order, strict=True))
