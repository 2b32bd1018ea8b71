"""Starts that are not safe: each is refused with the one sentence that says why."""

import os
import stat
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit

from dashboard.gate import here
from dashboard.gate.groups import read as read_groups
from dashboard.gate.listening import UNIX
from dashboard.gate.signed import of_settings, secret
from dashboard.settings import Misconfigured, Settings, unknown
from dashboard.witness import register_of
from data_access.errors import CaselightError

# Below these stand known faults of theirs (docs/decisions/0001-dependencies.md).
FLOORS = {"panel": (1, 9, 4), "bokeh": (3, 9, 2), "tornado": (6, 5, 8)}
NO = ("0", "no", "false", "off")


def check(found: Settings, environment: Mapping[str, str] | None = None) -> None:
    """Raise Misconfigured with the first reason why a server with these settings must not start."""
    given = os.environ if environment is None else environment
    for reason in reasons(found, given):
        raise Misconfigured(reason)


def reasons(found: Settings, environment: Mapping[str, str]) -> Iterator[str]:
    """Every reason, the plainest first."""
    if names := unknown(environment):
        yield f"{names[0]} is no setting of caselight. docs/generated/settings.md has them all."
    for name, floor in FLOORS.items():
        if _version(name) < floor:
            yield f"{name} is older than {'.'.join(map(str, floor))}. Install what requirements.lock says."
    yield from _sockets(found, environment)
    yield from _place(found)
    if found.sign_in:
        yield from _secrets(found)
        yield from _said(register_of(found).check)
    if found.sign_in in ("proxy", "oidc"):
        yield from _elsewhere(found)


def _version(name: str) -> tuple[int, ...]:
    try:
        parts = version(name).split(".")[:3]
    except PackageNotFoundError:
        return ()
    return tuple(int("".join(c for c in part if c.isdigit()) or 0) for part in parts)


def _sockets(found: Settings, environment: Mapping[str, str]) -> Iterator[str]:
    """What would let pages of other sites open sockets, or sessions go unsigned."""
    allowed = environment.get("BOKEH_ALLOW_WS_ORIGIN", "")
    if "*" in allowed or "*" in found.origin:
        yield "An origin with * lets pages of other sites in. Name the one address in CASELIGHT_ORIGIN."
    elif allowed:
        yield "BOKEH_ALLOW_WS_ORIGIN would overrule CASELIGHT_ORIGIN. Unset it."
    if environment.get("BOKEH_SIGN_SESSIONS", "1").strip().lower() in NO:
        yield "BOKEH_SIGN_SESSIONS is off, but sessions are signed here. Unset it."


def _place(found: Settings) -> Iterator[str]:
    """Where it listens, and for whom."""
    own = here.host_name(found.address) in here.OWN_NAMES or here.at_this_machine(found.address)
    if found.origin:
        parts = urlsplit(found.origin)
        plain = parts.scheme in ("http", "https") and parts.netloc and not (parts.path or parts.query or parts.fragment)
        if not plain or "@" in parts.netloc:
            yield "CASELIGHT_ORIGIN is a scheme and a host, for example https://caselight.example, and nothing more."
        elif parts.scheme != "https" and parts.hostname not in here.OWN_NAMES:
            yield "CASELIGHT_ORIGIN is not https: what is shown here must not travel in the clear."
        elif not found.sign_in:
            yield "CASELIGHT_ORIGIN is set without a sign-in: whoever reached it would see everything."
    if not own and not found.sign_in:
        yield "CASELIGHT_ADDRESS is not this machine and there is no sign-in (CASELIGHT_SIGN_IN)."
    elif not own and not found.origin:
        yield "CASELIGHT_ADDRESS is not this machine's own, so CASELIGHT_ORIGIN has to say the address of the proxy."
    elif not own and found.sign_in == "proxy" and not found.address.startswith(UNIX):
        yield "With CASELIGHT_SIGN_IN=proxy only a proxy on this machine is believed: listen on localhost or unix:."


def _secrets(found: Settings) -> Iterator[str]:
    try:
        of_settings(found)
    except CaselightError as error:
        yield str(error)
    except OSError:
        yield "CASELIGHT_DATA cannot be written, so no secret can be kept there. Name another or CASELIGHT_SECRET_FILE."
    path = Path(found.register.removeprefix("sqlite:///")) if found.register.startswith("sqlite:///") else None
    if path is not None and path.is_file() and os.name != "nt" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield "The register can be read by others on this machine. Make it its owner's alone (chmod 600)."


def _elsewhere(found: Settings) -> Iterator[str]:
    """What a proxy or provider needs."""
    if not found.origin:
        yield f"CASELIGHT_SIGN_IN={found.sign_in} needs CASELIGHT_ORIGIN, the address that browsers use."
    if not found.groups:
        yield f"CASELIGHT_SIGN_IN={found.sign_in} needs CASELIGHT_GROUPS: without it nobody sees anything."
    else:
        yield from _said(lambda: read_groups(Path(found.groups)))
    if found.sign_in == "proxy":
        if not found.proxy_secret_file:
            yield "CASELIGHT_SIGN_IN=proxy needs CASELIGHT_PROXY_SECRET_FILE, else anybody could say who they are."
        else:
            yield from _said(lambda: secret(Path(found.proxy_secret_file), "CASELIGHT_PROXY_SECRET_FILE"))
    elif not found.oidc:
        yield "CASELIGHT_SIGN_IN=oidc needs CASELIGHT_OIDC, the file with the provider's addresses."
    else:
        from dashboard.gate.provider import read

        yield from _said(lambda: read(Path(found.oidc)))


def _said(attempt: object) -> Iterator[str]:
    try:
        attempt()  # type: ignore[operator]
    except CaselightError as error:
        yield str(error)
