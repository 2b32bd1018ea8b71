"""The generated rows of all forces with the look-ups that the truth file needs."""

from collections import defaultdict
from datetime import date

from data_access.days import day
from sample_data.rows import TABLES
from sample_data.settings import BEGIN, FORCES, SEED, Force
from sample_data.simulate import ADMINISTRATIVE, force_rows


def iso(number_: int) -> str:
    """A day number as a date in text."""
    return date.isoformat(day(number_))


class Found:
    """All rows by table, and the cases in full advocacy with what belongs to each."""

    def __init__(self, scale: int = 1, seed: int = SEED):
        self.tables: dict[str, list[dict]] = {name: [] for name in TABLES}
        for force in FORCES:
            after = {name: len(self.tables[name]) for name in TABLES}
            for name, rows in force_rows(force, scale, seed, after).items():
                self.tables[name] += rows
        self.ref = {row["case_id"]: row["case_ref"] for row in self.tables["cases"]}
        self.case = {row["case_id"]: row for row in self.tables["cases"]}
        self.opening_day = {row["case_id"]: row["received_on"] for row in self.tables["referral"] if row["opens_case"]}
        self.contacts = self._by_case("contacts")
        self.assessments = self._by_case("risk_assessments")
        self.allocations = self._by_case("allocation")

    def _by_case(self, table: str) -> dict[int, list[dict]]:
        grouped: dict[int, list[dict]] = defaultdict(list)
        for row in self.tables[table]:
            grouped[row["case_id"]].append(row)
        return grouped

    def full(self, force: Force) -> list[dict]:
        """Cases of the force that figures count."""
        return [
            row
            for row in self.tables["cases"]
            if row["force_id"] == force.place
            and row["pathway"] == "full_advocacy"
            and row["closure_reason"] not in ADMINISTRATIVE
        ]

    def opening(self, force: Force) -> list[dict]:
        """Opening referrals, received in the 24 months, of the cases that figures count."""
        counted = {row["case_id"] for row in self.full(force)}
        return [
            row
            for row in self.tables["referral"]
            if row["force_id"] == force.place
            and row["opens_case"]
            and row["case_id"] in counted
            and row["received_on"] >= BEGIN
        ]

    def attempts(self, case_id: int) -> list[dict]:
        """Outbound attempts to the victim."""
        return [
            row for row in self.contacts[case_id] if row["direction"] == "outbound" and row["with_whom"] == "victim"
        ]

    def substantive(self, case_id: int) -> list[dict]:
        """Successful contacts with the victim, other than a first text or letter."""
        return [
            row
            for row in self.contacts[case_id]
            if row["with_whom"] == "victim"
            and row["outcome"] == "successful"
            and not (row["purposes"] == "first_contact" and row["channel"] in ("text", "letter"))
        ]

    def initial(self, case_id: int) -> list[dict]:
        """Our own initial assessments."""
        return [row for row in self.assessments[case_id] if row["kind"] == "initial"]
