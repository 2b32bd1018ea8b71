"""After a lost link or a restarted server the page comes back by itself: the same page, filters and list."""

import pytest

from tests.browser.reading import opened, read, ready, until
from tests.browser.test_lost import WORDS, of_my_own
from tests.fixtures.browser import stop

__all__ = ["of_my_own"]  # a fixture
ASKED = "?page=caseload&force=WEST&by=month&level=high&list=open_cases&at=1"


def what(found) -> tuple:
    """What a person would miss if it did not come back."""
    return found.url, found.heading, found.sentence, found.list, [box["number"] for box in found.numbers]


@pytest.fixture
def cut(page):
    """A function that cuts the page's link; the server does not notice why."""
    links = []

    def through(socket) -> None:
        socket.connect_to_server()
        links.append(socket)

    page.route_web_socket("**/*", through)
    return lambda: links[-1].close()


def test_a_restarted_server_is_met_at_the_same_page_with_the_same_filters_and_list(of_my_own, page):
    server = of_my_own()
    opened(page, server.url + "/" + ASKED, "Caseload")
    before = what(until(page, lambda now: now.list is not None))
    assert before[3]["rows"]
    page.evaluate("() => { window.old = true }")
    stop(server.process)
    page.get_by_role("alert").get_by_text(WORDS).wait_for()
    of_my_own()
    page.wait_for_function("() => !window.old && document.getElementById('lost')?.childNodes.length === 0")
    ready(page, "Caseload")
    assert what(until(page, lambda now: now.list is not None)) == before
    assert "list=open_cases" in page.url
    assert "force=WEST" in page.url


def test_a_lost_link_loads_the_page_once_and_then_leaves_it_to_the_person(page, cut, sample_pages):
    opened(page, f"{sample_pages}/{ASKED}", "Caseload")
    before = what(until(page, lambda now: now.list is not None))
    page.evaluate("() => { window.old = true }")
    cut()
    page.wait_for_function("() => !window.old && document.getElementById('lost')?.childNodes.length === 0")
    ready(page, "Caseload")
    assert what(until(page, lambda now: now.list is not None)) == before

    page.evaluate("() => { window.old = true }")
    cut()
    page.get_by_role("alert").get_by_text("The connection was lost again. Load the page again.").wait_for()
    assert page.evaluate("() => window.old"), "not loaded a second time by itself"
    page.get_by_role("button", name="Load again").click()
    page.wait_for_function("() => !window.old")
    ready(page, "Caseload")
    assert read(page).url == before[0]
