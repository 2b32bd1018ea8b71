"""What the locked baseline of the verdict expects, drawn over a trend: its centre and the limits of chance."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from dashboard.charts import words
from dashboard.charts.picture import Layer
from dashboard.verdicts import Expected
from data_access.statistics.control_charts import LEAST_MEAN
from data_access.statistics.share_and_rate_charts import p_chart, u_chart

WEEK = np.timedelta64(7 * 24 * 3600, "s")
SIGMAS = 3.0
GRAINS = {"week": "week", "4week": "four weeks", "month": "month", "quarter": "quarter"}
NAMES = ("expected", "lower limit", "upper limit")
NONE = np.zeros(0)


@dataclass(frozen=True)
class Lines:
    """The layers (always the same ones, empty where nothing is expected), words, and the highest line."""

    layers: tuple[Layer, ...]
    sentence: str = ""
    highest: float = 0.0


def lines(
    expected: Expected | None,
    starts: np.ndarray,
    ends: np.ndarray,
    base: np.ndarray | None = None,
    *,
    per: float | None = None,
    sign: int = 1,
    of: str = "",
    grain: str = "week",
) -> Lines:
    """Centre and limits of each period that begins after the baseline's first day.

    ``base`` is the n of a share, the exposure of a rate (``per`` says for how much the rate is told), or nothing for a
    count. ``sign`` -1 draws downward; ``of`` ("opened") tells two sets of lines in one picture apart. Where under five
    are expected in a period there are no limits, because a chart of them would cry wolf (0006-statistics.md); the words
    say how many days lie between two instead.
    """
    weeks = (ends - starts) / WEEK
    base = weeks if base is None else np.nan_to_num(base)
    day = None if expected is None else np.datetime64(expected.first, "s")
    drawn = np.zeros(len(starts), dtype=bool) if day is None else (starts >= day) & (base > 0)
    if expected is None or not drawn.any():
        return Lines(_layers(NONE, NONE, (NONE, NONE, NONE), of))
    starts, ends, base, weeks = starts[drawn], ends[drawn], base[drawn], weeks[drawn]
    if not expected.share and float(np.median(base)) * expected.rate < LEAST_MEAN:
        return Lines(_layers(NONE, NONE, (NONE, NONE, NONE), of), _days_between(expected, base, weeks, grain, of))
    scale = 1.0 if expected.share else base if per is None else per
    chart = p_chart if expected.share else u_chart
    # A chart wants two points at the least; they do not move a locked centre.
    bases = np.append(base, base[-1])
    found = chart(np.zeros(len(bases)), bases, centre=expected.rate, sigmas=SIGMAS * expected.wider, laney=False)
    heights = tuple(sign * scale * line[:-1] for line in (found.centre, found.lower, found.upper))
    layers = _layers(starts, ends, heights, of)
    return Lines(layers, _sentence(expected, heights, base, per, grain, of), float(np.max(np.abs(heights[2]))))


def _sentence(
    expected: Expected, heights: tuple[np.ndarray, ...], base: np.ndarray, per: float | None, grain: str, of: str
) -> str:
    usual = int(np.argsort(base, kind="stable")[len(base) // 2])
    centre, low, high = (abs(float(height[usual])) for height in heights)
    if expected.share:
        said = f" Expected: {round(100 * centre)} %; dashed are the limits of chance."
    else:
        chance = f"{np.ceil(low):,.0f} to {np.floor(high):,.0f}" if per is None else f"{low:,.1f} to {high:,.1f}"
        what, when = f" {of}" if of else "", f" in a {GRAINS.get(grain, 'period')}" if per is None else ""
        said = f" Expected{when}: {words.decimal(centre)}{what}, by chance {chance} (dashed)."
    if expected.trial:
        said += f" These are trial limits: they rest on {words.plural(expected.points, 'week')}."
    return said


def joined_expected(sentences: Iterable[str]) -> str:
    """The words on two sets of lines as one sentence, where they begin alike: "Expected in a week: ..., and ..."."""
    kept = [said for said in sentences if said]
    if len(kept) < 2 or not all(said.startswith(" Expected") for said in kept):
        return "".join(kept)
    first, *others = kept
    rest = [said.split(": ", 1)[1] for said in others]
    return "; ".join([first.rstrip("."), *(said.rstrip(".") for said in rest)]) + "."


def _days_between(expected: Expected, base: np.ndarray, weeks: np.ndarray, grain: str, of: str) -> str:
    """Why there are no limits, and what to look at instead."""
    events = expected.rate * float(base.sum())
    if not events:
        return ""
    every = words.plural(max(1, round(7 * float(weeks.sum()) / events)), "day")
    longer = "" if grain in ("month", "quarter") else "; a longer period can have them"
    one = f"one {of}" if of else "one"
    return f" Under five in a {GRAINS.get(grain, 'period')} have no limits{longer}: expected is {one} every {every}."


def _layers(starts: np.ndarray, ends: np.ndarray, heights: tuple[np.ndarray, ...], of: str) -> tuple[Layer, ...]:
    after = f", {of}" if of else ""
    return tuple(
        Layer(
            f"{name}{after}",
            "ranges" if name == "expected" else "rules",
            {"x0": starts, "y0": height, "x1": ends, "y1": height},
            "marker",
            small=True,
        )
        for name, height in zip(NAMES, heights, strict=True)
    )
