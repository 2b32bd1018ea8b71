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
from dashboard.opening import Opening
from dashboard.options import Options
from dashboard.packed import PackedScript
from dashboard.paper import Line
from dashboard.settings import Settings, settings
from dashboard.shell import Shell, failed_template, page_template
from dashboard.state import Filters
from dashboard.witness import Witness, audit_of, register_of, who_of
from data_access.errors import CaselightError
from data_access.register.looks import Looks
from data_access.scope import Scope

log = logging.getLogger("caselight.dashboard")
_making = Lock()
MINUTE = 60_000
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
    try:
        _built()
    except Exception as error:
        pn.state.curdoc.template = failed_template(error)


def _built() -> Shell:
    from dashboard.views import VIEWS  # a refused session needs none of it, nor does a server of other views

    found = settings()
    if found.shows_sample:
        ensure_sample(found)
    opened = store(found.database)
    person = gate.admitted()
    if person is None:
        raise CaselightError("You are not signed in.")  # whoever calls this has asked before
    scope = person.scope(person.chosen(), opened.force_codes())
    witness, above = witness_of(found, scope, person.session), gate.above(person)
    if scope.may("audit"):  # whoever checks sees no case and no figure
        from dashboard.views.audit import AuditPage

        looks = Looks.within(register_of(found), scope)
        return framed(looks, Options(()), {"audit": AuditPage}, witness=witness, above=above)
    if not scope.may("figures"):
        raise CaselightError(NOTHING_FOR.get(scope.role, "There is nothing to see here in this role."))
    reports = opened.reports(scope)
    return framed(reports, Options.of(reports), VIEWS, witness=witness, above=above)


def witness_of(found: Settings, scope: Scope, session: str = "") -> Witness:
    """Whoever records what the session that is being made is given; ``session`` is that of the sign-in, if any."""
    own = getattr(getattr(pn.state.curdoc, "session_context", None), "id", "")
    return Witness(audit_of(found), who_of(scope, gate.keeper().address(gate.asking()), session or str(own)))


def refused() -> bool:
    """Whether the session that is being made may not see data; its page then says why."""
    reason = gate.session_refusal()
    if reason:
        log.warning("a session was refused: %s", reason)
        pn.state.curdoc.template = Template("{% raw %}" + gate.refused_page() + "{% endraw %}")
    return bool(reason)


def framed(
    reports: Any,
    options: Options,
    views: Mapping[str, type],
    asked: Mapping[str, list[bytes]] | None = None,
    witness: Witness | None = None,
    above: str = "",
) -> Shell:
    """The page of a session, as its address says (or ``asked``). What stands on it goes with the first answer.

    ``witness`` is told before anything leaves, ``above`` is markup that stands over the page. Raises
    AuditUnwritable where the first look cannot be recorded.
    """
    document = pn.state.curdoc
    pn.config.browser_info = False  # would be a second root
    filters = Filters(options, pages=tuple(views))
    filters.from_query(pn.state.session_args if asked is None else asked)
    filters.dark = pn.state.cookies.get("caselight-scheme") == "dark"  # sheet.js sets it
    shell = Shell(reports=reports, filters=filters, views=views, witness=witness)
    shell.open_page()
    document.template, document.title = page_template(shell.paper.whole(), above), "caselight"
    Line(shell.paper, document)
    return shell


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
    return local_server(build, port)


def local_server(page: Callable[[], Any], port: int) -> Server:
    """A server of one page at ``/``, gated at every request and socket, where the settings say. Not yet started."""
    os.environ.setdefault("BOKEH_RESOURCES", "server")
    found, keeper = settings(), gate.keeper()
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
    return made


def warm(url: str) -> Thread:
    """Make every page once, in a thread: what all sessions share (arrays, prototypes, answers) is there then."""

    def make() -> None:
        for dark in (False, True):
            _make(url, dark)
        # What is there by now stays: a full collection that walked it held everybody for half a second (measured).
        gc.collect()
        gc.freeze()

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

    gate.under_panel_serve()
    built()
