"""Each view: complete, quiet, within its width, and the same by address as by its link."""

import pytest

from tests.browser.reading import FOCUSED, Read, opened, read, ready, until

VIEWS = {
    "overview": ("What needs somebody", 5, {"force-EAST", "force-NORTH", "force-WEST"}),
    "caseload": ("Caseload", 5, {"open_cases", "inflow_outflow", "referrals", "cases_per_fte"}),
    "engagement": ("Engagement", 5, {"time_to_first_contact", "reached", "contact_success"}),
    "risk": ("Risk", 5, {"risk_of_open_cases", "review_overdue", "level_movement-open", "level_movement-closed"}),
}
NOT_WORDS = ("NaN", "nan", "None", "undefined", "null", "NaT", "[object", "Infinity")
ORDER = tuple(VIEWS)


def assert_complete(page, view: str) -> Read:
    """Heading, sentence, numbers, and for each chart one figure, a table with rows and a definition."""
    heading, numbers, cards = VIEWS[view]
    found = read(page)
    assert found.heading == heading
    assert found.sentence.endswith(".")
    assert len(found.numbers) == numbers
    assert all(box["number"] and box["before"] for box in found.numbers)
    assert cards <= {card["key"] for card in found.cards}
    for card in found.cards:
        assert card["heading"], card
        assert card["sentence"], card
        assert card["picture"], card["key"]
        assert len(card["table"]["rows"]) > 0, card["key"]
        assert all(len(row) == len(card["table"]["header"]) for row in card["table"]["rows"]), card["key"]
        assert "Careful:" in card["definition"], card["key"]
        assert_words_under_the_pointer(card)
    assert page.locator(".bk-Canvas").filter(visible=True).count() == len(found.cards), "a canvas for each chart"
    assert_in_words(found)
    assert not found.notices
    return found


def assert_words_under_the_pointer(card) -> None:
    """Each column of a trend says its own row of the table; cells without words are left out."""
    columns = card["picture"]["layers"].get("under the pointer")
    if columns is None:
        return
    header, rows = card["table"]["header"], card["table"]["rows"]
    for said, row in zip(columns["said"], rows, strict=True):
        cells = [f"{name} {cell}" for name, cell in zip(header[1:], row[1:], strict=True) if cell]
        assert said == "; ".join([row[0], *cells]), card["key"]


def assert_in_words(found: Read) -> None:
    """No text anywhere is a missing value of a program; nor is a label of a picture."""
    labels = " ".join(label for card in found.cards if card["picture"] for label in card["picture"]["labels"])
    said = f" {found.words} {labels} ".replace("(", " ").replace(")", " ").replace(",", " ").replace(".", " ")
    for wrong in NOT_WORDS:
        assert f" {wrong} " not in said, said[max(0, said.index(f" {wrong} ") - 80) :][:200]


def assert_fits(page) -> None:
    """Nothing makes the page wider than the window, and no picture is wider than its place."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    wide = page.locator(".bk-Figure").filter(visible=True)
    for box in (wide.nth(place).bounding_box() for place in range(wide.count())):
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= page.viewport_size["width"] + 0.5
        assert box["width"] >= 200, "no picture is squeezed"


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_complete_and_quiet(new_page, watch, sample_pages, view):
    scheme = "dark" if view in ("caseload", "risk") else "light"
    page = opened(new_page(1440, 900, color_scheme=scheme), f"{sample_pages}/?page={view}", VIEWS[view][0])
    assert_complete(page, view)
    assert_fits(page)
    paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert paper == ("rgb(22, 24, 28)" if scheme == "dark" else "rgb(255, 255, 255)")
    wanted = "#16181c" if scheme == "dark" else "#ffffff"
    assert {card["picture"]["paper"] for card in read(page).cards} == {wanted}
    watch.assert_quiet()


def test_on_a_phone_every_view_fits_and_is_reached_by_its_link(new_page, watch, sample_pages):
    page = opened(new_page(390, 844), sample_pages, VIEWS["overview"][0])
    for view in VIEWS:
        if view != "overview":
            page.get_by_role("link", name=view.capitalize(), exact=True).click()
            ready(page, VIEWS[view][0])
        assert_complete(page, view)
        assert_fits(page)
        first = page.locator(".bk-Figure").filter(visible=True).first.bounding_box()
        assert first["width"] > 300
        table = page.locator(".card-foot table").first
        page.locator(".card-foot summary", has_text="Table").filter(visible=True).first.click()
        table.locator("thead").wait_for(state="hidden")
        assert_fits(page)
    watch.assert_quiet()


def test_the_links_are_links_and_the_title_says_the_page(page, watch, sample_pages):
    opened(page, f"{sample_pages}/?page=overview&force=EAST", VIEWS["overview"][0])
    for view in (*ORDER[1:], "overview"):
        link = page.get_by_role("link", name=view.capitalize(), exact=True)
        assert link.get_attribute("href") == f"?page={view}&force=EAST"
        link.click()
        ready(page, VIEWS[view][0])
        assert page.title() == f"{view.capitalize()} – caselight"
        assert page.url == f"{sample_pages}/?page={view}&force=EAST"
        current = page.locator("nav [aria-current=page]")
        assert current.count() == 1
        assert current.inner_text().split(":")[-1].strip() == view.capitalize()
        assert read(page).heading == VIEWS[view][0]
    page.go_back()
    until(page, lambda now: now.heading == "Risk" and now.url.endswith("/?page=risk&force=EAST"))
    page.go_forward()
    until(page, lambda now: now.heading == VIEWS["overview"][0] and now.url.endswith("/?page=overview&force=EAST"))
    with page.context.expect_page() as fresh:
        page.get_by_role("link", name="Risk", exact=True).click(modifiers=["Control"])
    ready(fresh.value, "Risk")
    assert fresh.value.url == f"{sample_pages}/?page=risk&force=EAST"
    assert read(page).heading == VIEWS["overview"][0]
    watch.assert_quiet()


def test_the_keyboard_skips_to_the_content_and_shows_where_it_is(page, watch, sample_pages):
    opened(page, f"{sample_pages}/?page=caseload&force=EAST&by=month&period=last_26_weeks", "Caseload")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "n-skip"
    assert page.locator("#n-skip").bounding_box()["x"] >= 0, "the skip link is seen when it has the focus"
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUSED) == "main"
    for wanted in ("n-open_cases", "n-referrals", "n-closed"):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUSED) == wanted
        outline = page.locator(f"#{wanted}").evaluate("(node) => getComputedStyle(node).outlineWidth")
        assert float(outline.removesuffix("px")) >= 2
    page.get_by_role("button", name="Reset").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{sample_pages}/?page=caseload")
    found = until(page, lambda now: "13 complete weeks" in now.words)
    assert "All three" in found.words
    watch.assert_quiet()
