"""Each of the fifteen questions: its way from the overview, at most three clicks, and its figure recounted."""

import re
import sqlite3
from contextlib import closing
from datetime import date, timedelta

import pytest

import data_access as da
from dashboard.questions import MOST_STEPS, QUESTIONS
from tests.browser.raw import asked
from tests.browser.reading import opened, until
from tests.recount.answer import Expected
from tests.recount.plain import Raw as Plain
from tests.recount.plain import looked_at, n, triggers
from tests.recount.raw import Raw

FORCES = ("EAST", "NORTH", "WEST")
FIRST, UNTIL = date(2026, 8, 24), date(2026, 11, 23)  # the last 13 weeks of the sample
SLICE = da.Slice(FORCES, FIRST, UNTIL, "whole")
WEST_ENDS = date(2026, 11, 16)
CHECKS = {}


@pytest.fixture(scope="module")
def raw(sample_url):
    return Raw(sample_url)


@pytest.fixture(scope="module")
def plain(sample_url):
    with closing(sqlite3.connect(sample_url.removeprefix("sqlite:///"))) as connection:
        return {code: Plain(connection, code) for code in FORCES}


def check(name):
    """The check of a question's figure: it gets the texts of the answer's places, the raw rows, and the file."""

    def keep(function):
        CHECKS[name] = function
        return function

    return keep


def words(page, place: str) -> str:
    """The text of the element with this id, wherever it stands."""
    if place == "top":
        return page.locator("[role=main] .sentence").filter(visible=True).first.inner_text()
    found = page.locator(f'[id="{place}"]').first
    if place == "l-title":
        found = page.locator("section.list").filter(has=page.locator("#l-title")).first
    return re.sub(r"\s+", " ", found.text_content())


def only(raw, measure, slice_=SLICE):
    """Numerator and denominator of a figure without keys."""
    (row,) = Expected(raw, measure, slice_, ()).rows.values()
    return row


def by_key(raw, measure, slice_, *keys):
    return {key[1:]: row for key, row in Expected(raw, measure, slice_, keys).rows.items()}


def listed(text: str) -> int:
    """How many rows the sentence above a list says."""
    found = re.search(r"([0-9,]+) (?:case|action|trigger|handover|step)s?, (?:by level|the soonest)", text)
    return int(found[1].replace(",", "")) if found else 0


@check("M1")
def teams(said, raw, plain, url):
    led = by_key(raw, "cases_per_fte", SLICE, "team")
    shown = {team: row for (team,), row in led.items() if row[1]}
    assert set(shown) == {"EAST-ONE", "NORTH-CITY", "NORTH-VALLEY", "WEST-ONE"}
    moved = by_key(raw, "inflow_outflow", SLICE.having(first=UNTIL - timedelta(weeks=4)), "team")
    for team, row in shown.items():
        net = moved.get((team,), (0, 0))
        after = (row[0] + net[0] - net[1]) / row[1]
        posts = f"{row[1]:.2f}".rstrip("0").rstrip(".")
        cells = f"{team}{row[0]}{posts}{row[2]:,.1f}{net[0] - net[1]:+d}{after:,.1f}"
        assert cells in said["teams"].replace(" ", ""), cells


@check("M2")
def in_time(said, raw, plain, url):
    until_ = WEST_ENDS - timedelta(days=1)  # the day after the last whose 48 hours are over, by force
    ends = {"EAST": date(2026, 11, 21), "NORTH": date(2026, 11, 21), "WEST": until_}
    told = []
    for force in FORCES:
        asked_ = SLICE.having(forces=(force,), first=ends[force] - timedelta(days=7), until=ends[force])
        part, of, value, *_ = only(raw, "attempted_in_48_hours", asked_)
        told.append(f"{part} of {of}" if of < 10 else f"{round(100 * value)} % (n = {of})")
    assert "newest 7 days" + "".join(told) in said["beside"].replace("days ", "days"), told
    waiting = asked(
        url,
        """SELECT COUNT(*) FROM cases c JOIN data_version v USING (force_id) WHERE c.pathway = 'full_advocacy'
        AND c.closure_reason NOT IN ('opened_in_error', 'duplicate') AND c.opened_on <= v.as_of
        AND (c.closed_on IS NULL OR c.closed_on > v.as_of) AND NOT EXISTS (SELECT 1 FROM contacts k
        WHERE k.case_id = c.case_id AND k.direction = 'outbound' AND k.with_whom = 'victim' AND k.on_day <= v.as_of)""",
    )[0][0]
    assert 0 < listed(said["l-title"]) <= waiting  # some of those not tried yet are still within the standard


@check("M3")
def planned_and_discussed(said, raw, plain, url):
    high = reached = current = talked = 0
    for one in plain.values():
        day = min(n(UNTIL) - 1, one.as_of)
        cases = [case for case in one.open_on(day) if one.level(case, day) == "high"]
        met = [c for c in cases if one.met.get(c, day + 1) <= day and not one.on_hold(c, day)]
        high, reached = high + len(cases), reached + len(met)
        current += sum(one.plan_current(case, day) for case in met)
        talked += sum(any(m["held_on"] <= day for m in one.meetings[case]) for case in cases)
    numbers = [int(found) for found in re.findall(r"\d+", said["top"].partition("2026")[2])]
    assert numbers == [high, talked, reached, current]


@check("M4")
def real_or_threshold(said, raw, plain, url):
    verdict = said["v-risk_at_intake"]
    assert "1 January 2026" in verdict
    assert "cannot be compared" in verdict
    assert "igher than expected" not in verdict, "a moved threshold is no rise"
    october = SLICE.having(first=date(2026, 10, 1), until=date(2026, 11, 1))
    value = only(raw, "assessments_per_case", october)[2]
    assert f"{value:.1f} per 100 cases" in said["s-assessments_per_case"]


@check("M5")
def late_actions(said, raw, plain, url):
    late = 0
    for one in plain.values():
        day = min(n(UNTIL) - 1, one.as_of)
        open_ = set(one.open_on(day))
        late += sum(
            1
            for a in one.actions
            if a["case_id"] in open_
            and a["due_on"]
            and a["due_on"] < day
            and a["status"] in ("open", "done")
            and (a["done_on"] or (10**7 if a["status"] == "open" else 0)) > day
        )
    assert listed(said["l-title"]) == late > 0
    assert "fewer than 60 %" in said["s-change_said_by_victims"]


@check("A1")
def length(said, raw, plain, url):
    back = SLICE.having(first=date(2024, 11, 1))
    median, lower, upper = only(raw, "case_length", back)[2:5]
    assert f"half: {median:g} days ({lower:g} to {upper:g})" in said["s-case_length"]


@check("A2")
def lost_on_the_way(said, raw, plain, url):
    asked_ = SLICE.having(first=date(2025, 11, 1), until=WEST_ENDS - timedelta(days=69))
    for step, measure in (("reached", "reached"), ("engaged", "engaged"), ("sustained", "sustained")):
        part, of, value, *_ = by_key(raw, measure, asked_, "source")[("police",)]
        assert f"{round(100 * value)} % ({part} of {of};" in said["funnel"], step


@check("A3")
def bounds(said, raw, plain, url):
    quarter = SLICE.having(first=date(2026, 1, 1), until=date(2026, 4, 1))
    found = {key[0]: row[0] for key, row in by_key(raw, "four_month_review", quarter, "change").items()}
    of = sum(found.values())
    unknown = sum(count for name, count in found.items() if name not in ("reduced", "same", "raised"))
    worst, best = round(100 * found["reduced"] / of), round(100 * (found["reduced"] + unknown) / of)
    assert f"{worst} to {best} %" in said["s-four_month_review"]


@check("A4")
def by_chance(said, raw, plain, url):
    for force in FORCES:
        assert force in said["c-reached"] or force.title() in said["c-reached"]
    assert re.search(r"differ (more|no more) than chance", said["c-reached"])


@check("A5")
def incomplete(said, raw, plain, url):
    recorded, of = asked(
        url,
        """SELECT SUM(c.closure_reason <> 'not_recorded'), COUNT(*) FROM cases c JOIN force f USING (force_id)
        JOIN data_version v USING (force_id) WHERE f.code = 'NORTH' AND c.pathway = 'full_advocacy'
        AND c.closure_reason NOT IN ('opened_in_error', 'duplicate') AND c.closed_on >= :first
        AND c.closed_on < :until AND c.closed_on <= v.as_of""",
        first=n(FIRST),
        until=n(UNTIL),
    )[0]
    assert f"{round(100 * recorded / of)} % (n = {of})" in said["completeness"]
    assert len(re.findall("n = ", said["completeness"])) >= 24, "twelve fields, in three forces where there are ten"


@check("S1")
def out_of_balance(said, raw, plain, url):
    cases, _, value, *_ = only(raw, "cases_per_fte")
    assert f"{cases} cases with a lead" in said["s-cases_per_fte"]
    assert f"{value:.1f} for each" in said["s-cases_per_fte"]


@check("S2")
def no_contact(said, raw, plain, url):
    assert listed(said["l-title"]) == only(raw, "contact_overdue")[0]


@check("S3")
def unanswered(said, raw, plain, url):
    found = 0
    for one in plain.values():
        day, open_ = min(n(UNTIL) - 1, one.as_of), set(one.open_on(min(n(UNTIL) - 1, one.as_of)))
        found += sum(
            1
            for case, on in triggers(one)
            if case in open_ and one.after_working_days(on, 2) < day and looked_at(one, case, on) > day
        )
    assert listed(said["l-title"]) == found > 0


@check("S4")
def changed_advocate(said, raw, plain, url):
    moved = asked(
        url,
        """SELECT COUNT(*) FROM allocation a JOIN cases c ON c.case_id = a.case_id JOIN data_version v
        ON v.force_id = a.force_id WHERE a.role = 'lead' AND a.end_reason LIKE 'transfer%' AND a.until >= :first
        AND a.until < :until AND a.until <= v.as_of AND c.opened_on <= a.until
        AND (c.closed_on IS NULL OR c.closed_on > a.until) AND c.pathway = 'full_advocacy'
        AND c.closure_reason NOT IN ('opened_in_error', 'duplicate')""",
        first=n(FIRST),
        until=n(UNTIL),
    )[0][0]
    assert listed(said["l-title"]) == moved > 0
    assert "contact of the new lead in time" in said["l-title"]


@check("S5")
def coming(said, raw, plain, url):
    kinds = ("first_hearing", "plea", "trial_listed", "sentenced", "release_notified", "order_expires")
    ahead = told = 0
    for one in plain.values():
        day = min(n(UNTIL) - 1, one.as_of)
        open_ = set(one.open_on(day))
        steps = [
            s
            for s in one.steps
            if s["kind"] in kinds and 0 < s["on_day"] - day <= 14 and s["entered_on"] <= day and s["case_id"] in open_
        ]
        ahead += len(steps)
        told += sum(1 for s in steps if s["told_on"] and s["told_on"] <= day)
    assert listed(said["l-title"]) == ahead > 0
    assert said["l-title"].count("has been told") == told


def test_there_are_fifteen_questions_with_a_check_each():
    assert len(QUESTIONS) == 15
    assert {question.id for question in QUESTIONS} == set(CHECKS)
    assert all(1 <= len(question.steps) <= MOST_STEPS for question in QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_the_way_leads_to_the_figure(question, page, watch, sample_pages, raw, plain, sample_url):
    opened(page, f"{sample_pages}/?page=overview")
    said = {}
    for step in question.steps:
        # What stands on the page before the last step counts as well: the overview, then a list.
        for place in question.answer:
            if page.locator(f'[id="{place}"]').count():
                said[place] = words(page, place)
        page.locator(f'[id="{step.target}"]').first.click()
        if step.target.removeprefix("n-") in ("caseload", "engagement", "risk", "support", "justice", "quality"):
            until(page, lambda now, name=step.target[2:]: f"page={name}" in now.url and now.sentence)
        else:
            until(page, lambda now: now.list is not None)
    for place in question.answer:
        if place == "top" or page.locator(f'[id="{place}"]').count():
            said[place] = words(page, place)
    assert set(said) == set(question.answer)
    CHECKS[question.id](said, raw, plain, sample_url)
