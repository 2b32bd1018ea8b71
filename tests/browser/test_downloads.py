"""A card's picture and table as files: complete in themselves, equal to what the page says, reached by keyboard."""

import csv
import io

import pytest
from lxml import etree
from PIL import Image

from dashboard.views import VIEWS
from tests.browser.reading import opened, read, whole
from tests.browser.test_lists import focus_by_tab

SVG = "{http://www.w3.org/2000/svg}"
AS_OF = "as of Sun 22 Nov 2026"


PURPOSE = ".purpose button[data-purpose=team]"


def taken(page, button: str) -> tuple[str, bytes]:
    """Name and content of the file that a button gives once it is said what for, pressed by keyboard."""
    if not page.locator(f"#{button}").is_visible():
        page.locator(f"#{button.rpartition('-')[0]} summary").focus()
        page.keyboard.press("Enter")
    page.locator(f"#{button}").focus()
    page.keyboard.press("Enter")
    page.locator(PURPOSE).focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    page.locator(f"#{button}").wait_for()
    return download.value.suggested_filename, download.value.path().read_bytes()


def words(svg: bytes) -> str:
    return " ".join(t.text or "" for t in etree.fromstring(svg).iter(f"{SVG}text"))


def test_the_picture_and_the_table_of_a_card_are_complete_files(new_page, watch, sample_pages):
    page = opened(new_page(1440, 900, color_scheme="dark"), f"{sample_pages}/?page=caseload&level=high,medium")
    card = read(page).card("inflow_outflow")

    name, svg = taken(page, "x-inflow_outflow-svg")
    assert name == "caselight-inflow-outflow-2026-11-22.svg"
    said = words(svg)
    assert card["heading"] in said
    assert card["sentence"] in said
    for part in (AS_OF, "source: ", "24 Aug to 22 Nov 2026", "EAST, NORTH, WEST", "only risk level medium or high"):
        assert part in said
    opened_bars = [r for r in etree.fromstring(svg).iter(f"{SVG}rect") if r.get("fill") == "#12436d"]
    assert len(opened_bars) == len(card["picture"]["layers"]["opened"]["top"])
    assert "#16181c" not in svg.decode(), "light colours from a dark page too"

    name, png = taken(page, "x-inflow_outflow-png")
    assert name == "caselight-inflow-outflow-2026-11-22.png"
    picture = Image.open(io.BytesIO(png))
    assert picture.format == "PNG"
    assert picture.width == 1920
    colours = {colour: count for count, colour in picture.convert("RGB").getcolors(1_000_000)}
    assert colours[255, 255, 255] > picture.width * picture.height / 2
    assert colours[0x12, 0x43, 0x6D] > 10_000, "the bars are in it"

    name, content = taken(page, "x-inflow_outflow-csv")
    assert name == "caselight-inflow-outflow-2026-11-22.csv"
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    about, table = dict(rows[: rows.index([])][:13]), rows[rows.index([]) + 1 :]
    assert about["Title"] == card["heading"]
    assert about["Period"] == "24 Aug to 22 Nov 2026"
    assert about["As of"].startswith("Sun 22 Nov 2026")
    assert about["Source"]
    assert (about["Taken by"], about["Taken for"]) == ("this machine", "Team meeting")
    assert about["Data version"] == "EAST 1, NORTH 1, WEST 1"
    assert table[0] == card["table"]["header"]
    assert len(table) == len(card["table"]["rows"]) + 1
    for row, shown in zip(table[1:], card["table"]["rows"], strict=True):
        assert [int(n) for n in row[1:3]] == [whole(n) for n in shown[1:3]]
    watch.assert_quiet()


def test_every_card_of_every_view_gives_its_files(page, watch, sample_pages):
    cards = 0
    for view in VIEWS:
        opened(page, f"{sample_pages}/?page={view}")
        for place, card in enumerate(read(page).cards):
            if place and place % 5 == 0:  # Chromium lets one page save ten files in a row and then none for a while
                opened(page, f"{sample_pages}/?page={view}")
            kinds = ("svg", "csv") if card["picture"] else ("csv",)
            page.locator(f"[id='x-{card['key']}'] summary").filter(visible=True).click()
            for kind in kinds:
                button = page.locator(f"[id='x-{card['key']}-{kind}']").filter(visible=True)
                button.click()
                with page.expect_download() as download:
                    page.locator(PURPOSE).click()
                button.wait_for()
                content = download.value.path().read_bytes()
                if kind == "svg":
                    assert card["sentence"] in words(content), card["key"]
                else:
                    assert len(content.splitlines()) >= len(card["table"]["rows"]) + 10, card["key"]
                cards += 1
    assert cards >= 20
    watch.assert_quiet()


def test_the_tab_key_reaches_the_files(page, sample_pages):
    opened(page, f"{sample_pages}/?page=caseload")
    page.locator("#t-open_cases summary").focus()
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    focus_by_tab(page, "x-open_cases-csv", 4)
    button = page.locator("#x-open_cases-csv")
    assert button.evaluate("(node) => getComputedStyle(node).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.locator(PURPOSE).wait_for()
    assert page.evaluate("() => document.activeElement.innerText").startswith("What is the file for?")
    for _ in range(2):
        page.keyboard.press("Tab")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "caselight-open-cases-2026-11-22.csv"
    page.locator("#x-open_cases-csv").wait_for()
    assert page.evaluate("() => document.activeElement.innerText") == "Save", "the focus is back where it began"


@pytest.mark.parametrize("width", [1440, 390])
def test_a_purpose_in_own_words_is_checked_and_stamped(new_page, watch, sample_pages, width):
    page = opened(new_page(width, 900), f"{sample_pages}/?page=caseload")
    page.locator("#x-open_cases summary").click()
    page.locator("#x-open_cases-csv").click()
    own = page.locator(".purpose button[data-purpose=own]")
    own.click()
    assert page.locator(".purpose .failure").inner_text().startswith("Say in a few words")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.locator(".purpose input").fill("Rota <b> of next week")
    with page.expect_download() as download:
        own.click()
    content = download.value.path().read_text(encoding="utf-8-sig")
    assert "Taken for,Rota <b> of next week\n" in content.replace("\r", "")
    page.locator("#x-open_cases-csv").click()
    page.locator(".purpose button[data-do=keep]").click()
    page.locator(".purpose").wait_for(state="detached")
    watch.assert_quiet()
