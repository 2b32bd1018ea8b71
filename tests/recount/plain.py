"""The raw rows of one force by case, and the few rules that plans, meetings and justice steps need."""

import sqlite3
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

NEVER = 10**7
EPOCH = date(1970, 1, 1)


def n(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


class Raw:
    """The rows of one force, by case."""

    def __init__(self, connection, code):
        rows = lambda sql: [dict(r) for r in connection.execute(sql, {"f": self.id})]  # noqa: E731
        connection.row_factory = sqlite3.Row
        self.id, self.as_of = connection.execute(
            "SELECT f.force_id, v.as_of FROM force f JOIN data_version v USING (force_id) WHERE f.code = ?", (code,)
        ).fetchone()
        self.cases = {
            r["case_id"]: r
            for r in rows(
                "SELECT * FROM cases WHERE force_id = :f AND pathway = 'full_advocacy' "
                "AND closure_reason NOT IN ('opened_in_error', 'duplicate')"
            )
        }
        referred = {}
        for r in rows("SELECT * FROM referral WHERE force_id = :f AND opens_case ORDER BY received_on, source_id"):
            referred.setdefault(r["case_id"], r["received_on"])
        self.met = {}
        for r in rows(
            "SELECT * FROM contacts WHERE force_id = :f AND with_whom = 'victim' AND outcome = 'successful' "
            "AND NOT (purposes = 'first_contact' AND channel IN ('text', 'letter')) ORDER BY on_day"
        ):
            case = self.cases.get(r["case_id"])
            if case and r["on_day"] >= referred.get(r["case_id"], case["opened_on"]):
                self.met.setdefault(r["case_id"], r["on_day"])
        self.assessed = self.by_case(
            rows(
                "SELECT * FROM risk_assessments WHERE force_id = :f AND agency = 'advocacy_service' "
                "AND kind <> 'referrer' ORDER BY assessed_on, source_id"
            )
        )
        self.held = self.by_case(rows("SELECT * FROM case_stage_event WHERE force_id = :f AND stage = 'on_hold'"))
        self.plans = self.by_case(rows("SELECT * FROM safety_plan WHERE force_id = :f ORDER BY made_on, source_id"))
        self.reviews = self.by_case(rows("SELECT * FROM safety_plan_review WHERE force_id = :f"))
        self.meetings = self.by_case(rows("SELECT * FROM case_discussion WHERE force_id = :f"))
        self.actions = rows("SELECT * FROM agency_action WHERE force_id = :f")
        self.steps = rows("SELECT * FROM justice_event WHERE force_id = :f")
        self.answers = rows("SELECT * FROM outcome_measure WHERE force_id = :f ORDER BY measured_on, source_id")
        off = {r[0] for r in connection.execute("SELECT on_day FROM bank_holiday")}
        self.working = lambda day: (EPOCH + timedelta(days=day)).weekday() < 5 and day not in off

    @staticmethod
    def by_case(rows):
        found = defaultdict(list)
        for row in rows:
            found[row["case_id"]].append(row)
        return found

    def open_on(self, day):
        return [k for k, c in self.cases.items() if c["opened_on"] <= day < (c["closed_on"] or NEVER)]

    def level(self, case, day):
        latest = [a for a in self.assessed[case] if a["assessed_on"] <= day]
        return latest[-1]["level"] if latest else "not_assessed"

    def on_hold(self, case, day):
        return any(s["since"] <= day < (s["until"] or NEVER) for s in self.held[case])

    def last_touch(self, case, day):
        """Day of the newest look at the plan in force; None without an agreed plan in force."""
        made = [p for p in self.plans[case] if p["made_on"] <= day]
        if not made or not made[-1]["agreed_with_victim"] or (made[-1]["superseded_on"] or NEVER) <= day:
            return None
        begun = made[-1]["made_on"]
        return max([begun, *(r["reviewed_on"] for r in self.reviews[case] if begun <= r["reviewed_on"] <= day)])

    def plan_current(self, case, day):
        touched = self.last_touch(case, day)
        return touched is not None and day - touched <= (28 if self.level(case, day) == "high" else 90)

    def after_working_days(self, day, count):
        while count:
            day += 1
            count -= self.working(day)
        return day


def triggers(raw):
    """Case and day of every trigger while the case was open."""
    found = set()
    for case in raw.cases:
        of_day = {}
        for assessed in raw.assessed[case]:
            of_day[assessed["assessed_on"]] = assessed["level"]
        rank = {"not_assessed": 0, "standard": 1, "medium": 2, "high": 3}
        for (_, before), (day, level) in pairwise(sorted(of_day.items())):
            if rank[before] and rank[level] > rank[before]:
                found.add((case, day, "escalation"))
    breaches = ("spo_breached", "restraining_order_breached")
    for step in raw.steps:
        if step["kind"] in breaches:
            found.add((step["case_id"], step["on_day"], "order_breach"))
        elif step["kind"] in ("release_notified", "released_no_charge"):
            found.add((step["case_id"], step["on_day"], "perpetrator_release"))
    closing_day = {case: row["closed_on"] or NEVER for case, row in raw.cases.items()}
    return [
        (case, day)
        for case, day, _ in found
        if case in raw.cases and raw.cases[case]["opened_on"] <= day < closing_day[case]
    ]


def looked_at(raw, case, day):
    """First day on or after the trigger on which an agreed plan in force was made or looked at."""
    return next((d for d in range(day, raw.as_of + 1) if raw.last_touch(case, d) == d), NEVER)
