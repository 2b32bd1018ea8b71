"""Without a sign-in only a browser on the same machine sees data, whichever door is tried."""

import json
import sys
import urllib.error
import urllib.request
from types import SimpleNamespace

import pytest
from bokeh.protocol import Protocol
from bokeh.util.token import generate_jwt_token, generate_session_id
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.httputil import HTTPHeaders
from tornado.ioloop import IOLoop
from tornado.websocket import websocket_connect

from dashboard.gate import refusal, session_refusal
from tests.fixtures.browser import free_port, start, stop

FORCES = ("Northshire", "Eastmere", "Westvale")
FOREIGN = [
    {"X-Forwarded-For": "127.0.0.1"}, {"X-Forwarded-Host": "localhost"}, {"Forwarded": "for=127.0.0.1"},
    {"X-Real-IP": "127.0.0.1"}, {"Via": "1.1 proxy"}, {"Host": "caselight.example"}, {"Host": "localhost.example:5006"},
    {"Host": "127.0.0.1.example"}, {"Host": "10.0.0.5:5006"}, {"Host": "user@localhost"},
]  # fmt: skip


def request(address: str, **headers: str) -> SimpleNamespace:
    """A request with the two parts of tornado's that the gate reads."""
    given = HTTPHeaders({"Host": "localhost:5006"} | {name.replace("_", "-"): value for name, value in headers.items()})
    return SimpleNamespace(remote_ip=address, headers=given)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2", "127.255.255.254", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["localhost:5006", "localhost", "127.0.0.1:5006", "[::1]:5006", "LOCALHOST"])
def test_a_browser_on_this_machine_may_see_data(address, host):
    assert refusal(request(address, Host=host)) == ""


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.5",
        "192.168.1.20",
        "203.0.113.9",
        "2001:db8::1",
        "::ffff:10.0.0.5",
        "0.0.0.0",
        "::",
        "",
        "localhost",
        "None",
    ],
)
def test_another_machine_may_not(address):
    assert refusal(request(address))


@pytest.mark.parametrize("headers", FOREIGN)
def test_what_came_through_something_may_not(headers):
    assert refusal(request("127.0.0.1", **headers))


def test_doubt_is_a_refusal():
    assert refusal(None)
    assert refusal(SimpleNamespace(remote_ip="127.0.0.1"))
    assert refusal(SimpleNamespace(remote_ip="127.0.0.1", headers=HTTPHeaders()))
    assert session_refusal()
    twice = HTTPHeaders({"Host": "localhost"})
    twice.add("Host", "caselight.example")
    assert refusal(SimpleNamespace(remote_ip="127.0.0.1", headers=twice))


def test_another_sites_page_may_not_embed_it():
    assert refusal(request("127.0.0.1", Sec_Fetch_Site="cross-site", Sec_Fetch_Dest="script"))
    assert refusal(request("127.0.0.1", Sec_Fetch_Site="cross-site", Sec_Fetch_Dest="iframe"))
    assert not refusal(request("127.0.0.1", Sec_Fetch_Site="cross-site", Sec_Fetch_Dest="document"))


@pytest.fixture(scope="module", params=["panel serve", "caselight serve"])
def address(request, sample_url, served, tmp_path_factory) -> str:
    """Address of the page under both ways to serve it."""
    if request.param == "caselight serve":
        yield served(sample_url)
        return
    port = free_port()
    running = start(
        [sys.executable, "-m", "panel", "serve", "dashboard/app.py", "--port", str(port)],
        f"http://localhost:{port}/favicon.ico", tmp_path_factory.mktemp("panel") / "log", f"http://localhost:{port}/app",
        CASELIGHT_DATABASE=sample_url,
    )  # fmt: skip
    yield running.url
    stop(running.process)


def fetched(url: str, **headers: str) -> tuple[int, str]:
    """Status and body."""
    asked = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def document(address: str, token: str, **headers: str) -> str:
    """What a socket with this token gives of its document; nothing when it is refused."""

    async def pulled() -> str:
        url = address.replace("http://", "ws://").rstrip("/") + "/ws"
        asked = HTTPRequest(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
        try:
            socket = await websocket_connect(asked, subprotocols=["bokeh", token])
        except HTTPClientError:
            return ""
        message = Protocol().create("PULL-DOC-REQ")
        received = []
        for _ in range(3):  # the greeting: header, metadata, content
            received.append(await socket.read_message())
        if received[0] is None:
            return ""
        for part in (message.header_json, message.metadata_json, message.content_json):
            await socket.write_message(part)
        while len(received) < 12 and "PULL-DOC-REPLY" not in str(received[-3]):
            received.append(await socket.read_message())
        if roots := json.loads(received[-1])["doc"]["roots"]:
            await ask(socket, roots[0]["id"])
            while '"attr":"tell"' not in str(received[-1]):
                received.append(await socket.read_message())
        socket.close()
        return str(received[-1])

    return IOLoop(make_current=False).run_sync(pulled, timeout=60)


async def ask(socket, channel: str) -> None:
    """Ask the page for everything that stands on it."""
    whole = json.dumps({"do": "seen", "n": -1})
    events = [{"kind": "ModelChanged", "model": {"id": channel}, "attr": "ask", "new": whole}]
    for part in ({"msgid": "ask", "msgtype": "PATCH-DOC"}, {}, {"events": events}):
        await socket.write_message(json.dumps(part))


def token_of(page: str) -> str:
    """The session token that a page carries; empty when it carries none."""
    start_at = page.find('"token":"')
    return page[start_at + 9 : page.index('"', start_at + 9)] if start_at >= 0 else ""


def says_no(text: str) -> bool:
    """Whether no force is named."""
    return not any(force in text for force in FORCES)


def test_the_page_is_for_this_machine(address):
    status, page = fetched(address)
    assert status == 200
    assert all(force in page for force in FORCES), "the sample's forces, to somebody at this machine"
    names = document(address, token_of(page))
    assert all(force in names for force in FORCES), "the sample's forces, to somebody at this machine"


@pytest.mark.parametrize("headers", FOREIGN[:6])
def test_a_foreign_request_gets_a_page_that_says_why(address, headers):
    status, page = fetched(address, **headers)
    assert status in (200, 403)
    assert "No sign-in is set up" in page
    assert says_no(page)
    if token := token_of(page):
        assert says_no(document(address, token))


@pytest.mark.parametrize("headers", [FOREIGN[0], FOREIGN[5]])
def test_the_script_for_other_pages_leads_to_no_data(address, headers):
    script = address.rstrip("/") + "/autoload.js?bokeh-autoload-element=x&bokeh-app-path=/"
    _, text = fetched(script, **headers)
    assert says_no(text)
    if token := token_of(text):
        assert says_no(document(address, token, **headers))


@pytest.mark.parametrize("headers", [FOREIGN[0], FOREIGN[2], FOREIGN[5]])
def test_a_socket_with_a_token_of_its_own_making_leads_to_no_data(address, headers):
    claims = {"headers": {"Host": "localhost"}, "cookies": {}, "arguments": {}}
    token = generate_jwt_token(generate_session_id(signed=False), signed=False, extra_payload=claims)
    assert says_no(document(address, token, **headers))


def test_the_components_address_is_closed_where_we_serve(served, sample_url):
    status, _ = fetched(f"{served(sample_url)}/components/this/that/_stylesheets/x")
    assert status == 404


def test_health_needs_no_page(served, sample_url):
    assert fetched(f"{served(sample_url)}/health") == (200, "ok\n")
    assert json.dumps(fetched(f"{served(sample_url)}/health", X_Forwarded_For="10.0.0.1")[1]) == '"ok\\n"'
