"""Change in the same people between two occasions: how many better, the same and worse, with an exact test."""

from math import comb
from typing import NamedTuple


class PairedChange(NamedTuple):
    """Numbers of people, and the two-sided p of "better and worse are equally likely"."""

    better: int
    same: int
    worse: int
    p: float


def sign_test(better: int, same: int, worse: int) -> PairedChange:
    """The exact sign test; for a yes-or-no answer it is McNemar's exact test.

    People without a change say nothing about its direction and do not enter
    the test, but are part of the answer, because "3 better, 1 worse, 40 the
    same" reads differently from "3 better, 1 worse". p is 1 where nobody
    changed. ValueError for a negative number.
    """
    if min(better, same, worse) < 0:
        raise ValueError("Numbers of people cannot be negative.")
    changed = better + worse
    tail = sum(comb(changed, k) for k in range(min(better, worse) + 1))
    return PairedChange(better, same, worse, min(1.0, 2 * tail / 2**changed))
