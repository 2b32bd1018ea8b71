"""The gated page and socket: nothing is looked for, made or answered before somebody is known to be asking."""

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast
from urllib.parse import quote

from bokeh.util.token import check_token_signature, get_session_id
from panel.io.server import DocHandler, RootHandler, WSHandler
from tornado.ioloop import IOLoop
from tornado.web import HTTPError, RequestHandler
from tornado.websocket import WebSocketClosedError

from dashboard.gate import words
from dashboard.gate.keeper import Keeper, keeper
from dashboard.gate.sign_ins import SignIn
from dashboard.packed import PackedPage
from dashboard.shell import failure_words
from data_access.errors import CaselightError, NotGiven

log = logging.getLogger("caselight.gate")
LONGEST_ADDRESS = 4_000  # of the page that somebody wanted before signing in
_making = ThreadPoolExecutor(max_workers=4, thread_name_prefix="making")
GOING_AWAY = 1001  # what a browser says when its page is closed or left
OVER = 4001  # the code with which a socket is closed when its sign-in is over
HEADERS = {
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # to nobody else; with none at all a browser hides where a form comes from
}


class Guarded(RequestHandler):
    """A handler that says no in words, and never inside another site's page."""

    def set_default_headers(self) -> None:
        """What goes with every answer."""
        for name, value in HEADERS.items():
            self.set_header(name, value)
        self.set_header("Server", "caselight")

    def say(self, status: int, page: str) -> None:
        """End with a small page of ours."""
        self.set_status(status)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", words.POLICY)
        self.finish(page)

    def log_exception(self, kind: Any, error: Any, trace: Any) -> None:
        """Kind and place only: an address holds what somebody chose, and a message may hold more."""
        if not isinstance(error, HTTPError):
            failure_words(error)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """A sentence, whatever went wrong."""
        self.say(status_code, words.failed())


def gives_a_session(request: Any) -> bool:
    """Whether a request names a session: ours are made by us, one for each page."""
    return "Bokeh-Session-Id" in request.headers or any(
        name in request.arguments for name in ("bokeh-session-id", "bokeh-token")
    )


class Gated(Guarded):
    """What a person sees; whoever is none is sent to sign in."""

    async def prepare(self) -> None:
        """Let through whoever is known; nobody else gets further."""
        if not self._let_in(keeper()):
            return
        await super().prepare()  # type: ignore[misc]

    def _let_in(self, gate: Keeper) -> bool:
        if gives_a_session(self.request):
            self._turned_away(gate, "a session was named")
            self.say(403, words.failed())
            return False
        try:
            person, cookie = gate.arrived(self.request)
        except CaselightError as error:  # nobody can be told, or it cannot be recorded
            self.say(503, words.page("Nothing is shown", str(error)))
            return False
        if cookie:
            self.add_header("Set-Cookie", cookie)
        if person is None:
            self._stranger(gate)
            return False
        self.request.caselight = self._as_asked(gate, person)  # type: ignore[attr-defined]
        return True

    def _as_asked(self, gate: Keeper, person: Any) -> Any:
        """The person in the role that the address asks for, if they hold it; the next pages keep it."""
        asked = self.get_query_argument("as", "")
        sign_in = gate.sign_in_of(self.request) if asked in person.roles and asked != person.role else None
        if sign_in is None:
            return person
        gate.sign_ins.choose(sign_in, asked)
        return sign_in.person

    def _stranger(self, gate: Keeper) -> None:
        reason = gate.refusal(self.request)
        if reason:
            log.warning("a request was refused: %s", reason)
            self.say(403, words.shut(gate.shut) if gate.shut else words.HERE if not gate.mode else words.elsewhere())
        elif gate.mode == "proxy":
            self.say(401, words.no_proxy())
        else:
            wanted = self.request.uri if self.request.method == "GET" else "/"
            wanted = wanted if wanted and len(wanted) <= LONGEST_ADDRESS else "/"
            prefix = getattr(self.application, "prefix", "")
            self.redirect(f"{prefix}/login?next={quote(wanted, safe='')}", status=303)

    def _turned_away(self, gate: Keeper, why: str) -> None:
        log.warning("a request was refused: %s", why)
        if gate.mode:
            noted(gate, self.request)


def noted(gate: Keeper, request: Any) -> None:
    """A line of the audit for a refusal of somebody known; when it cannot be written, the refusal stands all the same.

    Strangers are told by the log: they could fill the audit otherwise.
    """
    person = gate.person_of(request)
    if person is None:
        return
    try:
        gate.note("refused", person, request)
    except CaselightError as error:
        log.error("a refusal was not recorded: %s", type(error).__name__)


class GatedPage(Gated, PackedPage, DocHandler):
    """A page."""

    async def get_session(self) -> Any:
        """Make what the page shows in a thread, then its session: nobody waits for a database that hangs."""
        first = keeper().make
        if first is not None:
            try:
                page = await IOLoop.current().run_in_executor(_making, first, self.request)
                if not keeper().still(self.request.caselight):  # type: ignore[attr-defined]
                    raise NotGiven("You are not signed in any more. Load the page anew.")
                self.request.caselight_page = page  # type: ignore[attr-defined]
            except Exception as error:  # the page says it
                self.request.caselight_fault = error  # type: ignore[attr-defined]
        session = await cast(Any, super().get_session())
        self.set_status(getattr(self.request, "caselight_status", 200))
        return session


class GatedRoot(Gated, RootHandler):
    """Where the address names no page: under ``panel serve`` it leads to the one there is."""


class GatedSocket(Guarded, WSHandler):
    """The socket of a page: opened once, soon, by the page's owner, and only as long as the sign-in goes on."""

    sign_in: SignIn | None = None

    async def prepare(self) -> None:
        """Let the page's owner through."""
        gate = keeper()
        person = gate.person_of(self.request)
        session = self._session()
        if person is None or not session or not gate.held.opens(session, person):
            if gate.mode:
                noted(gate, self.request)
            self.say(403, words.failed())
            return
        self.sign_in = gate.sign_in_of(self.request)
        await cast(Any, super().prepare())

    def _session(self) -> str:
        """The session that the token names, where the token is whole; else nothing."""
        given = self.request.headers.get_list("Sec-WebSocket-Protocol")
        parts = [part.strip() for part in ",".join(given).split(",")]
        if len(parts) != 2 or parts[0] != "bokeh" or gives_a_session(self.request):
            return ""
        app: Any = self.application
        try:
            signed = check_token_signature(parts[1], signed=app.sign_sessions, secret_key=app.secret_key)
            return str(get_session_id(parts[1])) if signed else ""
        except Exception:  # whatever was sent instead of a token
            return ""

    def open(self) -> None:
        """Bokeh sends each message as three frames; without this the second waits 40 ms for the first's receipt."""
        self.set_nodelay(True)
        keeper().held.sockets.add(self)
        super().open()

    def _goes_on(self) -> bool:
        gate = keeper()
        return not gate.shut and (self.sign_in is None or gate.sign_ins.goes_on(self.sign_in))

    async def on_message(self, fragment: str | bytes) -> None:
        """Answer while the sign-in goes on."""
        if not self._goes_on():
            self.leave()
            return
        if self.sign_in is not None:
            self.sign_in.seen = keeper().sign_ins.clock()
        await super().on_message(fragment)

    async def write_message(self, message: Any, binary: bool = False, locked: bool = True) -> None:
        """Send while the sign-in goes on; an answer that was being made when it ended is not sent."""
        if not self._goes_on():
            self.leave()
            raise WebSocketClosedError
        await cast(Any, super().write_message(message, binary, locked))

    def leave(self) -> None:
        """Close it, and let its session be taken down."""
        keeper().held.sockets.discard(self)
        if self.connection is not None:
            self.connection.session.request_expiration()
        self.close(OVER, "signed out")

    def on_close(self) -> None:
        """Forget it; whoever closed the page does not come back to its session, whoever lost the line may."""
        keeper().held.sockets.discard(self)
        if self.close_code == GOING_AWAY and self.connection is not None:
            self.connection.session.request_expiration()
        super().on_close()
