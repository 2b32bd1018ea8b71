"""Integrity rules over the loaded rows: what cannot be so, and what is unlikely. Nothing is repaired.

A rule is one SELECT of force, case and two facts about the breach; its
sentence says them. Rules 4 and 9 of the domain's list need consent history and
ages that these tables do not hold.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Integer,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    type_coerce,
)

from data_access import facts
from data_access import tables as t
from data_access.days import NEVER, day
from data_access.errors import UnknownName

ERROR, WARNING = "error", "warning"
# Items that can be ticked: SafeLives Dash 24, police DASH 27, stalking part of the DASH 11.
SCORES = {"dash_safelives": 24, "dash_police": 27, "s_dash": 11}
WITHOUT_SCORE = ("sash", "srp", "professional_judgement_only")
LONGEST_CONTACT = 480  # minutes


class HasEngine(Protocol):
    """A store."""

    @property
    def engine(self) -> Engine:
        """Engine of the database."""


@dataclass(frozen=True)
class Finding:
    """One breach of one rule by one case."""

    rule: str
    title: str
    severity: str
    force: str
    case_ref: str
    sentence: str


@dataclass(frozen=True)
class Summary:
    """Breaches of one rule in one force."""

    rule: str
    title: str
    severity: str
    force: str
    count: int


@dataclass(frozen=True)
class Rule:
    """``rows`` selects force_id, case_id and the two facts that ``sentence`` says as {0} and {1}.

    ``days`` tells for each of the two whether it is a day number.
    """

    name: str
    title: str
    severity: str
    sentence: str
    rows: Callable[[Sequence[int]], Select]
    days: tuple[bool, bool] = (True, True)


def findings(
    source: Connection | HasEngine, force_codes: Sequence[str], rules: Sequence[str] | None = None
) -> list[Finding]:
    """Every breach in the forces named, by force, rule and case. ``rules`` are names; None is all.

    Raises UnknownName for a force or a rule that is not there.
    """
    chosen = _chosen(rules)
    opened = nullcontext(source) if isinstance(source, Connection) else source.engine.connect()
    with opened as connection:
        forces = _forces(connection, force_codes)
        found = [finding for rule in chosen for finding in _breaches(connection, rule, forces)]
    order = {rule.name: place for place, rule in enumerate(RULES)}
    return sorted(found, key=lambda f: (f.force, order[f.rule], f.case_ref, f.sentence))


def summary(source: Connection | HasEngine, force_codes: Sequence[str]) -> list[Summary]:
    """Number of breaches by force and rule; a rule that holds has its row with 0."""
    counts = Counter((finding.force, finding.rule) for finding in findings(source, force_codes))
    return [
        Summary(rule.name, rule.title, rule.severity, force, counts[force, rule.name])
        for force in sorted(force_codes)
        for rule in RULES
    ]


def _chosen(names: Sequence[str] | None) -> list[Rule]:
    by_name = {rule.name: rule for rule in RULES}
    for name in names or ():
        if name not in by_name:
            raise UnknownName("rule", name, by_name)
    return [rule for rule in RULES if names is None or rule.name in names]


def _forces(connection: Connection, force_codes: Sequence[str]) -> dict[int, str]:
    known = {row[1]: row[0] for row in connection.execute(select(t.force.c.force_id, t.force.c.code))}
    for code in force_codes:
        if code not in known:
            raise UnknownName("force", code, known)
    return {known[code]: code for code in force_codes}


def _breaches(connection: Connection, rule: Rule, forces: dict[int, str]) -> list[Finding]:
    if not forces:
        return []
    breach = rule.rows(tuple(forces)).subquery("breach")
    c = t.cases.c
    question = select(breach.c.force_id, c.case_ref, breach.c.first, breach.c.second).join(
        t.cases, and_(c.force_id == breach.c.force_id, c.case_id == breach.c.case_id)
    )
    return [
        Finding(rule.name, rule.title, rule.severity, forces[row[0]], row[1], _sentence(rule, row[2], row[3]))
        for row in connection.execute(question)
    ]


def _sentence(rule: Rule, *said: object) -> str:
    words = (day(int(str(fact))).isoformat() if is_day else fact for fact, is_day in zip(said, rule.days, strict=True))
    return rule.sentence.format(*words)


# ---------------------------------------------------------------- parts of the rules


def _n(column: ColumnElement) -> ColumnElement[int]:
    return type_coerce(column, Integer)


def _breach(force_id: ColumnElement, case_id: ColumnElement, first: ColumnElement, second: ColumnElement) -> Select:
    return select(force_id.label("force_id"), case_id.label("case_id"), first.label("first"), second.label("second"))


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


def _in_order(earlier: str, later: str) -> Callable[[Sequence[int]], Select]:
    def rows(forces: Sequence[int]) -> Select:
        firsts = _firsts(forces)
        one, next_ = firsts[earlier].subquery("earlier").c, firsts[later].subquery("later").c
        return _breach(one.force_id, one.case_id, next_.on_day, one.on_day).where(
            next_.force_id == one.force_id, next_.case_id == one.case_id, next_.on_day < one.on_day
        )

    return rows


def _contact_after_closing(forces: Sequence[int]) -> Select:
    k, c = t.contacts.c, t.cases.c
    return (
        _breach(k.force_id, k.case_id, _n(k.on_day), _n(c.closed_on))
        .join(t.cases, and_(c.force_id == k.force_id, c.case_id == k.case_id))
        .where(k.force_id.in_(forces), _n(k.on_day) > _n(c.closed_on))
    )


def _two_leads(forces: Sequence[int]) -> Select:
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
    return select(_n(t.data_version.c.as_of)).where(t.data_version.c.force_id == force_id).scalar_subquery()


def _open_without_lead(forces: Sequence[int]) -> Select:
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


def _exit_far_from_closing(forces: Sequence[int]) -> Select:
    on, closed = _n(t.risk_assessments.c.assessed_on), _n(t.cases.c.closed_on)
    far = or_(on < closed - facts.EXIT_WITHIN, on > closed + facts.EXIT_WITHIN)
    return _with_case(forces, on, closed, t.risk_assessments.c.kind == "exit", far)


def _exit_of_open_case(forces: Sequence[int]) -> Select:
    a = t.risk_assessments.c
    return _with_case(forces, _n(a.assessed_on), _n(a.assessed_on), a.kind == "exit", t.cases.c.closed_on.is_(None))


def _assessed_after_closing(forces: Sequence[int]) -> Select:
    a, closed = t.risk_assessments.c, _n(t.cases.c.closed_on)
    return _with_case(forces, _n(a.assessed_on), closed, a.kind != "exit", _n(a.assessed_on) > closed)


def _duration(forces: Sequence[int]) -> Select:
    k = t.contacts.c
    return _breach(k.force_id, k.case_id, k.duration_minutes, literal(LONGEST_CONTACT)).where(
        k.force_id.in_(forces), or_(k.duration_minutes < 1, k.duration_minutes > LONGEST_CONTACT)
    )


def _score(forces: Sequence[int]) -> Select:
    a = t.risk_assessments.c
    most = case(SCORES, value=a.tool, else_=0)
    outside = or_(and_(a.tool.in_(list(SCORES)), or_(a.score < 0, a.score > most)), a.tool.in_(WITHOUT_SCORE))
    return _breach(a.force_id, a.case_id, a.score, most).where(a.force_id.in_(forces), a.score.is_not(None), outside)


def _level(forces: Sequence[int]) -> Select:
    a, h = t.risk_assessments.c, t.risk_threshold.c
    due = case((a.score >= h.high_min, "high"), (a.score >= h.medium_min, "medium"), else_="standard")
    return (
        _breach(a.force_id, a.case_id, type_coerce(a.level, t.cases.c.case_ref.type), due)
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


def _after_extract(table: t.Table, column: str) -> Callable[[Sequence[int]], Select]:
    def rows(forces: Sequence[int]) -> Select:
        c = table.c
        return _breach(c.force_id, c.case_id, _n(c[column]), _as_of(c.force_id)).where(
            c.force_id.in_(forces), _n(c[column]) > _as_of(c.force_id)
        )

    return rows


def _twice(forces: Sequence[int]) -> Select:
    """Told by the minute: two contacts of one day without a time are no sign of a second import."""
    k = t.contacts.c
    same = (k.force_id, k.case_id, k.at_minute, k.on_day, k.channel, k.with_whom, k.direction, k.outcome, k.advocate_id)
    return (
        _breach(k.force_id, k.case_id, _n(k.on_day), func.count())
        .where(k.force_id.in_(forces), k.at_minute.is_not(None))
        .group_by(*same)
        .having(func.count() > 1)
    )


RULES = (
    Rule(
        "allocated_before_referral",
        "Lead before the referral",
        ERROR,
        "The first lead began on {0}, before the referral of {1}.",
        _in_order("referral", "allocation"),
    ),
    Rule(
        "attempt_before_referral",
        "Attempt before the referral",
        ERROR,
        "The first attempt was on {0}, before the referral of {1}.",
        _in_order("referral", "attempt"),
    ),
    Rule(
        "attempt_before_lead",
        "Attempt before the first lead",
        WARNING,
        "The first attempt was on {0}, before the first lead began on {1}.",
        _in_order("allocation", "attempt"),
    ),
    Rule(
        "contact_before_attempt",
        "Contact before the first attempt",
        WARNING,
        "The first contact was on {0}, before the first attempt of {1}.",
        _in_order("attempt", "substantive"),
    ),
    Rule(
        "contact_after_closing",
        "Contact after closing",
        WARNING,
        "A contact on {0}, after the case closed on {1}.",
        _contact_after_closing,
    ),
    Rule("two_leads", "Two leads at once", ERROR, "Two advocates lead from {0} to {1}.", _two_leads),
    Rule(
        "open_without_lead",
        "Open without a lead",
        WARNING,
        "No lead since {0}, and not on the waiting list (as of {1}).",
        _open_without_lead,
    ),
    Rule(
        "exit_far_from_closing",
        "Exit assessment far from closing",
        WARNING,
        "The exit assessment of {0} is more than 30 days from closing on {1}.",
        _exit_far_from_closing,
    ),
    Rule(
        "exit_of_open_case",
        "Exit assessment of an open case",
        WARNING,
        "An exit assessment on {0}, and the case is open.",
        _exit_of_open_case,
    ),
    Rule(
        "assessed_after_closing",
        "Assessment after closing",
        WARNING,
        "An assessment on {0}, after the case closed on {1}.",
        _assessed_after_closing,
    ),
    Rule(
        "duration",
        "Length of a contact",
        ERROR,
        "A contact of {0} minutes; 1 to {1} are possible, and none is left empty.",
        _duration,
        (False, False),
    ),
    Rule(
        "score",
        "Score outside the tool's range",
        ERROR,
        "A score of {0}; the tool gives at most {1}.",
        _score,
        (False, False),
    ),
    Rule(
        "level",
        "Level against the threshold",
        ERROR,
        "The level is {0} by its score; the threshold of that day makes it {1}.",
        _level,
        (False, False),
    ),
    Rule(
        "opened_after_extract",
        "Opened after the extract",
        ERROR,
        "Opened on {0}, after the extract's day {1}.",
        _after_extract(t.cases, "opened_on"),
    ),
    Rule(
        "closed_after_extract",
        "Closing after the extract",
        WARNING,
        "Closing on {0}, after the extract's day {1}; open until then.",
        _after_extract(t.cases, "closed_on"),
    ),
    Rule(
        "referred_after_extract",
        "Referral after the extract",
        ERROR,
        "A referral on {0}, after the extract's day {1}.",
        _after_extract(t.referral, "received_on"),
    ),
    Rule(
        "contact_after_extract",
        "Contact after the extract",
        ERROR,
        "A contact on {0}, after the extract's day {1}.",
        _after_extract(t.contacts, "on_day"),
    ),
    Rule(
        "assessed_after_extract",
        "Assessment after the extract",
        ERROR,
        "An assessment on {0}, after the extract's day {1}.",
        _after_extract(t.risk_assessments, "assessed_on"),
    ),
    Rule(
        "contact_twice",
        "Contact that stands more than once",
        WARNING,
        "The same contact on {0} stands {1} times under different ids.",
        _twice,
        (True, False),
    ),
)
