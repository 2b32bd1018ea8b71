"""Somebody at a served page without a browser: asks for it, says things on its line, reads what stands there."""

import json
import re
from typing import Any

from tests.attack.client import Client

TREE = re.compile(r'<script type="application/json" id="tree">(.*?)</script>', re.S)


class Person:
    """A page of ``base``, opened. ``source`` is the first answer."""

    def __init__(self, base: str, query: str = "") -> None:
        client = Client(base)
        got = client.page(query)
        self.status, self.source = got.status, got.text
        tree = TREE.search(self.source)
        self.told: dict[str, Any] = json.loads(tree[1]) if tree else {}
        self.parts: dict[str, dict[str, Any]] = self.told.get("parts", {})
        self._line = client.socket(got.token) if tree else None

    @property
    def heading(self) -> str:
        """The heading that is shown."""
        shown = "".join(part.get("html", "") for part in self.parts.values() if part.get("visible") is not False)
        found = re.search(r"<h1[^>]*>(.*?)</h1>", shown)
        return found[1] if found else ""

    def part(self, holding: str) -> str:
        """Key of the part that is shown and whose markup holds a text."""
        shown = {key: part.get("html", "") for key, part in self.parts.items() if part.get("visible") is not False}
        return next(key for key, said in shown.items() if holding in said)

    def say(self, part: str = "", **message: Any) -> dict[str, Any]:
        """Send a message; what the page is told. Empty when the line is closed instead."""
        assert self._line is not None, "there is no line"
        told = self._line.say(**({"part": part} if part else {}), **message)
        if not told:
            return {}
        events = json.loads(told)["events"]
        news = json.loads(next(event["new"] for event in events if event.get("attr") == "tell"))
        if "root" in news:
            self.parts = news["parts"]
        for key, part_ in news.get("parts", {}).items():
            self.parts.setdefault(key, {}).update(part_)
        return news

    def filter(self, **message: Any) -> dict[str, Any]:
        """Change something in the filter bar."""
        return self.say(self.part('aria-label="Filters"'), **message)

    def close(self) -> None:
        """Leave."""
        if self._line is not None:
            self._line.close()
