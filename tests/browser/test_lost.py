"""A page whose server is gone says so in words, and comes back by itself once the server answers."""

import sys
from collections.abc import Callable, Iterator

import pytest

from tests.browser.reading import opened, ready
from tests.fixtures.browser import Server, free_port, start, stop

WORDS = "The connection is lost. Nothing was changed. The page comes back by itself when the server answers."


@pytest.fixture
def of_my_own(sample_url, tmp_path) -> Iterator[Callable[[], Server]]:
    """A function that starts a server of the sample, at the same address each time, which the test may stop."""
    port, started = free_port(), []
    url = f"http://localhost:{port}"
    command = [sys.executable, "-m", "dashboard", "serve", "--database", sample_url, "--port", str(port)]

    def serve() -> Server:
        started.append(start(command, f"{url}/health", tmp_path / f"log{len(started)}", url))
        return started[-1]

    yield serve
    for server in started:
        stop(server.process)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_lost_server_is_said_and_the_page_comes_back_with_it(of_my_own, new_page, scheme):
    server, page = of_my_own(), new_page(color_scheme=scheme)
    opened(page, f"{server.url}/?page=caseload&force=WEST", "Caseload")
    alert = page.get_by_role("alert")
    assert alert.text_content() == ""
    address = page.url

    stop(server.process)
    said = alert.get_by_text(WORDS)
    said.wait_for()
    ink, paper = said.evaluate("(node) => [getComputedStyle(node).color, getComputedStyle(node).backgroundColor]")
    assert (ink, paper) == {
        "light": ("rgb(29, 29, 27)", "rgb(255, 255, 255)"),
        "dark": ("rgb(232, 230, 227)", "rgb(22, 24, 28)"),
    }[scheme]
    page.get_by_role("button", name="Load again").wait_for()

    if scheme == "light":  # lost twice in a minute: it leaves it to the person, who need not be quicker than the page
        page.evaluate("sessionStorage.setItem('caselight.reloaded', Date.now() + 600000)")
    of_my_own()
    if scheme == "light":
        alert.get_by_text("The connection was lost again.").wait_for()
        page.get_by_role("button", name="Load again").click()
    page.wait_for_function("() => document.getElementById('lost')?.childNodes.length === 0")
    ready(page, "Caseload")
    assert page.url == address
