"""What needs somebody today, what changed since last week, and the forces side by side."""

from typing import Any

import param
from markupsafe import Markup

from dashboard import listing, standing, weekly
from dashboard.address import href
from dashboard.board import Board
from dashboard.cards import Card
from dashboard.changes import changes_html
from dashboard.charts import Mark, words
from dashboard.figures import UNKNOWN, Figure, cohort, count, listed, newest, ratio, share, told
from dashboard.sheet import Message, Sheet, html, joined
from data_access.errors import Refused
from data_access.measures.engagement import REACHED_WITHIN
from data_access.slice import Slice

HOURS_48 = 2  # days until 48 hours are over for everybody of a day
BESIDE = (
    Figure("Open cases", count("open_cases")),
    Figure("Referred", count("referrals")),
    Figure("Cases for each whole-time advocate", ratio("cases_per_fte")),
    Figure("First attempt within 48 hours, newest 7 days", newest("attempted_in_48_hours", 7, HOURS_48)),
    Figure("Not reached yet", listed("waiting_first_contact")),
    Figure("Reached within 28 days", cohort("reached", REACHED_WITHIN)),
    Figure("Reviews overdue", share("review_overdue")),
)


class ForceCard(Card):
    """The open cases of one force, on the same axis as the others."""

    def __init__(self, reports: Any, code: str, name: str, **params: Any) -> None:
        super().__init__(reports, "open_cases", heading=name, key=f"force-{code}", **params)
        self.code = code

    def show(self, slice_: Slice, marks: tuple[Mark, ...] = (), dark: bool = False, **more: float) -> None:
        """Only this force's part of the slice; nothing while the force is not chosen."""
        self.visible = self.code in slice_.forces
        if self.visible:
            super().show(
                slice_.having(forces=(self.code,)), tuple(m for m in marks if m.force == self.code), dark, **more
            )


NEEDS = (
    (Figure("Waiting for a first call", listed("waiting_first_call"), "waiting_first_call"), "for a first call"),
    (Figure("Contacts overdue", listed("contact_overdue"), "contact_overdue"), "for an overdue contact"),
    (Figure("Risk reviews overdue", listed("review_overdue"), "review_overdue"), "for an overdue risk review"),
    (Figure("Open without a lead", listed("no_lead"), "no_lead"), "for a lead"),
    (Figure("Untouched", listed("untouched"), "untouched"), "for any action at all"),
)
APART = {"waiting": "on the waiting list", "on_hold": "on hold"}


class Overview(Board):
    """Overview: what needs somebody today, what changed since last week, and how the forces stand."""

    title = "What needs somebody"
    columns = "multiples"
    figures = tuple(figure for figure, _ in NEEDS)

    def __init__(self, **params: Any) -> None:
        self._apart, self._week = Sheet(answer=self._answer), Sheet(answer=self._answer)
        self._beside = Sheet()
        self._sheets = Sheet(answer=self._give)
        super().__init__(**params)
        for place, sheet in enumerate((self._apart, self._list, self._week, self._beside), 1):
            if sheet is not self._list:
                self.content.insert(place, sheet)
        self.content.append(self._sheets)

    def made_cards(self) -> tuple[Card, ...]:
        """One card for each force that may be seen; those not chosen are hidden."""
        return tuple(ForceCard(self.reports, force.code, force.name) for force in self.filters.options.forces)

    def refresh(self, *events: param.parameterized.Event) -> None:
        """The page, and each force beside the others."""
        chosen = [force for force in self.filters.options.forces if force.code in self.filters.forces]
        super().refresh(*events)
        if events and all(event.name in ("listing", "listing_page") for event in events):
            return
        known = bool(chosen) and not self.beyond()
        self._apart.html = self.kept("apart", self._held_apart) if known else Markup("")
        self._week.html = self.kept("week", lambda: changes_html(self.reports, self.filters)) if known else Markup("")
        self._beside.html = self.kept("beside", lambda: self._side_by_side(chosen))
        self._sheets.html = weekly.link(self.filters)

    def axis(self) -> dict[str, float]:
        """The forces share one axis: the most cases that any of them had open."""
        frame = self.reports.frame("open_cases", self.filters.slice, ("force",))
        return {"highest": float(frame["numerator"].fillna(0).max()) if len(frame) else 0.0}

    def sentence(self) -> str:
        """How much waits, in all."""
        on = words.day(self.last_day())
        counts = {what: self._total(figure.listing) for figure, what in NEEDS}
        if not any(counts.values()):
            return f"On {on} nobody waits for a contact, a review or a lead."
        return f"Waiting on {on}: " + ", ".join(f"{words.whole(n)} {what}" for what, n in counts.items() if n) + "."

    def _total(self, name: str) -> int:
        return standing.total(self.reports, name, self.filters.slice)

    def _held_apart(self) -> Markup:
        """Who is not late but waits by agreement; a case on hold is never counted as overdue."""
        said = {name: self._total(name) for name in APART}
        links = joined(
            (
                html(
                    '<a id="n-{name}" href="{href}" data-do="list" data-list="{name}">{n} {what}</a>',
                    name=name,
                    href=href(self.filters.to_query() | {"list": name, "at": "1"}),
                    n=words.plural(n, "case"),
                    what=APART[name],
                )
                if n
                else html("no case {what}", what=APART[name])
                for name, n in said.items()
            ),
            ", ",
        )
        return html(
            '<p class="apart">Apart: {links}. A case on hold, at the victim\'s request or for another reason, '
            "is never counted as overdue or out of touch.</p>",
            links=links,
        )

    def _side_by_side(self, chosen: list[Any]) -> Markup:
        header = joined(html('<th scope="col" class="figure">{name}</th>', name=force.name) for force in chosen)
        rows = joined(
            html(
                '<tr><th scope="row">{label}</th>{cells}</tr>',
                label=figure.label,
                cells=joined(
                    html(
                        '<td class="figure" data-column="{column}">{cell}</td>',
                        column=force.name,
                        cell=self._cell(figure, force),
                    )
                    for force in chosen
                ),
            )
            for figure in BESIDE
        )
        return html(
            """<section id="beside"><h2>The forces side by side</h2>
<p class="quiet">In the order of their codes. The forces differ in size, staffing and thresholds:
this is not a ranking.</p>
<div class="scroll"><table class="stacks beside"><caption class="hidden">Each force in {period}</caption>
<thead><tr><th scope="col">{period}</th>{header}</tr></thead><tbody>{rows}</tbody></table></div></section>""",
            header=header,
            rows=rows,
            period=words.days_between(self.filters.slice.first, self.filters.slice.until),
        )

    def _cell(self, figure: Figure, force: Any) -> str:
        if not told([force], self.filters.slice):
            return UNKNOWN
        try:
            return figure.value(self.reports, self.filters.slice.having(forces=(force.code,)))
        except Refused:
            return "not with these filters"

    def _give(self, message: Message) -> bool:
        return weekly.opened(self.filters, message)

    def _answer(self, message: Message) -> bool:
        return listing.answer(self.filters, message)
