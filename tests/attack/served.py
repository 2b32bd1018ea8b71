"""Serves the pages as the command line or `panel serve` does, with a clock that a test can set forward.

``python -m tests.attack.served FILE caselight serve --port 5010``: FILE holds the seconds by which the clock is ahead.
"""

import sys
import time
from pathlib import Path


def clock(file: str):
    """The time that goes on, and is ahead by what the file says."""
    path = Path(file)
    return lambda: time.monotonic() + float(path.read_text() or 0)


def held_back(make, folder: Path):
    """A maker of pages that waits with each while there is a file ``hold``, and says so in a file ``held``."""

    def made(request):
        page = make(request)
        while (folder / "hold").exists():
            (folder / "held").touch()
            time.sleep(0.02)
        return page

    return made


def main(file: str, program: str, *arguments: str) -> None:
    """Run the program with that clock in the gate, which looks round five times a second."""
    from dashboard.gate import held, login, routes, sign_ins

    ticking = clock(file)
    for one in (sign_ins.SignIns, held.Held):
        plain = one.__init__

        def made(self, *given, plain=plain, **named):
            plain(self, *given, **{**named, "clock": ticking})

        one.__init__ = made
    login.tries.clock = ticking
    routes.SWEEP = 0.2
    sign_ins.CHECKED_WITHIN = 1e9  # a clock set forward is not a register that does not answer
    sys.argv = [program, *arguments]
    if program == "caselight":
        from dashboard import app
        from dashboard.cli import main as run

        app.make = held_back(app.make, Path(file).parent)
        run(list(arguments))
    else:
        from panel.command import main as run_panel

        run_panel([program, *arguments])


if __name__ == "__main__":
    main(*sys.argv[1:])
