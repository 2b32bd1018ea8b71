"""A counter that keeps the facts' columns as arrays and evaluates a tally's own expressions over them."""

import marshal
from collections.abc import Sequence

import numpy as np
from sqlalchemy import Connection, Engine, Select

from data_access.arrays.asked import Asked, asked, forces, of_force
from data_access.arrays.grouped import LARGEST, grouped, summed
from data_access.arrays.room import Room
from data_access.arrays.scan import Counted, filled
from data_access.arrays.shelf import Shelf
from data_access.arrays.terms import ReadsElsewhere
from data_access.arrays.widened import Wides
from data_access.directory import Directory
from data_access.tally import DAY, Counts, SqlCounter, Tally
from data_access.walls import ids

ANSWERS, ANSWER_BYTES = 2_048, 8 * 2**20
HELD = 700  # bytes of an answer beside its key and its numbers: what holds them (measured)
FLAT = 2  # marshal's format in which equal tuples are equal bytes, whoever else holds their parts


class ArrayCounter:
    """Counts over arrays in memory; the same integers as SqlCounter.

    The database counts what is not in the arrays: tallies of source tables, and those that read another table than
    their fact. ``reach`` ends with ``Directory.versions``. A question of a version that is neither in memory nor in
    the database any more raises Moved: it is to be asked again of the directory as it is now.
    """

    def __init__(self, engine: Engine, shelf: Shelf):
        self.engine = engine
        self.shelf = shelf
        self._sql = SqlCounter(engine, told=shelf.told)
        self._answers = Room(ANSWERS, ANSWER_BYTES)
        self._wides = Wides()

    def rows(self, question: Select, reach: tuple) -> list[tuple]:
        """Rows of a list; shared, not to be changed."""
        return self._sql.rows(question, reach)

    def count(self, tally: Tally, reach: tuple) -> Counts:
        """Counts of the tally; shared and read-only. Raises NotEvaluated, Moved."""
        if not tally.fact.info.get("fact"):
            return self._sql.count(tally, reach)
        try:
            question = asked(tally)
        except ReadsElsewhere:
            return self._sql.count(tally, reach)
        key = reach, _words(question)
        answer = self._answers.get(key)
        if answer is None:
            answer = self._counted(tally, question, reach)
            numbers = answer.tally.nbytes * (1 + len(answer.columns))
            self._answers.put(key, answer, numbers + len(key[1]) + HELD)
        return answer

    def renew(self, connection: Connection, directory: Directory) -> None:
        """Read what has moved, of all that was asked for so far; the connection sees the directory's state."""
        self.shelf.renew(connection, directory.versions)

    def _counted(self, tally: Tally, question: Asked, reach: tuple) -> Counts:
        states = {force_id: tuple(state) for _, *state, force_id in reach[-1]}
        mine = ids(reach)  # whatever a tally names: the one place where the arrays' forces are masked
        parts = []
        for force_id in sorted(mine.intersection(forces(question))):
            own = of_force(question, force_id)
            if own is None:
                continue
            columns, state = self.shelf.columns(tally.fact, force_id, states.get(force_id))
            parts.append(self._wides.parts(columns, state, own))
        return _summed(question, [part for part in parts if part.rows])


def _words(question: Asked) -> bytes:
    """The question as a key. The tuples of 8,000 questions were 150,000 objects, which every full collection walks."""
    try:
        return marshal.dumps(tuple(question), FLAT)
    except ValueError:  # a text or a number of somebody's own kind
        return repr(question).encode()


def _summed(question: Asked, parts: Sequence[Counted]) -> Counts:
    """The parts of all forces as one answer."""
    names = [*([DAY] if question.step else []), *(name for name, _ in question.keys)]
    weight = None
    if parts and any(part.tally is not None for part in parts):
        weight = _joined([np.ones(part.rows, np.int64) if part.tally is None else part.tally for part in parts])
    by = []
    if parts and question.step:
        day = _joined([part.day for part in parts if part.day is not None])
        by.append(day if question.step == 1 else _monday(day))
    by += [_joined([filled(part.keys[place], part.rows) for part in parts]) for place in range(len(question.keys))]
    if not names:
        everything = sum(part.rows for part in parts) if weight is None else _total(weight)
        return _closed({}, np.array([everything], np.int64))
    groups, tally = grouped(by, weight) if parts else ([np.zeros(0, np.int64) for _ in names], np.zeros(0, np.int64))
    return _closed(dict(zip(names, groups, strict=True)), tally)


def _total(weight: np.ndarray) -> int:
    """Sum of weights of any type. Raises TooLarge."""
    if not len(weight) or max(abs(int(weight.max())), abs(int(weight.min()))) * len(weight) < LARGEST:
        return int(weight.sum(dtype=np.int64))
    return int(summed(np.zeros(len(weight), np.int8), weight, 1)[0])


def _joined(arrays: list[np.ndarray]) -> np.ndarray:
    if not arrays:
        return np.zeros(0, np.int64)
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def _monday(day: np.ndarray) -> np.ndarray:
    wide = day.astype(np.int64)
    return wide - np.fmod(wide + 3, 7)


def _closed(columns: dict[str, np.ndarray], tally: np.ndarray) -> Counts:
    for array in (*columns.values(), tally):
        array.setflags(write=False)
    return Counts(columns, tally)
