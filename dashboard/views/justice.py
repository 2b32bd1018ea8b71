"""The way through the justice system: what is coming, whether people are told, and whether somebody is with them."""

from dashboard import standing
from dashboard.board import Board
from dashboard.cards import Card
from dashboard.charts import words
from dashboard.figures import Figure, count, listed, share


class Justice(Board):
    """Justice: what is coming, are people told in time, are they alone at hearings?"""

    label = "Justice"
    title = "Justice"
    topic = "justice"
    figures = (
        Figure("Coming in 14 days", listed("coming"), "coming"),
        Figure("Steps of protective orders", count("protective_orders")),
        Figure("Hearings with an advocate there", share("advocate_at_hearings")),
    )

    def made_cards(self) -> tuple[Card, ...]:
        """Told, accompanied, protected."""
        return (
            Card(self.reports, "told_in_time", months=12),
            Card(self.reports, "advocate_at_hearings", months=24),
            Card(self.reports, "protective_orders", months=24),
        )

    def sentence(self) -> str:
        """What lies ahead, and of how much of it the victim has not been told."""
        coming = standing.total(self.reports, "coming", self.filters.slice)
        on = words.day(self.last_day())
        if not coming:
            return f"On {on} no hearing, release or end of an order is listed for the next 14 days."
        listed_ = words.plural(coming, "hearing, release or end of an order", "hearings, releases or ends of orders")
        return f"On {on} {listed_} {'is' if coming == 1 else 'are'} listed for the next 14 days."
