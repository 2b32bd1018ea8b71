"""Definitions are found by typing, by mouse or keyboard; help leads to every page."""

import pytest

from dashboard.questions import QUESTIONS
from dashboard.views import VIEWS
from dashboard.views.help import PAGES
from data_access.measures import MEASURES
from data_access.worklists import LISTS
from tests.browser.reading import FOCUSED, opened, read, ready

ALL = len(MEASURES) + len(LISTS) + 1  # and the limits in use
ENTRIES = "[data-part]"


def said(page) -> str:
    """What the status beside the search says."""
    return page.locator("#d-found").inner_text()


def test_every_measure_stands_there_with_its_words(page, watch, sample_pages):
    opened(page, f"{sample_pages}/?page=definitions", "Definitions")
    assert said(page) == f"{ALL} definitions"
    assert page.locator(ENTRIES).count() == ALL
    words = " ".join(page.locator("#d-entries").text_content().split())
    for measure in MEASURES.values():
        for text in (measure.definition, measure.caution, measure.example.because, measure.owner):
            assert " ".join(text.split()) in words, measure.name
    watch.assert_quiet()


def test_typing_leaves_what_holds_every_word(page, watch, sample_pages):
    opened(page, f"{sample_pages}/?page=definitions", "Definitions")
    field = page.get_by_role("searchbox", name="Search the definitions")
    field.press_sequentially("Substantive CONTACT 28")
    left = page.locator(ENTRIES).filter(visible=True)
    assert said(page) == f"{left.count()} of {ALL} definitions"
    assert 0 < left.count() < ALL / 2
    for text in left.all_text_contents():
        assert all(word in text.lower() for word in ("substantive", "contact", "28"))
    assert page.locator("#m-reached").is_visible()
    assert page.locator("h3", has_text="CJ4").is_hidden()
    field.fill("no such word anywhere")
    assert said(page).startswith("No definition holds these words.")
    assert page.get_by_role("heading", level=2).filter(visible=True).count() == 0, "no heading stands over nothing"
    field.fill("")
    assert said(page) == f"{ALL} definitions"
    watch.assert_quiet()


def test_the_keyboard_reaches_the_field_and_opens_an_entry(page, watch, sample_pages):
    opened(page, f"{sample_pages}/?page=definitions", "Definitions")
    page.locator("#n-skip").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "d-find"
    page.keyboard.type("CL1 open cases stock waiting list")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    shown = page.locator("#md-open_cases")
    assert shown.evaluate("(node) => node.open")
    assert MEASURES["open_cases"].example.because in " ".join(shown.inner_text().split())
    watch.assert_quiet()


def test_an_address_can_ask_for_one_measure(page, watch, sample_pages):
    opened(page, f"{sample_pages}/?page=definitions&list=reached", "Definitions")
    first = page.get_by_role("heading", level=3).first
    assert first.inner_text() == "EN6 Reached within 28 days"
    assert page.locator("#ad-reached").evaluate("(node) => node.open")
    assert page.locator(ENTRIES).count() == ALL
    watch.assert_quiet()


def test_help_names_every_page_and_leads_to_it(page, watch, sample_pages):
    assert set(PAGES) == set(VIEWS) - {"help"}
    opened(page, f"{sample_pages}/?page=help&force=EAST", "Help")
    for name in PAGES:
        link = page.locator(f"#to-{name}")
        assert link.inner_text() == page.locator(f"#n-{name}").inner_text()
        assert link.get_attribute("href") == f"?page={name}&force=EAST"
    page.locator("#to-quality").click()
    ready(page, "Data quality")
    assert page.url.endswith("?page=quality&force=EAST")
    assert "Westvale" not in read(page).sentence
    watch.assert_quiet()


def test_help_says_the_way_to_each_of_the_fifteen_answers(page, watch, sample_pages):
    opened(page, f"{sample_pages}/?page=help", "Help")
    assert len(QUESTIONS) == 15
    for question in QUESTIONS:
        assert page.get_by_text(question.text, exact=True).is_visible()
        way = page.locator(f"#q-{question.id}").inner_text()
        assert all(step.words in way for step in question.steps)
        assert question.read in way
    watch.assert_quiet()


@pytest.mark.parametrize("view", ["definitions", "help"])
def test_on_a_phone_nothing_is_wider_than_the_page(new_page, watch, sample_pages, view):
    page = opened(new_page(390, 844), f"{sample_pages}/?page={view}", view.capitalize())
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for node in page.locator("[role=main] p, [role=main] dd, [role=main] h2").filter(visible=True).all()[:60]:
        box = node.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390.5
    watch.assert_quiet()
