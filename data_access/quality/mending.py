"""The cases to mend: which field, whose, what is wrong, since when."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, Select, func, select

from data_access import facts
from data_access import tables as t
from data_access.checks.rules import RULES, Rule
from data_access.codes import BANDS
from data_access.days import day, monday
from data_access.quality.register import Owner
from data_access.question import Question
from data_access.slice import Page

COLUMNS = ("reference", "force", "team", "owner", "field", "what", "since")
NOT_RECORDED = "not_recorded"
MANY = 5  # double contacts in one week that look like one import; ours

# What has to be corrected, where the title of the rule does not say it. Every rule that is not here keeps its title.
FIELD_OF = {
    "allocated_before_referral": "First day of the lead",
    "attempt_before_referral": "Day of the first attempt",
    "attempt_before_lead": "First day of the lead",
    "contact_before_attempt": "Day of the first contact",
    "contact_after_closing": "Day of the contact, or of closing",
    "two_leads": "Lead",
    "open_without_lead": "Lead",
    "exit_far_from_closing": "Day of the exit assessment",
    "exit_of_open_case": "Kind of the assessment, or closing",
    "assessed_after_closing": "Day of the assessment, or of closing",
    "duration": "Length of a contact",
    "score": "Score",
    "level": "Level or score",
    "opened_after_extract": "Day of opening",
    "closed_after_extract": "Day of closing",
    "referred_after_extract": "Day of the referral",
    "contact_after_extract": "Day of the contact",
    "assessed_after_extract": "Day of the assessment",
    "contact_twice": "Contact",
    "incident_after_extract": "Month of the incident",
    "asked_while_open": "Answer at exit, or closing",
}


@dataclass(frozen=True)
class Item:
    """One thing to mend in one case."""

    kind: str
    force_id: int
    case_id: int
    field: str
    what: str
    on: int


@dataclass(frozen=True)
class Mending:
    """One page of the list. ``frame`` has the columns of ``COLUMNS``; ``total`` and ``cases`` count all pages."""

    total: int
    cases: int
    in_period: int
    page: Page
    frame: pd.DataFrame

    @property
    def pages(self) -> int:
        """Number of pages, at least 1."""
        return max(1, -(-self.total // self.page.size))


def in_order(items: list[Item], owner: dict[int, Owner]) -> list[Item]:
    """The oldest first."""
    return sorted(items, key=lambda item: (item.on, owner[item.case_id].reference, item.field, item.what))


def page_of(question: Question, owner: dict[int, Owner], items: list[Item], page: Page) -> Mending:
    """One page of them; a page beyond the last is the last."""
    last = max(1, -(-len(items) // max(1, page.size)))
    page = Page(min(page.number, last), page.size)
    first = question.slice.bounds.start
    return Mending(
        len(items),
        len({item.case_id for item in items}),
        sum(item.on >= first for item in items),
        page,
        _frame(question, owner, items[(page.number - 1) * page.size : page.number * page.size]),
    )


def rules(question: Question, items: list[Item]) -> pd.DataFrame:
    """Breaches by rule and force, zeros included."""
    counts = Counter((item.kind, item.force_id) for item in items)
    rows = [
        (rule.name, rule.title, force.code, counts[rule.name, force.id]) for rule in RULES for force in question.forces
    ]
    return pd.DataFrame(rows, columns=["rule", "title", "force", "count"])


def imported_twice(question: Question, owner: dict[int, Owner]) -> pd.DataFrame:
    """Weeks of a force with at least five double contacts."""
    end = question.slice.bounds.end
    (rule,) = (rule for rule in RULES if rule.name == "contact_twice")
    weeks: dict[tuple[int, int], list[int]] = {}
    for force_id, case_id, on, times, _ in _rows(question, rule):
        if case_id in owner and on < end:
            weeks.setdefault((force_id, monday(on)), []).append(int(times))
    code = {force.id: force.code for force in question.forces}
    found = [
        (code[force], pd.Timestamp(day(week)), len(times), sum(times))
        for (force, week), times in sorted(weeks.items())
        if len(times) >= MANY
    ]
    return pd.DataFrame(found, columns=["force", "week", "contacts", "rows"])


def _rows(question: Question, rule: Rule) -> list[tuple]:
    """Force, case, the two facts and the day of each breach; kept, as every answer is, while the data stay.

    Asked for every force of the scope, so that another choice of forces asks nothing anew.
    """
    forces = tuple(sorted(force.id for force in question.directory.forces))
    return question.counter.rows(rule.rows(forces), question.reach) if forces else []


def broken(question: Question, owner: dict[int, Owner]) -> list[Item]:
    """Breaches of the integrity rules in the cases of the filters, known by the end of the period."""
    end = question.slice.bounds.end
    return [
        Item(rule.name, row[0], row[1], FIELD_OF.get(rule.name, rule.title), _sentence(rule, row[2], row[3]), row[4])
        for rule in RULES
        for row in _rows(question, rule)
        if row[1] in owner and row[4] < end
    ]


def _sentence(rule: Rule, *said: object) -> str:
    words = (_said(day(int(str(fact)))) if is_day else fact for fact, is_day in zip(said, rule.days, strict=True))
    return rule.sentence.format(*words)


def _said(on: date) -> str:
    return f"{on.day} {on:%b %Y}"


def missing(question: Question, owner: dict[int, Owner]) -> list[Item]:
    """Fields of a case that somebody can still fill in. Hours and minutes that nobody wrote down are not among them."""
    if not question.forces:
        return []
    found = []
    for kind, field, what, asked in _gaps(question):
        for force_id, case_id, on in question.counter.rows(asked, question.reach):
            if case_id in owner:
                found.append(Item(kind, force_id, case_id, field, what.format(_said(day(on))), on))
    return found


def _gaps(question: Question) -> list[tuple[str, str, str, Select]]:
    """Kind, field and words of each gap, with its force, case and day; a day stands in the words as {}."""
    p, last = facts.case_path.c, question.slice.bounds.end - 1
    opened = [question.upto(facts.case_path, p.opened_on, last), p.force_id.in_(list(question.as_of))]
    closed = [*opened, question.upto(facts.case_path, p.closed_on, last)]
    of_case = (
        select(p.force_id, p.case_id)
        .join(t.cases, t.cases.c.case_id == p.case_id)
        .join(t.victim, t.victim.c.victim_id == t.cases.c.victim_id)
        .outerjoin(t.perpetrator_link, t.perpetrator_link.c.link_id == t.cases.c.link_id)
    )
    unlinked = func.coalesce(t.perpetrator_link.c.relationship, NOT_RECORDED) == NOT_RECORDED
    without = "Not recorded; the case was opened on {}."
    referred = "Not recorded for the referral of {}."
    ended = "Not recorded; the case closed on {}."
    unreasoned = t.cases.c.closure_reason == NOT_RECORDED
    never, stale = _unassessed(question)
    return [
        ("source", "Referral source", referred, of_case.add_columns(p.received_on).where(*opened, p.source == 0)),
        ("relationship", "Relationship", without, of_case.add_columns(p.opened_on).where(*opened, unlinked)),
        ("age_band", "Age band", without, of_case.add_columns(p.opened_on).where(*opened, _blank("age_band"))),
        ("sex", "Sex", without, of_case.add_columns(p.opened_on).where(*opened, _blank("sex"))),
        (
            "closure_reason",
            "Reason for closing",
            ended,
            of_case.add_columns(p.closed_on).where(*closed, unreasoned),
        ),
        ("not_assessed", "Risk assessment", "None since the case was opened on {}.", never),
        ("stale", "Risk assessment", "The last one is of {}, over 90 days before the last day.", stale),
    ]


def _blank(name: str) -> ColumnElement[bool]:
    return t.victim.c[name] == NOT_RECORDED


def _unassessed(question: Question) -> tuple[Select, Select]:
    """Open on the last day: never assessed although the first 14 days are over, and assessed over 90 days ago."""
    s, fact, last = facts.case_state.c, facts.case_state, question.slice.bounds.end - 1
    held = [
        s.force_id.in_(list(question.as_of)),
        question.upto(fact, s.since, last),
        ~question.upto(fact, s.until, last),
    ]
    late = question.upto(fact, s.opened_on + facts.INTAKE_WITHIN, last)
    stale = s.band == BANDS.index("stale")
    return (
        select(s.force_id, s.case_id, s.opened_on).where(*held, s.level == 0, late),
        select(s.force_id, s.case_id, s.assessed_on).where(*held, stale),
    )


def _frame(question: Question, owner: dict[int, Owner], items: list[Item]) -> pd.DataFrame:
    code = {force.id: force.code for force in question.forces}
    rows = [
        (
            owner[item.case_id].reference,
            code[item.force_id],
            owner[item.case_id].team,
            question.shown(code[item.force_id], owner[item.case_id].lead),
            item.field,
            item.what,
            pd.Timestamp(day(item.on)),
        )
        for item in items
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({name: "str" for name in COLUMNS if name != "since"} | {"since": "datetime64[s]"})
