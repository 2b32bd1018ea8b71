"""Servers with a sign-in, each of a small world of its own."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from data_access.register.accounts import Accounts
from tests.attack.client import Client
from tests.attack.world import PASSWORD, invite, write
from tests.fixtures.browser import free_port, start, stop


@dataclass
class Service:
    """A server with a sign-in: its address, the page's path, its accounts, its folder, its clock."""

    url: str
    path: str
    accounts: Accounts
    folder: Path
    log: Path

    def client(self, name: str = "", **given) -> Client:
        """A new client, signed in when it has a name."""
        made = Client(self.url, self.path, **given)
        if name:
            answer = made.sign_in(name, PASSWORD)
            assert answer.status == 303, answer.text[:500]
        return made

    def later(self, seconds: float) -> None:
        """Set its clock forward."""
        file = self.folder / "ahead"
        now = float(file.read_text())
        half = file.with_suffix(".half")
        half.write_text(str(now + seconds))
        half.replace(file)


def serving(folder: Path, launcher: str, *flags: str, **settings: str) -> Iterator[Service]:
    """A server in ``folder`` started by ``caselight serve`` or ``panel serve``, ended at the end."""
    database, register, port = f"sqlite:///{folder}/world.sqlite", f"sqlite:///{folder}/register.sqlite", free_port()
    write(database)
    accounts = invite(register)
    (folder / "ahead").write_text("0")
    command = [sys.executable, "-m", "tests.attack.served", str(folder / "ahead")]
    if launcher == "caselight serve":
        command += ["caselight", "serve", "--port", str(port)]
        health, path = "health", "/"
    else:
        command += ["panel", "serve", "dashboard/app.py", "--port", str(port), *flags]
        health, path = "favicon.ico", "/app"
    url = f"http://localhost:{port}"
    given = {
        "CASELIGHT_DATABASE": database, "CASELIGHT_REGISTER": register, "CASELIGHT_SIGN_IN": "accounts",
        "CASELIGHT_DATA": str(folder), "CASELIGHT_ARRAYS": "memory",
    }  # fmt: skip
    running = start(command, f"{url}/{health}", folder / "log", url, **(given | settings))
    try:
        if launcher != "caselight serve":
            Client(url, path).ask()  # the first request lets the gate in
        yield Service(url, path, accounts, folder, folder / "log")
    finally:
        stop(running.process)
        accounts.register.close()


@pytest.fixture(scope="module", params=["caselight serve", "panel serve"])
def service(request, tmp_path_factory) -> Iterator[Service]:
    """A server of the small world, by both ways to serve it."""
    yield from serving(tmp_path_factory.mktemp("service"), request.param)


@pytest.fixture(scope="module")
def shared(tmp_path_factory) -> Iterator[Service]:
    """A server for the tests of a module that leave its accounts and its clock alone."""
    yield from serving(tmp_path_factory.mktemp("shared"), "caselight serve")


@pytest.fixture
def own_service(tmp_path) -> Iterator[Service]:
    """A server for one test that sets its clock, by `caselight serve`."""
    yield from serving(tmp_path, "caselight serve")
