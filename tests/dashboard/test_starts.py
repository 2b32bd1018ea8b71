"""A start that is not safe ends with exit code 78 and one line that says why, whichever fault it is."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update

from dashboard.gate import starts
from dashboard.gate.starts import reasons
from dashboard.settings import Misconfigured, settings
from data_access.register import tables as t
from data_access.register.opened import Register
from tests.fixtures.browser import free_port

RANDOM = "b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da56"
GROUPS = '[groups."north managers"]\nrole = "service_manager"\nforces = ["NORTH"]\n'
PROVIDER = """issuer = "https://id.example"
client_id = "caselight"
client_secret = "{secret}"
authorize_url = "https://id.example/authorize"
token_url = "{token}"
"""


def file(folder: Path, name: str, content: str, mode: int = 0o600) -> str:
    """A file with a content and a mode."""
    path = folder / name
    path.write_text(content)
    path.chmod(mode)
    return str(path)


def accounts(folder: Path) -> dict[str, str]:
    """Settings of a start with local accounts that nothing is wrong with."""
    return {"CASELIGHT_SIGN_IN": "accounts", "CASELIGHT_SECRET_FILE": file(folder, "own", RANDOM)}


def proxy(folder: Path) -> dict[str, str]:
    """Settings of a start behind a proxy that nothing is wrong with."""
    return accounts(folder) | {
        "CASELIGHT_SIGN_IN": "proxy",
        "CASELIGHT_ORIGIN": "https://caselight.example",
        "CASELIGHT_GROUPS": file(folder, "groups.toml", GROUPS),
        "CASELIGHT_PROXY_SECRET_FILE": file(folder, "proxy", RANDOM[::-1]),
    }


def oidc(folder: Path) -> dict[str, str]:
    """Settings of a start with a provider that nothing is wrong with."""
    given = PROVIDER.format(secret=RANDOM, token="https://id.example/token")
    return proxy(folder) | {"CASELIGHT_SIGN_IN": "oidc", "CASELIGHT_OIDC": file(folder, "oidc.toml", given)}


FAULTS: list[tuple[Callable[[Path], dict[str, str]], Callable[[Path], dict[str, str]], str]] = [
    (lambda _: {}, lambda _: {"CASELIGHT_SIGNIN": "accounts"}, "CASELIGHT_SIGNIN is no setting"),
    (lambda _: {}, lambda _: {"CASELIGHT_SIGN_IN": "yes"}, "CASELIGHT_SIGN_IN is accounts, proxy or oidc"),
    (lambda _: {}, lambda _: {"CASELIGHT_IDLE_MINUTES": "0"}, "CASELIGHT_IDLE_MINUTES is a whole number"),
    (lambda _: {}, lambda _: {"CASELIGHT_HOURS": "200"}, "CASELIGHT_HOURS is a whole number"),
    (lambda _: {}, lambda _: {"CASELIGHT_PORT": "80a"}, "CASELIGHT_PORT is not a port"),
    (lambda _: {}, lambda _: {"CASELIGHT_ADDRESS": "0.0.0.0"}, "CASELIGHT_ADDRESS is not this machine and there is no"),
    (lambda _: {}, lambda _: {"CASELIGHT_ADDRESS": "unix:/tmp/x.sock"}, "not this machine and there is no sign-in"),
    (lambda _: {}, lambda _: {"CASELIGHT_ORIGIN": "https://caselight.example"}, "is set without a sign-in"),
    (lambda _: {}, lambda _: {"BOKEH_ALLOW_WS_ORIGIN": "*"}, "An origin with * lets pages of other sites in"),
    (lambda _: {}, lambda _: {"BOKEH_ALLOW_WS_ORIGIN": "other.example"}, "would overrule CASELIGHT_ORIGIN"),
    (lambda _: {}, lambda _: {"BOKEH_SIGN_SESSIONS": "false"}, "BOKEH_SIGN_SESSIONS is off"),
    (accounts, lambda _: {"CASELIGHT_ADDRESS": "0.0.0.0"}, "CASELIGHT_ORIGIN has to say the address of the proxy"),
    (accounts, lambda _: {"CASELIGHT_ORIGIN": "https://*.example"}, "An origin with *"),
    (accounts, lambda _: {"CASELIGHT_ORIGIN": "caselight.example"}, "is a scheme and a host"),
    (accounts, lambda _: {"CASELIGHT_ORIGIN": "https://caselight.example/app"}, "is a scheme and a host"),
    (accounts, lambda _: {"CASELIGHT_ORIGIN": "http://caselight.example"}, "must not travel in the clear"),
    (accounts, lambda f: {"CASELIGHT_SECRET_FILE": str(f / "none")}, "CASELIGHT_SECRET_FILE cannot be read"),
    (accounts, lambda f: {"CASELIGHT_SECRET_FILE": file(f, "s", RANDOM, 0o644)}, "can be read by others"),
    (accounts, lambda f: {"CASELIGHT_SECRET_FILE": file(f, "s", RANDOM[:31])}, "is shorter than 32 bytes"),
    (accounts, lambda f: {"CASELIGHT_SECRET_FILE": file(f, "s", "changeme" * 6)}, "is a sample or repeats itself"),
    (accounts, lambda f: {"CASELIGHT_SECRET_FILE": file(f, "s", "ab" * 30)}, "is a sample or repeats itself"),
    (accounts, lambda f: {"CASELIGHT_SECRET_FILE": "", "CASELIGHT_DATA": file(f, "s", "")}, "CASELIGHT_DATA cannot be"),
    (accounts, lambda f: {"CASELIGHT_REGISTER": "sqlite:///" + file(f, "r.sqlite", "", 0o644)}, "The register can be"),
    (proxy, lambda _: {"CASELIGHT_ORIGIN": ""}, "CASELIGHT_SIGN_IN=proxy needs CASELIGHT_ORIGIN"),
    (proxy, lambda _: {"CASELIGHT_ADDRESS": "192.0.2.7"}, "only a proxy on this machine is believed"),
    (proxy, lambda _: {"CASELIGHT_PROXY_SECRET_FILE": ""}, "needs CASELIGHT_PROXY_SECRET_FILE"),
    (proxy, lambda f: {"CASELIGHT_PROXY_SECRET_FILE": file(f, "p", "short")}, "CASELIGHT_PROXY_SECRET_FILE is shorter"),
    (proxy, lambda _: {"CASELIGHT_GROUPS": ""}, "needs CASELIGHT_GROUPS"),
    (proxy, lambda f: {"CASELIGHT_GROUPS": file(f, "g", "[groups")}, "CASELIGHT_GROUPS cannot be read as TOML"),
    (proxy, lambda f: {"CASELIGHT_GROUPS": file(f, "g", GROUPS + "x = 1")}, "has role, forces and teams"),
    (proxy, lambda f: {"CASELIGHT_GROUPS": file(f, "g", '[groups.a]\nrole = "boss"')}, "no role called 'boss'"),
    (proxy, lambda f: {"CASELIGHT_GROUPS": file(f, "g", '[groups.a]\nrole = "analyst"')}, "Say in which force"),
    (oidc, lambda _: {"CASELIGHT_OIDC": ""}, "needs CASELIGHT_OIDC"),
    (oidc, lambda f: {"CASELIGHT_OIDC": file(f, "o", "issuer = 1")}, "CASELIGHT_OIDC has texts called"),
    (oidc, lambda f: {"CASELIGHT_OIDC": file(f, "o", 'issuer = "x"')}, "says nothing about client_id"),
    (oidc, lambda f: {"CASELIGHT_OIDC": file(f, "o", "", 0o640)}, "CASELIGHT_OIDC can be read by others"),
    (
        oidc,
        lambda f: {"CASELIGHT_OIDC": file(f, "o", PROVIDER.format(secret=RANDOM, token="http://id.example/token"))},
        "token_url in CASELIGHT_OIDC is not https",
    ),
]  # fmt: skip


def first(environment: dict[str, str], folder: Path) -> str:
    """The first reason against a start; empty when there is none."""
    given = {"CASELIGHT_DATA": str(folder)} | environment
    try:
        return next(reasons(settings(given), given), "")
    except Misconfigured as error:
        return str(error)


@pytest.mark.parametrize(("sound", "fault", "said"), FAULTS)
def test_each_fault_has_its_reason_and_nothing_else_is_wrong(sound, fault, said, tmp_path):
    assert first(sound(tmp_path), tmp_path) == ""
    reason = first(sound(tmp_path) | fault(tmp_path), tmp_path)
    assert said in reason
    assert "\n" not in reason


def test_a_register_of_another_version_is_refused(tmp_path):
    path = tmp_path / "r.sqlite"
    register = Register(f"sqlite:///{path}")
    with register.begin() as connection:
        connection.execute(update(t.mark).values(version=99))
    register.close()
    assert "made by another version" in first(
        accounts(tmp_path) | {"CASELIGHT_REGISTER": f"sqlite:///{path}"}, tmp_path
    )


@pytest.mark.parametrize("name", ["panel", "bokeh", "tornado"])
def test_what_is_older_than_its_floor_is_not_started(name, tmp_path, monkeypatch):
    floor = starts.FLOORS[name]
    older = ".".join(map(str, (*floor[:2], floor[2] - 1)))
    monkeypatch.setattr(starts, "version", lambda asked: older if asked == name else "99.0.0")
    assert first({}, tmp_path).startswith(f"{name} is older than")


@pytest.mark.parametrize(("sound", "fault", "said"), [FAULTS[0], FAULTS[1], FAULTS[5], FAULTS[17], FAULTS[8]])
def test_the_process_ends_with_78_and_one_line(sound, fault, said, tmp_path):
    environment = {"CASELIGHT_DATA": str(tmp_path)} | sound(tmp_path) | fault(tmp_path)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CASELIGHT_")}
    ended = subprocess.run(
        [sys.executable, "-m", "dashboard", "serve", "--port", str(free_port())], env=kept | environment,
        cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert ended.returncode == 78, ended.stderr
    assert said in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
    assert ended.stdout == ""


def test_a_secret_is_made_once_and_for_its_owner(tmp_path):
    from dashboard.gate.signed import own_secret

    first_time, second_time = own_secret(tmp_path / "new"), own_secret(tmp_path / "new")
    assert first_time == second_time
    assert len(first_time) >= 32
    assert (tmp_path / "new" / "secret").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["secret"]
    assert own_secret(tmp_path / "other") != first_time
