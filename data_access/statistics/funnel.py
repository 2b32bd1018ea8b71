"""Funnel limits for comparing units, context and never a ranking, and whether units vary more than chance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from data_access.statistics.intervals import Floats, garwood

LEAST_UNITS = 10


def share_limits(n: ArrayLike, target: float, level: float = 0.95) -> tuple[Floats, Floats]:
    """Between which shares a unit of size ``n`` with the target share lies in ``level`` of all cases.

    Exact binomial quantiles, interpolated so that the funnel is smooth
    (Spiegelhalter 2005, Statistics in Medicine 24:1185-1202, appendix A.1.1),
    clipped to 0 and 1. Both have the shape of ``n``; nan where ``n`` is 0.
    Draw 0.95 and 0.998. ValueError unless ``0 < target < 1``.
    """
    sizes = np.asarray(n, dtype=np.int64)
    if not 0 < target < 1:
        raise ValueError("A funnel needs a target share between 0 and 1.")
    outside = (1 - level) / 2
    ends = [np.array([_share(int(size), target, p) for size in sizes.ravel()]) for p in (outside, 1 - outside)]
    return ends[0].reshape(sizes.shape), ends[1].reshape(sizes.shape)


def rate_limits(events: ArrayLike, target: float, level: float = 0.95) -> tuple[Floats, Floats]:
    """Limits around a target rate for units with so many events: ``target * events / Garwood limit``.

    As PHE's ``phe_funnels`` draws them; nan where a unit has no events.
    """
    x = np.asarray(events, dtype=float)
    low, high = garwood(x, 1.0, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(x > 0, target * x / high, np.nan), np.where(x > 0, target * x / low, np.nan)


def targets_without(successes: ArrayLike, n: ArrayLike) -> Floats:
    """For each unit the pooled share of all others: with three forces a pooled one is pulled by the odd one.

    nan where the others have nobody.
    """
    x, total = np.asarray(successes, dtype=float), np.asarray(n, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (x.sum() - x) / (total.sum() - total)


@dataclass(frozen=True)
class Dispersion:
    """How much more than chance units vary (1: as chance alone), nan where there are too few to tell."""

    phi: float
    units: int

    @property
    def note(self) -> str:
        """What to print beside the funnel."""
        if np.isnan(self.phi):
            return f"{self.units} units are too few to tell whether they vary more than chance."
        if self.phi > 1 + 2 * np.sqrt(2 / self.units):
            return "The units vary more than chance alone explains; a point outside the limits is less of a surprise."
        return "The units vary no more than chance allows."


def dispersion(z: ArrayLike) -> Dispersion:
    """Mean of the squared z-scores of the units, the outer tenth at each end drawn in (winsorised).

    Spiegelhalter 2005. With fewer than ten units nothing is estimated, and
    limits are not widened.
    """
    scores = np.sort(np.asarray(z, dtype=float).ravel())
    units = len(scores)
    if units < LEAST_UNITS:
        return Dispersion(float("nan"), units)
    cut = int(0.1 * units)
    drawn_in = np.clip(scores, scores[cut], scores[units - 1 - cut])
    return Dispersion(float((drawn_in**2).mean()), units)


def _share(n: int, target: float, p: float) -> float:
    if n == 0:
        return float("nan")
    from scipy.special import gammaln

    k = np.arange(n + 1)
    logs = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1) + k * np.log(target) + (n - k) * np.log1p(-target)
    mass = np.exp(logs)
    up_to = np.cumsum(mass)
    r = min(int(np.searchsorted(up_to, p)), n)
    return float(np.clip((r - (up_to[r] - p) / mass[r]) / n, 0.0, 1.0))
