"""The list behind a number: rows paged by the database, reached and left by mouse or keyboard."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from dashboard import standing
from dashboard.address import href
from dashboard.charts import words
from dashboard.frames import each
from dashboard.lists import exists
from dashboard.sheet import NOTHING, Message, html, joined
from dashboard.state import Filters
from data_access.errors import CaselightError
from data_access.slice import Page
from data_access.worklists import Rows

SIZE = 25
FIGURE = ' class="figure"'
LISTED = {  # the other lists hold cases, each once
    "referrals": "referral",
    "contact_success": "attempt",
    "plan_review_due": "trigger",
    "actions_late": "action",
    "handover": "handover",
    "coming": "step",
}
HEADERS = {
    "reference": "Case",
    "force": "Force",
    "team": "Team",
    "lead": "Lead",
    "level": "Level",
    "days": "Days",
    "what": "What",
    "since": "Since",
}


def answer(filters: Filters, message: Message) -> bool:
    """Open, turn or close a list; False when the message is for somebody else."""
    do = message.get("do")
    if do == "list" and exists(str(message.get("list", ""))):
        filters.change(listing=str(message["list"]), listing_page=1)
    elif do == "turn" and str(message.get("to", "")).isdecimal() and len(str(message["to"])) < 6:
        filters.change(listing_page=max(1, int(str(message["to"]))))
    elif do == "close":
        filters.change(listing="", listing_page=1)
    else:
        return False
    return True


@dataclass(frozen=True)
class Listed:
    """A page of a list as markup, and how many lines stand on it; None where no list is open.

    ``page`` is the one that is shown: the last, where the address names one beyond it.
    """

    html: Markup = NOTHING
    rows: int | None = None
    page: int | None = None


def listed(reports: Any, filters: Filters) -> Listed:
    """The opened list, or nothing."""
    if not filters.listing or not exists(filters.listing):
        return Listed()
    name, _, level = filters.listing.partition(":")
    slice_ = filters.slice
    if level:
        # A level that the filters leave out has no cases: no forces is how a slice says "nothing".
        nothing = bool(slice_.levels) and level not in slice_.levels
        slice_ = slice_.having(forces=() if nothing else slice_.forces, levels=(level,))
    try:
        rows = standing.rows(reports, name, slice_, Page(filters.listing_page, SIZE))
        if filters.listing_page > rows.pages:
            rows = standing.rows(reports, name, slice_, Page(rows.pages, SIZE))
    except CaselightError as refused:
        said = '<section class="list"><p class="notice">{words}</p>{close}</section>'
        return Listed(html(said, words=refused, close=CLOSE), 0)
    title = rows.listing.title + (f": {words.name(level)}" if level else "")
    made = html(
        """<section class="list" aria-labelledby="l-title">
<h2 id="l-title" tabindex="-1" data-land="{land}">{title}</h2>
<p>{count}</p>{table}{pager}</section>""",
        title=title,
        land=filters.listing,
        count=_count(rows),
        table=table_of(rows) if rows.total else Markup(""),
        pager=_pager(rows, filters),
    )
    return Listed(made, len(rows.frame), rows.page.number)


CLOSE = Markup('<button type="button" id="l-close" data-do="close">Close the list</button>')


def _count(rows: Rows) -> str:
    if not rows.total:
        return rows.listing.empty
    order = "the soonest first" if rows.listing.ahead else f"by level and then {rows.listing.days}"
    shown = f"{words.plural(rows.total, LISTED.get(rows.listing.name, 'case'))}, {order}."
    return shown if rows.pages == 1 else f"{shown} Page {rows.page.number} of {rows.pages}."


def _headers(rows: Rows) -> dict[str, str]:
    """The headers of a list; a day that lies ahead is no "since"."""
    return HEADERS | ({"since": "On"} if rows.listing.ahead else {})


def table_of(rows: Rows) -> Markup:
    """The page of a list as a table."""
    header = joined(
        html(
            '<th scope="col"{figure}>{words}</th>',
            words=words_,
            figure=Markup(' class="figure"') if name == "days" else Markup(""),
        )
        for name, words_ in _headers(rows).items()
    )
    body = joined(_row(row, _headers(rows)) for row in each(rows.frame))
    return html(
        """<div class="scroll"><table class="stacks"><caption>Days counts {days}.</caption>
<thead><tr>{header}</tr></thead><tbody>{body}</tbody></table></div>""",
        days=rows.listing.days,
        header=header,
        body=body,
    )


def _row(row: Any, headers: dict[str, str]) -> Markup:
    cells = {
        "force": row.force,
        "team": row.team or "none",
        "lead": row.lead or "none",
        "level": words.name(row.level),
        "days": words.whole(row.days),
        "what": words.name(row.what),
        "since": words.short_day(row.since) if row.since == row.since else "not known",
    }
    said = "".join(  # thousands of cells a page: escaped here, one by one, because a format takes ten times as long
        f'<td data-column="{escape(headers[name])}"{FIGURE if name == "days" else ""}>{escape(cell)}</td>'
        for name, cell in cells.items()
    )
    return Markup(f'<tr><th scope="row">{escape(row.reference)}</th>{said}</tr>')


def _pager(rows: Rows, filters: Filters) -> Markup:
    def turn(to: int, said: str, id_: str) -> Markup:
        if not 1 <= to <= rows.pages:
            return Markup("")
        return html(
            '<a id="{id}" href="{href}" data-do="turn" data-to="{to}">{said}</a>',
            id=id_,
            to=to,
            said=said,
            href=href(filters.to_query() | {"at": str(to)}),
        )

    here = rows.page.number
    return html(
        '<div class="pager">{back}{on}{close}</div>',
        back=turn(here - 1, "Previous 25", "l-back"),
        on=turn(here + 1, "Next 25", "l-next"),
        close=CLOSE,
    )
