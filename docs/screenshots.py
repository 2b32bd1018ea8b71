"""Pictures of every view and state, wide and on a phone, light and dark: `python docs/screenshots.py OUT [WORD]`.

For looking at what people will see after a change. It needs the test extra and
an installed Chromium, makes its databases in a temporary folder and asks no
other host. WORD takes only pictures whose name holds it.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from dashboard.views import VIEWS  # noqa: E402
from sample_data.generate import write_sample  # noqa: E402
from tests.browser.reading import ready  # noqa: E402
from tests.browser.states import STATES, made  # noqa: E402
from tests.fixtures.browser import CHROMIUM_FLAGS, Server, chromium_path, free_port, start, stop  # noqa: E402

WIDTHS = {1440: 900, 390: 844}
SCHEMES = ("light", "dark")
ASKED = {  # states that need no database of their own
    "list": "?page=caseload&list=open_cases",
    "no-rows": "?page=caseload&source=court&force=WEST",
    "not-with-these-filters": "?page=engagement&level=high",
    "before-the-data": "?page=risk&period=custom&from=2020-01-06&until=2020-03-02",
    "left-out": "?page=overview&force=NOWHERE",
}


def served(url: str, folder: Path) -> Server:
    """The pages of a database, in a process of their own."""
    port = free_port()
    command = [sys.executable, "-m", "dashboard", "serve", "--database", url, "--port", str(port)]
    address = f"http://localhost:{port}"
    return start(command, f"{address}/health", folder / f"log-{port}", address)


def pages(browser: Browser) -> Iterator[tuple[str, Page]]:
    """A page of each width and colour scheme, with the end of its pictures' names."""
    for width, height in WIDTHS.items():
        for scheme in SCHEMES:
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
            context.set_default_timeout(30_000)
            yield f"{width}-{scheme}", context.new_page()
            context.close()


def take(page: Page, out: Path, name: str) -> None:
    """The whole page as a picture, once it has come to rest."""
    try:
        ready(page)
    except Error:
        print(f"{name}: the page did not come to rest; its picture shows how far it came")
    page.screenshot(path=out / f"{name}.png", full_page=True)


def shown(browser: Browser, server: Server, asked: dict[str, str], out: Path) -> None:
    """Pictures of one server's addresses."""
    if asked:
        for end, page in pages(browser):
            for name, query in asked.items():
                page.goto(f"{server.url}/{query}")
                take(page, out, f"{name}-{end}")


def lost(browser: Browser, url: str, folder: Path, out: Path) -> None:
    """While the page is made, and after its server has gone."""
    for end, page in pages(browser):
        server = served(url, folder)
        page.route_web_socket("**/*", lambda _: None)
        page.goto(server.url)
        page.locator("#skeleton").wait_for()
        page.screenshot(path=out / f"loading-{end}.png")
        page.unroute_all()
        other = page.context.new_page()
        other.goto(server.url)
        ready(other)
        stop(server.process)
        other.get_by_role("alert").get_by_role("button").wait_for()
        other.screenshot(path=out / f"lost-{end}.png")


def main(out: Path, word: str) -> None:
    """Make them all."""
    out.mkdir(parents=True, exist_ok=True)
    asked = {f"view-{view}": f"?page={view}" for view in VIEWS} | {f"state-{n}": q for n, q in ASKED.items()}
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = Path(scratch)
        sample = f"sqlite:///{(folder / 'sample.sqlite').as_posix()}"
        write_sample(sample)
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(CHROMIUM_FLAGS))
        databases = {sample: {name: query for name, query in asked.items() if word in name}}
        for name in STATES:
            if word in f"state-{name}":
                databases[made(folder, name)] = {f"state-{name}": "?page=overview"}
        for url, wanted in databases.items():
            server = served(url, folder)
            shown(browser, server, wanted, out)
            stop(server.process)
        if word in "state-lost state-loading":
            lost(browser, sample, folder, out)
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) == 3 else "")
