"""Until there is a sign-in, only a browser on this machine sees data; whoever is in doubt sees a page that says why."""

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from bokeh.server.urls import per_app_patterns
from panel.io.server import DocHandler, WSHandler
from panel.io.state import state

from dashboard.packed import PackedPage

OWN_NAMES = ("localhost", "127.0.0.1", "::1")
# Set by a proxy that speaks for somebody else. A browser at this machine sends none of them.
PROXY_HEADERS = ("forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "cf-connecting-ip",
                 "true-client-ip", "remote-user")  # fmt: skip
EMBEDDED = ("script", "iframe", "frame", "embed", "object")
PAGE = """<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Not shown here - caselight</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:38em;margin:48px auto;padding:0 16px;color:#1d1d1b;
background:#fff}h1{font-size:24px}@media (prefers-color-scheme:dark){body{color:#e8e6e3;background:#16181c}}</style>
</head><body><main><h1>Nothing is shown here</h1>
<p>This service has no sign-in yet, so it shows its pages only to a browser on the computer that it runs on.
This request came from elsewhere, or through something in between, so nothing has been read for it.</p>
<h2>What to do</h2>
<p>Sit at that computer and open <code>http://localhost</code> with the port on which it was started,
for example <code>http://localhost:5006/</code>. To work from another computer, ask whoever looks after the service.</p>
</main></body></html>
"""


def refusal(request: Any) -> str:
    """Why a request may not see data; empty when it may.

    ``request`` is the connection's own (tornado's HTTPServerRequest), never a
    copy of it. Anything missing or unreadable is a reason.
    """
    try:
        headers = request.headers
        address, hosts = str(request.remote_ip), headers.get_list("Host")
        names = {name.lower() for name in headers}
    except AttributeError:
        return "the connection cannot be told"
    if not _at_this_machine(address):
        return "the connection comes from another machine"
    if any(name in PROXY_HEADERS or name.startswith("x-forwarded") for name in names):
        return "the request came through a proxy"
    if len(hosts) != 1 or _host_name(hosts[0]) not in OWN_NAMES:
        return "the request asks for another host"
    if headers.get("Sec-Fetch-Site") == "cross-site" and headers.get("Sec-Fetch-Dest") in EMBEDDED:
        return "another site's page asks for it"
    return ""


def _at_this_machine(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback


def _host_name(host: str) -> str:
    try:
        parts = urlsplit(f"//{host}")
        return "" if parts.username or parts.path or parts.query else (parts.hostname or "")
    except ValueError:
        return ""


def session_refusal() -> str:
    """Why the session that is being made may not see data; empty when it may."""
    context = getattr(state.curdoc, "session_context", None)
    proxied = getattr(context, "request", None)
    # Bokeh wraps the request; the connection is underneath.
    return refusal(getattr(proxied, "_request", None))


class _Gated:
    """Refuses before a session is looked for, on every request and on every socket."""

    async def prepare(self) -> None:
        if refusal(self.request):  # type: ignore[attr-defined]
            self.set_status(403)  # type: ignore[attr-defined]
            self.set_header("Cache-Control", "no-store")  # type: ignore[attr-defined]
            self.finish(PAGE)  # type: ignore[attr-defined]
            return
        await super().prepare()  # type: ignore[misc]


class GatedPage(_Gated, PackedPage, DocHandler):
    """The page, for a browser on this machine only; never inside another page."""

    def set_default_headers(self) -> None:
        self.set_header("X-Frame-Options", "DENY")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")


class GatedSocket(_Gated, WSHandler):
    """The socket, for a browser on this machine only."""

    def open(self) -> None:
        """Bokeh sends each message as three frames; without this the second waits 40 ms for the first's receipt."""
        self.set_nodelay(True)
        super().open()


class gated_routes:
    """Within it, a server is made with gated routes only: page and socket, no script for other sites' pages."""

    def __enter__(self) -> None:
        self._before = list(per_app_patterns)
        per_app_patterns[:] = [(r"/ws", GatedSocket), (r"/?", GatedPage)]

    def __exit__(self, *error: object) -> None:
        per_app_patterns[:] = self._before
