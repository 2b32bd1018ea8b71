"""One quiet component: shows HTML made and escaped on the server, and tells what was clicked or changed."""

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import param
from markupsafe import Markup, escape
from panel.custom import JSComponent

from dashboard import theme

NOTHING = Markup("")
Message = dict[str, str | bool]
Answer = Callable[[Message], None]


class Html(param.String):
    """Markup only: a plain string is refused, so that a database string cannot be shown unescaped by mistake."""

    def _validate_value(self, val: Any, allow_None: bool) -> None:
        super()._validate_value(val, allow_None)
        if val and not isinstance(val, Markup):
            raise TypeError("A Sheet shows Markup only. Build it with markupsafe: Markup('<p>{}</p>').format(text).")


class Sheet(JSComponent):
    """HTML on the page.

    A click on an element with ``data-do="name"`` calls ``answer`` with all of
    its ``data-*`` values (``{"do": "name", ...}``); a change of an input or
    select with ``data-set="name"`` calls it with ``{"set": "name", "value":
    ..., "checked": ...}`` and its other ``data-*`` values. Everything in a
    message was typed by somebody else: check it. ``data-toggle="id"`` opens a
    part of the sheet, ``data-land="key"`` takes the focus when it appears.
    ``data-find="id"`` on an input leaves only the ``data-part`` elements (and the ``data-parts`` around them) that hold
    the words typed, and says in the element of that id how many they are (``data-all``, ``data-none``).
    ``address`` and ``title`` are for the one sheet that keeps the address line.
    """

    html: Markup = Html("")
    address = param.String("")
    title = param.String("")

    _esm = Path(__file__).parent / "sheet.js"

    def __init__(self, html: Markup = NOTHING, answer: Answer | None = None, **params: Any) -> None:
        params.setdefault("sizing_mode", "stretch_width")
        params.setdefault("stylesheets", [theme.stylesheet()])
        super().__init__(html=html, **params)
        self.answer = answer

    def _handle_msg(self, data: Any) -> None:
        message = _read(data)
        try:
            if message and self.answer is not None:
                self.answer(message)
        finally:
            self._send_msg({"done": True})

    def give_file(self, name: str, content: bytes, mime: str) -> None:
        """Let the browser save a file. It travels over the session's own socket; no address leads to it."""
        self._send_msg({"name": name, "mime": mime, "base64": b64encode(content).decode("ascii")})


def _read(data: Any) -> Message:
    """A message with short text values and truths only; anything else is left out."""
    if not isinstance(data, dict) or len(data) > 20:
        return {}
    fits = {key: value for key, value in data.items() if isinstance(value, (bool, str))}
    return {str(key): value for key, value in fits.items() if isinstance(value, bool) or len(value) <= 2_000}


def html(template: str, **values: object) -> Markup:
    """Constant markup with escaped values: ``html("<b>{name}</b>", name=text)``."""
    return Markup(template).format(**values)


def joined(parts: object, between: str = "") -> Markup:
    """Pieces of markup one after another; plain strings among them are escaped."""
    return Markup(between).join(escape(part) for part in parts)  # type: ignore[attr-defined]
