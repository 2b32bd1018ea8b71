"""Headline figures counted by plain SQL from the source tables, by their definitions alone."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import date

EPOCH = date(1970, 1, 1)
SCOPE = """
WITH extract_day AS (
  SELECT f.force_id, v.as_of, MIN(v.as_of, :until - 1) AS day
  FROM force f JOIN data_version v ON v.force_id = f.force_id WHERE f.code IN ({forces})
), counted AS (
  SELECT c.*, e.as_of, e.day FROM cases c JOIN extract_day e ON e.force_id = c.force_id
  WHERE c.pathway = 'full_advocacy' AND c.closure_reason NOT IN ('opened_in_error', 'duplicate')
), still_open AS (
  SELECT * FROM counted WHERE opened_on <= day AND (closed_on IS NULL OR closed_on > day)
), assessed AS (
  SELECT o.case_id, o.day, a.level, a.assessed_on,
         ROW_NUMBER() OVER (PARTITION BY o.case_id ORDER BY a.assessed_on DESC, a.source_id DESC) AS latest
  FROM still_open o JOIN risk_assessments a ON a.case_id = o.case_id
  WHERE a.agency = 'advocacy_service' AND a.kind <> 'referrer' AND a.assessed_on <= o.day
), in_stage AS (
  SELECT o.case_id, s.stage FROM still_open o JOIN case_stage_event s ON s.case_id = o.case_id
  WHERE s.since <= o.day AND (s.until IS NULL OR s.until > o.day)
)
"""
QUESTIONS = {
    "open": "SELECT COUNT(*) FROM still_open",
    "referred": """SELECT COUNT(*) FROM referral r JOIN extract_day e ON e.force_id = r.force_id
        WHERE r.received_on >= :first AND r.received_on < :until AND r.received_on <= e.as_of
        AND r.decision <> 'duplicate'""",
    "opened": "SELECT COUNT(*) FROM counted WHERE opened_on >= :first AND opened_on < :until AND opened_on <= as_of",
    "closed": "SELECT COUNT(*) FROM counted WHERE closed_on >= :first AND closed_on < :until AND closed_on <= as_of",
    "high": "SELECT COUNT(*) FROM assessed WHERE latest = 1 AND level = 'high'",
    "not_assessed": """SELECT COUNT(*) FROM still_open
        WHERE case_id NOT IN (SELECT case_id FROM assessed WHERE latest = 1 AND level <> 'not_assessed')""",
    "overdue": """SELECT COUNT(*) FROM assessed WHERE latest = 1
        AND day - assessed_on > CASE level WHEN 'high' THEN 28 WHEN 'medium' THEN 56 ELSE 84 END
        AND case_id NOT IN (SELECT case_id FROM in_stage WHERE stage = 'on_hold')""",
    "waiting": "SELECT COUNT(DISTINCT case_id) FROM in_stage WHERE stage = 'waiting_list'",
    "not_reached": """SELECT COUNT(*) FROM still_open o WHERE NOT EXISTS (
        SELECT 1 FROM contacts k WHERE k.case_id = o.case_id AND k.on_day <= o.day AND k.with_whom = 'victim'
        AND k.outcome = 'successful' AND NOT (k.purposes = 'first_contact' AND k.channel IN ('text', 'letter')))""",
}


def asked(url: str, question: str, /, **values: object) -> list[tuple]:
    """Rows of a plain query on the file of the database."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        return connection.execute(question, values).fetchall()


def counts(url: str, forces: Iterable[str], first: date, until: date) -> dict[str, int]:
    """Each headline figure of the forces for the days ``first <= day < until``."""
    named = {f"f{place}": code for place, code in enumerate(forces)}
    scope = SCOPE.format(forces=", ".join(f":{name}" for name in named))
    days = {"first": (first - EPOCH).days, "until": (until - EPOCH).days}
    return {name: asked(url, scope + question, **named, **days)[0][0] for name, question in QUESTIONS.items()}
