"""What the pages say of the sample, in words that need no knowledge of the tables behind them."""

import html
import re

import pytest

import data_access as da
from dashboard.options import Options
from dashboard.state import Filters
from dashboard.views import VIEWS
from data_access.codes import heading, label


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
        return {card.key: card for card in (*view.cards, *view.opened.values())}

    return cards


def slot(card, name: str) -> str:
    """What stands in a place of a card, as it is read."""
    return " ".join(re.sub("<[^>]*>", " ", html.unescape(str(card.content.slots[name]))).split())


def test_of_many_sources_only_those_with_a_figure_are_named(said_on):
    chart = said_on("engagement", figures="referrer_delay")["referrer_delay"].chart
    assert re.match(
        r"In the quarter from 1 Oct 2026: police 1\.0 \(\d+ of \d+\), self .*; nothing is known of the other \d+\. ",
        chart.sentence,
    )
    assert "data up to" not in chart.sentence
    assert chart.table.rows[-1][1] == "recorded for 0 of 3"


def test_days_in_notes_and_refusals_are_written_as_everywhere(said_on):
    found = said_on("risk", figures="level_at_intake_by_force,repeat,risk_at_intake")
    assert "changed on 1 Jan 2026, levels before and after differ" in found["level_at_intake_by_force"].chart.sentence
    assert found["repeat"].chart.sentence == "No period has a value yet: the window is still open."
    assert found["repeat"].chart.table.rows[-1][-1] == "WEST: data up to 16 Nov 2026; the window is still open"
    for card in found.values():
        assert not re.search(r"\d{4}-\d\d-\d\d", f"{card.chart.sentence} {card.chart.table}"), card.chart.sentence


def test_a_stock_by_force_is_of_one_day_and_a_flow_ends_with_the_first_of_the_data(said_on):
    found = said_on("risk")
    stock, flow = (slot(found[name], "verdict") for name in ("review_overdue", "escalations"))
    assert "By force, on 16 Nov 2026 (the last day all have data): Eastmere 7 % (3 to 16 %, n = 60), North" in stock
    assert "By force, 24 Aug to 16 Nov 2026 (the last day all have data): Eastmere 6.2" in flow
    assert "By force, 24 Aug to 19 Oct 2026 (by then all are known): Eastmere" in slot(
        said_on("engagement")["reached"], "verdict"
    )
    assert "By force, on 22 Nov 2026: Eastmere" in slot(
        said_on("risk", force="EAST,NORTH")["review_overdue"], "verdict"
    )


def test_a_number_is_not_torn_from_its_sign(said_on):
    card = said_on("engagement")["reached"]
    assert re.search(r"Expected: \d+\u00a0%; dashed", str(card.content.slots["sentence"]))
    assert re.search(r"\(n\u00a0=\u00a0|, n\u00a0=\u00a0", str(card.content.slots["verdict"]))
    assert re.search(r"Expected: \d+ %; dashed", card.chart.sentence), "what a notebook reads has plain spaces"


def test_names_are_written_as_names_and_days_are_from_to(said_on):
    agencies = said_on("support")["actions_in_time"].chart
    assert {"police", "NHS mental health", "CPS", "adult social care"} <= {row[0] for row in agencies.table.rows}
    beside = dict(zip((row[0] for row in agencies.table.rows), agencies.picture.beside, strict=True))
    assert [beside[name][1] for name in ("police", "CPS")] == ["57 %, n = 84", "4 of 5"]
    referrals = said_on("caseload")["referrals"].chart
    assert re.match(r"\d+ referrals from 24 Aug to 22 Nov 2026\.", referrals.sentence)


def test_forces_have_their_names_in_sentences(said_on):
    found = said_on("caseload", figures="referrals_per_population")
    assert "as of Sun 22 Nov 2026 (Westvale 16 Nov 2026)" in slot(found["open_cases"], "counted")
    assert ": Eastmere 4.9 (3.5 to 6.5, n = 43), Northshire 6.0" in found["referrals_per_population"].chart.sentence
    marked = said_on("risk")["risk_at_intake"]
    assert "Marked 1 Jan 2026, Westvale: The least DASH score" in slot(marked, "marks")


def test_a_code_is_said_as_the_name_that_it_is():
    said = {code: label(code) for code in ("idva_service", "s_dash", "dash_safelives", "cps_court_update", "other")}
    assert list(said.values()) == ["IDVA service", "S-DASH", "DASH SafeLives", "CPS court update", "other"]
    assert [heading(code) for code in ("nhs_other", "not_recorded")] == ["NHS other", "Not recorded"]
    assert label(label("nhs_mental_health")) == "NHS mental health"
