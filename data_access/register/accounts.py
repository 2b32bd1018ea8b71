"""Local accounts and their grants: made, listed, disabled, checked."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from data_access.errors import CaselightError, UnknownName
from data_access.permissions import BOUND_TO_TEAMS, NEVER_TOGETHER, ROLES, may
from data_access.register import passwords
from data_access.register import tables as t
from data_access.register.opened import Register

NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")


@dataclass(frozen=True)
class Line:
    """A grant as it is kept: ``force`` is empty for a role that sees no force, ``teams`` None: not bound to teams."""

    role: str
    force: str
    teams: frozenset[str] | None


@dataclass(frozen=True)
class Account:
    """An account without its password. ``password_at`` tells whether the password is still the one it was."""

    name: str
    made_at: datetime
    password_at: datetime
    disabled_at: datetime | None
    grants: tuple[Line, ...]


def tidy(name: str) -> str:
    """A name as accounts have it: small letters, digits and ``. _ @ + -``. Raises CaselightError for another."""
    found = unicodedata.normalize("NFKC", name).strip().lower()
    if not NAME.fullmatch(found):
        raise CaselightError(
            "A name to sign in with has small letters, digits and . _ @ + -, begins with a letter or digit and is at "
            "most 64 characters long."
        )
    return found


class Accounts:
    """The accounts of a register. Every method raises RegisterClosed when it does not answer."""

    def __init__(self, register: Register) -> None:
        self.register = register

    def add(self, name: str, password: str) -> str:
        """Make an account, or set another password for one; gives its name. It may see nothing yet."""
        name, kept = tidy(name), passwords.hashed(password)
        with self.register.begin() as connection:
            if self._there(connection, name):
                change = update(t.account).where(t.account.c.name == name)
                connection.execute(change.values(password_hash=kept, password_at=t.now(), disabled_at=None))
            else:
                now = t.now()
                connection.execute(
                    insert(t.account).values(name=name, password_hash=kept, made_at=now, password_at=now)
                )
        return name

    def disable(self, name: str) -> None:
        """Let nobody in under this name any more, whichever way they sign in; ``add`` lets them in again."""
        name = tidy(name)
        with self.register.begin() as connection:
            if self._there(connection, name):
                connection.execute(update(t.account).where(t.account.c.name == name).values(disabled_at=t.now()))
            else:  # somebody whom a proxy or provider vouches for: a name without a password, closed
                now = t.now()
                values = {"name": name, "password_hash": "", "made_at": now, "password_at": now, "disabled_at": now}
                connection.execute(insert(t.account).values(values))

    def grant(self, name: str, role: str, force: str = "", teams: Iterable[str] | None = None) -> None:
        """Give a role in a force. Raises CaselightError where the role does not fit what is asked or held."""
        name, bound = tidy(name), None if teams is None else frozenset(teams)
        check_grant(role, force, bound)
        with self.register.begin() as connection:
            if not self._there(connection, name):
                raise CaselightError(f"There is no account {name!r}. Make it with 'caselight user add {name}'.")
            held = self._grants(connection, [name])[name]
            for pair in NEVER_TOGETHER:
                if role in pair and {one.role for one in held} & (pair - {role}):
                    raise CaselightError(
                        f"Nobody is {' and '.join(sorted(pair))} at once. Take the other role away first."
                    )
            if any(one.role == role and one.force != force and (one.teams is None) != (bound is None) for one in held):
                raise CaselightError(
                    f"The role {role} is bound to teams in one force and not in another. Take it away there first."
                )
            self._take(connection, name, role, force)
            kept = None if bound is None else ",".join(sorted(bound))
            values = {"name": name, "role": role, "force": force, "teams": kept, "made_at": t.now()}
            connection.execute(insert(t.account_grant).values(values))

    def take(self, name: str, role: str, force: str = "") -> None:
        """Take a role in a force away."""
        with self.register.begin() as connection:
            self._take(connection, tidy(name), role, force)

    def listed(self) -> list[Account]:
        """Every account, by name."""
        return sorted(self.known().values(), key=lambda account: account.name)

    def known(self, names: Iterable[str] | None = None) -> dict[str, Account]:
        """Accounts by name: all, or those of ``names`` that exist."""
        columns = (t.account.c.name, t.account.c.made_at, t.account.c.password_at, t.account.c.disabled_at)
        asked = select(*columns) if names is None else select(*columns).where(t.account.c.name.in_(list(names)))
        with self.register.reading() as connection:
            rows = connection.execute(asked).all()
            grants = self._grants(connection, [row.name for row in rows])
        return {row.name: Account(*row, tuple(grants[row.name])) for row in rows}

    def signed_in(self, name: str, password: str) -> Account | None:
        """The account of a name and its password; None when they do not fit or it is disabled, after the same time."""
        try:
            name = tidy(name)
        except CaselightError:
            name = ""
        asked = select(t.account.c.password_hash).where(t.account.c.name == name, t.account.c.disabled_at.is_(None))
        with self.register.reading() as connection:
            kept = connection.execute(asked).scalar()
        fits = passwords.fits(kept, password)
        return self.known([name]).get(name) if fits else None

    @staticmethod
    def _there(connection: Connection, name: str) -> bool:
        return connection.execute(select(t.account.c.name).where(t.account.c.name == name)).scalar() is not None

    @staticmethod
    def _take(connection: Connection, name: str, role: str, force: str) -> None:
        g = t.account_grant.c
        connection.execute(delete(t.account_grant).where(g.name == name, g.role == role, g.force == force))

    @staticmethod
    def _grants(connection: Connection, names: list[str]) -> dict[str, list[Line]]:
        g = t.account_grant.c
        asked = select(g.name, g.role, g.force, g.teams).where(g.name.in_(names)).order_by(g.role, g.force)
        found: dict[str, list[Line]] = defaultdict(list)
        for name, role, force, teams in connection.execute(asked):
            bound = None if teams is None else frozenset(filter(None, teams.split(",")))
            found[name].append(Line(role, force, bound))
        return found


def check_grant(role: str, force: str, teams: frozenset[str] | None) -> None:
    """Raise CaselightError for a grant that does not fit its role."""
    if role not in ROLES:
        raise UnknownName("role", role, ROLES)
    if any("," in code or "/" in code or not code.strip() for code in (*(teams or ()), *([force] if force else []))):
        raise CaselightError("Codes of forces and teams have no comma and no stroke, and are not empty.")
    sees = may(role, "figures")
    if sees and not force:
        raise CaselightError(f"Say in which force, for example --role {role} --force NORTH.")
    if not sees and (force or teams is not None):
        raise CaselightError(f"The role {role} sees no force's figures, so it is given without --force and --team.")
    if role in BOUND_TO_TEAMS and not teams:
        raise CaselightError(f"The role {role} is bound to teams. Name them, for example --team CITY.")
