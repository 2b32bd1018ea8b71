"""The secret of this service, and what is signed with it: the cookie of a sign-in and the token of a form."""

import hashlib
import hmac
import os
import secrets
import stat
from http.cookies import Morsel
from pathlib import Path
from typing import Any

from dashboard.settings import Misconfigured, Settings

LEAST = 32  # bytes
NAME = "secret"  # of the file in CASELIGHT_DATA
SAMPLES = (b"changeme", b"change-me", b"secret", b"password", b"example", b"sample", b"0123456789", b"caselight")


class UnsafeSecret(Misconfigured):
    """A secret that is missing, too short, known, or readable by others."""


def secret(path: Path, name: str) -> bytes:
    """The secret in a file. Raises UnsafeSecret, which calls the file by ``name``."""
    for_owner_only(path, name)
    found = path.read_bytes().strip()
    check(found, name)
    return found


def for_owner_only(path: Path, name: str) -> None:
    """Raise UnsafeSecret for a file that cannot be read, or that others can read."""
    try:
        with path.open("rb"):
            mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:
        raise UnsafeSecret(f"{name} cannot be read. Name a file that its owner can read.") from None
    if os.name != "nt" and mode & 0o077:
        raise UnsafeSecret(f"{name} can be read by others on this machine. Make it its owner's alone (chmod 600).")


def check(found: bytes, name: str) -> None:
    """Raise UnsafeSecret for a secret that is too short or can be guessed."""
    if len(found) < LEAST:
        raise UnsafeSecret(f"{name} is shorter than {LEAST} bytes. Make one with 'openssl rand -hex 32'.")
    plain = found.lower()
    if len(set(plain)) < 8 or any(sample in plain for sample in SAMPLES):
        raise UnsafeSecret(f"{name} is a sample or repeats itself. Make one with 'openssl rand -hex 32'.")


def own_secret(folder: Path) -> bytes:
    """The secret kept in a folder; made there, for its owner alone, when there is none."""
    path = folder / NAME
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        half = folder / f"{NAME}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(secrets.token_hex(32))
        try:
            os.link(half, path)  # whoever was first made it; nobody reads half of one
        except FileExistsError:
            pass
        finally:
            half.unlink()
    return secret(path, "The secret in CASELIGHT_DATA")


def of_settings(found: Settings) -> bytes:
    """The secret that sign-ins are signed with. Raises UnsafeSecret, or OSError where none can be made."""
    if found.secret_file:
        return secret(Path(found.secret_file), "CASELIGHT_SECRET_FILE")
    return own_secret(found.data)


class Signer:
    """Signs short texts for one use (``cookie``, ``form``) each."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def sum(self, use: str, text: str) -> str:
        """The signature of a text for a use."""
        return hmac.new(self._key, f"{use}:{text}".encode(), hashlib.sha256).hexdigest()

    def fits(self, use: str, text: str, given: str) -> bool:
        """Whether a signature is ours."""
        return hmac.compare_digest(self.sum(use, text).encode(), given.encode())

    def sealed(self, use: str, text: str) -> str:
        """A text with its signature."""
        return f"{text}.{self.sum(use, text)}"

    def opened(self, use: str, sealed: str) -> str:
        """The text, where the signature is ours; else nothing."""
        text, _, given = sealed.rpartition(".")
        return text if text and self.fits(use, text, given) else ""


def cookie(headers: list[str], name: str) -> str:
    """The value of a cookie that was sent exactly once; else nothing."""
    found = []
    for header in headers:
        for part in header.split(";"):
            given, _, value = part.strip().partition("=")
            if given == name:
                found.append(value)
    return found[0] if len(found) == 1 else ""


def set_cookie(name: str, value: str, secure: bool, same_site: str = "Lax", seconds: int | None = None) -> str:
    """The header that sets a cookie which no script reads; with ``seconds`` 0 it is taken away."""
    made: Morsel[str] = Morsel()
    made.set(name, value, value)
    more: dict[str, Any] = {"path": "/", "httponly": True, "samesite": same_site}
    more |= ({"secure": True} if secure else {}) | ({} if seconds is None else {"max-age": seconds})
    made.update(more)
    return made.OutputString()
