"""What the pages of one topic have in common: a sentence, headline numbers, the opened list, cards."""

from datetime import date
from typing import Any

import panel as pn
import param

from dashboard import listing, theme
from dashboard.cards import Card
from dashboard.charts import Mark, words
from dashboard.figures import Figure, figures_html, told
from dashboard.sheet import Message, Sheet, html
from dashboard.view import View
from data_access.measures import MEASURES

MARKED = ("threshold", "tool", "definition", "referral_route", "recording", "staffing")


class Board(View):
    """A page: subclasses say ``title``, ``figures``, ``made_cards`` and ``sentence``, and nothing else.

    A measure of the page's ``topic`` that no card shows gets one of its own, after the others.
    """

    title = ""
    topic = ""
    figures: tuple[Figure, ...] = ()
    columns = theme.PICTURES

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self._top, self._list = Sheet(answer=self._answer), Sheet(answer=self._answer)
        self.cards: tuple[Card, ...] = self._with_the_rest(self.made_cards())
        self._all = pn.Column(
            self._top,
            self._list,
            pn.Column(*self.cards, sizing_mode="stretch_width", margin=0, stylesheets=[self.columns]),
            sizing_mode="stretch_width",
            margin=0,
        )
        self._changed()

    def _with_the_rest(self, cards: tuple[Card, ...]) -> tuple[Card, ...]:
        shown = {card.measure.name for card in cards}
        rest = [m for m in MEASURES.values() if m.topic == self.topic and m.name not in shown]
        return (*cards, *(Card(self.reports, measure.name) for measure in rest))

    def made_cards(self) -> tuple[Card, ...]:
        """The cards of the page, in reading order."""
        raise NotImplementedError(type(self).__name__)

    def sentence(self) -> str:
        """The answer to the page's question, in words."""
        raise NotImplementedError(type(self).__name__)

    def __panel__(self) -> pn.viewable.Viewable:
        return self._all

    def refresh(self, *events: param.parameterized.Event) -> None:
        """Everything at once; only the list when only the list was turned."""
        self._list.html = listing.list_html(self.reports, self.filters)
        if events and all(event.name in ("listing", "listing_page") for event in events):
            return
        self._top.html = html(
            '<section><h1>{title}</h1><p class="sentence" role="status">{sentence}</p>{figures}</section>',
            title=self.title,
            sentence=self.beyond() or self.sentence(),
            figures=figures_html(self.figures, self.reports, self.filters),
        )
        marks, axis = self.marks(), self.axis()
        for card in self.cards:
            card.show(self.filters.slice, marks, self.filters.dark, **axis)
        pn.io.push_notebook(self._all)  # a cell gets no patched source without it; a served page ignores it

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
        events = self.reports.table("events")
        return tuple(
            Mark(row.on_day.to_datetime64(), row.force, row.kind, row.text)
            for row in events.itertuples()
            if row.force in self.filters.forces and row.kind in MARKED
        )

    def _answer(self, message: Message) -> None:
        listing.answer(self.filters, message)
