"""The pages on which people sign in with a password and sign out."""

import asyncio
import logging
import secrets
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

from dashboard.gate import words
from dashboard.gate.keeper import Keeper, keeper, stamp_of
from dashboard.gate.pages import Guarded, noted
from dashboard.gate.signed import cookie, set_cookie
from dashboard.gate.throttle import ADDRESS, NAME, Throttle
from dashboard.people import Person, grants
from data_access.errors import CaselightError

log = logging.getLogger("caselight.gate")
FORM = "caselight-form"
# Each takes 64 MiB for about 50 ms: more at once would only be slower.
_hashing = ThreadPoolExecutor(max_workers=2, thread_name_prefix="passwords")
tries = Throttle()


def own_path(wanted: str) -> str:
    """The address that somebody wanted, where it is a path of ours; else the first page."""
    parts = urlsplit(wanted)
    plain = wanted.isprintable() and "\\" not in wanted and not parts.scheme and not parts.netloc
    return wanted if plain and wanted.startswith("/") and not wanted.startswith("//") else "/"


class Entrance(Guarded):
    """What both pages have: who asks, forms of our own only, no answer to what comes from elsewhere."""

    async def prepare(self) -> None:
        """Refuse what nobody could be asking for."""
        gate = keeper()
        reason = gate.refusal(self.request)
        if reason or gate.mode not in self.modes:
            status, page = (
                (403, words.shut(gate.shut) if gate.shut else words.elsewhere()) if reason else (404, words.failed())
            )
            self.say(status, page)
        elif self.request.method == "POST" and self._from_elsewhere(gate):
            noted(gate, self.request)
            self.say(403, words.failed())

    modes: tuple[str, ...] = ("accounts",)

    def _from_elsewhere(self, gate: Keeper) -> bool:
        """Whether another site's page sent the form, as far as the browser says so."""
        if self.request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            return True
        origin = self.request.headers.get("Origin", "")
        own = gate.found.origin or f"http://{self.request.host}"
        return bool(origin) and origin != own

    def to(self, path: str) -> None:
        """Go on to a page."""
        self.redirect(path, status=303)


class Login(Entrance):
    """Name and password."""

    def get(self) -> None:
        """The form; whoever is signed in goes on."""
        wanted = own_path(self.get_query_argument("next", "/"))
        if keeper().person_of(self.request) is not None:
            self.to(wanted)
        else:
            self._form(wanted)

    def _form(self, wanted: str, name: str = "", wrong: bool = False) -> None:
        gate = keeper()
        given = cookie(self.request.headers.get_list("Cookie"), self._cookie(gate))
        mark = given if len(given) >= 32 and given.isalnum() else secrets.token_hex(32)
        self.add_header("Set-Cookie", set_cookie(self._cookie(gate), mark, gate.secure, "Strict"))
        action = f"{getattr(self.application, 'prefix', '')}/login"
        token = gate.signer.sum("form", mark)
        self.say(401 if wrong else 200, words.login(action, token, wanted, name, wrong))

    @staticmethod
    def _cookie(gate: Keeper) -> str:
        return f"__Host-{FORM}" if gate.secure else FORM

    async def post(self) -> None:
        """Sign in. Whatever is wrong, the answer is the same."""
        gate = keeper()
        mark = cookie(self.request.headers.get_list("Cookie"), self._cookie(gate))
        wanted = own_path(self.get_body_argument("next", "/"))
        if not mark or not gate.signer.fits("form", mark, self.get_body_argument("token", "")):
            self._form(wanted)  # the browser did not keep the cookie, or somebody else made the form
            return
        name = self.get_body_argument("name", "", strip=True)[:64]
        try:
            found = await self._known(gate, name, self.get_body_argument("password", "", strip=False))
            set_ = found and gate.signed_in(found[0].name, found[0], found[1], self.request)
        except CaselightError as error:
            self.say(503, words.page("Nothing is shown", str(error)))
            return
        if not set_:
            self._form(wanted, name, wrong=True)
            return
        self.add_header("Set-Cookie", set_[1])
        self.to(wanted)

    async def _known(self, gate: Keeper, name: str, password: str) -> tuple[Person, Any] | None:
        """The person, where name and password fit and nobody has tried too often."""
        keys = (NAME, name.lower()), (ADDRESS, gate.address(self.request))
        if not tries.may(*keys):  # not looked at and no line: whoever tries without end could fill the audit
            log.warning("a sign-in has to wait after wrong ones before it")
            return None
        tries.begun(*keys)  # counted before the answer is known: many at once are not quicker
        asked = partial(gate.accounts.signed_in, name, password)
        account = await asyncio.get_running_loop().run_in_executor(_hashing, asked)
        if account is None:
            gate.note("turned_away", None, self.request, name=name)
            return None
        tries.right(*keys)
        return Person(account.name, grants(account.grants)), stamp_of(account)


class Logout(Entrance):
    """Sign out, everywhere at once."""

    modes = ("accounts", "proxy", "oidc")

    def get(self) -> None:
        """A link from elsewhere signs nobody out."""
        self.to("/")

    def post(self) -> None:
        """End the sign-in."""
        gate = keeper()
        sign_in = gate.sign_in_of(self.request)
        given = self.get_body_argument("token", "")
        if sign_in is None or not gate.signer.fits("logout", sign_in.id, given):
            self.to("/")
            return
        with suppress(CaselightError):  # it is over, whether that could be recorded or not; the log says which
            gate.sign_out(sign_in, self.request)
        self.add_header("Set-Cookie", gate.set_cookie("", 0))
        again = "" if gate.mode == "proxy" else f"{getattr(self.application, 'prefix', '')}/login?next={quote('/')}"
        more = "Sign out of your organisation's sign-in as well." if gate.mode != "accounts" else ""
        said = ("Every page that you had open here is closed.", *filter(None, [more]))
        self.say(200, words.page("You are signed out", *said, link="Sign in again" if again else "", to=again))
