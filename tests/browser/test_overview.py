"""The overview: every number is the length of its list, and what changed is what the raw tables say."""

import re
from datetime import date

import pytest

from tests.browser.raw import EPOCH, asked
from tests.browser.reading import opened, read, until, whole

FORCES = ("EAST", "NORTH", "WEST")
LAST = (
    date(2026, 11, 22) - EPOCH
).days  # the last day of the sample's period; a force whose data end sooner has its own
# Plain SQL on the source tables. ``now`` is each force's last day; the states are those of ``now`` and of now - 7.
SCOPE = f"""
WITH last AS (
  SELECT f.force_id, f.code, MIN(v.as_of, {LAST}) AS now FROM force f JOIN data_version v ON v.force_id = f.force_id
), counted AS (
  SELECT c.*, l.now, l.code FROM cases c JOIN last l ON l.force_id = c.force_id
  WHERE c.pathway = 'full_advocacy' AND c.closure_reason NOT IN ('opened_in_error', 'duplicate')
), own AS (
  SELECT a.*, CASE a.level WHEN 'high' THEN 3 WHEN 'medium' THEN 2 WHEN 'standard' THEN 1 ELSE 0 END AS rank
  FROM risk_assessments a WHERE a.agency = 'advocacy_service' AND a.kind <> 'referrer'
), days AS (SELECT 0 AS back UNION SELECT 7), state AS (
  SELECT c.case_id, c.code, d.back, c.now - d.back AS day,
    (SELECT a.rank FROM own a WHERE a.case_id = c.case_id AND a.assessed_on <= c.now - d.back
     ORDER BY a.assessed_on DESC, a.source_id DESC LIMIT 1) AS rank,
    (SELECT a.assessed_on FROM own a WHERE a.case_id = c.case_id AND a.assessed_on <= c.now - d.back
     ORDER BY a.assessed_on DESC, a.source_id DESC LIMIT 1) AS assessed_on,
    (SELECT al.advocate_id FROM allocation al WHERE al.case_id = c.case_id AND al.role = 'lead'
     AND al.since <= c.now - d.back AND (al.until IS NULL OR al.until > c.now - d.back)
     ORDER BY al.since DESC, al.source_id DESC LIMIT 1) AS lead,
    EXISTS (SELECT 1 FROM case_stage_event s WHERE s.case_id = c.case_id AND s.stage = 'on_hold'
     AND s.since <= c.now - d.back AND (s.until IS NULL OR s.until > c.now - d.back)) AS held,
    (SELECT MAX(k.on_day) FROM contacts k WHERE k.case_id = c.case_id AND k.on_day <= c.now - d.back
     AND k.with_whom = 'victim' AND k.outcome = 'successful'
     AND NOT (k.purposes = 'first_contact' AND k.channel IN ('text', 'letter'))) AS reached_on, c.opened_on
  FROM counted c, days d WHERE c.opened_on <= c.now - d.back AND (c.closed_on IS NULL OR c.closed_on > c.now - d.back)
), due AS (
  SELECT *,
    NOT held AND rank > 0 AND day - assessed_on > CASE rank WHEN 3 THEN 28 WHEN 2 THEN 56 ELSE 84 END AS review,
    NOT held AND day - MAX(COALESCE(reached_on, 0), opened_on)
      > CASE COALESCE(rank, 0) WHEN 2 THEN 28 WHEN 1 THEN 42 ELSE 14 END AS contact
  FROM state
), pair AS (
  SELECT n.case_id, n.code, n.rank, w.rank AS was, n.lead, w.lead AS led FROM state n
  JOIN state w ON w.case_id = n.case_id AND w.back = 7 WHERE n.back = 0
)
"""


def _came(what: str, back: int, other: int) -> str:
    """On the list on the day ``back`` days before and not on the ``other``."""
    return f"""SELECT code, COUNT(*) FROM due d WHERE d.back = {back} AND d.{what}
        AND NOT EXISTS (SELECT 1 FROM due o WHERE o.case_id = d.case_id AND o.back = {other} AND o.{what}) GROUP BY 1"""


def _late(source: str, day: str, more: str = "") -> str:
    """Rows of counted cases that are dated before the seven days and were entered in them."""
    return f"""SELECT c.code, COUNT(*) FROM {source} x JOIN counted c ON c.case_id = x.case_id
        WHERE x.{day} <= c.now - 7 AND x.entered_on > c.now - 7 AND x.entered_on <= c.now {more} GROUP BY 1"""


QUESTIONS = {
    "Opened": "SELECT code, COUNT(*) FROM counted WHERE opened_on > now - 7 AND opened_on <= now GROUP BY 1",
    "Closed": "SELECT code, COUNT(*) FROM counted WHERE closed_on > now - 7 AND closed_on <= now GROUP BY 1",
    "Level up": "SELECT code, COUNT(*) FROM pair WHERE was > 0 AND rank > was GROUP BY 1",
    "Level down": "SELECT code, COUNT(*) FROM pair WHERE rank > 0 AND rank < was GROUP BY 1",
    "New lead": "SELECT code, COUNT(*) FROM pair WHERE lead IS NOT NULL AND lead IS NOT led GROUP BY 1",
    "Review newly overdue": _came("review", 0, 7),
    "Review no longer overdue": _came("review", 7, 0),
    "Contact newly overdue": _came("contact", 0, 7),
    "Contact no longer overdue": _came("contact", 7, 0),
    "Referrals": """SELECT l.code, COUNT(*) FROM referral r JOIN last l ON l.force_id = r.force_id
        WHERE r.decision <> 'duplicate' AND r.received_on <= l.now - 7 AND r.entered_on > l.now - 7
        AND r.entered_on <= l.now GROUP BY 1""",
    "Openings": _late("cases", "opened_on"),
    "Closings": _late("cases", "closed_on"),
    "Contacts and attempts": _late("contacts", "on_day"),
    "Risk assessments": _late("own", "assessed_on"),
}


def recount(url: str) -> dict[str, dict[str, int]]:
    """Each change by force."""
    return {label: dict.fromkeys(FORCES, 0) | dict(asked(url, SCOPE + sql)) for label, sql in QUESTIONS.items()}


def shown(page) -> dict[str, list[str]]:
    """The rows of both tables of the section "Since last week": in all, then by force."""
    rows = page.locator("table.changes tbody tr")
    rows.first.wait_for()
    return {
        row.locator("th").inner_text(): [re.sub(r"\D.*", "", text, flags=re.S) for text in cells.all_text_contents()]
        for row in rows.all()
        if (cells := row.locator("td"))
    }


def test_what_changed_is_what_the_raw_tables_say(page, watch, sample_url, sample_pages):
    opened(page, f"{sample_pages}/?page=overview")
    wanted = recount(sample_url)
    assert sum(sum(of.values()) for of in wanted.values()) > 50, "the sample has something to show"
    found = {label: [whole(cell) for cell in cells] for label, cells in shown(page).items()}
    assert found == {label: [sum(of.values()), *(of[code] for code in FORCES)] for label, of in wanted.items()}
    said = page.locator("section", has=page.get_by_role("heading", name="Since last week")).inner_text()
    assert "16 Nov to 22 Nov 2026" in said
    assert "Westvale: 10 Nov to 16 Nov 2026" in said
    watch.assert_quiet()


def test_each_number_that_changed_leads_to_a_list_of_its_length(page, watch, sample_pages):
    opened(page, f"{sample_pages}/?page=overview")
    links = {link.get_attribute("data-list"): whole(re.sub(r"\D.*", "", link.text_content(), flags=re.S))
             for link in page.locator("table.changes a").all()}  # fmt: skip
    assert len(links) > 8
    for name, number in links.items():
        page.locator(f"#n-{name}").click()
        found = until(page, lambda now, name=name: f"list={name}" in now.url and now.list is not None)
        found = until(page, lambda now, number=number: now.list["count"].startswith(f"{number:,} "))
        assert len(found.list["rows"]) == min(25, number)
        assert page.locator("table.changes").count() == 2, "the page stays"
    page.locator("#l-close").click()
    until(page, lambda now: now.list is None)
    watch.assert_quiet()


def test_the_numbers_of_today_lead_to_their_lists_and_what_waits_by_agreement_stands_apart(
    page, watch, sample_url, sample_pages
):
    found = read(opened(page, f"{sample_pages}/?page=overview"))
    assert [box["label"] for box in found.numbers] == [
        "Waiting for a first call", "Contacts overdue", "Risk reviews overdue", "Open without a lead", "Untouched",
    ]  # fmt: skip
    for box in found.numbers:
        page.locator(f"#n-{box['list']}").click()
        number = whole(box["number"])
        until(page, lambda now, box=box: f"list={box['list']}&" in now.url and now.list is not None)
        # the address moves before the rows come: the list before this one may still stand for a moment
        until(page, lambda now, n=number: now.list["count"].startswith(f"{n:,} ") or (n == 0 and not now.list["rows"]))
    held = asked(sample_url, SCOPE + "SELECT COUNT(*) FROM state WHERE back = 0 AND held")[0][0]
    apart = page.locator(".apart").inner_text()
    assert f"{held} cases on hold" in apart or (held == 0 and "no case on hold" in apart)
    assert "never counted as overdue" in apart
    watch.assert_quiet()


@pytest.mark.parametrize("level", ["high", "standard"])
def test_a_filter_holds_for_what_changed_too(page, watch, sample_url, sample_pages, level):
    opened(page, f"{sample_pages}/?page=overview&force=NORTH&level={level}")
    found = shown(page)
    rank = {"high": 3, "standard": 1}[level]
    for label, sql in (
        ("Level up", f"SELECT COUNT(*) FROM pair WHERE code = 'NORTH' AND was > 0 AND rank > was AND rank = {rank}"),
        ("Level down", f"SELECT COUNT(*) FROM pair WHERE code = 'NORTH' AND rank < was AND rank = {rank}"),
    ):
        assert [whole(cell) for cell in found[label]] == [asked(sample_url, SCOPE + sql)[0][0]]
    assert page.get_by_text("not with these filters").count() >= 1, "a referral has no level"
    watch.assert_quiet()


def test_before_the_data_begin_there_is_nothing_to_set_beside(page, watch, sample_pages):
    opened(page, f"{sample_pages}/?page=overview&period=custom&from=2020-01-06&until=2020-02-03")
    assert "Nothing is known of this period" in read(page).sentence
    assert page.locator("table.changes").count() == 0
    watch.assert_quiet()
