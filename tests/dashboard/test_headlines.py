"""Headline figures of small databases: what they stand beside, judged by hand, and the target that holds."""

import re
from datetime import date, timedelta

import pytest

import data_access as da
from dashboard.figures import Figure, cohort, count, figures_html, median, share
from dashboard.options import Options
from dashboard.state import Filters
from data_access.database import writer
from data_access.measures import MEASURES
from data_access.migrate import upgrade
from data_access.standards.applied import apply
from data_access.worked_examples import write_rows

FIGURES = (
    Figure("Open", count("open_cases")),
    Figure("Referred", count("referrals")),
    Figure("Succeeded", share("contact_success")),
    Figure("Reached", cohort("reached", 28)),
    Figure("Half reached", median("time_to_first_contact")),
)
STANDARDS = """
[targets.reached]
at_least = 0.8
[targets.time_to_first_contact]
at_most = 14
[targets.open_cases]
at_most = 1200
[force.OLD.targets.reached]
at_least = 0.7
source = "the region's"
"""
MARCH = date(2026, 3, 2)  # a Monday; the slice is the four weeks from here


def attempts(first: date, succeeded: int, failed: int) -> list[dict]:
    outcomes = ["successful"] * succeeded + ["no_answer"] * failed
    return [
        {"source_id": f"{first}-{i}", "case": "a", "on_day": first + timedelta(days=i % 28), "outcome": outcome}
        for i, outcome in enumerate(outcomes)
    ]


def referrals(first: date, number: int) -> list[dict]:
    return [
        {"source_id": f"r{first}-{i}", "received_on": first + timedelta(days=i % 28), "decision": "not_recorded"}
        for i in range(number)
    ]


@pytest.fixture
def url(tmp_path):
    """Two forces. NEW: 56 of 70 attempts succeed in March and 48 of 80 in February; referrals 30 and 10."""
    february = MARCH - timedelta(weeks=4)
    new = {
        "cases": [{"source_id": "a", "opened_on": date(2025, 1, 6)}],
        "contacts": [*attempts(MARCH, 56, 14), *attempts(february, 48, 32)],
        "referral": [*referrals(MARCH, 30), *referrals(february, 10)],
    }
    old = {"cases": new["cases"], "contacts": attempts(MARCH, 5, 5), "referral": referrals(MARCH, 30)}
    made = f"sqlite:///{(tmp_path / 'two.sqlite').as_posix()}"
    engine = writer(made)
    upgrade(engine)
    with engine.begin() as connection:
        for id_, (code, rows) in enumerate({"NEW": new, "OLD": old}.items(), 1):
            write_rows(connection, rows, date(2026, 3, 29), id_, code)
    engine.dispose()
    return made


def said(url: str, **chosen) -> dict[str, str]:
    """Label -> what stands under the number; "ranges" -> the line below them."""
    store = da.connect(url)
    reports = store.reports(da.Scope.local(store.force_codes(), "service_manager"))
    filters = Filters(Options.of(reports), preset="last_4_weeks", **chosen)
    assert filters.days == (MARCH, date(2026, 3, 30))
    found = str(figures_html(FIGURES, reports, filters))
    boxes = re.findall(r'<dt>(.*?)</dt>.*?<dd class="before">(.*?)</dd>', found, re.S)
    return dict(boxes) | {"ranges": re.search(r'ranges">(.*?)</p>', found, re.S)[1]}


def test_the_period_before_is_judged_where_that_can_be_done(url):
    found = said(url, forces=["NEW"])
    assert found["Open"] == "1 before", "a stock is not judged"
    # 56 of 70 against 48 of 80: 0.0524 to 0.3339 (Newcombe 1998, table II); 30 against 10: the exact limits leave out 1
    assert found["Succeeded"] == "n = 70; 60 % (n = 80) before; a difference more than chance would give"
    assert found["Referred"] == "10 before; a difference more than chance would give"
    assert found["ranges"] == "Now: 2 Mar to 29 Mar 2026. Before: 2 Feb to 1 Mar 2026."


def test_the_year_before_says_where_nothing_is_known_or_nothing_was_done(url):
    found = said(url, forces=["NEW"], compare="year")
    assert found["Open"] == "1 a year before"
    assert found["Referred"] == "0 a year before; a difference more than chance would give"
    assert found["Succeeded"] == "n = 70; nothing to divide a year before"
    assert found["ranges"] == "Now: 2 Mar to 29 Mar 2026. A year before: 3 Mar to 30 Mar 2025."


def test_other_forces_stand_beside_shares_with_a_judgement_and_beside_counts_without(url):
    found = said(url, forces=["NEW"], compare="others")
    assert found["Referred"] == "30 in the other forces"
    # 56 of 70 against 5 of 10: Newcombe's limits by hand are 0.015 and 0.574
    assert found["Succeeded"] == "n = 70; 50 % (n = 10) in the other forces; a difference more than chance would give"
    assert "Other forces together (Force OLD): 2 Mar to 29 Mar 2026." in found["ranges"]
    assert "this is no ranking" in found["ranges"]
    everyone = said(url, compare="others")
    assert everyone["Referred"] == ""
    assert "all forces are chosen, so there is no other" in everyone["ranges"]


def test_a_target_is_said_with_its_source_and_by_force_where_they_differ(url, tmp_path):
    path = tmp_path / "standards.toml"
    path.write_text(STANDARDS, encoding="utf-8")
    assert "target" not in "".join(said(url).values())
    apply(path, url, MEASURES)
    one = said(url, forces=["NEW"])
    assert one["Reached"].endswith("target at least 80 % (this service's own)".replace("'", "&#39;"))
    assert one["Half reached"].endswith("target at most 14 days (this service&#39;s own)")
    assert one["Open"].endswith("target at most 1,200 (this service&#39;s own)")
    assert "target" not in one["Referred"]
    both = said(url)
    assert both["Reached"].endswith(
        "targets: Force NEW at least 80 % (this service&#39;s own); Force OLD at least 70 % (the region&#39;s)"
    )
