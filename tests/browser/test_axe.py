"""Every view keeps to WCAG 2.2 A and AA as far as axe-core can tell: both colour schemes, three widths."""

import json
from pathlib import Path

import axe_playwright_python
import pytest

from dashboard.views import VIEWS
from tests.browser.reading import opened, ready

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = (1440, 768, 390)
GRAVE = ("serious", "critical")
RUN = """async (tags) => {
  const found = await axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]})
  return found.violations.map((one) => ({
    rule: one.id, impact: one.impact, help: one.help,
    at: one.nodes.map((node) => ({target: node.target.flat(9).join(" > "), why: node.failureSummary})),
  }))
}"""


def findings(page) -> list[dict]:
    """What axe-core finds against WCAG 2.2 A and AA; it looks into open shadow trees."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(RUN, TAGS)


def assert_no_grave_finding(page, said: str) -> None:
    """No finding that axe calls serious or critical."""
    grave = [one for one in findings(page) if one["impact"] in GRAVE]
    assert grave == [], f"{said}: {json.dumps(grave, indent=1)}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_a_view_has_no_serious_finding(new_page, sample_pages, view, scheme):
    page = opened(new_page(WIDTHS[0], 900, color_scheme=scheme), f"{sample_pages}/?page={view}")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert_no_grave_finding(page, f"{view}, {scheme}, {width} px")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_opened_parts_have_no_serious_finding(new_page, sample_pages, scheme):
    """Menus, tables, definitions and a list, on a desk and on a phone."""
    page = opened(new_page(1440, 900, color_scheme=scheme), f"{sample_pages}/?page=caseload&list=open_cases")
    for part in page.locator("details").all():
        part.evaluate("(node) => { node.open = true }")
    assert_no_grave_finding(page, f"everything open, {scheme}, 1440 px")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Filters").click()
    assert_no_grave_finding(page, f"everything open, {scheme}, 390 px")
    ready(page)
