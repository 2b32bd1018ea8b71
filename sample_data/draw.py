"""Random draws that come out the same on every platform and with every numpy."""

from bisect import bisect
from functools import cache
from itertools import accumulate
from math import exp
from statistics import NormalDist

import numpy as np

_STANDARD = NormalDist()
_BLOCK = 8192


@cache
def _cumulative(weights: tuple[tuple[str, float], ...]) -> tuple[tuple[str, ...], tuple[float, ...]]:
    return tuple(name for name, _ in weights), tuple(accumulate(weight for _, weight in weights))


class Weights:
    """Names with weights, prepared once."""

    def __init__(self, weights: dict):
        self.names, self.sums = _cumulative(tuple(weights.items()))


class Draw:
    """Only ``Generator.random`` of PCG64 is used: numpy may change the streams of its other methods."""

    def __init__(self, *seed: int):
        self._generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed)))
        self._block: list[float] = []
        self._spread: dict[str, float] = {}

    def unit(self) -> float:
        """0 <= u < 1."""
        if not self._block:
            self._block = self._generator.random(_BLOCK).tolist()
        return self._block.pop()

    def chance(self, share: float) -> bool:
        """True with the given probability."""
        return self.unit() < share

    def spread(self, key: str) -> float:
        """0 <= u < 1, evenly spread over the calls with one key, so that few rows already show a planted share."""
        self._spread[key] = (self._spread.get(key, 0.5) + 0.6180339887498949) % 1
        return self._spread[key]

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self.unit() * (high - low + 1))

    def pick(self, weights: Weights, at: float | None = None) -> str:
        """One of the names, by weight; ``at`` is used instead of a new draw."""
        return weights.names[bisect(weights.sums, (self.unit() if at is None else at) * weights.sums[-1])]

    def one_of(self, things):
        """One of a sequence, all alike."""
        return things[int(self.unit() * len(things))]

    def normal(self, mean: float, sd: float, at: float | None = None) -> float:
        """A normal value, by the inverse of its distribution; ``at`` is used instead of a new draw."""
        return mean + sd * _STANDARD.inv_cdf((self.unit() if at is None else at) or 1e-12)

    def lognormal(self, median: float, sigma: float) -> float:
        """A lognormal value."""
        return median * exp(self.normal(0.0, sigma))

    def poisson(self, mean: float) -> int:
        """A Poisson count, by inversion; for means up to some hundred."""
        left, count, chance = self.unit(), 0, exp(-mean)
        while left >= chance and count < 10 * mean + 50:
            left -= chance
            count += 1
            chance *= mean / count
        return count

    def code(self, length: int) -> str:
        """Letters and digits without vowels, so that no word comes out."""
        signs = "BCDFGHJKMNPQRSTVWXZ23456789"
        return "".join(signs[int(self.unit() * len(signs))] for _ in range(length))
