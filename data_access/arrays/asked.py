"""A tally as terms, and as it reads for one force: bounds of its day, values of its filters, and the rest."""

from dataclasses import dataclass
from typing import NamedTuple

from data_access.arrays.terms import FALSE, FORCE, Term, condition, for_force, joined, number
from data_access.days import NEVER
from data_access.errors import CaselightError
from data_access.tally import Tally

FIRST, LAST = -NEVER, 2 * NEVER  # no day lies outside
# The columns that filters name (data_access.question): a tally counted by them answers for every choice of values.
FILTERED = ("level", "source", "team_id", "lead_id", "advocate_id", "_team", "_lead")


class Asked(NamedTuple):
    """A tally without its database: what is compared to know whether two ask the same."""

    fact: str
    keys: tuple[tuple[str, Term], ...]
    where: tuple[Term, ...]
    day: Term | None
    step: int
    weight: Term | None


@dataclass(frozen=True)
class OfForce:
    """What is asked of one force: rows with ``low <= day <= high`` and the filters' values, where the rest holds.

    ``keys`` are the terms of the keys, in their order.
    """

    keys: tuple[Term, ...]
    day: Term | None
    low: int
    high: int
    filters: tuple[tuple[Term, tuple[int, ...]], ...]
    rest: tuple[Term, ...]
    weight: Term | None


def asked(tally: Tally) -> Asked:
    """The tally as terms. Raises NotEvaluated or ReadsElsewhere (``terms.number``, ``terms.condition``)."""
    fact = tally.fact
    return Asked(
        str(fact.name),  # a name may come quoted, which is a string of its own kind
        tuple((name, number(key, fact)) for name, key in tally.keys),
        tuple(condition(part, fact) for part in tally.where),
        None if tally.day is None else number(tally.day, fact),
        0 if tally.day is None else tally.step,
        None if tally.weight is None else number(tally.weight, fact),
    )


def forces(question: Asked) -> tuple[int, ...]:
    """Ids of the forces that the tally names: the one place that decides whose rows are looked at.

    Raises CaselightError when it names none: nothing is counted for everybody by an oversight.
    """
    named: set[int] | None = None
    for part in question.where:
        if part == FALSE:
            return ()
        if part[0] == "in" and part[1] == FORCE:
            named = set(part[2]) if named is None else named & set(part[2])
    if named is None:
        raise CaselightError("A tally does not say of which forces. Add a condition with force_id.in_(..).")
    return tuple(sorted(named))


def of_force(question: Asked, force_id: int) -> OfForce | None:
    """The tally as it reads for one force; None when it holds for none of its rows."""
    where = joined("and", [for_force(part, force_id) for part in question.where])
    if where == FALSE:
        return None
    day = None if question.day is None else for_force(question.day, force_id)
    low, high, rest = FIRST, LAST, []
    filters: dict[Term, tuple[int, ...]] = {}
    for part in where[1:] if where[0] == "and" else [where]:
        if part[0] in _BOUNDS and part[1] == day and isinstance(part[2], int):
            least, most = _BOUNDS[part[0]]
            low, high = max(low, part[2] + least), min(high, part[2] + most)
        elif (wanted := _filter(part)) is not None:
            both = set(wanted) & set(filters.get(part[1], wanted))
            filters[part[1]] = tuple(sorted(both))
        elif part[0] != "true":
            rest.append(part)
    if low > high or any(not wanted for wanted in filters.values()):
        return None
    keys = tuple(for_force(key, force_id) for _, key in question.keys)
    weight = None if question.weight is None else for_force(question.weight, force_id)
    return OfForce(keys, day, low, high, tuple(filters.items()), tuple(rest), weight)


_EVER = LAST - FIRST
# What a comparison adds to the number to give the first and the last day for which it holds.
_BOUNDS = {"<=": (-_EVER, 0), "<": (-_EVER, -1), ">=": (0, _EVER), ">": (1, _EVER), "=": (0, 0)}


def _filter(part: Term) -> tuple[int, ...] | None:
    """The values of a condition that chooses some of a column that filters name."""
    if part[0] not in ("in", "=") or isinstance(part[1], int) or part[1][0] != "column":
        return None
    if not part[1][1].endswith(FILTERED):
        return None
    if part[0] == "=":
        return (part[2],) if isinstance(part[2], int) else None
    return part[2]
