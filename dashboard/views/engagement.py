"""Whether people are reached, how soon, and when calls succeed."""

from dashboard.board import Board
from dashboard.cards import Card
from dashboard.charts import words
from dashboard.figures import Figure, cohort, listed, median, share
from data_access.measures.engagement import REACHED_WITHIN


class Engagement(Board):
    """Engagement: are people and the service in touch?"""

    title = "Engagement"
    topic = "engagement"
    figures = (
        Figure("Open and not reached yet", listed("waiting_first_contact"), "waiting_first_contact"),
        Figure("Half reached within", median("time_to_first_contact")),
        Figure("Reached within 28 days", cohort("reached", REACHED_WITHIN), about="whose 28 days are over"),
        Figure("Attempts that succeed", share("contact_success"), "contact_success", "all attempts"),
        Figure("Contacts overdue", listed("contact_overdue"), "contact_overdue"),
    )

    def made_cards(self) -> tuple[Card, ...]:
        """Waiting, reached, times."""
        return (
            Card(self.reports, "time_to_first_contact"),
            Card(
                self.reports,
                "reached",
                heading="Reached within 28 days, by month of referral, last 12 months",
                months=12,
            ),
            Card(self.reports, "contact_success", heading="When attempts succeed"),
            Card(
                self.reports,
                "contact_success",
                heading="Attempts that succeed, over time",
                key="success-trend",
                grain="page",
                by=(),
                kind="share_points",
            ),
        )

    def sentence(self) -> str:
        """Who still waits for a first contact."""
        rows = self.reports.rows("waiting_first_contact", self.filters.slice)
        overdue = self.reports.rows("contact_overdue", self.filters.slice)
        waits = (
            "Everybody with an open case has been reached"
            if not rows.total
            else (
                f"{words.plural(rows.total, 'open case')} {'has' if rows.total == 1 else 'have'} not been reached yet"
            )
        )
        on, due = words.day(self.last_day()), words.plural(overdue.total, "contact")
        return f"On {on}: {waits[0].lower()}{waits[1:]}; {due} {'is' if overdue.total == 1 else 'are'} overdue."
