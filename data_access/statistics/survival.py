"""Kaplan-Meier curves from whole-number counts, with Greenwood variance and log-log limits."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from data_access.statistics.intervals import normal_quantile
from data_access.statistics.risk_sets import Counts, Floats, followed

# The tolerance of R's quantile.survfit: two heights of a curve closer than this are one.
SAME_HEIGHT = float(np.sqrt(np.finfo(float).eps))


class Standing(NamedTuple):
    """The curve at a moment, or at each of several: shares from 0 to 1, and how many were still followed."""

    survival: float | Floats
    lower: float | Floats
    upper: float | Floats
    at_risk: int | Counts


class Quantile(NamedTuple):
    """A time by which a share had its event, with limits; nan says "not reached"."""

    value: float
    lower: float
    upper: float


class RestrictedMean(NamedTuple):
    """The mean time without the event up to a horizon, with limits inside 0 and the horizon."""

    value: float
    lower: float
    upper: float
    standard_error: float


@dataclass(frozen=True)
class Curve:
    """A step curve: one element for each time at which something happens, time 0 first.

    ``time`` in the unit of the durations, increasing. ``survival`` is the
    share without the event just after each time, ``lower`` and ``upper`` its
    log-log limits, ``standard_error`` Greenwood's. ``at_risk`` counts those
    followed just before each time, ``events`` the events at it. Greenwood
    gives no band where the share is still 1 or has come to 0: there the limits
    are nan, and a page should say "no event yet" or "all had the event".
    """

    time: Floats
    survival: Floats
    lower: Floats
    upper: Floats
    at_risk: Counts
    events: Counts
    standard_error: Floats

    def at(self, t: ArrayLike) -> Standing:
        """The curve at time ``t`` (the steps at ``t`` included), and the number at risk just before it.

        For an array of times each part of the answer is an array of that
        shape, for one time a plain number. After the last time that anybody
        was followed the share is not known and comes as nan, unless it had
        come to 0. ValueError where ``t`` is negative or missing.
        """
        asked = np.asarray(t, dtype=float)
        if not np.all(asked >= 0):
            raise ValueError("A survival curve begins at time 0.")
        here = np.searchsorted(self.time, asked, side="right") - 1
        next_ = np.searchsorted(self.time, asked, side="left")
        followed = next_ < len(self.time)
        ended = 0.0 if self.survival[-1] == 0 else np.nan
        found = (
            np.where(followed, self.survival[here], ended),
            np.where(followed, self.lower[here], np.nan),
            np.where(followed, self.upper[here], np.nan),
            np.where(followed, self.at_risk[np.minimum(next_, len(self.time) - 1)], 0),
        )
        return Standing(*found) if asked.ndim else Standing(*(part.item() for part in found))

    def quantile(self, p: float) -> Quantile:
        """The time by which the share ``p`` had the event: 0.5 is the median.

        Limits are those times at which the limits of the curve come down to
        ``1 - p``. Where a curve runs level at exactly that height the middle of
        the level stretch counts, as in R's ``quantile.survfit``. nan means not
        reached in the time observed. ValueError unless ``0 < p < 1``.
        """
        if not 0 < p < 1:
            raise ValueError(f"A quantile asks for a share between 0 and 1, not {p}.")
        return Quantile(*(_crossing(self.time, heights, 1 - p) for heights in (self.survival, self.lower, self.upper)))


def kaplan_meier(
    durations: ArrayLike,
    observed: ArrayLike,
    counts: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    level: float = 0.95,
) -> Curve:
    """The share still without the event, from rows of counts.

    Each row stands for ``counts`` people (1 each if left out) followed for
    ``durations``, with the event at its end where ``observed``, otherwise
    followed no longer. ``entry`` is when they came under observation, for
    people who joined late: they are at risk at t if ``entry < t <= duration``.
    An event at duration 0 is a step at time 0. People whose event and whose
    end of follow-up share a day: the event comes first.

    ValueError where lengths differ, a duration or a count is negative or
    missing, or an entry is not before its duration. Nobody at all gives a curve of nan.
    """
    rows = followed(durations, counts, entry)
    ended = np.asarray(observed, dtype=bool).ravel()
    if len(ended) != len(rows.kept):
        raise ValueError("Durations and observed need the same number of rows.")
    return _curve(rows.time, rows.at_risk, rows.at_each_time(ended[rows.kept]), level)


def restricted_mean(curve: Curve, horizon: float, level: float = 0.95) -> RestrictedMean:
    """The area under the curve from 0 to ``horizon``: "on average 61 of the first 90 days without contact".

    In the unit of the durations. Unlike the mean of those who had their event
    it takes in those who are still waiting, and unlike a median it is always
    reached; two groups are compared at the same horizon. Standard error as R's
    ``print(survfit, rmean=)``, Klein and Moeschberger 2003, 4.5. nan where
    nobody is followed as long as the horizon and the curve has not come to 0.
    ValueError unless the horizon is above 0.
    """
    if not horizon > 0:
        raise ValueError("A restricted mean needs a horizon above 0.")
    if np.isnan(curve.at(horizon).survival):
        return RestrictedMean(*[float("nan")] * 4)
    inside = curve.time < horizon
    steps = np.append(curve.time[inside], horizon)
    pieces = curve.survival[inside] * np.diff(steps)
    value = float(pieces.sum())
    ahead = value - np.cumsum(pieces) + pieces  # from each time to the horizon
    at_risk, events = curve.at_risk[inside], curve.events[inside]
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = np.where((events > 0) & (at_risk > events), events / (at_risk * (at_risk - events)), 0.0)
    error = float(np.sqrt((ahead**2 * hazard).sum()))
    reach = normal_quantile(level) * error
    return RestrictedMean(value, max(value - reach, 0.0), min(value + reach, float(horizon)), error)


def _curve(time: Floats, at_risk: Counts, events: Counts, level: float) -> Curve:
    if not at_risk.any():
        nothing = np.full(len(time), np.nan)
        return Curve(time, nothing, nothing, nothing, at_risk, events, nothing)
    with np.errstate(divide="ignore", invalid="ignore"):
        survival: Floats = np.cumprod(np.where(events > 0, 1 - events / at_risk, 1.0), dtype=np.float64)
        steps = np.where(events > 0, events / (at_risk * (at_risk - events)), 0.0)
        spread = np.sqrt(np.cumsum(steps))
        inside = (survival > 0) & (survival < 1)
        power = np.exp(normal_quantile(level) * spread / np.abs(np.log(survival)))
        lower, upper = survival**power, survival ** (1 / power)
        error = survival * spread
    none = np.full(len(time), np.nan)
    return Curve(
        time,
        survival,
        np.where(inside, lower, none),
        np.where(inside, upper, none),
        at_risk,
        events,
        np.where(survival > 0, error, none),
    )


def _crossing(time: Floats, heights: Floats, target: float) -> float:
    known = ~np.isnan(heights)
    if not known.any() or heights[known].min() > target + SAME_HEIGHT:
        return float("nan")
    at, height = time[known], heights[known]
    reached = at[height <= target + SAME_HEIGHT][0]
    below = at[height < target - SAME_HEIGHT]
    left = below[0] if len(below) else time[-1]
    level = np.any(np.abs(height - target) <= SAME_HEIGHT)
    return float((reached + left) / 2 if level else reached)
