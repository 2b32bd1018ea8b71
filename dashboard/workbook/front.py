"""The worksheets around the figures: cover, contents, notes, definitions and audit."""

from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from dashboard.purposes import NOT_SAID, Stamp
from dashboard.shown import shown_measures
from dashboard.workbook.actions import WORDS, due_lists
from dashboard.workbook.cells import SHORTHAND
from dashboard.workbook.figures import FEW_FOR_TRUST, WIDE_LIMITS
from dashboard.workbook.sheets import Link, Sheet
from dashboard.workbook.week import WEEKS, Issue
from dashboard.workbook.words import source, spoken
from data_access.codes import label
from data_access.published import Run
from data_access.recipients import SUPERVISOR, TEAM
from data_access.reports import FEW
from data_access.standards import standards

CAUTION = "small, possibly unrepresentative sample"
DIGEST_ROW = "Content digest (SHA-256)"
DIGEST_NOT_YET = "0" * 64
STAMPED = ("Taken by", "Taken at", "Taken for")


def title_of(issue: Issue) -> str:
    """Title of the document."""
    kind = ", for supervisors" if issue.recipient.kind == SUPERVISOR else ""
    return f"caselight weekly workbook: {issue.whom}, {issue.week}{kind}"


def filters(issue: Issue) -> str:
    """What the figures are narrowed to, in words."""
    if issue.recipient.team:
        return f"team {issue.recipient.team} alone: nothing of another team stands in this file"
    return "none: every team, lead advocate, level and referral source of the force"


def made_for(issue: Issue) -> str:
    """Whom the file is for, in words."""
    team = next((t for t in issue.reports.directory.teams if t.code == issue.recipient.team), None)
    whole = f"{issue.force.code}: {issue.force.name}"
    if team is None:
        return f"The force {whole}"
    if issue.recipient.kind == TEAM:
        return f"The team {team.code}: {team.name}, of {whole}"
    posts = ", ".join(issue.recipient.posts) or "no supervising post is recorded"
    return f"The supervisors of the team {team.code}: {team.name} ({posts}), of {whole}"


def may_see(issue: Issue) -> str:
    """Who may open the file."""
    who = {
        TEAM: "The advocates and supervisors of this team, and the managers of the force",
        SUPERVISOR: "The supervisors of this team and the managers of the force",
    }.get(issue.recipient.kind, "The advocates, supervisors and managers of this force")
    return f"{who}. It holds case references and exact small numbers: not for publication, not to be passed on"


def cover(issue: Issue, behind: Sequence[Sheet]) -> Sheet:
    """The first worksheet: what this is, about whom, from when, and who may see it. ``behind``: the other sheets."""
    over = "complete" if issue.force.as_of >= issue.sunday else f"not over: the data end on {spoken(issue.force.as_of)}"
    facts: list[list[Any]] = [
        [
            "What it is",
            "Weekly workbook of the victims' advocacy service: figures of the week, and the cases in which "
            "something is due",
        ],
        ["Made for", made_for(issue)],
        ["Force", f"{issue.force.code}: {issue.force.name}"],
        ["Week", f"{issue.week}: Monday {spoken(issue.monday)} to Sunday {spoken(issue.sunday)}, {over}"],
        ["Week ending", issue.sunday],
        ["Data up to", issue.force.as_of],
        ["Filters", filters(issue)],
        ["Who may see it", may_see(issue)],
        ["Caution", f"A {CAUTION}: see note 1 on the worksheet Notes"],
        ["Who took this file, and what for", Link("see the worksheet Audit", "Audit")],
    ]
    facts += [
        [f"Worksheet {place}", Link(f"{sheet.name}: {sheet.title}", sheet.name)]
        for place, sheet in enumerate(behind, 2)
    ]
    return Sheet(
        "Cover",
        title_of(issue),
        ("Item", "Detail"),
        facts,
        about="It says what this workbook is and leads to its worksheets.",
        basis=source(issue),
        period=issue.week,
        unit="none",
        wide=("Detail",),
        caution=(8,),
    )


def contents(issue: Issue, listed: Sequence[Sheet]) -> Sheet:
    """Every worksheet with its title, period, unit and number of rows."""
    rows = [[Link(sheet.name, sheet.name), sheet.title, sheet.period, sheet.unit, len(sheet.rows)] for sheet in listed]
    return Sheet(
        "Contents",
        f"Contents: {issue.whom}, {issue.week}",
        ("Worksheet", "Title", "Period", "Unit", "Rows"),
        rows,
        about="It lists the worksheets of this workbook, in their order.",
        basis=source(issue),
        period=issue.week,
        unit="none",
        wide=("Title",),
    )


def notes(issue: Issue) -> Sheet:
    """What has to be known to read the figures."""
    marks = "; ".join(f"{mark} {words}" for mark, words in SHORTHAND.items())
    held = standards(issue.reports, [issue.force.code])[issue.force.code]
    due = held.words()
    own = {kind: " It is the service's own." if kind in held.own else " It is the package's." for kind in due}
    texts = (
        f"The figures rest on a {CAUTION}: the people who were referred to one service, in one force, in a few "
        "weeks. They do not stand for everybody who is stalked, and one week alone says little.",
        "Weeks run from Monday to Sunday. Numbers of open cases stand for the Sunday; numbers of referrals, contacts "
        f"and closings stand for the seven days. The charts show this week and the {WEEKS - 1} weeks before.",
        "Cases that are still open, and people who are still waiting, are counted as far as they have come by the "
        "last day of the data; they are never left out. Times are medians by Kaplan-Meier.",
        f"A share of fewer than {FEW} is written as a count, such as 3 of 8. [u] marks a share of fewer than "
        f"{FEW_FOR_TRUST}, a share whose limits lie more than {WIDE_LIMITS * 100:.0f} points apart, and a median of "
        f"fewer than {FEW_FOR_TRUST} cases or without an upper limit.",
        "Limits are 95 per cent limits: Wilson for shares, Kaplan-Meier with log-log limits for medians. Full counts "
        "have no sampling error and no limits.",
        f"What this force holds itself to. {due['first_call']}{own['first_call']} {due['contact_within']}"
        f"{own['contact_within']} {due['review_within']}{own['review_within']} {due['untouched_after']}"
        f"{own['untouched_after']} After that a row stands among the actions due.",
        "Nothing is hidden and nothing is rounded. That is why this workbook stays inside the service.",
        "Rows that are typed in late change the figures of past weeks. Each published file is kept as it was; the "
        "worksheet Restated shows what a later load changed, and [r] marks the figures.",
        f"Actions due are those of these lists: {', '.join(WORDS[name] for name in due_lists())}. A team's or "
        "advocate's row counts the actions, not the cases.",
        "The worksheet Changes claims a change only where the trend of two years would do so in at most 5 of 100 "
        "unchanged years, or where this week's count alone lies three standard deviations from what is expected.",
        f"Shorthand in square brackets stands where there is no number: {marks}.",
    )
    return Sheet(
        "Notes",
        f"Notes: {issue.whom}, {issue.week}",
        ("Note", "Text"),
        [[f"Note {place}", text] for place, text in enumerate(texts, 1)],
        about="It says how to read the figures.",
        basis="Source: caselight.",
        period="every issue",
        unit="none",
        wide=("Text",),
    )


def definitions() -> Sheet:
    """Every measure in the words of the catalogue."""
    rows: list[list[Any]] = []
    for measure in shown_measures():
        words = measure.words()
        for name in ("id", "definition", "unit", "direction"):
            rows.append([measure.title, label(name).capitalize(), words[name]])
        said = {name: meaning for name, meaning in measure.kind.columns.items() if not meaning.startswith("empty")}
        for name, meaning in said.items():
            rows.append([measure.title, f"Column {name}", meaning])
        for name in ("caution", "benchmark", "owner", "review_by", "changed"):
            text: Any = measure.review_by if name == "review_by" else words[name] or "none"
            rows.append([measure.title, label(name).capitalize(), text])
    return Sheet(
        "Definitions",
        "Definitions of the measures",
        ("Measure", "Aspect", "Text"),
        rows,
        about="It says of each measure what is counted, over whom and when.",
        basis="Source: caselight.",
        period="every issue",
        unit="none",
        wide=("Text",),
    )


def audit(issue: Issue, listed: Sequence[Sheet], actions: int, published: Run | None) -> Sheet:
    """Where the figures come from, and the digest that proves two files equal in content."""
    rows: list[list[Any]] = [
        ["Product version", product_version()],
        ["Recipient", issue.recipient.name],
        ["Data version of the force", issue.force.version],
        ["Data up to", issue.force.as_of],
        ["First day of the thirteen weeks", issue.first],
        ["First day of the week", issue.monday],
        ["Last day of the week", issue.sunday],
        ["Filters", filters(issue)],
        ["Compared with the published file", _told(published)],
        ["Measures", ", ".join(f"{measure.name} ({measure.id})" for measure in shown_measures())],
        ["Actions due", actions],
        *([name, NOT_SAID] for name in STAMPED),
        *([f"Rows in {sheet.name}", len(sheet.rows)] for sheet in listed),
        [DIGEST_ROW, DIGEST_NOT_YET],
    ]
    return Sheet(
        "Audit",
        f"Audit: {issue.whom}, {issue.week}",
        ("Item", "Value"),
        rows,
        about="It says what this file was made from.",
        basis="The digest covers every part of the file but this worksheet and the document properties.",
        period=issue.week,
        unit="none",
        wide=("Value",),
    )


def stamped(last: Sheet, stamp: Stamp | None) -> Sheet:
    """The worksheet Audit with who took the file, when and what for. The digest does not cover it."""
    said = dict(stamp.rows()) if stamp else {}
    return replace(last, rows=[[name, said.get(name, value)] for name, value in last.rows])


def _told(run: Run | None) -> str:
    if run is None:
        return "none was published before"
    return f"{run.file}, content digest {run.digest}, data version {run.data_version}"


def product_version() -> str:
    """Version of caselight as it is installed."""
    try:
        return version("caselight")
    except PackageNotFoundError:
        return "run from its folder, not installed"
