"""The people who live where a force serves, as the exposure of a rate."""

from dataclasses import dataclass

import numpy as np

from data_access.question import Key, Question


@dataclass(frozen=True, eq=False)
class Population:
    """Adults of a force, counted once for each day: the exposure of what can come from any of them.

    A row that holds a force without a known population has no exposure.
    """

    force: Key

    @property
    def keys(self) -> tuple[Key, ...]:
        """The force: nothing smaller has a known population."""
        return (self.force,)

    def exposure(self, question: Question, keys: tuple[Key, ...], title: str) -> np.ndarray:
        """Adults times days in each period, up to each force's as-of, shape (periods, *keys)."""
        starts = np.array([p.start for p in question.slice.periods], dtype=np.int64)
        by_force = np.zeros((len(starts), len(question.forces)), dtype=np.int64)
        for place, force in enumerate(question.forces):
            ends = np.minimum(question.ends, question.as_of[force.id] + 1)
            by_force[:, place] = np.maximum(ends - starts, 0) * (force.adults or 0)
        if self._too_wide(question):
            return np.zeros_like(by_force if keys else by_force[:, 0])
        if keys:
            return by_force
        everybody = all(force.adults for force in question.forces)
        return by_force.sum(axis=1) * everybody

    def nothing(self, question: Question, keys: tuple[Key, ...], place: tuple[int, ...]) -> str:
        """Why a row has no exposure."""
        if self._too_wide(question):
            return "the population is known for a whole force only"
        names = [key.name for key in keys]
        asked = [question.forces[place[1 + names.index("force")]]] if "force" in names else question.forces
        missing = ", ".join(force.code for force in asked if not force.adults)
        return f"the adult population of {missing} is not recorded" if missing else ""

    @staticmethod
    def _too_wide(question: Question) -> bool:
        """Whether the asker sees some teams of a force only."""
        return question.reach[1] is not None
