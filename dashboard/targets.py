"""The target of a figure in words: whose it is, and by force where the forces do not agree."""

from collections.abc import Iterable
from typing import Any

from dashboard.charts import words
from dashboard.kept import KEPT
from data_access import standards
from data_access.measures import MEASURES
from data_access.standards import Target


def target_words(reports: Any, measure: str, forces: Iterable[Any]) -> str:
    """ "target at most 14 days (this service's own)"; nothing where no force has one.

    ``forces`` have a ``code`` and a ``name``. Forces that differ, or of which one has none, are named.
    """
    named = {force.code: force.name for force in forces}
    found = targets_of(reports, measure, named)
    if not found:
        return ""
    alike = standards.shared(found, named)
    if alike is not None:
        return f"target {_bounds(alike)} ({alike.source})"
    return "targets: " + "; ".join(
        f"{named[code]} {_bounds(target)} ({target.source})" for code, target in found.items()
    )


def targets_of(reports: Any, measure: str, forces: Iterable[str]) -> dict[str, Target]:
    """The target of a measure by force code; a force without one is left out."""
    codes = tuple(forces)
    held = KEPT.answer(reports, ("standards", codes), lambda: standards.standards(reports, codes))
    return {code: own.targets[measure] for code, own in held.items() if measure in own.targets}


def _bounds(target: Target) -> str:
    """What the target asks for, in the measure's unit as people read it."""
    low, high = (None if end is None else _number(target.measure, end) for end in (target.at_least, target.at_most))
    unit = _unit(target.measure, target.at_least if high is None else target.at_most)
    if low is not None and high is not None:
        return f"between {low} and {high}{unit}"
    return f"at least {low}{unit}" if low is not None else f"at most {high}{unit}"


def _number(measure: str, value: float) -> str:
    shown = 100 * value if MEASURES[measure].is_share else value
    return f"{shown:,.10g}"


def _unit(measure: str, value: float | None) -> str:
    unit = MEASURES[measure].unit
    if unit in ("days", "hours") and value is not None:
        return " " + words.plural(value, unit.removesuffix("s")).split(" ", 1)[1]
    return f" {unit}" if unit == "%" else ""
