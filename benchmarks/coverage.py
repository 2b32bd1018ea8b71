"""How often the limits on the pages hold the truth: Wilson's exactly, Kaplan-Meier's by simulation.

    python benchmarks/coverage.py

Seeded; about ten seconds. It ends with exit code 1 where a figure is outside of its band. The bands are those that were
measured when the intervals were chosen (docs/decisions/0006-statistics.md): Wilson's mean and worst coverage over
shares from 2 % to 98 %, and 95 to 96.5 % for the log-log limits of a Kaplan-Meier curve at a true share of 80 % when
about 30 % are followed no longer.
"""

import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.stats import binom

sys.path.insert(0, str(Path(__file__).parents[1]))

from data_access.statistics.intervals import wilson
from data_access.statistics.survival import kaplan_meier

SEED = 20261122
SHARES = np.arange(2, 99) / 100
WILSON = {10: (0.956, 0.914), 20: (0.953, 0.925), 50: (0.951, 0.922)}  # n -> mean, worst, to the third decimal
KAPLAN_MEIER = (0.950, 0.965)
SIZES = (10, 15, 30)
SAMPLES = 20_000
TRUE = 0.8
FOLLOWED = 7 / 3  # mean time until somebody is followed no longer; the event's is 1: 3 in 10 are lost before it


class Coverage(NamedTuple):
    """Shares of samples: ``inside`` of those with limits; ``outside`` of the possible shares; ``without`` limits."""

    inside: float
    outside: float
    without: float
    lost: float


def wilson_coverage(n: int, shares: np.ndarray = SHARES) -> np.ndarray:
    """The exact chance that the 95 % limits from ``n`` people hold each true share: sums over all outcomes."""
    k = np.arange(n + 1)
    lower, upper = wilson(k, np.full(n + 1, n))
    held = (lower <= shares[:, None]) & (shares[:, None] <= upper)
    return (binom.pmf(k, n, shares[:, None]) * held).sum(axis=1)


def kaplan_meier_coverage(n: int, samples: int, generator: np.random.Generator) -> Coverage:
    """Exponential waiting and loss, read at the moment when 80 % truly wait. No event yet gives no limits."""
    at = -np.log(TRUE)
    limits, lost = np.empty((samples, 2)), 0.0
    for sample in range(samples):
        event, end = generator.exponential(1.0, n), generator.exponential(FOLLOWED, n)
        here = kaplan_meier(np.minimum(event, end), event <= end).at(at)
        limits[sample], lost = (here.lower, here.upper), lost + np.mean(end < event)
    lower, upper = limits[~np.isnan(limits[:, 0])].T
    return Coverage(
        float(np.mean((lower <= TRUE) & (upper >= TRUE))),
        float(np.mean((lower < 0) | (upper > 1))),
        float(np.mean(np.isnan(limits[:, 0]))),
        lost / samples,
    )


def main() -> int:
    """Print each figure beside its band; 1 where one is missed."""
    missed = []

    def line(text: str, figure: float, low: float, high: float) -> None:
        kept = low <= figure <= high
        print(f"  {text:<36} {figure:7.2%}   band {low:.2%} to {high:.2%}   {'kept' if kept else 'MISSED'}")
        missed.extend([] if kept else [text])

    print("Wilson 95 %, exact, true shares from 2 % to 98 %")
    for n, (mean, worst) in WILSON.items():
        found = wilson_coverage(n)
        line(f"n = {n}: mean", found.mean(), mean - 0.0005, mean + 0.0005)
        line(f"n = {n}: worst", found.min(), worst - 0.0005, worst + 0.0005)
    print(f"Kaplan-Meier log-log 95 % at a true share of {TRUE:.0%}, {SAMPLES:,} samples each")
    generator = np.random.default_rng(SEED)
    for n in SIZES:
        found = kaplan_meier_coverage(n, SAMPLES, generator)
        # Two standard errors of the simulation itself, 0.3 points, on either side.
        slack = 2 * (0.95 * 0.05 / SAMPLES) ** 0.5
        line(f"n = {n}: coverage", found.inside, KAPLAN_MEIER[0] - slack, KAPLAN_MEIER[1] + slack)
        line(f"n = {n}: limits outside of 0 to 1", found.outside, 0.0, 0.0)
        print(f"  n = {n}: lost before the event {found.lost:.0%}; no event yet, no limits {found.without:.1%}")
    print("All figures are in their bands." if not missed else "Missed: " + "; ".join(missed))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
