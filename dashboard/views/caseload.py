"""How many cases are open, who comes and goes, and how many each advocate leads."""

from typing import Any

import param
from markupsafe import Markup

from dashboard import standing
from dashboard.board import ASIDE, Board
from dashboard.cards import Card
from dashboard.charts import words
from dashboard.figures import Figure, closed, count, listed, ratio, reaches_back
from dashboard.sheet import Sheet
from dashboard.teams import teams_html


class Caseload(Board):
    """Caseload: is the work in balance with the people who do it?"""

    title = "Caseload"
    topic = "caseload"
    figures = (
        Figure("Open now", count("open_cases"), "open_cases"),
        Figure("Referred", count("referrals"), "referrals"),
        Figure("Closed", closed(), "closed"),
        Figure("Waiting", listed("waiting"), "waiting"),
        Figure("Cases for each whole-time advocate", ratio("cases_per_fte"), "cases_per_fte", "their cases"),
    )

    def __init__(self, **params: Any) -> None:
        self._teams = Sheet()
        super().__init__(**params)
        self.content.insert(2, self._teams)

    def refresh(self, *events: param.parameterized.Event) -> None:
        """The page, and the teams beside each other."""
        super().refresh(*events)
        if not events or any(event.name not in ASIDE for event in events):
            self._teams.html = self.kept("teams", self._beside)

    def _beside(self) -> Markup:
        return Markup("") if self.beyond() else teams_html(self.reports, self.filters.slice)

    def made_cards(self) -> tuple[Card, ...]:
        """Stock, flow, referrals, advocates, age of open cases, length of support."""
        return (
            Card(self.reports, "open_cases", heading="Open cases by risk level"),
            Card(self.reports, "inflow_outflow", heading="Cases opened and closed"),
            Card(self.reports, "referrals"),
            Card(self.reports, "cases_per_fte", grain="whole"),
            Card(self.reports, "case_age", grain="whole"),
            Card(self.reports, "case_length", heading="How long support lasts", months=24),
        )

    def sentence(self) -> str:
        """How many are open, and how that compares where the data reach back."""
        slice_ = self.filters.slice
        here = standing.whole(self.reports, "open_cases", slice_)["numerator"]
        said = f"{words.plural(here, 'case')} {'is' if here == 1 else 'are'} open on {words.day(self.last_day())}"
        if not reaches_back(self.filters):
            return f"{said}."
        before = standing.whole(self.reports, "open_cases", slice_.before())["numerator"]
        return f"{said}, {words.change(here, before, '')} {words.length(slice_.first, slice_.until)} before."
