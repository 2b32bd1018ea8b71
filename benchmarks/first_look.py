"""How soon the real caseload page can be read and used, in a real browser.

    python benchmarks/first_look.py [--database URL] [--chromium PATH] [--keep]

"Readable" is the first frame with a headline number, counted from the start of the navigation, in an empty browser on a
processor four times as slow and a line of 10 Mbit/s with 20 ms each way; then as it is. A load ends when every picture
is drawn; a change is another force, up to the second frame after everything is drawn.
"""

import argparse
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.results import Results, data_size
from benchmarks.started import Started, started

CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync"]  # fmt: skip
ROUNDS, SLOWER = 5, 4
LINE = 10_000_000 / 8  # bytes a second
LATENCY = 20  # milliseconds each way
READABLE = 1_000.0  # milliseconds
WATCH = """(() => {
  const look = () => document.querySelector(".number") && !window.readable
    ? requestAnimationFrame(() => { window.readable = performance.now() }) : requestAnimationFrame(look)
  requestAnimationFrame(look)
  document.addEventListener("caselight:drawn", ({detail: {parts}}) => {
    if (![...parts.values()].some(({picture}) => picture?.figure)) return
    requestAnimationFrame(() => requestAnimationFrame(() => { window.drawn = performance.now() }))
  })
})()"""
CHANGE = """(force) => new Promise((done) => {
  const begun = performance.now()
  document.addEventListener("caselight:drawn", () => requestAnimationFrame(() => requestAnimationFrame(
    () => done(performance.now() - begun))), {once: true})
  document.querySelector("[data-paper]").paper.send({do: "address", query: `?page=caseload&force=${force}`})
})"""


@contextmanager
def looking(browser: Browser, slow: bool) -> Iterator[Page]:
    """An empty browser, slowed down or not."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    context.add_init_script(WATCH)
    page = context.new_page()
    if slow:
        tools = context.new_cdp_session(page)
        tools.send("Network.enable")
        line = {"offline": False, "latency": LATENCY, "downloadThroughput": LINE, "uploadThroughput": LINE}
        tools.send("Network.emulateNetworkConditions", line)
        tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    yield page
    context.close()


def seen(page: Page, url: str) -> tuple[float, float]:
    """Milliseconds to the first number, and to the last picture."""
    page.goto(url, wait_until="commit")
    page.wait_for_function("() => window.readable && window.drawn")
    return page.evaluate("[window.readable, window.drawn]")


def measured(browser: Browser, server: Started, results: Results) -> None:
    """All figures, each the median of some rounds."""
    url = f"{server.base}/?page=caseload"
    slow, cold, warm, costs = [], [], [], []
    for _ in range(ROUNDS):
        with looking(browser, slow=True) as page:
            slow.append(seen(page, url))
        with looking(browser, slow=False) as page:
            before = server.cpu()
            cold.append(seen(page, url))
            costs.append(1_000 * (server.cpu() - before))
            warm.append(seen(page, url))
    middle = statistics.median
    results.line("first number readable, slowed down", middle(r for r, _ in slow), "ms", most=READABLE)
    results.line("first number readable, as it is", middle(r for r, _ in cold), "ms", most=READABLE)
    results.line("everything drawn, empty browser", middle(d for _, d in cold), "ms")
    results.line("everything drawn, again", middle(d for _, d in warm), "ms")
    results.line("server's processor time of a load", middle(costs), "ms", most=350)
    with looking(browser, slow=False) as page:
        seen(page, url)
        page.wait_for_function("() => 'linked' in document.querySelector('[data-paper]').dataset")
        codes = page.eval_on_selector_all("#f-force-menu input[value]", "(all) => all.map((one) => one.value)")
        for name in ("new", "again"):
            before = server.cpu()
            times = [page.evaluate(CHANGE, code) for code in codes]
            cost = 1_000 * (server.cpu() - before) / len(codes)
            results.line(f"a change, {name} answer", middle(times), "ms")
            results.line(f"a change, {name} answer: server's processor time", cost, "ms")


def main() -> int:
    """Measure, print and keep when told to."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--database", default="sqlite:///.state/sample.sqlite")
    given.add_argument("--chromium", default="/usr/bin/chromium")
    given.add_argument("--keep", action="store_true")
    asked = given.parse_args()
    results = Results("first_look", data=data_size(asked.database))
    with started(asked.database, warm=True) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=asked.chromium, args=CHROMIUM)
        measured(browser, server, results)
        browser.close()
    return results.end(asked.keep)


if __name__ == "__main__":
    sys.exit(main())
