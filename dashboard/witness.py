"""Who looks, told to the audit before anything leaves: one line for each answer of a page and for each command."""

import getpass
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from ipaddress import ip_address, ip_network

from dashboard import lists
from dashboard.address import href
from dashboard.delivery import Delivery
from dashboard.settings import Settings
from data_access.register.audit import Audit, Look, Who
from data_access.register.opened import Register, beside
from data_access.scope import Scope

NETWORKS = {4: 24, 6: 48}  # bits of an address that are kept


@cache
def product_version() -> str:
    """Version of caselight as it is installed."""
    try:
        return version("caselight")
    except PackageNotFoundError:
        return "not installed"


@cache
def register(url: str) -> Register:
    """The register at an address, one for the process."""
    return Register(url)


def register_of(found: Settings, database: str = "") -> Register:
    """The register that goes with a database (without one, with that of the settings)."""
    return register(getattr(found, "register", "") or beside(database or found.database))


def audit_of(found: Settings, database: str = "") -> Audit:
    """Where the looks at a database are recorded."""
    return Audit(register_of(found, database), product_version())


def network(address: str) -> str:
    """The first part of a network address; nothing where it is none."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ip_network((found, NETWORKS[found.version]), strict=False))


def short_sum(secret: str) -> str:
    """A sum by which the same session is known again, and from which it cannot be found."""
    return hashlib.sha256(secret.encode()).hexdigest()[:16] if secret else ""


def who_of(scope: Scope, address: str = "", session: str = "") -> Who:
    """Who looks within a scope, from an address, in a session."""
    teams = None if scope.teams is None else tuple(sorted(scope.teams))
    return Who(scope.identity, scope.role, tuple(sorted(scope.forces)), teams, network(address), short_sum(session))


def at_the_command_line() -> str:
    """Name under which the operating system knows whoever types a command."""
    try:
        return f"{getpass.getuser()} (command line)"
    except (OSError, KeyError, ImportError):
        return "(command line)"


@dataclass(frozen=True)
class Shown:
    """What stands on a page: its address, what else was chosen (codes), lines of the list on it, what went wrong."""

    query: Mapping[str, str]
    more: Mapping[str, str] = field(default_factory=dict)
    rows: int | None = None
    refused: bool = False
    reference: str = ""


class Witness:
    """Sees what one session is given. Raises AuditUnwritable where that cannot be recorded."""

    def __init__(self, audit: Audit, who: Who) -> None:
        self.audit, self.who = audit, who
        self._before: dict[str, str] = {}

    def saw(self, delivery: Delivery, shown: Shown) -> None:
        """Record what is about to leave, after which ``shown`` stands on the page."""
        query, file = known_only(shown.query), delivery.file
        look = Look(
            event=self._event(delivery, query, shown),
            page=query.get("page", ""),
            filters=href({**query, **shown.more}).removeprefix("?"),
            rows=shown.rows if file is None else file.rows,
            reference=shown.reference,
        )
        if file is not None:
            look = replace(look, file=file.name, sha256=file.sha256, purpose=file.purpose)
        self.audit.write(look, self.who)
        self._before = query

    def _event(self, delivery: Delivery, query: dict[str, str], shown: Shown) -> str:
        changed = {name for name in (*query, *self._before) if query.get(name) != self._before.get(name)}
        if delivery.refused or shown.refused:
            return "refused"
        if shown.reference:
            return "failed"
        if delivery.file:
            return "file"
        if delivery.whole or "page" in changed:
            return "page"
        if changed & {"list", "at"} and "list" in query:
            return "list"
        return "filter" if changed else "look"


def known_only(query: Mapping[str, str]) -> dict[str, str]:
    """A query without the name of a list that does not exist: somebody typed it, and it may be anything."""
    name = query.get("list", "")
    known = not name or lists.known(name)
    return dict(query) if known else {**query, "list": "unknown"}
