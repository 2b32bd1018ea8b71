"""What Bokeh itself writes beside the axes, and that a picture fits its words when it grows or shrinks."""

import pytest

from tests.browser.reading import only_force, opened, read, until

# The words beside the axis of heights, as the drawn figure holds them: of whole numbers, below zero too.
COUNTS = """key => {
  const sheet = [...document.querySelector("[data-paper]").paper.parts.values()].find(
    ({box, picture}) => picture?.figure && box.querySelector(`#h-${key}`))
  const axis = sheet.picture.figure.left[0], range = sheet.picture.figure.y_range
  return {
    said: axis.formatter.doFormat([0, 1000, 1234567, -25], {loc: 0}),
    few: axis.ticker.get_ticks_no_defaults(0, 3, 0, 6).major,
    now: axis.ticker.get_ticks_no_defaults(range.start, range.end, 0, 6).major,
  }
}"""
# Figures, the canvas and the place that the page keeps for them: their heights, and the number of the drawing.
HEIGHTS = """key => {
  const {box, picture} = [...document.querySelector("[data-paper]").paper.parts.values()].find(
    ({box, picture}) => picture?.figure && box.querySelector(`#h-${key}`))
  return {
    told: picture.figure.height, drawn: box.querySelector("[data-picture] > * > *").offsetHeight,
    place: box.querySelector("[data-picture]").offsetHeight,
    inside: picture.figure.outer_height, number: picture.number,
  }
}"""


@pytest.mark.parametrize(("key", "below_zero"), [("open_cases", "-25"), ("inflow_outflow", "25")])
def test_counts_are_written_whole_with_their_thousands(page, sample_pages, key, below_zero):
    opened(page, f"{sample_pages}/?page=caseload", "Caseload")
    found = page.evaluate(COUNTS, key)
    assert found["said"] == ["0", "1,000", "1,234,567", below_zero]
    assert found["few"] == [0, 1, 2, 3], "no line between two whole numbers"
    assert len(found["now"]) >= 3


def test_a_picture_that_grows_or_shrinks_is_laid_out_at_its_new_height(page, sample_pages):
    """A row for each team: one picture, drawn once, changes its height with the forces."""
    opened(page, f"{sample_pages}/?page=caseload", "Caseload")
    key = "cases_per_fte"
    before = page.evaluate(HEIGHTS, key)
    assert before["told"] == before["drawn"] == before["inside"] == before["place"]
    labels = read(page).card(key)["picture"]["labels"]

    only_force(page, "NORTH")
    until(page, lambda seen: seen.card(key)["picture"]["labels"] != labels)
    page.wait_for_function(
        f"([key, before]) => {{ const now = ({HEIGHTS})(key); return now.told < before && now.inside === now.told }}",
        arg=[key, before["told"]],
    )
    after = page.evaluate(HEIGHTS, key)
    assert after["drawn"] == after["inside"] == after["told"] == after["place"]
    assert after["number"] == before["number"], "the same drawing, changed"

    while "force=" in page.url:
        page.go_back()
    until(page, lambda seen: seen.card(key)["picture"]["labels"] == labels)
    page.wait_for_function(f"([key, told]) => ({HEIGHTS})(key).inside === told", arg=[key, before["told"]])
    assert page.evaluate(HEIGHTS, key) == before
