"""A proxy that signs people in and says who they are, believed only when it shows the secret that only it has."""

import hmac
import re
import socket
from pathlib import Path
from typing import Any

from dashboard.gate import here
from dashboard.gate.signed import secret

SECRET, NAME, GROUPS = "X-Caselight-Proxy", "X-Caselight-User", "X-Caselight-Groups"
PERSON = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}")
Vouched = tuple[str, frozenset[str]]


def peer(request: Any) -> str | None:
    """Address of the other end of the connection itself; None: a Unix socket. Headers change nothing of it."""
    context = getattr(getattr(request, "connection", None), "context", None)
    if getattr(context, "address_family", None) == getattr(socket, "AF_UNIX", object()):
        return None
    address = getattr(context, "address", None)
    return str(address[0]) if isinstance(address, tuple) and address else str(getattr(request, "remote_ip", ""))


def near(request: Any) -> bool:
    """Whether the other end is on this machine."""
    address = peer(request)
    return address is None or here.at_this_machine(address)


def client(request: Any) -> str:
    """The address that the last proxy saw; the connection's own where none of this machine stands between."""
    seen = request.headers.get_list("X-Forwarded-For") if near(request) else []
    return seen[-1].rpartition(",")[2].strip() if seen else (peer(request) or "")


class Proxy:
    """Reads the three headers. Raises UnsafeSecret when the file of the secret cannot be used."""

    def __init__(self, file: str) -> None:
        self._secret = secret(Path(file), "CASELIGHT_PROXY_SECRET_FILE")

    def vouched(self, request: Any) -> Vouched | None:
        """Name and groups that the proxy vouches for; None in any doubt."""
        if not near(request):
            return None
        headers = request.headers
        ours = {SECRET.lower(), NAME.lower(), GROUPS.lower()}
        if any("_" in name and name.replace("_", "-").lower() in ours for name in headers):
            return None  # another spelling that something between may have let through
        given, names, groups = (headers.get_list(name) for name in (SECRET, NAME, GROUPS))
        if len(given) != 1 or len(names) != 1 or len(groups) > 1:
            return None
        if not hmac.compare_digest(given[0].encode("utf-8", "replace"), self._secret):
            return None
        name = names[0].strip()
        if not PERSON.fullmatch(name):
            return None
        return name.lower(), frozenset(part.strip() for part in ",".join(groups).split(",") if part.strip())
