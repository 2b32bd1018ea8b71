"""The keeper of the gate: the one place that says who a request comes from, and for how long that holds."""

import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dashboard.gate import here
from dashboard.gate.groups import GroupMap
from dashboard.gate.held import Held
from dashboard.gate.proxy import Proxy, Vouched, client, peer
from dashboard.gate.sign_ins import SignIn, SignIns
from dashboard.gate.signed import Signer, cookie, of_settings, set_cookie
from dashboard.gate.starts import check
from dashboard.people import Person, at_this_machine, grants
from dashboard.settings import Settings, settings
from dashboard.witness import audit_of, network, register_of, short_sum
from data_access.errors import CaselightError
from data_access.register.accounts import Account, Accounts
from data_access.register.audit import Who

log = logging.getLogger("caselight.gate")


class Keeper:
    """One for the process. ``shut`` says why nobody is let in at all; empty when the gate works."""

    def __init__(self, found: Settings, shut: str = "") -> None:
        self.found, self.mode, self.shut = found, found.sign_in, shut
        self.sign_ins = SignIns(60 * found.idle_minutes, 3600 * found.hours)
        self.held = Held()
        self.make: Callable[[Any], Any] | None = None  # what makes a page of a request, where there is one
        self.local = at_this_machine()
        self.secure = found.origin.startswith("https://")
        # A browser takes a cookie called __Host- only over https, from this host alone, for every path.
        self.cookie = "__Host-caselight" if self.secure else "caselight-sign-in"
        self.groups: GroupMap | None = None
        self.proxy: Proxy | None = None
        if self.mode:
            self.signer = Signer(of_settings(found))
            self.accounts = Accounts(register_of(found))
            self.groups = GroupMap(found.groups) if found.groups else None
            self.proxy = Proxy(found.proxy_secret_file) if self.mode == "proxy" else None

    def refusal(self, request: Any) -> str:
        """Why a request cannot come from anybody; empty when it may. In doubt there is a reason."""
        if self.shut or not self.mode or not self.found.origin:
            return self.shut or here.refusal(request)
        try:
            hosts, headers = request.headers.get_list("Host"), request.headers
        except AttributeError:
            return "the connection cannot be told"
        if hosts != [urlsplit(self.found.origin).netloc]:
            return "the request asks for another host"
        if here.embedded(headers):
            return "another site's page asks for it"
        return ""

    def person_of(self, request: Any) -> Person | None:
        """Who a request comes from; None when nobody is signed in. Identity comes from here and nowhere else."""
        if self.refusal(request):
            return None
        if not self.mode:
            return self.local
        sign_in = self.sign_in_of(request)
        return sign_in.person if sign_in else None

    def sign_in_of(self, request: Any) -> SignIn | None:
        """The sign-in that a request belongs to. Behind a proxy that vouches, it has to vouch for the same person."""
        if not self.mode or self.refusal(request):
            return None
        id_ = self.signer.opened("cookie", cookie(request.headers.get_list("Cookie"), self.cookie))
        sign_in = self.sign_ins.found(id_) if id_ else None
        if sign_in is not None and self.proxy is not None and self.proxy.vouched(request) != sign_in.stamp:
            return None
        return sign_in

    def still(self, person: Person) -> bool:
        """Whether somebody who was let in still is: making their page takes a while."""
        if not self.mode:
            return not self.shut
        own = (one for one in self.sign_ins if one.person.session == person.session)
        return not self.shut and any(self.sign_ins.goes_on(one) for one in own)

    def arrived(self, request: Any) -> tuple[Person | None, str]:
        """Who asks for a page, and the cookie to set: whoever a proxy vouches for is signed in by asking."""
        person = self.person_of(request)
        if person is not None or self.proxy is None or self.refusal(request):
            return person, ""
        stamp = self.proxy.vouched(request)
        if stamp is None:
            return None, ""
        held = self.vouched_for(stamp)
        return (None, "") if held is None else self.signed_in(stamp[0], held, stamp, request)

    def vouched_for(self, vouched: Vouched) -> Person | None:
        """What somebody for whom others vouch may see; None for a name that is disabled here."""
        name, groups = vouched
        closed = self.accounts.known([name]).get(name)
        return None if closed is not None and closed.disabled_at is not None else self.by_groups(groups)

    def by_groups(self, groups: frozenset[str]) -> Person:
        """What groups give, as somebody without a name yet."""
        given = self.groups
        return Person("", grants(given.lines(groups) if given is not None else ()))

    def signed_in(self, name: str, held: Person, stamp: object, request: Any) -> tuple[Person, str]:
        """Begin a sign-in, record it, and give the cookie. Raises AuditUnwritable: then nobody is signed in."""
        sign_in = self.sign_ins.begin(Person(name, held.grants), stamp)
        try:
            self.note("login", sign_in.person, request)
        except BaseException:
            self.sign_ins.end(sign_in)
            raise
        return sign_in.person, self.set_cookie(self.signer.sealed("cookie", sign_in.id))

    def sign_out(self, sign_in: SignIn, request: Any) -> None:
        """End a sign-in everywhere. Raises AuditUnwritable when it is ended but not recorded."""
        self.sign_ins.end(sign_in)
        self.close_ended()
        self.note("logout", sign_in.person, request)

    def set_cookie(self, value: str, seconds: int | None = None) -> str:
        """The header that sets the cookie of a sign-in."""
        return set_cookie(self.cookie, value, self.secure, seconds=seconds)

    def address(self, request: Any) -> str:
        """Where a request comes from: behind a proxy of ours, what the proxy saw."""
        return client(request) if self.found.origin else (peer(request) or "")

    def note(self, event: str, person: Person | None, request: Any, name: str = "") -> None:
        """One line of the audit. Raises AuditUnwritable."""
        who = Who(
            person.name if person else name,
            person.role if person else "",
            address=network(self.address(request)),
            session=short_sum(person.session) if person else "",
        )
        audit_of(self.found).write(event, who)

    def close_ended(self) -> None:
        """Close the sockets of sign-ins that do not go on."""
        for socket in list(self.held.sockets):
            if socket.sign_in is not None and not self.sign_ins.goes_on(socket.sign_in):
                socket.leave()

    def check(self) -> None:
        """Look up every sign-in's account once; end those whose account is not what it was. Takes one question."""
        going = list(self.sign_ins)
        known = self.accounts.known({one.person.name for one in going}) if going else {}
        if self.groups is not None:
            self.groups.renew()
        for one in going:
            if self.sign_ins.over(one) or not self._holds(one, known.get(one.person.name)):
                self.sign_ins.end(one)
            else:
                one.checked = self.sign_ins.clock()

    def _holds(self, sign_in: SignIn, account: Account | None) -> bool:
        if account is not None and account.disabled_at is not None:
            return False
        if self.mode == "accounts":
            return account is not None and stamp_of(account) == sign_in.stamp
        return self.by_groups(sign_in.stamp[1]).grants == sign_in.person.grants


def stamp_of(account: Account) -> object:
    """What of an account has to stay as it was for a sign-in to go on."""
    return account.password_at, account.grants


@cache
def keeper() -> Keeper:
    """The keeper of this process, as its settings say; where they cannot be used it lets nobody in and says why."""
    try:
        found = settings()
        if found.sign_in:
            check(found)
        return Keeper(found)
    except (CaselightError, OSError) as error:
        said = str(error) if isinstance(error, CaselightError) else "a file of its settings cannot be used."
        return Keeper(Settings("", 0, Path(), debug=False), shut=said)
