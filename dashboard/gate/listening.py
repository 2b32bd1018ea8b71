"""Where the server listens, and from which pages a socket may be opened."""

import socket
from typing import Any
from urllib.parse import urlsplit

from dashboard.settings import Settings

UNIX = "unix:"


def listening(found: Settings, port: int) -> dict[str, Any]:
    """What a server is told: address and port or socket, and the origins of pages. Port 0 takes a free one."""
    port = port or _free(found.address)
    origins = [urlsplit(found.origin).netloc] if found.origin else [f"localhost:{port}", f"127.0.0.1:{port}"]
    if found.address.startswith(UNIX):
        return {"unix_socket": found.address.removeprefix(UNIX), "websocket_origin": origins}
    return {"address": found.address, "port": port, "websocket_origin": origins}


def _free(address: str) -> int:
    """A port that nobody has: the origins have to name it before the server takes it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1" if address.startswith(UNIX) else address, 0))
        return int(taken.getsockname()[1])
