"""The standards that a database holds for a force."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, Engine, select

from data_access import tables as t
from data_access.standards.reading import defaults
from data_access.standards.standard import Standards, Target

DEFAULTS = defaults()


def of_force(connection: Connection, force_id: int) -> Standards:
    """What holds for a force: the package's numbers, those of the site, and those of the force, the later before."""
    found = DEFAULTS
    for part in (None, force_id):
        found = found.with_(_numbers(connection, part), _targets(connection, part))
    return found


def _numbers(connection: Connection, force_id: int | None) -> dict[str, dict[str, int]]:
    s = t.standard.c
    found: dict[str, dict[str, int]] = {}
    rows = connection.execute(select(s.kind, s.name, s.amount).where(s.force_id.is_not_distinct_from(force_id)))
    for kind, name, amount in rows:
        found.setdefault(kind, {})[name] = amount
    return found


def _targets(connection: Connection, force_id: int | None) -> dict[str, Target]:
    g = t.target.c
    rows = connection.execute(
        select(g.measure, g.at_least, g.at_most, g.source).where(g.force_id.is_not_distinct_from(force_id))
    )
    return {row.measure: Target(*row) for row in rows}


def by_force(engine: Engine, forces: Iterable[str]) -> Mapping[str, Standards]:
    """What holds for each force, by code in their order. A force that is not there is left out."""
    f = t.force.c
    with engine.connect() as connection:
        rows = connection.execute(select(f.code, f.force_id).where(f.code.in_(list(forces))).order_by(f.code)).all()
        return {code: of_force(connection, force_id) for code, force_id in rows}
