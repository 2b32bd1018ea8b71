"""What is planted in the sample, counted from its rows: ``python -m sample_data.truth`` writes truth.json."""

import json
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from statistics import mean, median

from data_access.days import monday
from data_access.facts import EXIT_WITHIN
from sample_data.found import Found, iso
from sample_data.settings import (
    BEGIN,
    EXITS_STOP,
    FASTER_FROM,
    FORCES,
    LEAVER_LEFT,
    LEAVER_WEEKS,
    SEED,
    THRESHOLD_CHANGE,
    TWICE_WEEK,
)
from sample_data.truth_checks import integrity, little, unused_codes

PATH = Path(__file__).with_name("truth.json")
NORTH, EAST, WEST = FORCES
_LEVELS = ("standard", "medium", "high")


def truth(scale: int = 1, seed: int = SEED) -> dict:
    """All planted facts and the generator's own checks, ready for JSON."""
    found = Found(scale, seed)
    return {
        "seed": seed,
        "scale": scale,
        "begin": iso(BEGIN),
        "end": iso(NORTH.as_of),
        "rows": {name: len(rows) for name, rows in found.tables.items()},
        "planted": {
            "1_threshold": _threshold(found),
            "2_leaver": _leaver(found),
            "3_bulk_transfer": _bulk(found),
            "4_faster_first_attempt": _faster(found),
            "5_exit_assessments_stop": _exits(found),
            "6_imported_twice": _twice(found),
            "7_dips": _dips(found),
            "8_persons": _persons(found),
            "9_waiting_for_trial": _trials(found),
            "10_as_of": {force.code: iso(force.as_of) for force in FORCES},
        },
        "checks": {"little": little(found), "codes_not_used_on_purpose": unused_codes(found)},
        "integrity": integrity(found),
    }


def _threshold(found: Found) -> dict:
    rows = [row for row in found.tables["risk_threshold"] if row["force_id"] == WEST.place]
    own = [row for case in found.full(WEST) for row in found.initial(case["case_id"]) if row["assessed_on"] >= BEGIN]
    result: dict = {
        "force": WEST.code,
        "tool": "dash_safelives",
        "since": iso(THRESHOLD_CHANGE),
        "high_min_before": rows[0]["high_min"],
        "high_min_after": rows[1]["high_min"],
    }
    for name, part in (
        ("before", [r for r in own if r["assessed_on"] < THRESHOLD_CHANGE]),
        ("after", [r for r in own if r["assessed_on"] >= THRESHOLD_CHANGE]),
    ):
        result[name] = {
            "initial_assessments": len(part),
            "high": sum(r["level"] == "high" for r in part),
            "mean_score": round(mean(r["score"] for r in part), 2),
        }
    return result


def _leaver(found: Found) -> dict:
    leaver = next(
        row for row in found.tables["advocate"] if row["force_id"] == EAST.place and row["left_on"] == LEAVER_LEFT
    )
    end = LEAVER_LEFT + 7 * LEAVER_WEEKS
    moved = [
        row
        for row in found.tables["allocation"]
        if row["advocate_id"] == leaver["advocate_id"]
        and row["role"] == "lead"
        and row["end_reason"] == "transfer_left_service"
        and LEAVER_LEFT <= row["until"] < end
    ]
    during: list[bool] = []
    else_: list[bool] = []
    for row in found.opening(EAST):
        if row["received_on"] <= EAST.as_of - 28:
            days = [c["on_day"] - row["received_on"] for c in found.substantive(row["case_id"])]
            (during if LEAVER_LEFT <= row["received_on"] < end else else_).append(min(days, default=999) <= 28)
    return {
        "force": EAST.code,
        "advocate": leaver["code"],
        "left_on": iso(LEAVER_LEFT),
        "weeks": LEAVER_WEEKS,
        "transfers": len(moved),
        "last_transfer_on": iso(max(row["until"] for row in moved)),
        "reached_in_28_days": {"during": [sum(during), len(during)], "else": [sum(else_), len(else_)]},
        "median_days_without_contact": {
            "over_the_leaving": median(_gaps(found, {row["case_id"] for row in moved}, LEAVER_LEFT, LEAVER_LEFT)),
            "else": median(_gaps(found, {case["case_id"] for case in found.full(EAST)}, BEGIN, EAST.as_of)),
        },
    }


def _gaps(found: Found, case_ids: set[int], first: int, last: int) -> list[int]:
    """Days between neighbouring substantive contacts of a case, for gaps that touch first..last."""
    gaps = []
    for case_id in sorted(case_ids):
        on = sorted({row["on_day"] for row in found.substantive(case_id)})
        gaps += [after - before for before, after in pairwise(on) if before < last and after >= first]
    return gaps


def _bulk(found: Found) -> dict:
    received = Counter(
        row["received_minute"]
        for row in found.tables["referral"]
        if row["force_id"] == NORTH.place
        and row["route"] == "automatic_police_transfer"
        and row["received_minute"] is not None
    )
    minute, count = received.most_common(1)[0]
    on = minute // 1440
    weeks = Counter(
        monday(row["received_on"])
        for row in found.tables["referral"]
        if row["force_id"] == NORTH.place and row["received_on"] >= BEGIN
    )
    return {
        "force": NORTH.code,
        "week": iso(monday(on)),
        "on": iso(on),
        "transferred_together": count,
        "referrals_in_week": weeks[monday(on)],
        "median_of_all_weeks": median(weeks.values()),
    }


def _faster(found: Found) -> dict:
    """Medians over cases attempted, where both hours are recorded and four weeks have passed."""
    hours: dict[str, list[float]] = {"before": [], "after": []}
    for row in found.opening(NORTH):
        attempts = [c["at_minute"] for c in found.attempts(row["case_id"])]
        known = row["received_minute"] is not None and None not in attempts
        if known and attempts and row["received_on"] <= NORTH.as_of - 28:
            part = "after" if row["received_on"] >= FASTER_FROM else "before"
            hours[part].append((min(attempts) - row["received_minute"]) / 60)
    return {
        "force": NORTH.code,
        "since": iso(FASTER_FROM),
        **{f"median_hours_{part}": round(median(values), 2) for part, values in hours.items()},
        **{f"cases_{part}": len(values) for part, values in hours.items()},
    }


def _exits(found: Found) -> dict:
    parts: dict[str, Counter] = {"before": Counter(), "after": Counter()}
    for case in found.full(WEST):
        closed, case_id = case["closed_on"], case["case_id"]
        if closed is None or closed < BEGIN or not found.substantive(case_id):
            continue
        part = parts["after" if closed >= EXITS_STOP else "before"]
        part["engaged_closed"] += 1
        leaving = [
            row
            for row in found.assessments[case_id]
            if row["kind"] == "exit" and abs(row["assessed_on"] - closed) <= EXIT_WITHIN
        ]
        first = found.initial(case_id)
        if leaving and first:
            part["exit_assessed"] += 1
            part["reduced"] += _LEVELS.index(leaving[-1]["level"]) < _LEVELS.index(first[0]["level"])
    return {"force": WEST.code, "since": iso(EXITS_STOP), **{name: dict(part) for name, part in parts.items()}}


def _twice(found: Found) -> dict:
    keys = ("case_id", "at_minute", "on_day", "advocate_id", "direction", "with_whom", "channel", "outcome", "purposes")
    week = [
        row
        for row in found.tables["contacts"]
        if row["force_id"] == EAST.place and TWICE_WEEK <= row["on_day"] < TWICE_WEEK + 7
    ]
    distinct = {tuple(row[key] for key in keys) for row in week}
    return {
        "force": EAST.code,
        "week": iso(TWICE_WEEK),
        "rows": len(week),
        "distinct": len(distinct),
        "case_refs": sorted({found.ref[row["case_id"]] for row in week}),
    }


def _dips(found: Found) -> dict:
    """Mean referrals a week of all forces; the week of the bulk transfer is left out."""
    weeks = Counter(monday(row["received_on"]) for row in found.tables["referral"] if row["received_on"] >= BEGIN)
    bulk, last = _bulk(found)["week"], monday(min(force.as_of for force in FORCES) + 1) - 7
    groups: dict[str, list[int]] = defaultdict(list)
    for start, count in sorted(weeks.items()):
        if start <= last and iso(start) != bulk:
            groups[_season(start)].append(count)
    return {
        name: {"weeks": len(counts), "mean": round(sum(counts) / len(counts), 2)}
        for name, counts in sorted(groups.items())
    }


def _season(start: int) -> str:
    """Weeks wholly in August, and those that begin from 21 December to 1 January."""
    first, last = iso(start), iso(start + 6)
    if first[5:7] == last[5:7] == "08":
        return "august"
    return "christmas" if first[5:] >= "12-21" or first[5:] == "01-01" else "other"


def _persons(found: Found) -> dict:
    episodes: dict[int, list[str]] = defaultdict(list)
    for force in FORCES:
        for case in found.full(force):
            episodes[case["victim_id"]].append(case["case_ref"])
    names = {row["victim_id"]: row["pseudonym"] for row in found.tables["victim"]}
    victims: dict[str, list[str]] = defaultdict(list)
    for row in found.tables["perpetrator_link"]:
        victims[row["perpetrator"]].append(names[row["victim_id"]])
    return {
        "victims_with_three_episodes": {names[key]: refs for key, refs in episodes.items() if len(refs) > 2},
        "perpetrators_of_three_victims": {name: them for name, them in victims.items() if len(them) > 2},
    }


def _trials(found: Found) -> dict:
    old = {
        force.code: sorted(
            case["case_ref"]
            for case in found.full(force)
            if case["closed_on"] is None and force.as_of - case["opened_on"] > 365
        )
        for force in FORCES
    }
    return {"older_than_days": 365, "case_refs": {code: refs for code, refs in old.items() if refs}}


def main() -> None:
    """Write truth.json for the sample of scale 1."""
    PATH.write_text(json.dumps(truth(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
