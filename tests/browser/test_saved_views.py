"""Saved views and the last filters: kept by the browser, shown as text, offered and never applied by themselves."""

import json

from tests.browser.reading import FOCUSED, opened, read, ready, until

HARMFUL = '<img src=x onerror="window.harm=1">'
STORED = "() => [localStorage.getItem('caselight.views'), localStorage.getItem('caselight.last')]"


def saved(page) -> list[str]:
    """Names in the menu of saved views, which is opened where it is closed."""
    if not page.locator("#f-views-menu").evaluate("(menu) => menu.open"):
        page.locator("#f-views").click()
    return page.locator("#f-views-menu li:not([data-row]) button:first-child").all_inner_texts()


def save(page, name: str) -> str:
    """Save what is shown under a name; what the menu says to it."""
    saved(page)
    page.locator("#f-name").fill(name)
    page.keyboard.press("Enter")
    return page.locator("#f-kept").inner_text()


def test_a_view_is_saved_opened_and_deleted_under_its_name(page, watch, sample_pages):
    opened(page, f"{sample_pages}/?page=risk&force=NORTH&period=last_4_weeks&list=review_overdue&at=1", "Risk")
    assert saved(page) == []
    assert save(page, "   ") == "Give the view a name."
    assert save(page, "Monday in the north") == "Saved as Monday in the north."
    assert save(page, HARMFUL) == f"Saved as {HARMFUL[:40]}."
    assert saved(page) == [HARMFUL[:40], "Monday in the north"]
    page.keyboard.press("Escape")  # the open menu lies over the line below it
    page.get_by_role("button", name="Reset").click()
    until(page, lambda now: now.url.endswith("/?page=risk") and "13 complete weeks" in now.words)
    page.goto(f"{sample_pages}/?page=caseload")
    ready(page, "Caseload")
    assert saved(page) == [HARMFUL[:40], "Monday in the north"], "Reset clears filters, not what was saved"
    page.get_by_role("button", name="Monday in the north", exact=True).focus()
    page.keyboard.press("Enter")
    found = until(page, lambda now: now.heading == "Risk" and "4 complete weeks" in now.words)
    assert found.url.endswith("/?page=risk&force=NORTH&period=last_4_weeks"), "an opened list is no part of a view"
    assert page.evaluate(FOCUSED) == "f-views"
    saved(page)
    page.get_by_role("button", name="Delete Monday in the north").click()
    assert page.locator("#f-kept").inner_text() == "Monday in the north is deleted."
    assert saved(page) == [HARMFUL[:40]]
    assert page.evaluate("() => window.harm") is None
    watch.assert_quiet()


def test_at_most_twenty_views_are_kept_and_what_is_stored_is_not_trusted(page, watch, sample_pages):
    stored = [{"name": f"View {place:02d} " + "x" * 60, "query": "?page=caseload"} for place in range(19)]
    broken = [None, 7, {"name": 5, "query": "?page=risk"}, {"name": "a", "query": "javascript:alert(1)"}, {"name": "b"}]
    opened(page, f"{sample_pages}/?page=caseload", "Caseload")
    page.evaluate("(views) => localStorage.setItem('caselight.views', views)", json.dumps([*broken, *stored]))
    page.reload()
    ready(page, "Caseload")
    names = saved(page)
    assert len(names) == 19
    assert {len(name) for name in names} == {40}
    assert save(page, "The twentieth") == "Saved as The twentieth."
    assert save(page, "One too many") == "At most 20 views are kept: delete one first."
    assert save(page, "The twentieth") == "Saved as The twentieth.", "the same name again takes its place"
    assert len(saved(page)) == 20
    page.evaluate("() => localStorage.setItem('caselight.views', 'no JSON {')")
    page.reload()
    ready(page, "Caseload")
    assert saved(page) == []
    watch.assert_quiet()


def test_the_last_filters_are_offered_and_not_applied(page, watch, sample_pages):
    opened(page, sample_pages)
    offer = page.locator("#f-continue")
    assert not offer.is_visible(), "nothing to continue"
    page.get_by_label("Period").select_option("last_4_weeks")
    page.wait_for_url("**period=last_4_weeks**")
    page.get_by_label("Compare with").select_option("year")
    page.wait_for_url("**compare=year**")
    until(page, lambda now: "A year before:" in now.words)

    opened(page, sample_pages)
    assert "13 complete weeks" in read(page).words, "a visit without filters has none"
    assert "A year before:" not in read(page).words
    offer.wait_for()
    offer.focus()
    page.keyboard.press("Enter")
    found = until(page, lambda now: "4 complete weeks" in now.words and "A year before:" in now.words)
    assert found.url.endswith("period=last_4_weeks&compare=year")
    assert not offer.is_visible()
    assert page.evaluate(FOCUSED) == "f-force"

    page.get_by_role("button", name="Reset").click()
    until(page, lambda now: now.url.endswith("/?page=overview") and "13 complete weeks" in now.words)
    assert page.evaluate(STORED) == [None, None]
    opened(page, sample_pages)
    assert not offer.is_visible(), "Reset clears everything"
    watch.assert_quiet()


def test_filters_that_somebody_else_may_not_see_are_left_out(page, watch, sample_pages):
    opened(page, sample_pages)
    page.evaluate("() => localStorage.setItem('caselight.last', JSON.stringify('?page=risk&force=SOUTH'))")
    opened(page, sample_pages)
    page.locator("#f-continue").click()
    found = until(page, lambda now: now.heading == "Risk" and bool(now.notices))
    assert found.notices == ["Part of the address or of the choice is not available here and was left out."]
    assert "All three" in found.words
    watch.assert_quiet()
