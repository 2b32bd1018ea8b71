"""Has a trend really changed: one verdict for a series, in plain words, that rarely cries wolf.

The marks of the NHS rules are drawn, but do not make the verdict: in 40 to 51
of 100 unchanged years at least one point is marked. The verdict compares the
locked baseline with each stretch of 8 to 52 weeks that ends at the last full
period, by likelihood ratio, and claims a change only where the largest ratio
is out of reach for an unchanged process looked at every week of a year.
Measured by ``benchmarks/trend_verdicts.py``; docs/decisions/0006-statistics.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import ceil

import numpy as np
from numpy.typing import ArrayLike

from data_access.statistics.intervals import Floats

THRESHOLD = 3.3  # signed root of twice the log likelihood ratio; decision 0006 says what it lets through
LEAST_EVENTS = 25  # in the baseline: below, the false claims were not measured
YEAR = {"week": 52, "4week": 13, "month": 12}
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


class Kind(StrEnum):
    """What can be said of a trend."""

    NONE = "none"
    HIGHER = "higher"
    LOWER = "lower"
    TOO_EARLY = "too_early"
    NOT_SUITABLE = "not_suitable"


@dataclass(frozen=True)
class Verdict:
    """What can be said, and since which point of the series (None unless higher or lower).

    ``strength`` is the largest signed root of the likelihood ratio over the
    threshold: a claim is 1 or more, or -1 or less. ``reason`` says why nothing
    can be said, for the screen. ``baseline`` counts the points that "expected"
    rests on.
    """

    kind: Kind
    since: int | None = None
    strength: float = 0.0
    reason: str = ""
    baseline: int = 0


def sentence(verdict: Verdict, starts: Sequence[date]) -> str:
    """The verdict in words; ``starts`` are the first days of the periods of the series."""
    if verdict.kind in (Kind.HIGHER, Kind.LOWER) and verdict.since is not None:
        day = starts[verdict.since]
        year = "" if day.year == starts[-1].year else f" {day.year}"
        return f"{verdict.kind} than expected since {day.day} {MONTHS[day.month - 1]}{year}"
    return {
        Kind.NONE: "no sign of real change",
        Kind.TOO_EARLY: "too early to tell",
    }.get(verdict.kind, "cannot be judged by this chart")


def of_counts(
    counts: ArrayLike,
    exposure: ArrayLike | None = None,
    *,
    grain: str = "week",
    baseline: int | None = None,
    rebased_at: int = 0,
    hollow: int = 0,
) -> Verdict:
    """The verdict on events that come one by one: referrals, contacts, closings, one count for each period.

    ``exposure`` has the size of each period (posts, population, days), 1 if
    left out. Points before ``rebased_at`` and the last ``hollow`` ones, still
    filling up, are not looked at. The first ``baseline`` points after the
    rebasing are what is expected: a year if left out, and half a year at least
    while less than a year and a half is known. Weekly counts are judged week by
    week also where the picture has longer periods. ValueError for negative or
    missing numbers.
    """
    x = _numbers(counts, "counts")
    base = np.ones(len(x)) if exposure is None else _numbers(exposure, "exposure")
    if np.any((base == 0) & (x > 0)):
        raise ValueError("Nothing can be counted in a period without exposure.")
    shown = slice(rebased_at, len(x) - hollow)
    return _judged(x[shown], base[shown], _split(grain, baseline, rebased_at), _POISSON)


def of_shares(
    successes: ArrayLike,
    n: ArrayLike,
    *,
    grain: str = "week",
    baseline: int | None = None,
    rebased_at: int = 0,
    hollow: int = 0,
) -> Verdict:
    """The verdict on a share of people, ``successes`` of ``n`` in each period; otherwise as ``of_counts``."""
    x, total = _numbers(successes, "successes"), _numbers(n, "n")
    if np.any(x > total):
        raise ValueError("A share needs 0 <= successes <= n everywhere.")
    shown = slice(rebased_at, len(x) - hollow)
    return _judged(x[shown], total[shown], _split(grain, baseline, rebased_at), _BINOMIAL)


def of_values(
    values: ArrayLike,
    *,
    grain: str = "week",
    baseline: int | None = None,
    rebased_at: int = 0,
    hollow: int = 0,
) -> Verdict:
    """The verdict on a measured value of each period (a median of days, a mean), nan where there is none.

    Otherwise as ``of_counts``. A stock, such as open cases, carries over from
    one week to the next, so that it wanders without a cause: where neighbours
    in the baseline go together, nothing is said (judge what comes in and what
    goes out instead). Values count by their ranks, so that one case of two
    years does not move the verdict as it moves a mean.
    """
    given = np.asarray(values, dtype=float).ravel()[rebased_at : len(np.ravel(values)) - hollow]
    split = _split(grain, baseline, rebased_at)
    first = split.baseline_of(len(given))
    if not split.year or first is None:
        return _not_yet(split, len(given))
    scores = _normal_scores(given)
    before, known = scores[:first], ~np.isnan(scores)
    spread = float(np.nanstd(before, ddof=1)) if known[:first].sum() > 2 else 0.0
    if spread == 0:
        return Verdict(Kind.NOT_SUITABLE, reason="the values of the baseline do not vary", baseline=first)
    if _wanders(before):
        return Verdict(Kind.NOT_SUITABLE, reason="each period carries over from the one before", baseline=first)
    sums, numbers = _tails(np.where(known, scores, 0.0), first), _tails(known.astype(float), first)
    free = known[:first].sum() - 1
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (sums / numbers - np.nanmean(before)) / (spread * np.sqrt(1 / numbers + 1 / (free + 1)))
    roots = np.where(numbers > 0, np.sign(t) * np.sqrt(free * np.log1p(t**2 / free)), 0.0)
    return _claim(roots, len(given), first, split) or Verdict(Kind.NONE, baseline=first)


def _normal_scores(values: Floats) -> Floats:
    """Each value as the normal quantile of its rank, ties sharing one; nan stays nan."""
    from scipy.special import ndtri

    known = ~np.isnan(values)
    _, place, ties = np.unique(values[known], return_inverse=True, return_counts=True)
    scores = np.full(len(values), np.nan)
    scores[known] = ndtri((np.cumsum(ties) - ties / 2)[place] / max(known.sum(), 1))
    return scores


@dataclass(frozen=True)
class _Split:
    """How a series is cut into baseline and stretches to judge, in points."""

    year: int
    baseline: int | None
    start: int

    @property
    def half(self) -> int:
        return ceil(self.year / 2)

    @property
    def least(self) -> int:
        return ceil(self.year * 8 / 52)

    def baseline_of(self, points: int) -> int | None:
        """Points of the baseline; None while there is not half a year and one stretch to judge."""
        first = self.baseline or min(max(points - self.half, self.half), self.year)
        return first if points >= first + self.least else None


@dataclass(frozen=True)
class _Noise:
    """How chance makes the numbers: log likelihood at their own rate, and their variance at a rate for a base of 1."""

    log_likelihood: Callable[[Floats, Floats], Floats]
    variance: Callable[[float], float]


def _x_log(x: Floats, rate: Floats) -> Floats:
    return x * np.log(np.where(x > 0, rate, 1.0))


def _rate(x: Floats, base: Floats) -> Floats:
    return x / np.where(base > 0, base, 1.0)


_POISSON = _Noise(lambda x, base: _x_log(x, _rate(x, base)), lambda rate: rate)
_BINOMIAL = _Noise(
    lambda x, base: _x_log(x, _rate(x, base)) + _x_log(base - x, _rate(base - x, base)), lambda p: p * (1 - p)
)


def _judged(x: Floats, base: Floats, split: _Split, noise: _Noise) -> Verdict:
    first = split.baseline_of(len(x))
    if not split.year or first is None:
        return _not_yet(split, len(x))
    before, size = np.array([x[:first].sum()]), np.array([base[:first].sum()])
    if before[0] < LEAST_EVENTS or not noise.variance(before[0] / size[0]):
        return Verdict(Kind.NOT_SUITABLE, reason="too few events: look at the days between", baseline=first)
    wide = _wider_than_chance(x[:first], base[:first], noise)
    roots = _roots(before, size, _tails(x, first)[split.least - 1 :], _tails(base, first)[split.least - 1 :], noise)
    roots = np.concatenate([np.zeros(split.least - 1), roots / wide])
    claim = _claim(roots, len(x), first, split)
    if claim:
        return claim
    later = base[:first].mean(keepdims=True) * split.half
    halved = _roots(before, size, 0.5 * before / size * later, later, noise)
    if abs(halved[0]) >= THRESHOLD:
        return Verdict(Kind.NONE, baseline=first, strength=float(_strongest(roots) / THRESHOLD))
    reason = "too few events to see the figure halve within half a year"
    return Verdict(Kind.TOO_EARLY if first < split.year else Kind.NOT_SUITABLE, reason=reason, baseline=first)


def _roots(before: Floats, size: Floats, after: Floats, later: Floats, noise: _Noise) -> Floats:
    """Signed roots of twice the log likelihood ratio of "two rates" against "one", for each stretch."""
    apart = noise.log_likelihood(before, size) + noise.log_likelihood(after, later)
    ratio = 2 * (apart - noise.log_likelihood(before + after, size + later))
    return np.sign(_rate(after, later) - before / size) * np.sqrt(np.maximum(ratio, 0.0)) * (later > 0)


def _wider_than_chance(x: Floats, base: Floats, noise: _Noise) -> float:
    """By what to divide a root: where baseline periods vary more than chance, a root is worth less (never below 1)."""
    known = base > 0
    rate = x.sum() / base.sum()
    chi = (x[known] - rate * base[known]) ** 2 / (noise.variance(rate) * base[known])
    return float(np.sqrt(max(1.0, chi.sum() / max(known.sum() - 1, 1))))


def _wanders(before: Floats) -> bool:
    """Whether neighbours go together more than chance allows: lag 1 correlation above 2 / sqrt(n)."""
    off = np.nan_to_num(before - np.nanmean(before))
    return bool((off[1:] * off[:-1]).sum() / (off**2).sum() > 2 / np.sqrt(len(before)))


def _tails(x: Floats, first: int) -> Floats:
    """Sums of the last 1, 2, 3, ... points, back to the baseline."""
    return np.cumsum(x[first:][::-1])


def _strongest(roots: Floats) -> float:
    return float(roots[np.argmax(np.abs(roots))])


def _claim(roots: Floats, points: int, first: int, split: _Split) -> Verdict | None:
    """Higher or lower since the stretch with the largest root, if that passes the threshold."""
    looked_at = np.where(np.arange(1, len(roots) + 1) < split.least, 0.0, roots)[: split.year]
    length = int(np.argmax(np.abs(looked_at))) + 1
    strength = _strongest(looked_at) / THRESHOLD
    if abs(strength) <= 1:
        return None
    kind = Kind.HIGHER if strength > 0 else Kind.LOWER
    return Verdict(kind, split.start + points - length, strength, baseline=first)


def _not_yet(split: _Split, points: int) -> Verdict:
    if not split.year:
        return Verdict(Kind.NOT_SUITABLE, reason="a trend is judged by weeks, 4-week periods or months")
    needed = (split.baseline or split.half) + split.least
    return Verdict(Kind.TOO_EARLY, reason=f"{points} full periods are known, {needed} are needed")


def _split(grain: str, baseline: int | None, start: int) -> _Split:
    return _Split(YEAR.get(grain, 0), baseline, start)


def _numbers(given: ArrayLike, what: str) -> Floats:
    numbers = np.asarray(given, dtype=float).ravel()
    if not np.all(np.isfinite(numbers) & (numbers >= 0)):
        raise ValueError(f"A verdict needs {what} of 0 or more in every period.")
    return numbers
