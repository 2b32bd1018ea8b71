"""Mixes of risk levels, which mean the same only by the same tool and the same thresholds."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from data_access import codes, thresholds
from data_access.days import Period, day
from data_access.directory import Threshold
from data_access.errors import Refused
from data_access.measures.kinds.mix import Mix
from data_access.measures.recipes import Result
from data_access.question import Key, Question


@dataclass(frozen=True)
class LevelMix(Mix):
    """A mix of levels in which a period says when a threshold changed in it.

    ``side_by_side``: the forces are compared; asked for several whose tools or
    thresholds differ, the figure is refused with the reason.
    """

    side_by_side: bool = False

    @property
    def always(self) -> tuple[str, ...]:
        """The part, and the force where forces are compared."""
        return ("force", self.part.name) if self.side_by_side else (self.part.name,)

    def result(self, question: Question, title: str) -> Result:
        """The share of each level, with a note where it began to mean something else."""
        why = thresholds.differences(question) if self.side_by_side else ""
        if why:
            days = "; ".join(_said(change) for change, _ in _changes(question, question.slice.bounds))
            raise Refused(
                f"{title} cannot be shown for these forces together: {why}{days and f' ({days})'}. "
                "Choose one force, or days on which they use one tool with the same thresholds."
            )
        found = super().result(question, title)

        def note(place: tuple[int, ...]) -> str:
            own = found.notes(place) if found.notes else ""
            period, force = question.slice.periods[place[0]], _force_of(question, found.keys, place)
            changed = (_said(change) for change, _ in _changes(question, period) if force in (None, change.force))
            return "; ".join(said for said in (own, *changed) if said)

        return replace(found, notes=note)


def _changes(question: Question, period: Period) -> Iterator[tuple[Threshold, Threshold]]:
    """Thresholds that took the place of another one in the period, with that one."""
    asked = {force.code for force in question.forces}
    known = [one for one in question.directory.thresholds if one.force in asked]
    for before in known:
        for after in known:
            same = (before.force, before.tool, before.until) == (after.force, after.tool, after.since)
            if same and period.start <= after.since < period.end:
                yield after, before


def _said(change: Threshold) -> str:
    tool = codes.label(change.tool)
    return f"{change.force}: the thresholds of {tool} changed on {day(change.since)}, levels before and after differ"


def _force_of(question: Question, keys: tuple[Key, ...], place: tuple[int, ...]) -> str | None:
    """The force of a row, where one of its keys tells it."""
    for key, at in zip(keys, place[1:], strict=True):
        if key.name == "force":
            return question.forces[at].code
        if key.name in ("team", "advocate") and at:
            return question.members(key.name)[at - 1].force
    return None
