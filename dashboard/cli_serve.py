"""Serve the pages from the command line."""

import errno

from dashboard.cli_output import say
from dashboard.settings import settings
from dashboard.starting import Starting
from data_access.database import viewer
from data_access.errors import CaselightError


def serve_pages(database: str, port: int) -> None:
    """Serve the database until the process is ended. Raises CaselightError when it or the port cannot be used."""
    try:
        starting = Starting(port)
        with starting:
            viewer(database).dispose()  # says what is wrong with the database before anything is started

            from dashboard.app import server, warm
        serving = server(database, port)
        starting.over()
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        other = port + 1 if 1024 <= port < 65535 else 5006
        raise CaselightError(
            f"Port {port} is taken or not allowed. Choose another, for example 'caselight serve --port {other}'."
        ) from None
    say(f"caselight shows its pages at http://localhost:{port}/ (Ctrl+C ends it).")
    if settings().warm:
        warm(database)
    serving.run_until_shutdown()
