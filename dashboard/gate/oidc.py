"""Signing in at an OpenID provider: the code flow, with state, nonce and proof key; no token of it is kept."""

import base64
import hashlib
import json
import logging
import secrets
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

from dashboard.gate import words
from dashboard.gate.keeper import Keeper, keeper
from dashboard.gate.login import Entrance, own_path
from dashboard.gate.provider import NotBelieved, Provider, believed, claims, identity, read
from dashboard.gate.proxy import Vouched
from dashboard.gate.signed import cookie, set_cookie
from data_access.errors import CaselightError

log = logging.getLogger("caselight.gate")
FLOW = "caselight-flow"
SOON = 600.0  # seconds in which a flow has to come back
MOST = 2_000  # flows at once
PATIENCE = 10.0  # seconds for an answer of the provider


@dataclass
class Flow:
    """What we know of a flow until it comes back."""

    wanted: str
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    begun: float = field(default_factory=time.monotonic)


flows: dict[str, Flow] = {}


@cache
def provider(file: str) -> Provider:
    """The provider of the settings, read once."""
    return read(Path(file))


class ProviderLogin(Entrance):
    """Sends the browser to the provider, and takes it when it comes back."""

    modes = ("oidc",)

    async def get(self) -> None:
        """Begin a flow, or end it."""
        gate = keeper()
        if self.get_query_argument("error", "") or self.get_query_argument("code", ""):
            await self._come_back(gate)
        elif gate.person_of(self.request) is not None:
            self.to(own_path(self.get_query_argument("next", "/")))
        else:
            self._begin(gate)

    @staticmethod
    def _cookie(gate: Keeper) -> str:
        return f"__Host-{FLOW}" if gate.secure else FLOW

    def _begin(self, gate: Keeper) -> None:
        for state in [state for state, flow in flows.items() if time.monotonic() - flow.begun > SOON]:
            del flows[state]
        if len(flows) >= MOST:
            del flows[next(iter(flows))]
        state, flow = secrets.token_urlsafe(32), Flow(own_path(self.get_query_argument("next", "/")))
        flows[state] = flow
        known = provider(gate.found.oidc)
        proof = base64.urlsafe_b64encode(hashlib.sha256(flow.verifier.encode()).digest()).decode().rstrip("=")
        asked = {
            "response_type": "code", "client_id": known.client_id, "redirect_uri": self._here(gate),
            "scope": known.scopes, "state": state, "nonce": flow.nonce,
            "code_challenge": proof, "code_challenge_method": "S256",
        }  # fmt: skip
        self.add_header("Set-Cookie", set_cookie(self._cookie(gate), state, gate.secure))
        joint = "&" if "?" in known.authorize_url else "?"
        self.redirect(known.authorize_url + joint + urlencode(asked), status=303)

    def _here(self, gate: Keeper) -> str:
        return f"{gate.found.origin}{getattr(self.application, 'prefix', '')}/login"

    async def _come_back(self, gate: Keeper) -> None:
        state = self.get_query_argument("state", "")
        flow = flows.pop(state, None)
        own = cookie(self.request.headers.get_list("Cookie"), self._cookie(gate))
        self.add_header("Set-Cookie", set_cookie(self._cookie(gate), "", gate.secure, seconds=0))
        try:
            if flow is None or own != state or time.monotonic() - flow.begun > SOON:
                raise NotBelieved("no flow of this browser")
            vouched = await self._vouched(gate, flow)
            person = gate.vouched_for(vouched)
            if person is None:
                raise NotBelieved("a name that is disabled here")
            _, set_ = gate.signed_in(vouched[0], person, vouched, self.request)
        except NotBelieved as error:
            log.warning("a sign-in was refused: %s", error)
            gate.note("refused", None, self.request)
            again = f"{getattr(self.application, 'prefix', '')}/login?next={quote('/')}"
            said = "The sign-in of your organisation did not say who you are."
            self.say(401, words.page("You are not signed in", said, link="Try again", to=again))
            return
        except CaselightError as error:
            self.say(503, words.page("Nothing is shown", str(error)))
            return
        self.add_header("Set-Cookie", set_)
        self.to(flow.wanted)

    async def _vouched(self, gate: Keeper, flow: Flow) -> Vouched:
        """Who the provider says it is. Raises NotBelieved."""
        known = provider(gate.found.oidc)
        sent = {
            "grant_type": "authorization_code", "code": self.get_query_argument("code", ""),
            "redirect_uri": self._here(gate), "code_verifier": flow.verifier,
        }  # fmt: skip
        told = await _asked(
            known.token_url, method="POST", body=urlencode(sent),
            auth_username=quote(known.client_id, safe=""), auth_password=quote(known.client_secret, safe=""),
        )  # fmt: skip
        found = claims(told.get("id_token"))
        believed(known, found, flow.nonce)
        if known.user_url and not {known.name, known.groups} <= set(found):
            more = await _asked(known.user_url, headers={"Authorization": f"Bearer {told.get('access_token', '')}"})
            if more.get("sub") != found["sub"]:
                raise NotBelieved("about somebody else")
            found = {**more, **found}
        return identity(known, found)


async def _asked(address: str, **given: Any) -> dict[str, Any]:
    """An answer of the provider. Raises NotBelieved without any of what it said."""
    request = HTTPRequest(address, request_timeout=PATIENCE, connect_timeout=PATIENCE, follow_redirects=False, **given)
    try:
        got = await AsyncHTTPClient().fetch(request)
        found = json.loads(got.body)
    except (HTTPClientError, OSError, ValueError) as error:
        raise NotBelieved(f"the provider did not answer as it should ({type(error).__name__})") from None
    if not isinstance(found, dict):
        raise NotBelieved("the provider's answer holds nothing")
    return found
