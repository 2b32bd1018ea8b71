"""The sample: the same rows each time, and its planted facts recounted in plain SQL."""

import itertools
import json
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from statistics import median

import pytest

from data_access.errors import CaselightError
from sample_data.generate import write_sample
from sample_data.settings import FORCES, SEED
from sample_data.simulate import force_rows
from sample_data.truth import PATH, truth

TRUTH = json.loads(PATH.read_text(encoding="utf-8"))
PLANTED = TRUTH["planted"]
NEVER = 2_932_896
COUNTED = "c.pathway = 'full_advocacy' AND c.closure_reason NOT IN ('opened_in_error', 'duplicate')"
TABLES = (
    "force",
    "team",
    "advocate",
    "advocate_fte",
    "absence",
    "victim",
    "perpetrator_link",
    "cases",
    "referral",
    "case_stage_event",
    "allocation",
    "contacts",
    "risk_assessments",
    "risk_threshold",
    "event",
    "bank_holiday",
    "load_run",
)


def _n(day: str) -> int:
    return (date.fromisoformat(day) - date(1970, 1, 1)).days


def _open(url: str) -> closing:
    return closing(sqlite3.connect(url.removeprefix("sqlite:///")))


@pytest.fixture(scope="module")
def ask(sample_url):
    """Rows of a question in SQL to the sample."""
    with _open(sample_url) as connection:
        yield lambda sql, *values: connection.execute(sql, values).fetchall()


def test_the_truth_file_equals_a_fresh_generation():
    assert json.loads(json.dumps(truth())) == TRUTH


def test_two_generations_are_equal_and_another_seed_is_not():
    west = FORCES[2]
    assert force_rows(west, 1, SEED, {}) == force_rows(west, 1, SEED, {})
    assert force_rows(west, 1, SEED, {})["cases"] != force_rows(west, 1, SEED + 1, {})["cases"]


def test_the_database_holds_the_rows_that_the_truth_counts(ask):
    for table, count in TRUTH["rows"].items():
        assert ask(f'SELECT count(*) FROM "{table}"') == [(count,)], table


def test_a_second_sample_replaces_the_first_with_the_same_rows(sample_url, sample_copy):
    write_sample(sample_copy)
    with _open(sample_url) as first, _open(sample_copy) as second:
        for table in TABLES:
            rows = f'SELECT * FROM "{table}" ORDER BY 1'
            assert first.execute(rows).fetchall() == second.execute(rows).fetchall(), table
        assert second.execute("SELECT DISTINCT version FROM data_version").fetchall() == [(2,)]


def test_other_data_are_refused_and_stay(sample_copy):
    with _open(sample_copy) as connection:
        connection.execute("UPDATE load_run SET layout = 'own'")
        connection.commit()
    with pytest.raises(CaselightError, match="not the sample"):
        write_sample(sample_copy)
    with _open(sample_copy) as connection:
        assert connection.execute("SELECT count(*) FROM cases").fetchone() == (TRUTH["rows"]["cases"],)


def test_a_broken_off_sample_leaves_no_file(tmp_path):
    def stop(what: str, _done: int, _all: int) -> None:
        if "write" in what:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_sample(f"sqlite:///{(tmp_path / 'new.sqlite').as_posix()}", progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_planted_1_the_threshold_moves_and_the_scores_do_not(ask):
    fact = PLANTED["1_threshold"]
    since, begin = _n(fact["since"]), _n(TRUTH["begin"])
    assert ask("SELECT since, high_min FROM risk_threshold WHERE force_id = 3 ORDER BY since")[1] == (since, 12)
    assert (fact["high_min_before"], fact["high_min_after"]) == (14, 12)
    for part, first, last in (("before", begin, since), ("after", since, NEVER)):
        count, high, score = ask(
            f"SELECT count(*), sum(a.level = 'high'), avg(a.score) FROM risk_assessments a JOIN cases c USING (case_id)"
            f" WHERE c.force_id = 3 AND a.kind = 'initial' AND {COUNTED} AND a.assessed_on >= ? AND a.assessed_on < ?",
            first,
            last,
        )[0]
        assert (count, high) == (fact[part]["initial_assessments"], fact[part]["high"])
        assert score == pytest.approx(fact[part]["mean_score"], abs=0.005)
    share = {part: fact[part]["high"] / fact[part]["initial_assessments"] for part in ("before", "after")}
    assert share["after"] > share["before"] + 0.12
    assert abs(fact["after"]["mean_score"] - fact["before"]["mean_score"]) < 0.4


def test_planted_2_an_advocate_leaves_and_reach_dips(ask):
    fact = PLANTED["2_leaver"]
    left = _n(fact["left_on"])
    assert ask(
        "SELECT count(*), max(l.until) FROM allocation l JOIN advocate a USING (advocate_id) WHERE a.code = ?"
        " AND a.left_on = ? AND l.end_reason = 'transfer_left_service' AND l.role = 'lead' AND l.until >= ?"
        " AND l.until < ?",
        fact["advocate"],
        left,
        left,
        left + 56,
    ) == [(fact["transfers"], _n(fact["last_transfer_on"]))]
    assert fact["transfers"] >= 10
    reached, received = ask(
        f"SELECT sum(met <= received_on + 28), count(*) FROM (SELECT r.received_on, min(k.on_day) met FROM referral r"
        f" JOIN cases c USING (case_id) LEFT JOIN contacts k ON k.case_id = r.case_id AND k.with_whom = 'victim'"
        f" AND k.outcome = 'successful' AND NOT (k.purposes = 'first_contact' AND k.channel IN ('text', 'letter'))"
        f" WHERE r.force_id = 2 AND r.opens_case AND {COUNTED} AND r.received_on >= ? AND r.received_on < ?"
        f" GROUP BY r.referral_id)",
        left,
        left + 56,
    )[0]
    assert [reached, received] == fact["reached_in_28_days"]["during"]
    usual = fact["reached_in_28_days"]["else"]
    assert reached / received < usual[0] / usual[1] - 0.15
    gaps = fact["median_days_without_contact"]
    assert gaps["over_the_leaving"] > 2 * gaps["else"]


def test_planted_3_forty_five_referrals_come_in_one_transfer(ask):
    fact = PLANTED["3_bulk_transfer"]
    assert date.fromisoformat(fact["week"]).weekday() == 0
    together = ask(
        "SELECT received_on, count(*) FROM referral WHERE force_id = 1 AND source = 'police'"
        " GROUP BY received_minute HAVING received_minute IS NOT NULL ORDER BY 2 DESC LIMIT 2"
    )
    assert together[0] == (_n(fact["on"]), 45)
    assert together[1][1] < 5
    assert fact["transferred_together"] == 45
    week = _n(fact["week"])
    assert ask("SELECT count(*) FROM referral WHERE force_id = 1 AND received_on BETWEEN ? AND ?", week, week + 6) == [
        (fact["referrals_in_week"],)
    ]


def test_planted_4_the_first_attempt_comes_sooner(ask):
    fact = PLANTED["4_faster_first_attempt"]
    since, begin, last = _n(fact["since"]), _n(TRUTH["begin"]), _n(TRUTH["end"]) - 28
    for part, first, end in (("before", begin, since), ("after", since, last + 1)):
        hours = [
            row[0]
            for row in ask(
                f"SELECT (min(k.at_minute) - r.received_minute) / 60.0 FROM referral r JOIN cases c USING (case_id)"
                f" JOIN contacts k ON k.case_id = r.case_id AND k.direction = 'outbound' AND k.with_whom = 'victim'"
                f" WHERE r.force_id = 1 AND r.opens_case AND {COUNTED} AND r.received_minute IS NOT NULL"
                f" AND r.received_on >= ? AND r.received_on < ? GROUP BY r.referral_id"
                f" HAVING count(*) = count(k.at_minute)",
                first,
                end,
            )
        ]
        assert len(hours) == fact[f"cases_{part}"]
        assert median(hours) == pytest.approx(fact[f"median_hours_{part}"], abs=0.006)
    assert fact["median_hours_after"] < fact["median_hours_before"] / 2


def test_planted_5_the_gain_in_west_is_false():
    before, after = PLANTED["5_exit_assessments_stop"]["before"], PLANTED["5_exit_assessments_stop"]["after"]
    assert after["exit_assessed"] / after["engaged_closed"] < before["exit_assessed"] / before["engaged_closed"] - 0.1
    assert after["reduced"] / after["exit_assessed"] > before["reduced"] / before["exit_assessed"] + 0.1


def test_planted_6_one_week_of_contacts_stands_twice(ask):
    fact = PLANTED["6_imported_twice"]
    week = _n(fact["week"])
    rows = ask(
        "SELECT case_id, at_minute, on_day, advocate_id, direction, with_whom, channel, outcome, purposes"
        " FROM contacts WHERE force_id = 2 AND on_day BETWEEN ? AND ?",
        week,
        week + 6,
    )
    assert (len(rows), len(set(rows))) == (fact["rows"], fact["distinct"])
    assert fact["rows"] == 2 * fact["distinct"]


def test_planted_7_christmas_and_august_are_quiet(ask):
    starts = [date(2025, 8, 4) + timedelta(days=7 * n) for n in range(4)]
    starts += [date(2026, 8, 3) + timedelta(days=7 * n) for n in range(4)]
    august = [
        ask("SELECT count(*) FROM referral WHERE received_on BETWEEN ? AND ?", _n(str(s)), _n(str(s)) + 6)[0][0]
        for s in starts
    ]
    fact = PLANTED["7_dips"]
    assert fact["august"] == {"weeks": 8, "mean": round(sum(august) / 8, 2)}
    assert fact["christmas"]["mean"] < 0.6 * fact["other"]["mean"]
    assert fact["august"]["mean"] < 0.85 * fact["other"]["mean"]


def test_planted_8_three_episodes_and_three_victims(ask):
    fact = PLANTED["8_persons"]
    ((victim, refs),) = fact["victims_with_three_episodes"].items()
    found = ask(
        f"SELECT v.pseudonym FROM cases c JOIN victim v USING (victim_id) WHERE {COUNTED}"
        f" GROUP BY v.pseudonym HAVING count(*) >= 3"
    )
    assert found == [(victim,)]
    assert len(refs) == 3
    ((perpetrator, victims),) = fact["perpetrators_of_three_victims"].items()
    links = ask("SELECT perpetrator, count(DISTINCT victim_id) FROM perpetrator_link GROUP BY 1 HAVING count(*) > 2")
    assert links == [(perpetrator, 3)]
    assert len(victims) == 3


def test_planted_9_twelve_cases_wait_for_trial(ask):
    refs = PLANTED["9_waiting_for_trial"]["case_refs"]
    found = ask(
        f"SELECT c.case_ref FROM cases c JOIN data_version d USING (force_id) WHERE {COUNTED}"
        f" AND c.closed_on IS NULL AND d.as_of - c.opened_on > 365 ORDER BY 1"
    )
    assert list(refs) == ["NORTH"]
    assert [row[0] for row in found] == refs["NORTH"]
    assert len(found) == 12


def test_planted_10_west_ends_six_days_before(ask):
    as_of = dict(ask("SELECT f.code, d.as_of FROM data_version d JOIN force f USING (force_id)"))
    assert as_of == {code: _n(day) for code, day in PLANTED["10_as_of"].items()}
    assert as_of["NORTH"] == as_of["EAST"] == as_of["WEST"] + 6
    for table, column in (
        ("contacts", "on_day"),
        ("cases", "opened_on"),
        ("cases", "closed_on"),
        ("cases", "entered_on"),
        ("referral", "received_on"),
        ("referral", "decided_on"),
        ("risk_assessments", "assessed_on"),
        ("allocation", "since"),
        ("allocation", "until"),
        ("case_stage_event", "since"),
        ("contacts", "entered_on"),
        ("absence", "until"),
        ("event", "on_day"),
    ):
        late = ask(f"SELECT count(*) FROM {table} t JOIN data_version d USING (force_id) WHERE t.{column} > d.as_of")
        assert late == [(0,)], (table, column)


def test_the_checks_of_the_generator_hold():
    for force, found in TRUTH["checks"]["little"].items():
        assert found["mean_open"] == pytest.approx(found["rate_times_length"], rel=0.1), force
    assert {rule: len(refs) for rule, refs in TRUTH["integrity"].items() if rule[0] not in "2"} == {
        "1_order_of_days": 4,
        "3_one_lead_at_a_time": 4,
        "5_exit_near_closing": 2,
        "6_duration_1_to_480": 6,
        "7_score_in_range": 2,
        "8_level_by_threshold": 4,
    }
    unused = TRUTH["checks"]["codes_not_used_on_purpose"]
    assert set(unused) == {
        "case_stage_event.reason",
        "advocate.role",
        "contacts.agency",
        "risk_assessments.level",
        "risk_assessments.basis",
        "event.kind",
    }


def test_the_notes_name_the_planted_changes(ask):
    days = {
        (1, _n("2025-11-25")),
        (1, _n("2026-04-15")),
        (2, _n("2025-07-28")),
        (2, _n("2026-06-08")),
        (3, _n("2026-01-01")),
        (3, _n("2026-11-16")),
    }
    assert days <= set(ask("SELECT force_id, on_day FROM event"))


def test_the_stock_is_never_negative_and_ends_with_the_open_cases(ask):
    for force, as_of in ask("SELECT force_id, as_of FROM data_version"):
        weeks = range(_n(TRUTH["begin"]) + 6, as_of + 1, 7)
        stock = [
            ask(
                "SELECT count(*) FROM fact_case_state WHERE force_id = ? AND since <= ? AND until > ?", force, day, day
            )[0][0]
            for day in weeks
        ]
        assert min(stock) > 0
        assert max(stock) < 2.5 * min(stock) + 20
        open_ = ask(f"SELECT count(*) FROM cases c WHERE force_id = ? AND {COUNTED} AND closed_on IS NULL", force)
        facts = ask(
            "SELECT count(*), count(DISTINCT case_id) FROM fact_case_state WHERE force_id = ? AND since <= ?"
            " AND until > ?",
            force,
            as_of,
            as_of,
        )
        assert facts == [(open_[0][0], open_[0][0])]


def test_each_team_has_one_supervisor_who_leads_nothing(ask):
    roles = {row[0] for row in ask("SELECT DISTINCT role FROM advocate")}
    assert roles == {"isac", "idva", "cyber_stalking_isac", "supervisor"}
    teams = ask("SELECT team_id, count(*) FROM advocate WHERE role = 'supervisor' GROUP BY team_id")
    assert teams == [(team, 1) for (team,) in ask("SELECT team_id FROM team ORDER BY team_id")]
    staff = "SELECT advocate_id FROM advocate WHERE role = 'supervisor'"
    for table in ("allocation", "contacts", "risk_assessments"):
        assert ask(f"SELECT count(*) FROM {table} WHERE advocate_id IN ({staff})") == [(0,)]


def test_supervisors_leave_the_keys_of_the_others_as_they_were(ask):
    keys = [row[0] for row in ask("SELECT advocate_id FROM advocate WHERE role <> 'supervisor' ORDER BY 1")]
    assert keys == list(range(1, len(keys) + 1))


def test_references_hold_no_force_and_no_serial(ask):
    refs = [row[0] for row in ask("SELECT case_ref FROM cases ORDER BY opened_on, case_id")]
    assert all(len(ref) == 6 and ref.isalnum() for ref in refs)
    assert len(set(refs)) == len(refs)
    rising = sum(a < b for a, b in itertools.pairwise(refs))
    assert 0.45 < rising / len(refs) < 0.55
