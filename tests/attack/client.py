"""A client that speaks the protocol of the pages with whatever cookies, tokens and headers it likes."""

import asyncio
import http.client
import json
import re
from dataclasses import dataclass, field
from html import unescape
from threading import Thread
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.httputil import HTTPHeaders
from tornado.websocket import WebSocketClientConnection, websocket_connect

TOKEN = re.compile(r'"token":\s*"([^"]+)"')
FORM_TOKEN = re.compile(r'name="token" value="([^"]+)"')
PATIENCE = 30.0  # seconds
Headers = list[tuple[str, str]]


class _Loop:
    """One event loop in a thread of its own: a browser of another test has one in this thread."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        Thread(target=self.loop.run_forever, daemon=True).start()

    def run(self, asked: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(asked, self.loop).result(PATIENCE)


LOOP = _Loop()


@dataclass
class Got:
    """An answer: status, headers as they came, body as text."""

    status: int
    headers: Headers
    text: str

    def header(self, name: str) -> str:
        """Every value of a header, one a line."""
        return "\n".join(value for given, value in self.headers if given.lower() == name.lower())

    @property
    def token(self) -> str:
        """The session token that a page carries; empty when it carries none."""
        found = TOKEN.search(self.text)
        return found[1] if found else ""

    @property
    def form_token(self) -> str:
        """The token of the form on it."""
        found = FORM_TOKEN.search(self.text)
        return unescape(found[1]) if found else ""


@dataclass
class Client:
    """Somebody at ``base`` (``http://localhost:5006``). ``more`` goes with each request; no redirect is followed."""

    base: str
    path: str = "/"
    cookies: dict[str, str] = field(default_factory=dict)
    more: Headers = field(default_factory=list)

    def _headers(self, more: Headers) -> Headers:
        given = [*self.more, *more]
        if self.cookies and not any(name.lower() == "cookie" for name, _ in given):
            given.append(("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items())))
        return given

    def ask(self, path: str = "", method: str = "GET", body: str = "", headers: Headers | None = None) -> Got:
        """One request; the cookies of its answer are kept."""
        where = urlsplit(self.base)
        line = http.client.HTTPConnection(where.hostname or "", where.port, timeout=PATIENCE)
        given = self._headers(headers or [])
        line.putrequest(method, path or self.path, skip_host=any(name.lower() == "host" for name, _ in given))
        for name, value in given:
            line.putheader(name, value)
        if method == "POST":
            line.putheader("Content-Type", "application/x-www-form-urlencoded")
            line.putheader("Content-Length", str(len(body)))
        line.endheaders(body.encode() if body else None)
        answer = line.getresponse()
        got = Got(answer.status, answer.getheaders(), answer.read().decode(errors="replace"))
        line.close()
        for name, value in got.headers:
            if name.lower() == "set-cookie":
                cookie, _, rest = value.partition(";")
                key, _, content = cookie.partition("=")
                if "max-age=0" in rest.lower():
                    self.cookies.pop(key, None)
                else:
                    self.cookies[key] = content
        return got

    def sign_in(self, name: str, password: str, wanted: str = "") -> Got:
        """Fill in the form and send it."""
        form = self.ask("/login?" + urlencode({"next": wanted or self.path}))
        sent = {"token": form.form_token, "next": wanted or self.path, "name": name, "password": password}
        return self.ask("/login", "POST", urlencode(sent))

    def sign_out(self) -> Got:
        """Press the button that stands over the page."""
        page = self.ask()
        return self.ask("/logout", "POST", urlencode({"token": page.form_token}))

    def page(self, query: str = "") -> Got:
        """The page, or what comes instead."""
        return self.ask(self.path + query)

    def socket(self, token: str, headers: Headers | None = None, query: str = "") -> "Socket | None":
        """The socket of a token; None when it is refused or closed before it says anything."""
        return LOOP.run(self._socket(token, headers or [], query))

    async def _socket(self, token: str, headers: Headers, query: str) -> "Socket | None":
        given = HTTPHeaders()
        for name, value in self._headers(headers):
            given.add(name, value)
        address = f"ws{self.base.removeprefix('http')}{self.path.rstrip('/')}/ws{query}"
        try:
            made = await websocket_connect(HTTPRequest(address, headers=given), subprotocols=["bokeh", token])
        except HTTPClientError:
            return None
        opened = Socket(made)
        return opened if await opened.message() else None


class Socket:
    """An open socket, greeted by the server."""

    def __init__(self, line: WebSocketClientConnection) -> None:
        self._line = line
        self.heard: list[str] = []
        self._channel, self._over = "", False

    async def message(self) -> tuple[dict[str, Any], str] | None:
        """The next message: its header and content; None when the socket was closed."""
        parts = []
        for _ in range(3):
            frame = await self._line.read_message()
            if frame is None:
                self._over = True
                return None
            parts.append(str(frame))
            self.heard.append(str(frame))
        return json.loads(parts[0]), parts[2]

    async def _send(self, kind: str, content: str) -> str:
        number = uuid4().hex
        for part in (json.dumps({"msgid": number, "msgtype": kind}), "{}", content):
            await self._line.write_message(part)
        return number

    async def _whole(self) -> str:
        """The document, as it is for whoever joins."""
        number = await self._send("PULL-DOC-REQ", "{}")
        while (told := await self.message()) is not None:
            if told[0].get("reqid") == number:
                for root in json.loads(told[1]).get("doc", {}).get("roots", ()):
                    self._channel = root["id"] if root["name"].endswith("Channel") else self._channel
                return told[1]
        return ""

    async def _asked(self, message: dict[str, Any]) -> str:
        if not self._channel:
            await self._whole()
        said = {"kind": "ModelChanged", "model": {"id": self._channel}, "attr": "ask", "new": json.dumps(message)}
        await self._send("PATCH-DOC", json.dumps({"events": [said]}))
        while (told := await self.message()) is not None:
            if '"attr":"tell"' in told[1]:
                return told[1]
        return ""

    def pull(self) -> str:
        """Everything that stands on the page, as the server tells it; empty when it tells nothing."""
        try:
            return LOOP.run(self._asked({"do": "seen", "n": -1, "count": uuid4().hex}))
        except Exception:  # closed while we asked
            return ""

    def say(self, **message: str) -> str:
        """Send one message of a page; the answer, or nothing when the socket was closed instead."""
        try:
            return LOOP.run(self._asked({**message, "count": uuid4().hex}))
        except Exception:
            return ""

    @property
    def answers(self) -> bool:
        """Whether a message gets its answer."""
        return self.say(do="scheme", value="light") != ""

    @property
    def closed(self) -> bool:
        """Whether the server closes it, or has; waits for that."""
        return LOOP.run(self._end())

    async def _end(self) -> bool:
        while not self._over:
            await self.message()
        return True

    def close(self) -> None:
        """Leave."""
        LOOP.loop.call_soon_threadsafe(self._line.close)
