"""Integrity rules over the loaded rows: what cannot be so, and what is unlikely. Nothing is repaired.

A rule is one SELECT of force, case and two facts about the breach; its
sentence says them. Rules 4 and 9 of the domain's list need consent history and
ages that these tables do not hold.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, Engine, and_, select

from data_access import tables as t
from data_access.checks.rules import ERROR, RULES, WARNING, Rule
from data_access.days import day
from data_access.errors import UnknownName

__all__ = ["ERROR", "RULES", "WARNING", "Finding", "Rule", "Summary", "findings", "summary"]


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
