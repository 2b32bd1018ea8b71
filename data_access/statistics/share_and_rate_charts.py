"""p and u charts: shares and rates whose denominators move, widened by Laney where they vary more than chance."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from data_access.statistics.charts import Chart, Floats, Refusal, sets_of
from data_access.statistics.control_charts import finished, mean_moving_range, refused

MORE_THAN_CHANCE = 1.2  # sigma z from which the limits are Laney's
MEAN_RANGE = 1.128  # mean moving range of a normal variable with standard deviation 1


def p_chart(
    successes: ArrayLike,
    n: ArrayLike,
    baseline: int | None = None,
    rebased_at: Sequence[int] = (),
    *,
    centre: float | None = None,
    sigmas: float = 3.0,
    laney: bool | None = None,
    hollow: int = 0,
) -> Chart:
    """Shares ``successes / n`` with limits ``p +- sigmas * sqrt(p (1 - p) / n)``, clipped to 0 and 1.

    p is pooled over the first ``baseline`` points of each set (None: all) unless
    ``centre`` gives it. ``laney`` multiplies by sigma z: True always, False
    never, None where it exceeds 1.2. Points with ``n`` 0 are gaps. ``spread`` of
    the answer is sigma z. Laney 2002, Quality Engineering 14:531-537. ValueError
    where numbers are impossible or lengths differ.
    """
    x, total = _pair(successes, n)
    if np.any(x > total):
        raise ValueError("A share needs 0 <= successes <= n everywhere.")
    setting = _Setting(baseline, tuple(rebased_at), centre, sigmas, laney, hollow, (0.0, 1.0))
    return _chart(x, total, lambda p: p * (1 - p), setting)


def u_chart(
    counts: ArrayLike,
    exposure: ArrayLike,
    baseline: int | None = None,
    rebased_at: Sequence[int] = (),
    *,
    centre: float | None = None,
    sigmas: float = 3.0,
    laney: bool | None = None,
    hollow: int = 0,
) -> Chart:
    """Rates ``counts / exposure`` with limits ``u +- sigmas * sqrt(u / exposure)``, clipped at 0.

    As ``p_chart``; with an exposure of 1 everywhere it is a c chart.
    """
    x, base = _pair(counts, exposure)
    setting = _Setting(baseline, tuple(rebased_at), centre, sigmas, laney, hollow, (0.0, None))
    return _chart(x, base, lambda u: u, setting)


def sigma_z(x: Floats, base: Floats, centre: float, variance: float) -> float:
    """How much more (above 1) the points vary from one to the next than chance alone would make them."""
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (x / base - centre) / np.sqrt(variance / base)
    return mean_moving_range(z) / MEAN_RANGE


@dataclass(frozen=True)
class _Setting:
    baseline: int | None
    rebased_at: tuple[int, ...]
    centre: float | None
    sigmas: float
    laney: bool | None
    hollow: int
    clip: tuple[float | None, float | None]


def _chart(x: Floats, base: Floats, variance_at: Callable[[float], float], setting: _Setting) -> Chart:
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.where(base > 0, x / base, np.nan)
    sets = sets_of(len(x), setting.rebased_at)
    full = len(x) - setting.hollow
    if (~np.isnan(values[:full])).sum() < 2:
        return refused(values, Refusal.TOO_FEW_POINTS)
    centre, reach = np.full(len(x), np.nan), np.full(len(x), np.nan)
    wide, used = float("nan"), 0
    for number in np.unique(sets):
        here = np.flatnonzero(sets == number)
        points = here[here < full][: setting.baseline]
        used = int((base[points] > 0).sum())
        middle = _pooled(x[points], base[points]) if setting.centre is None else setting.centre
        wide = sigma_z(x[points], base[points], middle, variance_at(middle))
        widened = wide > MORE_THAN_CHANCE if setting.laney is None else setting.laney
        with np.errstate(divide="ignore", invalid="ignore"):
            one = np.where(base[here] > 0, np.sqrt(variance_at(middle) / base[here]), np.nan)
        centre[here], reach[here] = middle, setting.sigmas * one * (wide if widened else 1.0)
    return finished(values, centre, centre - reach, centre + reach, sets, setting.hollow, setting.clip, wide, used)


def _pooled(x: Floats, base: Floats) -> float:
    return float(x.sum() / base.sum()) if base.sum() else float("nan")


def _pair(x: ArrayLike, base: ArrayLike) -> tuple[Floats, Floats]:
    one, other = np.asarray(x, dtype=float).ravel(), np.asarray(base, dtype=float).ravel()
    if len(one) != len(other):
        raise ValueError("Every point needs a number and a denominator.")
    if not np.all((one >= 0) & (other >= 0) & ((other > 0) | (one == 0))):
        raise ValueError(
            "Numbers and denominators are 0 or more, and nothing is counted where there is no denominator."
        )
    return one, other
