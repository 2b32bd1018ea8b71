"""What a frame of the risk measures must say, by kind of figure: units of ``count_risk``, grouped and divided."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

from scipy.stats import chi2

from tests.recount import count_risk
from tests.recount.kinds import Recount, Shares, Waits, share


def _without(expected, key: tuple, dropped: Sequence[str]) -> tuple:
    return (key[0], *(value for name, value in zip(expected.by, key[1:], strict=True) if name not in dropped))


@dataclass(frozen=True)
class Parts(Recount):
    """Each value of one key as a share of all of them, when ``within`` days after the period are over."""

    part: str = ""
    within: int | None = None

    def fill(self, expected, span):
        others = [name for name in expected.by if name != self.part]
        expected.totals |= {key: len(rows) for key, rows in self.parts(expected, span, others)}
        for key, rows in self.parts(expected, span, expected.by):
            expected.rows[key] = self.row(expected, key, len(rows))

    def row(self, expected, key, n: int) -> tuple:
        """The share of n rows."""
        total = expected.totals.get(_without(expected, key, (self.part,)), 0)
        over = Shares(self.units, self.within).over(expected, key)
        return share(n, total) if over else Shares.unsaid(total)

    def empty(self, expected, key):
        return self.row(expected, key, 0)


@dataclass(frozen=True)
class Raised(Recount):
    """Events for 100 cases open for 30 days; those of each trigger are divided by all days."""

    marked: bool = False

    def fill(self, expected, span):
        others = [name for name in expected.by if name != "trigger"]
        days = Recount(count_risk.case_days).parts(expected, span, others)
        expected.totals |= {key: len(rows) for key, rows in days}
        for key, rows in self.parts(expected, span, expected.by):
            expected.rows[key] = self.row(expected, key, int(rows["mark"].sum()) if self.marked else len(rows))

    def row(self, expected, key, x: int) -> tuple:
        """The rate of x events with its exact limits."""
        days = expected.totals.get(_without(expected, key, ("trigger",)), 0)
        if not days:
            return (x, 0, nan, nan, nan, x)
        lower = chi2.ppf(0.025, 2 * x) / 2 if x else 0.0
        upper = chi2.ppf(0.975, 2 * x + 2) / 2
        return (x, days, *(3000 * part / days for part in (x, lower, upper)), x)

    def empty(self, expected, key):
        return self.row(expected, key, 0)


RECOUNTS = {
    "risk_at_intake": Parts(count_risk.at_intake, "level", 14),
    "level_at_intake_by_force": Parts(count_risk.at_intake, "level", 14),
    "agreement": Parts(count_risk.agreed, "to_level", 14),
    "assessment_timeliness": Shares(count_risk.met, 0),
    "four_month_review": Parts(count_risk.at_four_months, "change", 150),
    "risk_reduced_at_exit": Parts(count_risk.at_exit, "change"),
    "abuse_stopped": Parts(count_risk.said_at_exit, "abuse"),
    "escalations": Raised(count_risk.assessed, True),
    "assessments_per_case": Raised(count_risk.assessed),
    "time_at_high": Waits(count_risk.high_times),
    "incidents": Shares(count_risk.windows),
    "repeat": Shares(count_risk.came_back, 0),
    "time_to_repeat": Waits(count_risk.returns),
}
