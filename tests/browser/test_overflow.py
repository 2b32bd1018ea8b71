"""No word is cut off and nothing moves sideways: every view at three widths, text of pictures included."""

import pytest

from dashboard.views import VIEWS
from tests.browser.reading import opened, ready

WIDTHS = (1440, 768, 390)
# Text that a clipping ancestor or the window cuts; what is hidden on purpose for screen readers is left out.
CUT = """() => {
  const up = (node) => node.parentNode instanceof ShadowRoot ? node.parentNode.host : node.parentNode
  const found = []
  const look = (node) => {
    if (node.nodeType === 3) {
      if (node.nodeValue.trim()) measure(node)
    } else if (node.nodeType === 1) {
      if (node.matches("script, style, noscript, template, option, .hidden, .skip")) return
      if (!node.checkVisibility({visibilityProperty: true}) && getComputedStyle(node).display !== "contents") return
      for (const child of node.shadowRoot?.childNodes ?? []) look(child)
      for (const child of node.childNodes) look(child)
    }
  }
  const measure = (text) => {
    const range = document.createRange()
    range.selectNodeContents(text)
    for (const box of range.getClientRects()) {
      if (box.width < 1) continue
      const words = text.nodeValue.trim().slice(0, 60)
      if (box.right > innerWidth + 1 || box.left < -1) { found.push(["window", words]); return }
      for (let node = up(text); node && node !== document; node = up(node)) {
        if (node.nodeType !== 1) continue
        const {overflowX, overflowY} = getComputedStyle(node), place = node.getBoundingClientRect()
        const across = overflowX !== "visible" && (box.right > place.right + 1 || box.left < place.left - 1)
        const down = /hidden|clip/.test(overflowY) && (box.bottom > place.bottom + 1 || box.top < place.top - 1)
        if (across || down) { found.push([node.className || node.tagName, words]); return }
      }
    }
  }
  look(document.body)
  return found
}"""
# Labels of the pictures by the places that Bokeh gave them: beside each other they overlap or leave the canvas.
LABELS = """() => {
  const pen = document.createElement("canvas").getContext("2d")
  const found = []
  const {parts} = document.querySelector("[data-paper]").paper
  const drawn = [...parts.values()].flatMap(({picture}) => picture?.figure ? [picture.figure] : [])
  const figures = drawn.map((figure) => figure.document.views_manager.roots[0])
  for (const view of figures) {
    if (!view.el.checkVisibility()) continue
    const {model, frame} = view, width = view.el.getBoundingClientRect().width
    const said = (axis) => [...(axis.major_label_overrides instanceof Map ? axis.major_label_overrides
      : Object.entries(axis.major_label_overrides ?? {}))].map(([place, words]) => [Number(place), String(words)])
    const wide = (words, axis) => {
      const size = axis.major_label_text_font_size
      pen.font = `${size?.value ?? size} ${getComputedStyle(document.body).fontFamily}`
      return Math.max(...words.split("\\n").map((line) => pen.measureText(line).width))
    }
    let end = -Infinity
    for (const [place, words] of said(model.below[0]).sort((a, b) => a[0] - b[0])) {
      if (place < model.x_range.start || place > model.x_range.end) continue
      const at = frame.x_scale.compute(place), half = wide(words, model.below[0]) / 2
      if (at - half < end || at - half < -2 || at + half > width + 2) found.push(["below", words, at, width])
      end = at + half
    }
    const beside = said(model.right.at(-1)).map(([place, words]) => [frame.y_scale.compute(place), words])
    beside.sort((a, b) => a[0] - b[0])
    beside.forEach(([at, words], i) => {
      if (i && at - beside[i - 1][0] < 12) found.push(["beside", words, at])
      const edge = frame.bbox.right + wide(words, model.right.at(-1))
      if (edge > width + 2) found.push(["right edge", words, edge, width])
    })
    for (const [place, words] of said(model.left[0])) {
      if (frame.bbox.left - wide(words, model.left[0]) < -2) found.push(["left edge", words])
    }
  }
  return [figures.length, found]
}"""
# Targets of at least 24 pixels (WCAG 2.2, 2.5.8); a link inside a sentence is excepted there.
SMALL = """() => {
  const found = []
  const walk = (root) => {
    for (const node of root.querySelectorAll("*")) {
      if (node.shadowRoot) walk(node.shadowRoot)
      if (!node.matches("a, button, select, input, summary, label.tick")) continue
      if (node.matches("p a, li a:not(nav a), dd a, .skip")) continue
      if (!node.checkVisibility({visibilityProperty: true})) continue
      const target = node.matches("input[type=checkbox]") ? node.closest("label") ?? node : node
      const {width, height} = target.getBoundingClientRect()
      if (Math.min(width, height) < 24) found.push([node.id || node.textContent.trim().slice(0, 40), width, height])
    }
  }
  walk(document)
  return found
}"""


@pytest.mark.parametrize("view", VIEWS)
def test_no_word_is_cut_at_any_width(new_page, sample_pages, view):
    page = opened(new_page(WIDTHS[0], 900), f"{sample_pages}/?page={view}")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        ready(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"sideways at {width} px"
        assert page.evaluate(CUT) == [], f"{width} px"
        figures, labels = page.evaluate(LABELS)
        assert labels == [], f"{width} px, {figures} pictures"
        assert page.evaluate(SMALL) == [], f"{width} px"
