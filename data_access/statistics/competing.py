"""Aalen-Johansen shares for ends that exclude each other: closed by plan, disengaged, moved away, died."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from data_access.statistics.intervals import normal_quantile
from data_access.statistics.risk_sets import Counts, Floats, followed


class Reached(NamedTuple):
    """The share that came to one end by a time, with limits, and how many were still followed just before it."""

    share: float
    lower: float
    upper: float
    at_risk: int


@dataclass(frozen=True)
class Incidence:
    """For each end a step curve that rises: the share that came to this end by each time.

    ``kinds`` names the K ends, ``time`` has T moments, 0 first, in the unit of
    the durations. ``share``, ``lower``, ``upper`` and ``events`` have the shape
    (K, T); ``at_risk`` counts those followed just before each time. At each
    time the shares and those still without an end add up to 1. Limits are
    log-log limits of the Aalen variance; nan where the share is 0 or 1.
    """

    kinds: tuple[str | int, ...]
    time: Floats
    share: Floats
    lower: Floats
    upper: Floats
    at_risk: Counts
    events: Counts

    def at(self, kind: str | int, t: float) -> Reached:
        """The share with the end ``kind`` by time ``t``, the steps at ``t`` included.

        nan after the last time that anybody was followed, unless nobody was
        left without an end. KeyError for an end that nobody has, ValueError for
        a time below 0.
        """
        if not t >= 0:
            raise ValueError("A curve of shares begins at time 0.")
        if kind not in self.kinds:
            raise KeyError(kind)
        row = self.kinds.index(kind)
        here = int(np.searchsorted(self.time, t, side="right")) - 1
        next_ = int(np.searchsorted(self.time, t, side="left"))
        all_ended = np.isclose(self.share[:, -1].sum(), 1.0)
        if next_ == len(self.time):
            last = Reached(float(self.share[row, -1]), float(self.lower[row, -1]), float(self.upper[row, -1]), 0)
            return last if all_ended else Reached(np.nan, np.nan, np.nan, 0)
        share, lower, upper = (float(part[row, here]) for part in (self.share, self.lower, self.upper))
        return Reached(share, lower, upper, int(self.at_risk[next_]))


def cumulative_incidence(
    durations: ArrayLike,
    ends: ArrayLike,
    counts: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    level: float = 0.95,
) -> Incidence:
    """The share that came to each end by each time, where one end rules out the others.

    ``ends`` names how each row ended, by text or by number; "" or 0 says "still
    followed when last seen". ``durations``, ``counts`` and ``entry`` as for
    ``survival.kaplan_meier``. One minus a Kaplan-Meier curve for each end would
    add up to more than everybody. Aalen and Johansen 1978, Scandinavian Journal
    of Statistics 5:141-150; variance as in Marubini and Valsecchi 1995, 10.2.
    ValueError as for ``kaplan_meier``. Nobody at all gives no kinds.
    """
    rows = followed(durations, counts, entry)
    labels = np.asarray(ends).ravel()
    if len(labels) != len(rows.kept):
        raise ValueError("Durations and ends need the same number of rows.")
    labels = labels[rows.kept]
    kinds = tuple(kind.item() for kind in np.unique(labels) if kind.item() not in ("", 0))
    events = np.array([rows.at_each_time(labels == kind) for kind in kinds], dtype=np.int64)
    events = events.reshape(len(kinds), len(rows.time))
    share, variance = _shares(events, rows.at_risk)
    lower, upper = _limits(share, variance, normal_quantile(level))
    return Incidence(kinds, rows.time, share, lower, upper, rows.at_risk, events)


def _shares(events: Counts, at_risk: Counts) -> tuple[Floats, Floats]:
    """I_k(t) = sum of S(t-) d_k / r, and its variance, both of the shape of ``events``."""
    risk = np.maximum(at_risk, 1).astype(float)
    all_ends = events.sum(axis=0)
    before = np.concatenate([[1.0], np.cumprod(1 - all_ends / risk)[:-1]])
    share = np.cumsum(before * events / risk, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = np.where(at_risk > all_ends, all_ends / (risk * (risk - all_ends)), 0.0)
    own = before**2 * events * (risk - events) / risk**3
    both = before * events / risk**2
    # sum of (I(t) - I(s))^2 h(s) + own(s) - 2 (I(t) - I(s)) both(s) over s <= t, the squares taken apart
    variance = (
        share**2 * np.cumsum(hazard)
        - 2 * share * np.cumsum(share * hazard + both, axis=1)
        + np.cumsum(share**2 * hazard + own + 2 * share * both, axis=1)
    )
    return share, np.maximum(variance, 0.0)


def _limits(share: Floats, variance: Floats, z: float) -> tuple[Floats, Floats]:
    inside = (share > 0) & (share < 1)
    rest = np.where(inside, 1 - share, 0.5)
    power = np.exp(z * np.sqrt(variance) / (rest * np.abs(np.log(rest))))
    none: NDArray[np.float64] = np.full(share.shape, np.nan)
    return np.where(inside, 1 - rest ** (1 / power), none), np.where(inside, 1 - rest**power, none)
