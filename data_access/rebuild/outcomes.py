"""What became of a case: one row for each case, with its levels, its closing and the pair's next referral."""

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, exists, func, literal, select

from data_access import codes, facts
from data_access import tables as t
from data_access.codes import code_of
from data_access.days import NEVER
from data_access.rebuild.parts import day_number, intake_assessments, or_never, or_none, own_assessments, rank


def change(
    intake_level: ColumnElement, intake_tool: ColumnElement, level: ColumnElement, tool: ColumnElement
) -> ColumnElement[int]:
    """A later level against that at intake, as a code; 0 where one of the two is missing."""
    code = codes.RISK_CHANGES.index
    return case(
        (func.coalesce(intake_level, 0) * func.coalesce(level, 0) == 0, code("not_assessed")),
        (tool != intake_tool, code("different_tool")),
        (level < intake_level, code("reduced")),
        (level == intake_level, code("same")),
        else_=code("raised"),
    )


def _review(force_id: int) -> Subquery:
    """Own assessment nearest to day 120 after opening, from day 90 to 150; of two alike near the earlier (RT7)."""
    a, c = t.risk_assessments.c, t.cases.c
    day, opened = day_number(a.assessed_on), day_number(c.opened_on)
    away = func.abs(day - opened - facts.REVIEWED_AT)
    ranked = (
        select(
            a.case_id,
            code_of(a.level, codes.LEVELS).label("level"),
            code_of(a.tool, codes.TOOLS).label("tool"),
            rank((a.case_id,), (away, day, a.source_id.desc())).label("place"),
        )
        .join(t.cases, c.case_id == a.case_id)
        .where(*own_assessments(force_id), away <= facts.REVIEWED_WITHIN)
        .subquery("ranked_review")
    )
    return select(ranked).where(ranked.c.place == 1).subquery("four_month_review")


def _referrers(force_id: int) -> Subquery:
    """Latest level by a referrer up to 14 days after opening (RT14)."""
    a, c = t.risk_assessments.c, t.cases.c
    day = day_number(a.assessed_on)
    ranked = (
        select(
            a.case_id,
            code_of(a.level, codes.LEVELS).label("level"),
            rank((a.case_id,), (day.desc(), a.source_id.desc())).label("place"),
        )
        .join(t.cases, c.case_id == a.case_id)
        .where(a.force_id == force_id, a.kind == "referrer", day <= day_number(c.opened_on) + facts.INTAKE_WITHIN)
        .subquery("ranked_referrer")
    )
    return select(ranked).where(ranked.c.place == 1).subquery("referrer")


def _first_own(force_id: int) -> Subquery:
    """First own assessment from the day of opening on (RT3)."""
    a, c = t.risk_assessments.c, t.cases.c
    day = day_number(a.assessed_on)
    return (
        select(a.case_id, func.min(day).label("on_day"))
        .join(t.cases, c.case_id == a.case_id)
        .where(*own_assessments(force_id), day >= day_number(c.opened_on))
        .group_by(a.case_id)
        .subquery("first_own")
    )


def _due(force_id: int) -> Subquery:
    """Last of five working days after the first substantive contact (RT3)."""
    k, p, w = t.contacts.c, facts.case_path.c, facts.working_day.c
    first = (
        select(p.case_id, func.max(k.workday).label("workday"))
        .join(
            t.contacts,
            and_(k.force_id == p.force_id, k.case_id == p.case_id, day_number(k.on_day) == p.first_contact_on),
        )
        .where(p.force_id == force_id)
        .group_by(p.case_id)
        .subquery("first_contact_day")
    )
    return (
        select(first.c.case_id, w.on_day)
        .join(facts.working_day, and_(w.force_id == force_id, w.number == first.c.workday + facts.ASSESSED_WITHIN))
        .subquery("due")
    )


def _last_referrals(force_id: int) -> Subquery:
    """Last referral of a case up to its closing; duplicates are none (RT12)."""
    r, c, day = t.referral.c, t.cases.c, day_number(t.referral.c.received_on)
    return (
        select(r.case_id, func.max(day).label("on_day"))
        .join(t.cases, c.case_id == r.case_id)
        .where(r.force_id == force_id, r.decision != "duplicate", day <= or_never(c.closed_on))
        .group_by(r.case_id)
        .subquery("last_referral")
    )


def _returns(force_id: int) -> Subquery:
    """First referral of the same pair after the closing of a case, whatever support came of it (RT12)."""
    c, again = t.cases.alias("closed_case").c, t.cases.alias("of_pair").c
    r, day = t.referral.c, day_number(t.referral.c.received_on)
    return (
        select(c.case_id, func.min(day).label("on_day"))
        .join(again.case_id.table, and_(again.force_id == c.force_id, again.link_id == c.link_id))
        .join(t.referral, and_(r.force_id == again.force_id, r.case_id == again.case_id))
        .where(
            c.force_id == force_id,
            r.decision != "duplicate",
            again.closure_reason.not_in(codes.ADMINISTRATIVE),
            day > day_number(c.closed_on),
        )
        .group_by(c.case_id)
        .subquery("returned")
    )


def outcomes(force_id: int) -> Select:
    p, c = facts.case_path.c, t.cases.c
    intake, review, referrer = intake_assessments(force_id), _review(force_id), _referrers(force_id)
    own, due, last, again = _first_own(force_id), _due(force_id), _last_referrals(force_id), _returns(force_id)
    referred = func.coalesce(last.c.on_day, p.opened_on)
    rows = select(
        literal(force_id).label("force_id"),
        p.case_id,
        p.source,
        p.opened_on,
        p.opened_team,
        p.opened_lead,
        func.coalesce(intake.c.on_day, NEVER).label("intake_on"),
        p.intake_level,
        or_none(intake.c.tool).label("intake_tool"),
        or_none(referrer.c.level).label("referrer_level"),
        change(p.intake_level, intake.c.tool, review.c.level, review.c.tool).label("review_change"),
        p.team_id,
        p.lead_id,
        p.first_contact_on,
        # A calendar that ends sooner (days typed wrongly by years) leaves a week.
        func.coalesce(due.c.on_day, case((p.first_contact_on < NEVER, p.first_contact_on + 7), else_=NEVER)).label(
            "due_on"
        ),
        func.coalesce(own.c.on_day, NEVER).label("assessed_on"),
        p.closed_on,
        p.closed_team,
        p.closed_lead,
        p.closed_level,
        reached().label("reached"),
        engaged().label("engaged"),
        code_of(c.abuse_at_exit, codes.ABUSE_AT_EXIT).label("abuse"),
        case((c.link_id.is_not(None), 1), else_=0).label("paired"),
        referred.label("referred_on"),
        (referred + facts.REPEAT_WITHIN).label("follow_until"),
        func.coalesce(again.c.on_day, NEVER).label("returned_on"),
    ).select_from(facts.case_path)
    rows = rows.join(t.cases, and_(c.force_id == p.force_id, c.case_id == p.case_id))
    for part in (intake, review, referrer, own, due, last, again):
        rows = rows.outerjoin(part, part.c.case_id == p.case_id)
    return rows.where(p.force_id == force_id)


def reached() -> ColumnElement[int]:
    """1 when there was a substantive contact up to the closing."""
    p = facts.case_path.c
    return case((and_(p.first_contact_on < NEVER, p.first_contact_on <= p.closed_on), 1), else_=0)


def engaged() -> ColumnElement[int]:
    """1 when the case counted as engaged by its closing (EN7)."""
    p, g = facts.case_path.c, facts.engaged.c
    found = exists().where(g.force_id == p.force_id, g.case_id == p.case_id, g.engaged_on <= p.closed_on)
    return case((found, 1), else_=0)
