"""XmR charts by the NHS rules: locked limits, set anew only at a recorded point, with a reason to draw none."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from data_access.statistics.charts import NEAR, Chart, Floats, Refusal, marked, sets_of

LIMIT = 2.66  # mean moving ranges from the centre, as NHS writes it: 3 / 1.128 rounded
SCREEN = 3.267  # mean moving ranges above which Nelson's screening leaves a moving range out
BASELINE = 20  # points that lock the limits; NHS asks for at least 12
TRIAL = 13  # fewer points than this: NHSRplotthedots warns "trial limits"
LEAST_MEAN = 5.0
MOST_ZEROS = 0.2


def xmr(
    values: ArrayLike,
    baseline: int | None = BASELINE,
    rebased_at: Sequence[int] = (),
    *,
    screened: bool = False,
    floor: float | None = 0.0,
    ceiling: float | None = None,
    hollow: int = 0,
    counts: bool = False,
) -> Chart:
    """A chart of single values (X) with limits from their moving ranges (mR).

    Limits come from the first ``baseline`` points of each set and are then
    locked (None: from all points). ``rebased_at`` holds the points at which a
    new set begins; no moving range and no rule crosses such a boundary.
    ``screened`` leaves out, once, moving ranges of 3.267 times their mean and
    more (off, as in the NHS workbook). ``floor`` and ``ceiling`` clip the limits
    that are drawn, 0 and 1 for shares. The last ``hollow`` points are still
    filling up: they enter no limits and take no rule. With ``counts`` the chart
    is refused where the Poisson noise would cry wolf: mean below 5, or over a
    fifth zeros. A nan is a gap; it breaks runs. ValueError for points of
    ``rebased_at`` outside the series.
    """
    given = np.asarray(values, dtype=float).ravel()
    sets = sets_of(len(given), tuple(rebased_at))
    full = given[: len(given) - hollow]
    refusal = _refusal(full, counts)
    if refusal:
        return refused(given, refusal)
    centre, reach = np.full(len(given), np.nan), np.full(len(given), np.nan)
    spread, used = np.nan, 0
    for number in np.unique(sets):
        here = sets == number
        points = full[here[: len(full)]][:baseline]
        spread, used = mean_moving_range(points, screened), int((~np.isnan(points)).sum())
        centre[here] = np.nanmean(points) if used else np.nan
        reach[here] = LIMIT * spread
    return finished(given, centre, centre - reach, centre + reach, sets, hollow, (floor, ceiling), spread, used)


def mean_moving_range(points: Floats, screened: bool = False) -> float:
    """The mean absolute step between neighbours; nan for fewer than two points."""
    ranges = np.abs(np.diff(points))
    ranges = ranges[~np.isnan(ranges)]
    if not len(ranges):
        return float("nan")
    if screened:
        ranges = ranges[ranges < SCREEN * ranges.mean()] if ranges.any() else ranges
    return float(ranges.mean())


def unsuitable_counts(counts: ArrayLike) -> Refusal | None:
    """Why a chart of these counts would cry wolf, or None.

    In unchanged Poisson weeks the share of 52-point charts with at least one
    mark was measured as 84 % at a mean of 0.5, 61 % at 2 and 47 % at 5.
    """
    known = np.asarray(counts, dtype=float)
    known = known[~np.isnan(known)]
    if len(known) and known.mean() < LEAST_MEAN:
        return Refusal.SMALL_COUNTS
    if len(known) and (known == 0).mean() > MOST_ZEROS:
        return Refusal.MANY_ZEROS
    return None


def assurance(chart: Chart, target: float, better: Literal["higher", "lower"]) -> Literal["meets", "misses", "varies"]:
    """Whether an unchanged process will always meet a target, always miss it, or hit and miss.

    By the last limits of the chart; "varies" where it has none.
    """
    lower, upper = chart.lower[-1], chart.upper[-1]
    if better == "lower":
        lower, upper, target = -upper, -lower, -target
    if lower > target:
        return "meets"
    return "misses" if upper < target else "varies"


def finished(
    values: Floats,
    centre: Floats,
    lower: Floats,
    upper: Floats,
    sets: NDArray[np.int64],
    hollow: int,
    clip: tuple[float | None, float | None],
    spread: float,
    used: int,
) -> Chart:
    """A chart from its lines: points marked by the unclipped limits, then all lines clipped."""
    rule, side = marked(values, centre, lower, upper, sets, hollow)
    near_lower, near_upper = centre - NEAR * (centre - lower), centre + NEAR * (upper - centre)
    low, high = (-np.inf if clip[0] is None else clip[0]), (np.inf if clip[1] is None else clip[1])
    low_line, high_line, near_low, near_high = (
        np.clip(line, low, high) for line in (lower, upper, near_lower, near_upper)
    )
    return Chart(values, centre, low_line, high_line, near_low, near_high, rule, side, float(spread), used < TRIAL)


def refused(values: Floats, refusal: Refusal) -> Chart:
    """The points alone, with the reason why there are no limits."""
    none = np.full(len(values), np.nan)
    no_mark = np.zeros(len(values), dtype=np.int8)
    return Chart(values, none, none, none, none, none, no_mark, no_mark, float("nan"), True, refusal)


def _refusal(points: Floats, counts: bool) -> Refusal | None:
    if (~np.isnan(points)).sum() < 2:
        return Refusal.TOO_FEW_POINTS
    return unsuitable_counts(points) if counts else None
