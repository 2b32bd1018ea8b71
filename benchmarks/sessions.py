"""Many people at once on one process: open-loop answers, holds of the event loop, memory of sessions.

    python benchmarks/sessions.py [--minutes 1] [--sessions 50] [--acting 10] [--scales 1,10] [--pages 500] [--keep]

Acting sessions send a real change of filter, page or list every 5 s by a clock that does not wait for the server: the
time of an answer counts from when it was due. The client runs in a process of its own on the same machine. Memory is
proportional set size, after a collection of garbage, without sockets' sessions where it says "closed".
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from contextlib import AbstractContextManager
from pathlib import Path
from statistics import median, quantiles

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.page_cost import sample
from benchmarks.protocol import Control, Failed, Page
from benchmarks.results import Results, data_size
from benchmarks.started import Started, started

EVERY = 5.0  # seconds between two actions of a session
SEED = 20261122
CHOSEN = ("force", "level", "source", "grain", "preset", "page", "list", "turn", "close")
PAGES = ("overview", "caseload", "engagement", "risk", "support", "justice", "quality")
BATCH = 50
HELD = 0.1  # seconds that our code may hold the event loop
FLAT = 1.10  # memory at the end against that at the beginning of what is compared
CLOSED = 1.15


class Acting:
    """A session that acts by the clock; what went wrong is in ``errors``, how long each answer took in ``waited``."""

    def __init__(self, page: Page, number: int):
        self.page = page
        self.waited: list[tuple[str, float]] = []
        self.errors: list[str] = []
        self._random = random.Random(SEED + number)

    def _next(self) -> Control:
        """A kind of action first, so that the many sources do not crowd out the rest; then one of its controls.

        The last force stays: a page without any says that it shows all of them, which would count as refused.
        """
        kinds: dict[str, list[Control]] = {}
        there = self.page.controls()
        alone = sum(control.chosen for control in there if control.name == "force") < 2
        for control in there:
            last = alone and control.name == "force" and control.chosen
            if control.name in CHOSEN and _real(control) and not last:
                kinds.setdefault(control.name, []).append(control)
        return self._random.choice(kinds[self._random.choice(sorted(kinds))])

    async def act(self, first: float, until: float) -> None:
        """Act at ``first`` and every five seconds after it; an answer that is late makes the next one late too."""
        due = first
        while due < until:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            control = self._next()
            try:
                answer = await self.page.act(control)
            except Failed as error:
                self.errors.append(str(error))
                return
            if answer.failed:
                self.errors.append(f"{control.message} was refused")
            self.waited.append((control.name, self.page.last - due))
            due += EVERY


def _real(control: Control) -> bool:
    """Whether choosing it changes something that can be chosen: not what is chosen already, not a place-holder."""
    message = control.message
    if control.name == "page":
        return message["page"] in PAGES and not control.chosen
    return message.get("value") not in ("several", "custom") and (not control.chosen or "checked" in message)


async def many(server: Started, results: Results, sessions: int, acting: int, minutes: float) -> None:
    """Acceptance: no error, p95 and p99, the loop never held for long, memory flat from the third minute."""
    pages = [await Page.open(server.base, f"?page={PAGES[place % len(PAGES)]}") for place in range(sessions)]
    opening = server.measured("turns")["turns"]["construction"]["worked"] * 1000
    results.line(f"construction of a page, {sessions} opened: longest turn, processor time", opening, "ms")
    people = [Acting(page, number) for number, page in enumerate(pages[:acting])]
    began = time.perf_counter() + 1
    until = began + 60 * minutes
    cpu = server.cpu()
    memory: list[tuple[float, float]] = []

    async def watch() -> None:
        while (left := until - time.perf_counter()) > 0:
            await asyncio.sleep(min(left, 15))
            told = await asyncio.to_thread(server.measured, "memory")
            memory.append((time.perf_counter() - began, told["pss"]))

    turns = [person.act(began + place * EVERY / acting, until) for place, person in enumerate(people)]
    await asyncio.gather(watch(), *turns)
    used = server.cpu() - cpu
    await _report(server, results, people, pages)
    results.line("processor time of the server for an action", used / _count(people) * 1000, "ms")
    by_minute = [(f"{at / 60:.0f}", f"{figure:.0f}") for at, figure in memory if round(at) % 60 < 15]
    results.grid("Memory by the minute (MB)", ("minute", "MB"), by_minute)
    early = [figure for at, figure in memory if at >= min(180, 30 * minutes)]
    results.line("memory with all sessions", memory[-1][1], "MB")
    if len(early) > 3:
        start, end = median(early[:3]), median(early[-3:])
        words = "memory at the end against " + ("minute 3" if minutes > 3 else "the middle")
        results.line(words, end / start, "times", most=FLAT)


def _count(people: list[Acting]) -> int:
    return max(1, sum(len(person.waited) for person in people))


async def _report(server: Started, results: Results, people: list[Acting], pages: list[Page]) -> None:
    waited = [seconds for person in people for _, seconds in person.waited]
    errors = [words for person in people for words in person.errors]
    errors += ["a page that did nothing was cut off" for page in pages if page.closed]
    results.line("actions", len(waited))
    results.line("errors", len(errors), most=0)
    for words in sorted(set(errors))[:5]:
        results.note(words)
    parts = quantiles(waited, n=100)
    for name, figure in (("p50", parts[49]), ("p95", parts[94]), ("p99", parts[98]), ("longest", max(waited))):
        results.line(f"answer, from when it was due: {name}", figure * 1000, "ms")
    rows = []
    for kind in sorted({kind for person in people for kind, _ in person.waited}):
        found = [seconds for person in people for other, seconds in person.waited if other == kind]
        rows.append([kind, str(len(found)), f"{median(found) * 1000:,.0f}", f"{max(found) * 1000:,.0f}"])
    results.grid("Answers by kind of action (ms)", ("kind", "count", "median", "longest"), rows)
    report_turns(server, results)


def report_turns(server: Started, results: Results) -> None:
    """How long the event loop was held, construction of pages apart, and by whom.

    The bound is on processor time: by the clock a turn also holds what other programs took of the machine.
    """
    told = server.measured("turns")
    for kind, turns in told["turns"].items():
        most = HELD * 1000 if kind != "construction" else None
        results.line(f"loop held, {kind}: longest, processor time", turns["worked"] * 1000, "ms", most=most)
        results.line(f"loop held, {kind}: longest by the clock", turns["clock"] * 1000, "ms")
        results.line(f"loop held, {kind}: of {turns['count']:,} turns over 100 ms by the clock", turns["over"])
    for place, count in told["culprits"][:8]:
        results.note(f"over {HELD * 1000:.0f} ms by the clock, {count} times: {place}")
    late = quantiles(told["late"], n=1000)
    results.line("heartbeat of the loop late, with threads and machine: p99", late[989] * 1000, "ms")
    results.line("heartbeat of the loop late, with threads and machine: longest", max(told["late"]) * 1000, "ms")
    collected = told["collections"]
    results.line("longest collection of garbage, processor time", collected["worked"] * 1000, "ms", most=HELD * 1000)
    results.line("longest collection of garbage by the clock", collected["clock"] * 1000, "ms")


async def further(server: Started, results: Results, what: str) -> None:
    """Memory of a further session, of twenty, and after they are closed."""
    for name in PAGES:  # everything that a process keeps for all
        await (await Page.open(server.base, f"?page={name}")).close()
    before = server.without_sessions()["pss"]
    pages = [await Page.open(server.base, f"?page={PAGES[0]}")]
    one = server.measured("collect", "memory")["pss"]
    while len(pages) < 20:
        pages.append(await Page.open(server.base, f"?page={PAGES[len(pages) % len(PAGES)]}"))
        if len(pages) == 10:
            ten = server.measured("collect", "memory")["pss"]
    twenty = server.measured("collect", "memory")["pss"]
    for page in pages:
        await page.close()
    after = server.without_sessions()["pss"]
    results.line(f"{what}: memory without sessions", before, "MB")
    results.line(f"{what}: the first session", one - before, "MB")
    results.line(f"{what}: a further session, of twenty", (twenty - one) / 19, "MB", most=3)
    results.line(f"{what}: a further session, from 11 to 20", (twenty - ten) / 10, "MB", most=3)
    results.line(f"{what}: 20 sessions", twenty, "MB", most=250)
    results.line(f"{what}: after they are closed", after / before, "times", most=CLOSED)


async def opened_and_closed(server: Started, results: Results, pages: int) -> None:
    """Memory after many pages against that after the first fifty.

    Fifty at a time: what an allocator keeps follows the most sessions that ever were there at once, so that has to be
    the same on both sides.
    """
    levels = []
    for begun in range(0, pages, BATCH):
        for place in range(begun, min(pages, begun + BATCH)):
            page = await Page.open(server.base, f"?page={PAGES[place % len(PAGES)]}")
            await page.close()
        levels.append(server.without_sessions()["pss"])
    results.line(f"memory after {pages} pages against that after {BATCH}", levels[-1] / levels[0], "times", most=FLAT)
    results.line("growth for each page", (levels[-1] - levels[0]) * 1024 / (pages - BATCH), "kB")


def main() -> int:
    """Print each figure beside its bound; 1 where one is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=0.5)
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--acting", type=int, default=10)
    parser.add_argument("--scales", default="1", help="of the sample, for the memory of sessions: 1 or 1,10")
    parser.add_argument("--pages", type=int, default=120, help="opened and closed")
    parser.add_argument("--keep", action="store_true")
    given = parser.parse_args()
    url = sample()
    results = Results("sessions", data_size(url))
    with started(url, warm=True) as server:
        asyncio.run(many(server, results, given.sessions, given.acting, given.minutes))
    with started(url, warm=True) as server:
        asyncio.run(opened_and_closed(server, results, given.pages))
    for scale in (int(one) for one in given.scales.split(",")):
        with tempfile.TemporaryDirectory() as folder, _of_scale(url, folder, scale) as server:
            asyncio.run(further(server, results, f"scale {scale}"))
    return results.end(given.keep)


def _of_scale(url: str, folder: str, scale: int) -> AbstractContextManager[Started]:
    return started(url if scale == 1 else larger(folder, scale), warm=True)


def larger(folder: str, scale: int) -> str:
    """A sample of that scale in the folder."""
    from sample_data.generate import write_sample

    url = f"sqlite:///{Path(folder).as_posix()}/sample.sqlite"
    write_sample(url, scale)
    return url


if __name__ == "__main__":
    sys.exit(main())
