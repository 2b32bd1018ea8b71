"""The pages in a cell of a notebook: ``start()`` once, then ``page(reports, "caseload")``."""

from typing import Any

import holoviews as hv
import panel as pn
import param
from bokeh.document import Document
from holoviews.core.dimension import LabelledData
from markupsafe import Markup

from dashboard import filterbar, theme
from dashboard.app import ensure_sample
from dashboard.options import Options
from dashboard.paper import Cell
from dashboard.settings import settings
from dashboard.sheet import Group, Message, Sheet, html, joined
from dashboard.shell import failure_words
from dashboard.state import Filters
from dashboard.view import View
from dashboard.views import VIEWS
from data_access.errors import UnknownName

# A cell has no address to copy, and its paper stays light whatever the browser asks for: the notebook around it has
# a theme of its own, and dark ink on a dark theme could not be read.
LIGHT = "".join(f"--{name.replace('_', '-')}:{light};" for name, (light, _) in theme.COLOURS.items())
IN_A_CELL = f":host{{color-scheme:light;{LIGHT}}}#f-copy,#f-copied{{display:none}}"
PAPER = {"background": theme.colour("paper"), "padding": "0 16px 24px"}


def start() -> None:
    """Load what pictures and pages need into the notebook, from this machine only. Run it before the first one."""
    pn.extension(inline=True)
    # HoloViews' own hook asks Panel's content network for style sheets, whatever inline says; Panel's pane does not.
    hv.Store.set_display_hook("html+js", LabelledData, _drawn)


def _drawn(element: LabelledData) -> tuple[dict[str, Any], dict[str, Any]]:
    """What Jupyter shows for an element."""
    bundle: tuple[dict[str, Any], dict[str, Any]] = pn.pane.HoloViews(element, margin=0)._repr_mimebundle_()
    return bundle


def database() -> str:
    """Address of the database that the pages show: ``CASELIGHT_DATABASE``, else the sample, made when it is missing."""
    found = settings()
    if found.shows_sample:
        ensure_sample(found)
    return found.database


class OwnKeys(Cell):
    """A cell whose keys are its own: JupyterLab would take "d d" in a date field for "delete this cell"."""

    def _get_properties(self, doc: Document | None) -> dict[str, Any]:
        return super()._get_properties(doc) | {"html_attributes": {"data-lm-suppress-shortcuts": "true"}}


class Page(pn.viewable.Viewer):
    """The filter bar and, under it, one view. Both follow ``filters``, which may also be changed from another cell."""

    filters = param.ClassSelector(class_=Filters, constant=True, doc="What is chosen.")
    view = param.ClassSelector(class_=View, constant=True, doc="The view; its cards are ``view.cards``.")

    def __init__(self, reports: Any, filters: Filters, view: type[View], **params: Any) -> None:
        self._bar, self._notes = Sheet(answer=self._answer), Sheet()
        filters.param.watch(self._redraw, ["slice", "preset", "notices"])  # before the view, which takes longer
        super().__init__(filters=filters, view=view(reports=reports, filters=filters), **params)
        self.content = Group(self._bar, self._notes, Group(self.view.content, role="main"))
        self._redraw()

    def __panel__(self) -> pn.viewable.Viewable:
        return OwnKeys(self.content, IN_A_CELL, styles=PAPER)

    def __repr__(self) -> str:
        return f"Page: {self.view!r}"

    def _answer(self, message: Message) -> None:
        """A message of the filter bar; what goes wrong is said under it."""
        try:
            if message.get("do") == "every":
                everyone = self.filters.options.force_codes
                self.filters.accept("forces", list(everyone), everyone)
            else:
                filterbar.answer(self.filters, message)
        except Exception as error:
            self._say(failure_words(error))

    def _redraw(self, *events: param.parameterized.Event) -> None:
        self._bar.html = filterbar.filter_bar(self.filters)
        self._say(*self.filters.notices)

    def _say(self, *sentences: str) -> None:
        said = joined(html('<p class="notice">{text}</p>', text=text) for text in sentences)
        self._notes.html = html('<div role="status">{said}</div>', said=said) if sentences else Markup("")


def page(reports: Any, name: str = "overview", **chosen: Any) -> Page:
    """One page by name (``overview``, ``caseload``, ``engagement``, ``risk``) for a cell.

    ``chosen`` are filters to begin with, as ``Filters`` takes them:
    ``page(reports, "caseload", forces=["NORTH"], grain="month")``. Raises
    UnknownName for a page that does not exist, ValueError for such a value.
    """
    if name not in VIEWS:
        raise UnknownName("page", name, VIEWS)
    filters = Filters(Options.of(reports), pages=tuple(VIEWS), page=name, **chosen)
    return Page(reports, filters, VIEWS[name])
