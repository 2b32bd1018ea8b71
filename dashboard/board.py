"""What the pages of one topic have in common: a sentence, headline numbers, the opened list, cards."""

from collections.abc import Callable
from datetime import date
from typing import Any

import param
from markupsafe import Markup

from dashboard import listing
from dashboard.cards import Card
from dashboard.charts import Mark, words
from dashboard.figures import Figure, figures_html, told
from dashboard.frames import each
from dashboard.kept import CARD, KEPT, Made
from dashboard.sheet import Group, Message, Sheet, html, joined
from dashboard.shown import shown_measures
from dashboard.state import Filters
from dashboard.view import View
from data_access.measures.measure import Measure

LITTLE = 1_000  # bytes of a few numbers, or of nothing, with their key
FURTHER_BACK = 12  # months: a further figure is mostly a cohort by month
ASIDE = ("listing", "listing_page", "opened")  # what changes without any figure of the page changing
MARKED = ("threshold", "tool", "definition", "referral_route", "recording", "staffing")


class Board(View):
    """A page: subclasses say ``title``, ``figures``, ``made_cards`` and ``sentence``, and nothing else.

    A measure of the page's ``topic`` that no card shows can be opened under the others; it is made then.
    """

    title = ""
    topic = ""
    figures: tuple[Figure, ...] = ()
    columns = "pictures"
    content: Group

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self._top, self._list = Sheet(answer=self._answer), Sheet(answer=self._answer)
        self.cards: tuple[Card, ...] = self.made_cards()
        shown = {card.measure.name for card in self.cards}
        self.further = {m.name: m for m in shown_measures() if m.topic == self.topic and m.name not in shown}
        self.opened: dict[str, Card] = {}
        self._more = Sheet(answer=self._answer)
        self._further = Group(look="pictures")
        cards = Group(*(card.content for card in self.cards), look=self.columns)
        self.content = Group(self._top, self._list, cards, self._more, self._further)
        self._changed()

    def made_cards(self) -> tuple[Card, ...]:
        """The cards of the page, in reading order."""
        raise NotImplementedError(type(self).__name__)

    def sentence(self) -> str:
        """The answer to the page's question, in words."""
        raise NotImplementedError(type(self).__name__)

    def refresh(self, *events: param.parameterized.Event) -> None:
        """Everything at once; only the list when only the list was turned."""
        size = CARD if self.filters.listing else LITTLE
        listed = self.kept("list", lambda: listing.listed(self.reports, self.filters), size)
        self._list.html, self.rows_shown = listed.html, listed.rows
        if listed.page is not None:
            self.filters.listing_page = listed.page  # a page beyond the last is the last, in the address too
        if events and all(event.name in ("listing", "listing_page") for event in events):
            return
        self._top.html = self.kept("top", self._answered)
        self._more.html = further_html(self.further, self.filters)
        self._open_further()
        marks, axis = self.kept("marks", self.marks), self.kept("axis", self.axis)
        only_further = bool(events) and all(event.name == "opened" for event in events)
        for card in () if only_further else self.cards:
            card.show(self.filters.slice, marks, self.filters.dark, **axis)
        for name in self._wanted():
            self.opened[name].show(self.filters.slice, marks, self.filters.dark)

    def kept(self, name: str, made: Callable[[], Made], size: int = LITTLE) -> Made:
        """What ``made`` gives for the filters as they are now, worked out once for everybody who may see the same.

        ``size`` in bytes is that of what is not plain markup.
        """
        filters = self.filters
        asked: tuple[Any, ...] = (
            type(self),
            name,
            filters.slice,
            filters.compare,
            tuple(filters.to_query().items()),
            filters.options,
        )
        return KEPT.answer(self.reports, asked, made, size)

    def _answered(self) -> Markup:
        return html(
            '<section><h1>{title}</h1><p class="sentence" role="status">{sentence}</p>{figures}</section>',
            title=self.title,
            sentence=self.beyond() or self.sentence(),
            figures=figures_html(self.figures, self.reports, self.filters),
        )

    def _wanted(self) -> list[str]:
        return [name for name in self.further if name in self.filters.opened]

    def _open_further(self) -> None:
        """Make the cards that are wanted for the first time, and show those that are wanted now, in reading order."""
        wanted = self._wanted()
        new = [name for name in wanted if name not in self.opened]
        self.opened |= {name: Card(self.reports, name, months=FURTHER_BACK) for name in new}
        if new:
            self._further.parts = tuple(self.opened[name].content for name in self.further if name in self.opened)
        for name, card in self.opened.items():
            card.visible = name in wanted

    def beyond(self) -> str:
        """What to say of a period that the data do not reach into; nothing when they do."""
        slice_, forces = self.filters.slice, self.filters.options.forces
        if told(forces, slice_):
            return ""
        chosen = [force for force in forces if force.code in slice_.forces and force.as_of]
        if not chosen:
            return "No force is chosen that has data."
        first = min(force.first_on or force.as_of for force in chosen)
        return (
            f"Nothing is known of this period: the data go from {words.short_day(first)} to "
            f"{words.short_day(max(force.as_of for force in chosen))}. Choose another period."
        )

    def axis(self) -> dict[str, float]:
        """What the cards of the page have to share."""
        return {}

    def last_day(self) -> date:
        """The day that a stock stands for: the last of the period, or the newest day of data before it."""
        newest = self.filters.as_of
        last = self.filters.slice.last
        return last if newest is None else min(last, newest)

    def marks(self) -> tuple[Mark, ...]:
        """Dated notes of the chosen forces that a trend has to show."""
        every = KEPT.answer(self.reports, ("marks",), self._every_mark)
        return tuple(mark for mark in every if mark.force in self.filters.forces)

    def _every_mark(self) -> tuple[Mark, ...]:
        names = {force.code: force.name for force in self.filters.options.forces}
        return tuple(
            Mark(row.on_day.to_datetime64(), row.force, row.kind, row.text, names.get(row.force, ""))
            for row in each(self.reports.table("events"))
            if row.kind in MARKED
        )

    def _answer(self, message: Message) -> bool:
        name = str(message.get("figure", ""))
        if message.get("do") != "figure" or name not in self.further:
            return listing.answer(self.filters, message)
        opened = [other for other in self.filters.opened if other != name]
        self.filters.opened = opened if name in self.filters.opened else [*opened, name]
        return True


def further_html(further: dict[str, Measure], filters: Filters) -> Markup:
    """The figures of the topic that are not open yet, one button each; those that are open can be closed again."""
    if not further:
        return Markup("")
    rows = joined(
        html(
            """<li><button type="button" id="m-{name}" data-do="figure" data-figure="{name}" aria-expanded="{open}">
{sign} {title}</button></li>""",
            name=name,
            title=measure.title,
            open="true" if name in filters.opened else "false",
            sign="Close:" if name in filters.opened else "Open:",
        )
        for name, measure in further.items()
    )
    return html(
        '<section class="further"><h2>Further figures</h2><ul class="plain">{rows}</ul></section>',
        rows=rows,
    )
