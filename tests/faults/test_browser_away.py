"""Back, a second tab, no network: nothing is taken twice, each tab has its own page, and the link comes back."""

import sys

import pytest

from data_access.register.looks import Asked, Looks
from data_access.register.opened import Register
from data_access.slice import Page
from tests.browser.reading import opened, ready, until
from tests.fixtures.browser import free_port, start, stop

PURPOSE = ".purpose button[data-purpose=team]"


@pytest.fixture
def recorded(sample_url, tmp_path):
    """A server of the sample with a register of its own: its address, and what its audit holds."""
    port, register = free_port(), f"sqlite:///{tmp_path}/r.sqlite"
    url = f"http://localhost:{port}"
    command = [sys.executable, "-m", "dashboard", "serve", "--database", sample_url, "--port", str(port)]
    server = start(command, f"{url}/health", tmp_path / "log", url, CASELIGHT_REGISTER=register)

    def lines():
        return Looks(Register(register)).page(Asked(), Page(1, 500)).lines[::-1]

    yield url, lines
    stop(server.process)


def test_back_after_a_file_takes_it_no_second_time(recorded, page, watch):
    url, lines = recorded
    taken = []
    page.on("download", lambda download: taken.append(download))
    opened(page, f"{url}/?page=overview")
    page.get_by_role("link", name="Caseload", exact=True).click()
    ready(page, "Caseload")
    page.locator("#x-open_cases summary").click()
    page.locator("#x-open_cases-csv").click()
    with page.expect_download():
        page.locator(PURPOSE).click()
    page.go_back()
    ready(page, "What needs somebody")
    page.go_forward()
    ready(page, "Caseload")
    page.reload()
    ready(page, "Caseload")
    assert len(taken) == 1
    assert [line.event for line in lines()].count("file") == 1
    watch.assert_quiet()


def test_a_second_tab_has_a_page_of_its_own(recorded, page, watch):
    url, lines = recorded
    opened(page, f"{url}/?page=caseload", "Caseload")
    other = page.context.new_page()
    watch.follow(other)
    opened(other, page.url, "Caseload")
    other.locator("#f-grain").select_option("month")
    other.wait_for_url("**by=month**")
    assert "by=month" not in page.url
    page.locator("#f-grain").select_option("quarter")
    page.wait_for_url("**by=quarter**")
    until(other, lambda now: "by=month" in now.url)
    assert len({line.session for line in lines()}) == 2
    watch.assert_quiet()


def test_without_a_network_nothing_is_lost_and_the_page_goes_on_when_it_is_back(recorded, page):
    url, lines = recorded
    links = []

    def through(socket) -> None:
        socket.connect_to_server()
        links.append(socket)

    page.route_web_socket("**/*", through)
    opened(page, f"{url}/?page=caseload&level=high", "Caseload")
    before = page.url
    page.evaluate("() => { window.old = true }")
    page.context.set_offline(True)
    links[-1].close()  # as the system does when the network goes
    page.get_by_role("alert").get_by_text("The connection is lost. Nothing was changed.").wait_for()
    assert page.get_by_role("heading", level=1).first.inner_text() == "Caseload", "what stood there stays"
    page.context.set_offline(False)
    page.wait_for_function("() => !window.old && document.getElementById('lost')?.childNodes.length === 0")
    ready(page, "Caseload")
    assert page.url == before
    assert [line.event for line in lines()] == ["page", "page"], "the page was shown twice"


def test_what_cannot_be_recorded_is_not_shown_and_can_be_tried_again(recorded, page, tmp_path):
    import sqlite3

    url, _ = recorded
    opened(page, f"{url}/?page=caseload", "Caseload")
    raw = sqlite3.connect(tmp_path / "r.sqlite")
    raw.execute("ALTER TABLE audit RENAME TO elsewhere")
    page.locator("#n-open_cases").click()
    page.get_by_text("This look could not be recorded, so nothing is shown (reference").wait_for()
    assert page.get_by_role("heading", level=1).inner_text() == "Nothing is shown"
    assert page.locator("table, .numbers").filter(visible=True).count() == 0
    assert page.get_by_role("navigation").count() == 0
    answer = page.request.get(f"{url}/?page=caseload")
    assert "could not be recorded, so nothing is shown" in answer.text()
    assert "Caseload" not in answer.text()
    raw.execute("ALTER TABLE elsewhere RENAME TO audit")
    raw.close()
    page.get_by_role("button", name="Try again").click()
    found = until(page, lambda now: now.list is not None)
    assert len(found.list["rows"]) == 25
