"""The tables of the data quality page: each a heading, a sentence that says how to read it, and plain rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from dashboard.cards import table_html
from dashboard.charts import words
from dashboard.charts.chart import Table
from dashboard.frames import each
from dashboard.sheet import html, joined
from data_access.quality import LATE_AFTER, Quality

REFUSED = "not with these filters"
KINDS = {
    "Order of days": (
        "allocated_before_referral",
        "attempt_before_referral",
        "attempt_before_lead",
        "contact_before_attempt",
        "contact_after_closing",
        "exit_far_from_closing",
        "exit_of_open_case",
        "assessed_after_closing",
        "asked_while_open",
    ),
    "Later than the data themselves": (
        "opened_after_extract",
        "closed_after_extract",
        "referred_after_extract",
        "contact_after_extract",
        "assessed_after_extract",
        "incident_after_extract",
    ),
    "Values that cannot be so": ("two_leads", "open_without_lead", "duration", "score", "level"),
    "Duplicates": ("contact_twice",),
}
# Codes and days are not broken over two lines where there is room for a table.
MEND = {
    "force": "Force",
    "team": "Team",
    "owner": "Owner",
    "field": "Field",
    "what": "What is wrong",
    "since": "Since",
}


def share(part: Any, whole: Any, before_n: str = "") -> str:
    """74 % (n = 2,662); "3 of 8" below ten; "no rows" for none."""
    if not whole:
        return "no rows"
    said = words.share(part, whole)
    if said == "100 %" and part < whole:
        said = "over 99 %"
    if "%" not in said:
        return said
    return f"{said}{before_n}{words.whole(whole)}" if before_n else f"{said} (n = {words.whole(whole)})"


def section(heading: str, reading: str, rows: Markup, name: str) -> Markup:
    """A heading, how to read what follows, and the rows."""
    return html(
        '<section id="{name}"><h2>{heading}</h2><p>{reading}</p>{rows}</section>',
        name=name,
        heading=heading,
        reading=reading,
        rows=rows,
    )


def by_force(first: str, cells: Mapping[Any, Mapping[str, str]], names: Mapping[str, str], caption: str) -> Markup:
    """A table with a column for each force: ``cells`` is row heading -> force code -> words."""
    rows = tuple((heading, *(of_force[code] for code in names)) for heading, of_force in cells.items())
    return table_html(Table((first, *names.values()), rows), caption)


def fields(found: Quality, names: Mapping[str, str]) -> Markup:
    """The twelve key fields."""
    cells: dict[Markup, dict[str, str]] = {}
    for row in each(found.completeness):
        heading = html("{title} <small>of {of}</small>", title=row.title, of=row.of)
        cells.setdefault(heading, {})[row.force] = REFUSED if row.note else share(row.recorded, row.n)
    table = by_force("Field", cells, names, "Completeness of twelve fields by force")
    return section(
        "Twelve key fields",
        "In how many rows of the period the field is recorded. A blank counts as not recorded.",
        table
        if len(found.in_all)
        else Markup("<p>No row of this period is known: choose one that the data reach into.</p>"),
        "completeness",
    )


def twice(found: Quality, names: Mapping[str, str]) -> Markup:
    """What looks like a file that was imported twice, in words."""
    said = [
        f"{names[week.force]}: {words.plural(week.contacts, 'contact')} of the week from {words.day(week.week)} stand "
        f"more than once, in {words.whole(week.rows)} rows: the same minute, case, channel, outcome and advocate under "
        "different ids. So many in one week look like a file that was imported twice. The figures count the rows as "
        "they stand; whoever keeps the source system takes the second ones out."
        for week in each(found.imported_twice)
    ]
    return html(
        '<section id="twice"><h2>Imported twice</h2>{said}</section>',
        said=joined(
            html("<p>{one}</p>", one=one) for one in said or ["No week looks as if it had been imported twice."]
        ),
    )


def rules(found: Quality, names: Mapping[str, str]) -> Markup:
    """Breaches of the integrity rules; those that hold everywhere are one sentence."""
    counts: dict[str, dict[str, int]] = {}
    titles: dict[str, str] = {}
    for row in each(found.rules):
        counts.setdefault(row.rule, {})[row.force] = row.count
        titles[row.rule] = row.title
    listed = [*dict.fromkeys([rule for kind in KINDS.values() for rule in kind] + list(counts))]
    kind_of = {rule: kind for kind, members in KINDS.items() for rule in members}
    cells = {
        html("{title} <small>{kind}</small>", title=titles[rule], kind=kind_of.get(rule, "Other").lower()): {
            code: words.whole(counts[rule][code]) for code in names
        }
        for rule in listed
        if rule in counts and any(counts[rule].values())
    }
    holding = [titles[rule].lower() for rule in listed if rule in counts and not any(counts[rule].values())]
    rest = f" None of these: {', '.join(holding)}." if holding and cells else ""
    return section(
        "Order of days, impossible values and duplicates",
        f"How many rows break a rule that records have to keep, known by the end of the period.{rest}",
        by_force("Rule", cells, names, "Broken rules by force") if cells else Markup("<p>Every rule is kept.</p>"),
        "rules",
    )


def stale(found: Quality, names: Mapping[str, str]) -> Markup:
    """Open cases whose level is old or unknown."""
    by_code = {row.force: row for row in each(found.assessments)}
    cells = {
        "Assessed over 90 days ago": {code: _part(by_code[code].stale, by_code[code].open) for code in names},
        "Never assessed": {code: _part(by_code[code].not_assessed, by_code[code].open) for code in names},
    }
    return section(
        "Stale assessments",
        "Of the cases open on the last day of the period. Risk figures by level stand on these.",
        by_force("Assessment", cells, names, "Stale assessments by force"),
        "stale",
    )


def _part(part: int, whole: int) -> str:
    return f"{words.whole(part)} of {words.whole(whole)}" if whole else "no open case"


def late(found: Quality, names: Mapping[str, str]) -> Markup:
    """How late rows are typed in."""
    cells: dict[str, dict[str, str]] = {}
    for row in each(found.late_entry):
        said = REFUSED if row.note else share(row.late, row.n)
        if not row.note and row.n and str(row.days).isdecimal():
            said += f"; 95 of 100 within {words.plural(row.days, 'day')}{' or more' if row.at_most else ''}"
        cells.setdefault(row.rows.capitalize(), {})[row.force] = said
    return section(
        "Late entry",
        f"Share of rows typed in more than {LATE_AFTER} days after the day they tell of, and the days within which 95 "
        "of 100 are there. Looked at: the 52 weeks before the last eight of the data, whatever the period, because a "
        "younger row can only be here if it was typed in early. The pictures draw a period hollow until those days "
        "are over.",
        by_force("Rows", cells, names, "Late entry by force"),
        "late",
    )


def fresh(found: Quality, names: Mapping[str, str]) -> Markup:
    """How far each force's data reach."""
    rows = []
    for row in each(found.freshness):
        taken = "not known"
        if row.extract_at == row.extract_at:
            taken = f"{words.short_day(row.extract_at)}, {row.extract_at:%H:%M}"
        behind = f"{words.plural(row.behind, 'day')} behind" if row.behind else "as new as any"
        rows.append((names[row.force], words.day(row.as_of), taken, behind))
    header = ("Force", "Data up to", "Extract taken", "Beside the newest force")
    return section(
        "How fresh the data are",
        "Figures go up to the last day of each force's own data, never up to today.",
        table_html(Table(header, tuple(rows)), "Freshness by force"),
        "fresh",
    )


def mend_table(frame: Any) -> Markup:
    """One page of the cases to mend."""
    return html(
        """<div class="scroll"><table class="stacks mend"><caption class="hidden">Cases to mend</caption>
<thead><tr><th scope="col">Case</th>{header}</tr></thead><tbody>{body}</tbody></table></div>""",
        header=joined(html('<th scope="col">{said}</th>', said=said) for said in MEND.values()),
        body=joined(_mend_row(row) for row in each(frame)),
    )


def _mend_row(row: Any) -> Markup:
    cells: Sequence[str] = (
        row.force,
        row.team or "none",
        row.owner or "none",
        row.field,
        row.what,
        words.short_day(row.since),
    )
    return html(
        '<tr><th scope="row">{reference}</th>{cells}</tr>',
        reference=row.reference,
        cells=joined(
            html('<td data-column="{column}">{cell}</td>', column=column, cell=cell)
            for column, cell in zip(MEND.values(), cells, strict=True)
        ),
    )
