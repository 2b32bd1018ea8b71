"""Passwords: how they are kept, and that a wrong name takes as long as a wrong password."""

from functools import cache
from typing import TYPE_CHECKING

from data_access.errors import CaselightError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LEAST, MOST = 12, 256  # characters; the longest is bounded because hashing takes its time


@cache
def _hasher() -> "PasswordHasher":
    """RFC 9106, second recommended option: 64 MiB, three passes. Imported when somebody signs in, not at the start."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4)


def hashed(password: str) -> str:
    """The text to keep instead of a password. Raises CaselightError for one that is too short or too long."""
    if not LEAST <= len(password) <= MOST:
        raise CaselightError(f"A password has {LEAST} to {MOST} characters. Several words are easier to remember.")
    if len(set(password)) < 5:
        raise CaselightError("This password repeats the same few characters. Several words are easier to remember.")
    return _hasher().hash(password)


@cache
def _nobodys() -> str:
    """What the password of nobody is compared with."""
    return _hasher().hash("nobody has this password")


def fits(kept: str | None, password: str) -> bool:
    """Whether a password is the one kept. Without one kept: False, after the same time."""
    from argon2.exceptions import InvalidHashError, VerificationError

    if len(password) > MOST:
        return False
    try:
        return _hasher().verify(kept or _nobodys(), password) and bool(kept)
    except (VerificationError, InvalidHashError):
        return False


def outdated(kept: str) -> bool:
    """Whether the costs of what is kept are not those of today."""
    return _hasher().check_needs_rehash(kept)
