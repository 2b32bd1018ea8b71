"""From a number to the list of its cases and back, by keyboard only."""

import re

import pytest

from tests.browser.raw import asked
from tests.browser.reading import FOCUSED, Read, opened, read, until, whole

A_PAGE = 25
# Rows of these lists are referrals and attempts: two of one case can look the same.
OF_EVENTS = ("referrals", "contact_success")


def focus_by_tab(page, wanted: str, most: int = 80) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(most):
        if page.evaluate(FOCUSED) == wanted:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{most} times Tab did not lead to {wanted}")


def rows_said(found: Read) -> int:
    """How many rows the sentence above the list says that there are."""
    number = re.match(r"([0-9,]+) (?:case|referral|attempt)s?,", found.list["count"])
    return whole(number[1]) if number else 0


def assert_list_is(page, number: str, of_events: bool) -> None:
    """The open list holds as many rows as the number said, on pages of 25 that are turned by keyboard."""
    found = until(page, lambda now: now.list is not None)
    assert page.evaluate(FOCUSED) == "l-title", "the focus lands on the list's heading"
    if number == "0":
        assert found.list["rows"] == []
        assert found.list["count"].endswith(".")
        return
    total = whole(number)
    assert rows_said(found) == total
    rows, pages = [], -(-total // A_PAGE)
    for place in range(1, pages + 1):
        assert len(found.list["rows"]) == min(A_PAGE, total - A_PAGE * (place - 1))
        rows += [tuple(row) for row in found.list["rows"]]
        if place < pages:
            assert f"Page {place} of {pages}." in found.list["count"]
            focus_by_tab(page, "l-next")
            page.keyboard.press("Enter")
            said = f"Page {place + 1} of {pages}."
            found = until(page, lambda now, said=said: now.list is not None and said in now.list["count"])
    assert len(rows) == total
    if not of_events:
        assert len(set(rows)) == total
        assert len({row[0] for row in rows}) == total, "each case once"
    assert page.evaluate(FOCUSED) in ("l-next", "l-title"), "the focus stays in the list"


@pytest.mark.parametrize(
    "address",
    [
        "page=overview&force=WEST",
        "page=caseload&force=EAST",
        "page=engagement&force=WEST&period=last_4_weeks",
        "page=risk&force=EAST",
    ],
    ids=lambda address: address[5:].partition("&")[0],
)
def test_each_number_leads_to_as_many_rows_by_keyboard(page, watch, sample_pages, address):
    opened(page, f"{sample_pages}/?{address}")
    numbers = [box for box in read(page).numbers if box["list"]]
    assert len(numbers) >= 3
    for box in numbers:
        if box["list"] == "cases_per_fte":  # the number is a ratio; its list is counted below
            continue
        number = box["number"]
        if number.endswith("%"):
            number = re.search(r"n = ([0-9,]+)", box["before"])[1]
        focus_by_tab(page, f"n-{box['list']}")
        page.keyboard.press("Enter")
        assert_list_is(page, number, box["list"] in OF_EVENTS)
        assert f"list={box['list']}" in page.url
        focus_by_tab(page, "l-close")
        page.keyboard.press("Enter")
        until(page, lambda now: now.list is None)
        assert page.evaluate(FOCUSED) == f"n-{box['list']}", "closing leads back to the number"
        assert "list=" not in page.url
    watch.assert_quiet()


def test_the_ratio_leads_to_the_cases_that_have_a_lead(page, watch, sample_url, sample_pages):
    opened(page, f"{sample_pages}/?page=caseload&force=NORTH")
    page.locator("#n-cases_per_fte").focus()
    page.keyboard.press("Enter")
    found = until(page, lambda now: now.list is not None)
    led = asked(
        sample_url,
        """SELECT COUNT(DISTINCT c.case_id) FROM cases c JOIN force f ON f.force_id = c.force_id AND f.code = 'NORTH'
        JOIN data_version v ON v.force_id = c.force_id
        JOIN allocation a ON a.case_id = c.case_id AND a.role = 'lead' AND a.since <= v.as_of
             AND (a.until IS NULL OR a.until > v.as_of)
        WHERE c.pathway = 'full_advocacy' AND c.closure_reason NOT IN ('opened_in_error', 'duplicate')
        AND c.opened_on <= v.as_of AND (c.closed_on IS NULL OR c.closed_on > v.as_of)""",
    )[0][0]
    assert rows_said(found) == led
    assert found.card("cases_per_fte")["sentence"].startswith(f"{led} cases with a lead")
    watch.assert_quiet()


def test_a_list_is_ordered_by_need_and_fits_a_phone(new_page, watch, sample_pages):
    page = opened(new_page(390, 844), f"{sample_pages}/?page=risk&list=open_cases&at=2")
    found = until(page, lambda now: now.list is not None)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.locator("section.list thead").is_hidden()
    assert page.locator("section.list caption").bounding_box()["width"] > 300
    back = page.get_by_role("link", name="Previous 25")
    assert back.get_attribute("href") == "?page=risk&list=open_cases&at=1"
    back.click()
    first = until(page, lambda now: "Page 1 of" in now.list["count"])
    order = ["high", "medium", "standard", "not assessed"]
    place = {row[0]: (order.index(row[4]), -whole(row[5])) for row in first.list["rows"] + found.list["rows"]}
    assert list(place.values()) == sorted(place.values())
    assert len(place) == 2 * A_PAGE
    watch.assert_quiet()
