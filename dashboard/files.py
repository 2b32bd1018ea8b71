"""A file on its way to the browser."""

import hashlib
from base64 import b64encode
from dataclasses import dataclass


@dataclass(frozen=True)
class File:
    """A file on its way to the browser, and what the person said that it is for. ``rows``: cases in it, if any."""

    name: str
    content: bytes
    mime: str
    purpose: str = ""
    rows: int | None = None

    @property
    def sha256(self) -> str:
        """Sum of its bytes, so that a copy can be told from another file."""
        return hashlib.sha256(self.content).hexdigest()

    def told(self) -> dict[str, str]:
        """As the browser takes it."""
        return {"name": self.name, "mime": self.mime, "base64": b64encode(self.content).decode("ascii")}
