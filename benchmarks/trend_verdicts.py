"""How often a verdict cries wolf and how soon it sees a halving, at the volume of the smallest force.

    python benchmarks/trend_verdicts.py

Scripted and seeded; about a minute. It ends with exit code 1 if a bound of issue 3
is missed: at most 5 % of verdicts on unchanged years claim a change, and a halving
is seen within 26 weeks in at least 80 %. docs/decisions/0006-statistics.md has the figures;
benchmarks/coverage.py asks the same of the limits.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from data_access.statistics.charts import Rule
from data_access.statistics.control_charts import xmr
from data_access.statistics.verdicts import Kind, Verdict, of_counts, of_shares, of_values

SEED = 20261122
YEARS = 1000
A_MONTH = 12  # referrals of the smallest force
A_WEEK = A_MONTH * 12 / 365.25 * 7
BASELINE, YEAR, HALF = 52, 52, 26
CLAIMS = (Kind.HIGHER, Kind.LOWER)
Series = np.ndarray
Judge = Callable[[Series], Verdict]
failed: list[str] = []


def report(text: str, share: float, bound: Callable[[float], bool] | None = None) -> None:
    """One line; a bound that is not kept is remembered."""
    kept = bound is None or bound(share)
    print(f"  {text:<74} {share:6.1%}{'' if bound is None else '  kept' if kept else '  MISSED'}")
    if not kept:
        failed.append(text)


def weekly_looks(series: Series, judge: Judge, first: int) -> list[Kind]:
    """The verdicts that somebody who looks after every period reads, from the period ``first`` on."""
    return [judge(series[..., :points]).kind for points in range(first + 1, series.shape[-1] + 1)]


def false_claims(name: str, all_series: list[Series], judge: Judge, first: int) -> None:
    """Claims on unchanged series: of all verdicts, and of years in which any look claims."""
    kinds = [weekly_looks(series, judge, first) for series in all_series]
    claims = np.array([[kind in CLAIMS for kind in year] for year in kinds])
    said = np.mean([kind == Kind.NONE for year in kinds for kind in year])
    report(f"{name}: verdicts that claim a change", claims.mean(), lambda share: share <= 0.05)
    report(f"{name}: years with a claim in any of the {claims.shape[1]} looks", claims.any(axis=1).mean())
    report(f"{name}: verdicts that say 'no sign of real change'", float(said))


def seen(name: str, all_series: list[Series], judge: Judge, onset: int, kind: Kind, bound: float | None) -> None:
    """A change at the period ``onset``: found at any of the looks from then on."""
    looks = all_series[0].shape[-1] - onset
    found = [at for at in (first_claim(series, judge, onset, kind) for series in all_series) if at]
    keep = None if bound is None else lambda share: share >= bound
    report(f"{name}: seen within the {looks} looks after it", len(found) / len(all_series), keep)
    print(f"    half of those that were seen were seen by look {np.median(found):.0f}")


def first_claim(series: Series, judge: Judge, onset: int, kind: Kind) -> int | None:
    """Looks after the change until the verdict says so; None if it never does."""
    for points in range(onset + 1, len(series) + 1):
        if judge(series[:points]).kind == kind:
            return points - onset
    return None


def with_step(draw, before: float, after: float, lead: int) -> list[Series]:
    """Baseline, ``lead`` unchanged weeks, then 26 weeks at another rate."""
    return [np.concatenate([draw(before, BASELINE + lead), draw(after, HALF)]) for _ in range(YEARS)]


def verdicts(generator: np.random.Generator) -> None:
    def judge(x):
        return of_counts(x)

    def locked(x):
        return of_counts(x, baseline=BASELINE)

    poisson = generator.poisson
    print(f"Weekly counts, {A_MONTH} a month, {YEARS:,} series, baseline 52 weeks")
    unchanged = [poisson(A_WEEK, BASELINE + YEAR) for _ in range(YEARS)]
    false_claims("unchanged year", unchanged, locked, BASELINE)
    for lead in (0, 13, 26):
        series = with_step(poisson, A_WEEK, A_WEEK / 2, lead)
        seen(f"halved {lead} weeks after the baseline", series, locked, BASELINE + lead, Kind.LOWER, 0.8)
    series = with_step(poisson, A_WEEK, A_WEEK * 2, 13)
    seen("doubled 13 weeks after the baseline", series, locked, BASELINE + 13, Kind.HIGHER, None)
    print("While the history is short: looks from week 34 to 78, baseline as long as half a year allows")
    false_claims("unchanged", [series[:78] for series in unchanged], judge, 33)
    series = [series[26:] for series in with_step(poisson, A_WEEK, A_WEEK / 2, 0)]
    seen("halved after half a year", series, judge, HALF, Kind.LOWER, None)
    print("The same events in 4-week periods")
    four = [series.reshape(-1, 4).sum(axis=1) for series in unchanged]
    false_claims("4-week periods", four, lambda x: of_counts(x, grain="4week"), 13)
    halved = with_step(poisson, A_WEEK, A_WEEK / 2, 0)
    four = [series[: BASELINE + 24].reshape(-1, 4).sum(axis=1) for series in halved]
    seen("halved", four, lambda x: of_counts(x, grain="4week"), 13, Kind.LOWER, None)


def other_series(generator: np.random.Generator) -> None:
    def locked(x):
        return of_counts(x, baseline=BASELINE)

    few, total = YEARS // 5, BASELINE + YEAR
    print(f"Other volumes and noises, {few} series each")
    for volume in (1.0, 5.0, 20.0):
        series = [generator.poisson(volume, total) for _ in range(few)]
        false_claims(f"{volume:.0f} a week", series, locked, BASELINE)
    for wide in (1.5, 2.0):
        series = [generator.negative_binomial(A_WEEK / (wide - 1), 1 / wide, total) for _ in range(few)]
        false_claims(f"variance {wide} times the mean", series, locked, BASELINE)
    n = generator.poisson(A_WEEK, (few, total))
    pairs = [np.stack([generator.binomial(row, 0.6), row]) for row in n]
    false_claims("share of 60 %", pairs, lambda x: of_shares(x[0], x[1], baseline=BASELINE), BASELINE)
    skewed = [generator.gamma(2.0, 7.0, total) for _ in range(few)]
    false_claims("mean days, skewed", skewed, lambda x: of_values(x, baseline=BASELINE), BASELINE)


def drawn_marks(generator: np.random.Generator) -> None:
    print("For comparison: charts on which the NHS rules alone mark a point, unchanged, 52 weeks")
    for volume in (A_WEEK, 5.0, 20.0):
        marked = [(xmr(generator.poisson(volume, 52), None).rule != Rule.NONE).any() for _ in range(YEARS)]
        report(f"{volume:.1f} a week", float(np.mean(marked)))


def main() -> int:
    generator = np.random.default_rng(SEED)
    verdicts(generator)
    other_series(generator)
    drawn_marks(generator)
    print("All bounds kept." if not failed else "Missed: " + "; ".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
