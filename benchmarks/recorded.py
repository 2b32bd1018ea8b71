"""What sign-in, scope and audit cost: the same new choices on two servers in turn, one with all of it, one without.

    python -m benchmarks.recorded [--database URL] [--keep]

Both servers show a copy of the database, so that nothing is shared. Each choice of referral source, level and grain is
new to its server. A pair is one choice, asked of both, the first of the two changing from pair to pair; the bound is on
the median of the pairs' ratios of the time that a person waits, from the click to the last byte.
"""

import argparse
import asyncio
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from benchmarks.page_cost import sample
from benchmarks.protocol import Control, Page
from benchmarks.results import Results, data_size

BOUND = 1.15
PATIENCE = 90.0
NAME, PASSWORD = "bench", "seven quiet herons wade"
WITHOUT = """
import sys
from dashboard import app
app.witness_of = lambda *_: None
serving = app.server(sys.argv[1], int(sys.argv[2]))
serving.run_until_shutdown()
"""
PAGES = ("caseload", "engagement", "risk")


class Recorded(Page):
    """A page of somebody who signed in."""


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def server(command: list[str], port: int, **environment: str) -> Iterator[str]:
    """A server in a process of its own; its address, once it answers."""
    base = f"http://localhost:{port}"
    process = subprocess.Popen(
        command, env={**os.environ, "CASELIGHT_WARM": "0", **environment}, stdout=subprocess.DEVNULL
    )
    try:
        end = time.monotonic() + PATIENCE
        while not _answers(f"{base}/health"):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("the server did not start")
            time.sleep(0.1)
        yield base
    finally:
        process.terminate()
        process.wait(10)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.read().startswith(b"ok"))
    except OSError:
        return False


def invited(url: str) -> None:
    """Make an account that sees everything of the database."""
    import data_access as da
    from data_access.register.accounts import Accounts
    from data_access.register.opened import Register, beside

    accounts = Accounts(Register(beside(url)))
    accounts.add(NAME, PASSWORD)
    for code in da.connect(url, arrays="memory").force_codes():
        accounts.grant(NAME, "service_manager", code, None)


def signed_in(port: int) -> str:
    """The cookies of somebody who has signed in."""
    line = HTTPConnection("localhost", port, timeout=PATIENCE)
    line.request("GET", "/login")
    form = line.getresponse()
    token = re.search(r'name="token" value="([^"]+)"', form.read().decode())
    first = _cookies(form.headers.get_all("Set-Cookie"))
    sent = {"name": NAME, "password": PASSWORD, "next": "/", "token": token[1] if token else ""}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": first}
    line.request("POST", "/login", urlencode(sent), headers)
    answer = line.getresponse()
    answer.read()
    cookies = _cookies(answer.headers.get_all("Set-Cookie"))
    if answer.status != 303 or not cookies:
        raise RuntimeError(f"nobody was signed in ({answer.status})")
    return cookies


def _cookies(given: list[str] | None) -> str:
    return "; ".join(one.partition(";")[0] for one in given or () if "max-age=0" not in one.lower())


def choices(page: Page) -> list[Control]:
    """Each referral source, as the filter bar offers them."""
    return [one for one in page.controls() if one.name == "source" and one.message["value"] and not one.chosen]


async def compared(plain: str, whole: str, page: str) -> list[tuple[float, float]]:
    """Milliseconds of each new choice without and with."""
    one, other = await Page.open(plain, f"?page={page}"), await Recorded.open(whole, f"?page={page}")
    pairs = []
    for level in ("high", "medium", "standard"):
        for tab in (one, other):
            await tab.act(next(c for c in tab.controls() if c.name == "level" and c.message["value"] == level))
        for place, (left, right) in enumerate(zip(choices(one), choices(other), strict=True)):
            asked = [(one, left), (other, right)]
            took = {}
            for tab, control in asked if place % 2 else reversed(asked):
                took[tab] = (await tab.act(control)).seconds * 1000
            pairs.append((took[one], took[other]))
    await one.close()
    await other.close()
    return pairs


def main() -> int:
    """Print the figures; with --keep write them down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default="", help="without it the sample in .state")
    parser.add_argument("--keep", action="store_true")
    given = parser.parse_args()
    url = given.database or sample()
    results = Results("recorded", data_size(url))
    with tempfile.TemporaryDirectory(prefix="caselight-") as folder:
        copies = []
        for name in ("plain", "whole"):
            copy = Path(folder, f"{name}.sqlite")
            shutil.copy(url.removeprefix("sqlite:///"), copy)
            copies.append(f"sqlite:///{copy.as_posix()}")
        invited(copies[1])
        ports = free_port(), free_port()
        run = [sys.executable, "-m", "dashboard", "serve", "--database", copies[1], "--port", str(ports[1])]
        bare = [sys.executable, "-c", WITHOUT, copies[0], str(ports[0])]
        with (
            server(bare, ports[0], CASELIGHT_DATA=folder) as plain,
            server(run, ports[1], CASELIGHT_DATA=folder, CASELIGHT_SIGN_IN="accounts") as whole,
        ):
            Recorded.cookies = signed_in(ports[1])
            pairs = [pair for page in PAGES for pair in asyncio.run(compared(plain, whole, page))]
    results.line("new choices on each server", len(pairs), least=30)
    results.line("without", median(left for left, _ in pairs), "ms")
    results.line("with sign-in, scope and audit", median(right for _, right in pairs), "ms")
    results.line("with to without, median of the pairs", median(right / left for left, right in pairs), most=BOUND)
    return results.end(given.keep)


if __name__ == "__main__":
    sys.exit(main())
