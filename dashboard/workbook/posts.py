"""Teams and advocates on the last day of the week: cases, levels, working time, what is due. Never a ranking."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from dashboard.frames import each
from dashboard.workbook import actions
from dashboard.workbook.cells import NOT_APPLICABLE
from dashboard.workbook.figures import Row, rows_of
from dashboard.workbook.sheets import Number, Sheet
from dashboard.workbook.week import Issue
from dashboard.workbook.words import source, spoken
from data_access.codes import label
from data_access.recipients import TEAM

FEWEST = 3  # a table of one or two advocates is a record of theirs: their supervisor's file has it, the team's has not
SHORT = {
    "waiting_first_call": "First calls due",
    "contact_overdue": "Contacts overdue",
    "review_overdue": "Reviews overdue",
    "no_lead": "Without a lead",
    "untouched": "Untouched",
    "plan_review_due": "Plans due",
    "actions_late": "Agencies' actions late",
}


def teams_sheet(issue: Issue, due: Sequence[Row]) -> Sheet:
    """A row for each team of the recipient, in the order of their codes."""
    return _sheet(issue, "team", "Teams", "Teams", due, "It is in the order of the codes and no ranking.")


def advocates_sheet(issue: Issue, due: Sequence[Row]) -> Sheet:
    """A row for each advocate in post, in the order of their codes; none where a team's own file would show one or two.

    A lead who is no longer in post has a row while cases are theirs, without posts.
    """
    about = "It is in the order of the codes and no ranking: cases differ in weight."
    few = issue.recipient.kind == TEAM and len(_in_post(issue)) < FEWEST
    if not few:
        return _sheet(issue, "advocate", "Advocates", "Advocates", due, about)
    columns = _columns("advocate", (), ())
    said = f"The team has fewer than {FEWEST} posts: see the supervisor's file"
    return _made(issue, "Advocates", "Advocates", columns, [[said, *[NOT_APPLICABLE] * (len(columns) - 1)]], about)


def _in_post(issue: Issue) -> list[str]:
    table = issue.reports.table("advocates")
    return [row.advocate for row in each(table) if row.in_post and row.force == issue.force.code]


def _columns(by: str, levels: Sequence[str], lists: Sequence[str]) -> tuple[str, ...]:
    first = "Team" if by == "team" else "Lead advocate"
    open_ = (f"Open, {label(level)}" for level in levels)
    return (first, "Open cases", *open_, "Whole-time posts", "Cases for each post", *(SHORT[name] for name in lists))


def _sheet(issue: Issue, by: str, name: str, title: str, due: Sequence[Row], about: str) -> Sheet:
    lists = [n for n in actions.due_lists() if by == "team" or n != "no_lead"]
    open_ = _open(issue, by)
    levels = tuple(reversed(dict.fromkeys(level for counts in open_.values() for level in counts)))
    rows = _rows(issue, by, open_, levels, due, lists)
    columns = _columns(by, levels, lists)
    return _made(issue, name, title, columns, rows or [["None", *[NOT_APPLICABLE] * (len(columns) - 1)]], about)


def _open(issue: Issue, by: str) -> dict[str, Counter[str]]:
    """Open cases by team or lead and level, in the order of the levels."""
    found: dict[str, Counter[str]] = {}
    for row in rows_of(issue.reports.frame("risk_of_open_cases", issue.this_week, (by, "level"))):
        found.setdefault(row[by], Counter())[row["level"]] += row["numerator"] or 0
    return found


def _rows(
    issue: Issue,
    by: str,
    open_: dict[str, Counter[str]],
    levels: Sequence[str],
    due: Sequence[Row],
    lists: Sequence[str],
) -> list[list[Any]]:
    posts = {row[by]: row for row in rows_of(issue.reports.frame("cases_per_fte", issue.this_week, (by,)))}
    tally = actions.counted(due, "team" if by == "team" else "lead")
    known = _known(issue, by)
    some = [code for code, counts in open_.items() if counts.total()]
    found = []
    for code in [*(c for c in known if c in posts or c in some), *sorted(set(some) - set(known))]:
        mine, post = open_.get(code, Counter()), posts.get(code)
        theirs = tally.get(code if code in known else "", Counter())
        fte, each = (post["denominator"], post["value"]) if post else (None, None)
        found.append(
            [
                code if code in known else f"no {'lead' if by == 'advocate' else by}",
                mine.total(),
                *(mine[level] for level in levels),
                Number(fte, 2) if fte else NOT_APPLICABLE,
                Number(each) if each is not None else NOT_APPLICABLE,
                *(theirs[name] for name in lists),
            ]
        )
    return found


def _known(issue: Issue, by: str) -> tuple[str, ...]:
    """Codes of the force's teams or advocates, in their order."""
    directory = issue.reports.directory
    members: Sequence[Any] = directory.teams if by == "team" else directory.advocates
    return tuple(member.code for member in members if member.force == issue.force.code)


def _made(issue: Issue, name: str, title: str, columns: tuple[str, ...], rows: list[list[Any]], about: str) -> Sheet:
    return Sheet(
        name,
        f"{title}: {issue.whom}, {spoken(issue.last_day)}",
        columns,
        rows,
        about=about,
        basis=f"Open cases and posts on {spoken(issue.last_day)}; posts on long absence are not counted. "
        f"{source(issue)}",
        period=spoken(issue.last_day),
        unit="cases, posts and actions",
    )
