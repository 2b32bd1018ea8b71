"""Where the server listens, and from which pages a socket may be opened."""

from typing import Any
from urllib.parse import urlsplit

from dashboard.settings import Settings

UNIX = "unix:"


def listening(found: Settings, port: int) -> dict[str, Any]:
    """What a server is told: address and port or socket, and the origins of pages."""
    if found.origin:
        origins = [urlsplit(found.origin).netloc]
    else:
        origins = [f"localhost:{port}", f"127.0.0.1:{port}"] if port else ["localhost:*", "127.0.0.1:*"]
    if found.address.startswith(UNIX):
        return {"unix_socket": found.address.removeprefix(UNIX), "websocket_origin": origins}
    return {"address": found.address, "port": port, "websocket_origin": origins}
