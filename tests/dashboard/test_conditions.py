"""What the data lack is said of the chosen forces only, each with a next step."""

from dataclasses import replace
from datetime import date

import pytest

from dashboard import conditions
from dashboard.options import Force, Options
from dashboard.state import Filters

NEWEST = date(2026, 11, 22)


def filters(*ends: date | None, **chosen) -> Filters:
    forces = tuple(Force(f"F{i}", f"Name {i}", end, end and date(2024, 1, 1)) for i, end in enumerate(ends))
    return Filters(Options(forces=forces), **chosen)


def test_nothing_is_said_of_forces_that_are_complete():
    assert conditions.of_forces(filters(NEWEST, date(2026, 11, 21))) == []
    assert conditions.of_forces(filters(None)) == []


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (date(2026, 11, 20), "The data of Name 1 end on Fri 20 Nov 2026, 2 days before the newest"),
        (date(2026, 6, 1), "Nothing of this period is known of Name 1: its data go from 1 Jan 2024 to 1 Jun 2026."),
        (None, "Name 1 has no data yet and is in no figure here. Ask for an extract"),
    ],
)
def test_a_force_that_lacks_something_is_named_while_it_is_chosen(end, said):
    assert [words[: len(said)] for words in conditions.of_forces(filters(NEWEST, end))] == [said]
    assert conditions.of_forces(filters(NEWEST, end, forces=["F0"])) == []


def test_several_without_data_are_one_sentence():
    (said,) = conditions.of_forces(filters(NEWEST, None, None))
    assert said.startswith("Name 1 and Name 2 have no data yet and are in no figure here.")
    assert said.endswith("leave them out under Force.")


def test_nothing_is_loaded_while_no_force_has_data():
    assert conditions.nothing_loaded(filters())
    assert conditions.nothing_loaded(filters(None))
    assert not conditions.nothing_loaded(filters(None, NEWEST))


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({}, ""),
        ({"sources": ("court",), "forces": ("WEST",)}, "No case is open and nobody was referred with this choice."),
        ({"forces": ()}, ""),
    ],
)
def test_a_choice_that_holds_nothing_is_said(sample_store, chosen, said):
    from data_access.scope import Scope

    reports = sample_store.reports(Scope.local(sample_store.force_codes(), "service_manager"))
    now = Filters(Options.of(reports))
    now.slice = replace(now.slice, **chosen)
    assert conditions.of_counts(reports, now).startswith(said)
    assert bool(conditions.of_counts(reports, now)) == bool(said)
