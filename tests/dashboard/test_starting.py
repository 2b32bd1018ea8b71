"""The port answers before the pages can be shown, and what goes over the wire goes packed."""

import gzip
import subprocess
import sys
import urllib.error
import urllib.request
from http.client import HTTPConnection

import pytest

from dashboard.packed import _script
from dashboard.starting import Starting
from tests.fixtures.browser import free_port


def fetched(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body as it travelled."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def test_a_command_reads_nothing_that_draws():
    """Otherwise the port would answer seconds later, and so would every other command."""
    said = "import dashboard.cli, dashboard.cli_serve, sys; print({'panel', 'bokeh', 'holoviews'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"


def test_every_page_can_be_shown_without_what_writes_files(sample_url):
    """11 MB of a server that nobody has taken a workbook from; the weekly page shows what one would say."""
    said = """
import sys
from dashboard.app import warm
warm(sys.argv[1]).join()
weekly = sys.modules.get("dashboard.workbook.export")
print(weekly is not None, sorted({"openpyxl", "lxml", "PIL"} & set(sys.modules)))
"""
    found = subprocess.run([sys.executable, "-c", said, sample_url], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "True []"


def test_while_it_starts_health_answers():
    port = free_port()
    with Starting(port):
        assert fetched(f"http://127.0.0.1:{port}/health")[::2] == (200, b"starting\n")
    with pytest.raises(urllib.error.URLError):
        fetched(f"http://127.0.0.1:{port}/health")
    with Starting(port):  # the port is free again
        pass


def asked(port: int, path: str) -> HTTPConnection:
    """A request that is sent and not answered yet."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path)
    return connection


@pytest.mark.parametrize("path", ["/?page=risk&force=NORTH", "//elsewhere.example/x"])
def test_who_asks_for_a_page_waits_and_is_sent_to_it_on_this_host(path):
    port = free_port()
    starting = Starting(port)
    with starting:
        waiting = asked(port, path)
        asked(port, "/health").getresponse()  # the one before has been accepted by now
    starting.over()
    answer = waiting.getresponse()
    assert answer.status == 307
    assert answer.headers["Location"] == "/" + path.lstrip("/")


def test_who_waits_too_long_is_told_to_come_again(monkeypatch):
    monkeypatch.setattr("dashboard.starting.PATIENCE", 0.01)
    port = free_port()
    with Starting(port):
        status, headers, page = fetched(f"http://127.0.0.1:{port}/?page=risk")
    assert status == 503
    assert headers["Retry-After"] == "1"
    assert b"caselight is starting" in page


def test_a_taken_port_is_told():
    port = free_port()
    with Starting(port), pytest.raises(OSError, match="in use"):
        Starting(port)


def test_pages_and_the_script_travel_packed_where_they_can_be_unpacked(sample_pages):
    script = f"{sample_pages}/static/js/bokeh.min.js?v=1"
    for url, least in ((f"{sample_pages}/?page=caseload", 4), (script, 3)):
        _, plain_headers, plain = fetched(url)
        _, headers, packed = fetched(url, **{"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in plain_headers
        assert headers["Content-Encoding"] == "gzip"
        assert headers["Vary"] == "Accept-Encoding"
        assert len(gzip.decompress(packed)) > least * len(packed)
        assert abs(len(gzip.decompress(packed)) - len(plain)) < 200, "the same but for the session's own token"
    assert "immutable" in fetched(script)[1]["Cache-Control"]
    assert fetched(script)[2] == _script("bokeh.min.js")[0]
    assert "no-store" in fetched(f"{sample_pages}/")[1]["Cache-Control"]
