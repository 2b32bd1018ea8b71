"""One cell of a file: from its text to a value of the table, or the reason why not.

Nothing is guessed: days are written YYYY-MM-DD, codes are the lists' own words,
and a reason never repeats the value.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from data_access.days import LOCAL, Moment, moment
from data_access.ingest.layout import LayoutColumn
from data_access.ingest.personal import looks_personal

LONGEST_CELL = 1000
EARLIEST = date(1990, 1, 1)
EARLIEST_OF_SERVICE = date(1900, 1, 1)  # a team or a post may be older than any case
SERVICE_DAYS = {"opened_on", "started_on"}

_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,9}", re.ASCII)
_YES_NO = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}
# Control, format (zero-width, direction of writing) and surrogate characters hide text and break workbooks.
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}


class BadCell(ValueError):
    """The cell cannot be used; the text is the reason, without the value."""


def clean(text: str) -> str:
    """The text without outer blanks, in one Unicode form. Raises BadCell for hidden or far too many characters."""
    if len(text) > LONGEST_CELL:
        raise BadCell(f"longer than {LONGEST_CELL} characters")
    if text.isascii():
        if text.isprintable():
            return text.strip()
        text = text.strip()
    text = unicodedata.normalize("NFKC", text).strip()
    if any(unicodedata.category(character) in _HIDDEN for character in text):
        raise BadCell("holds a hidden or control character")
    return text


def one_form(text: str) -> str:
    """The text as ``clean`` gives it, whether it can be used or not: to tell whether two keys are the same."""
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()


@lru_cache(maxsize=65536)
def read_day(text: str) -> date:
    """A day written YYYY-MM-DD. Raises BadCell."""
    found = _DAY.fullmatch(text)
    if not found:
        raise BadCell("not a day written YYYY-MM-DD")
    try:
        return date.fromisoformat(found[1])
    except ValueError:
        raise BadCell("a day that does not exist") from None


@lru_cache(maxsize=65536)
def read_moment(text: str, zone: ZoneInfo = LOCAL) -> Moment:
    """A local time, a time with its offset, or a day alone. Raises BadCell."""
    if len(text) == 10:
        return moment(read_day(text), zone)
    if not _MOMENT.fullmatch(text):
        raise BadCell("not a time written YYYY-MM-DD HH:MM, nor a day written YYYY-MM-DD")
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise BadCell("a time that does not exist") from None
    try:
        if at.tzinfo is None:
            there = at.replace(tzinfo=zone)
            if there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != at:
                raise BadCell("a time that does not exist: the clocks went forward")
        return moment(at, zone)
    except OverflowError:  # the last hours of the calendar in a zone behind UTC, the first in one ahead
        raise BadCell("a time that does not exist") from None


def read_key(longest: int, text: str) -> str:
    """An id, code or pseudonym. Raises BadCell."""
    if len(text) > longest:
        raise BadCell(f"longer than {longest} characters")
    if re.search(r"\d[.,]\d+E\+\d+$", text, re.I):
        raise BadCell("a number that a spreadsheet has shortened; format the column as text")
    if re.search(r"\s", text):
        raise BadCell("an id, code or pseudonym has no blanks in it")
    kind = looks_personal(text, is_key=True)
    if kind:
        raise BadCell(f"looks like {kind}")
    return text


def read_text(longest: int, text: str) -> str:
    """A short text. Raises BadCell."""
    if len(text) > longest:
        raise BadCell(f"longer than {longest} characters")
    kind = looks_personal(text)
    if kind:
        raise BadCell(f"looks like {kind}")
    return text


def read_code(known: dict[str, str], text: str) -> str:
    """A code of the list. Raises BadCell."""
    try:
        return known[text]
    except KeyError:
        some = ", ".join(list(known)[:8]) + (" .." if len(known) > 8 else "")
        raise BadCell(f"not a code of the list ({some})") from None


def read_codes(known: dict[str, str], text: str) -> str:
    """Codes joined by a comma, in any order; they come back sorted. Raises BadCell."""
    return ",".join(sorted({read_code(known, part.strip()) for part in text.split(",")}))


def read_number(text: str) -> int:
    """A whole number. Raises BadCell."""
    if not _NUMBER.fullmatch(text):
        raise BadCell("not a whole number")
    found = int(text)
    if found < 0:
        raise BadCell("a number below zero")
    return found


def read_small_number(text: str) -> int:
    """A whole number that fits the table's two bytes. Raises BadCell."""
    found = read_number(text)
    if found > 32_767:
        raise BadCell("a number too large")
    return found


def read_yes_no(text: str) -> bool:
    """yes, no, true, false, 1 or 0. Raises BadCell."""
    try:
        return _YES_NO[text.lower()]
    except KeyError:
        raise BadCell("neither yes nor no") from None


def read_local_time(text: str) -> datetime:
    """A local time, the day alone (midnight), or a time with its offset, which stays. Raises BadCell."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise BadCell("not a time written YYYY-MM-DD HH:MM") from None


def read_zone(text: str) -> str:
    """The name of a time zone. Raises BadCell."""
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadCell("not the name of a time zone such as Europe/London") from None


def reader(column: LayoutColumn) -> Callable[[str], object]:
    """The function that reads the column's cells; moments are read with the force's zone elsewhere."""
    if column.kind in ("code", "codes"):
        known = {name: name for name in column.codes}
        return partial(read_code if column.kind == "code" else read_codes, known)
    if column.kind == "key":
        return partial(read_key, column.longest or 64)
    if column.kind == "text":
        return partial(read_text, column.longest or 120)
    if column.kind == "number":
        return read_number if column.writes.endswith("population") else read_small_number
    others: dict[str, Callable[[str], object]] = {
        "day": read_day,
        "yes_no": read_yes_no,
        "local_time": read_local_time,
        "zone": read_zone,
    }
    return others[column.kind]
