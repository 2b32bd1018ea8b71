"""The generator's own checks: Little's law, code lists, and the rows that break a rule on purpose."""

from itertools import pairwise

from data_access import codes
from data_access.facts import EXIT_WITHIN
from sample_data.found import Found
from sample_data.risk import RANGE
from sample_data.settings import BEGIN, FORCES, Force

_LISTS = (
    ("referral", "source", codes.SOURCES),
    ("referral", "route", codes.ROUTES),
    ("referral", "decision", codes.DECISIONS),
    ("referral", "consent", codes.CONSENTS),
    ("cases", "pathway", codes.PATHWAYS),
    ("cases", "closure_reason", codes.CLOSURE_REASONS),
    ("case_stage_event", "stage", codes.STAGES),
    ("case_stage_event", "reason", codes.HOLD_REASONS),
    ("allocation", "role", codes.ALLOCATION_ROLES),
    ("allocation", "end_reason", codes.ALLOCATION_ENDS),
    ("advocate", "role", codes.ADVOCATE_ROLES),
    ("absence", "kind", codes.ABSENCES),
    ("contacts", "agency", codes.AGENCIES),
    ("contacts", "direction", codes.DIRECTIONS),
    ("contacts", "with_whom", codes.CONTACT_WITH),
    ("contacts", "channel", codes.CHANNELS),
    ("contacts", "outcome", codes.OUTCOMES),
    ("contacts", "purposes", codes.PURPOSES),
    ("risk_assessments", "tool", codes.TOOLS),
    ("risk_assessments", "kind", codes.ASSESSMENT_KINDS),
    ("risk_assessments", "level", codes.LEVELS),
    ("risk_assessments", "basis", codes.LEVEL_BASES),
    ("risk_assessments", "trigger", codes.TRIGGERS),
    ("cases", "abuse_at_exit", codes.ABUSE_AT_EXIT),
    ("incident", "kind", codes.INCIDENTS),
    ("perpetrator_link", "relationship", codes.RELATIONSHIPS),
    ("perpetrator_link", "cyber", codes.CYBER),
    ("victim", "age_band", codes.AGE_BANDS),
    ("victim", "sex", codes.SEXES),
    ("victim", "ethnicity", codes.ETHNICITIES),
    ("victim", "disability", codes.DISABILITIES),
    ("event", "kind", codes.EVENT_KINDS),
)


def little(found: Found) -> dict:
    """Mean open cases against openings a day times mean length of the cases closed, over the 24 months."""
    result, opened_all, mean_all = {}, 0.0, 0.0
    for force in FORCES:
        mean_open, expected = _little(found, force)
        opened_all, mean_all = opened_all + mean_open, mean_all + expected
        result[force.code] = {"mean_open": round(mean_open, 2), "rate_times_length": round(expected, 2)}
    result["all"] = {"mean_open": round(opened_all, 2), "rate_times_length": round(mean_all, 2)}
    return result


def _little(found: Found, force: Force) -> tuple[float, float]:
    end, cases = force.as_of + 1, found.full(force)
    spans = [(max(case["opened_on"], BEGIN), min(case["closed_on"] or end, end)) for case in cases]
    mean_open = sum(until - since for since, until in spans) / (end - BEGIN)
    started = sum(case["opened_on"] >= BEGIN for case in cases) / (end - BEGIN)
    lengths = [case["closed_on"] - case["opened_on"] for case in cases if (case["closed_on"] or 0) >= BEGIN]
    return mean_open, started * sum(lengths) / len(lengths)


def unused_codes(found: Found) -> dict[str, list[str]]:
    """Names of each list that no row uses."""
    result = {}
    for table, column, names in _LISTS:
        used = {part for row in found.tables[table] for part in row[column].split(",")}
        missing = [name for name in names if name not in used]
        if missing:
            result[f"{table}.{column}"] = missing
    return result


def integrity(found: Found) -> dict[str, list[str]]:
    """References of the cases that break each rule, sorted; a case stands once in a rule."""
    broken: dict[str, set[int]] = {
        name: set()
        for name in (
            "1_order_of_days",
            "2_contact_after_closing",
            "3_one_lead_at_a_time",
            "5_exit_near_closing",
            "6_duration_1_to_480",
            "7_score_in_range",
            "8_level_by_threshold",
        )
    }
    for case_id, case in found.case.items():
        if case["pathway"] == "full_advocacy" and not _in_order(found, case_id):
            broken["1_order_of_days"].add(case_id)
        if case["closed_on"] and any(row["on_day"] > case["closed_on"] for row in found.contacts[case_id]):
            broken["2_contact_after_closing"].add(case_id)
        if _two_leads(found.allocations[case_id]):
            broken["3_one_lead_at_a_time"].add(case_id)
        for row in found.assessments[case_id]:
            if row["kind"] == "exit" and (
                case["closed_on"] is None or abs(row["assessed_on"] - case["closed_on"]) > EXIT_WITHIN
            ):
                broken["5_exit_near_closing"].add(case_id)
    for row in found.tables["contacts"]:
        if row["duration_minutes"] is not None and not 1 <= row["duration_minutes"] <= 480:
            broken["6_duration_1_to_480"].add(row["case_id"])
    for row in found.tables["risk_assessments"]:
        if row["score"] is not None and not 0 <= row["score"] <= RANGE[row["tool"]]:
            broken["7_score_in_range"].add(row["case_id"])
        if row["basis"] == "score" and row["level"] != _expected(found, row):
            broken["8_level_by_threshold"].add(row["case_id"])
    return {rule: sorted(found.ref[case_id] for case_id in those) for rule, those in broken.items()}


def _in_order(found: Found, case_id: int) -> bool:
    """Referral received, first lead, first attempt, first substantive contact, as far as each is there."""
    received = found.opening_day.get(case_id)
    leads = [row["since"] for row in found.allocations[case_id] if row["role"] == "lead"]
    days = [
        received,
        min(leads, default=None),
        min((r["on_day"] for r in found.attempts(case_id)), default=None),
        min((r["on_day"] for r in found.substantive(case_id)), default=None),
    ]
    there = [on for on in days if on is not None]
    return there == sorted(there)


def _two_leads(allocations: list[dict]) -> bool:
    leads = sorted((row["since"], row["until"] or 10**7) for row in allocations if row["role"] == "lead")
    return any(until > since for (_, until), (since, _) in pairwise(leads))


def _expected(found: Found, row: dict) -> str:
    """Level by the threshold in force; the row's own level where there is none for the tool."""
    for t in found.tables["risk_threshold"]:
        inside = t["since"] <= row["assessed_on"] and (t["until"] is None or row["assessed_on"] < t["until"])
        if t["force_id"] == row["force_id"] and t["tool"] == row["tool"] and inside:
            score = row["score"]
            return "high" if score >= t["high_min"] else "medium" if score >= t["medium_min"] else "standard"
    return row["level"]
