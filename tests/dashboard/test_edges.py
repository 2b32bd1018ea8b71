"""What pages say where the data end, and that an open page sees a new load whole."""

from datetime import date

import pytest
from sqlalchemy import update

import data_access as da
from dashboard.address import NOT_AVAILABLE, href
from dashboard.board import Board
from dashboard.options import Options
from dashboard.state import Filters
from dashboard.views import VIEWS
from dashboard.weekly import cell_words
from data_access import store as stores
from data_access import tables as t
from data_access.database import writer
from data_access.migrate import upgrade
from data_access.quality import mending
from data_access.rebuild import rebuild
from data_access.worked_examples import write_rows

CASES = [{"source_id": name, "opened_on": date(2026, 1, 5)} for name in "abc"]


@pytest.fixture
def engine(tmp_path):
    made = writer(f"sqlite:///{tmp_path}/edges.sqlite")
    upgrade(made)
    with made.begin() as connection:
        write_rows(connection, {"cases": CASES}, date(2026, 3, 29), 1, "NEW")
        write_rows(connection, {"cases": CASES[:1]}, date(2026, 3, 20), 2, "OLD")
    return made


def page(engine, name, **query):
    opened = da.Store(engine)
    reports = opened.reports(da.Scope.local(opened.force_codes(), "service_manager"))
    filters = Filters(Options.of(reports), pages=tuple(VIEWS))
    filters.from_query({"page": name, **query})
    return VIEWS[name](reports=reports, filters=filters), filters


BOARDS = [name for name, view in VIEWS.items() if issubclass(view, Board)]
BEYOND = pytest.mark.parametrize(("first", "until"), [("2026-04-06", "2026-05-04"), ("2020-01-06", "2020-02-03")])


@pytest.mark.parametrize("name", BOARDS)
@BEYOND
def test_a_period_without_data_is_said_in_words_and_the_page_goes_on(engine, name, first, until):
    view, filters = page(engine, name, period="custom", **{"from": first, "until": until})
    said = str(view._top.html)
    assert "Nothing is known of this period: the data go from 5 Jan 2026 to 29 Mar 2026." in said
    assert "not known" in said
    assert not {"nan", "NaN", "None", "&lt;NA&gt;"} & set(said.replace("<", " ").replace(">", " ").split())
    filters.reset()
    assert "Nothing is known" not in str(view._top.html)


@BEYOND
def test_data_quality_says_that_nothing_of_such_a_period_is_known(engine, first, until):
    view, _ = page(engine, "quality", period="custom", **{"from": first, "until": until})
    assert "No row of this period is known" in str(view._top.html)


def test_a_force_whose_data_end_sooner_is_not_shown_as_empty(engine):
    view, _ = page(engine, "overview")  # the last week is 23 to 29 March; OLD tells up to Friday 20 March
    old = next(card for card in view.cards if card.code == "OLD")
    said = "1 open case on Fri 20 Mar 2026: 0 high, 0 medium, 0 standard, 1 not assessed."
    assert old.chart.sentence.startswith(said)
    assert old.chart.table.rows[-1][0] == "20 Mar 2026"


def test_an_open_page_sees_a_new_load_in_number_and_list(engine, monkeypatch):
    monkeypatch.setattr(stores, "LOOK_AGAIN", 0.0)
    view, filters = page(engine, "caseload", force="NEW", list="open_cases")
    assert view.cards[0].chart.n == "3"
    with engine.begin() as connection:
        connection.execute(update(t.cases).where(t.cases.c.source_id == "a").values(closed_on=date(2026, 2, 2)))
        rebuild(connection, 1)
        connection.execute(update(t.data_version).where(t.data_version.c.force_id == 1).values(version=2))
    filters.change(grain="month")
    assert view.cards[0].chart.n == "2"
    assert view._list.html.count('<th scope="row">') == 2


def test_the_weekly_file_of_an_address_is_shown_and_what_cannot_be_had_is_left_out(engine):
    view, filters = page(engine, "weekly", **{"for": "force:OLD", "week": "2026-W10"})
    assert "OLD: the whole force, week 2026-W10" in view.content.html
    assert filters.notices == []
    for query in (
        {"for": "force:SOUTH"}, {"for": "team:OLD:CITY"}, {"for": "force:OLD", "force": "NEW"},
        {"week": "2026-W14"}, {"week": "2026-W99"}, {"week": "last"},
    ):  # fmt: skip
        view, filters = page(engine, "weekly", **query)
        assert filters.notices == [NOT_AVAILABLE], query
        assert "NEW: the whole force, week 2026-W13" in view.content.html
        assert not {"for", "week"} & filters.to_query().keys()
    view, filters = page(engine, "caseload", **{"for": "force:OLD"})
    assert (filters.notices, "for" in filters.to_query()) == ([NOT_AVAILABLE], False)


def test_another_force_takes_its_file_and_its_weeks_with_it(engine):
    view, filters = page(engine, "weekly", **{"for": "force:OLD", "week": "2026-W11"})
    filters.change(forces=["NEW"])
    assert "NEW: the whole force, week 2026-W11" in view.content.html
    assert (filters.recipient, filters.notices) == ("", [])
    filters.change(week="2026-W13", forces=["OLD"])
    assert "OLD: the whole force, week 2026-W11" in view.content.html  # its data end in week 12
    assert (filters.week, filters.notices) == ("", [NOT_AVAILABLE])


def test_the_shorthand_of_the_workbook_is_not_on_the_page():
    assert [cell_words(said) for said in ("[z]", "[x]", "[u] based on 14", 3)] == [
        "\N{EN DASH}", "\N{EN DASH}", "low reliability based on 14", "3",
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "query", "rows"), [("caseload", "list=open_cases", 4), ("quality", "list=mend", 20)])
def test_a_page_of_a_list_beyond_its_last_is_the_last_in_the_address_too(engine, name, query, rows):
    view, filters = page(engine, name, **dict([query.split("=")]), at="100000")
    assert (view.rows_shown, filters.listing_page, filters.notices) == (rows, 1, [])
    assert href(filters.to_query()) == f"?page={name}&{query}&at=1"
    filters.change(listing_page=7)
    assert (filters.listing_page, view.rows_shown) == (1, rows)


def test_a_page_that_failed_tries_again_with_the_next_choice(engine, monkeypatch):
    view, filters = page(engine, "caseload")
    whole = type(view).sentence
    monkeypatch.setattr(type(view), "sentence", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        filters.change(grain="month")
    monkeypatch.setattr(type(view), "sentence", whole)
    filters.change(listing="open_cases")
    assert "4 cases are open on Sun 29 Mar 2026" in str(view._top.html)


def test_data_quality_is_worked_out_once_and_its_links_follow_the_comparison(engine, monkeypatch):
    asked, really = [], mending.page_of
    monkeypatch.setattr(mending, "page_of", lambda *given: (asked.append(given), really(*given))[1])
    view, filters = page(engine, "quality")
    assert len(asked) == 2  # for the words, and for the list
    first = str(view._top.html)
    assert '<a id="q-list" href="?page=quality&amp;list=mend&amp;at=1"' in first
    filters.change(compare="year")
    assert '<a id="q-list" href="?page=quality&amp;compare=year&amp;list=mend&amp;at=1"' in str(view._top.html)
    filters.change(compare="before")
    assert str(view._top.html) == first
    assert len(asked) == 2
    filters.change(forces=["NEW"])
    assert len(asked) == 4
    assert "3 open cases" in str(view._top.html)
    filters.change(forces=["NEW", "OLD"])
    assert (len(asked), str(view._top.html), view.rows_shown) == (4, first, 20)  # five gaps of each case
