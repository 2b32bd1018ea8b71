"""The breaches that the rules look for: each one SELECT of force, case and two facts about the breach."""

from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, Integer, Select, and_, case, exists, func, literal, or_, select, type_coerce

from data_access import facts
from data_access import tables as t
from data_access.days import NEVER

# Items that can be ticked: SafeLives Dash 24, police DASH 27, stalking part of the DASH 11.
SCORES = {"dash_safelives": 24, "dash_police": 27, "s_dash": 11}
WITHOUT_SCORE = ("sash", "srp", "professional_judgement_only")
LONGEST_CONTACT = 480  # minutes


def _n(column: ColumnElement) -> ColumnElement[int]:
    return type_coerce(column, Integer)


def _breach(
    force_id: ColumnElement,
    case_id: ColumnElement,
    first: ColumnElement,
    second: ColumnElement,
    on_day: ColumnElement | None = None,
) -> Select:
    """``on_day`` is the day of the row at fault, where it is not the first fact."""
    return select(
        force_id.label("force_id"),
        case_id.label("case_id"),
        first.label("first"),
        second.label("second"),
        (first if on_day is None else on_day).label("on_day"),
    )


def _first(
    force_id: ColumnElement, case_id: ColumnElement, on: ColumnElement, *conditions: ColumnElement[bool]
) -> Select:
    return (
        select(force_id.label("force_id"), case_id.label("case_id"), func.min(on).label("on_day"))
        .where(*conditions)
        .group_by(force_id, case_id)
    )


def _firsts(forces: Sequence[int]) -> dict[str, Select]:
    """First referral, lead, attempt and substantive contact of each case."""
    r, a, k = t.referral.c, t.allocation.c, facts.contact.c
    return {
        "referral": _first(
            r.force_id,
            r.case_id,
            _n(r.received_on),
            r.force_id.in_(forces),
            r.opens_case.is_(True),
            r.case_id.is_not(None),
        ),
        "allocation": _first(a.force_id, a.case_id, _n(a.since), a.force_id.in_(forces), a.role == "lead"),
        "attempt": _first(k.force_id, k.case_id, k.on_day, k.force_id.in_(forces), k.attempt == 1),
        "substantive": _first(k.force_id, k.case_id, k.on_day, k.force_id.in_(forces), k.substantive == 1),
    }


def in_order(earlier: str, later: str) -> Callable[[Sequence[int]], Select]:
    def rows(forces: Sequence[int]) -> Select:
        firsts = _firsts(forces)
        one, next_ = firsts[earlier].subquery("earlier").c, firsts[later].subquery("later").c
        return _breach(one.force_id, one.case_id, next_.on_day, one.on_day).where(
            next_.force_id == one.force_id, next_.case_id == one.case_id, next_.on_day < one.on_day
        )

    return rows


def contact_after_closing(forces: Sequence[int]) -> Select:
    k, c = t.contacts.c, t.cases.c
    return (
        _breach(k.force_id, k.case_id, _n(k.on_day), _n(c.closed_on))
        .join(t.cases, and_(c.force_id == k.force_id, c.case_id == k.case_id))
        .where(k.force_id.in_(forces), _n(k.on_day) > _n(c.closed_on))
    )


def two_leads(forces: Sequence[int]) -> Select:
    one, other = t.allocation.alias("one").c, t.allocation.alias("other").c
    ends, other_ends = func.coalesce(_n(one.until), NEVER), func.coalesce(_n(other.until), NEVER)
    start = case((_n(one.since) > _n(other.since), _n(one.since)), else_=_n(other.since))
    end = case((ends < other_ends, ends), else_=other_ends)
    as_of = _as_of(one.force_id)
    return _breach(one.force_id, one.case_id, start, case((end > as_of, as_of), else_=end)).where(
        one.force_id.in_(forces),
        other.force_id == one.force_id,
        other.case_id == one.case_id,
        one.role == "lead",
        other.role == "lead",
        one.source_id < other.source_id,
        one.advocate_id != other.advocate_id,
        start < end,
    )


def _as_of(force_id: ColumnElement) -> ColumnElement[int]:
    known = select(_n(t.data_version.c.as_of)).where(t.data_version.c.force_id == force_id)
    return known.correlate_except(t.data_version).scalar_subquery()  # also where it stands in another one


def open_without_lead(forces: Sequence[int]) -> Select:
    """Only where the source records allocations at all."""
    s, a, lead = facts.case_state.c, t.allocation.c, facts.lead_span.c
    ended = (
        select(func.max(lead.until))
        .where(lead.force_id == s.force_id, lead.case_id == s.case_id, lead.until <= _as_of(s.force_id))
        .scalar_subquery()
    )
    return _breach(s.force_id, s.case_id, func.coalesce(ended, s.opened_on), _as_of(s.force_id)).where(
        s.force_id.in_(forces),
        s.since <= _as_of(s.force_id),
        s.until > _as_of(s.force_id),
        s.lead_id == 0,
        s.waiting == 0,
        exists().where(a.force_id == s.force_id),
    )


def _with_case(
    forces: Sequence[int], first: ColumnElement, second: ColumnElement, *conditions: ColumnElement[bool]
) -> Select:
    a, c = t.risk_assessments.c, t.cases.c
    return (
        _breach(a.force_id, a.case_id, first, second)
        .join(t.cases, and_(c.force_id == a.force_id, c.case_id == a.case_id))
        .where(a.force_id.in_(forces), *conditions)
    )


def exit_far_from_closing(forces: Sequence[int]) -> Select:
    on, closed = _n(t.risk_assessments.c.assessed_on), _n(t.cases.c.closed_on)
    far = or_(on < closed - facts.EXIT_WITHIN, on > closed + facts.EXIT_WITHIN)
    return _with_case(forces, on, closed, t.risk_assessments.c.kind == "exit", far)


def exit_of_open_case(forces: Sequence[int]) -> Select:
    a = t.risk_assessments.c
    return _with_case(forces, _n(a.assessed_on), _n(a.assessed_on), a.kind == "exit", t.cases.c.closed_on.is_(None))


def assessed_after_closing(forces: Sequence[int]) -> Select:
    a, closed = t.risk_assessments.c, _n(t.cases.c.closed_on)
    return _with_case(forces, _n(a.assessed_on), closed, a.kind != "exit", _n(a.assessed_on) > closed)


def asked_while_open(forces: Sequence[int]) -> Select:
    c = t.cases.c
    return _breach(c.force_id, c.case_id, _n(c.opened_on), _as_of(c.force_id)).where(
        c.force_id.in_(forces), c.abuse_at_exit != "not_asked", c.closed_on.is_(None)
    )


def duration(forces: Sequence[int]) -> Select:
    k = t.contacts.c
    return _breach(k.force_id, k.case_id, k.duration_minutes, literal(LONGEST_CONTACT), _n(k.on_day)).where(
        k.force_id.in_(forces), or_(k.duration_minutes < 1, k.duration_minutes > LONGEST_CONTACT)
    )


def score(forces: Sequence[int]) -> Select:
    a = t.risk_assessments.c
    most = case(SCORES, value=a.tool, else_=0)
    outside = or_(and_(a.tool.in_(list(SCORES)), or_(a.score < 0, a.score > most)), a.tool.in_(WITHOUT_SCORE))
    return _breach(a.force_id, a.case_id, a.score, most, _n(a.assessed_on)).where(
        a.force_id.in_(forces), a.score.is_not(None), outside
    )


def level(forces: Sequence[int]) -> Select:
    a, h = t.risk_assessments.c, t.risk_threshold.c
    due = case((a.score >= h.high_min, "high"), (a.score >= h.medium_min, "medium"), else_="standard")
    return (
        _breach(a.force_id, a.case_id, type_coerce(a.level, t.cases.c.case_ref.type), due, _n(a.assessed_on))
        .join(
            t.risk_threshold,
            and_(
                h.force_id == a.force_id,
                h.tool == a.tool,
                _n(h.since) <= _n(a.assessed_on),
                func.coalesce(_n(h.until), NEVER) > _n(a.assessed_on),
            ),
        )
        .where(a.force_id.in_(forces), a.basis == "score", a.score.is_not(None), a.level != due)
    )


def after_extract(table: t.Table, column: str) -> Callable[[Sequence[int]], Select]:
    def rows(forces: Sequence[int]) -> Select:
        c = table.c
        return _breach(c.force_id, c.case_id, _n(c[column]), _as_of(c.force_id)).where(
            c.force_id.in_(forces), _n(c[column]) > _as_of(c.force_id)
        )

    return rows


def twice(forces: Sequence[int]) -> Select:
    """Told by the minute: two contacts of one day without a time are no sign of a second import."""
    k = t.contacts.c
    same = (k.force_id, k.case_id, k.on_day, k.at_minute, k.channel, k.with_whom, k.direction, k.outcome, k.advocate_id)
    return (
        _breach(k.force_id, k.case_id, _n(k.on_day), func.count())
        .where(k.force_id.in_(forces), k.at_minute.is_not(None))
        .group_by(*same)
        .having(func.count() > 1)
    )
