"""What every view has in common: reports, filters, and that it rests while it is hidden."""

from datetime import datetime
from typing import Any

import panel as pn
import param

from dashboard.paper import Cell, together
from dashboard.sheet import Part
from dashboard.state import Filters
from data_access.days import LOCAL


class View(pn.viewable.Viewer):
    """A page's content. Subclasses build ``content`` in ``__init__`` and fill it in ``refresh``.

    It refreshes itself when ``filters.slice`` or the opened list changes. While
    ``shown`` is False it only remembers that it is stale and refreshes when it
    is shown again. Alone (in a notebook, in a test) it is always shown: show it
    as the last line of a cell, change ``view.filters``, and it follows.
    """

    filters = param.ClassSelector(class_=Filters, constant=True, doc="What is chosen; the view follows it.")
    reports = param.Parameter(constant=True, doc="Where the figures come from: ``data_access.Reports``.")
    shown = param.Boolean(default=True, doc="Whether the view is the one on the page.")
    title = "caselight"
    follows: tuple[str, ...] = ("slice", "compare", "listing", "listing_page", "opened", "dark")
    content: Part
    fresh_at: datetime | None = None  # when its content was last brought up to date
    rows_shown: int | None = None  # lines of the list of cases that stands on the page, for the audit

    @property
    def chosen(self) -> dict[str, str]:
        """What is chosen on the page itself, as codes, for the audit: also what no address says."""
        return {}

    def __init__(self, *, reports: Any, filters: Filters, **params: Any) -> None:
        super().__init__(reports=reports, filters=filters, **params)
        self._stale = True
        filters.param.watch(self._changed, list(self.follows))
        self.param.watch(self._changed, "shown")

    def __panel__(self) -> pn.viewable.Viewable:
        return Cell(self.content)

    def __repr__(self) -> str:
        """The page and what is chosen: "Caseload of NORTH, WEST; 2026-08-24 to 2026-11-22 by week"."""
        asked = self.filters.slice
        return f"{type(self).__name__} of {', '.join(asked.forces)}; {asked.first} to {asked.last} by {asked.grain}"

    def _changed(self, *events: param.parameterized.Event) -> None:
        if any(event.name != "shown" for event in events):
            self._stale = True
        if self.shown and self._stale:
            with together():
                self.refresh(*events)
            self._stale = False  # after a refresh that failed, the next change tries again
            self.fresh_at = datetime.now(LOCAL)

    def refresh(self, *events: param.parameterized.Event) -> None:
        """Bring the content up to date with ``filters``. ``events`` say what changed; none at the first filling."""
        raise NotImplementedError(type(self).__name__)
