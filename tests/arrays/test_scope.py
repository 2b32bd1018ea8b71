"""Whose rows are looked at: no slice of a force that may not be seen changes any output."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import data_access as da
from data_access import facts
from data_access.arrays.asked import asked, forces
from data_access.arrays.columns import Columns
from data_access.arrays.shelf import Shelf
from data_access.database import viewer
from data_access.store import Store
from data_access.tally import Tally
from tests.arrays.asking import FORCES, slices

ALL = da.Slice(FORCES, date(2026, 6, 1), date(2026, 11, 23), "month")


@pytest.fixture(scope="module")
def wide_store(sample_url):
    """A store of which somebody who sees everything has asked everything: arrays and wider tallies are there."""
    store = Store(viewer(sample_url))
    everybody = store.reports(da.Scope.local(FORCES, "service_manager"))
    for name in da.MEASURES:
        for slice_ in (ALL, ALL.having(levels=("high", "medium"))):
            try:
                everybody.frame(name, slice_, ())
            except da.Refused:
                continue
    return store


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    slice_=slices(),
    granted=st.sets(st.sampled_from(FORCES), max_size=2),
    names=st.lists(st.sampled_from(list(da.MEASURES)), min_size=6, max_size=6, unique=True),
)
def test_others_have_arrays_and_wider_tallies_but_no_part_in_an_answer(wide_store, sample_url, slice_, granted, names):
    scope = da.Scope("somebody", "service_manager", frozenset(granted), None)
    alone = Store(viewer(sample_url), "sql").reports(scope)
    free = slice_.having(teams=(), advocates=())  # names of others are refused, which is another test
    for name in names:
        answers = []
        for reports in (wide_store.reports(scope), alone):
            try:
                answers.append(reports.frame(name, free).to_csv())
            except da.Refused as refused:
                answers.append(str(refused))
        assert answers[0] == answers[1], name


def test_columns_of_a_force_that_is_not_asked_for_are_not_even_opened(sample_url, monkeypatch):
    """Every one-force scope, every measure: the shelf is asked for that force and no other."""
    opened: set[int] = set()
    columns = Shelf.columns

    def seen(self, fact, force_id, version) -> tuple[Columns, object]:
        opened.add(force_id)
        return columns(self, fact, force_id, version)

    monkeypatch.setattr(Shelf, "columns", seen)
    store = Store(viewer(sample_url))
    ids = {force.code: force.id for force in store.directory().forces}
    for code in FORCES:
        opened.clear()
        mine = store.reports(da.Scope.local((code,), "service_manager"))
        for name in da.MEASURES:
            mine.frame(name, ALL)  # all forces are asked for
        assert opened == {ids[code]}


def test_the_forces_are_those_of_every_condition_together():
    fact = facts.post
    where = (fact.c.force_id.in_([1, 2, 3]), fact.c.force_id.in_([2, 3, 4]), fact.c.fte > 0)
    assert forces(asked(Tally(fact, (), where))) == (2, 3)
    assert forces(asked(Tally(fact, (), (fact.c.force_id.in_([]),)))) == ()
