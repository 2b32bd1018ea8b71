"""The worksheets around the figures: cover, contents, notes, definitions and audit."""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from dashboard.workbook.cells import SHORTHAND
from dashboard.workbook.figures import FEW_FOR_TRUST, WIDE_LIMITS, spoken
from dashboard.workbook.sheets import Link, Sheet
from dashboard.workbook.week import WEEKS, Issue
from data_access.codes import label
from data_access.facts import REVIEW_WITHIN
from data_access.measures import MEASURES
from data_access.reports import FEW
from data_access.worklists import CONTACT_WITHIN

CAUTION = "small, possibly unrepresentative sample"
FILTERS = "none: every team, lead advocate, level and referral source of the force"
DIGEST_ROW = "Content digest (SHA-256)"
DIGEST_NOT_YET = "0" * 64


def cover(issue: Issue, behind: Sequence[Sheet]) -> Sheet:
    """The first worksheet: what this is, about whom, from when, and who may see it. ``behind``: the other sheets."""
    over = "complete" if issue.force.as_of >= issue.sunday else f"not over: the data end on {spoken(issue.force.as_of)}"
    facts: list[list[Any]] = [
        [
            "What it is",
            "Weekly workbook of the victims' advocacy service: figures of the week, and the cases in which "
            "something is due",
        ],
        ["Force", f"{issue.force.code}: {issue.force.name}"],
        ["Week", f"{issue.week}: Monday {spoken(issue.monday)} to Sunday {spoken(issue.sunday)}, {over}"],
        ["Week ending", issue.sunday],
        ["Data up to", issue.force.as_of],
        ["Filters", FILTERS],
        [
            "Who may see it",
            "The advocates, supervisors and managers of this force. It holds case references and exact "
            "small numbers: not for publication, not to be passed on",
        ],
        ["Caution", f"A {CAUTION}: see note 1 on the worksheet Notes"],
    ]
    facts += [
        [f"Worksheet {place}", Link(f"{sheet.name}: {sheet.title}", sheet.name)]
        for place, sheet in enumerate(behind, 2)
    ]
    return Sheet(
        "Cover",
        f"caselight weekly workbook: {issue.force.code}, {issue.week}",
        ("Item", "Detail"),
        facts,
        about="It says what this workbook is and leads to its worksheets.",
        basis=f"Source: caselight, data up to {spoken(issue.force.as_of)}.",
        period=issue.week,
        unit="none",
        wide=("Detail",),
        caution=(7,),
    )


def contents(issue: Issue, listed: Sequence[Sheet]) -> Sheet:
    """Every worksheet with its title, period, unit and number of rows."""
    rows = [[Link(sheet.name, sheet.name), sheet.title, sheet.period, sheet.unit, len(sheet.rows)] for sheet in listed]
    return Sheet(
        "Contents",
        f"Contents: {issue.force.code}, {issue.week}",
        ("Worksheet", "Title", "Period", "Unit", "Rows"),
        rows,
        about="It lists the worksheets of this workbook, in their order.",
        basis=f"Source: caselight, data up to {spoken(issue.force.as_of)}.",
        period=issue.week,
        unit="none",
        wide=("Title",),
    )


def notes(issue: Issue) -> Sheet:
    """What has to be known to read the figures."""
    marks = "; ".join(f"{mark} {words}" for mark, words in SHORTHAND.items())
    reviews = ", ".join(f"{days} days ({label(name)})" for name, days in REVIEW_WITHIN.items())
    contacts = ", ".join(f"{days} days ({label(name)})" for name, days in CONTACT_WITHIN.items())
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
        f"A risk review is overdue when the last own assessment is older than {reviews}. A contact is overdue when "
        f"the last contact with the victim is older than {contacts}. The intervals are this service's own.",
        "Nothing is hidden and nothing is rounded. That is why this workbook stays inside the service.",
        "Rows that are typed in late change the figures of past weeks: an issue that is made again may differ.",
        f"Shorthand in square brackets stands where there is no number: {marks}.",
    )
    return Sheet(
        "Notes",
        f"Notes: {issue.force.code}, {issue.week}",
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
    for measure in MEASURES.values():
        words = measure.words()
        for name in ("id", "definition", "unit", "direction"):
            rows.append([measure.title, label(name).capitalize(), words[name]])
        said = {name: meaning for name, meaning in measure.kind.columns.items() if not meaning.startswith("empty")}
        for name, meaning in said.items():
            rows.append([measure.title, f"Column {name}", meaning])
        for name in ("caution", "benchmark", "owner", "review_by", "changed", "example"):
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


def audit(issue: Issue, listed: Sequence[Sheet], actions: int) -> Sheet:
    """Where the figures come from, and the digest that proves two files equal in content."""
    rows: list[list[Any]] = [
        ["Product version", product_version()],
        ["Force", issue.force.code],
        ["Data version of the force", issue.force.version],
        ["Data up to", issue.force.as_of],
        ["First day of the thirteen weeks", issue.first],
        ["First day of the week", issue.monday],
        ["Last day of the week", issue.sunday],
        ["Filters", FILTERS],
        ["Measures", ", ".join(f"{measure.name} ({measure.id})" for measure in MEASURES.values())],
        ["Actions due", actions],
        *([f"Rows in {sheet.name}", len(sheet.rows)] for sheet in listed),
        [DIGEST_ROW, DIGEST_NOT_YET],
    ]
    return Sheet(
        "Audit",
        f"Audit: {issue.force.code}, {issue.week}",
        ("Item", "Value"),
        rows,
        about="It says what this file was made from.",
        basis="The digest covers every part of the file but this worksheet and the document properties.",
        period=issue.week,
        unit="none",
        wide=("Value",),
    )


def product_version() -> str:
    """Version of caselight as it is installed."""
    try:
        return version("caselight")
    except PackageNotFoundError:
        return "run from its folder, not installed"
