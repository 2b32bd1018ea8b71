"""How many, by keys: exact whole-number sums over arrays."""

from collections.abc import Sequence

import numpy as np

from data_access.errors import CaselightError

EXACT = 2**53  # below it a sum in doubles is exact, and bincount is the fastest way to one
DENSE = 1 << 16  # groups up to which a place for each is always cheaper than sorting
MOST_PACKED = LARGEST = 2**62


class TooLarge(CaselightError):
    """A sum beyond what 64 bits hold."""

    def __init__(self) -> None:
        super().__init__("A sum is too large to be counted in memory: its weights are not those of any measure.")


def grouped(keys: Sequence[np.ndarray], weight: np.ndarray | None) -> tuple[list[np.ndarray], np.ndarray]:
    """Groups that exist: one int64 array for each key, and how many rows (or the sum of the weight), int64.

    ``keys`` are arrays of one length, of which there is at least one.
    """
    rows = len(keys[0])
    if not rows:
        return [np.zeros(0, np.int64) for _ in keys], np.zeros(0, np.int64)
    lows = [int(key.min()) for key in keys]
    sizes = [int(key.max()) - low + 1 for key, low in zip(keys, lows, strict=True)]
    code, space = np.zeros(rows, np.int64), 1
    packed: list[tuple[int, list[int], np.ndarray | None]] = []  # first key of a part, its sizes, codes that exist
    first = 0
    for place, (key, low, size) in enumerate(zip(keys, lows, sizes, strict=True)):
        if space * size > MOST_PACKED:  # too wide for one number: go on with the place among those that exist
            exist, code = np.unique(code, return_inverse=True)
            packed.append((first, sizes[first:place], exist))
            first, space = place, len(exist)
        if place:
            code *= size
            code += key
            code -= low
        else:
            np.subtract(key, low, out=code, dtype=np.int64)
        space *= size
    packed.append((first, sizes[first:], None))
    groups, tally = _counted(code, space, weight)
    return _unpacked(groups, packed, lows), tally


def _counted(code: np.ndarray, space: int, weight: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    if space <= max(DENSE, 2 * len(code)):
        count = np.bincount(code, minlength=space)
        groups = np.flatnonzero(count)
        return groups, count[groups] if weight is None else summed(code, weight, space)[groups]
    if weight is None:
        return np.unique(code, return_counts=True)
    groups, place = np.unique(code, return_inverse=True)
    return groups, summed(place, weight, len(groups))


def summed(place: np.ndarray, weight: np.ndarray, size: int) -> np.ndarray:
    """Sum of the weights of each place, int64."""
    largest = max(abs(int(weight.max())), abs(int(weight.min()))) if len(weight) else 0
    if largest * len(weight) < EXACT:
        return np.bincount(place, weights=weight, minlength=size).astype(np.int64)
    about = np.bincount(place, weights=np.abs(weight.astype(np.float64)), minlength=size)
    if len(about) and about.max() > LARGEST:
        raise TooLarge
    total = np.zeros(size, np.int64)
    np.add.at(total, place, weight)
    return total


def _unpacked(
    groups: np.ndarray, packed: list[tuple[int, list[int], np.ndarray | None]], lows: list[int]
) -> list[np.ndarray]:
    found: list[np.ndarray] = []
    for place in reversed(range(len(packed))):
        first, sizes, exist = packed[place]
        if exist is not None:
            groups = exist[groups]
        for key in reversed(range(first, first + len(sizes))):
            size = sizes[key - first]
            if key == 0:
                found.append(groups + lows[0])
            else:
                groups, rest = np.divmod(groups, size)
                found.append(rest + lows[key])
    return found[::-1]
