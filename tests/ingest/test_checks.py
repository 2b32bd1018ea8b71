"""Integrity rules: one planted breach a rule, told with its case and days; the clean extract has none."""

import pytest
from sqlalchemy import create_engine

import data_access as da
from data_access.checks import RULES, findings, summary
from data_access.errors import CaselightError
from data_access.ingest import load
from tests.ingest.own import FILES, extract, write_folder

A, K, Q = FILES["allocations"][0], FILES["contacts"][0], FILES["risk_assessments"][0]


def contact(key: str, case: str, at: str, direction: str = "outbound", minutes: str = "") -> list[str]:
    return ["NORTH", key, case, "ADV-01", at, direction, "victim", "phone", "successful", "assessment", minutes]


def assessment(
    key: str,
    case: str,
    on: str,
    score: str,
    level: str,
    kind: str = "review",
    tool: str = "dash_safelives",
    basis: str = "score",
) -> list[str]:
    return ["NORTH", key, case, on, tool, kind, "ADV-01", score, level, basis]


PLANTED = {
    "allocated_before_referral": (
        "allocations",
        ["NORTH", "A9", "C3", "ADV-02", "lead", "2026-03-01", "2026-03-02"],
        "C3",
        "The first lead began on 2026-03-01, before the referral of 2026-03-02.",
    ),
    "attempt_before_referral": (
        "contacts",
        contact("K9", "C3", "2026-03-01 10:00"),
        "C3",
        "The first attempt was on 2026-03-01, before the referral of 2026-03-02.",
    ),
    "attempt_before_lead": (
        "contacts",
        contact("K9", "C3", "2026-03-02 10:00"),
        "C3",
        "The first attempt was on 2026-03-02, before the first lead began on 2026-03-03.",
    ),
    "contact_before_attempt": (
        "contacts",
        contact("K9", "C2", "2026-01-13 10:00", "inbound"),
        "C2",
        "The first contact was on 2026-01-13, before the first attempt of 2026-01-14.",
    ),
    "contact_after_closing": (
        "contacts",
        contact("K9", "C1", "2026-02-21 10:00"),
        "C1",
        "A contact on 2026-02-21, after the case closed on 2026-02-20.",
    ),
    "two_leads": (
        "allocations",
        ["NORTH", "A9", "C2", "ADV-02", "lead", "2026-02-01", ""],
        "C2",
        "Two advocates lead from 2026-02-01 to 2026-03-31.",
    ),
    "exit_far_from_closing": (
        "risk_assessments",
        assessment("Q9", "C1", "2026-01-20", "15", "high", "exit"),
        "C1",
        "The exit assessment of 2026-01-20 is more than 30 days from closing on 2026-02-20.",
    ),
    "exit_of_open_case": (
        "risk_assessments",
        assessment("Q9", "C2", "2026-03-01", "15", "high", "exit"),
        "C2",
        "An exit assessment on 2026-03-01, and the case is open.",
    ),
    "assessed_after_closing": (
        "risk_assessments",
        assessment("Q9", "C1", "2026-02-21", "15", "high"),
        "C1",
        "An assessment on 2026-02-21, after the case closed on 2026-02-20.",
    ),
    "duration": (
        "contacts",
        contact("K9", "C2", "2026-02-01 10:00", minutes="481"),
        "C2",
        "A contact of 481 minutes; 1 to 480 are possible, and none is left empty.",
    ),
    "score": (
        "risk_assessments",
        assessment("Q9", "C2", "2026-03-01", "12", "high", tool="s_dash"),
        "C2",
        "A score of 12; the tool gives at most 11.",
    ),
    "level": (
        "risk_assessments",
        assessment("Q9", "C2", "2026-03-01", "13", "high"),
        "C2",
        "The level is high by its score; the threshold of that day makes it medium.",
    ),
    "contact_after_extract": (
        "contacts",
        contact("K9", "C2", "2026-04-01 10:00"),
        "C2",
        "A contact on 2026-04-01, after the extract's day 2026-03-31.",
    ),
    "assessed_after_extract": (
        "risk_assessments",
        assessment("Q9", "C2", "2026-04-01", "15", "high"),
        "C2",
        "An assessment on 2026-04-01, after the extract's day 2026-03-31.",
    ),
    "referred_after_extract": (
        "referrals",
        ["NORTH", "R9", "C2", "no", "2026-04-02", "self", "duplicate"],
        "C2",
        "A referral on 2026-04-02, after the extract's day 2026-03-31.",
    ),
    "opened_after_extract": (
        "cases",
        ["NORTH", "C9", "V-c", "", "full_advocacy", "2026-04-02", "", "", ""],
        "C9",
        "Opened on 2026-04-02, after the extract's day 2026-03-31.",
    ),
    "closed_after_extract": (
        "cases",
        ["NORTH", "C9", "V-c", "", "one_off_advice", "2026-03-02", "2026-04-03", "", ""],
        "C9",
        "Closing on 2026-04-03, after the extract's day 2026-03-31; open until then.",
    ),
    "open_without_lead": (
        "cases",
        ["NORTH", "C9", "V-c", "", "full_advocacy", "2026-03-09", "", "", ""],
        "C9",
        "No lead since 2026-03-09, and not on the waiting list (as of 2026-03-31).",
    ),
    "incident_after_extract": (
        "incidents",
        ["NORTH", "I9", "C2", "2026-04-01", "threat"],
        "C2",
        "An incident on 2026-04-01, after the extract's day 2026-03-31.",
    ),
    "asked_while_open": (
        "cases",
        ["NORTH", "C9", "V-c", "", "one_off_advice", "2026-03-09", "", "", "stopped"],
        "C9",
        "What the victim said at closing is recorded, and the case is open since 2026-03-09 (as of 2026-03-31).",
    ),
    "contact_twice": (
        "contacts",
        ["NORTH", "K9", *FILES["contacts"][2][2:]],
        "C1",
        "The same contact on 2026-01-07 stands 2 times under different ids.",
    ),
}
# An attempt before the referral is before the lead too.
FOLLOWS = {"attempt_before_referral": ("attempt_before_lead",)}


def _found(tmp_path, database, files) -> tuple[list, dict[str, str]]:
    load(write_folder(tmp_path / "in", files), database.url)
    store = da.connect(database.url)
    return findings(store, ("NORTH",)), dict(database.rows("cases", "case_ref", "source_id"))


def test_the_clean_extract_has_no_finding(tmp_path, database):
    assert _found(tmp_path, database, extract()) == ([], dict(database.rows("cases", "case_ref", "source_id")))


def test_every_rule_is_planted():
    assert set(PLANTED) == {rule.name for rule in RULES}


@pytest.mark.parametrize("rule", PLANTED)
def test_a_planted_breach_is_the_only_one(rule, tmp_path, database):
    file, row, case, sentence = PLANTED[rule]
    found, cases = _found(tmp_path, database, extract(**{file: [*FILES[file], row]}))
    told = [(f.rule, f.force, cases[f.case_ref], f.sentence) for f in found if f.rule not in FOLLOWS.get(rule, ())]
    assert told == [(rule, "NORTH", case, sentence)]


def test_a_level_of_another_basis_is_not_held_against_the_threshold(tmp_path, database):
    row = assessment("Q9", "C2", "2026-03-01", "13", "high", basis="professional_judgement")
    found, _ = _found(tmp_path, database, extract(risk_assessments=[*FILES["risk_assessments"], row]))
    assert found == []


def test_a_lead_who_left_is_told_from_that_day(tmp_path, database):
    left = ["NORTH", "A2", "C2", "ADV-01", "lead", "2026-01-13", "2026-02-10"]
    rows = FILES["allocations"]
    found, _ = _found(tmp_path, database, extract(allocations=[*rows[:2], left, *rows[3:]]))
    assert [f.sentence for f in found] == ["No lead since 2026-02-10, and not on the waiting list (as of 2026-03-31)."]


def test_a_case_on_the_waiting_list_needs_no_lead(tmp_path, database):
    files = extract(
        cases=[*FILES["cases"], PLANTED["open_without_lead"][1]],
        stage_events=[*FILES["stage_events"], ["NORTH", "S9", "C9", "waiting_list", "2026-03-09", ""]],
    )
    assert _found(tmp_path, database, files)[0] == []


def test_only_the_forces_named_are_looked_at(tmp_path, database):
    _, row, _, _ = PLANTED["duration"]
    files = extract(
        contacts=[*FILES["contacts"], row],
        forces=[*FILES["forces"], ["SOUTH", "South Vale", ""]],
        extract=[*FILES["extract"], ["SOUTH", "2026-03-31", ""]],
    )
    load(write_folder(tmp_path / "in", files), database.url)
    engine = create_engine(database.url)
    with engine.connect() as connection:
        assert findings(connection, ("SOUTH",)) == []
        assert findings(connection, ()) == []
        counts = {(line.force, line.rule): line.count for line in summary(connection, ("NORTH", "SOUTH"))}
        with pytest.raises(CaselightError, match="force"):
            findings(connection, ("WEST",))
    assert counts["NORTH", "duration"] == 1
    assert sum(counts.values()) == 1
    assert len(counts) == 2 * len(RULES)
