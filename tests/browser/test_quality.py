"""The data quality page as a person reads it: figures, the planted import in words, the list to mend page by page."""

import re
from datetime import date

from sqlalchemy import create_engine, text

from tests.browser.reading import FOCUSED, only_force, opened, read, ready, until

DUPLICATE = re.compile(r"Eastmere: 82 contacts of the week from Mon 8 Jun 2026 stand more than once, in 164 rows")
MINUTES = """SELECT COUNT(NULLIF(duration_minutes, 0)), COUNT(*) FROM contacts k JOIN cases c ON c.case_id = k.case_id
JOIN force f ON f.force_id = k.force_id WHERE f.code = 'WEST' AND outcome = 'successful' AND on_day >= :first
AND on_day < :until AND pathway = 'full_advocacy' AND closure_reason NOT IN ('opened_in_error', 'duplicate')"""
LIST = "section.list tbody tr"


def references(page) -> list[str]:
    """Case references of the shown page of the list, with their fields."""
    return [
        f"{row.locator('th').inner_text()} {row.locator('td').nth(3).inner_text()}" for row in page.locator(LIST).all()
    ]


def turned(page, number: int) -> list[str]:
    """The references when that page of the list is there."""
    page.get_by_text(f"Page {number} of").wait_for()
    return references(page)


def test_the_page_says_how_good_the_records_are_and_names_the_second_import(page, watch, sample_pages, sample_url):
    opened(page, f"{sample_pages}/?page=quality", "Data quality")
    found = read(page)
    assert "key fields are recorded" in found.sentence
    assert "One week of Eastmere looks as if it had been imported twice." in found.sentence
    assert DUPLICATE.search(found.words)
    since = {
        "first": (date(2026, 8, 24) - date(1970, 1, 1)).days,
        "until": (date(2026, 11, 23) - date(1970, 1, 1)).days,
    }
    with create_engine(sample_url).connect() as connection:
        recorded, n = connection.execute(text(MINUTES), since).one()
    row = page.get_by_role("row", name=re.compile("^Length of a contact of successful contacts"))
    assert row.get_by_role("cell").last.inner_text() == f"{round(100 * recorded / n)} % (n = {n})"
    assert "6 days behind" in page.get_by_role("row", name=re.compile("^Westvale Mon 16 Nov 2026")).inner_text()
    assert found.number("Behind the newest data") == "6 days"
    assert page.locator(LIST).count() == 25
    watch.assert_quiet()


def test_another_force_changes_every_part(page, watch, sample_pages):
    opened(page, f"{sample_pages}/?page=quality", "Data quality")
    total = int(read(page).number("To mend"))
    only_force(page, "WEST")
    found = until(page, lambda now: "force=WEST" in now.url and int(now.number("To mend")) < total)
    assert "imported twice" not in found.sentence
    assert "No week looks as if it had been imported twice." in found.words
    assert "Northshire" not in page.locator("[role=main]").inner_text()
    assert {row.locator("td").first.inner_text() for row in page.locator(LIST).all()} == {"WEST"}
    watch.assert_quiet()


def test_the_list_is_turned_and_kept_in_the_address_by_keyboard(page, watch, sample_pages):
    opened(page, f"{sample_pages}/?page=quality", "Data quality")
    first = turned(page, 1)
    page.locator("#q-list").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.search.includes('list=mend')")
    page.wait_for_function(f"() => ({FOCUSED})() === 'q-mend'")
    page.locator("#q-next").focus()
    page.keyboard.press("Enter")
    second = turned(page, 2)
    assert len(second) == 25
    assert not set(first) & set(second)
    assert page.url.endswith("list=mend&at=2")
    page.reload()
    ready(page, "Data quality")
    assert turned(page, 2) == second
    page.locator("#q-back").click()
    assert turned(page, 1) == first
    watch.assert_quiet()


def test_on_a_phone_nothing_is_wider_than_the_page(new_page, watch, sample_pages):
    page = opened(new_page(390, 844), f"{sample_pages}/?page=quality", "Data quality")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    row = page.locator(LIST).first
    assert row.bounding_box()["width"] <= 390
    assert page.locator("section.list thead").is_hidden()
    watch.assert_quiet()
