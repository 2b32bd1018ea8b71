"""The risk level of open cases, how it moves, and whether reviews are in time."""

from dashboard import standing
from dashboard.board import Board
from dashboard.cards import Card
from dashboard.charts import words
from dashboard.figures import Figure, level, listed


class Risk(Board):
    """Risk: who is at high risk, does risk fall, is it reviewed?"""

    title = "Risk"
    topic = "risk"
    figures = (
        Figure("High", level("open_cases", "high"), "open_cases:high", about="however old the assessment"),
        Figure("Medium", level("open_cases", "medium"), "open_cases:medium", about="however old the assessment"),
        Figure("Standard", level("open_cases", "standard"), "open_cases:standard", about="however old the assessment"),
        Figure("Not assessed", level("open_cases", "not_assessed"), "open_cases:not_assessed"),
        Figure("Reviews overdue", listed("review_overdue"), "review_overdue"),
    )

    def made_cards(self) -> tuple[Card, ...]:
        """Levels now and at intake, the four-month review, overdue reviews, movement of open and of closed cases."""
        return (
            Card(self.reports, "risk_of_open_cases", heading="Risk level of open cases"),
            Card(self.reports, "risk_at_intake", heading="Risk level at intake, by month of opening", months=12),
            Card(self.reports, "four_month_review", heading="Risk four months after opening", months=24),
            Card(self.reports, "review_overdue", heading="Share of reviews overdue"),
            Card(self.reports, "level_movement", heading="Open cases: from intake to now", only=("status", "open")),
            Card(
                self.reports, "level_movement", heading="Closed cases: from intake to exit", only=("status", "closed")
            ),
            Card(self.reports, "escalations", heading="Escalations found by reviews", months=12),
            Card(self.reports, "assessments_per_case", heading="How often risk is assessed", months=12),
        )

    def sentence(self) -> str:
        """High risk and overdue reviews."""
        row = standing.whole(self.reports, "review_overdue", self.filters.slice)
        if not row["denominator"]:
            return "No open case has been assessed."
        return (
            f"{words.plural(row['numerator'], 'risk review')} of {words.whole(row['denominator'])} assessed open cases "
            f"{'is' if row['numerator'] == 1 else 'are'} overdue."
        )
