"""The pages of any reports, over the wire: a server in a thread, asked by a client that speaks the pages' protocol."""

import asyncio
import re
from queue import Queue
from threading import Thread
from typing import Any

import panel as pn

from dashboard import app, gate
from dashboard.options import Options
from dashboard.views import VIEWS
from tests.attack.client import Client

# What is another one in each answer and says nothing of the data: tokens, names of documents, of models, of messages.
OF_THE_ANSWER = re.compile(
    r'"token":\s*"[^"]*"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|["\']p\d{4,}["\']'
)
WHOSE = "whose"  # the argument of the address that says whose page is asked for


class Wire:
    """``pages(name, reports, query, more)`` gives a page and the answer to one change on it, as they were sent."""

    def __init__(self) -> None:
        self._reports: dict[str, Any] = {}
        ports: Queue[tuple[Any, int]] = Queue()
        Thread(target=self._serve, args=(ports,), daemon=True).start()
        self._server, port = ports.get(timeout=60)
        self._client = Client(f"http://localhost:{port}")

    def _serve(self, ports: Queue) -> None:
        asyncio.set_event_loop(asyncio.new_event_loop())
        server = app.local_server(self._page, 0)
        server.start()
        ports.put((server, server.port))
        server.io_loop.start()

    def _page(self) -> None:
        assert gate.admitted() is not None
        asked = dict(pn.state.session_args)
        reports = self._reports[asked.pop(WHOSE)[0].decode()]
        app.framed(reports, Options.of(reports), VIEWS, asked)

    def pages(self, name: str, reports: Any, query: str, more: str) -> str:
        """The page at an address and, over its socket, what the address ``more`` makes of it."""
        self._reports[name] = reports
        got = self._client.page(f"?{WHOSE}={name}&{query}")
        assert got.status == 200, got.status
        socket = self._client.socket(got.token)
        assert socket is not None
        told = socket.say(do="address", query=f"?{more}")
        assert told, "the server said nothing"
        socket.close()
        del self._reports[name]
        return OF_THE_ANSWER.sub("", got.text) + OF_THE_ANSWER.sub("", told)

    def close(self) -> None:
        """End the server."""
        self._server.io_loop.add_callback(self._server.io_loop.stop)
