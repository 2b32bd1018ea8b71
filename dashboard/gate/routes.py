"""Every address that the server answers, and who may ask for it; what is not in the table is closed."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from bokeh.server.tornado import BokehTornado
from bokeh.server.urls import per_app_patterns
from panel.config import config
from tornado.ioloop import IOLoop, PeriodicCallback
from tornado.process import task_id
from tornado.web import RequestHandler

from dashboard.gate.keeper import Keeper, keeper
from dashboard.gate.login import Login, Logout
from dashboard.gate.oidc import ProviderLogin
from dashboard.gate.pages import Gated, GatedPage, GatedRoot, GatedSocket

log = logging.getLogger("caselight.gate")
SWEEP = 15.0  # seconds between two looks at who may still be here
COOKIES = ["caselight-scheme"]  # what of a browser's cookies a page's token holds: light or dark


class Health(RequestHandler):
    """Answers without building a page."""

    def get(self) -> None:
        """Two letters, for whoever watches over the service."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.write("ok\n")


class Closed(RequestHandler):
    """An address that no page of ours needs answers as if it were not there."""

    def prepare(self) -> None:
        """Whoever asks, and however."""
        self.send_error(404)


# By where the handler is defined. Public: nothing of the database, for anybody who can connect. Gated: for a person.
PUBLIC = {
    "bokeh.server.views.static_handler.StaticHandler",
    "bokeh.server.views.multi_root_static_handler.MultiRootStaticHandler",
    "bokeh.server.views.ico_handler.IcoHandler",
    "dashboard.packed.PackedScript",
    "dashboard.gate.routes.Health",
    "dashboard.app.Ready",
    "dashboard.gate.login.Login",
    "dashboard.gate.login.Logout",
    "dashboard.gate.oidc.ProviderLogin",
}
GATED = {
    "dashboard.gate.pages.GatedPage",
    "dashboard.gate.pages.GatedSocket",
    "dashboard.gate.pages.GatedRoot",
}
REPLACED: dict[str, type[RequestHandler]] = {
    "panel.io.server.DocHandler": GatedPage,
    "panel.io.server.WSHandler": GatedSocket,
    "panel.io.server.RootHandler": GatedRoot,
}
CLOSED = {
    "dashboard.gate.routes.Closed",
    "panel.io.server.AutoloadJsHandler",
    "panel.io.server.ComponentResourceHandler",
    "bokeh.server.views.metadata_handler.MetadataHandler",
}


@dataclass(frozen=True)
class Route:
    """An address of the server: its pattern, who answered it at first, and ``public``, ``gated`` or ``closed``."""

    pattern: str
    handler: str
    kind: str
    known: bool = True


def rules(application: Any) -> Iterator[Any]:
    """The rules of a server that lead to a handler, in the order in which they are tried."""

    def within(router: Any) -> Iterator[Any]:
        for rule in router.rules:
            if hasattr(rule.target, "rules"):
                yield from within(rule.target)
            else:
                yield rule

    return within(application.default_router)


def _named(target: Any) -> str:
    return f"{getattr(target, '__module__', '')}.{getattr(target, '__qualname__', type(target).__qualname__)}"


def take_over(application: Any) -> list[Route]:
    """Put the gate in front of every address of a server; gives them all, as they are from now on."""
    found = []
    for rule in rules(application):
        name = _named(rule.target)
        if name in REPLACED:
            rule.target = rule.handler_class = REPLACED[name]
        kind = "public" if name in PUBLIC else "gated" if name in REPLACED or name in GATED else "closed"
        if kind == "closed" and rule.target is not Closed:
            rule.target = rule.handler_class = Closed
            rule.target_kwargs = rule.kwargs = {}
        known = kind != "closed" or name in CLOSED
        if not known:
            log.warning("an address of the server is closed, because nobody said who may ask for it: %s", name)
        found.append(Route(rule.matcher.regex.pattern, name, kind, known))
    application.settings["log_function"] = without_choices
    return found


def without_choices(handler: RequestHandler) -> None:
    """A line of the log for an answer that says no: method and path. What follows the path is what somebody chose."""
    status, request = handler.get_status(), handler.request
    if status >= 400:
        log.warning("%d %s %s", status, request.method, request.path[:100])


def entrances(gate: Keeper, prefix: str = "") -> list[tuple[str, type[RequestHandler]]]:
    """The addresses to sign in and out at, where people sign in, and the one that says that the server is there."""
    found: list[tuple[str, type[RequestHandler]]] = [(f"{prefix}/health", Health)]
    if not gate.mode:
        return found
    found.append((f"{prefix}/logout", Logout))
    if gate.mode == "accounts":
        found.append((f"{prefix}/login", Login))
    elif gate.mode == "oidc":
        found.append((f"{prefix}/login", ProviderLogin))
    return found


def sweeping(gate: Keeper, application: Any) -> None:
    """Look regularly who may still be here. Called on the server's loop."""

    async def sweep() -> None:
        if gate.mode:
            try:
                await IOLoop.current().run_in_executor(None, gate.check)
            except Exception as error:  # it is tried again; meanwhile the sign-ins run out by themselves
                log.error("the sign-ins could not be checked: %s", type(error).__name__)
            gate.close_ended()
        contexts = application.applications.values()
        gate.held.forget({session.id for context in contexts for session in context.sessions})

    PeriodicCallback(sweep, 1000 * SWEEP).start()


class gated_routes:
    """Within it, a server is made with gated routes only: page and socket, no script for other sites' pages."""

    def __enter__(self) -> None:
        self._before = list(per_app_patterns)
        per_app_patterns[:] = [(r"/ws", GatedSocket), (r"/?", GatedPage)]

    def __exit__(self, *error: object) -> None:
        per_app_patterns[:] = self._before


def unfit() -> str:
    """Why a server that somebody else's launcher made cannot have a sign-in; empty when it can."""
    wanted = {
        "--autoreload": config.autoreload,
        "--reuse-sessions": config.reuse_sessions,
        "--admin": config._admin,
        "--num-procs": task_id() is not None,
    }
    flag = next((flag for flag, given in wanted.items() if given), "")
    return f"with a sign-in panel serve is started without {flag}." if flag else ""


def under_panel_serve(first: Callable[[Any], Any]) -> None:
    """Where somebody else's launcher made the server: take it over when it is next asked for anything.

    ``first`` makes what a page shows of a request.
    """
    keeper().make = first
    if hasattr(BokehTornado, "caselight"):
        return
    plain = BokehTornado.find_handler

    def find_handler(self: Any, request: Any, **given: Any) -> Any:
        if not hasattr(self, "caselight_taken"):
            self.caselight_taken = True
            gate = keeper()
            gate.shut = gate.shut or (unfit() if gate.mode else "")
            self.add_handlers(r".*", entrances(gate, self.prefix))
            take_over(self)
            self._include_headers, self._exclude_headers = [], None
            self._include_cookies, self._exclude_cookies = COOKIES, None
            sweeping(gate, self)
        return plain(self, request, **given)

    BokehTornado.find_handler = find_handler
    BokehTornado.caselight = True


__all__ = [
    "Closed",
    "Gated",
    "Route",
    "entrances",
    "gated_routes",
    "rules",
    "sweeping",
    "take_over",
    "under_panel_serve",
]
