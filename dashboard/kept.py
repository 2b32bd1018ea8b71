"""Answers that were worked out before, for everybody who may see the same."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

Made = TypeVar("Made")
MOST_BYTES = 8 * 2**20
CARD = 10_000  # bytes of an answer that is not plain markup, about (measured: 2,000 of all kinds take 16 MB)


class Kept:
    """The latest answers of a process, up to about so many bytes. What is kept is shared and must not be changed."""

    def __init__(self, most_bytes: int = MOST_BYTES):
        self._answers: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._most_bytes, self._bytes = most_bytes, 0
        self._lock = Lock()

    def answer(self, reports: Any, asked: tuple[Hashable, ...], made: Callable[[], Made], size: int = CARD) -> Made:
        """What ``made`` gives, kept for the database and the reach of ``reports`` (forces, teams, role, version).

        Without a reach (a stand-in for ``Reports``) nothing is kept. A load that comes while the answer is made gives
        it another reach than the one that was asked: then it is not kept. ``size`` in bytes is that of an answer that
        is not plain markup.
        """
        reach = getattr(reports, "reach", None)
        if reach is None:
            return made()
        key = (getattr(reports, "source", None), reach, asked)
        return self._found(key, made, size, lambda: bool(reports.reach == reach))

    def drawn(self, asked: tuple[Hashable, ...], made: Callable[[], Made]) -> Made:
        """Markup that ``asked`` alone decides: it needs no data, and is there while the database is away."""
        return self._found((None, None, asked), made)

    def _found(
        self, key: Hashable, made: Callable[[], Made], size: int = CARD, lasts: Callable[[], bool] = lambda: True
    ) -> Made:
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                found: Made = self._answers[key][0]
                return found
        answer = made()
        if lasts():
            self._keep(key, answer, len(answer) if isinstance(answer, str) else size)
        return answer

    def _keep(self, key: Hashable, answer: Any, size: int) -> None:
        with self._lock:
            self._bytes += size - self._answers.pop(key, (None, 0))[1]
            self._answers[key] = answer, size
            while self._bytes > self._most_bytes:
                self._bytes -= self._answers.popitem(last=False)[1][1]


KEPT = Kept()
