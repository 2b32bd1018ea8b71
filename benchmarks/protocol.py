"""A browser without a screen: loads a page, keeps its socket open, clicks what stands in it, waits for the answer."""

import asyncio
import gzip
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin
from uuid import uuid4

from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

TOKEN = re.compile(r'"token":\s*"([^"]+)"')
TREE = re.compile(r'<script type="application/json" id="tree">(.*?)</script>', re.S)
SCRIPTS = re.compile(r"""<(?:script|link)[^>]*\s(?:src|href)=["']((?!data:)[^"'#]+)["']""")
LONGEST = 60.0  # seconds
LARGEST = 100 << 20
GREETING = "ACK"  # the first message of the server; before it nothing may be asked
ENCODINGS = {"Accept-Encoding": "gzip"}
Message = dict[str, str | bool]


class Failed(Exception):
    """The server refused, closed, answered with an error, or did not answer."""


@dataclass
class Answer:
    """``seconds`` from the sending to the last frame, ``size`` in bytes on the wire, ``text`` as it came."""

    seconds: float
    size: int
    text: str

    @property
    def failed(self) -> bool:
        """Whether the page says that something went wrong or could not be chosen: no click of ours may do that."""
        return 'class=\\"failure\\"' in self.text or 'class=\\"notice\\"' in self.text


@dataclass
class Control:
    """Something on the page that a person could click or choose, and what the browser would send for it."""

    part: str  # the sheet that hears of it
    message: Message
    chosen: bool = False  # an option that is selected, a box that is ticked, the page that is shown

    @property
    def name(self) -> str:
        """What it sets (``preset``) or does (``page``)."""
        return str(self.message.get("set") or self.message.get("do"))


class Page:
    """``await Page.open("http://localhost:5006", "?page=caseload")``, then ``controls()``, ``act()`` and ``close()``.

    It holds the parts of the page as paper.js does, but draws nothing. Wall
    time is taken when a frame arrives; what it says is read when it is needed.
    ``cookies`` go with each request, for a server where people sign in.
    """

    cookies = ""

    def __init__(self, base: str, query: str, source: str) -> None:
        self.base, self.query, self.source = base, query, source
        tree = TREE.search(source)
        if tree is None:
            raise Failed("the answer holds no page")
        self._tree = json.loads(tree[1])
        self.parts: dict[str, dict[str, Any]] = self._tree["parts"]
        self.number = int(self._tree["n"])
        self.answered = self.loaded = 0.0  # seconds until the first answer, and until page and server are linked
        self.models = 0  # of the session's document
        self.size = len(source)  # bytes of the first answer on the wire
        self._socket: WebSocketClientConnection | None = None
        self._pump: asyncio.Task[None] | None = None
        self._replies: dict[str, asyncio.Future[str]] = {}
        self._done: asyncio.Future[str] | None = None
        self._unread: list[str] = []
        self._channel, self._count = "", 0
        self.began = self.last = time.perf_counter()  # when the page was asked for; when the last frame arrived

    @classmethod
    async def open(cls, base: str, query: str = "") -> "Page":
        """Load the page and link it to its session."""
        page = await cls.fetched(base, query)
        await page.join()
        return page

    @classmethod
    async def fetched(cls, base: str, query: str = "") -> "Page":
        """Ask for the page only: its words and figures are in the first answer."""
        began = time.perf_counter()
        got = await AsyncHTTPClient().fetch(
            f"{base}/{query}", request_timeout=LONGEST, headers=ENCODINGS | cls._own(), decompress_response=False
        )
        body = gzip.decompress(got.body) if got.headers.get("Content-Encoding") == "gzip" else got.body
        page = cls(base, query, body.decode())
        page.began, page.size = began, len(got.body)
        page.answered = time.perf_counter() - began
        return page

    @classmethod
    def _own(cls) -> dict[str, str]:
        return {"Cookie": cls.cookies} if cls.cookies else {}

    async def join(self) -> None:
        """Open the socket of a page that was fetched, take the document, and say which state of the page was seen."""
        token = TOKEN.search(self.source)
        if token is None:
            raise Failed("the page holds no token")
        address = f"ws{self.base.removeprefix('http')}/ws{self.query}"
        self._socket = await websocket_connect(
            HTTPRequest(address, headers={"Origin": self.base} | self._own(), connect_timeout=LONGEST,
                        request_timeout=LONGEST),
            subprotocols=["bokeh", token[1]], max_message_size=LARGEST, compression_options={},
        )  # fmt: skip
        if self._socket.protocol:
            self._socket.protocol.set_nodelay(True)  # as browsers do
        self._pump = asyncio.ensure_future(self._receive())
        await asyncio.wait_for(self._replies.setdefault(GREETING, asyncio.get_running_loop().create_future()), LONGEST)
        document = json.loads(await self._ask("PULL-DOC-REQ", "{}"))["doc"]
        self.models = _models(document["roots"])
        self._channel = next(root["id"] for root in document["roots"] if root["name"].endswith("Channel"))
        ready = {"type": "event", "name": "document_ready", "values": {"type": "map"}}
        await self._patch({"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": ready})
        await self._say({"do": "seen", "n": self.number})
        self.loaded = self.last - self.began

    async def close(self) -> None:
        """Leave, as a closed tab does."""
        if self._pump and self._socket:
            self._pump.cancel()
            self._socket.close(1000)
        await asyncio.sleep(0)

    @property
    def closed(self) -> bool:
        """Whether the server has closed the socket."""
        return self._pump is not None and self._pump.done()

    @property
    def wire(self) -> int:
        """Bytes received on the socket so far, compressed if the server compresses."""
        protocol = self._socket.protocol if self._socket else None
        return int(getattr(protocol, "_wire_bytes_in", 0))

    @property
    def assets(self) -> list[str]:
        """Addresses of the scripts and styles that the browser loads for it, each once."""
        return list(dict.fromkeys(urljoin(f"{self.base}/", name) for name in SCRIPTS.findall(self.source)))

    def shown(self) -> list[tuple[str, str]]:
        """The pieces of markup that are on the page now, in reading order, each with the key of its sheet."""
        self._read()
        return [piece for key in self._visible(self._tree["root"]) for piece in self._markup(key)]

    def _visible(self, key: str) -> Iterator[str]:
        if self.parts[key].get("visible") is not False:
            yield key
            for inner in self.parts[key].get("parts", ()):
                yield from self._visible(inner)

    def _markup(self, key: str) -> list[tuple[str, str]]:
        part = self.parts[key]
        return [(key, said) for said in (part.get("html"), *part.get("slots", {}).values()) if said]

    def controls(self) -> list[Control]:
        """All that a person could click or choose now and that the server would hear of."""
        return [control for key, said in self.shown() for control in _Controls(key, said).found]

    async def act(self, control: Control) -> Answer:
        """Send what the browser would send and wait for its answer. Raises Failed."""
        began, before = time.perf_counter(), self.wire
        self._done = asyncio.get_running_loop().create_future()
        try:
            told = self._say({"part": control.part, **control.message})
            _, text = await asyncio.wait_for(asyncio.gather(told, self._done), LONGEST)
        except TimeoutError:
            raise Failed(f"no answer to {control.message} within {LONGEST:.0f} s") from None
        finally:
            self._done = None
        return Answer(self.last - began, self.wire - before, text)

    async def _say(self, message: dict[str, Any]) -> None:
        told = json.dumps({**message, "count": str(self._count)}, separators=(",", ":"))
        self._count += 1
        await self._patch({"kind": "ModelChanged", "model": {"id": self._channel}, "attr": "ask", "new": told})

    async def _patch(self, event: dict[str, Any]) -> None:
        await self._ask("PATCH-DOC", json.dumps({"events": [event]}))

    async def _ask(self, kind: str, content: str) -> str:
        if self._socket is None:
            raise Failed("the page has no socket")
        number = uuid4().hex
        reply = self._replies[number] = asyncio.get_running_loop().create_future()
        for part in (json.dumps({"msgid": number, "msgtype": kind}), "{}", content):
            await self._socket.write_message(part)
        return await asyncio.wait_for(reply, LONGEST)

    async def _receive(self) -> None:
        """Frames come as header, metadata, content and then pairs of buffer header and buffer."""
        try:
            while True:
                header = json.loads(await self._frame())
                await self._frame()
                content = str(await self._frame())
                for _ in range(2 * header.get("num_buffers", 0)):
                    await self._frame()
                self._take(header, content)
        except Failed as error:
            for one in (*self._replies.values(), *([self._done] if self._done else [])):
                if not one.done():
                    one.set_exception(error)

    async def _frame(self) -> str | bytes:
        frame = await self._socket.read_message() if self._socket else None
        if frame is None:
            raise Failed("the server closed the socket")
        self.last = time.perf_counter()
        return frame

    def _take(self, header: dict[str, Any], content: str) -> None:
        reply = self._replies.pop(header.get("reqid", header["msgtype"]), None)
        if reply is not None and not reply.done():
            if header["msgtype"] == "ERROR":
                reply.set_exception(Failed(content[:300]))
            else:
                reply.set_result(content)
        elif header["msgtype"] == "PATCH-DOC":
            for event in json.loads(content)["events"]:
                if event.get("attr") == "tell":
                    self._told(event["new"])

    def _told(self, text: str) -> None:
        self._unread.append(text)
        if self._done and not self._done.done() and '"done":true' in text:
            self._done.set_result(text)

    def _read(self) -> None:
        """Take over what came: a whole tree, or what is new since the last message."""
        for text in self._unread:
            told = json.loads(text)
            self.number = told["n"]
            if "root" in told:
                self._tree, self.parts = told, told["parts"]
                continue
            for key, news in told.get("parts", {}).items():
                part = self.parts.setdefault(key, {})
                slots = {**part.get("slots", {}), **news.get("slots", {})}
                part.update(news)
                part["slots"] = slots
        self._unread.clear()


def _models(value: Any) -> int:
    """How many models a part of a document holds."""
    if isinstance(value, dict):
        return int(value.get("type") == "object") + sum(map(_models, value.values()))
    return sum(map(_models, value)) if isinstance(value, list) else 0


@dataclass
class _Controls(HTMLParser):
    """Reads the controls out of a sheet's HTML, and what sheet.js would send of them."""

    part: str
    html: str
    found: list[Control] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._select: Message | None = None
        self.feed(self.html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note an element that does or sets something."""
        given = {name: value or "" for name, value in attributes}
        data: Message = {_camel(name[5:]): value for name, value in given.items() if name.startswith("data-")}
        if tag == "option" and self._select is not None:
            message = {**self._select, "value": given.get("value", "")}
            self.found.append(Control(self.part, message, "selected" in given))
        elif "set" in data and tag == "select":
            self._select = data
        elif "set" in data and given.get("type") == "checkbox":
            ticked = "checked" in given
            self.found.append(Control(self.part, {**data, "value": given["value"], "checked": not ticked}, ticked))
        elif "do" in data:
            self.found.append(Control(self.part, data, "aria-current" in given))

    def handle_endtag(self, tag: str) -> None:
        """An option belongs to the select around it."""
        if tag == "select":
            self._select = None


def _camel(name: str) -> str:
    """``dataset`` turns data-to-do into toDo."""
    first, *rest = name.split("-")
    return first + "".join(part.capitalize() for part in rest)


async def transferred(address: str) -> int:
    """Bytes of a body on the wire, compressed where the server compresses."""
    got = await AsyncHTTPClient().fetch(address, decompress_response=False, headers=ENCODINGS, request_timeout=LONGEST)
    return len(got.body)
