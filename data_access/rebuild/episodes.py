"""How long support lasted: a case of the same pair soon after a closing goes on with the same support."""

from sqlalchemy import ColumnElement, Select, case, func, literal, or_, select
from sqlalchemy.sql.functions import FunctionElement

from data_access import codes, facts
from data_access import tables as t
from data_access.days import NEVER

REOPENED_WITHIN = 30  # days from a closing to the next opening of the same pair; domain CL9


def episodes(force_id: int) -> Select:
    """One row for each case, with the first opening of its support and the latest closing up to it."""
    p, c = facts.case_path.c, t.cases.c
    # A case without its pair goes on with none: its own number, below 0, stands for the pair.
    pair = func.coalesce(c.link_id, -c.case_id)
    closed_before = func.max(p.closed_on).over(partition_by=pair, order_by=(p.opened_on, c.source_id), rows=(None, -1))
    placed = (
        select(
            p.case_id,
            pair.label("pair"),
            c.source_id,
            p.opened_on,
            p.closed_on,
            p.opened_lead,
            p.opened_team,
            p.opened_level,
            p.source,
            codes.ending_of(c.closure_reason).label("ending"),
            closed_before.label("closed_before"),
        )
        .join(t.cases, c.case_id == p.case_id)
        .where(p.force_id == force_id)
        .subquery("placed")
    )
    s = placed.c
    anew = case((or_(s.closed_before.is_(None), s.opened_on > s.closed_before + REOPENED_WITHIN), 1), else_=0)
    number = func.sum(anew).over(partition_by=s.pair, order_by=(s.opened_on, s.source_id))
    support = select(*placed.c, number.label("support")).subquery("numbered")
    n = support.c

    def along(function: FunctionElement) -> ColumnElement[int]:
        return function.over(partition_by=(n.pair, n.support), order_by=(n.opened_on, n.source_id))

    def first(column: ColumnElement) -> ColumnElement[int]:
        return along(func.first_value(column))

    return select(
        literal(force_id).label("force_id"),
        n.case_id,
        first(n.opened_on).label("begun_on"),
        n.opened_on.label("known_on"),
        func.coalesce(along(func.lead(n.opened_on)), NEVER).label("replaced_on"),
        along(func.max(n.closed_on)).label("ended_on"),
        n.ending,
        first(n.opened_lead).label("lead_id"),
        first(n.opened_team).label("team_id"),
        first(n.opened_level).label("level"),
        first(n.source).label("source"),
    )
