"""Serve the pages from the command line."""

import errno
import os
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from dashboard.cli_output import complain, say
from dashboard.settings import settings
from dashboard.starting import Starting
from data_access.database import viewer
from data_access.drift import check as check_tables
from data_access.errors import CaselightError
from data_access.faults import Unreachable, in_words


def looked_at(database: str) -> None:
    """Say what is wrong with the database before anything is started; that it does not answer is no reason not to.

    Raises CaselightError for what is no database of ours, Drifted where its tables are not those of this version.
    """
    try:
        engine = viewer(database)
        check_tables(engine)
        engine.dispose()
    except Exception as error:
        if not isinstance(in_words(error), Unreachable):
            raise
        complain(
            "The database does not answer: check that it runs, its address and the account. The pages say so "
            "meanwhile, and show it by themselves when it does."
        )


def serve_pages(database: str, port: int) -> None:
    """Serve the database until the process is ended.

    Raises Misconfigured for a start that is not safe, CaselightError when the database or the port cannot be used.
    """
    os.environ["CASELIGHT_DATABASE"] = database
    found = replace(settings(), port=port)
    try:
        starting: Any = Starting(port) if found.address == "localhost" else nullcontext()
        with starting:
            from dashboard.gate.starts import check

            check(found)
            looked_at(database)

            from dashboard.app import server, warm, warm_first

            if found.warm and isinstance(starting, Starting):  # whoever asks meanwhile waits for the port anyway
                warm_first(database)
        serving = server(database, port)
        if isinstance(starting, Starting):
            starting.over()
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        other = port + 1 if 1024 <= port < 65535 else 5006
        raise CaselightError(
            f"Port {port} is taken or not allowed. Choose another, for example 'caselight serve --port {other}'."
        ) from None
    where = f"{found.origin}/" if found.origin else f"http://localhost:{port}/"
    say(f"caselight shows its pages at {where} (Ctrl+C ends it).")
    if found.warm:
        warm(database)
    serving.run_until_shutdown()
