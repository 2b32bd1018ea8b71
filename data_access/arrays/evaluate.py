"""Terms over arrays: the values and the conditions of a tally, one force at a time."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from data_access.arrays.terms import Term

Arrays = Mapping[str, np.ndarray]
FEW = 4  # values of an IN up to which so many comparisons are faster than a table of what is in it

_COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "=": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}
# fmod has the sign of what is divided, as % has in both databases; numpy's own % has not.
_CALCULATED: dict[str, Callable[..., Any]] = {"+": np.add, "-": np.subtract, "*": np.multiply, "%": np.fmod}


def value(what: Term, arrays: Arrays) -> np.ndarray | int:
    """Whole numbers of a term: an array, or one number for all rows. Calculated in 64 bits, whatever the columns."""
    if isinstance(what, int):
        return what
    kind = what[0]
    if kind == "column":
        return arrays[what[1]]
    if kind in _CALCULATED:
        return _CALCULATED[kind](value(what[1], arrays), value(what[2], arrays), dtype=np.int64)
    if kind == "case":
        found = _wide(value(what[2], arrays))
        for when, then in reversed(what[1]):
            found = np.where(holds(when, arrays), _wide(value(then, arrays)), found)
        return found
    raise TypeError(f"{kind} is a condition, not a number")


def _wide(number: np.ndarray | int) -> np.ndarray:
    """A number of a type of its own: a bare one would be cut to the type of the column beside it."""
    return np.array(number, np.min_scalar_type(number)) if isinstance(number, int) else number


def holds(condition: Term, arrays: Arrays) -> np.ndarray | np.bool_ | bool:
    """Where a condition holds: an array of bool, or one answer for all rows."""
    kind = condition[0]
    if kind in _COMPARED:
        return _COMPARED[kind](value(condition[1], arrays), value(condition[2], arrays))
    if kind == "in":
        return _is_in(value(condition[1], arrays), condition[2])
    if kind == "not":
        return np.logical_not(holds(condition[1], arrays))
    if kind in ("and", "or"):
        together = np.logical_and if kind == "and" else np.logical_or
        found = holds(condition[1], arrays)
        for part in condition[2:]:
            found = together(found, holds(part, arrays))
        return found
    if kind in ("true", "false"):
        return kind == "true"
    raise TypeError(f"{kind} is a number, not a condition")


def _is_in(values: np.ndarray | int, wanted: tuple[int, ...]) -> np.ndarray | bool:
    if isinstance(values, int):
        return values in wanted
    if len(wanted) > FEW:
        return np.isin(values, np.array(wanted))
    found = values == wanted[0]
    for one in wanted[1:]:
        found |= values == one
    return found
