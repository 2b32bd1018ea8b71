"""Standards: the package's own numbers, and what a service puts in their place, by force."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from data_access.standards.standard import Standards, Target
from data_access.standards.stored import DEFAULTS, by_force, of_force

__all__ = ["DEFAULTS", "Standards", "Target", "by_force", "of_force", "shared", "standards", "targets"]


class Asked(Protocol):
    """What somebody may see: ``data_access.reports.Reports``, which stands above this room."""

    def standards(self, forces: Iterable[str]) -> Mapping[str, Standards]:
        """What holds for each of the forces that may be seen."""
        ...


def standards(reports: Asked, forces: Iterable[str]) -> Mapping[str, Standards]:
    """What holds for each of the forces that the asker may see, by code. ``Standards.words`` says it in sentences."""
    return reports.standards(forces)


def targets(reports: Asked, measure: str, forces: Iterable[str]) -> dict[str, Target]:
    """The target of a measure by force code; a force without one is left out.

    One line on a chart of several forces is honest only where they agree: see ``shared``.
    """
    found = standards(reports, forces)
    return {code: held.targets[measure] for code, held in found.items() if measure in held.targets}


def shared(found: Mapping[str, Target], forces: Iterable[str]) -> Target | None:
    """The target that all of the forces have alike; None where one has another or none."""
    asked = [found.get(code) for code in forces]
    return asked[0] if asked and all(target == asked[0] for target in asked) else None
