"""What the pages say of the sample, in words that need no knowledge of the tables behind them."""

import re

import pytest

import data_access as da
from dashboard.options import Options
from dashboard.state import Filters
from dashboard.views import VIEWS


@pytest.fixture(scope="module")
def said_on(sample_store):
    """A function that gives the cards of a page by key."""
    reports = sample_store.reports(da.Scope.local(sample_store.force_codes(), "service_manager"))
    options = Options.of(reports)

    def cards(name: str, **query: str) -> dict:
        filters = Filters(options, pages=tuple(VIEWS))
        filters.from_query({"page": name, **query})
        assert filters.notices == []
        view = VIEWS[name](reports=reports, filters=filters)
        return {card.key: card.chart for card in (*view.cards, *view.opened.values())}

    return cards


def test_of_many_sources_only_those_with_a_figure_are_named(said_on):
    chart = said_on("engagement", figures="referrer_delay")["referrer_delay"]
    assert re.match(
        r"In the quarter from 1 Oct 2026: police 1\.0 \(\d+ of \d+\), self .*; nothing is known of the other \d+\. ",
        chart.sentence,
    )
    assert "data up to" not in chart.sentence
    assert chart.table.rows[-1][1] == "recorded for 0 of 3"


def test_days_in_notes_and_refusals_are_written_as_everywhere(said_on):
    found = said_on("risk", figures="level_at_intake_by_force,repeat,risk_at_intake")
    assert "changed on 1 Jan 2026, levels before and after differ" in found["level_at_intake_by_force"].sentence
    assert found["repeat"].sentence == "No period has a value yet: the window is still open."
    assert found["repeat"].table.rows[-1][-1] == "WEST: data up to 16 Nov 2026; the window is still open"
    for chart in found.values():
        assert not re.search(r"\d{4}-\d\d-\d\d", f"{chart.sentence} {chart.table}"), chart.sentence
