"""Every text that a database, an address or a person brings is shown as text, on every page, and runs nowhere."""

import sys
from datetime import date, datetime, timedelta
from urllib.parse import urlencode, urlsplit
from zipfile import ZipFile

import openpyxl
import pytest
from lxml import etree
from sqlalchemy import create_engine, insert, update

from dashboard.views import VIEWS
from data_access import tables as t
from data_access.migrate import upgrade
from data_access.register.audit import Audit, Look, Who
from data_access.register.opened import Register
from data_access.worked_examples import write_rows
from tests.browser.reading import opened, read, ready, until
from tests.fixtures.browser import free_port, start, stop

AS_OF = date(2026, 11, 22)
SAYS = [
    "<img src=x1 onerror=alert(1)>",
    "\"'><svg/onload=alert(2)>",
    "</script><script>alert(3)</script>",
    "{{7*7}}${7*7}",
    '<a href="javascript:alert(4)">go</a>',
    "</title></textarea><iframe src=x5>",
    '=HYPERLINK("http://x6.example")',
]
EVIL = " ".join(SAYS)
CODE = "T'\"><img src=x7 onerror=alert(7)>{{7*7}}"


@pytest.fixture(scope="module")
def gallery(tmp_path_factory) -> str:
    """A database whose every free text tries to be more than text."""
    url = f"sqlite:///{(tmp_path_factory.mktemp('gallery') / 'gallery.sqlite').as_posix()}"
    engine = create_engine(url)
    upgrade(engine)
    opening = [AS_OF - timedelta(days=2 * i + 10) for i in range(30)]
    rows = {
        "cases": [{"source_id": str(i), "case_ref": f"{i}{EVIL}", "opened_on": on} for i, on in enumerate(opening)],
        "referral": [
            {"source_id": str(i), "case": str(i), "opens_case": True, "received_on": on} for i, on in enumerate(opening)
        ],
        "advocate": [{"code": f"A{CODE}", "started_on": date(2026, 1, 1)}],
        "advocate_fte": [{"advocate": f"A{CODE}", "since": date(2026, 1, 1), "fte_hundredths": 100}],
        "allocation": [
            {"source_id": str(i), "case": str(i), "advocate": f"A{CODE}", "since": on} for i, on in enumerate(opening)
        ],
        "risk_assessments": [
            {"source_id": str(i), "case": str(i), "assessed_on": on, "level": "high"} for i, on in enumerate(opening)
        ],
        "event": [{"on_day": date(2026, 10, 1), "kind": "threshold", "text": EVIL}],
    }
    run = {
        "force_id": 1, "recipient": "force", "team": "", "week": "2026-W46", "week_first_on": date(2026, 11, 9),
        "made_at": datetime(2026, 11, 16), "data_version": 1, "as_of": AS_OF, "product_version": EVIL, "file": EVIL,
        "digest": "0" * 64,
    }  # fmt: skip
    with engine.begin() as connection:
        write_rows(connection, rows, AS_OF, 1, CODE)
        connection.execute(update(t.force).values(name=f"Force {EVIL}"))
        connection.execute(update(t.team).values(name=f"Team {EVIL}", code=CODE))
        connection.execute(insert(t.published_run).values(**run))
        connection.execute(insert(t.target).values(force_id=1, measure="reached", at_least=0.5, source=EVIL))
    engine.dispose()
    return url


@pytest.fixture(scope="module")
def pages(served, gallery) -> str:
    return served(gallery)


class Watching:
    """What a page did that no text may do."""

    def __init__(self, page) -> None:
        self.page, self.ran, self.asked = page, [], []
        page.on("dialog", lambda dialog: (self.ran.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: self.asked.append(request.url))

    def assert_nothing(self) -> None:
        assert self.ran == []
        places = [f"{urlsplit(url).netloc}{urlsplit(url).path}" for url in self.asked]
        assert [place for place in places if any(f"x{i}" in place for i in (1, 5, 6, 7))] == []
        strange = "img, iframe, svg[onload], [onerror], [onload], a[href^='javascript']"
        assert self.page.locator(strange).count() == 0
        assert "49" not in self.page.title()


def test_every_page_shows_it_as_text(page, watch, pages):
    seen = Watching(page)
    opened(page, f"{pages}/?page=overview&list=open_cases&at=1")
    for name, view in VIEWS.items():
        if name != "overview":
            page.locator(f"#n-{name}").click()
            page.wait_for_url(f"**page={name}**")
            ready(page)
        for summary in page.locator("main summary, [role=main] summary").filter(visible=True).all()[:40]:
            summary.click()
        seen.assert_nothing()
        said = read(page).words
        if getattr(view, "needs_data", True):
            assert f"Force {EVIL}" in said, name
            assert f"Team {EVIL}" in said, name
        assert "Something went wrong" not in said
    watch.assert_quiet()


def test_lists_files_and_their_purposes_show_it_as_text(page, watch, pages, tmp_path):
    seen = Watching(page)
    opened(page, f"{pages}/?page=caseload&list=open_cases&at=1")
    assert read(page).list["rows"][0][0].endswith(EVIL)
    page.locator("#x-open_cases summary").click()
    for kind in ("svg", "csv"):
        page.locator(f"#x-open_cases-{kind}").click()
        page.locator(".purpose input").fill(EVIL[:200])
        with page.expect_download() as download:
            page.locator(".purpose button[data-purpose=own]").click()
        page.locator(f"#x-open_cases-{kind}").wait_for()
        download.value.save_as(tmp_path / f"card.{kind}")
    seen.assert_nothing()
    tree = etree.parse(tmp_path / "card.svg")
    assert not tree.xpath("//*[local-name()='script' or local-name()='a' or local-name()='image']")
    assert not tree.xpath("//@*[starts-with(name(), 'on')]")
    lines = (tmp_path / "card.csv").read_text(encoding="utf-8-sig").splitlines()
    assert not [line for line in lines if line.startswith(("=", "+", "-", "@"))]

    page.locator("#n-weekly").click()
    page.locator("#w-file").click()
    page.locator(".purpose input").fill(SAYS[-1] + " " + SAYS[0])
    with page.expect_download() as download:
        page.locator(".purpose button[data-purpose=own]").click()
    page.locator("#w-file").wait_for()
    seen.assert_nothing()
    file = tmp_path / "weekly.xlsx"
    download.value.save_as(file)
    assert not set("<>\"'{}") & set(download.value.suggested_filename)
    for sheet in openpyxl.load_workbook(file):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (sheet.title, cell.coordinate)
                assert not (cell.hyperlink and cell.hyperlink.target), (sheet.title, cell.coordinate)
    with ZipFile(file) as archive:
        assert not [name for name in archive.namelist() if "externalLink" in name or "vba" in name.lower()]
    watch.assert_quiet()


@pytest.mark.parametrize("name", ["page", "force", "team", "level", "list", "at", "from", "by", "<img src=x1>"])
def test_an_address_shows_nothing_of_itself(page, watch, pages, name):
    seen = Watching(page)
    opened(page, f"{pages}/?" + urlencode({name: EVIL}))
    seen.assert_nothing()
    assert "is not available here and was left out" in " ".join(read(page).notices)
    watch.assert_quiet()


def test_the_audit_shows_it_as_text(new_page, gallery, tmp_path):
    """The auditor's page, served to somebody who is one."""
    register = f"sqlite:///{tmp_path}/r.sqlite"
    Audit(Register(register)).write(Look("file", EVIL, EVIL, 1, EVIL, EVIL), Who(EVIL, EVIL, (EVIL,), None, EVIL))
    port = free_port()
    url = f"http://localhost:{port}"
    program = (
        "import sys\nfrom dashboard import people\nfrom dashboard.people import Grant, Person\n"
        "people.at_this_machine = lambda: Person('olga', (Grant('auditor', frozenset()),), role='auditor')\n"
        "from dashboard import app\napp.server(sys.argv[1], int(sys.argv[2])).run_until_shutdown()\n"
    )
    command = [sys.executable, "-c", program, gallery, str(port)]
    server = start(command, f"{url}/health", tmp_path / "log", url, CASELIGHT_REGISTER=register)
    try:
        for width in (1440, 390):
            page = new_page(width, 900)
            seen = Watching(page)
            page.goto(url)
            page.get_by_role("heading", level=1, name="Audit", exact=True).wait_for()
            ready(page)
            assert EVIL in read(page).words.replace("\n", " ") or SAYS[0] in read(page).words
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            assert page.get_by_role("region", name="Filters").count() == 0
            assert page.locator("nav a").count() == 1
            page.locator("#a-event").select_option("file")
            until(page, lambda now: "1 line, the newest first" in now.words)
            page.screenshot(path=tmp_path / f"audit{width}.png", full_page=True)
            seen.assert_nothing()
    finally:
        stop(server.process)
