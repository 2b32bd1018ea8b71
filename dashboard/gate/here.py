"""Where there is no sign-in, only a browser on this machine sees data; in doubt it is refused."""

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

OWN_NAMES = ("localhost", "127.0.0.1", "::1")
# Set by a proxy that speaks for somebody else. A browser at this machine sends none of them.
PROXY_HEADERS = ("forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "cf-connecting-ip",
                 "true-client-ip", "remote-user")  # fmt: skip
EMBEDDED = ("script", "iframe", "frame", "embed", "object")


def refusal(request: Any) -> str:
    """Why a request may not see data; empty when it may.

    ``request`` is the connection's own (tornado's HTTPServerRequest), never a
    copy of it. Anything missing or unreadable is a reason.
    """
    try:
        headers = request.headers
        address, hosts = str(request.remote_ip), headers.get_list("Host")
        names = {name.lower() for name in headers}
    except AttributeError:
        return "the connection cannot be told"
    if not at_this_machine(address):
        return "the connection comes from another machine"
    if any(name in PROXY_HEADERS or name.startswith("x-forwarded") for name in names):
        return "the request came through a proxy"
    if len(hosts) != 1 or host_name(hosts[0]) not in OWN_NAMES:
        return "the request asks for another host"
    if embedded(headers):
        return "another site's page asks for it"
    return ""


def embedded(headers: Any) -> bool:
    """Whether a page of another site asks, to have the answer inside it."""
    return headers.get("Sec-Fetch-Site") == "cross-site" and headers.get("Sec-Fetch-Dest") in EMBEDDED


def at_this_machine(address: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback


def host_name(host: str) -> str:
    """The name of a Host header, without its port; nothing for one that holds anything else."""
    try:
        parts = urlsplit(f"//{host}")
        return "" if parts.username or parts.path or parts.query else (parts.hostname or "")
    except ValueError:
        return ""
