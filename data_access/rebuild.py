"""Build the facts of one force from its source rows: portable INSERT .. SELECT, nothing else.

Ties of one day are ordered by the source's own id, which is the same in every
database; surrogate keys are not.
"""

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    type_coerce,
    union,
)

from data_access import codes, facts
from data_access import tables as t
from data_access.codes import code_of
from data_access.days import NEVER


def rebuild(connection: Connection, force_id: int) -> None:
    """Replace every fact of the force, inside the caller's transaction."""
    for table in facts.FACTS:
        connection.execute(delete(table).where(table.c.force_id == force_id))
    for table, rows in (
        (facts.level_span, _level_spans(force_id)),
        (facts.lead_span, _lead_spans(force_id)),
        (facts.case_state, _case_states(force_id)),
        (facts.case_path, _case_paths(force_id)),
        (facts.contact, _contacts(force_id)),
        (facts.referred, _referrals(force_id)),
        (facts.post, _posts(force_id)),
    ):
        connection.execute(insert(table).from_select([c.name for c in rows.selected_columns], rows))


def _n(column: ColumnElement) -> ColumnElement[int]:
    return type_coerce(column, Integer)


def _or_never(column: ColumnElement) -> ColumnElement[int]:
    return func.coalesce(_n(column), NEVER)


def _or_none(column: ColumnElement) -> ColumnElement[int]:
    return func.coalesce(column, 0)


def _rank(by: tuple, order: tuple) -> ColumnElement[int]:
    return func.row_number().over(partition_by=by, order_by=order)


def _own(force_id: int) -> list[ColumnElement[bool]]:
    """Assessments of our own: a referrer's does not set the level."""
    a = t.risk_assessments.c
    return [a.force_id == force_id, a.agency == codes.OWN_AGENCY, a.kind != "referrer"]


def _counted(force_id: int) -> Subquery:
    """Cases that figures count, with the day of closing and the source of the opening referral."""
    c, r = t.cases.c, t.referral.c
    opening = (
        select(r.case_id, code_of(r.source, codes.SOURCES).label("source"), _n(r.received_on).label("received_on"),
               _rank((r.case_id,), (r.received_on, r.source_id)).label("place"))
        .where(r.force_id == force_id, r.opens_case.is_(True))
        .subquery("opening")
    )
    return (
        select(c.case_id, _n(c.opened_on).label("opened_on"), _or_never(c.closed_on).label("closed_on"),
               _or_none(c.team_id).label("team_id"), _or_none(opening.c.source).label("source"),
               func.coalesce(opening.c.received_on, _n(c.opened_on)).label("received_on"))
        .outerjoin(opening, and_(opening.c.case_id == c.case_id, opening.c.place == 1))
        .where(c.force_id == force_id, c.pathway == "full_advocacy", c.closure_reason.not_in(codes.ADMINISTRATIVE))
        .subquery("counted")
    )


def _level_spans(force_id: int) -> Select:
    a = t.risk_assessments.c
    last_of_day = (
        select(a.case_id, _n(a.assessed_on).label("day"), code_of(a.level, codes.LEVELS).label("level"),
               code_of(a.tool, codes.TOOLS).label("tool"),
               _rank((a.case_id, a.assessed_on), (a.source_id.desc(),)).label("place"))
        .where(*_own(force_id))
        .subquery("last_of_day")
    )
    s = last_of_day.c
    following = func.lead(s.day).over(partition_by=s.case_id, order_by=s.day)
    return select(
        literal(force_id).label("force_id"), s.case_id, s.day.label("since"),
        func.coalesce(following, NEVER).label("until"), s.day.label("assessed_on"), s.level, s.tool,
    ).where(s.place == 1)


def _lead_spans(force_id: int) -> Select:
    a = t.allocation.c
    last_of_day = (
        select(a.case_id, a.advocate_id, t.advocate.c.team_id, _n(a.since).label("since"),
               _or_never(a.until).label("ends"),
               _rank((a.case_id, a.since), (a.source_id.desc(),)).label("place"))
        .join(t.advocate, t.advocate.c.advocate_id == a.advocate_id)
        .where(a.force_id == force_id, a.role == "lead")
        .subquery("last_of_day")
    )
    s = last_of_day.c
    chained = (
        select(s.case_id, s.advocate_id, s.team_id, s.since, s.ends,
               func.coalesce(func.lead(s.since).over(partition_by=s.case_id, order_by=s.since), NEVER).label("next"))
        .where(s.place == 1)
        .subquery("chained")
    )
    c = chained.c
    until = case((c.ends < c.next, c.ends), else_=c.next)
    return select(
        literal(force_id).label("force_id"), c.case_id, c.since, until.label("until"),
        c.advocate_id.label("lead_id"), c.team_id,
    ).where(c.since < until)


def _review_due(level: ColumnElement, assessed_on: ColumnElement) -> ColumnElement[int]:
    """First day on which the review is overdue; NEVER for a level without a rule."""
    return case(
        {codes.LEVELS.index(name): assessed_on + days + 1 for name, days in facts.REVIEW_WITHIN.items()},
        value=level, else_=NEVER,
    )


def _turning_days(force_id: int, counted: Subquery) -> Subquery:
    """Every day on which something about a case changes, inside the time that it is open."""
    span, lead, stage = facts.level_span.c, facts.lead_span.c, t.case_stage_event.c
    stale = span.assessed_on + facts.STALE_AFTER + 1
    due = _review_due(span.level, span.assessed_on)
    paused = stage.stage.in_(("on_hold", "waiting_list"))
    days = union(
        select(counted.c.case_id, counted.c.opened_on.label("day")),
        select(span.case_id, span.since).where(span.force_id == force_id),
        select(span.case_id, stale).where(span.force_id == force_id, stale < span.until),
        select(span.case_id, due).where(span.force_id == force_id, due < span.until),
        select(lead.case_id, lead.since).where(lead.force_id == force_id),
        select(lead.case_id, lead.until).where(lead.force_id == force_id),
        select(stage.case_id, _n(stage.since)).where(stage.force_id == force_id, paused),
        select(stage.case_id, _or_never(stage.until)).where(stage.force_id == force_id, paused),
    ).subquery("days")
    d = days.c
    return (
        select(d.case_id, d.day.label("since"), counted.c.opened_on, counted.c.source, counted.c.team_id,
               func.coalesce(func.lead(d.day).over(partition_by=d.case_id, order_by=d.day),
                             counted.c.closed_on).label("until"))
        .join(counted, counted.c.case_id == d.case_id)
        .where(counted.c.opened_on <= d.day, d.day < counted.c.closed_on)
        .subquery("turning")
    )


def _intake(force_id: int) -> Subquery:
    """First own assessment within 14 days of opening (RT1)."""
    a, c = t.risk_assessments.c, t.cases.c
    ranked = (
        select(a.case_id, _n(a.assessed_on).label("on_day"), code_of(a.level, codes.LEVELS).label("level"),
               code_of(a.tool, codes.TOOLS).label("tool"),
               _rank((a.case_id,), (a.assessed_on, a.source_id)).label("place"))
        .join(t.cases, c.case_id == a.case_id)
        .where(*_own(force_id), _n(a.assessed_on) >= _n(c.opened_on),
               _n(a.assessed_on) <= _n(c.opened_on) + facts.INTAKE_WITHIN)
        .subquery("ranked")
    )
    return select(ranked).where(ranked.c.place == 1).subquery("intake")


def _paused(force_id: int, stage: str, case_id: ColumnElement, day: ColumnElement) -> ColumnElement[int]:
    s = t.case_stage_event.c
    inside = exists().where(
        s.force_id == force_id, s.case_id == case_id, s.stage == stage, _n(s.since) <= day, day < _or_never(s.until)
    )
    return case((inside, 1), else_=0)


def _on(span, case_id: ColumnElement, day: ColumnElement, force_id: int) -> ColumnElement[bool]:
    return and_(span.force_id == force_id, span.case_id == case_id, span.since <= day, day < span.until)


def _case_states(force_id: int) -> Select:
    turning, intake = _turning_days(force_id, _counted(force_id)), _intake(force_id)
    b, i, span, lead = turning.c, intake.c, facts.level_span.c, facts.lead_span.c
    level, assessed = _or_none(span.level), _or_none(span.assessed_on)
    due = _review_due(level, assessed)
    known = i.on_day <= b.since
    return (
        select(
            literal(force_id).label("force_id"), b.case_id, b.since, b.until, b.opened_on,
            func.coalesce(lead.team_id, b.team_id).label("team_id"), _or_none(lead.lead_id).label("lead_id"), b.source,
            level.label("level"),
            case((and_(assessed > 0, b.since > assessed + facts.STALE_AFTER), codes.BANDS.index("stale")),
                 else_=level).label("band"),
            assessed.label("assessed_on"), case((due <= b.since, 1), else_=0).label("overdue"),
            case((due < NEVER, due), else_=0).label("due_on"),
            _paused(force_id, "on_hold", b.case_id, b.since).label("on_hold"),
            _paused(force_id, "waiting_list", b.case_id, b.since).label("waiting"),
            case((known, i.level), else_=0).label("intake_level"),
            case((and_(known, i.tool != span.tool), codes.MOVED_TO.index("different_tool")),
                 else_=level).label("moved_to"),
        )
        .outerjoin(facts.level_span, _on(span, b.case_id, b.since, force_id))
        .outerjoin(facts.lead_span, _on(lead, b.case_id, b.since, force_id))
        .outerjoin(intake, i.case_id == b.case_id)
    )


def _substantive() -> ColumnElement[bool]:
    """With the victim, successful, and more than a first-contact text or letter (domain 1.10)."""
    c = t.contacts.c
    notice = and_(c.purposes == "first_contact", c.channel.in_(("text", "letter")))
    return and_(c.with_whom == "victim", c.outcome == "successful", ~notice)


def _attempt() -> ColumnElement[bool]:
    return and_(t.contacts.c.with_whom == "victim", t.contacts.c.direction == "outbound")


def _first_contacts(force_id: int, counted: Subquery) -> Subquery:
    """First attempt and first substantive contact of a case, from the day of the referral on."""
    c, day = t.contacts.c, _n(t.contacts.c.on_day)
    return (
        select(c.case_id, func.min(case((_attempt(), day), else_=NEVER)).label("attempt"),
               func.min(case((_substantive(), day), else_=NEVER)).label("substantive"))
        .join(counted, counted.c.case_id == c.case_id)
        .where(c.force_id == force_id, day >= counted.c.received_on)
        .group_by(c.case_id)
        .subquery("first_contacts")
    )


def _end_leads(force_id: int, counted: Subquery, last: bool) -> Subquery:
    """First lead of each case, or the last one up to its closing."""
    lead = facts.lead_span.c
    order = lead.since.desc() if last else lead.since
    ranked = (
        select(lead.case_id, lead.lead_id, lead.team_id, _rank((lead.case_id,), (order,)).label("place"))
        .join(counted, counted.c.case_id == lead.case_id)
        .where(lead.force_id == force_id, or_(literal(not last), lead.since <= counted.c.closed_on))
        .subquery()
    )
    return select(ranked).where(ranked.c.place == 1).subquery("last_lead" if last else "first_lead")


def _exits(force_id: int, counted: Subquery) -> Subquery:
    """Last own exit assessment within 30 days of closing (RT6)."""
    a, day = t.risk_assessments.c, _n(t.risk_assessments.c.assessed_on)
    ranked = (
        select(a.case_id, day.label("on_day"), code_of(a.level, codes.LEVELS).label("level"),
               code_of(a.tool, codes.TOOLS).label("tool"),
               _rank((a.case_id,), (a.assessed_on.desc(), a.source_id.desc())).label("place"))
        .join(counted, counted.c.case_id == a.case_id)
        .where(*_own(force_id), a.kind == "exit", day >= counted.c.closed_on - facts.EXIT_WITHIN,
               day <= counted.c.closed_on + facts.EXIT_WITHIN)
        .subquery("ranked_exit")
    )
    return select(ranked).where(ranked.c.place == 1).subquery("exit")


def _case_paths(force_id: int) -> Select:
    counted, intake = _counted(force_id), _intake(force_id)
    firsts, exits = _first_contacts(force_id, counted), _exits(force_id, counted)
    first_lead, last_lead = _end_leads(force_id, counted, False), _end_leads(force_id, counted, True)
    opened_span, closed_span = facts.level_span.alias("at_opening"), facts.level_span.alias("at_closing")
    opened_lead = facts.lead_span.alias("lead_at_opening")
    c, i, e = counted.c, intake.c, exits.c
    other_tool = and_(i.tool.is_not(None), e.tool != i.tool)
    return (
        select(
            literal(force_id).label("force_id"), c.case_id, c.source, c.received_on, c.opened_on, c.closed_on,
            func.coalesce(firsts.c.attempt, NEVER).label("first_attempt_on"),
            func.coalesce(firsts.c.substantive, NEVER).label("first_contact_on"),
            _or_none(first_lead.c.lead_id).label("lead_id"),
            func.coalesce(first_lead.c.team_id, c.team_id).label("team_id"),
            _or_none(opened_span.c.level).label("opened_level"), _or_none(opened_lead.c.lead_id).label("opened_lead"),
            func.coalesce(opened_lead.c.team_id, c.team_id).label("opened_team"),
            _or_none(closed_span.c.level).label("closed_level"), _or_none(last_lead.c.lead_id).label("closed_lead"),
            func.coalesce(last_lead.c.team_id, c.team_id).label("closed_team"),
            _or_none(i.level).label("intake_level"), func.coalesce(e.on_day, NEVER).label("exit_on"),
            case((other_tool, codes.MOVED_TO.index("different_tool")), else_=_or_none(e.level)).label("exit_level"),
        )
        .outerjoin(firsts, firsts.c.case_id == c.case_id)
        .outerjoin(first_lead, first_lead.c.case_id == c.case_id)
        .outerjoin(last_lead, last_lead.c.case_id == c.case_id)
        .outerjoin(opened_span, _on(opened_span.c, c.case_id, c.opened_on, force_id))
        .outerjoin(closed_span, _on(closed_span.c, c.case_id, c.closed_on, force_id))
        .outerjoin(opened_lead, _on(opened_lead.c, c.case_id, c.opened_on, force_id))
        .outerjoin(intake, i.case_id == c.case_id)
        .outerjoin(exits, e.case_id == c.case_id)
    )


def _contacts(force_id: int) -> Select:
    counted, k, day = _counted(force_id), t.contacts.c, _n(t.contacts.c.on_day)
    span, lead = facts.level_span.c, facts.lead_span.c
    return (
        select(
            literal(force_id).label("force_id"), k.contact_id, k.case_id, day.label("on_day"), k.hour,
            case((_attempt(), 1), else_=0).label("attempt"), case((k.outcome == "successful", 1), else_=0).label("success"),
            case((_substantive(), 1), else_=0).label("substantive"),
            code_of(k.channel, codes.CHANNELS).label("channel"), code_of(k.outcome, codes.OUTCOMES).label("outcome"),
            _or_none(k.advocate_id).label("advocate_id"), func.coalesce(lead.team_id, counted.c.team_id).label("team_id"),
            _or_none(lead.lead_id).label("lead_id"), _or_none(span.level).label("level"), counted.c.source,
        )
        .join(counted, counted.c.case_id == k.case_id)
        .outerjoin(facts.level_span, _on(span, k.case_id, day, force_id))
        .outerjoin(facts.lead_span, _on(lead, k.case_id, day, force_id))
        .where(k.force_id == force_id)
    )


def _referrals(force_id: int) -> Select:
    r, lead = t.referral.c, facts.lead_span.c
    ranked = (
        select(lead.case_id, lead.lead_id, lead.team_id, _rank((lead.case_id,), (lead.since,)).label("place"))
        .where(lead.force_id == force_id)
        .subquery("ranked_lead")
    )
    first = select(ranked).where(ranked.c.place == 1).subquery("first_lead")
    return (
        select(
            literal(force_id).label("force_id"), r.referral_id, _or_none(r.case_id).label("case_id"),
            _n(r.received_on).label("received_on"), code_of(r.source, codes.SOURCES).label("source"),
            code_of(r.decision, codes.DECISIONS).label("decision"), _or_none(first.c.lead_id).label("lead_id"),
            func.coalesce(first.c.team_id, t.cases.c.team_id, 0).label("team_id"),
        )
        .outerjoin(first, first.c.case_id == r.case_id)
        .outerjoin(t.cases, t.cases.c.case_id == r.case_id)
        .where(r.force_id == force_id)
    )


def _posts(force_id: int) -> Select:
    """Working time in post, without the stretches of a long absence."""
    a, f, w = t.advocate.c, t.advocate_fte.c, t.absence.c
    long_ = and_(w.force_id == force_id, _or_never(w.until) - _n(w.since) >= facts.LONG_ABSENCE)
    days = union(
        select(f.advocate_id, _n(f.since).label("day")).where(f.force_id == force_id),
        select(f.advocate_id, _or_never(f.until)).where(f.force_id == force_id),
        select(a.advocate_id, _n(a.started_on)).where(a.force_id == force_id),
        select(a.advocate_id, _or_never(a.left_on)).where(a.force_id == force_id),
        select(w.advocate_id, _n(w.since)).where(long_),
        select(w.advocate_id, _or_never(w.until)).where(long_),
    ).subquery("days")
    d = days.c
    stretch = select(
        d.advocate_id, d.day.label("since"),
        func.coalesce(func.lead(d.day).over(partition_by=d.advocate_id, order_by=d.day), NEVER).label("until"),
    ).subquery("stretch")
    s = stretch.c
    away = exists().where(long_, w.advocate_id == s.advocate_id, _n(w.since) <= s.since, s.since < _or_never(w.until))
    return (
        select(literal(force_id).label("force_id"), s.advocate_id, a.team_id, s.since, s.until,
               f.fte_hundredths.label("fte"))
        .join(t.advocate, a.advocate_id == s.advocate_id)
        .join(t.advocate_fte, and_(f.advocate_id == s.advocate_id, _n(f.since) <= s.since, s.since < _or_never(f.until)))
        .where(_n(a.started_on) <= s.since, s.since < _or_never(a.left_on), s.since < s.until, ~away)
    )
