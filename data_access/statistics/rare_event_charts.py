"""Charts for serious events that are too rare to count by period: days between (t) and cases between (g)."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from data_access.statistics.charts import Chart, Floats, Refusal, sets_of
from data_access.statistics.control_charts import LIMIT, finished, mean_moving_range, refused

NELSON = 3.6  # the power that makes exponential gaps nearly normal


def t_chart(gaps: ArrayLike, baseline: int | None = None) -> Chart:
    """Time between events, limits from an XmR chart of ``gaps ** (1 / 3.6)``, brought back.

    In the unit of the gaps; a high point is a long quiet time. Limits come from
    the first ``baseline`` gaps (None: all). Nelson 1994, Journal of Quality
    Technology 26:62-67. ``spread`` is the mean moving range of the transformed
    gaps. ValueError for a negative gap. Fewer than two gaps: refused.
    """
    given = _gaps(gaps)
    if len(given) < 2:
        return refused(given, Refusal.TOO_FEW_POINTS)
    y = given ** (1 / NELSON)
    points = y[:baseline]
    spread = mean_moving_range(points)
    centre = np.full(len(y), points.mean())
    reach = LIMIT * spread
    straight = finished(
        y, centre, centre - reach, centre + reach, sets_of(len(y), ()), 0, (0.0, None), spread, len(points)
    )
    low, high, near_low, near_high = (
        line**NELSON for line in (straight.lower, straight.upper, straight.near_lower, straight.near_upper)
    )
    return replace(
        straight,
        values=given,
        centre=centre**NELSON,
        lower=low,
        upper=high,
        near_lower=near_low,
        near_upper=near_high,
    )


def g_chart(between: ArrayLike, baseline: int | None = None) -> Chart:
    """Cases between events, limits ``g +- 3 sqrt(g (g + 1))`` of the geometric distribution, the lower one 0.

    ``between`` counts the cases after one event and before the next; a high
    point is a long good stretch. Benneyan 2001, Health Care Management Science
    4:305-318. ``spread`` is the standard deviation sqrt(g (g + 1)). ValueError
    for a negative number. Fewer than two: refused.
    """
    given = _gaps(between)
    if len(given) < 2:
        return refused(given, Refusal.TOO_FEW_POINTS)
    points = given[:baseline]
    g = points.mean()
    spread = float(np.sqrt(g * (g + 1)))
    centre = np.full(len(given), g)
    lower, upper = centre - 3 * spread, centre + 3 * spread
    return finished(given, centre, lower, upper, sets_of(len(given), ()), 0, (0.0, None), spread, len(points))


def _gaps(gaps: ArrayLike) -> Floats:
    given = np.asarray(gaps, dtype=float).ravel()
    if not np.all(given >= 0):
        raise ValueError("What lies between two events is 0 or more.")
    return given
