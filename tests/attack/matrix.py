"""Every person on every address: who is given rows of whom. ``python -m tests.attack.matrix`` prints the table."""

import base64
import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bokeh.util.token import generate_jwt_token, generate_session_id, get_session_id

from tests.attack.client import Client
from tests.attack.conftest import Service, serving
from tests.attack.world import PEOPLE, SEES, seen

LIST = "?page=caseload&list=open_cases&at=1"
WRONG_COOKIE = "caselight-sign-in"
Asked = Callable[["Attempt"], str]


@dataclass
class Attempt:
    """Somebody and, for what they try with what is not theirs, another person."""

    service: Service
    client: Client
    other: str

    @cached_property
    def token(self) -> str:
        """Of a page of the other person's that was not opened yet."""
        return self.service.client(self.other).page(LIST).token

    def get(self, path: str, **given) -> str:
        """What an address gives, and what the socket of a token in it gives."""
        got = self.client.ask(path, **given)
        return got.text + self.pulled(got.token)

    def pulled(self, token: str, **given) -> str:
        """What the socket of a token gives."""
        socket = self.client.socket(token, **given) if token else None
        if socket is None:
            return ""
        text = socket.pull()
        socket.close()
        return text

    @property
    def root(self) -> str:
        """The page's own folder of addresses."""
        return self.client.path.rstrip("/")


def changed(token: str, **claims: object) -> str:
    """A token with other claims and the signature that it had."""
    body, dot, signature = token.partition(".")
    told = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))) | claims
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=") + dot + signature


def own_page(attempt: Attempt) -> str:
    """A token of one's own, if one gets any."""
    return attempt.client.page(LIST).token


def invented(attempt: Attempt) -> str:
    claims = {"headers": {"Host": "localhost"}, "cookies": attempt.client.cookies, "arguments": {}}
    return attempt.pulled(generate_jwt_token(generate_session_id(signed=False), signed=False, extra_payload=claims))


def renamed(attempt: Attempt) -> str:
    """The other's session in a token of one's own making, plain and with a signature of another secret."""
    session = get_session_id(attempt.token)
    plain = generate_jwt_token(session, signed=False, extra_payload={})
    signed = generate_jwt_token(session, signed=True, secret_key=b"k" * 32, extra_payload={})
    return (
        attempt.pulled(plain)
        + attempt.pulled(signed)
        + attempt.pulled(changed(own_page(attempt) or plain, session_id=session))
    )


def expired(attempt: Attempt) -> str:
    """One's own page, opened after its time."""
    token = own_page(attempt)
    attempt.service.later(121)
    return attempt.pulled(token)


def replayed(attempt: Attempt) -> str:
    """One's own token a second time; what the first time gave is left out."""
    token = own_page(attempt)
    attempt.pulled(token)
    return attempt.pulled(token)


def messages(attempt: Attempt) -> str:
    """One's own socket, asked for everything there is."""
    token = own_page(attempt)
    socket = attempt.client.socket(token) if token else None
    if socket is None:
        return ""
    told = [socket.pull(), socket.say(do="every")]
    told += [socket.say(set="force", value=code, checked="true") for code in ("MERLIN", "KESTREL")]
    told += [socket.say(do="address", query=LIST + f"&force={code}&team={team}") for code, team in
             (("MERLIN", "T1"), ("KESTREL", "T2"), ("KESTREL", "T1"))]  # fmt: skip
    socket.close()
    return "".join(told)


PRETEND = [
    ("X-Auth-Request-User", "ann"), ("X-Caselight-User", "ann"),
    ("X-Caselight-Groups", "managers"), ("X-Caselight-Proxy", "guess"), ("Authorization", "Bearer ann"),
]  # fmt: skip
OWN: dict[str, Asked] = {
    "page": lambda a: a.get(a.client.path + LIST),
    "page with a slash": lambda a: a.get(a.root + "/" + LIST),
    "socket, own token": lambda a: a.pulled(own_page(a)),
    "messages of every force": messages,
    "address of every force": lambda a: a.get(a.client.path + LIST + "&force=MERLIN&force=KESTREL&team=T2&team=T1"),
    "another role": lambda a: a.get(a.client.path + LIST + "&as=auditor"),
    "page, headers that pretend": lambda a: a.get(a.client.path + LIST, headers=PRETEND),
    "page, cookies that pretend": lambda a: a.get(
        a.client.path + LIST,
        headers=[
            ("Cookie", "; ".join(f"{k}={v}" for k, v in {**a.client.cookies, "is_guest": "1", "user": "ann"}.items()))
        ],
    ),
}
NOTHING: dict[str, Asked] = {
    "autoload": lambda a: a.get(f"{a.root}/autoload.js?bokeh-autoload-element=x&bokeh-app-path={a.root}"),
    "metadata": lambda a: a.get(f"{a.root}/metadata"),
    "socket, another's token": lambda a: a.pulled(a.token),
    "socket, invented token": invented,
    "socket, another's session": renamed,
    "socket, expired token": expired,
    "socket, own token again": replayed,
    "socket without a token": lambda a: a.pulled("none"),
    "socket from another site": lambda a: a.pulled(own_page(a), headers=[("Origin", "https://other.example")]),
    "page by session id": lambda a: a.get(f"{a.client.path}?bokeh-session-id={get_session_id(a.token)}"),
    "page by token": lambda a: a.get(f"{a.client.path}?bokeh-token={a.token}"),
    "page by session header": lambda a: a.get(a.client.path, headers=[("Bokeh-Session-Id", get_session_id(a.token))]),
    "page posted": lambda a: a.get(a.client.path, method="POST"),
    "component": lambda a: a.get("/components/tests.attack.planted/a/_css/x"),
    "liveness": lambda a: a.get("/liveness") + a.get(f"/liveness?endpoint={a.client.path}"),
    "rest": lambda a: a.get("/rest/session_info") + a.get("/rest"),
    "admin": lambda a: a.get("/admin") + a.get("/admin/autoload.js?bokeh-autoload-element=x"),
    "static": lambda a: a.get("/static/js/bokeh.min.js") + a.get("/static/%2e%2e/%2e%2e/app.py"),
    "source": lambda a: a.get("/app.py") + a.get("/world.sqlite") + a.get(f"{a.root}/static/../app.py"),
    "health": lambda a: a.get("/health") + a.get("/favicon.ico") + a.get("/ready"),
    "sign-in page": lambda a: a.get("/login"),
    "another host": lambda a: a.get(a.client.path + LIST, headers=[("Host", "caselight.example")]),
    "through something": lambda a: a.get(a.client.path + LIST, headers=[("X-Forwarded-For", "192.0.2.1")]),
}
ROUTES = OWN | NOTHING
CHOSEN = {"address of every force"}  # teams are chosen there, which are not all that somebody may see
STRANGERS = ("nobody", "forged", "signed out")


def somebody(service: Service, name: str) -> Client:
    """A client of that name, or one that pretends."""
    if name in PEOPLE:
        return service.client(name)
    client = service.client("ann" if name == "signed out" else "")
    if name == "signed out":
        kept = dict(client.cookies)
        assert client.sign_out().status == 200
        client.cookies.update(kept)
    if name == "forged":
        client.cookies[WRONG_COOKIE] = "kGkJ0sQ4n5vHkq3cS8mH3sXw0x3o1pVYxYl1o7Gk2bE." + "0" * 64
    return client


def allowed(name: str, route: str) -> set[str]:
    """Whose rows this person may be given at this address."""
    return SEES.get(name, set()) if route in OWN else set()


def fits(given: set[str], name: str, route: str) -> bool:
    """Whether that is what this person may be given there: everything of theirs, or a part where they chose one."""
    may = allowed(name, route)
    return given <= may and bool(given) == bool(may) if route in CHOSEN else given == may


def row(service: Service, name: str) -> dict[str, set[str]]:
    """What each address gave to a person."""
    client = somebody(service, name)
    found = {}
    for route, asked in ROUTES.items():
        other = "bob" if name in ("ann", "sue", "signed out") else "ann"
        found[route] = seen(asked(Attempt(service, client, other)))
    return found


def table(found: dict[str, dict[str, set[str]]]) -> str:
    """As text: an address a line, a person a column."""
    names, width = list(found), max(map(len, ROUTES))
    lines = [" " * width + "".join(f"  {name:>10}" for name in names)]
    for route in ROUTES:
        told = [_cell(found[name][route], fits(found[name][route], name, route)) for name in names]
        lines.append(f"{route:<{width}}" + "".join(f"  {one:>10}" for one in told))
    return "\n".join(lines)


def _cell(given: set[str], fitting: bool) -> str:
    return ("own rows" if given else "-") if fitting else "WRONG"


def main(launcher: str = "caselight serve") -> int:
    """Print the table of one way to serve; 1 when anything in it is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        for service in serving(Path(folder), launcher):
            text = table({name: row(service, name) for name in (*STRANGERS, *PEOPLE)})
            print(text)
    return int("WRONG" in text)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
