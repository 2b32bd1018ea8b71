"""Reads an address as what it is: text that anybody may have typed."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlencode

# The same words whether a thing does not exist or may not be seen: the difference would tell which forces there are.
NOT_AVAILABLE = "Part of the address or of the choice is not available here and was left out."
LONGEST = 4_000
OTHERS = ("bokeh-", "theme")  # arguments of the server itself


def words(codes: Iterable[str]) -> str:
    """Codes as one value; a comma or per cent sign inside a code is written as %2C or %25."""
    return ",".join(code.replace("%", "%25").replace(",", "%2C") for code in codes)


def href(query: Mapping[str, str]) -> str:
    """A query as the end of an address: ``?page=caseload&force=NORTH,EAST``."""
    return "?" + urlencode(query, safe=",:")


def parsed(search: str) -> dict[str, list[str]]:
    """The query of an address line (``?page=caseload``)."""
    try:
        return parse_qs(search.removeprefix("?")[:LONGEST], max_num_fields=40, errors="replace")
    except ValueError:
        return {"unreadable": [""]}


class Reading:
    """One reading of a query. ``unused`` tells whether anything in it could not be used."""

    def __init__(self, query: Mapping[str, Any]) -> None:
        self.unused = False
        self._left = {str(key): self._text(value) for key, value in dict(query).items()}

    def _text(self, value: Any) -> str:
        if isinstance(value, (list, tuple)):
            self.unused |= len(value) > 1
            value = value[0] if value else ""
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        if not isinstance(value, str) or len(value) > LONGEST:
            self.unused = True
            return ""
        return value

    def _take(self, key: str) -> str:
        return self._left.pop(key, "")

    def _checked(self, value: str, good: bool) -> str:
        self.unused |= bool(value) and not good
        return value if good else ""

    def codes(self, key: str, known: Iterable[str]) -> list[str]:
        """The known codes of a list, in the order of ``known``."""
        value, known = self._take(key), tuple(known)
        given = [part.replace("%2C", ",").replace("%25", "%") for part in value.split(",")] if value else []
        self.unused |= any(code not in known for code in given)
        return [code for code in known if code in given]

    def one(self, key: str, known: Iterable[str]) -> str:
        """A known value, or nothing."""
        value = self._take(key)
        return self._checked(value, value in tuple(known))

    def known(self, key: str, exists: Callable[[str], bool]) -> str:
        """A value that exists, or nothing."""
        value = self._take(key)
        return self._checked(value, exists(value))

    def like(self, key: str, pattern: str) -> str:
        """A value of a form, or nothing."""
        value = self._take(key)
        return self._checked(value, re.fullmatch(pattern, value) is not None)

    def whole(self, key: str, least: int, most: int) -> int | None:
        """A whole number between two, or None."""
        value = self._take(key)
        good = re.fullmatch(r"[0-9]{1,9}", value) is not None and least <= int(value) <= most
        return int(value) if self._checked(value, good) else None

    def day(self, key: str) -> date | None:
        """A day written 2026-11-23, or None."""
        found = a_day(value := self._take(key))
        self._checked(value, found is not None)
        return found

    def leftover(self) -> None:
        """Whatever has not been asked for is unknown; the server's own arguments are not."""
        self.unused |= any(not key.startswith(OTHERS) for key in self._left)


def a_day(text: str) -> date | None:
    """A day written 2026-11-23, or None."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
