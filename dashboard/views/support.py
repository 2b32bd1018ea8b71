"""Safety plans, work with partner agencies, and what victims say of safety, coping and control."""

from dashboard import standing
from dashboard.board import Board
from dashboard.cards import Card
from dashboard.charts import words
from dashboard.figures import Figure, level, listed, share


class Support(Board):
    """Support: is everybody planned for, with partners, and does it help?"""

    label = "Support"
    title = "Support"
    topic = "support"
    figures = (
        Figure("Open at high risk", level("open_cases", "high"), "open_cases:high"),
        Figure("High risk, not discussed with partners", listed("not_discussed"), "not_discussed"),
        Figure("With a current safety plan", share("plan_coverage"), "plan_coverage", "those without"),
        Figure("Triggers without a review of the plan", listed("plan_review_due"), "plan_review_due"),
        Figure("Agencies' actions late", listed("actions_late"), "actions_late"),
    )

    def made_cards(self) -> tuple[Card, ...]:
        """Plans, partners, answers."""
        return (
            Card(self.reports, "plan_coverage"),
            Card(self.reports, "discussed_with_partners"),
            Card(self.reports, "plan_review_after_trigger", months=12),
            Card(self.reports, "actions_in_time"),
            Card(self.reports, "change_said_by_victims", months=12),
            Card(self.reports, "answers_paired", months=12),
        )

    def sentence(self) -> str:
        """High risk: how many, and how many of them have a plan and were discussed."""
        on, asked = words.day(self.last_day()), self.filters.slice
        if asked.levels and "high" not in asked.levels:
            return f"On {on}: choose the level high to see how many are planned for and discussed."
        high = asked.having(levels=("high",))
        talked = standing.whole(self.reports, "discussed_with_partners", high)
        planned = standing.whole(self.reports, "plan_coverage", high)
        cases = words.plural(talked["denominator"], "case")
        are = "is" if talked["denominator"] == 1 else "are"
        return (
            f"On {on} {cases} {are} open at high risk: {words.whole(talked['numerator'])} discussed with partners; "
            f"of {words.whole(planned['denominator'])} that have been reached and are not on hold, "
            f"{words.whole(planned['numerator'])} have a current safety plan."
        )
