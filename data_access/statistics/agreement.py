"""How far two assessments of the same case agree beyond chance: linearly weighted kappa."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from data_access.statistics.intervals import normal_quantile


class Kappa(NamedTuple):
    """Weighted kappa, at most 1, 0 for agreement as by chance, with limits, its standard error, and the pairs."""

    value: float
    lower: float
    upper: float
    standard_error: float
    n: int


def weighted_kappa(table: ArrayLike, weights: ArrayLike | None = None, level: float = 0.95) -> Kappa:
    """Agreement beyond chance of two assessments on one ordered scale.

    ``table`` has the counts, shape (k, k): the first assessment down, the second across, both in the order of the
    scale. Without ``weights`` a pair one step apart counts for 1 - 1 / (k - 1), the next for 1 - 2 / (k - 1), and so on
    (Cicchetti and Allison 1971, American Journal of EEG Technology 11:101-109); given ones are 1 on the diagonal and
    from 0 to 1 beside it. Limits are of the large-sample variance of Fleiss, Cohen and Everitt 1969, Psychological
    Bulletin 72:323-327, cut off at -1 and 1; with few pairs they are too narrow. All nan where nobody was assessed
    twice, or all pairs lie in one cell, so that chance alone would agree as well. ValueError for a table that is not
    square, has fewer than two levels or negative counts.
    """
    counts = np.asarray(table, dtype=float)
    k = len(counts)
    if counts.shape != (k, k) or k < 2 or not np.all(counts >= 0):
        raise ValueError("Agreement needs a square table of counts, two levels or more.")
    apart = np.abs(np.subtract.outer(np.arange(k), np.arange(k)))
    w = 1 - apart / (k - 1) if weights is None else np.asarray(weights, dtype=float)
    n = counts.sum()
    if not n:
        return Kappa(np.nan, np.nan, np.nan, np.nan, 0)
    p = counts / n
    down, across = p.sum(axis=1), p.sum(axis=0)
    agreed, chance = float((w * p).sum()), float((w * np.outer(down, across)).sum())
    if chance >= 1 - 1e-12:
        return Kappa(np.nan, np.nan, np.nan, np.nan, int(n))
    value = (agreed - chance) / (1 - chance)
    means = (w @ across)[:, None] + (w.T @ down)[None, :]
    spread = (p * (w * (1 - chance) - means * (1 - agreed)) ** 2).sum()
    variance = (spread - (agreed * chance - 2 * chance + agreed) ** 2) / (n * (1 - chance) ** 4)
    error = float(np.sqrt(max(variance, 0.0)))
    reach = normal_quantile(level) * error
    return Kappa(value, max(value - reach, -1.0), min(value + reach, 1.0), error, int(n))
