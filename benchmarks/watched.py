"""The product's own server, started with instruments: `python benchmarks/watched.py sqlite:///service.sqlite 5099`.

It answers at /measured with what the process has used and how long each turn of the event loop took. The instruments
cost about a microsecond a turn; a thread looks every 20 ms where a turn stands that takes longer than the bound.
"""

import asyncio
import gc
import json
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from bokeh.application import Application
from bokeh.document import Document
from bokeh.server.session import ServerSession
from tornado.web import RequestHandler

from dashboard import app, paper, shell

ROOT = Path(__file__).parents[1]
BOUND = 0.1  # seconds that the loop may be held
OURS = ("dashboard", "data_access")
UNUSED = 4_000  # milliseconds that a session without a socket is kept; the product keeps it two minutes


class Turns:
    """How long each turn of the event loop took, by kind: ``construction`` of a page, ``answer``, ``other``."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = {"construction": [], "answer": [], "other": []}
        self.culprits: Counter[str] = Counter()
        self.collected: list[float] = []
        self._kind, self._began, self._seen = "other", 0.0, ""
        self._collecting = 0.0

    def install(self) -> None:
        """Time every turn from now on; call it in the thread that will run the loop."""
        run = asyncio.events.Handle._run

        def timed(handle: asyncio.events.Handle) -> None:
            self._kind, self._seen = "other", ""
            self._began = time.perf_counter()
            run(handle)
            taken, self._began = time.perf_counter() - self._began, 0.0
            self.taken[self._kind].append(taken)
            if taken > BOUND:
                self.culprits[f"{self._kind}: {self._seen or _name(handle)}"] += 1

        asyncio.events.Handle._run = timed  # type: ignore[method-assign]
        self._mark(Application, "initialize_document", "construction")
        self._mark(shell.Shell, "open_page", "construction")
        self._mark(ServerSession, "pull", "construction")
        self._mark(Document, "to_json", "construction")
        self._mark(paper.Paper, "received", "answer")
        gc.callbacks.append(self._collection)
        threading.Thread(target=self._watch, args=(threading.get_ident(),), daemon=True).start()

    def _mark(self, owner: type, name: str, kind: str) -> None:
        within = getattr(owner, name)

        def marked(*given: Any, **named: Any) -> Any:
            if self._kind != "construction":
                self._kind = kind
            return within(*given, **named)

        setattr(owner, name, marked)

    def _collection(self, phase: str, _about: dict[str, int]) -> None:
        if phase == "start":
            self._collecting = time.perf_counter()
        else:
            self.collected.append(time.perf_counter() - self._collecting)

    def _watch(self, thread: int) -> None:
        while True:
            time.sleep(0.02)
            if self._began and not self._seen and time.perf_counter() - self._began > BOUND:
                stack = traceback.extract_stack(sys._current_frames()[thread])
                self._seen = " < ".join(_places(stack)[:4])

    def said(self) -> dict[str, Any]:
        """What has been timed since it was last asked, in seconds; then it begins anew."""
        found = {
            "turns": self.taken,
            "culprits": self.culprits.most_common(20),
            "collections": self.collected,
        }
        self.taken = {kind: [] for kind in self.taken}
        self.culprits, self.collected = Counter(), []
        return found


def _name(handle: asyncio.events.Handle) -> str:
    return str(getattr(handle._callback, "__qualname__", handle._callback))[:80]


def _places(stack: traceback.StackSummary) -> list[str]:
    """The innermost place of all, then the innermost of ours; the instruments themselves are left out."""
    frames = [frame for frame in reversed(stack) if Path(frame.filename) != Path(__file__)]
    ours = [frame for frame in frames if any(Path(frame.filename).is_relative_to(ROOT / name) for name in OURS)]
    shown = [*frames[:1], *ours] if ours else frames
    return list(dict.fromkeys(f"{Path(one.filename).stem}.{one.name}:{one.lineno}" for one in shown))


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


def main(url: str, port: int) -> None:
    """Serve until the process is ended."""
    turns = Turns()
    turns.install()
    server = app.server(url, port)
    served = server._tornado
    served._unused_session_lifetime_milliseconds = UNUSED
    served._cleanup_job.callback_time = UNUSED / 3
    Measured.turns = turns
    Measured.sessions = staticmethod(lambda: len(server.get_sessions()))  # type: ignore[assignment]
    served.add_handlers(r".*", [(r"/measured", Measured)])
    print("ready", flush=True)
    server.run_until_shutdown()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
