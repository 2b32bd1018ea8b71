"""A paper: the parts that one browser shows, and the one line on which page and server talk.

A page has one model in its document, a ``Channel`` of two strings. Measured: with a model for each sheet and
figure a warm page took 1.2 s of processor time on the server and a filter change 170 ms (decision 0014).
"""

import json
import logging
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache, partial
from pathlib import Path
from threading import Lock
from typing import Any

import bokeh.core.properties as bp
import panel as pn
import param
from bokeh.document import Document
from bokeh.model import DataModel
from markupsafe import Markup
from panel.custom import JSComponent

from dashboard import theme
from dashboard.charts.draw import Drawing
from dashboard.circles import Circles
from dashboard.delivery import AGAIN, Delivery, Record, withheld
from dashboard.files import File
from dashboard.sheet import Answer, Message, Part, Sheet
from data_access.errors import CaselightError

log = logging.getLogger("caselight.dashboard")
BROWSER = Path(__file__).parent / "browser"
SCRIPTS = ("markup", "views", "files", "lost", "pictures", "sheet", "paper")  # in the order in which they are read
LONGEST_VALUE = 4_000  # as the longest address


@cache
def script() -> str:
    """Everything that runs in the browser: one expression, whose value shows papers."""
    read = (BROWSER.joinpath(f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)
    return "(() => {\n" + "\n".join(read) + "\nreturn {begin, link, cell, cleaned}\n})()"


_waiting: ContextVar[set["Paper"] | None] = ContextVar("papers whose news wait", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Within it nothing is sent; what changed goes out at its end, in one message for each paper."""
    if _waiting.get() is not None:
        yield
        return
    papers: set[Paper] = set()
    token = _waiting.set(papers)
    try:
        yield
    finally:
        _waiting.reset(token)
        for paper in papers:
            paper.send()


class Paper:
    """The parts of one browser's page, by their keys, and how many messages were sent.

    ``answer`` gets the messages of the page itself (address, colour scheme); ``failed`` is told of an error in an
    answer, and without it the error goes on. ``record`` is told of everything before it leaves; where it raises
    CaselightError, that sentence leaves and nothing else.
    """

    def __init__(
        self,
        content: Part,
        answer: Answer | None = None,
        failed: Callable[[Exception], None] | None = None,
        record: Record | None = None,
    ):
        self.content, self.answer, self.failed, self.record = content, answer, failed, record
        self.typed = ""  # a purpose in the person's own words, until a file is taken
        self.instead: tuple[Sheet, Markup] | None = None  # a fault's words and their place; no data
        self._withheld = False  # the browser knows nothing of what came since
        self._blank = False  # the browser shows a sentence in place of what stands here
        self._delivery = Delivery()
        self.links: list[Callable[[str], None]] = []
        self.about: dict[str, str] = {}  # address, title, scheme
        self._parts: dict[str, Part] = {}
        self._made = 0
        self._news: dict[str, Any] = {}
        self._drawn: set[str] = set()
        self.number = 0
        for part in content.walk():
            self._place(part)

    def _place(self, part: Part) -> None:
        self._made += 1
        part.paper, part.key = self, f"p{self._made}"
        self._parts[part.key] = part

    def adopt(self, group: Part) -> None:
        """Give what was put into a group its places on this paper."""
        new = [part for part in group.walk() if part.paper is not self]
        for part in new:
            self._place(part)
        for part in new:
            self._news.setdefault("parts", {})[part.key] = part.described()

    def say(self, **about: str) -> None:
        """Address, title and colour scheme of the whole page."""
        new = {name: said for name, said in about.items() if self.about.get(name) != said}
        if new:
            self.about |= new
            self._news.setdefault("about", {}).update(new)
            self._later()

    def changed(self, part: Part, news: dict[str, Any]) -> None:
        """What is new of a part: kept until the end of ``together``."""
        told = self._news.setdefault("parts", {}).setdefault(part.key, {})
        slots = told.get("slots", {}) | news.get("slots", {})
        told.update(news)
        if slots:
            told["slots"] = slots
        self._later()

    def give(self, file: File) -> None:
        """Send a file with the next message. It travels on the session's own line; no address leads to it."""
        self._news["file"] = file.told()
        self._delivery.file = file
        self._later()

    def _later(self) -> None:
        waiting = _waiting.get()
        if waiting is None:
            self.send()
        else:
            waiting.add(self)

    def send(self, **more: Any) -> None:
        """Send what is new, to every browser that looks at this paper."""
        news, self._news = self._news | more, {}
        if not news:
            return
        self.number += 1
        if not self.links:  # nobody looks yet; whoever comes gets the whole
            self._drawn.clear()
        elif self._withheld:
            self._deliver(lambda: self._all(done=True))
        else:
            self._deliver(lambda: self._written({"n": self.number, **news}, news.get("parts", {})))

    def _deliver(self, written: Callable[[], str]) -> None:
        """Let it be recorded, then tell everybody who looks; or tell them why not."""
        delivery, self._delivery = self._delivery, Delivery()
        try:
            if self.record is not None:
                self.record(delivery)
        except CaselightError as error:
            told = self._sentence()
            self._withheld = True
            self._blank = not told
            told = told or withheld(self.number, error)
        else:
            told, self._withheld, self._blank, self.instead = written(), False, False, None
        for link in list(self.links):
            link(told)

    def _sentence(self) -> str:
        """What is said of a fault, alone, over a page that stays as it was recorded; nothing where there is no page."""
        said, self.instead = self.instead, None
        if said is None or self._blank:
            return ""
        part, words = said
        return self._written({"n": self.number, "parts": {part.key: {"html": words}}, "done": True}, {})

    def whole(self) -> str:
        """Everything that stands here now, as JSON. Raises what ``record`` raises."""
        if self.record is not None:
            self.record(Delivery(whole=True))
        return self._all()

    def _all(self, **more: Any) -> str:
        self._news = {}
        self._drawn.clear()
        parts = {part.key: part.described() for part in self.content.walk()}
        root = {"n": self.number, "root": self.content.key, "about": self.about, "parts": parts}
        return self._written(root | more, parts)

    def _written(self, told: dict[str, Any], parts: dict[str, dict[str, Any]]) -> str:
        """As JSON. A prototype goes with the first drawing that is made after it."""
        new: dict[str, str] = {}
        for one in parts.values():
            drawing = one.get("drawing")
            if isinstance(drawing, Drawing) and drawing.prototype not in self._drawn:
                self._drawn.add(drawing.prototype)
                new[drawing.prototype] = drawing.model()
        return json.dumps(told | ({"prototypes": new} if new else {}), default=_plain, separators=(",", ":"))

    def received(self, text: str) -> None:
        """Answer a message of the browser. Whatever it says was typed by somebody else."""
        data = _parsed(text)
        self._delivery = Delivery()
        if data.get("do") == "seen" and "part" not in data:
            if data.get("n") != self.number:
                self._delivery.whole = True
                self._deliver(self._all)
            return
        answer = self.answer
        again = self._withheld and data.get("do") == AGAIN
        if "part" in data:
            part = self._shown(str(data.pop("part")))
            answer = part.answer if isinstance(part, Sheet) else None
        data.pop("count", None)
        with together():
            try:
                message = _checked(data)
                understood = again or bool(message and answer is not None and answer(message) is not False)
                self._delivery.refused = not understood
                self._delivery.whole = again
            except Exception as error:
                if self.failed is None:
                    raise
                self.failed(error)
            finally:
                self._news["done"] = True
                self._later()

    def _shown(self, key: str) -> Part | None:
        """The part of that name; none that is hidden, because nobody can click there."""
        found = self._parts.get(key)
        return found if found is not None and any(part is found for part in _visible(self.content)) else None


def _visible(part: Part) -> Iterator[Part]:
    if part.visible:
        yield part
        for inner in part.parts:
            yield from _visible(inner)


def _plain(value: Any) -> Any:
    if isinstance(value, Drawing):
        return value.told()
    raise TypeError(type(value).__name__)


def _parsed(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except ValueError:
        return {}
    return data if isinstance(data, dict) and len(data) <= 20 else {}


def _checked(data: dict[str, Any]) -> Message:
    """A message of short texts and truths; nothing of one that holds anything else."""
    fits = all(isinstance(value, bool) or (isinstance(value, str) and len(value) <= LONGEST_VALUE)
               for value in data.values())  # fmt: skip
    return data if fits else {}


class Channel(DataModel):
    """What page and server say to each other; each new string is one message."""

    ask = bp.String(default="")
    tell = bp.String(default="")


_answering = ThreadPoolExecutor(max_workers=4, thread_name_prefix="answering")
_circles = Circles()


class Line:
    """The line between a paper and the document of its session.

    Messages of a page are answered one after another, in a thread: counting and writing never hold the server's loop.
    """

    def __init__(self, paper: Paper, document: Document):
        self.channel = Channel()
        self._paper, self._document = paper, document
        self._waiting: deque[str] = deque()
        self._busy = False
        self._lock = Lock()
        self.channel.on_change("ask", self._asked)
        paper.links.append(self._tell)
        document.add_root(self.channel)

    def _asked(self, _name: str, _old: str, text: str) -> None:
        with self._lock:
            self._waiting.append(text)
            if self._busy:
                return
            self._busy = True
        _answering.submit(self._answer)

    def _answer(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._busy = False
                    return
                text = self._waiting.popleft()
            with _circles.answer():
                try:
                    self._paper.received(text)
                except Exception as error:  # nobody waits for this thread: what the page could not say is logged here
                    log.error("an answer failed: %s", type(error).__name__)

    def _tell(self, text: str) -> None:
        with suppress(RuntimeError):  # the session has ended
            self._document.add_next_tick_callback(partial(setattr, self.channel, "tell", text))


class Cell(JSComponent):
    """A paper in a cell of a notebook. ``inks`` are rules of style of its own."""

    tree = param.String("", doc="Everything that stood on the paper when the cell was shown.")

    _esm = "export function render() {}"

    def __init__(self, content: Part, inks: str = "", **params: Any) -> None:
        params.setdefault("sizing_mode", "stretch_width")
        styles = [theme.stylesheet(), *([inks] if inks else [])]
        super().__init__(stylesheets=styles, **params)
        self.paper = content.paper or Paper(content)
        self.paper.links.append(self._tell)

    @classmethod
    def _render_esm(cls, compiled: Any = True, server: bool = False) -> str:
        return f"const caselight = {script()}\nexport const render = caselight.cell"

    def _get_model(self, *given: Any, **named: Any) -> Any:
        self.tree = self.paper.whole()
        return super()._get_model(*given, **named)

    def _tell(self, text: str) -> None:
        self._send_msg({"tell": text})
        pn.io.push_notebook(self)

    def _handle_msg(self, data: Any) -> None:
        self.paper.received(str(data.get("ask", "")) if isinstance(data, dict) else "")
