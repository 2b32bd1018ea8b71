"""Parts of a page: sheets of markup made and escaped on the server, and groups of them."""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from string import Formatter
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from dashboard.files import File

if TYPE_CHECKING:
    from dashboard.charts.draw import Drawing
    from dashboard.paper import Paper

NOTHING = Markup("")
Message = dict[str, str | bool]
Answer = Callable[[Message], object]  # False: the message makes no sense here


class Part:
    """A piece of a page, on one paper at the most (``dashboard.paper``). ``look`` are its classes in ``style.css``."""

    def __init__(self, look: str = "", visible: bool = True):
        self.look, self._visible = look, visible
        self.paper: Paper | None = None
        self.key = ""  # its name on the paper

    @property
    def visible(self) -> bool:
        """Whether it is shown; what is hidden keeps its content."""
        return self._visible

    @visible.setter
    def visible(self, shown: bool) -> None:
        if shown != self._visible:
            self._visible = shown
            self.tell(visible=shown)

    @property
    def parts(self) -> tuple["Part", ...]:
        """What stands in it."""
        return ()

    def described(self) -> dict[str, Any]:
        """All that a browser needs to build it."""
        return {"look": self.look, "visible": self._visible}

    def tell(self, **news: Any) -> None:
        """Let the paper know what changed."""
        if self.paper is not None:
            self.paper.changed(self, news)

    def walk(self) -> Iterator["Part"]:
        """It and all that stands in it, from outside to inside."""
        yield self
        for part in self.parts:
            yield from part.walk()


class Group(Part):
    """Parts one after another. ``role`` is that of ARIA: ``Group(view, role="main")``."""

    def __init__(self, *parts: Part, look: str = "", role: str = "", visible: bool = True):
        super().__init__(look, visible)
        self._parts, self.role = list(parts), role

    @property
    def parts(self) -> tuple[Part, ...]:
        """What stands in it, in reading order."""
        return tuple(self._parts)

    @parts.setter
    def parts(self, parts: tuple[Part, ...]) -> None:
        if list(parts) == self._parts:
            return
        self._parts = list(parts)
        if self.paper is not None:
            self.paper.adopt(self)
            self.tell(parts=[part.key for part in self._parts])

    def insert(self, place: int, part: Part) -> None:
        """Put a part before the one at that place."""
        self.parts = (*self._parts[:place], part, *self._parts[place:])

    def append(self, part: Part) -> None:
        """Put a part at the end."""
        self.parts = (*self._parts, part)

    def remove(self, part: Part) -> None:
        """Take a part out."""
        self.parts = tuple(one for one in self._parts if one is not part)

    def described(self) -> dict[str, Any]:
        """All that a browser needs to build it."""
        return super().described() | {"parts": [part.key for part in self._parts], "role": self.role}


class Sheet(Part):
    """Markup, with slots that can change without the rest, a picture, and a table that is made when it is opened.

    A click on an element with ``data-do="name"`` calls ``answer`` with all of
    its ``data-*`` values (``{"do": "name", ...}``); a change of an input or
    select with ``data-set="name"`` calls it with ``{"set": "name", "value":
    ..., "checked": ...}`` and its other ``data-*`` values. Everything in a
    message was typed by somebody else: check it. ``data-toggle="id"`` opens a
    part of the sheet, ``data-land="key"`` takes the focus when it appears.
    ``data-find="id"`` on an input leaves only the ``data-part`` elements (and the ``data-parts`` around them) that hold
    the words typed, and says in the element of that id how many they are (``data-all``, ``data-none``).
    ``data-slot="name"`` holds what ``slots`` says for that name, ``data-picture`` the picture, and ``<details
    data-table>`` the table.
    """

    def __init__(self, html: Markup = NOTHING, answer: Answer | None = None, look: str = "", visible: bool = True):
        super().__init__(look, visible)
        self._html = checked(html)
        self.answer = answer
        self.slots: dict[str, Markup] = {}
        self.drawing: Drawing | None = None
        self.table: tuple[tuple[str, ...], ...] = ()

    @property
    def html(self) -> Markup:
        """The markup; slots are not part of it."""
        return self._html

    @html.setter
    def html(self, html: Markup) -> None:
        if html != self._html:
            self._html = checked(html)
            self.tell(html=self._html)

    def fill(
        self, slots: Mapping[str, Markup], drawing: "Drawing | None", table: tuple[tuple[str, ...], ...] = ()
    ) -> None:
        """Say what the slots hold, what is drawn and what its table says; only what changed goes to the browser."""
        new = {name: checked(said) for name, said in slots.items() if self.slots.get(name) != said}
        news: dict[str, Any] = {"slots": new} if new else {}
        if drawing != self.drawing:
            news["drawing"] = drawing
        if table != self.table:
            news["table"] = table
        self.slots |= new
        self.drawing, self.table = drawing, table
        if news:
            self.tell(**news)

    def described(self) -> dict[str, Any]:
        """All that a browser needs to build it."""
        told = super().described() | {"html": self._html, "slots": dict(self.slots)}
        return told | {"drawing": self.drawing, "table": self.table}

    def give_file(self, name: str, content: bytes, mime: str, purpose: str = "", rows: int | None = None) -> None:
        """Let the browser save a file; ``purpose`` and ``rows`` (cases in it) go to the audit."""
        if self.paper is not None:
            self.paper.give(File(name, content, mime, purpose, rows))


def checked(html: Markup) -> Markup:
    """Markup only: a plain string is refused, so that a database string cannot be shown unescaped by mistake."""
    if html and not isinstance(html, Markup):
        raise TypeError("A Sheet shows Markup only. Build it with markupsafe: Markup('<p>{}</p>').format(text).")
    return html


def html(template: str, **values: object) -> Markup:
    """Constant markup with escaped values: ``html("<b>{name}</b>", name=text)``.

    Plain names only. Measured: ``Markup.format`` takes five times as long, and a page asks some hundred times.
    """
    said: list[str] = []
    for literal, name in _pieces(template):
        said.append(literal)
        if name:
            said.append(escape(values[name]))
    return Markup("".join(said))


@lru_cache(4_000)
def _pieces(template: str) -> tuple[tuple[str, str], ...]:
    """A template as constant pieces, each with the name of the value that follows it."""
    pieces = []
    for literal, name, spec, conversion in Formatter().parse(template):
        if spec or conversion or (name is not None and not name.isidentifier()):
            raise ValueError("A template of markup takes plain names only.")
        pieces.append((literal, name or ""))
    return tuple(pieces)


def joined(parts: object, between: str = "") -> Markup:
    """Pieces of markup one after another; plain strings among them are escaped."""
    return Markup(between).join(escape(part) for part in parts)  # type: ignore[attr-defined]
