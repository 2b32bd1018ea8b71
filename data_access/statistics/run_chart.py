"""Run charts with Anhøj's rules: a median and two counts, for series too short or too odd for limits."""

from math import comb, log2
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike


class RunChart(NamedTuple):
    """The median, the two counts with their bounds, and whether either says "not chance alone".

    ``useful`` is the number of points off the median; the rules need ten.
    """

    median: float
    useful: int
    longest_run: int
    longest_expected: int
    crossings: int
    least_crossings: int
    changed: bool


LEAST_USEFUL = 10


def run_chart(values: ArrayLike) -> RunChart:
    """Anhøj's rules: a run longer than round(log2 n) + 3, or fewer crossings than the 5 % point of chance.

    Points on the median are left out and do not break a run; nan is a gap.
    Anhøj and Olesen 2014, PLoS ONE 9:e113825. Nothing known: median nan.
    """
    given = np.asarray(values, dtype=float).ravel()
    given = given[~np.isnan(given)]
    if not len(given):
        return RunChart(float("nan"), 0, 0, 0, 0, 0, False)
    median = float(np.median(given))
    sides = np.sign(given - median)
    sides = sides[sides != 0]
    n = len(sides)
    turns = np.flatnonzero(np.diff(sides))
    runs = np.diff(np.concatenate([[0], turns + 1, [n]]))
    longest, crossings = int(runs.max(initial=0)), len(turns)
    bounds = (longest_expected(n), least_crossings(n))
    changed = n >= LEAST_USEFUL and (longest > bounds[0] or crossings < bounds[1])
    return RunChart(median, n, longest, bounds[0], crossings, bounds[1], changed)


def longest_expected(useful: int) -> int:
    """The longest run that chance is allowed among so many points off the median."""
    return round(log2(useful)) + 3 if useful > 0 else 0


def least_crossings(useful: int) -> int:
    """The fewest crossings that chance is allowed: R's ``qbinom(0.05, useful - 1, 0.5)``."""
    if useful < 2:
        return 0
    n, below = useful - 1, 0
    for k in range(n + 1):
        below += comb(n, k)
        if below >= 0.05 * 2**n:
            return k
    return n
