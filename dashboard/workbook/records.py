"""How good the records are, what happened in seven days, and the dated notes of the thirteen weeks."""

from collections.abc import Iterator
from typing import Any

from dashboard.frames import each
from dashboard.workbook.cells import NOT_APPLICABLE
from dashboard.workbook.figures import NO_NOTE, plain_rows
from dashboard.workbook.sheets import Share, Sheet
from dashboard.workbook.week import Issue
from dashboard.workbook.words import source, spoken
from data_access.codes import heading, label
from data_access.errors import Refused
from data_access.reports import FEW

PARTS = {"week": "In the seven days", "late": "Entered late since last week"}


def data_quality(issue: Issue) -> Sheet:
    """Completeness, stale assessments, late entry, breaches of order and plausibility, double imports, freshness."""
    return Sheet(
        "Data_quality",
        f"Data quality: {issue.whom}, 13 weeks to {issue.week}",
        ("Check", "Subject", "Counted", "Of", "Share", "Notes"),
        list(_quality(issue)),
        about="Nothing is repaired here: what is wrong is put right in the source system.",
        basis=f"Completeness counts rows of the 13 weeks. {source(issue)}",
        period=f"13 weeks to {issue.week}",
        unit="rows and cases",
        wide=("Subject", "Notes"),
    )


def _quality(issue: Issue) -> Iterator[list[Any]]:
    quality = issue.reports.quality(issue.thirteen_weeks)
    for row in plain_rows(quality.completeness):
        if row["n"] is None:
            yield ["Completeness", row["title"], *[NOT_APPLICABLE] * 3, row["note"] or row["of"]]
        else:
            yield ["Completeness", row["title"], *_part(row["recorded"], row["n"]), row["of"]]
    for row in plain_rows(quality.assessments):
        yield ["Stale assessments", "Assessed over 90 days ago", *_part(row["stale"], row["open"]), "open cases"]
        yield ["Stale assessments", "Never assessed", *_part(row["not_assessed"], row["open"]), "open cases"]
    for row in plain_rows(quality.late_entry):
        more = " or more" if row["at_most"] else ""
        within = NO_NOTE if row["days"] is None else f"95 of 100 within {row['days']:.0f} days{more}"
        yield ["Late entry", f"{row['rows']}: more than 7 days after", *_part(row["late"], row["n"]), within]
    for row in plain_rows(quality.rules):
        yield ["Order and plausibility", row["title"], int(row["count"]), NOT_APPLICABLE, NOT_APPLICABLE, NO_NOTE]
    for row in plain_rows(quality.imported_twice):
        said = f"week of {spoken(row['week'])}: {row['contacts']:.0f} different contacts stand in so many rows"
        yield ["Duplicates", "Contacts of a week imported twice", int(row["rows"]), *[NOT_APPLICABLE] * 2, said]
    gap = (issue.force.as_of - issue.sunday).days
    yield ["Freshness", "Days of data after the week ended", gap, NOT_APPLICABLE, NOT_APPLICABLE, NO_NOTE]


def _part(part: Any, whole: Any) -> list[Any]:
    if part is None or whole is None:
        return [NOT_APPLICABLE] * 3
    part, whole = int(part), int(whole)
    if not whole:
        return [part, whole, NOT_APPLICABLE]
    return [part, whole, Share(part / whole) if whole >= FEW else f"{part} of {whole}"]


def since_last_week(issue: Issue) -> Sheet:
    """What came, went, moved and became due in the seven days up to the end of the week, in counts."""
    columns = ("Part", "What changed", "Cases", "Notes")
    try:
        frame = issue.reports.changes(issue.this_week)
        rows = [
            [
                PARTS.get(row["part"], heading(str(row["part"]))),
                row["title"],
                NOT_APPLICABLE if row["rows"] is None else int(row["rows"]),
                row["note"] or NO_NOTE,
            ]
            for row in plain_rows(frame)
        ]
    except Refused as refused:
        rows = [["All", "Changes", NOT_APPLICABLE, str(refused)]]
    return Sheet(
        "Since_last_week",
        f"Since last week: {issue.whom}, seven days to {spoken(issue.last_day)}",
        columns,
        rows or [["All", "Nothing changed", 0, NO_NOTE]],
        about="It compares the last day with the day seven days before.",
        basis=source(issue),
        period=f"seven days to {spoken(issue.last_day)}",
        unit="cases and rows",
        wide=("What changed", "Notes"),
    )


def dated_notes(issue: Issue) -> Sheet:
    """The dated notes of the force that lie in the thirteen weeks: what can explain a step."""
    rows = [
        [row.on_day.date(), label(str(row.kind)), row.text]
        for row in each(issue.reports.table("events"))
        if row.force == issue.force.code and issue.first <= row.on_day.date() <= issue.sunday
    ]
    return Sheet(
        "Dated_notes",
        f"Dated notes: {issue.force.code}, 13 weeks to {issue.week}",
        ("Day", "Kind", "Note"),
        rows or [[NOT_APPLICABLE, NOT_APPLICABLE, "No note is dated in these weeks"]],
        about="A note is about the service of the whole force, never about a person.",
        basis=source(issue),
        period=f"13 weeks to {issue.week}",
        unit="none",
        wide=("Note",),
    )
