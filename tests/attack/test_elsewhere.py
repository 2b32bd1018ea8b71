"""People who sign in elsewhere: a proxy that vouches for them, or a provider with a code flow."""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.attack.client import Client
from tests.attack.conftest import serving
from tests.attack.matrix import LIST
from tests.attack.world import SEES, seen

SECRET = "b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da56"
HOST = ("Host", "caselight.example")
GROUPS = """
[groups.managers]
role = "service_manager"
forces = ["KESTREL"]
[groups.sups]
role = "supervisor"
forces = ["KESTREL"]
teams = ["T1"]
[groups.auditors]
role = "auditor"
[groups.admins]
role = "admin"
"""


def private(path, content: str) -> str:
    """A file for its owner."""
    path.write_text(content)
    path.chmod(0o600)
    return str(path)


@pytest.fixture(scope="module")
def behind(tmp_path_factory):
    """A server behind a proxy."""
    folder = tmp_path_factory.mktemp("proxy")
    yield from serving(
        folder, "caselight serve", CASELIGHT_SIGN_IN="proxy", CASELIGHT_ORIGIN="https://caselight.example",
        CASELIGHT_GROUPS=private(folder / "groups.toml", GROUPS),
        CASELIGHT_PROXY_SECRET_FILE=private(folder / "proxy", SECRET),
    )  # fmt: skip


def vouched(service, name: str, groups: str = "managers", secret: str = SECRET, *more: tuple[str, str]) -> Client:
    """Somebody for whom the proxy vouches."""
    given = [HOST, ("X-Caselight-Proxy", secret), ("X-Caselight-User", name), ("X-Caselight-Groups", groups)]
    return Client(service.url, more=[*given, *more])


def test_who_is_vouched_for_sees_what_the_groups_give(behind):
    client = vouched(behind, "ann")
    page = client.page(LIST)
    assert seen(page.text) == SEES["ann"]
    assert page.header("Set-Cookie").startswith("__Host-caselight=")
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= {part.strip() for part in page.header("Set-Cookie").split(";")}
    assert seen(client.socket(page.token, headers=[("Origin", "https://caselight.example")]).pull()) == SEES["ann"]
    assert SECRET not in page.text
    assert seen(vouched(behind, "sue", "sups,domain users").page(LIST).text) == SEES["sue"]
    for groups in ("", "domain users", "auditors", "admins,auditors,managers"):
        assert seen(vouched(behind, "bob", groups).page(LIST).text) == set()


def test_who_is_not_vouched_for_gets_nothing(behind):
    for client in (
        Client(behind.url, more=[HOST]),
        Client(behind.url, more=[HOST, ("X-Caselight-User", "ann"), ("X-Caselight-Groups", "managers")]),
        Client(behind.url, more=[HOST, ("X-Forwarded-User", "ann"), ("X-Forwarded-Groups", "managers")]),
        vouched(behind, "ann", "managers", "guess"),
        vouched(behind, "ann", "managers", SECRET, ("X-Caselight-User", "bob")),
        vouched(behind, "ann,bob"),
    ):
        page = client.page(LIST)
        assert (page.status, seen(page.text), page.token) == (401, set(), "")
    other = vouched(behind, "ann")
    other.more[0] = ("Host", "localhost")
    assert other.page(LIST).status == 403


def test_a_cookie_without_the_proxy_or_with_another_person_is_nobody(behind):
    client = vouched(behind, "ann")
    token = client.page(LIST).token
    direct = Client(behind.url, cookies=dict(client.cookies), more=[HOST])
    assert direct.page(LIST).status == 401
    assert direct.socket(token) is None
    for name, groups in (("sue", "sups"), ("ann", "sups")):
        other = vouched(behind, name, groups)
        other.cookies = dict(client.cookies)
        assert other.socket(token) is None
        assert seen(other.page(LIST).text) == SEES["sue"], "a sign-in of their own"


def test_changed_groups_and_a_disabled_name_close_open_pages(behind):
    client = vouched(behind, "cal")
    socket = client.socket(client.page(LIST).token)
    behind.accounts.disable("cal")
    assert socket.closed
    assert client.page(LIST).status == 401
    other = vouched(behind, "dot", "sups")
    socket = other.socket(other.page(LIST).token)
    (behind.folder / "groups.toml").write_text(GROUPS.replace('teams = ["T1"]', 'teams = ["T2"]'))
    assert socket.closed
    assert seen(other.page(LIST).text) == {"kestreltwo", "force kestrel"}
    (behind.folder / "groups.toml").write_text(GROUPS)


def test_there_is_no_password_page_behind_a_proxy(behind):
    for client in (Client(behind.url, more=[HOST]), vouched(behind, "ann")):
        assert client.ask("/login").status == 404
        assert client.ask("/login", "POST", "name=ann&password=x").status in (403, 404)


class Stub:
    """A provider on loopback that answers as the OpenID specification says; ``claims`` are what it will tell."""

    def __init__(self) -> None:
        self.codes: dict[str, dict] = {}
        stub = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                body = stub.answer({name: values[0] for name, values in sent.items()}, self.headers)
                self.send_response(200 if body else 400)
                self.end_headers()
                self.wfile.write(json.dumps(body or {"error": "invalid_grant"}).encode())

            def log_message(self, *_) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, sent: dict[str, str], headers) -> dict | None:
        """An id token for a code that is used once, by the client itself, with its proof key."""
        known = self.codes.pop(sent.get("code", ""), None)
        who = base64.b64encode(b"caselight:" + SECRET.encode()).decode()
        proof = base64.urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest()).decode()
        if (
            known is None
            or headers["Authorization"] != f"Basic {who}"
            or proof.rstrip("=") != known["challenge"]
            or sent.get("redirect_uri") != "https://caselight.example/login"
        ):
            return None
        parts = (b'{"alg":"RS256"}', json.dumps(known["claims"]).encode(), b"signature")
        token = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
        return {"access_token": "a", "token_type": "Bearer", "id_token": token}


@pytest.fixture(scope="module")
def provider():
    """A provider of our own."""
    stub = Stub()
    yield stub
    stub.server.shutdown()
    stub.server.server_close()


@pytest.fixture(scope="module")
def provided(provider, tmp_path_factory):
    """A server whose people sign in at the provider."""
    folder = tmp_path_factory.mktemp("oidc")
    file = f"""
issuer = "https://id.example"
client_id = "caselight"
client_secret = "{SECRET}"
authorize_url = "https://id.example/authorize"
token_url = "{provider.url}/token"
"""
    yield from serving(
        folder, "caselight serve", CASELIGHT_SIGN_IN="oidc", CASELIGHT_ORIGIN="https://caselight.example",
        CASELIGHT_GROUPS=private(folder / "groups.toml", GROUPS), CASELIGHT_OIDC=private(folder / "oidc.toml", file),
    )  # fmt: skip


def begun(service, client: Client, wanted: str = "/") -> dict[str, str]:
    """What the browser is sent to the provider with."""
    got = client.ask("/login?" + urlencode({"next": wanted}))
    assert got.status == 303
    where = urlsplit(got.header("Location"))
    assert (where.netloc, where.path) == ("id.example", "/authorize")
    return {name: values[0] for name, values in parse_qs(where.query).items()}


def told(provider: Stub, asked: dict[str, str], code: str = "c", **claims: object) -> None:
    """What the provider will tell for a code."""
    held = {
        "iss": "https://id.example", "aud": "caselight", "sub": "1", "exp": time.time() + 60, "nonce": asked["nonce"],
        "preferred_username": "ann", "groups": ["managers"],
    }  # fmt: skip
    provider.codes[code] = {"challenge": asked["code_challenge"], "claims": held | claims}


def back(client: Client, asked: dict[str, str], code: str = "c"):
    """The browser comes back from the provider."""
    return client.ask("/login?" + urlencode({"code": code, "state": asked["state"]}))


def test_the_code_flow_signs_in(provided, provider):
    client = Client(provided.url, more=[HOST])
    assert client.page(LIST).header("Location").startswith("/login?next=")
    asked = begun(provided, client, "/" + LIST)
    assert asked["redirect_uri"] == "https://caselight.example/login"
    assert asked["code_challenge_method"] == "S256"
    assert "client_secret" not in asked
    told(provider, asked)
    got = back(client, asked)
    assert (got.status, got.header("Location")) == (303, "/" + LIST)
    assert set(client.cookies) == {"__Host-caselight"}, "no token of the provider's, and the flow's cookie is gone"
    assert seen(client.page(LIST).text) == SEES["ann"]
    assert back(client, asked).status == 401, "a flow comes back once"


@pytest.mark.parametrize(
    "claims",
    [{"nonce": "other"}, {"aud": "other"}, {"iss": "https://other.example"}, {"exp": 1}, {"preferred_username": "a b"}],
)
def test_what_the_provider_says_of_another_flow_signs_nobody_in(provided, provider, claims):
    client = Client(provided.url, more=[HOST])
    asked = begun(provided, client)
    told(provider, asked, **claims)
    assert back(client, asked).status == 401
    assert "__Host-caselight" not in client.cookies


def test_a_flow_belongs_to_the_browser_that_began_it(provided, provider):
    victim, attacker = Client(provided.url, more=[HOST]), Client(provided.url, more=[HOST])
    asked = begun(provided, attacker)
    told(provider, asked)
    begun(provided, victim)
    assert back(victim, asked).status == 401
    assert back(attacker, {"state": "invented"}).status == 401
    assert attacker.ask("/login?error=access_denied&error_description=<b>").status == 401


def test_a_code_that_the_provider_does_not_know_signs_nobody_in(provided):
    client = Client(provided.url, more=[HOST])
    assert back(client, begun(provided, client), "unknown").status == 401


def test_a_disabled_name_and_an_unknown_group_see_nothing(provided, provider):
    provided.accounts.disable("eve")
    client = Client(provided.url, more=[HOST])
    asked = begun(provided, client)
    told(provider, asked, preferred_username="Eve")
    assert back(client, asked).status == 401
    asked = begun(provided, client)
    told(provider, asked, preferred_username="flo", groups=["domain users"])
    assert back(client, asked).status == 303
    page = client.page(LIST)
    assert (seen(page.text), page.token) == (set(), "")


def test_there_is_no_password_page_beside_a_provider(provided):
    client = Client(provided.url, more=[HOST])
    assert client.ask("/login", "POST", "name=ann&password=x").status == 405
