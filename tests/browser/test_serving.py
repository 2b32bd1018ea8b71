"""The two ways to serve the pages answer, quietly, and end when they are told to."""

import sys
from datetime import date

import pytest

from tests.browser.raw import counts
from tests.browser.reading import ready
from tests.browser.test_views import assert_complete
from tests.fixtures.browser import answers, free_port, start, stop


@pytest.fixture
def panel_served(tmp_path):
    """`panel serve dashboard/app.py` with no other setting; the sample does not exist yet."""
    port = free_port()
    command = [sys.executable, "-m", "panel", "serve", "dashboard/app.py", "--port", str(port)]
    url = f"http://localhost:{port}/app"
    ready = f"http://localhost:{port}/static/js/bokeh.min.js"  # the page's own address would make a page at each asking
    server = start(command, ready, tmp_path / "log", url, CASELIGHT_DATA=str(tmp_path / "data"))
    yield server
    stop(server.process)
    print(server.log.read_text(errors="replace"))  # shown where the test failed


def test_panel_serve_alone_shows_the_sample(panel_served, page, watch):
    page.goto(panel_served.url, timeout=180_000)  # the first visitor waits for the sample
    ready(page)
    assert "caselight" in page.title()
    sample = panel_served.log.parent / "data" / "sample.sqlite"
    assert sample.is_file()
    assert_complete(page, "overview")
    page.get_by_role("link", name="Caseload", exact=True).click()
    ready(page, "Caseload")
    found = assert_complete(page, "caseload")
    now = counts(f"sqlite:///{sample.as_posix()}", ("EAST", "NORTH", "WEST"), date(2026, 8, 24), date(2026, 11, 23))
    assert [found.number(name) for name in ("Open now", "Referred", "Closed")] == [
        str(now[name]) for name in ("open", "referred", "closed")
    ]
    watch.assert_quiet()


def test_caselight_serve_answers_at_the_root_and_for_its_health(sample_pages, page, watch):
    assert answers(f"{sample_pages}/health")
    page.goto(f"{sample_pages}/")
    page.get_by_role("heading", level=1).first.wait_for()
    assert "caselight" in page.title()
    watch.assert_quiet()


def test_a_taken_port_is_said_with_another_one(sample_url, sample_pages, capsys, monkeypatch):
    from dashboard.cli import main

    monkeypatch.setenv("CASELIGHT_DATABASE", sample_url)  # serving sets it; afterwards it is as before
    port = int(sample_pages.rsplit(":", 1)[1])
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--database", sample_url, "--port", str(port)])
    assert ended.value.code == 1
    assert f"Port {port} is taken" in capsys.readouterr().err
