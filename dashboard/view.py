"""What every view has in common: reports, filters, and that it rests while it is hidden."""

from typing import Any

import panel as pn
import param

from dashboard.state import Filters


class View(pn.viewable.Viewer):
    """A page's content. Subclasses build in ``__init__``, show in ``__panel__`` and fill in ``refresh``.

    It refreshes itself when ``filters.slice`` or the opened list changes. While
    ``shown`` is False it only remembers that it is stale and refreshes when it
    is shown again. Alone (in a notebook, in a test) it is always shown.
    """

    shown = param.Boolean(default=True, doc="Whether the view is the one on the page.")
    title = "caselight"

    def __init__(self, *, reports: Any, filters: Filters, **params: Any) -> None:
        super().__init__(**params)
        self.reports = reports
        self.filters = filters
        self._stale = True
        filters.param.watch(self._changed, ["slice", "listing", "listing_page", "dark"])
        self.param.watch(self._changed, "shown")

    def _changed(self, *events: param.parameterized.Event) -> None:
        if any(event.name != "shown" for event in events):
            self._stale = True
        if self.shown and self._stale:
            self._stale = False
            with pn.io.hold():
                self.refresh(*events)

    def refresh(self, *events: param.parameterized.Event) -> None:
        """Bring the content up to date with ``filters``. ``events`` say what changed; none at the first filling."""
        raise NotImplementedError(type(self).__name__)
