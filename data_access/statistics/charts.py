"""What every control chart has: centre, limits, and the four NHS rules that mark points on it."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Marks = NDArray[np.int8]

RUN = 7  # points for a shift and for a trend, as NHS England's Making Data Count has them
NEAR = 2 / 3  # of the way from the centre to a limit


class Rule(IntEnum):
    """Why a point is marked."""

    NONE = 0
    OUTSIDE = 1
    SHIFT = 2
    TREND = 3
    NEAR_LIMIT = 4


class Refusal(StrEnum):
    """Why a chart has no limits: each is a sentence to show."""

    TOO_FEW_POINTS = "too few points for limits"
    SMALL_COUNTS = "under 5 in a period on average: use longer periods or the days between"
    MANY_ZEROS = "more than a fifth of the periods have none: use longer periods or the days between"


@dataclass(frozen=True)
class Chart:
    """One control chart; every array has one element for each point.

    ``centre``, ``lower``, ``upper`` and the near lines (two thirds of the way)
    are in the unit of ``values`` and step where the limits were set anew.
    ``rule`` is the rule to show for each point, by NHS order 1, 3, 4, 2;
    ``side`` says for every point whether it lies above (1) or below (-1) the
    centre. ``trial`` is true where the limits of the last set rest on fewer
    than 13 points. ``refusal`` says why there are no limits: then they are nan
    and no point is marked. ``spread`` is the mean moving range of the last set
    for an XmR chart, and sigma z for p and u charts.
    """

    values: Floats
    centre: Floats
    lower: Floats
    upper: Floats
    near_lower: Floats
    near_upper: Floats
    rule: NDArray[np.int8]
    side: NDArray[np.int8]
    spread: float
    trial: bool
    refusal: Refusal | None = None


def marked(
    values: Floats, centre: Floats, lower: Floats, upper: Floats, sets: NDArray[np.int64], hollow: int = 0
) -> tuple[Marks, Marks]:
    """Rule and side for each point; ``lower`` and ``upper`` are limits before they are clipped.

    ``sets`` numbers the set of limits that a point belongs to: no rule reaches
    across two sets. The last ``hollow`` points are still filling up and take no
    rule. Ported from NHSRplotthedots ``ptd_spc_standard.R`` and
    ``ptd_calculate_point_type.R``.
    """
    with np.errstate(invalid="ignore"):
        side = np.nan_to_num(np.sign(values - centre)).astype(np.int8)
        outside = (values > upper) | (values < lower)
        near_upper, near_lower = centre + NEAR * (upper - centre), centre - NEAR * (centre - lower)
        near = ~outside & ((values > near_upper) | (values < near_lower))
    rule = np.zeros(len(values), dtype=np.int8)
    last = len(values) - hollow
    for number in np.unique(sets[:last]):
        here = np.flatnonzero(sets[:last] == number)
        rule[here] = _shown(values[here], side[here], outside[here], near[here])
    return rule, side


def _shown(values: Floats, side: Marks, outside: NDArray[np.bool_], near: NDArray[np.bool_]) -> Marks:
    order = (
        (Rule.OUTSIDE, outside),
        (Rule.TREND, part_of_seven(seven_trend(values))),
        (Rule.NEAR_LIMIT, two_of_three(near, side) & near),
        (Rule.SHIFT, part_of_seven(seven_one_side(side))),
    )
    return np.select([marks for _, marks in order], [rule for rule, _ in order], Rule.NONE).astype(np.int8)


def seven_one_side(side: Marks) -> Marks:
    """The side (1, -1) at each point that ends seven in a row on one side of the centre, else 0."""
    return _ends_run(np.asarray(side), RUN)


def seven_trend(values: Floats) -> Marks:
    """1 (up) or -1 (down) at each point that ends seven points each higher or each lower than the last, else 0."""
    with np.errstate(invalid="ignore"):
        steps = np.nan_to_num(np.sign(np.diff(values, prepend=np.nan)))
    return _ends_run(steps, RUN - 1)


def part_of_seven(ends: Marks) -> NDArray[np.bool_]:
    """Every point that belongs to a run of seven, from the marks at the ends of such runs."""
    part = np.zeros(len(ends), dtype=bool)
    for end in np.flatnonzero(ends):
        part[end - RUN + 1 : end + 1] = True
    return part


def two_of_three(near: NDArray[np.bool_], side: Marks) -> NDArray[np.bool_]:
    """Every point of three in a row on one side of the centre of which two or more are near a limit."""
    part = np.zeros(len(near), dtype=bool)
    for first in range(len(near) - 2):
        three = slice(first, first + 3)
        if near[three].sum() >= 2 and abs(int(side[three].sum())) == 3:
            part[three] = True
    return part


def _ends_run(signs: NDArray, length: int) -> Marks:
    ends = np.zeros(len(signs), dtype=np.int8)
    run = 0
    for place, sign in enumerate(signs):
        run = run + 1 if place and sign == signs[place - 1] else 1
        if sign and run >= length:
            ends[place] = sign
    return ends


def sets_of(points: int, rebased_at: tuple[int, ...]) -> NDArray[np.int64]:
    """The number of the set of limits of each point; ``rebased_at`` holds the first point of each new set.

    ValueError unless those increase and lie inside the series.
    """
    starts = np.array(rebased_at, dtype=np.int64)
    if len(starts) and (starts[0] < 1 or starts[-1] >= points or np.any(np.diff(starts) < 1)):
        raise ValueError("Limits are set anew at increasing points inside the series.")
    return np.searchsorted(starts, np.arange(points), side="right")
