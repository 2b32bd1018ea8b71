"""Wires database, scope, filters, views and gate to a page: `panel serve dashboard/app.py`, or `serve` for the CLI."""

import gc
import logging
import os
import secrets
from collections.abc import Callable, Mapping
from functools import cache
from threading import Lock, Thread
from typing import Any

import panel as pn
from jinja2 import Template
from panel.io.server import Server, get_server
from tornado.ioloop import IOLoop
from tornado.web import RequestHandler

import data_access as da
from dashboard import gate
from dashboard.gate.signed import cookie
from dashboard.idle import give_back, when_all_left
from dashboard.making import SCHEME, Made, made, placed
from dashboard.opening import Opening
from dashboard.options import Options
from dashboard.packed import PackedScript
from dashboard.settings import Settings, settings
from dashboard.shell import Shell, failed_template
from dashboard.state import Filters
from dashboard.witness import Witness, audit_of, register_of, who_of
from data_access.errors import CaselightError, NotGiven
from data_access.faults import in_words
from data_access.register.looks import Looks
from data_access.scope import Scope

log = logging.getLogger("caselight.dashboard")
_making = Lock()
MINUTE = 60_000
YOUNG = 20_000  # objects before a collection of its own: an answer makes fewer, and is collected when it is given
NOTHING_FOR = {
    "national_viewer": "National figures are not shown yet: exact counts of a few forces tell too much about people, "
    "so they wait until small numbers can be suppressed.",
    "admin": "Whoever manages accounts sees no cases and no figures. The command caselight user manages them.",
}


@cache
def _opening(url: str) -> Opening:
    return Opening(lambda: da.connect(url, arrays=settings().arrays))


def store(url: str) -> Any:
    """The connected database, one for the process. Raises Unreachable at once while it does not answer."""
    return _opening(url).store()


def ensure_sample(found: Settings) -> None:
    """Make the sample database when it is not there yet. Takes some seconds, once."""
    path = found.data / "sample.sqlite"
    with _making:  # two first visitors at once: one makes it, the other waits
        if path.exists():
            return
        from sample_data.generate import write_sample

        log.warning("there is no sample database yet; it is being made in %s", found.data.name)
        write_sample(found.sample)


def build() -> None:
    """The page of a new session, or a page that says why it may not be seen or cannot be made."""
    if refused():
        return
    request = gate.asking()
    try:
        placed(gate.made_before() or make(request))
        gate.admitted()  # from now on it waits for its socket: the first page of all waits for the sample
    except Exception as error:
        gate.answers(status_of(error))
        person = gate.asker(request)
        pn.state.curdoc.template = failed_template(error, gate.above(person, request) if person else "")


def status_of(error: Exception) -> int:
    """What a server says with the page of an error: not to you, not now, or that it is our fault."""
    if isinstance(error, NotGiven):
        return 403
    return 503 if isinstance(error, CaselightError) or in_words(error) is not None else 500


def make(request: Any) -> Made:
    """The page that a request asks for, for whoever asks. Raises whatever is in its way."""
    from dashboard.views import VIEWS  # a refused session needs none of it, nor does a server of other views

    found = settings()
    if found.shows_sample:
        ensure_sample(found)
    opened = store(found.database)
    person = gate.asker(request)
    if person is None:
        raise NotGiven("You are not signed in.")  # whoever calls this has asked before
    scope = person.scope(person.chosen(), opened.force_codes())
    witness, above = witness_of(found, scope, request, person.session), gate.above(person, request)
    dark = cookie(request.headers.get_list("Cookie"), SCHEME) == "dark"
    # Whoever checks sees no case and no figure; everybody else may ask what was recorded of them.
    if scope.may("audit") or (scope.may("own_lines") and gate.asks_for_lines(request)):
        from dashboard.views.audit import AuditPage

        looks = Looks.within(register_of(found), scope)
        return made(looks, Options(()), {"audit": AuditPage}, request.arguments, dark, witness, above)
    if not scope.may("figures"):
        raise NotGiven(NOTHING_FOR.get(scope.role, "There is nothing to see here in this role."))
    reports = opened.reports(scope)
    return made(reports, Options.of(reports), VIEWS, request.arguments, dark, witness, above)


def witness_of(found: Settings, scope: Scope, request: Any, session: str = "") -> Witness:
    """Whoever records what a page and its session are given; ``session`` is that of the sign-in, if any."""
    address = gate.keeper().address(request)
    return Witness(audit_of(found), who_of(scope, address, session or secrets.token_hex(16)))


def refused() -> bool:
    """Whether the session that is being made may not see data; its page then says why."""
    reason = gate.session_refusal()
    if reason:
        log.warning("a session was refused: %s", reason)
        pn.state.curdoc.template = Template("{% raw %}" + gate.refused_page() + "{% endraw %}")
    return bool(reason)


def framed(
    reports: Any, options: Options, views: Mapping[str, type], asked: Mapping[str, list[bytes]] | None = None
) -> Shell:
    """A page of other views than the product's, or with other reports, for the session of now; nothing is recorded."""
    asked = pn.state.session_args if asked is None else asked
    return placed(made(reports, options, views, asked, pn.state.cookies.get(SCHEME) == "dark"))


class Ready(RequestHandler):
    """Whether pages can be shown: the database answers with tables that are known, and looks can be recorded."""

    async def get(self) -> None:
        """200 or 503, and nothing of the reason."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        ready = await IOLoop.current().run_in_executor(None, is_ready)
        self.set_status(200 if ready else 503)
        self.finish("ready\n" if ready else "not ready\n")


def is_ready() -> bool:
    """Whether a page could be shown now."""
    found = settings()
    try:
        store(found.database).directory()
        with register_of(found).begin():
            return True
    except Exception as error:
        log.warning("not ready: %s", type(error).__name__)
        return False


def server(url: str, port: int) -> Server:
    """A server of the database at ``url`` for browsers on this machine, not yet started; port 0 takes a free one."""
    os.environ["CASELIGHT_DATABASE"] = url
    return local_server(build, port, make)


def local_server(page: Callable[[], Any], port: int, first: Callable[[Any], Made] | None = None) -> Server:
    """A server of one page at ``/``, gated at every request and socket, where the settings say. Not yet started.

    ``first`` makes what the page shows of a request, in a thread.
    """
    os.environ.setdefault("BOKEH_RESOURCES", "server")
    gc.set_threshold(YOUNG, 10, 10)
    found, keeper = settings(), gate.keeper()
    keeper.make = first
    with gate.gated_routes():
        made = get_server(
            {"/": page},
            **gate.listening(found, port),
            title="caselight",
            location=False,
            extra_patterns=[*gate.entrances(keeper), (r"/ready", Ready)],
            sign_sessions=True,
            secret_key=secrets.token_hex(32).encode(),
            session_token_expiration=round(gate.SOON),
            include_headers=[],
            include_cookies=gate.COOKIES,
            unused_session_lifetime_milliseconds=2 * MINUTE,
            check_unused_sessions_milliseconds=MINUTE // 2,
            keep_alive_milliseconds=30_000,
            websocket_max_message_size=2 << 20,
        )
    # Before Bokeh's own rules, whose static files would come first and plain.
    made._tornado.add_handlers(r".*", [(r"/static/js/(bokeh\.min\.js)", PackedScript)])
    if strange := [route.handler for route in gate.take_over(made._tornado) if not route.known]:
        raise CaselightError(f"Nobody said who may ask for an address of the server: {', '.join(strange)}.")
    made.io_loop.add_callback(gate.sweeping, keeper, made._tornado)
    when_all_left(made, lambda: _opening(settings().database).rest())
    return made


def warm(url: str) -> Thread:
    """Make every page once, in a thread: what all sessions share (arrays, prototypes, answers) is there then."""

    def make() -> None:
        for dark in (False, True):
            _make(url, dark)
            # What is there by now stays: a full collection that walked it held everybody for half a second (measured).
            gc.collect()
            gc.freeze()
        give_back(_opening(url).rest)

    thread = Thread(target=make, name="warming", daemon=True)
    thread.start()
    return thread


def warm_first(url: str) -> None:
    """Make the page at which most people begin, now. Beside a thread that makes the others it took twice as long."""
    _make(url, dark=False, most=1)


def _make(url: str, dark: bool, most: int | None = None) -> None:
    """Make the pages once, for nobody; what is wrong, a page will say itself to whoever opens it."""
    from dashboard.views import VIEWS

    try:
        opened = store(url)
        reports = opened.reports(Scope.local(opened.force_codes(), "service_manager"))
        options = Options.of(reports)
        for page in tuple(VIEWS)[:most]:
            filters = Filters(options, pages=tuple(VIEWS), page=page, dark=dark)
            Shell(reports=reports, filters=filters, views=VIEWS).open_page()
    except Exception as error:
        log.warning("the pages were not made in advance: %s", type(error).__name__)


def serve(url: str, port: int) -> None:
    """Serve the database until the process is ended. Raises OSError when the port is taken."""
    server(url, port).run_until_shutdown()


if __name__.startswith("bokeh_app"):  # `panel serve` runs this file anew for each session
    from dashboard.app import build as built
    from dashboard.app import make as first

    gate.under_panel_serve(first)
    built()
