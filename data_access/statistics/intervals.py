"""Limits for shares, counts and rates, for the difference of two shares and the ratio of two rates.

Shown are Wilson's limits; Clopper-Pearson's are for where a guarantee is asked for.
"""

from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class Difference(NamedTuple):
    """First share minus second, from -1 to 1, with limits."""

    value: Floats
    lower: Floats
    upper: Floats


class Ratio(NamedTuple):
    """First rate over second, with limits, and the exact two-sided p of "no difference"."""

    value: float
    lower: float
    upper: float
    p: float


def normal_quantile(level: float) -> float:
    """How many standard errors a two-sided interval of that level reaches: 1.959964 for 0.95.

    ValueError unless ``0 < level < 1``.
    """
    if not 0 < level < 1:
        raise ValueError(f"A confidence level lies between 0 and 1, not at {level}.")
    return NormalDist().inv_cdf((1 + level) / 2)


def wilson(successes: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Lower and upper Wilson limits of the proportions ``successes / n``.

    The two inputs are broadcast against each other; both results have that
    shape and are fractions from 0 to 1. Where ``n`` is 0 nothing is known:
    both limits are nan. With no successes the lower limit is 0 exactly, with
    only successes the upper one is 1 exactly. ValueError where a number is
    negative or missing, or ``successes`` exceeds ``n``.

    Chosen over Wald and Clopper-Pearson for its coverage in small groups:
    Newcombe 1998, Statistics in Medicine 17:857-872.
    """
    x, total = np.broadcast_arrays(np.asarray(successes, dtype=float), np.asarray(n, dtype=float))
    if not np.all((x >= 0) & (x <= total)):
        raise ValueError("Wilson limits need 0 <= successes <= n everywhere.")
    z = normal_quantile(level)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = x / total
        middle = p + z * z / (2 * total)
        half = z * np.sqrt(p * (1 - p) / total + z * z / (4 * total * total))
        scale = 1 + z * z / total
        lower, upper = (middle - half) / scale, (middle + half) / scale
    # With x = 0 or x = n the algebra ends on the boundary; rounding misses it by some 1e-17.
    lower = np.where(x == 0, 0.0, lower)
    upper = np.where(x == total, 1.0, upper)
    unknown = total == 0
    return np.where(unknown, np.nan, lower), np.where(unknown, np.nan, upper)


def clopper_pearson(successes: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Limits of proportions that hold the true one in at least ``level`` of all cases, never in fewer.

    Shapes, edges and errors as for ``wilson``; wider than it. Clopper and
    Pearson 1934, Biometrika 26:404-413.
    """
    from scipy.special import betaincinv

    x, total = np.broadcast_arrays(np.asarray(successes, dtype=float), np.asarray(n, dtype=float))
    if not np.all((x >= 0) & (x <= total)):
        raise ValueError("Clopper-Pearson limits need 0 <= successes <= n everywhere.")
    outside = (1 - _checked(level)) / 2
    lower = np.where(x > 0, betaincinv(np.maximum(x, 1e-9), total - x + 1, outside), 0.0)
    upper = np.where(x < total, betaincinv(x + 1, np.maximum(total - x, 1e-9), 1 - outside), 1.0)
    unknown = total == 0
    return np.where(unknown, np.nan, lower), np.where(unknown, np.nan, upper)


def garwood(count: ArrayLike, exposure: ArrayLike = 1.0, level: float = 0.95) -> tuple[Floats, Floats]:
    """Exact Poisson limits of ``count / exposure``: with exposure 1 of the count itself.

    ``exposure`` is the time or the population in which the events were
    counted (weeks, advocate-weeks, 10,000 inhabitants); the limits are in
    events for each unit of it and have the shape of the two broadcast. Where
    the exposure is 0 both are nan. ValueError where a number is negative or
    missing. Garwood 1936, Biometrika 28:437-442; used throughout, because
    Byar's approximation from ten events up would cost as much.
    """
    from scipy.special import gammaincinv

    c, base = np.broadcast_arrays(np.asarray(count, dtype=float), np.asarray(exposure, dtype=float))
    if not np.all((c >= 0) & (base >= 0)):
        raise ValueError("Limits of a count need a count and an exposure of 0 or more everywhere.")
    outside = (1 - _checked(level)) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        lower = np.where(c > 0, gammaincinv(np.maximum(c, 1e-9), outside), 0.0) / base
        upper = gammaincinv(c + 1, 1 - outside) / base
    return np.where(base > 0, lower, np.nan), np.where(base > 0, upper, np.nan)


def newcombe(
    successes: ArrayLike, n: ArrayLike, other_successes: ArrayLike, other_n: ArrayLike, level: float = 0.95
) -> Difference:
    """The difference of two independent shares with hybrid score limits.

    Two intervals that overlap do not say "no difference"; this interval does,
    if it holds 0. Shapes and errors as for ``wilson``; nan where one group is
    empty. Newcombe 1998, Statistics in Medicine 17:873-890, method 10.
    """
    (l1, u1), (l2, u2) = wilson(successes, n, level), wilson(other_successes, other_n, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        p1 = np.asarray(successes, dtype=float) / np.asarray(n, dtype=float)
        p2 = np.asarray(other_successes, dtype=float) / np.asarray(other_n, dtype=float)
    d = p1 - p2
    return Difference(d, d - np.hypot(p1 - l1, u2 - p2), d + np.hypot(u1 - p1, p2 - l2))


def rate_ratio(count: int, exposure: float, other_count: int, other_exposure: float, level: float = 0.95) -> Ratio:
    """How many times as high the first rate is, from the exact test given the sum of both counts.

    Given the sum, the first count is binomial, whatever the rates; limits are
    Clopper-Pearson's, p adds up all outcomes that are no more likely than the
    one seen, as R's ``poisson.test``. With nothing counted in the second the
    ratio and its upper limit are infinite, with nothing in either the ratio is
    nan and p is 1. ValueError where a count is negative or no whole number, or
    an exposure is not above 0.
    """
    if not (exposure > 0 and other_exposure > 0):
        raise ValueError("A rate needs an exposure above 0.")
    if count < 0 or other_count < 0 or count % 1 or other_count % 1:
        raise ValueError("Counts are whole numbers of 0 or more.")
    together = int(count + other_count)
    if together == 0:
        return Ratio(float("nan"), 0.0, float("inf"), 1.0)
    lower, upper = (float(limit) for limit in clopper_pearson(count, together, level))
    value = (count / exposure) / (other_count / other_exposure) if other_count else float("inf")
    scale = other_exposure / exposure
    ends = [scale * p / (1 - p) if p < 1 else float("inf") for p in (lower, upper)]
    return Ratio(value, ends[0], ends[1], _binomial_p(int(count), together, exposure / (exposure + other_exposure)))


def _binomial_p(x: int, n: int, p: float) -> float:
    from scipy.special import gammaln

    k = np.arange(n + 1)
    logs = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1) + k * np.log(p) + (n - k) * np.log1p(-p)
    # R's binom.test takes outcomes within 1e-7 of the likelihood seen as no more likely.
    return float(min(np.exp(logs[logs <= logs[x] + 1e-7]).sum(), 1.0))


def _checked(level: float) -> float:
    normal_quantile(level)
    return level
