"""Limits for proportions: the Wilson score interval."""

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


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
