"""Whether risk levels mean the same in several forces: the tool that each uses most, and its thresholds."""

from collections.abc import Iterable

from sqlalchemy import func, select

from data_access import codes, facts
from data_access import tables as t
from data_access.days import NEVER
from data_access.question import Question, days_of


def differences(question: Question) -> str:
    """Why the levels of the forces asked for cannot be set side by side, as a clause; nothing when they can.

    Compared are the tool of most of a force's own assessments in the slice (of the asker's teams, where they are
    bound to some) and every threshold of that tool that was valid on a day of it.
    """
    if len(question.forces) < 2:
        return ""
    tools = _main_tools(question)
    if len(set(tools.values())) > 1:
        return "their tools differ: " + _said({force: codes.label(tool) for force, tool in tools.items()}, "{}")
    limits = _limits(question, tools)
    if len(set(limits.values())) > 1:
        return "their thresholds differ: " + _said(limits, "high from a score of {}")
    return ""


def _main_tools(question: Question) -> dict[str, str]:
    a, bounds = t.risk_assessments.c, question.slice.bounds
    day = days_of(a.assessed_on)
    used = (
        select(a.force_id, a.tool, func.count().label("times"))
        .where(
            a.force_id.in_(list(question.as_of)),
            a.agency == codes.OWN_AGENCY,
            a.kind != "referrer",
            day >= bounds.start,
            question.upto(t.risk_assessments, day, bounds.end - 1),
        )
        .group_by(a.force_id, a.tool)
    )
    if question.reach[1] is not None:  # the tool that the own teams use most; others' assessments decide nothing
        path, own = facts.case_path.c, [team.id for team in question.directory.teams]
        used = used.where(a.case_id.in_(select(path.case_id).where(path.team_id.in_(own))))
    most: dict[int, tuple[int, str]] = {}
    for force_id, tool, times in question.counter.rows(used, question.reach):
        most[force_id] = max(most.get(force_id, (0, "")), (times, tool))
    return {f.code: most[f.id][1] for f in question.forces if f.id in most}


def _limits(question: Question, tools: dict[str, str]) -> dict[str, str]:
    """Scores from which a case is high (and medium), by force; a force without a threshold is told apart."""
    h, bounds = t.risk_threshold.c, question.slice.bounds
    valid = select(h.force_id, h.tool, h.high_min, h.medium_min).where(
        h.force_id.in_(list(question.as_of)),
        days_of(h.since) < bounds.end,
        func.coalesce(days_of(h.until), NEVER) > bounds.start,
    )
    found: dict[str, set[tuple[int, int]]] = {code: set() for code in tools}
    code_of = {f.id: f.code for f in question.forces}
    for force_id, tool, high, medium in question.counter.rows(valid, question.reach):
        if tools.get(code_of[force_id]) == tool:
            found[code_of[force_id]].add((high, medium))
    return {
        code: " and ".join(f"{high} (medium from {medium})" for high, medium in sorted(of)) or "an unknown number"
        for code, of in found.items()
    }


def _said(by_force: dict[str, str], words: str) -> str:
    """ "high from a score of 12 in WEST; high from a score of 14 in EAST, NORTH"."""
    return "; ".join(
        f"{words.format(value)} in {', '.join(_of(by_force, value))}" for value in sorted(set(by_force.values()))
    )


def _of(by_force: dict[str, str], value: str) -> Iterable[str]:
    return [code for code, own in by_force.items() if own == value]
