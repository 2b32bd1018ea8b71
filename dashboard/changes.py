"""What changed since last week as a page says it: counts by force, each with its list, and late entry apart."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd
from markupsafe import Markup

from dashboard import standing
from dashboard.address import href
from dashboard.charts import words
from dashboard.sheet import html, joined
from dashboard.state import Filters
from data_access.changes import DAYS

LABELS = {
    "opened_in_week": "Opened",
    "closed_in_week": "Closed",
    "level_up": "Level up",
    "level_down": "Level down",
    "new_lead": "New lead",
    "newly_contact_overdue": "Contact newly overdue",
    "no_longer_contact_overdue": "Contact no longer overdue",
    "newly_review_overdue": "Review newly overdue",
    "no_longer_review_overdue": "Review no longer overdue",
    "late_referrals": "Referrals",
    "late_openings": "Openings",
    "late_closings": "Closings",
    "late_contacts": "Contacts and attempts",
    "late_assessments": "Risk assessments",
}
NOT_SO = "not with these filters"


def last_days(filters: Filters) -> dict[str, date]:
    """The day that the state stands for, by the name of each chosen force that has data."""
    return {
        force.name: min(filters.slice.last, force.as_of)
        for force in filters.options.forces
        if force.code in filters.forces and force.as_of
    }


def week_words(filters: Filters) -> str:
    """The seven days: "16 to 22 Nov 2026 (Westvale: 10 to 16 Nov 2026)"."""
    ends = last_days(filters)
    newest = max(ends.values())
    late = [f"{name}: {_span(end)}" for name, end in ends.items() if end < newest]
    return _span(newest) + (f" ({'; '.join(late)})" if late else "")


def _span(end: date) -> str:
    return words.days_between(end - timedelta(days=DAYS - 1), end + timedelta(days=1))


def changes_html(reports: Any, filters: Filters) -> Markup:
    """The section "Since last week"; it says so where the data do not reach back a week."""
    ends = last_days(filters)
    first = min((f.first_on for f in filters.options.forces if f.code in filters.forces and f.first_on), default=None)
    if not ends or first is None or max(ends.values()) - timedelta(days=DAYS) < first:
        return _section(Markup("<p>The data do not reach back a week, so nothing can be set beside it.</p>"))
    rows = standing.changes(reports, filters.slice)
    parts = {part: [row for row in rows if row["part"] == part] for part in ("week", "late")}
    return _section(
        html(
            """<div class="pair"><div><h3>Cases that changed</h3>
<p class="quiet">In the seven days {week}, against the state on the day before them.</p>{changed}</div>
<div><h3>Earlier figures restated by late entry</h3>
<p class="quiet">Typed in during these days, but dated before them: the figures of those earlier days say something
else now. A closing is told only where the whole case was entered late.</p>{late}</div></div>""",
            week=week_words(filters),
            changed=_table("What changed", parts["week"], filters),
            late=_table("Entered late", parts["late"], filters),
        )
    )


def _section(content: Markup) -> Markup:
    return html("<section><h2>Since last week</h2>{content}</section>", content=content)


def _table(title: str, rows: Sequence[dict[str, Any]], filters: Filters) -> Markup:
    forces = [force for force in filters.options.forces if force.code in filters.forces]
    several = forces if len(forces) > 1 else []
    counted: dict[str, dict[str, Any]] = {name: {} for name in LABELS if any(r["change"] == name for r in rows)}
    for row in rows:
        counted[row["change"]][row["force"]] = None if pd.isna(row["rows"]) else int(row["rows"])
    return html(
        """<div class="scroll"><table class="changes"><caption class="hidden">{title}</caption>
<thead><tr><th scope="col">{title}</th><th scope="col" class="figure">{all}</th>{header}</tr></thead>
<tbody>{rows}</tbody></table></div>""",
        title=title,
        all="All" if several else forces[0].name,
        header=joined(
            html('<th scope="col" class="figure by-force">{name}</th>', name=force.name) for force in several
        ),
        rows=joined(_row(name, of, several, filters) for name, of in counted.items()),
    )


def _row(name: str, of: dict[str, Any], forces: Sequence[Any], filters: Filters) -> Markup:
    known = [value for value in of.values() if value is not None]
    cells = [words.whole(of.get(force.code)) for force in forces]
    return html(
        '<tr><th scope="row">{label}</th><td class="figure">{total}</td>{cells}</tr>',
        label=LABELS[name],
        total=_link(name, sum(known), filters) if known else NOT_SO,
        cells=joined(html('<td class="figure by-force">{cell}</td>', cell=cell) for cell in cells),
    )


def _link(name: str, total: int, filters: Filters) -> Markup:
    """The number as a link to its list; a nought leads nowhere."""
    if not total:
        return Markup("0")
    return html(
        """<a id="n-{name}" href="{href}" data-do="list" data-list="{name}">{total}<span class="hidden">
 {label}: list</span></a>""",
        name=name,
        href=href(filters.to_query() | {"list": name, "at": "1"}),
        total=words.whole(total),
        label=LABELS[name],
    )
