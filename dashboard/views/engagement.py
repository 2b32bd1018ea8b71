"""Whether people are reached, how soon, whether support is sustained, and by one advocate."""

from typing import Any

import param
from markupsafe import Markup

from dashboard import standing
from dashboard.board import ASIDE, Board
from dashboard.cards import Card
from dashboard.charts import words
from dashboard.figures import Figure, cohort, listed, median
from dashboard.funnel import funnel_html
from dashboard.sheet import Sheet
from data_access.measures.engagement import REACHED_WITHIN


class Engagement(Board):
    """Engagement: are people and the service in touch?"""

    title = "Engagement"
    topic = "engagement"
    figures = (
        Figure("Open and not reached yet", listed("waiting_first_contact"), "waiting_first_contact"),
        Figure("Half reached within", median("time_to_first_contact")),
        Figure("Reached within 28 days", cohort("reached", REACHED_WITHIN), about="whose 28 days are over"),
        Figure("Contacts overdue", listed("contact_overdue"), "contact_overdue"),
        Figure("Handed over to another lead", listed("handover"), "handover"),
    )

    def __init__(self, **params: Any) -> None:
        self._funnel = Sheet()
        super().__init__(**params)
        self.content.insert(3, self._funnel)

    def refresh(self, *events: param.parameterized.Event) -> None:
        """The page, and the way from referral to sustained support."""
        super().refresh(*events)
        if not events or any(event.name not in ASIDE for event in events):
            self._funnel.html = self.kept("funnel", self._way)

    def _way(self) -> Markup:
        return Markup("") if self.beyond() else funnel_html(self.reports, self.filters.slice)

    def made_cards(self) -> tuple[Card, ...]:
        """First attempt, first contact, reached, times of day; then one advocate as the single point of contact."""
        return (
            Card(self.reports, "time_to_first_attempt", heading="First attempt to reach the victim"),
            Card(self.reports, "time_to_first_contact", heading="First substantive contact"),
            Card(
                self.reports,
                "reached",
                heading="Reached within 28 days, by month of referral, last 12 months",
                months=12,
            ),
            Card(self.reports, "contact_success", heading="When attempts succeed"),
            Card(self.reports, "contact_overdue", heading="Open cases whose contact is overdue"),
            Card(self.reports, "lead_continuity", heading="One lead advocate from beginning to end", months=24),
            Card(self.reports, "contact_by_lead", heading="Contacts made by the lead advocate", months=12),
            Card(self.reports, "handover", heading="Handovers with a contact of the new lead", months=24),
        )

    def sentence(self) -> str:
        """Who still waits for a first contact."""
        waiting = standing.total(self.reports, "waiting_first_contact", self.filters.slice)
        overdue = standing.total(self.reports, "contact_overdue", self.filters.slice)
        waits = (
            "Everybody with an open case has been reached"
            if not waiting
            else (f"{words.plural(waiting, 'open case')} {'has' if waiting == 1 else 'have'} not been reached yet")
        )
        on, due = words.day(self.last_day()), words.plural(overdue, "contact")
        return f"On {on}: {waits[0].lower()}{waits[1:]}; {due} {'is' if overdue == 1 else 'are'} overdue."
