"""Everything is reached and left by keyboard; what has the focus is seen, on every view."""

import pytest

from dashboard.views import VIEWS
from tests.browser.reading import FOCUSED, opened, ready, until
from tests.browser.test_lists import focus_by_tab

MOST = 400  # Tab presses; a page with more stops than that would be no help either
# What has the focus: who it is, whether a focus style is drawn, whether it stands inside the window.
STOP = """() => {
  let node = document.activeElement
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement
  if (!node || node === document.body) return null
  const box = node.getBoundingClientRect()
  const drawn = (one, {outlineStyle, outlineWidth} = getComputedStyle(one)) =>
    outlineStyle !== "none" && parseFloat(outlineWidth) >= 2
  const hosts = []
  for (let one = node; one.getRootNode().host; one = one.getRootNode().host) hosts.push(one.getRootNode().host)
  window.stops ??= new Map()
  if (!window.stops.has(node)) window.stops.set(node, window.stops.size)
  return {
    stop: window.stops.get(node), who: node.id || node.textContent.trim().slice(0, 60) || node.outerHTML.slice(0, 120),
    drawn: drawn(node) || hosts.some((host) => host.matches(".bk-Figure") && drawn(host)),
    seen: node.checkVisibility({visibilityProperty: true}) && box.width > 0 && box.height > 0,
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  }
}"""
# Every element that a mouse can use and that is shown.
USABLE = """() => {
  const found = []
  const walk = (root) => {
    for (const node of root.querySelectorAll("*")) {
      if (node.shadowRoot) walk(node.shadowRoot)
      const usable = node.matches("a[href], button:not(:disabled), select, input:not([type=hidden]), summary")
      if (usable && node.checkVisibility({visibilityProperty: true})) found.push(node)
    }
  }
  walk(document)
  return found.map((node) => node.id || node.textContent.trim().slice(0, 60))
}"""


def stops(page) -> list[dict]:
    """Each stop of the Tab key, from the first to the end of the page."""
    found: list[dict] = []
    for _ in range(MOST):
        page.keyboard.press("Tab")
        now = page.evaluate(STOP)
        if now is None or (found and now["stop"] == 0):
            return found
        assert not found or now["stop"] != found[-1]["stop"], f"the focus is held by {now['who']}"
        found.append(now)
    raise AssertionError(f"{MOST} times Tab did not lead to the end; the last was {found[-1]['who']}")


@pytest.mark.parametrize("view", VIEWS)
def test_the_tab_key_leads_through_all_and_shows_where_it_is(page, watch, sample_pages, view):
    opened(page, f"{sample_pages}/?page={view}")
    usable = page.evaluate(USABLE)
    found = stops(page)
    assert [one["who"] for one in found if not one["drawn"]] == [], "a focus style"
    assert [one["who"] for one in found if not (one["seen"] and one["inside"])] == [], "inside the window"
    reached = {one["who"] for one in found}
    assert [who for who in usable if who not in reached] == []
    assert len({one["stop"] for one in found}) == len(found), "each once"
    watch.assert_quiet()


def test_from_a_number_to_its_list_and_back(page, watch, sample_pages):
    opened(page, f"{sample_pages}/?page=caseload")
    focus_by_tab(page, "n-open_cases")
    page.keyboard.press("Enter")
    until(page, lambda now: now.list is not None)
    assert page.evaluate(FOCUSED) == "l-title"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    focus_by_tab(page, "l-close")
    page.keyboard.press("Enter")
    until(page, lambda now: now.list is None)
    assert page.evaluate(FOCUSED) == "n-open_cases"
    watch.assert_quiet()


@pytest.mark.parametrize("menu", ["f-force", "f-more"])
def test_a_menu_opens_and_closes_and_gives_the_focus_back(page, sample_pages, menu):
    opened(page, f"{sample_pages}/?page=overview")
    focus_by_tab(page, menu)
    page.keyboard.press("Enter")
    page.locator(f"#{menu}-menu .leaf").wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate(STOP)["drawn"]
    assert page.evaluate(FOCUSED) != menu
    page.keyboard.press("Escape")
    page.locator(f"#{menu}-menu .leaf").wait_for(state="hidden")
    assert page.evaluate(FOCUSED) == menu


def test_on_a_phone_with_a_keyboard_the_filters_open(new_page, sample_pages):
    page = opened(new_page(390, 844), f"{sample_pages}/?page=caseload")
    focus_by_tab(page, "f-open")
    page.keyboard.press("Enter")
    focus_by_tab(page, "f-preset")
    page.keyboard.press("ArrowUp")
    page.wait_for_url("**period=last_4_weeks**")
    ready(page, "Caseload")
    assert page.evaluate(FOCUSED) == "f-preset", "the focus stays where the choice was made"
