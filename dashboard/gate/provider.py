"""The OpenID provider of an organisation: its file of addresses, and what its answers have to say to be believed."""

import base64
import binascii
import json
import time
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dashboard.gate import here
from dashboard.gate.proxy import PERSON, Vouched
from dashboard.gate.signed import for_owner_only
from dashboard.settings import Misconfigured
from data_access.errors import CaselightError

SKEW = 60  # seconds by which the clocks of two machines may differ


class NotBelieved(CaselightError):
    """An answer of the provider that says nothing about who somebody is. Its text goes to the log."""


@dataclass(frozen=True)
class Provider:
    """Where a provider is and how we are known there. ``name`` and ``groups`` are the claims that we read."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    authorize_url: str = ""
    token_url: str = ""
    user_url: str = ""
    name: str = "preferred_username"
    groups: str = "groups"
    scopes: str = "openid profile"


def read(path: Path) -> Provider:
    """The provider in a file. Raises Misconfigured."""
    for_owner_only(path, "CASELIGHT_OIDC")
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise Misconfigured("CASELIGHT_OIDC cannot be read as TOML. docs/sign-in.md shows one.") from None
    names = {one.name for one in fields(Provider)}
    needed = ("issuer", "client_id", "client_secret", "authorize_url", "token_url")
    if set(given) - names or not all(isinstance(value, str) for value in given.values()):
        raise Misconfigured(f"CASELIGHT_OIDC has texts called {', '.join(sorted(names))} and nothing else.")
    if missing := [name for name in needed if not given.get(name)]:
        raise Misconfigured(f"CASELIGHT_OIDC says nothing about {missing[0]}.")
    for name in ("authorize_url", "token_url", "user_url"):
        parts = urlsplit(given.get(name, ""))
        if given.get(name) and parts.scheme != "https" and parts.hostname not in here.OWN_NAMES:
            raise Misconfigured(f"{name} in CASELIGHT_OIDC is not https.")
    return Provider(**given)


def claims(token: Any) -> dict[str, Any]:
    """What an id token says. It came from the provider itself over TLS, so its signature is not asked (OpenID Connect
    Core 3.1.3.7, 6). Raises NotBelieved."""
    try:
        body = str(token).split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (IndexError, ValueError, binascii.Error):
        raise NotBelieved("the id token cannot be read") from None
    if not isinstance(found, dict):
        raise NotBelieved("the id token holds no claims")
    return found


def believed(provider: Provider, told: Mapping[str, Any], nonce: str) -> None:
    """Raise NotBelieved unless the claims are for us, of now, and of the flow that we began."""
    audience = told.get("aud")
    expires = told.get("exp")
    if told.get("iss") != provider.issuer:
        raise NotBelieved("another issuer")
    if audience != provider.client_id and audience != [provider.client_id]:
        raise NotBelieved("for another client")
    if not isinstance(expires, (int, float)) or expires < time.time() - SKEW:
        raise NotBelieved("it is over")
    if not nonce or told.get("nonce") != nonce:
        raise NotBelieved("of another flow")
    if not told.get("sub"):
        raise NotBelieved("about nobody")


def identity(provider: Provider, told: Mapping[str, Any]) -> Vouched:
    """Name and groups that the claims hold. Raises NotBelieved."""
    name, groups = told.get(provider.name), told.get(provider.groups, [])
    if not isinstance(name, str) or not PERSON.fullmatch(name):
        raise NotBelieved("no name that can be used")
    if not isinstance(groups, list) or not all(isinstance(group, str) for group in groups):
        raise NotBelieved("groups are no list")
    return name.lower(), frozenset(groups)
