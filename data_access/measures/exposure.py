"""Exposure: how many days were spent in a state, exact, from counts of the days on which stretches begin and end."""

import numpy as np
from sqlalchemy import ColumnElement, Table

from data_access.question import Key, Question
from data_access.tally import DAY

_FORCE = "of_force"  # each force is known up to its own as-of, so it is always counted apart


def days_spent(
    question: Question,
    fact: Table,
    keys: tuple[Key, ...],
    where: list[ColumnElement[bool]],
    edges: np.ndarray,
    weight: ColumnElement | None = None,
    back: int = 0,
) -> np.ndarray:
    """Days spent before each edge (ascending day numbers), int64 of shape (edges, *keys), times the weight.

    The difference of two edges is the sum of the daily stocks between them.
    Days after the as-of of the row's force do not count: an edge is never later
    than the day after it. ``back`` moves every edge so many days back after that.
    """
    shape = tuple(len(question.axis(key).labels) for key in keys)
    total = np.zeros((len(edges), *shape), dtype=np.int64)
    by = (*keys, Key(_FORCE, fact.c.force_id))
    for day, sign in ((fact.c.since, 1), (fact.c.until, -1)):
        known = [*where, question.upto(fact, day, int(edges[-1]) - 1)]
        counts = question.count(fact, by, known, day, step=1, weight=weight)
        places = [question.axis(key).place(counts.columns[key.name]) for key in keys]
        inside = np.logical_and.reduce([np.ones(len(counts.tally), bool), *(place >= 0 for place in places)])
        for force_id, as_of in question.as_of.items():
            rows = inside & (counts.columns[_FORCE] == force_id)
            cells = tuple(place[rows] for place in places)
            cut = np.minimum(edges, as_of + 1) - back
            total += sign * _after(counts.columns[DAY][rows], counts.tally[rows], cells, cut, shape)
    return total


def rows_before(
    question: Question,
    fact: Table,
    keys: tuple[Key, ...],
    where: list[ColumnElement[bool]],
    day: ColumnElement,
    edges: np.ndarray,
    back: int = 0,
) -> np.ndarray:
    """Rows whose day is before each edge, int64 of shape (edges, *keys); edges and ``back`` as for ``days_spent``."""
    shape = tuple(len(question.axis(key).labels) for key in keys)
    total = np.zeros((len(edges) + 1, *shape), dtype=np.int64)
    known = [*where, question.upto(fact, day, int(edges[-1]) - 1)]
    counts = question.count(fact, (*keys, Key(_FORCE, fact.c.force_id)), known, day, step=1)
    places = [question.axis(key).place(counts.columns[key.name]) for key in keys]
    inside = np.logical_and.reduce([np.ones(len(counts.tally), bool), *(place >= 0 for place in places)])
    for force_id, as_of in question.as_of.items():
        rows = inside & (counts.columns[_FORCE] == force_id)
        cut = np.minimum(edges, as_of + 1) - back
        first = np.searchsorted(cut, counts.columns[DAY][rows], side="right")
        np.add.at(total, (first, *(place[rows] for place in places)), counts.tally[rows])
    return np.cumsum(total, axis=0)[:-1]


def _after(
    days: np.ndarray, tally: np.ndarray, cells: tuple[np.ndarray, ...], edges: np.ndarray, shape: tuple[int, ...]
) -> np.ndarray:
    """Sum of (edge - day) over the rows of an earlier day: their number times the edge, less the sum of their days."""
    earlier, their_days = (np.zeros((len(edges) + 1, *shape), dtype=np.int64) for _ in range(2))
    places = (np.searchsorted(edges, days, side="right"), *cells)
    np.add.at(earlier, places, tally)
    np.add.at(their_days, places, tally * days)
    along = edges.reshape(-1, *(1 for _ in shape))
    return along * np.cumsum(earlier, axis=0)[:-1] - np.cumsum(their_days, axis=0)[:-1]
