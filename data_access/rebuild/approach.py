"""How a case was taken up: attempts, engagement, and whether it has lapsed."""

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)

from data_access import codes, facts
from data_access import tables as t
from data_access.codes import code_of
from data_access.days import NEVER
from data_access.rebuild.calendar import working_days_after
from data_access.rebuild.parts import attempt, day_number, later, or_never, own_assessments, rank, substantive

UNKNOWN_MINUTE = 2_000_000_000  # after every minute of a day: a time that is not recorded stands last on its day
MOST_TRIES, TEXT_ONLY = 6, 7


def tries_of(calls: ColumnElement, texts: ColumnElement) -> ColumnElement[int]:
    """Number of attempts as the facts hold it: 6 stands for more, 7 for attempts by text only."""
    return case((calls > MOST_TRIES, MOST_TRIES), (calls > 0, calls), (texts > 0, TEXT_ONLY), else_=0)


def receipts(force_id: int) -> Subquery:
    """Receipt of each case: its day, and its minute where that is recorded."""
    p, r = facts.case_path.c, t.referral.c
    opening = (
        select(r.case_id, r.received_minute, rank((r.case_id,), (r.received_on, r.source_id)).label("place"))
        .where(r.force_id == force_id, r.opens_case.is_(True))
        .subquery("opening")
    )
    return (
        select(p.case_id, p.received_on, p.closed_on, p.first_contact_on, opening.c.received_minute.label("minute"))
        .outerjoin(opening, and_(opening.c.case_id == p.case_id, opening.c.place == 1))
        .where(p.force_id == force_id)
        .subquery("receipt")
    )


def _firsts(force_id: int, receipt: Subquery) -> Subquery:
    """Day of the first attempt of each case, and the least minutes to one of that day.

    An attempt known to be before the receipt answers another referral.
    """
    c, day = t.contacts.c, day_number(t.contacts.c.on_day)
    known = and_(c.at_minute.is_not(None), receipt.c.minute.is_not(None))
    took = case((known, c.at_minute - receipt.c.minute), else_=1440 * (day - receipt.c.received_on + 1))
    tried = (
        select(
            c.case_id,
            day.label("on_day"),
            took.label("minutes"),
            func.rank().over(partition_by=c.case_id, order_by=day).label("place"),
        )
        .join(receipt, receipt.c.case_id == c.case_id)
        .where(
            c.force_id == force_id,
            attempt(),
            day >= receipt.c.received_on,
            or_(~known, c.at_minute >= receipt.c.minute),
        )
        .subquery("tried")
    )
    return (
        select(tried.c.case_id, tried.c.on_day, func.min(tried.c.minutes).label("minutes"))
        .where(tried.c.place == 1)
        .group_by(tried.c.case_id, tried.c.on_day)
        .subquery("firsts")
    )


def _tries(force_id: int, receipt: Subquery) -> Subquery:
    """Attempts before the first substantive contact, in order of day, recorded minute and source id."""
    c = t.contacts.c
    ordered = (
        select(
            c.case_id,
            case((and_(attempt(), c.channel != "text"), 1), else_=0).label("called"),
            case((and_(attempt(), c.channel == "text"), 1), else_=0).label("texted"),
            case((substantive(), 1), else_=0).label("substantive"),
            rank((c.case_id,), (c.on_day, func.coalesce(c.at_minute, UNKNOWN_MINUTE), c.source_id)).label("place"),
        )
        .join(receipt, receipt.c.case_id == c.case_id)
        .where(c.force_id == force_id, day_number(c.on_day) >= receipt.c.received_on, c.with_whom == "victim")
        .subquery("ordered")
    )
    o = ordered.c
    first = (
        select(o.case_id, func.min(o.place).label("place"))
        .where(o.substantive == 1)
        .group_by(o.case_id)
        .subquery("first_met")
    )
    return (
        select(o.case_id, func.sum(o.called).label("calls"), func.sum(o.texted).label("texts"))
        .join(first, and_(first.c.case_id == o.case_id, o.place < first.c.place))
        .group_by(o.case_id)
        .subquery("tries")
    )


def engaged_cases(force_id: int) -> Select:
    """Cases that count as engaged (EN7), with the day from which they do."""
    p, k = facts.case_path.c, facts.contact.c
    reached = and_(p.force_id == force_id, p.first_contact_on <= p.received_on + facts.REACHED_WITHIN)
    until = p.first_contact_on + facts.SECOND_WITHIN
    second = (
        select(p.case_id, func.min(k.on_day).label("on_day"))
        .join(facts.contact, and_(k.force_id == force_id, k.case_id == p.case_id))
        .where(reached, k.substantive == 1, k.on_day > p.first_contact_on, k.on_day <= until)
        .group_by(p.case_id)
        .subquery("second")
    )
    done = _assessments(force_id).subquery("assessed")
    assessed = (
        select(p.case_id, func.min(done.c.day).label("on_day"))
        .join(done, done.c.case_id == p.case_id)
        .where(reached, done.c.day >= p.received_on, done.c.day <= until)
        .group_by(p.case_id)
        .subquery("first_assessed")
    )
    both = later(second.c.on_day, assessed.c.on_day)
    return (
        select(literal(force_id).label("force_id"), p.case_id, both.label("engaged_on"), p.closed_on)
        .join(second, second.c.case_id == p.case_id)
        .join(assessed, assessed.c.case_id == p.case_id)
        .where(p.force_id == force_id)
    )


def _assessments(force_id: int) -> CompoundSelect:
    """Days of own assessments, and of successful contacts with the victim to assess."""
    a, c = t.risk_assessments.c, t.contacts.c
    to_assess = (literal(",") + c.purposes + literal(",")).like("%,assessment,%")
    return union_all(
        select(a.case_id, day_number(a.assessed_on).label("day")).where(*own_assessments(force_id)),
        select(c.case_id, day_number(c.on_day)).where(
            c.force_id == force_id, c.with_whom == "victim", c.outcome == "successful", to_assess
        ),
    )


def _lapses(force_id: int) -> Subquery:
    """Where 28 days in a row have neither a substantive contact nor a hold, from the day of engagement to closing."""
    g, k, s = facts.engaged.c, facts.contact.c, t.case_stage_event.c
    since, until = day_number(s.since), or_never(s.until)
    covered = union_all(
        select(g.case_id, g.engaged_on.label("since"), g.engaged_on.label("last"), g.closed_on).where(
            g.force_id == force_id
        ),
        select(g.case_id, k.on_day, k.on_day, g.closed_on)
        .join(facts.contact, and_(k.force_id == force_id, k.case_id == g.case_id, k.substantive == 1))
        .where(g.force_id == force_id, k.on_day > g.engaged_on, k.on_day < g.closed_on),
        select(g.case_id, later(since, g.engaged_on), until - 1, g.closed_on)
        .join(t.case_stage_event, and_(s.force_id == force_id, s.case_id == g.case_id, s.stage == "on_hold"))
        .where(g.force_id == force_id, until > g.engaged_on, since < g.closed_on),
    ).subquery("covered")
    v = covered.c
    runs = select(
        v.case_id,
        func.max(v.last).over(partition_by=v.case_id, order_by=(v.since, v.last), rows=(None, 0)).label("last"),
        func.coalesce(func.lead(v.since).over(partition_by=v.case_id, order_by=(v.since, v.last)), v.closed_on).label(
            "next"
        ),
    ).subquery("runs")
    lapsed = runs.c.last + facts.LAPSED_AFTER
    return (
        select(runs.c.case_id, func.min(lapsed).label("on_day"))
        .where(runs.c.next > lapsed)
        .group_by(runs.c.case_id)
        .subquery("lapses")
    )


def approaches(force_id: int) -> Select:
    receipt = receipts(force_id)
    firsts, tries, lapses = _firsts(force_id, receipt), _tries(force_id, receipt), _lapses(force_id)
    p, g, v = facts.case_path.c, facts.engaged.c, t.victim.c
    calls, texts = func.coalesce(tries.c.calls, 0), func.coalesce(tries.c.texts, 0)
    return (
        select(
            literal(force_id).label("force_id"),
            p.case_id,
            p.source,
            p.received_on,
            p.closed_on,
            p.lead_id,
            p.team_id,
            func.coalesce(firsts.c.on_day, NEVER).label("first_attempt_on"),
            func.coalesce(firsts.c.minutes, 0).label("attempt_minutes"),
            working_days_after(force_id, p.received_on, 2).label("attempt_due_on"),
            p.first_contact_on,
            tries_of(calls, texts).label("tries"),
            func.coalesce(g.engaged_on, NEVER).label("engaged_on"),
            func.coalesce(lapses.c.on_day, NEVER).label("lapsed_on"),
            code_of(v.sex, codes.SEXES).label("sex"),
            code_of(v.age_band, codes.AGE_BANDS).label("age_band"),
            code_of(v.ethnicity, codes.ETHNICITIES).label("ethnicity"),
            code_of(v.disability, codes.DISABILITIES).label("disability"),
        )
        .join(t.cases, t.cases.c.case_id == p.case_id)
        .join(t.victim, v.victim_id == t.cases.c.victim_id)
        .outerjoin(facts.engaged, and_(g.force_id == force_id, g.case_id == p.case_id))
        .outerjoin(firsts, firsts.c.case_id == p.case_id)
        .outerjoin(tries, tries.c.case_id == p.case_id)
        .outerjoin(lapses, lapses.c.case_id == p.case_id)
        .where(p.force_id == force_id)
    )
