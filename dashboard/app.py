"""Wires database, scope, filters, views and gate to a page: `panel serve dashboard/app.py`, or `serve` for the CLI."""

import logging
import os
import secrets
from collections.abc import Callable, Mapping
from functools import cache
from threading import Lock
from typing import Any

import panel as pn
from jinja2 import Template
from panel.io.server import Server, get_server
from tornado.web import RequestHandler

import data_access as da
from dashboard import gate
from dashboard.options import Options
from dashboard.settings import Settings, settings
from dashboard.shell import Shell, failed_template, page_template
from dashboard.state import Filters
from data_access.scope import Scope

log = logging.getLogger("caselight.dashboard")
_making = Lock()
MINUTE = 60_000
FIRST_VIEW = 30  # milliseconds: the frame is sent first, the view is made while the browser reads its scripts


@cache
def store(url: str) -> Any:
    """The connected database, one for the process."""
    return da.connect(url)


def ensure_sample(found: Settings) -> None:
    """Make the sample database when it is not there yet. Takes some seconds, once."""
    path = found.data / "sample.sqlite"
    with _making:  # two first visitors at once: one makes it, the other waits
        if path.exists():
            return
        from sample_data.generate import write_sample

        log.warning("there is no sample database yet; it is being made in %s", found.data.name)
        write_sample(found.sample)


def build() -> Shell | None:
    """The page of a new session; None, and a page that says why, when it may not be seen or cannot be made."""
    if refused():
        return None
    try:
        return _built()
    except Exception as error:
        pn.state.curdoc.template = failed_template(error)
        return None


def _built() -> Shell:
    from dashboard.views import VIEWS  # a refused session needs none of it, nor does a server of other views

    found = settings()
    if found.shows_sample:
        ensure_sample(found)
    opened = store(found.database)
    reports = opened.reports(Scope.local(opened.force_codes(), "service_manager"))
    return framed(reports, Options.of(reports), VIEWS)


def refused() -> bool:
    """Whether the session that is being made may not see data; its page then says why."""
    reason = gate.session_refusal()
    if reason:
        log.warning("a session was refused: %s", reason)
        pn.state.curdoc.template = Template(gate.PAGE)
    return bool(reason)


def framed(reports: Any, options: Options, views: Mapping[str, type]) -> Shell:
    """The frame of a session, as its address says. The view follows when the frame has been sent."""
    document = pn.state.curdoc
    document.template, document.title = page_template(), "caselight"
    pn.config.browser_info = False  # would be a second root
    filters = Filters(options, pages=tuple(views))
    filters.from_query(pn.state.session_args)
    filters.dark = pn.state.cookies.get("caselight-scheme") == "dark"  # sheet.js sets it
    shell = Shell(reports=reports, filters=filters, views=views)
    pn.config.exception_handler = shell.failed
    document.add_timeout_callback(shell.open_page, FIRST_VIEW)
    return shell


class Health(RequestHandler):
    """Answers without building a page."""

    def get(self) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.write("ok\n")


class Closed(RequestHandler):
    """An address that no page of ours needs answers as if it were not there."""

    def prepare(self) -> None:
        self.send_error(404)


def server(url: str, port: int) -> Server:
    """A server of the database at ``url`` for browsers on this machine, not yet started; port 0 takes a free one."""
    os.environ["CASELIGHT_DATABASE"] = url
    return local_server(build, port)


def local_server(page: Callable[[], Any], port: int) -> Server:
    """A server of one page at ``/``, bound to this machine, gated at every request and socket."""
    os.environ.setdefault("BOKEH_RESOURCES", "server")
    with gate.gated_routes():
        return get_server(
            {"/": page},
            port=port,
            address="localhost",
            websocket_origin=[f"localhost:{port}", f"127.0.0.1:{port}"] if port else ["localhost:*", "127.0.0.1:*"],
            title="caselight",
            location=False,
            extra_patterns=[(r"/health", Health), (r"/components/.*", Closed)],
            sign_sessions=True,
            secret_key=secrets.token_hex(32).encode(),
            unused_session_lifetime_milliseconds=2 * MINUTE,
            check_unused_sessions_milliseconds=MINUTE // 2,
            keep_alive_milliseconds=30_000,
        )


def serve(url: str, port: int) -> None:
    """Serve the database until the process is ended. Raises OSError when the port is taken."""
    server(url, port).run_until_shutdown()


if __name__.startswith("bokeh_app"):  # `panel serve` runs this file anew for each session
    from dashboard.app import build as built

    shown = built()
    if shown is not None:
        shown.servable(title="caselight", location=False)
