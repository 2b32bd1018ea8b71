"""Each state of data, filters and server is a sentence and a next step on the page, never a traceback."""

from urllib.parse import urlsplit

import pytest

from dashboard.views import VIEWS
from tests.browser.reading import opened, read, ready, until
from tests.browser.states import damage, made
from tests.browser.test_axe import AXE, assert_no_grave_finding

NEEDS_NOTHING = ("definitions", "help")


@pytest.fixture(scope="module")
def state_pages(served, tmp_path_factory):
    """A function from the name of a state to the address of its pages."""

    def pages(name: str) -> str:
        url = made(tmp_path_factory.mktemp(name), name)
        address = served(url)
        damage(url, name)
        return address

    return pages


def stated(page) -> str:
    """What the page says about its data and filters, above the view."""
    found = page.locator(".stale, .notice, .failure").filter(visible=True).all_inner_texts()
    return " ".join(found)


def assert_no_trace(page) -> None:
    said = read_all(page)
    for wrong in ("Traceback", "Error:", "sqlalchemy", "SELECT", 'File "'):
        assert wrong not in said, said


def read_all(page) -> str:
    return page.evaluate("() => document.documentElement.outerHTML") + read(page).words


def test_an_empty_database_says_how_to_load(page, watch, state_pages):
    pages = state_pages("empty")
    for view in VIEWS:
        opened(page, f"{pages}/?page={view}")
        if view in NEEDS_NOTHING:
            assert page.get_by_role("heading", level=1).inner_text() != "Nothing has been loaded yet"
            continue
        assert page.get_by_role("heading", level=1).inner_text() == "Nothing has been loaded yet"
        assert page.get_by_text("caselight load").is_visible()
        assert page.get_by_text("caselight demo").is_visible()
        assert not page.get_by_text("1970").filter(visible=True).count()
        assert not page.get_by_role("region", name="Filters").count()
    assert_no_grave_finding(page, "empty")
    watch.assert_quiet()


def test_filters_that_leave_nothing_say_so_and_what_to_do(page, watch, sample_pages):
    opened(page, f"{sample_pages}/?page=caseload&source=court&force=WEST")
    assert "No case is open and nobody was referred with this choice." in stated(page)
    assert "Choose a longer period or more forces, or take a filter off." in stated(page)
    page.get_by_role("button", name="Reset").click()
    page.get_by_text("No case is open and nobody").wait_for(state="detached")
    watch.assert_quiet()


def test_too_few_are_said_to_be_too_few(page, watch, state_pages):
    opened(page, state_pages("few"))
    assert "Fewer than ten cases are open and fewer than ten were referred" in stated(page)
    assert "Choose a longer period or more forces." in stated(page)
    found = read(page)
    assert "%" not in " ".join(box["number"] for box in found.numbers)
    watch.assert_quiet()


def test_a_force_whose_data_are_old_is_named_with_its_day(page, watch, state_pages):
    opened(page, f"{state_pages('stale')}/?page=caseload")
    assert "The data of Force BIRCH end on Mon 2 Nov 2026, 20 days before the newest" in stated(page)
    assert "Ask for a new extract, or choose a period that ends before that day." in stated(page)
    assert "Force ALDER" not in stated(page)
    watch.assert_quiet()


def test_a_force_without_data_of_the_period_is_named(page, watch, state_pages):
    opened(page, f"{state_pages('missing')}/?page=caseload")
    assert "Nothing of this period is known of Force BIRCH: its data go from 24 Mar 2026 to 31 May 2026." in stated(
        page
    )
    assert "Choose a period in between, ask for a new extract, or leave it out under Force." in stated(page)
    assert "Cases that were open then still count as open." in stated(page)
    page.locator("#f-force").click()
    page.locator("#f-force-menu input[value=BIRCH]").uncheck()
    page.get_by_text("Nothing of this period is known").wait_for(state="detached")
    assert until(page, lambda now: now.number("Open now") == "30")
    watch.assert_quiet()


def test_a_database_that_is_damaged_gives_a_reference_and_no_trace(page, watch, state_pages):
    pages = state_pages("broken")
    page.goto(pages)
    said = page.get_by_role("alert").inner_text()
    assert "Something went wrong here (reference " in said
    assert "load the page anew" in said
    assert page.get_by_role("heading", level=1).inner_text() == "The page cannot be shown"
    assert page.get_by_role("link", name="Load the page again").is_visible()
    for wrong in ("Traceback", "sqlalchemy", "SELECT", "fact_case_path"):
        assert wrong not in page.content()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert_no_grave_finding(page, "broken")
    assert watch.errors == [
        "Failed to load resource: the server responded with a status of 500 (Internal Server Error)"
    ]
    assert watch.foreign == []


def test_a_view_that_cannot_be_made_leaves_the_others(page, watch, state_pages):
    pages = state_pages("damaged")
    opened(page, f"{pages}/?page=engagement")
    assert "Something went wrong here (reference " in stated(page)
    assert page.get_by_role("heading", level=1).inner_text() == "Engagement"
    assert_no_trace(page)
    page.get_by_role("link", name="Help", exact=True).click()
    ready(page, "Help")
    watch.assert_quiet()


def test_what_a_page_says_can_be_read_before_its_socket_is_open(new_page, sample_pages):
    page = new_page()
    page.route_web_socket("**/*", lambda socket: None)
    page.goto(f"{sample_pages}/?page=caseload")
    page.get_by_role("heading", level=1, name="Caseload").wait_for()
    page.wait_for_function("() => document.querySelector('[data-paper]').dataset.drawn")
    found = read(page)
    assert "cases are open" in found.sentence
    assert found.card("open_cases")["picture"]["layers"]
    assert "linked" not in page.evaluate("() => ({...document.querySelector('[data-paper]').dataset})")
    assert urlsplit(page.url).netloc == urlsplit(sample_pages).netloc
