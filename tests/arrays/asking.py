"""Random questions of every measure, and two counters asked at once."""

from datetime import date, timedelta

from hypothesis import strategies as st

import data_access as da
from data_access.days import GRAINS
from data_access.tally import Counts

FORCES = ("EAST", "NORTH", "WEST")


def some(names: tuple[str, ...], most: int = 2) -> st.SearchStrategy:
    """Nothing, mostly, or up to so many of the names."""
    return st.one_of(st.just(()), st.lists(st.sampled_from(names), max_size=most, unique=True).map(tuple))


@st.composite
def slices(draw) -> da.Slice:
    """Any slice of the sample."""
    first = date(2025, 1, 1) + timedelta(days=draw(st.integers(0, 640)))
    return da.Slice(
        tuple(sorted(draw(st.sets(st.sampled_from(FORCES), min_size=1)))),
        first,
        first + timedelta(days=draw(st.integers(1, 250))),
        draw(st.sampled_from(GRAINS)),
        levels=draw(some(("high", "medium", "standard", "not_assessed"))),
        sources=draw(some(("police", "self", "idva_service"))),
        teams=draw(some(("NORTH-CITY", "NORTH-VALLEY", "EAST-ONE", "WEST-ONE"), 1)),
        advocates=draw(some(("ADV-17", "ADV-31", "ADV-41", "ADV-50"), 1)),
        as_of=draw(st.sampled_from((None, None, date(2026, 2, 10)))),
    )


def listed(counts: Counts) -> list[tuple]:
    """Groups and their counts as sorted rows; the order of the columns is that of their names."""
    columns = [counts.columns[name].tolist() for name in sorted(counts.columns)]
    return sorted(zip(*columns, counts.tally.tolist(), strict=True))


class Both:
    """Asks two counters and insists on the same integers. Remembers of which facts."""

    def __init__(self, first, second):
        self.first, self.second, self.engine = first, second, first.engine
        self.facts: set[str] = set()

    def count(self, tally, reach):
        one, other = self.first.count(tally, reach), self.second.count(tally, reach)
        assert sorted(one.columns) == sorted(other.columns)
        assert listed(one) == listed(other), (tally.fact.name, [str(part) for part in tally.where])
        self.facts.add(tally.fact.name)
        return one

    def rows(self, question, reach):
        return self.first.rows(question, reach)
