"""A card: heading, computed sentence, picture, table twin, n, as-of and definition of one measure."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import panel as pn
import param
from markupsafe import Markup

from dashboard import comparing, downloads, standing
from dashboard.charts import Chart, Drawing, Mark, chart, drawing
from dashboard.charts.chart import Table
from dashboard.charts.words import day, short_day, unbroken, with_days
from dashboard.kept import KEPT
from dashboard.paper import Cell
from dashboard.sheet import Message, Sheet, html, joined
from dashboard.verdicts import Words, verdict_of
from dashboard.windows import over
from data_access.errors import CaselightError
from data_access.measures import MEASURES
from data_access.measures.measure import Measure
from data_access.slice import Slice
from data_access.statistics.verdicts import Kind

SOURCES = {
    "caseload": "referrals, cases, allocations",
    "engagement": "cases, contacts",
    "risk": "cases, risk assessments",
    "support": "cases, safety plans, meetings, actions, answers",
    "justice": "cases, steps in the justice system",
}
TRENDS = ("stacked_stock", "bars", "mirrored", "share_points", "rate_points", "ratio_line", "mix", "outcome")
MOST_MARKS = 2  # more than that would push the source line away from its picture
REFUSED = Table(("Nothing to list",), ())


@dataclass(frozen=True)
class Shown:
    """What a card shows for one question."""

    chart: Chart
    slots: Mapping[str, Markup]
    drawing: Drawing | None
    about: downloads.About | None


class Card(pn.viewable.Viewer):
    """One measure on a page. ``chart`` is what it shows now, ``element`` the same as a HoloViews element."""

    chart = param.ClassSelector(class_=Chart, doc="What the card shows.")

    def __init__(
        self,
        reports: Any,
        measure: str,
        *,
        heading: str = "",
        grain: str = "",
        key: str = "",
        months: int = 0,
        by: tuple[str, ...] | None = None,
        kind: str = "",
        only: tuple[str, str] | None = None,
        **params: Any,
    ) -> None:
        super().__init__(**params)
        self.reports, self.measure, self.grain, self.only = reports, MEASURES[measure], grain, only
        self.months, self.kind = months, kind
        self.by = self.measure.by if by is None else by
        self.heading = heading or self.measure.title
        self.key = key or f"{measure}-{only[1]}" if only else key or measure
        self._dark = False
        self._about: downloads.About | None = None
        self.content = Sheet(_frame(self.key, self.heading, measure), answer=self._give, look="card")

    def __panel__(self) -> pn.viewable.Viewable:
        return Cell(self.content)

    @property
    def visible(self) -> bool:
        """Whether the card is shown; what is not shown stays as it is."""
        return self.content.visible

    @visible.setter
    def visible(self, shown: bool) -> None:
        self.content.visible = shown

    @property
    def element(self) -> Any:
        """The picture as a HoloViews element, for an analyst's overlay or layout."""
        return self.chart.element(self._dark)

    def frame(self, slice_: Slice) -> Any:
        """The frame that the card shows."""
        grain = self._grain(slice_)
        asked = slice_.having(grain=grain, first=min(slice_.first, months_before(slice_.until, self.months)))
        within = getattr(self.measure.kind, "within", None)
        if within and grain == "whole":
            # One figure for a whole period needs everybody's window to be over; it says which days it is about.
            asked = over(self.reports, asked, within) or asked
        frame = self.reports.frame(self.measure, asked, self.by)
        if self.only is None:
            return frame
        kept = frame[frame[self.only[0]] == self.only[1]]
        kept.attrs = frame.attrs
        return kept

    def _grain(self, slice_: Slice) -> str:
        return slice_.grain if self.grain == "page" else self.grain or self.measure.grain or slice_.grain

    def _needed(self, slice_: Slice) -> Slice:
        """The slice; of a figure of its last day no more than that day needs."""
        of_day = self._grain(slice_) == "whole" and not self.months and standing.stands(self.measure.name)
        return standing.standing(self.reports, slice_) if of_day else slice_

    def show(self, slice_: Slice, marks: tuple[Mark, ...] = (), dark: bool = False, **more: float) -> None:
        """Count and show. A figure that the filters make meaningless says so in place of a picture.

        ``more`` goes to the kind of chart.
        """
        slice_ = self._needed(slice_)
        asked = (*self._itself, slice_, marks, dark, *sorted(more.items()))
        shown = KEPT.answer(self.reports, asked, lambda: self._answer(slice_, marks, dark, more))
        self._dark, self._about, self.chart = dark, shown.about, shown.chart
        table = shown.chart.table
        self.content.fill(shown.slots, shown.drawing, (table.header, *table.rows))

    @property
    def _itself(self) -> tuple[Hashable, ...]:
        """What makes this card another than the others."""
        own = (self.key, self.heading, self.grain, self.by, self.months, self.kind, self.only)
        return ("card", self.measure.name, *own)

    def _answer(self, slice_: Slice, marks: tuple[Mark, ...], dark: bool, more: dict[str, float]) -> Shown:
        as_of: dict[str, date] | None = None
        period = ""
        about, said = None, Markup("")
        names = names_of(self.reports)
        try:
            frame = self.frame(slice_)
            frame.attrs = {**frame.attrs, "names": names}
            verdict = self._verdict(slice_)
            made = chart(frame, marks, self.kind, verdict, **more)
            if made.verdict:
                said = trend_html(self.key, verdict, comparing.beside(self.reports, self.measure, slice_))
            as_of = frame.attrs.get("as_of", {})
            about = downloads.About(
                self.key, self.heading, self.measure, slice_, frame.attrs, as_of_words(as_of, names),
                SOURCES[self.measure.topic], data_version(self.reports, as_of),
            )  # fmt: skip
            period = about.period if as_of else ""
        except CaselightError as refused:
            made = Chart(with_days(str(refused)), None, REFUSED, "0")
        slots = {
            "sentence": html('<p id="s-{key}">{said}</p>', key=self.key, said=unbroken(made.sentence)),
            "verdict": said,
            "marks": _marks(self.key, made.notes),
            "counted": _counted(self.measure, made, as_of, period, names),
            "files": downloads.buttons(self.key, self.heading, made.picture is not None) if about else Markup(""),
        }
        return Shown(made, slots, None if made.picture is None else drawing(made.picture, dark), about)

    def _verdict(self, slice_: Slice) -> Words | None:
        """The verdict of a trend; none for a picture of one period."""
        if (self.kind or self.measure.chart) not in TRENDS:
            return None
        return verdict_of(self.reports, self.measure, slice_)

    def _give(self, message: Message) -> bool:
        return downloads.give(self.content, message, self.chart, self._about, getattr(self.reports, "scope", None))


def names_of(reports: Any) -> dict[str, str]:
    """Force code -> name of those that may be seen; nothing for a stand-in of ``Reports``."""
    return {force.code: force.name for force in getattr(getattr(reports, "directory", None), "forces", ())}


def data_version(reports: Any, forces: Iterable[str]) -> str:
    """The data version of each force: "NORTH 3, WEST 2"; nothing for a stand-in of ``Reports``."""
    known = getattr(getattr(reports, "directory", None), "forces", ())
    return ", ".join(f"{force.code} {force.version}" for force in known if force.code in forces)


def trend_html(key: str, verdict: Words | None, forces: str) -> Markup:
    """The verdict on a trend, with a shape where it is a change, and the forces beside each other."""
    if verdict is None:
        return Markup("")
    shape = {Kind.HIGHER: "\u25b2 ", Kind.LOWER: "\u25bc "}.get(verdict.kind, "")
    look = "" if shape else "quiet"
    return html(
        '<p id="v-{key}" class="{look}"><span aria-hidden="true">{shape}</span>{verdict}</p>{forces}',
        key=key,
        look=look,
        shape=shape,
        verdict=unbroken(verdict.sentence),
        forces=html('<p id="c-{key}" class="quiet">{forces}</p>', key=key, forces=unbroken(forces))
        if forces
        else Markup(""),
    )


def months_before(until: date, months: int) -> date:
    """First day of the month that many months before; the day itself for none."""
    if not months:
        return until
    count = until.year * 12 + until.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def as_of_words(as_of: dict[str, date], names: Mapping[str, str]) -> str:
    """As of Sun 22 Nov 2026, and which force's data end sooner."""
    if not as_of:
        return "no data"
    newest = max(as_of.values())
    older = [f"{names.get(code, code)} {short_day(ends)}" for code, ends in as_of.items() if ends < newest]
    return f"as of {day(newest)}" + (f" ({', '.join(older)})" if older else "")


@cache
def _frame(key: str, heading: str, name: str) -> Markup:
    """What of a card never changes: heading, places, definition."""
    measure = MEASURES[name]
    return html(
        """<section><h2 id="h-{key}">{heading}</h2><div data-slot="sentence"></div><div data-slot="verdict"></div>
</section><div data-picture></div><div class="card-foot"><div data-slot="marks"></div><div data-slot="counted"></div>
<div class="tools"><details id="t-{key}" data-table="{title}"><summary>Table</summary><div data-rows></div></details>
<details id="d-{key}"><summary>Definition</summary>{definition}</details><div data-slot="files"></div></div></div>""",
        key=key,
        heading=heading,
        title=measure.title,
        definition=definition_html(measure),
    )


def _marks(key: str, notes: tuple[str, ...]) -> Markup:
    """The marked days below a picture; many of them behind one word."""
    marks = joined(html('<p class="source">{note}</p>', note=note) for note in notes)
    if len(notes) <= MOST_MARKS:
        return marks
    return html(
        '<details id="m-{key}" class="source"><summary>{count} marked days</summary>{marks}</details>',
        key=key,
        count=len(notes),
        marks=marks,
    )


def _counted(
    measure: Measure, shown: Chart, as_of: dict[str, date] | None, period: str, names: Mapping[str, str]
) -> Markup:
    """How many a picture is about, and when; ``as_of`` is None for a refused figure, which has none of it."""
    if as_of is None:
        return Markup("")
    return html(
        '<p class="source">n = {n} &middot; {period} &middot; {as_of} &middot; source: {source}</p>',
        n=shown.n,
        period=period,
        as_of=as_of_words(as_of, names),
        source=SOURCES[measure.topic],
    )


def definition_html(measure: Measure) -> Markup:
    """What the measure means, what to be careful about, and who answers for it."""
    words = measure.words()
    return html(
        """<div class="definition"><p><strong>{id} {title}</strong>, {unit}. {definition}</p>
<p>Careful: {caution}</p><p>Benchmark: {benchmark}.</p><p>Example: {example}</p>
<p>Owner: {owner}. To be reviewed by {review_by}.</p></div>""",
        **words,
    )


def table_html(table: Table, caption: str) -> Markup:
    """The twin of a picture: the same numbers as a plain table."""
    header = joined(
        html('<th scope="col"{figure}>{words}</th>', words=words, figure=_figure(i))
        for i, words in enumerate(table.header)
    )
    rows = joined(
        html(
            '<tr><th scope="row">{first}</th>{rest}</tr>',
            first=row[0],
            rest=joined(
                html('<td class="figure" data-column="{column}">{cell}</td>', column=column, cell=cell)
                for column, cell in zip(table.header[1:], row[1:], strict=True)
            ),
        )
        for row in table.rows
    )
    return html(
        """<div class="scroll"><table class="stacks"><caption class="hidden">{caption}</caption>
<thead><tr>{header}</tr></thead><tbody>{rows}</tbody></table></div>""",
        caption=caption,
        header=header,
        rows=rows,
    )


def _figure(place: int) -> Markup:
    return Markup(' class="figure"') if place else Markup("")
