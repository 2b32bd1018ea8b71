"""The product's own server, started with instruments: `python benchmarks/watched.py sqlite:///service.sqlite 5099`.

It answers at /measured with what the process has used and how long each turn of the event loop took. The instruments
cost about a microsecond a turn; a thread looks every 20 ms where a long turn stands.
It sees best where the interpreter lets other threads run, so a place is a hint and no profile.
"""

import asyncio
import gc
import json
import sys
import threading
import time
from array import array
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from bokeh.application import Application
from bokeh.document import Document
from bokeh.server.session import ServerSession
from tornado.web import RequestHandler

from dashboard import app, paper

ROOT = Path(__file__).parents[1]
KINDS = ("construction", "answer", "other")
BOUND = 0.1  # seconds that the loop may be held
OURS = ("dashboard", "data_access")
BEAT = 0.02  # seconds between two heartbeats of the loop
LOOK = 0.02  # seconds between two looks at where a long turn stands
UNUSED = 5_000  # milliseconds that a session without a socket is kept; the product keeps it two minutes


@dataclass
class Longest:
    """How many there were, the longest by the clock and in processor time (s), and how many were over the bound.

    Nothing else is kept of them: a list of all would be the growth of memory that is looked for.
    """

    count: int = 0
    clock: float = 0.0
    worked: float = 0.0
    over: int = 0

    def add(self, clock: float, worked: float) -> None:
        """One more."""
        self.count += 1
        self.clock, self.worked = max(self.clock, clock), max(self.worked, worked)
        self.over += clock > BOUND


class Turns:
    """How long each turn of the event loop took, by kind: ``construction`` of a page, ``answer``, ``other``."""

    def __init__(self) -> None:
        self.taken = {kind: Longest() for kind in KINDS}
        self.culprits: Counter[str] = Counter()
        self.collected = Longest()
        self.late = array("d")
        self._kind, self._began, self._seen = "other", 0.0, Counter[str]()
        self._loop = 0
        self._collecting = 0.0, 0.0

    def install(self) -> None:
        """Time every turn from now on; call it in the thread that will run the loop."""
        run, self._loop = asyncio.events.Handle._run, threading.get_ident()

        def timed(handle: asyncio.events.Handle) -> None:
            self._kind, self._seen = "other", Counter()
            worked = time.thread_time()
            self._began = time.perf_counter()
            run(handle)
            taken, self._began = time.perf_counter() - self._began, 0.0
            self.taken[self._kind].add(taken, time.thread_time() - worked)
            if taken > BOUND:
                seen = self._seen.most_common(1)
                self.culprits[f"{self._kind}: {seen[0][0] if seen else _name(handle)}"] += 1

        asyncio.events.Handle._run = timed  # type: ignore[method-assign]
        self._mark(Application, "initialize_document", "construction")
        self._mark(ServerSession, "pull", "construction")
        self._mark(Document, "to_json", "construction")
        self._mark(paper.Paper, "received", "answer")
        gc.callbacks.append(self._collection)
        threading.Thread(target=self._watch, args=(threading.get_ident(),), daemon=True).start()

    def _mark(self, owner: type, name: str, kind: str) -> None:
        within = getattr(owner, name)

        def marked(*given: Any, **named: Any) -> Any:
            # Pages and answers are made in threads; what of them the loop itself does is named after them.
            if threading.get_ident() == self._loop and self._kind != "construction":
                self._kind = kind
            return within(*given, **named)

        setattr(owner, name, marked)

    def _collection(self, phase: str, _about: dict[str, int]) -> None:
        if phase == "start":
            self._collecting = time.perf_counter(), time.thread_time()
        else:
            began, worked = self._collecting
            self.collected.add(time.perf_counter() - began, time.thread_time() - worked)

    async def beat(self) -> None:
        """How late the loop comes back to somebody who waits: turns, other threads and the machine together."""
        while True:
            due = time.perf_counter() + BEAT
            await asyncio.sleep(BEAT)
            self.late.append(time.perf_counter() - due)

    def _watch(self, thread: int) -> None:
        while True:
            time.sleep(LOOK)
            if self._began and time.perf_counter() - self._began > LOOK:
                self._seen[" < ".join(_places(sys._current_frames()[thread])[:4])] += 1

    def said(self) -> dict[str, Any]:
        """What has been timed since it was last asked, in seconds by the clock and of processor time; then anew."""
        found = {
            "turns": {kind: asdict(one) for kind, one in self.taken.items()},
            "culprits": self.culprits.most_common(20),
            "collections": asdict(self.collected),
            "late": self.late.tolist(),
        }
        self.taken, self.collected = {kind: Longest() for kind in KINDS}, Longest()
        self.culprits, self.late = Counter(), array("d")
        return found


def _name(handle: asyncio.events.Handle) -> str:
    return str(getattr(handle._callback, "__qualname__", handle._callback))[:80]


def _places(frame: FrameType | None) -> list[str]:
    """The innermost functions of ours, the innermost first; where there is none of ours, of anybody."""
    ours, others = [], []
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        place = f"{path.stem}.{frame.f_code.co_name}:{frame.f_lineno}"
        others.append(place)
        if any(path.is_relative_to(ROOT / name) for name in OURS):
            ours.append(place)
        frame = frame.f_back
    return list(dict.fromkeys(ours or others))


class Measured(RequestHandler):
    """Processor time, memory, sessions and turns of this process as JSON."""

    turns: Turns
    sessions: Callable[[], int]

    def get(self) -> None:
        """Give what is asked for: ``collect`` (garbage, before anything else), ``memory``, ``turns``, ``objects``."""
        asked = self.request.query_arguments
        if "collect" in asked:
            gc.collect()
        if "turns" in asked:
            told = type(self).turns.said()
        else:
            told = {}
        told |= {"cpu": time.process_time(), "sessions": type(self).sessions()}
        if "memory" in asked:
            told |= memory()
        if "objects" in asked:
            told["objects"] = Counter(type(one).__qualname__ for one in gc.get_objects()).most_common(400)
        self.write(json.dumps(told))


def memory() -> dict[str, float]:
    """Proportional and resident memory of this process in MB. Where there is no /proc, the resident one of psutil."""
    rollup = Path("/proc/self/smaps_rollup")
    if not rollup.exists():
        import psutil

        resident = psutil.Process().memory_info().rss / 2**20
        return {"pss": resident, "rss": resident}
    lines = [line.split() for line in rollup.read_text(encoding="ascii").splitlines()[1:]]
    kilobytes = {line[0]: int(line[1]) for line in lines}
    return {"pss": kilobytes["Pss:"] / 1024, "rss": kilobytes["Rss:"] / 1024}


def main(url: str, port: int, warm: bool) -> None:
    """Serve until the process is ended; ``warm`` as the product starts, but ready only when it is."""
    turns = Turns()
    turns.install()
    server = app.server(url, port)
    served = server._tornado
    served._unused_session_lifetime_milliseconds = UNUSED
    served._cleanup_job.callback_time = UNUSED / 3
    Measured.turns = turns
    Measured.sessions = staticmethod(lambda: len(server.get_sessions()))  # type: ignore[assignment]
    served.add_handlers(r".*", [(r"/measured", Measured)])
    if warm:
        app.warm(url).join()
        turns.said()
    server.io_loop.add_callback(turns.beat)
    print("ready", flush=True)
    server.run_until_shutdown()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), "warm" in sys.argv)
