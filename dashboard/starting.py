"""The port answers while the pages' parts are still being read from disk: that takes some seconds."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import TracebackType

PAGE = b"""<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><meta http-equiv="refresh" content="1">
<title>caselight is starting</title></head><body><p>caselight is starting.
This page loads itself again.</p></body></html>
"""


PATIENCE = 25.0  # seconds that a browser is kept waiting before it is told to come again


class _Answer(BaseHTTPRequestHandler):
    ready: Event

    def do_GET(self) -> None:
        healthy = self.path == "/health"
        if not healthy and self.ready.wait(PATIENCE):
            self.send_response(307)  # the same address again, which the pages' server answers now
            self.send_header("Location", "/" + self.path.lstrip("/"))
            self.send_header("Content-Length", "0")
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            return
        body = b"starting\n" if healthy else PAGE
        self.send_response(200 if healthy else 503)
        self.send_header("Content-Type", f"text/{'plain' if healthy else 'html'}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Retry-After", "1")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the pages' server will."""


class Starting:
    """Within the block ``/health`` answers at once; whoever asks for a page waits until ``over`` says that it is there.

    Raises OSError when the port is taken.
    """

    def __init__(self, port: int):
        self._ready = Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), type("Answer", (_Answer,), {"ready": self._ready}))
        self._server.daemon_threads = True  # those who wait stay when the port is given free
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> "Starting":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def over(self) -> None:
        """The pages' server has the port: let those who wait ask it."""
        self._ready.set()
