"""When everybody has left: noticed once, connections go back, and whoever comes next is answered as before."""

import pytest

import data_access as da
from dashboard.idle import Leaving, give_back
from dashboard.opening import Opening
from data_access.scope import Scope
from data_access.slice import Slice


@pytest.mark.parametrize(
    ("there", "left"),
    [
        ((0, 0, 0), [False, False, False]),  # nobody came
        ((1, 3, 1), [False, False, False]),
        ((2, 0, 0), [False, True, False]),
        ((1, 0, 1, 0), [False, True, False, True]),
    ],
)
def test_it_is_noticed_once_that_everybody_has_left(there, left):
    leaving = Leaving()
    assert [leaving.look(now) for now in there] == left


def test_connections_are_given_back_and_the_next_question_opens_its_own(sample_url):
    opening = Opening(lambda: da.connect(sample_url, arrays="memory"))
    give_back(opening.rest)  # nothing was opened yet
    store = opening.store()
    reports = store.reports(Scope.local(store.force_codes(), "service_manager"))
    newest = max(force.as_of for force in store.directory().forces)
    slice_ = Slice(store.force_codes(), newest.replace(day=1), newest, "whole")
    before = reports.rows("open_cases", slice_)
    assert store.engine.pool.checkedin() > 0
    give_back(opening.rest)
    assert store.engine.pool.checkedin() == 0
    beside = da.connect(sample_url, "sql")
    overdue = beside.reports(reports.scope).rows("review_overdue", slice_).total
    assert reports.rows("review_overdue", slice_).total == overdue
    assert store.engine.pool.checkedin() > 0, "it asked the database"
    assert reports.rows("open_cases", slice_).total == before.total > 0
    store.engine.dispose()
    beside.engine.dispose()
