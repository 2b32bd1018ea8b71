"""Answers that were worked out before, for everybody who may see the same."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

Made = TypeVar("Made")
MOST = 2_000  # a card's answer is about 20 kB


class Kept:
    """The latest answers of a process. What is kept is shared and must not be changed."""

    def __init__(self, most: int = MOST):
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()
        self._most = most
        self._lock = Lock()

    def answer(self, reports: Any, asked: tuple[Hashable, ...], made: Callable[[], Made]) -> Made:
        """What ``made`` gives, kept for the database and the reach of ``reports`` (forces, teams, role, version).

        Without a reach (a stand-in for ``Reports``) nothing is kept. A load that comes while the answer is made gives
        it another reach than the one that was asked: then it is not kept.
        """
        reach = getattr(reports, "reach", None)
        if reach is None:
            return made()
        key = (getattr(reports, "source", None), reach, asked)
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                found: Made = self._answers[key]
                return found
        answer = made()
        if reports.reach == reach:
            with self._lock:
                self._answers[key] = answer
                if len(self._answers) > self._most:
                    self._answers.popitem(last=False)
        return answer


KEPT = Kept()
