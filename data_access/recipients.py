"""Who gets a weekly file: a force, a team, or the supervisors of a team; and what may stand in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine, or_, select

from data_access import codes
from data_access import tables as t
from data_access.errors import UnknownName
from data_access.scope import Scope

FORCE, TEAM, SUPERVISOR = codes.RECIPIENTS
SUPERVISING = ("manager", "supervisor")


@dataclass(frozen=True)
class Recipient:
    """One file's addressee. ``posts`` are codes of supervising posts, where the file is for them.

    No table says which supervisor answers for which advocate: the supervisors
    of a team are its posts with the role supervisor or manager.
    """

    kind: str
    force: str
    team: str = ""
    posts: tuple[str, ...] = ()

    @property
    def scope(self) -> Scope:
        """What may stand in the file: one force, and of it one team where the file is for a team."""
        role = "service_manager" if self.kind == FORCE else "supervisor"
        return Scope("weekly", role, frozenset({self.force}), frozenset({self.team}) if self.team else None)

    @property
    def name(self) -> str:
        """Short name for a log and a message: ``force NORTH``, ``team NORTH NORTH-CITY``."""
        return " ".join(filter(None, (self.kind, self.force, self.team)))


def recipients(engine: Engine, kind: str, forces: Sequence[str], on: date) -> tuple[Recipient, ...]:
    """The recipients of a kind in the forces named, in the order of codes; teams that exist on the day ``on``.

    Raises UnknownName for another kind.
    """
    if kind not in codes.RECIPIENTS:
        raise UnknownName("recipient", kind, codes.RECIPIENTS)
    if kind == FORCE:
        return tuple(Recipient(FORCE, code) for code in sorted(forces))
    posts = supervising(engine, forces, on) if kind == SUPERVISOR else {}
    m = t.team.c
    asked = (
        select(t.force.c.code.label("force"), m.code.label("team"))
        .join(t.force, t.force.c.force_id == m.force_id)
        .where(
            t.force.c.code.in_(list(forces)),
            or_(m.opened_on.is_(None), m.opened_on <= on),
            or_(m.closed_on.is_(None), m.closed_on > on),
        )
        .order_by(t.force.c.code, m.code)
    )
    with engine.connect() as connection:
        rows = connection.execute(asked).fetchall()
    return tuple(Recipient(kind, row.force, row.team, posts.get((row.force, row.team), ())) for row in rows)


def supervising(engine: Engine, forces: Sequence[str], on: date) -> dict[tuple[str, str], tuple[str, ...]]:
    """Codes of the supervising posts of each force and team that were filled on the day ``on``."""
    a, m = t.advocate.c, t.team.c
    asked = (
        select(t.force.c.code.label("force"), m.code.label("team"), a.code.label("post"))
        .join(t.team, m.team_id == a.team_id)
        .join(t.force, t.force.c.force_id == a.force_id)
        .where(
            t.force.c.code.in_(list(forces)),
            a.role.in_(SUPERVISING),
            a.started_on <= on,
            or_(a.left_on.is_(None), a.left_on > on),
        )
        .order_by(t.force.c.code, m.code, a.code)
    )
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    with engine.connect() as connection:
        for row in connection.execute(asked):
            found[row.force, row.team] = (*found.get((row.force, row.team), ()), row.post)
    return found
