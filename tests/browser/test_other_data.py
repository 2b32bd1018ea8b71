"""Databases that are not the sample: an old export without advocates or hours, and one whose texts are hostile."""

from datetime import date, timedelta

import pytest
from sqlalchemy import create_engine, update

from data_access import ingest
from data_access import tables as t
from data_access.migrate import upgrade
from data_access.worked_examples import write_rows
from tests.browser.raw import counts
from tests.browser.reading import opened, read, ready, until, whole
from tests.browser.test_views import VIEWS, assert_fits, assert_in_words
from tests.ingest.own import write_folder

AS_OF = date(2022, 9, 30)  # a Friday: the last complete week ends on Sunday 25 September
UNTIL = date(2022, 9, 26)
FORCES = {"ORG-1": "Harbour House", "ORG-2": "Safe Steps"}


def old_export() -> dict[str, list[list[str]]]:
    """Two organisations as an export of services gives them: days without hours, nobody's workload."""
    files: dict[str, list[list[str]]] = {
        "forces": [["force_code", "name"], *([code, name] for code, name in FORCES.items())],
        "extract": [["force_code", "as_of"], *([code, AS_OF.isoformat()] for code in FORCES)],
        "teams": [["force_code", "team_code", "name"], *([code, "P1", "Shelter"] for code in FORCES)],
        "victims": [["force_code", "victim"]],
        "cases": [["force_code", "source_id", "victim", "pathway", "opened_on", "closed_on", "team_code"]],
        "referrals": [["force_code", "source_id", "case", "opens_case", "received_at", "source", "decision"]],
        "contacts": [["force_code", "source_id", "case", "at", "direction", "with_whom", "channel", "outcome"]],
        "risk_assessments": [["force_code", "source_id", "case", "assessed_on", "tool", "kind", "level", "basis"]],
    }
    for place, code in enumerate(FORCES):
        for i in range(60 - 20 * place):
            opened_on = date(2021, 10, 4) + timedelta(days=6 * i)
            closed_on = "" if i % 3 else (opened_on + timedelta(days=40)).isoformat()
            if closed_on > AS_OF.isoformat():
                closed_on = ""
            case, day = f"C{place}-{i}", opened_on.isoformat()
            files["victims"].append([code, f"V{place}-{i}"])
            files["cases"].append([code, case, f"V{place}-{i}", "full_advocacy", day, closed_on, "P1"])
            files["referrals"].append([code, f"R{place}-{i}", case, "yes", day, "self", "accepted"])
            if i % 2:
                seen = (opened_on + timedelta(days=3)).isoformat()
                files["contacts"].append(
                    [code, f"K{place}-{i}", case, seen, "outbound", "victim", "phone", "successful"]
                )
            if i % 4 == 0:
                level = "high" if i % 8 == 0 else "medium"
                files["risk_assessments"].append(
                    [code, f"Q{place}-{i}", case, day, "local", "initial", level, "professional_judgement"]
                )
    return files


@pytest.fixture(scope="module")
def old_url(tmp_path_factory) -> str:
    """The old export, loaded as a person loads it."""
    folder = tmp_path_factory.mktemp("old")
    url = f"sqlite:///{(folder / 'old.sqlite').as_posix()}"
    files = old_export()
    report = ingest.load(write_folder(folder / "export", files), url)
    assert report.sentence
    assert not report.rows_set_aside
    return url


def test_an_old_export_without_advocates_and_hours_is_shown_where_it_has_data(page, watch, served, old_url):
    pages = served(old_url)
    opened(page, pages)
    for view, (heading, *_) in VIEWS.items():
        if view != "overview":
            page.get_by_role("link", name=view.capitalize(), exact=True).click()
            ready(page, heading)
        found = read(page)
        assert "27 Jun – 25 Sep 2022, 13 complete weeks. Data up to Fri 30 Sep 2022" in found.words
        assert not found.notices
        assert all(card["sentence"].endswith(".") for card in found.cards)
        assert_in_words(found)
        assert_fits(page)
        if view == "caseload":
            now = counts(old_url, FORCES, date(2022, 6, 27), UNTIL)
            assert now["open"] > 20 < now["referred"] + now["closed"]
            assert [whole(found.number(name)) for name in ("Open now", "Referred", "Closed")] == [
                now["open"],
                now["referred"],
                now["closed"],
            ]
            assert found.number("Cases for each whole-time advocate") == "nobody in post"
        if view == "engagement":
            assert "hour" in found.card("contact_success")["sentence"]
    watch.assert_quiet()


EVIL = "<img src=x onerror=alert(1)>"
CODE = "'\"><svg onload=alert(2)>"


@pytest.fixture(scope="module")
def hostile_url(tmp_path_factory) -> str:
    """A database in which every text that people may write tries to be a part of the page."""
    url = f"sqlite:///{(tmp_path_factory.mktemp('hostile') / 'hostile.sqlite').as_posix()}"
    engine = create_engine(url)
    upgrade(engine)
    rows = {
        "cases": [
            {"source_id": str(i), "case_ref": f"{i}{EVIL}", "opened_on": date(2026, 9, 1) + timedelta(days=i)}
            for i in range(30)
        ],
        "advocate": [{"code": EVIL, "started_on": date(2026, 1, 1)}],
        "advocate_fte": [{"advocate": EVIL, "since": date(2026, 1, 1), "fte_hundredths": 100}],
        "allocation": [
            {"source_id": str(i), "case": str(i), "advocate": EVIL, "since": date(2026, 10, 12)} for i in range(30)
        ],
        "risk_assessments": [{"source_id": "1", "case": "1", "assessed_on": date(2026, 9, 3), "level": "high"}],
        "contacts": [{"source_id": "1", "case": "2", "on_day": date(2026, 9, 4), "outcome": "successful"}],
        "event": [{"on_day": date(2026, 10, 1), "kind": "threshold", "text": EVIL}],
    }
    with engine.begin() as connection:
        write_rows(connection, rows, date(2026, 11, 22), 1, CODE)
        connection.execute(update(t.force).values(name=f"Force {EVIL}"))
        connection.execute(update(t.team).values(name=f"Team {EVIL}", code=CODE))
    engine.dispose()
    return url


def test_text_of_the_database_is_shown_as_text(page, watch, served, hostile_url):
    ran = []
    page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    opened(page, f"{served(hostile_url)}/?page=overview&list=open_cases")
    for view, (heading, *_) in VIEWS.items():
        if view != "overview":
            page.get_by_role("link", name=view.capitalize(), exact=True).click()
            ready(page, heading)
        found = until(page, lambda now, view=view: now.heading == VIEWS[view][0])
        assert f"Force {EVIL}" in found.words
        assert f"Team {EVIL}" in found.words, "in the choice of teams"
        assert page.locator("img, svg[onload], [onerror], [onload]").count() == 0
        assert not page.get_by_text("Something went wrong here").count()
    page.get_by_role("link", name="Caseload", exact=True).click()
    ready(page, "Caseload")
    page.locator("#n-open_cases").click()
    found = until(page, lambda now: now.list is not None)
    assert len(found.list["rows"]) == 25
    assert found.list["rows"][0][0].endswith(EVIL)
    assert found.list["rows"][0][3] == EVIL
    assert EVIL in found.card("cases_per_fte")["picture"]["labels"]
    assert f"{EVIL}" in found.words.partition("Marked 1 Oct 2026")[2]
    page.locator("#f-more").click()
    page.locator("#f-advocate").select_option(EVIL)
    narrowed = until(page, lambda now: f"Only lead advocate {EVIL}" in now.words)
    assert narrowed.number("Open now") == "30"
    assert ran == []
    watch.assert_quiet()
