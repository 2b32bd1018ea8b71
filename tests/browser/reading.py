"""What a person finds on the page, read at once: words, headline numbers, pictures' data, tables, the opened list."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import TimeoutError as Late

# Shadow trees are pierced; what is hidden is left out, except for the content of closed <details>.
DEEP = """
const seen = (node) => node.checkVisibility({visibilityProperty: true}) || getComputedStyle(node).display === "contents"
const deep = (root, selector, found = []) => {
  for (const node of [...(root.shadowRoot?.children ?? []), ...root.children]) {
    if (!seen(node) && !node.closest("details")) continue
    if (node.matches(selector)) found.push(node)
    deep(node, selector, found)
  }
  return found
}
const text = (node) => node ? node.textContent.replace(/\\s+/g, " ").trim() : ""
const words = (root) => {
  let said = ""
  for (const node of root.childNodes) {
    if (node.nodeType === 3) said += node.nodeValue
    else if (node.nodeType === 1 && !["SCRIPT", "STYLE", "NOSCRIPT"].includes(node.tagName)
             && (seen(node) || node.closest("details"))) {
      if (node.shadowRoot) said += words(node.shadowRoot)
      said += " " + words(node) + " "
    }
  }
  return said
}
const columnsOf = (source) => Object.fromEntries(
  [...(source.data instanceof Map ? source.data : Object.entries(source.data))].map(([k, v]) => [k, Array.from(v)]))
const papers = () => [...document.querySelectorAll("[data-paper]")].map((place) => place.paper)
const drawn = () => Object.fromEntries(papers().flatMap(({parts}) => [...parts.values()])
  .filter(({box, picture}) => picture?.figure && seen(box) && seen(box.querySelector("[data-picture]"))).map(
  ({box, picture}) => {
    const key = box.querySelector("h2[id^='h-']").id.slice(2)
    const {figure} = picture
    const labels = [...figure.left, ...figure.below, ...figure.right].flatMap((axis) => {
      const said = axis.major_label_overrides
      return said instanceof Map ? [...said.values()] : Object.values(said ?? {})
    })
    return [key, {id: picture.number, paper: figure.background_fill_color, labels: labels.map(String),
                  layers: Object.fromEntries(figure.renderers.map((r) => [r.name, columnsOf(r.data_source)]))}]
  }))
const tableOf = (table) => ({
  header: [...table.querySelectorAll("thead th")].map(text),
  rows: [...table.querySelectorAll("tbody tr")].map((row) => [...row.children].map(text)),
})
const read = () => {
  const main = deep(document.body, "[role=main]")[0]
  const pictures = drawn()
  const list = deep(main, "section.list")[0]
  const table = list?.querySelector("table")
  return {
    url: location.href,
    title: document.title,
    heading: text(deep(main, "h1")[0]),
    sentence: text(deep(main, ".sentence")[0]),
    numbers: deep(main, ".numbers > div").map((box) => ({
      label: text(box.querySelector("dt")),
      number: (box.querySelector(".number a")?.firstChild?.nodeValue ?? text(box.querySelector(".number"))).trim(),
      before: text(box.querySelector(".before")),
      link: box.querySelector("a")?.getAttribute("href") ?? "",
      list: box.querySelector("a")?.dataset.list ?? "",
    })),
    cards: deep(main, "h2[id^='h-']").map((head) => {
      const key = head.id.slice(2)
      const twin = deep(main, `#${CSS.escape("t-" + key)}`)[0]
      const [header, ...rows] = twin?.rows ?? [] // the table itself is made when it is opened
      if (twin?.open) {
        const made = JSON.stringify(tableOf(twin.querySelector("table")))
        const told = JSON.stringify({header, rows}.header ? {header, rows} : {header: [], rows: []})
        if (made.replace(/\\s+/g, " ") !== told.replace(/\\s+/g, " ")) throw new Error(`${made} is not ${told}`)
      }
      return {
        key, heading: text(head),
        sentence: text(head.parentNode.querySelector(`#${CSS.escape("s-" + key)}`)),
        table: header ? {header, rows: rows.map((row) => row.map((cell) => cell.replace(/\\s+/g, " ").trim()))} : null,
        definition: text(deep(main, `#${CSS.escape("d-" + key)} .definition`)[0]),
        picture: pictures[key] ?? null,
      }
    }),
    list: list ? {title: text(list.querySelector("h2")), count: text(list.querySelector("p")),
                  rows: table ? tableOf(table).rows : []} : null,
    notices: deep(document.body, ".notice, .failure").map(text),
    words: words(document.body).replace(/\\s+/g, " "),
  }
}
"""
FOCUSED = """() => {
  let node = document.activeElement
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement
  return node?.id || node?.getAttribute("role") || node?.tagName
}"""
# Every picture of the browser is looked at while something changes: what it saw, each state once.
WATCH = (
    "() => {" + DEEP + """
  window.states = []
  const look = () => {
    const now = read()
    const first = now.cards.find((card) => card.picture?.layers.high)
    const ends = Object.entries(first?.picture.layers ?? {}).filter(([, c]) => c.y)
      .map(([, c]) => c.y[c.y.length / 2 - 1])
    const state = JSON.stringify([
      now.numbers[0]?.number, now.sentence, Math.max(...ends), first?.sentence, first?.table?.rows.at(-1)])
    if (window.states.at(-1) !== state) window.states.push(state)
    window.looking = requestAnimationFrame(look)
  }
  look()
}"""
)  # fmt: skip


@dataclass(frozen=True)
class Read:
    """One reading of a page."""

    said: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        return self.said[name]

    def number(self, label: str) -> str:
        """A headline number as it stands there."""
        return next(box["number"] for box in self.said["numbers"] if box["label"] == label)

    def before(self, label: str) -> str:
        """What stands under a headline number."""
        return next(box["before"] for box in self.said["numbers"] if box["label"] == label)

    def card(self, key: str) -> dict[str, Any]:
        """The card of a key."""
        return next(card for card in self.said["cards"] if card["key"] == key)

    @property
    def figures(self) -> dict[str, str]:
        """Id of each drawn figure by card."""
        return {card["key"]: card["picture"]["id"] for card in self.said["cards"] if card["picture"]}


def read(page) -> Read:
    """Everything that the page says now, in one reading."""
    return Read(page.evaluate("() => {" + DEEP + "; return read()}"))


def opened(page, url: str, heading: str | None = None) -> Any:
    """The page at an address, when its view is there and its pictures are drawn."""
    page.goto(url)
    ready(page, heading)
    return page


# What a page that was never ready says, for whoever has to find out why.
STATE = """() => {
    const place = document.querySelector("[data-paper]"), parts = [...place?.paper?.parts ?? []]
    return JSON.stringify({
        words: document.body.innerText.slice(0, 500), number: place?.paper?.number, ...place?.dataset,
        pictures: parts.filter(([, part]) => part.picture).map(
            ([key, {picture}]) => [key, picture.number, Boolean(picture.ready), Boolean(picture.waits)]),
    })
}"""


def ready(page, heading: str | None = None) -> None:
    """Wait for the view and for its pictures, in the browser's own colours."""
    page.get_by_role("heading", level=1, **({"name": heading, "exact": True} if heading else {})).wait_for()
    try:
        page.wait_for_function(
            """() => {
                const {dataset, paper} = document.querySelector("[data-paper]") ?? {}
                return paper && "linked" in dataset && dataset.drawn === String(paper.number)
                    && !document.documentElement.style.getPropertyValue("--pictures")
            }"""
        )
    except Late as late:
        raise AssertionError(f"The page was never ready: {page.evaluate(STATE)}") from late


def only_force(page, force: str) -> None:
    """Untick the other forces of the sample in the menu, as a person does."""
    page.locator("#f-force").click()
    for code in sorted({"EAST", "NORTH", "WEST"} - {force}):
        page.locator(f"#f-force-menu input[value={code}]").uncheck()
        gone = "(code) => !(new URL(location).searchParams.get('force') ?? code).includes(code)"
        page.wait_for_function(gone, arg=code)
    page.keyboard.press("Escape")


def until(page, condition: Callable[[Read], bool]) -> Read:
    """The first reading for which the condition holds, within a minute; asked again when the page has drawn anew."""
    end = time.monotonic() + 60
    while not condition(found := read(page)):
        assert time.monotonic() < end, {name: found.said[name] for name in ("url", "sentence", "numbers", "notices")}
        page.evaluate("() => new Promise(requestAnimationFrame)")
    return found


def whole(text: str) -> int:
    """A number as people read it."""
    return int(text.replace(",", ""))


def said_first(sentence: str) -> int:
    """The first number of a sentence."""
    return whole(re.search(r"[0-9][0-9,]*", sentence)[0].rstrip(","))


def _bands(picture: dict[str, Any]) -> dict[str, list[float]]:
    """The layers of a stack that reach its end: where weeks still fill up, these are drawn as a layer of their own."""
    bands = {name: columns["y"] for name, columns in picture["layers"].items() if columns.get("y")}
    return {name.removesuffix(" filling"): y for name, y in bands.items() if f"{name} filling" not in bands}


def stacked_end(picture: dict[str, Any]) -> float:
    """Upper end of the last column of a stack: each layer goes there along its upper edge and back along the lower."""
    return max(band[len(band) // 2 - 1] for band in _bands(picture).values())


def stack_heights(picture: dict[str, Any]) -> dict[str, float]:
    """Height of each layer of a stack at its end."""
    return {name: band[len(band) // 2 - 1] - band[len(band) // 2] for name, band in _bands(picture).items()}
