"""Reads the audit: who saw or took what, for whoever may know."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from data_access.days import LOCAL
from data_access.errors import CaselightError
from data_access.register.audit import EVENTS, separated
from data_access.register.opened import Register
from data_access.register.tables import audit
from data_access.scope import Scope
from data_access.slice import Page

AT_ONCE = 1_000  # lines read in one go


@dataclass(frozen=True)
class Asked:
    """Which lines: local days ``first <= day < until``, one person, one event; whatever is left out is not asked."""

    first: date | None = None
    until: date | None = None
    person: str | None = None
    event: str | None = None

    @classmethod
    def of_week(cls, monday: date, person: str | None = None, event: str | None = None) -> "Asked":
        """The seven days from a Monday."""
        return cls(monday, monday + timedelta(days=7), person, event)


@dataclass(frozen=True)
class Line:
    """One line of the audit; ``at`` is UTC."""

    seq: int
    at: datetime
    event: str
    person: str
    role: str
    forces: str
    teams: str | None
    page: str
    filters: str
    rows: int | None
    purpose: str
    file: str
    sha256: str
    address: str
    session: str
    reference: str
    version: str


NAMES = tuple(field.name for field in fields(Line))


@dataclass(frozen=True)
class Lines:
    """One page of lines, the newest first, and how many there are in all."""

    lines: tuple[Line, ...]
    total: int
    page: Page

    @property
    def pages(self) -> int:
        """Number of pages, at least one."""
        return max(1, -(-self.total // self.page.size))


class Looks:
    """The lines that one person may read: all of them, or with ``only`` that person's own.

    ``forces`` adds the lines of others that name forces, and none but these.
    """

    def __init__(self, register: Register, only: str | None = None, forces: frozenset[str] = frozenset()) -> None:
        self.register, self.only, self.forces = register, only, forces

    @classmethod
    def within(cls, register: Register, scope: Scope) -> "Looks":
        """What a role may read: all lines, those of one's own forces, or one's own.

        Raises NotAllowed where none may be.
        """
        if scope.may("audit"):
            return cls(register)
        scope.need("own_lines")
        theirs = scope.may("their_lines") and scope.teams is None
        return cls(register, scope.identity, scope.forces if theirs else frozenset())

    @property
    def extent(self) -> str:
        """``everybody``, ``forces`` or ``own``: whose lines these are."""
        return "everybody" if self.only is None else "forces" if self.forces else "own"

    def page(self, asked: Asked, page: Page | None = None) -> Lines:
        """One page, the newest first. Raises CaselightError for an event that does not exist."""
        page = page or Page()
        wanted = self._where(asked)
        with self.register.reading() as connection:
            total = connection.execute(select(func.count()).select_from(audit).where(*wanted)).scalar_one()
            rows = connection.execute(
                _columns().where(*wanted).order_by(audit.c.seq.desc())
                .limit(page.size).offset((page.number - 1) * page.size)
            ).all()  # fmt: skip
        return Lines(tuple(Line(*row) for row in rows), total, page)

    def all(self, asked: Asked) -> Iterator[Line]:
        """Every line, the oldest first, read in parts; what is written meanwhile is not among them."""
        wanted = self._where(asked)
        with self.register.reading() as connection:
            last = connection.execute(select(func.max(audit.c.seq)).where(*wanted)).scalar()
        seen = 0
        while last is not None and seen < last:
            with self.register.reading() as connection:
                part = _columns().where(*wanted, audit.c.seq > seen, audit.c.seq <= last)
                rows = connection.execute(part.order_by(audit.c.seq).limit(AT_ONCE)).all()
            if not rows:
                return
            seen = rows[-1].seq
            yield from (Line(*row) for row in rows)

    def people(self) -> tuple[str, ...]:
        """Everybody of whom there is a line, in order."""
        with self.register.reading() as connection:
            found = select(audit.c.person).where(*self._where(Asked())).distinct().order_by(audit.c.person)
            return tuple(connection.execute(found).scalars())

    def _where(self, asked: Asked) -> list[ColumnElement[bool]]:
        if asked.event is not None and asked.event not in EVENTS:
            raise CaselightError(f"There is no event called {asked.event!r}. Known: {', '.join(EVENTS)}.")
        wanted: dict[Any, Any] = {audit.c.person: asked.person, audit.c.event: asked.event}
        terms = [column == value for column, value in wanted.items() if value is not None]
        if self.only is not None:
            terms.append(or_(audit.c.person == self.only, audit.c.forces.in_(self._theirs())))
        if asked.first is not None:
            terms.append(audit.c.at >= _midnight(asked.first))
        if asked.until is not None:
            terms.append(audit.c.at < _midnight(asked.until))
        return terms

    def _theirs(self) -> list[str]:
        """Every value of the column of forces that names forces of ours and nobody else's."""
        if not self.forces:
            return []
        with self.register.reading() as connection:
            written = connection.execute(select(audit.c.forces).distinct()).scalars().all()
        return [text for text in written if text and separated(text) <= self.forces]


def _columns() -> Any:
    return select(*(audit.c[name] for name in NAMES))


def _midnight(on: date) -> datetime:
    """When a local day begins: the hour of the clock change belongs to the right week."""
    return datetime.combine(on, time(), LOCAL).astimezone(UTC)
