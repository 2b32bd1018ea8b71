"""The teams side by side: cases for each whole-time post today, and in four weeks if it goes on as it did."""

from datetime import timedelta
from typing import Any

import pandas as pd
from markupsafe import Markup

from dashboard.charts import words
from dashboard.frames import each
from dashboard.sheet import html, joined
from dashboard.targets import targets_of
from data_access.errors import Refused
from data_access.slice import Slice

MEASURE = "cases_per_fte"
WEEKS = 4
FIGURE = Markup(' class="figure"')


def teams_html(reports: Any, slice_: Slice) -> Markup:
    """A table of the chosen forces' teams in their own order, never ranked; nothing when no force is chosen."""
    whole = slice_.having(grain="whole")
    try:
        load = reports.frame(MEASURE, whole, ("force", "team"))
    except Refused as refused:
        return html('<section><h2>The teams</h2><p class="quiet">{why}</p></section>', why=refused)
    lately = whole.having(first=whole.until - timedelta(weeks=WEEKS))
    net = {(row.force, row.team): row.value for row in each(reports.frame("inflow_outflow", lately, ("force", "team")))}
    wanted = targets_of(reports, MEASURE, slice_.forces)
    rows = [row for row in each(load) if row.denominator > 0]
    if not rows:
        return Markup("")
    header = (
        "Team",
        "Cases with a lead",
        "Whole-time posts",
        "Cases for each post",
        f"Opened less closed, last {WEEKS} weeks",
        f"Cases for each post in {WEEKS} weeks, if that goes on",
        "Target",
    )
    return html(
        """<section id="teams"><h2>The teams</h2>
<p class="quiet">In the order of their codes, not a ranking. What would be in four weeks only carries the last four on;
it knows nothing of leave, transfers or the work in a case.</p>
<div class="scroll"><table class="stacks"><caption class="hidden">Teams: caseload now and in four weeks</caption>
<thead><tr>{header}</tr></thead><tbody>{rows}</tbody></table></div></section>""",
        header=joined(
            html(
                '<th scope="col"{figure}>{said}</th>', said=said, figure=Markup(' class="figure"') if i else Markup("")
            )
            for i, said in enumerate(header)
        ),
        rows=joined(_row(row, net.get((row.force, row.team), 0), wanted.get(row.force), header) for row in rows),
    )


def _row(row: Any, net: float, target: Any, header: tuple[str, ...]) -> Markup:
    ahead = (row.numerator + net) / row.denominator if not pd.isna(net) else None
    cells = (
        words.whole(row.numerator),
        f"{row.denominator:.2f}".rstrip("0").rstrip("."),
        words.decimal(row.value),
        "not known" if pd.isna(net) else f"{int(net):+d}",
        "not known" if ahead is None else words.decimal(ahead),
        "none set" if target is None else f"{target.words()} ({target.source})",
    )
    return html(
        '<tr><th scope="row">{team}</th>{cells}</tr>',
        team=row.team,
        cells=joined(
            html('<td class="figure" data-column="{column}">{cell}</td>', column=column, cell=cell)
            for column, cell in zip(header[1:], cells, strict=True)
        ),
    )
