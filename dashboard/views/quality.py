"""Whether the records can be believed: what is missing, late or impossible, and the cases to mend."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import param
from markupsafe import Markup

from dashboard import quality as tables
from dashboard.address import href
from dashboard.cards import Card
from dashboard.charts import words
from dashboard.frames import each
from dashboard.kept import KEPT
from dashboard.lists import MEND
from dashboard.sheet import Group, Message, Sheet, html, joined
from dashboard.view import View
from data_access.quality import Mending
from data_access.quality import Quality as Found
from data_access.slice import Page

SIZE = 25


class Quality(View):
    """Data quality: can the figures be believed, and what has to be mended?"""

    title = "Data quality"
    label = "Data quality"
    cards: tuple[Card, ...] = ()

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self._top = Sheet(answer=self._answer)
        self._list = Sheet(answer=self._answer)
        self.content = Group(self._top, self._list)
        self._changed()

    def refresh(self, *events: param.parameterized.Event) -> None:
        """Everything; only the list when only the list was turned."""
        filters, slice_ = self.filters, self.filters.slice
        asked: tuple[Any, ...] = (type(self), slice_, filters.options)
        found = cache(lambda: self.reports.quality(slice_))  # for what is not kept
        self.rows_shown = None
        if slice_.forces:
            at = filters.listing_page if filters.listing == MEND else 1
            mending = KEPT.answer(self.reports, (*asked, at), lambda: _to_mend(found(), at))
            self.rows_shown = mending.rows
            self._list.html = self._listed(mending)
            if filters.listing == MEND:
                filters.listing_page = mending.number  # a page beyond the last is the last, in the address too
        else:
            self._list.html = Markup("")
        if not events or any(event.name not in ("listing", "listing_page") for event in events):
            names = {f.code: f.name for f in filters.options.forces if f.code in slice_.forces}
            told = KEPT.answer(self.reports, asked, lambda: _told(found(), names)) if names else None
            self._top.html = self._overview(told)

    def _answer(self, message: Message) -> bool:
        to = str(message.get("to", ""))
        if message.get("do") == "turn" and to.isdecimal() and len(to) < 6:
            self.filters.change(listing=MEND, listing_page=max(1, int(to)))
        elif message.get("do") == "list":
            self.filters.change(listing=MEND, listing_page=1)
        else:
            return False
        return True

    def _overview(self, told: "Told | None") -> Markup:
        slice_ = self.filters.slice
        if told is None:
            return html(
                '<section><h1>{title}</h1><p class="sentence" role="status">{said}</p></section>',
                title=self.title,
                said="No force with data is chosen, so there is nothing to look into.",
            )
        return html(
            """<section><h1>{title}</h1><p class="sentence" role="status">{sentence}</p>{numbers}
<p class="quiet ranges">{period}. Filters hold for every figure here.</p></section>
{tables}""",
            title=self.title,
            sentence=told.sentence,
            numbers=_numbers(told, self.filters.to_query()),
            period=words.days_between(slice_.first, slice_.until),
            tables=told.tables,
        )

    def _listed(self, mending: "Mended") -> Markup:
        return html(
            """<section class="list" aria-labelledby="q-mend">
<h2 id="q-mend" tabindex="-1" data-land="{land}">Cases to mend</h2><p>{said}</p>
<p class="quiet">Known by the end of the period, whenever it happened: a wrong row stays wrong until somebody mends it
in the source system. Then it goes from here with the next load. Hours and minutes that nobody wrote down cannot be
found later; they are counted above and not listed.</p>{table}{pager}</section>""",
            land=f"{self.filters.listing}-{mending.number}",
            said=mending.said,
            table=mending.table,
            pager=self._pager(mending.number, mending.pages),
        )

    def _pager(self, here: int, pages: int) -> Markup:
        def turn(to: int, said: str, id_: str) -> Markup:
            if not 1 <= to <= pages:
                return Markup("")
            query = self.filters.to_query() | {"list": MEND, "at": str(to)}
            return html(
                '<a id="{id}" href="{href}" data-do="turn" data-to="{to}">{said}</a>',
                id=id_,
                href=href(query),
                to=to,
                said=said,
            )

        return html(
            '<div class="pager">{back}{on}</div>',
            back=turn(here - 1, "Previous 25", "q-back"),
            on=turn(here + 1, "Next 25", "q-next"),
        )


@dataclass(frozen=True)
class Told:
    """The page but for the list and the links, which carry every filter: kept for all who may see the same.

    ``boxes`` are label, number and what it is of; the first number, ``to_mend``, leads to the list.
    """

    sentence: str
    to_mend: int
    boxes: tuple[tuple[str, str, str], ...]
    tables: Markup


@dataclass(frozen=True)
class Mended:
    """One page of the list but for its links: ``number`` of ``pages``, with so many ``rows``."""

    said: str
    table: Markup
    number: int
    pages: int
    rows: int


def _told(found: Found, names: dict[str, str]) -> Told:
    mending = found.to_mend(Page(1, 1))
    parts = (tables.fields, tables.twice, tables.rules, tables.stale, tables.late, tables.fresh)
    return Told(
        _sentence(found, mending, names),
        mending.total,
        _boxes(found, mending),
        joined(part(found, names) for part in parts),
    )


def _to_mend(found: Found, at: int) -> Mended:
    mending = found.to_mend(Page(at, SIZE))
    said = (
        f"{words.plural(mending.total, 'thing')} to mend in {words.plural(mending.cases, 'case')}, the oldest "
        f"first; {words.whole(mending.in_period)} of them from the period. Page {mending.page.number} of "
        f"{mending.pages}."
    )
    return Mended(
        said if mending.total else "Nothing is known to be wrong.",
        tables.mend_table(mending.frame) if mending.total else Markup(""),
        mending.page.number,
        mending.pages,
        len(mending.frame),
    )


def _sentence(found: Found, mending: Mending, names: dict[str, str]) -> str:
    fields = found.in_all
    twice = found.imported_twice
    said = []
    if len(fields):
        least = next(each(fields))
        good = sum(row.recorded >= 0.95 * row.n for row in each(fields))
        said.append(
            f"{words.plural(len(fields), 'key field')} {'is' if len(fields) == 1 else 'are'} recorded in every row."
            if least.recorded == least.n
            else f"{good} of {len(fields)} key fields are recorded in 95 of 100 rows or more; the least recorded is "
            f"{least.title.lower()} ({tables.share(least.recorded, least.n, ' of ')})."
        )
    if mending.total:
        waits = "waits" if mending.total == 1 else "wait"
        said.append(
            f"{words.plural(mending.total, 'thing')} in {words.plural(mending.cases, 'case')} {waits} to be mended."
        )
    for week in each(twice):
        said.append(f"One week of {names[week.force]} looks as if it had been imported twice.")
    none = [] if len(fields) else ["No row of this period is known."]
    return (
        " ".join([*none, *said]) if said else "No row of this period is known, and nothing to be wrong before its end."
    )


def _link(total: int, query: dict[str, str]) -> Markup:
    """The number, leading to its list further down where there is one."""
    if not total:
        return html("{total}", total=words.whole(total))
    return html(
        """<a id="q-list" href="{href}" data-do="list">{total}<span class="hidden"> to mend: </span>
<small>list</small></a>""",
        href=href(query | {"list": MEND, "at": "1"}),
        total=words.whole(total),
    )


def _boxes(found: Found, mending: Mending) -> tuple[tuple[str, str, str], ...]:
    open_ = list(each(found.assessments))
    late = [row for row in each(found.late_entry) if row.rows == "contacts" and not row.note]
    behind = [row for row in each(found.freshness) if row.behind]
    return (
        ("To mend", words.whole(mending.total), f"in {words.plural(mending.cases, 'case')}"),
        (
            "Stale assessments",
            words.whole(sum(row.stale for row in open_)),
            f"of {words.plural(sum(row.open for row in open_), 'open case')}; over 90 days old",
        ),
        (
            "Contacts typed in late",
            words.share(sum(row.late for row in late), sum(row.n for row in late)) if late else tables.REFUSED,
            f"more than 7 days after; n = {words.whole(sum(row.n for row in late))}",
        ),
        (
            "Behind the newest data",
            words.plural(max((row.behind for row in behind), default=0), "day"),
            ", ".join(row.name for row in behind) or "every force is as new",
        ),
    )


def _numbers(told: Told, query: dict[str, str]) -> Markup:
    (label, _, about), *others = told.boxes
    boxes = ((label, _link(told.to_mend, query), about), *others)
    return html(
        '<dl class="numbers">{boxes}</dl>',
        boxes=joined(
            html(
                '<div><dt>{label}</dt><dd class="number">{number}</dd><dd class="before">{about}</dd></div>',
                label=label,
                number=number,
                about=about,
            )
            for label, number, about in boxes
        ),
    )
