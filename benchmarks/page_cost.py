"""What each page costs: server time of its GET, of its link and of a filter change, bytes on the wire, models.

    python benchmarks/page_cost.py [--pages overview,caseload] [--database URL] [--keep]

Each page gets a process of its own, so that "first" is the first time in a process. "Again" is the median of three more
sessions. A change is another referral source: five that nobody has asked for, then the same five anew. Server times are
processor time of the whole process in milliseconds, so that other load on the machine moves them little.
"""

import argparse
import asyncio
import sys
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.protocol import Answer, Control, Page, transferred
from benchmarks.results import Results, data_size
from benchmarks.started import Started, started

FEW = ("overview", "caseload")  # what `make bench` looks at
AGAIN, CHANGES = 3, 5
HEADER = ("page", "GET 1st", "again", "link 1st", "again", "GET ms", "link ms", "html kB", "assets", "ws kB", "models",
          "new", "ms", "again", "ms", "kB")  # fmt: skip


@dataclass
class Cost:
    """Lists of milliseconds, in the order in which they were measured; kB of 1,000 bytes."""

    get: list[float] = field(default_factory=list)
    link: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    loaded: list[float] = field(default_factory=list)
    html: float = 0
    assets: float = 0
    socket: float = 0
    models: int = 0
    changes: list[tuple[float, Answer]] = field(default_factory=list)

    def row(self, name: str) -> list[str]:
        """The figures in the order of HEADER."""
        figures = [self.get[0], median(self.get[1:]), self.link[0], median(self.link[1:])]
        figures += [median(self.answered[1:]), median(self.loaded[1:])]
        figures += [self.html, self.assets, self.socket, self.models]
        for part in (self.changes[:CHANGES], self.changes[CHANGES:]):
            figures += [median(cpu for cpu, _ in part), median(answer.seconds * 1000 for _, answer in part)]
        figures.append(median(answer.size / 1000 for _, answer in self.changes))
        return [name, *(f"{figure:,.0f}" for figure in figures)]


async def load(server: Started, name: str, cost: Cost) -> Page:
    """Load a page and note its cost."""
    before = server.cpu()
    page = await Page.fetched(server.base, f"?page={name}")
    fetched = server.cpu()
    await page.join()
    cost.get.append((fetched - before) * 1000)
    cost.link.append((server.cpu() - fetched) * 1000)
    cost.answered.append(page.answered * 1000)
    cost.loaded.append(page.loaded * 1000)
    cost.html, cost.socket, cost.models = page.size / 1000, page.wire / 1000, page.models
    return page


def sources(page: Page) -> list[Control]:
    """Another referral source each, as the filter bar offers them."""
    return [one for one in page.controls() if one.name == "source" and one.message["value"] and not one.chosen]


async def measured(server: Started, name: str) -> Cost:
    """The cost of one page in a fresh process."""
    cost = Cost()
    page = await load(server, name, cost)
    cost.assets = sum([await transferred(address) for address in page.assets]) / 1000
    for _ in range(AGAIN):
        await page.close()
        page = await load(server, name, cost)
    for control in sources(page)[:CHANGES] * 2:
        before = server.cpu()
        answer = await page.act(control)
        cost.changes.append(((server.cpu() - before) * 1000, answer))
    await page.close()
    return cost


async def names(server: Started) -> list[str]:
    """The pages that the navigation offers."""
    page = await Page.open(server.base)
    found = [str(one.message["page"]) for one in page.controls() if one.name == "page" and len(one.message) == 2]
    await page.close()
    return list(dict.fromkeys(found))


def main() -> int:
    """Print the table; with --keep write it down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", default=",".join(FEW), help="names with commas, or: all")
    parser.add_argument("--database", default="", help="without it the sample in .state")
    parser.add_argument("--keep", action="store_true")
    given = parser.parse_args()
    url = given.database or sample()
    results = Results("page_cost", data_size(url))
    wanted = given.pages.split(",")
    if wanted == ["all"]:
        with started(url) as server:
            wanted = asyncio.run(names(server))
    rows = []
    for name in wanted:
        with started(url) as server:
            rows.append(asyncio.run(measured(server, name)).row(name))
    results.grid("Server time in ms, and what travels", HEADER, rows)
    return results.end(given.keep)


def sample() -> str:
    """The sample's own place; it is made when it is not there."""
    from dashboard.app import ensure_sample
    from dashboard.settings import settings

    found = settings({})
    ensure_sample(found)
    return found.sample


if __name__ == "__main__":
    sys.exit(main())
