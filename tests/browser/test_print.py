"""On paper: filters and as-of, light colours, whole pictures, no buttons, links as words."""

import re
import subprocess

import pytest
from PIL import Image

from dashboard.views import VIEWS
from tests.browser.reading import DEEP, opened, read

A4 = {"format": "A4", "margin": dict.fromkeys(("top", "bottom", "left", "right"), "12mm")}
HIDDEN = "nav, button, select, input, summary, .skip, .tools, .pager"
# What a person sees of a selector, in all shadow trees.
SHOWN = "(selector) => {" + DEEP + "; return deep(document.body, selector).filter(seen).map(text)}"
LIGHT = """() => {""" + DEEP + """
  const rgb = (value) => value.match(/[0-9.]+/g).map(Number)
  return deep(document.body, "h1, h2, p, td, th, dt, dd").filter(seen)
    .map((node) => [text(node).slice(0, 40), rgb(getComputedStyle(node).color)])
    .filter(([said, [r, g, b]]) => said && r + g + b > 420)
}"""  # fmt: skip


@pytest.mark.parametrize("view", VIEWS)
def test_paper_shows_what_was_asked_and_nothing_to_press(new_page, sample_pages, view):
    page = opened(new_page(color_scheme="dark"), f"{sample_pages}/?page={view}&force=NORTH,EAST&level=high")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(SHOWN, HIDDEN) == []
    (said,) = page.evaluate(SHOWN, ".filters .said")
    for part in (
        "Eastmere, Northshire.",
        "Only risk level high.",
        "24 Aug – 22 Nov 2026",
        "Data up to Sun 22 Nov 2026",
    ):
        assert part in said
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(LIGHT) == [], "ink on paper"
    for link in page.locator("a").filter(visible=True).all():
        style = link.evaluate("(a) => [getComputedStyle(a).textDecorationLine, getComputedStyle(a).color]")
        assert style[0] == "none"


@pytest.mark.parametrize(("view", "scheme"), [("caseload", "dark"), ("overview", "light")])
def test_pictures_are_whole_and_light_on_paper(new_page, sample_pages, tmp_path, pdftoppm, view, scheme):
    page = opened(new_page(color_scheme=scheme), f"{sample_pages}/?page={view}")
    headings = [card["heading"] for card in read(page).cards if card["picture"]]
    file = tmp_path / "page.pdf"
    page.pdf(path=file, **A4)
    assert page.evaluate("document.documentElement.style.getPropertyValue('--pictures')") == "", "shown again"
    subprocess.run([pdftoppm, "-r", "40", "-png", str(file), str(tmp_path / "p")], check=True, timeout=60)
    dark = []
    for sheet in sorted(tmp_path.glob("p*.png")):
        picture = Image.open(sheet).convert("L")
        dark.append(sum(picture.histogram()[:60]) / (picture.width * picture.height))
    assert max(dark) < 0.25, "no dark paper"
    whole = subprocess.run(
        [pdftoppm.replace("pdftoppm", "pdftotext"), "-layout", str(file), "-"],
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout.split("\f")
    for heading in headings:
        # A card is not cut: its heading and its source line stand on one sheet.
        (at,) = [n for n, text in enumerate(whole) if re.search(rf"^\s*{re.escape(heading)}\s*$", text, re.M)] or [None]
        assert at is not None, heading
        after = re.split(rf"(?m)^\s*{re.escape(heading)}\s*$", whole[at])[1]
        assert re.search(r"\bn = ", after), f"{heading}: cut"
