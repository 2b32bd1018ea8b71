"""The frame in a browser: navigation, filters, address, focus, faults; and its colours."""

import logging
import sys
from itertools import pairwise
from types import SimpleNamespace

import pytest
from markupsafe import Markup

from dashboard import paper, theme
from dashboard.address import href
from dashboard.options import Options
from dashboard.sheet import Sheet, html, joined
from dashboard.shell import Shell, failure_words
from dashboard.state import Filters
from data_access.errors import CaselightError
from tests.dashboard.stand_in import OPTIONS, VIEWS, Tables
from tests.fixtures.browser import free_port, start, stop

FOCUSED = """() => {
    let node = document.activeElement
    while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement
    return node?.id || node?.getAttribute("role") || node?.tagName
}"""
LINE = "24 Aug – 22 Nov 2026, 13 complete weeks. Data up to Sun 22 Nov 2026 (Westvale <b>: 6 days older)."


def shell(**chosen) -> Shell:
    filters = Filters(OPTIONS, pages=tuple(VIEWS), **chosen)
    return Shell(reports=Tables(), filters=filters, views=VIEWS)


def test_a_view_is_made_when_it_is_first_shown_and_rests_while_hidden():
    frame = shell()
    frame.open_page()
    assert list(frame.views) == ["overview"]
    frame.filters.change(page="caseload")
    overview, caseload = frame.views["overview"], frame.views["caseload"]
    frame.filters.change(forces=["WEST"])
    frame.filters.change(grain="month")
    assert (overview.refreshed, caseload.refreshed) == (1, 3)
    frame.filters.change(page="overview")
    assert (overview.refreshed, caseload.refreshed) == (2, 3)
    frame.filters.change(page="caseload")
    assert (overview.refreshed, caseload.refreshed) == (2, 3)
    assert "Refreshed 3 times for WEST" in caseload.sheet.html


def test_a_fault_gets_a_reference_and_no_value(caplog):
    try:
        raise KeyError("a secret")
    except KeyError as error:
        with caplog.at_level(logging.ERROR):
            said = failure_words(error)
    reference = said.partition("reference ")[2][:6]
    assert reference in caplog.text
    assert "KeyError at test_shell.py" in caplog.text
    assert "secret" not in said + caplog.text
    assert failure_words(CaselightError("Choose a shorter period.")) == "Choose a shorter period."


def test_a_view_that_cannot_be_made_is_said_in_the_page():
    class Broken:
        def __init__(self, **given):
            raise ValueError("a secret")

    frame = Shell(reports=None, filters=Filters(OPTIONS), views={"overview": Broken})
    frame.open_page()
    assert "Something went wrong here" in frame.failure


def test_a_sheet_shows_markup_only():
    with pytest.raises(TypeError, match="Markup only"):
        Sheet("<b>from the database</b>")
    assert html("<b>{name}</b>", name="<i>") == Markup("<b>&lt;i&gt;</b>")
    assert joined(["<i>", Markup("<b></b>")]) == "&lt;i&gt;<b></b>"


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_and_marks_stand_out_from_the_paper(scheme):
    for surface in ("paper", "wash"):
        ground = theme.COLOURS[surface][scheme]
        for name in theme.TEXTS:
            assert theme.contrast(theme.COLOURS[name][scheme], ground) >= 4.5, name
    for name in set(theme.COLOURS) - set(theme.SHADES):
        assert theme.contrast(theme.COLOURS[name][scheme], theme.COLOURS["paper"][scheme]) >= 3, name


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_levels_go_away_from_the_paper_in_order(scheme):
    paper = theme.COLOURS["paper"][scheme]
    steps = [theme.contrast(theme.COLOURS[name][scheme], paper) for name in ("standard", "medium", "high")]
    assert steps == sorted(steps)
    assert all(after / before >= 1.5 for before, after in pairwise(steps))


def test_contrast_is_that_of_the_guidelines():
    assert theme.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert theme.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)  # WCAG's own example grey


@pytest.fixture(scope="module")
def frame_url(tmp_path_factory):
    """Address of the frame with its stand-in views."""
    port = free_port()
    url = f"http://localhost:{port}/"
    log = tmp_path_factory.mktemp("frame") / "log"
    running = start([sys.executable, "-m", "tests.dashboard.stand_in", str(port)], f"{url}health", log, url)
    yield url
    stop(running.process)
    assert "Traceback" not in log.read_text(errors="replace")


def opened(tab, url: str, /, **query: str):
    tab.goto(url + (href(query) if query else ""))
    tab.get_by_role("heading", level=1).wait_for()
    return tab


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_frame_is_quiet_and_fits(new_page, watch, frame_url, width, scheme):
    page = opened(new_page(width, 844, color_scheme=scheme), frame_url)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.get_by_text(LINE).is_visible()
    assert page.locator("[data-root-id]").count() == 1, "one root"
    assert page.locator("html").get_attribute("lang") == "en-GB"
    for landmark in ("banner", "navigation", "main"):
        assert page.get_by_role(landmark).count() == 1, landmark
    small = [
        (box["width"], box["height"]) for control in page.locator("button, select, summary, nav a, label.tick").all()
        if control.is_visible() and (box := control.bounding_box()) and min(box["width"], box["height"]) < 24
    ]  # fmt: skip
    assert small == [], "targets of at least 24 pixels"
    watch.assert_quiet()


def test_the_address_follows_and_leads(page, watch, frame_url):
    opened(page, frame_url, page="caseload", force="WEST,SOUTH", by="month")
    assert page.title() == "Caseload – caselight"
    assert page.get_by_text("was left out").is_visible()
    page.wait_for_url("**/?page=caseload&force=WEST&by=month")
    page.get_by_role("button", name="Reset").click()
    page.wait_for_url("**/?page=caseload")
    page.get_by_label("Period").select_option("last_4_weeks")
    page.wait_for_url("**/?page=caseload&period=last_4_weeks")
    page.get_by_text("26 Oct – 22 Nov 2026, 4 complete weeks.").wait_for()
    page.get_by_role("link", name="Overview").click()
    page.wait_for_url("**/?page=overview&period=last_4_weeks")
    page.go_back()
    page.get_by_role("heading", name="Caseload", level=1).wait_for()
    page.go_back()
    page.get_by_text("13 complete weeks").wait_for()
    assert page.url == f"{frame_url}?page=caseload"
    watch.assert_quiet()


def test_a_modified_click_opens_a_tab_of_its_own(page, frame_url):
    opened(page, frame_url, page="overview", by="month")
    with page.context.expect_page() as fresh:
        page.get_by_role("link", name="Caseload").click(modifiers=["Control"])
    fresh.value.get_by_role("heading", name="Caseload", level=1).wait_for()
    assert fresh.value.url == f"{frame_url}?page=caseload&by=month"
    assert page.get_by_role("heading", name="Overview", level=1).is_visible()


def test_the_keyboard_is_enough(page, watch, frame_url):
    opened(page, frame_url)
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "n-skip"
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUSED) == "main"
    page.locator("#f-force").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.get_by_text("for EAST WEST.").wait_for()
    assert page.evaluate(FOCUSED) == "f-force-0", "focus is where it was, and the menu is still open"
    assert page.locator("#f-force-0").is_visible()
    page.keyboard.press("Escape")
    assert page.evaluate(FOCUSED) == "f-force"
    page.get_by_role("button", name="412 open cases: list").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="The cases").wait_for()
    assert page.evaluate(FOCUSED) == "list", "the focus goes to what was asked for"
    assert "list=open_cases" in page.url
    watch.assert_quiet()


def test_own_dates_are_checked(page, frame_url):
    opened(page, frame_url)
    page.get_by_label("Period").select_option("custom")
    page.locator("#f-from").fill("2026-09-01")
    page.wait_for_url("**/?page=overview&period=custom&from=2026-09-01&until=2026-11-23")
    page.get_by_text("11 complete weeks and part of another").wait_for()
    page.locator("#f-to").fill("2026-08-01")
    page.get_by_text("That period cannot be shown").wait_for()
    page.get_by_text("1 Sep – 22 Nov 2026").wait_for()


def test_a_fault_is_said_in_words_and_the_page_goes_on(page, watch, frame_url):
    opened(page, frame_url)
    page.get_by_role("button", name="Fault").click()
    said = page.get_by_text("Something went wrong here")
    said.wait_for()
    assert "secret" not in page.content() + said.inner_text()
    page.get_by_label("by", exact=True).select_option("month")
    said.wait_for(state="detached")
    watch.assert_quiet()


def test_a_file_comes_over_the_socket(page, frame_url):
    opened(page, frame_url)
    with page.expect_download() as download:
        page.get_by_role("button", name="File").click()
    assert download.value.suggested_filename == "week.txt"
    assert download.value.path().read_bytes() == b"thirteen"


def test_on_a_phone_the_filters_wait_behind_one_button(new_page, frame_url):
    page = opened(new_page(390, 844), frame_url, page="overview", by="month", force="WEST")
    assert not page.get_by_label("Period").is_visible()
    page.get_by_role("button", name="Filters (2)").click()
    for name in ("preset", "grain", "compare"):
        lines = (
            "(label) => { const all = new Range(); all.selectNodeContents(label); return all.getClientRects().length }"
        )
        assert page.locator(f"label[for=f-{name}]").evaluate(lines) == 1, f"{name}: a label is not torn"
    page.get_by_label("Period").select_option("last_4_weeks")
    page.get_by_role("button", name="Filters (3)").wait_for()
    assert page.get_by_label("Period").is_visible(), "still open after a change"


def test_markup_that_could_run_is_not_let_in(page, frame_url):
    """The second lock: even unescaped markup, were there any, runs nothing."""
    opened(page, frame_url)
    source = paper.script()
    result = page.evaluate(
        """async (source) => {
            const {cleaned} = eval(source)
            const html = "<img src=x onerror='window.ran=1'><a href='java\\tscript:1' id=a>x</a>" +
                "<a href=' javascript:window.ran=1'>y</a><script>window.ran=1</script>" +
                "<svg onload='window.ran=1'></svg>" +
                "<iframe srcdoc='<script>parent.ran=1</script>'></iframe>"
            const box = document.createElement("div")
            box.append(cleaned(html))
            document.body.append(box)
            await new Promise((done) => setTimeout(done, 100))
            return [window.ran ?? 0, box.innerHTML]
        }""",
        source,
    )
    assert result[0] == 0
    assert "onerror" not in result[1]
    assert "script" not in result[1]
    assert "iframe" not in result[1]


def test_the_filter_line_that_is_kept_is_for_those_with_the_same_options():
    first, second = OPTIONS.forces[:2]
    people = [Filters(Options((force,)), pages=("overview",)) for force in (first, second)]
    assert people[0].to_query() == people[1].to_query()
    lines = [str(Shell._filters(SimpleNamespace(filters=person))) for person in people]
    assert first.name in lines[0]
    assert first.name not in lines[1]
    assert second.name in lines[1]
