"""The one gate that every value passes on its way into a cell."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

import pandas as pd

from data_access.days import LOCAL

NOT_AVAILABLE = "[x]"
NOT_APPLICABLE = "[z]"
LOW_RELIABILITY = "[u]"
RESTATED = "[r]"
SHORTHAND = {
    NOT_AVAILABLE: "not available",
    NOT_APPLICABLE: "not applicable",
    LOW_RELIABILITY: "low reliability",
    RESTATED: "restated since it was published",
}

LONGEST = 32_767  # characters that a cell holds; openpyxl cuts longer texts without a word
EXACT = 10**15  # a cell keeps 15 digits; longer whole numbers are identifiers and stay text
FIRST_DAY = date(1900, 3, 1)  # before it the day numbers of spreadsheets are off by one

# What XML 1.0 cannot hold, and half characters.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Spreadsheets decode _xHHHH_ inside strings (ECMA-376, ST_Xstring): its underscore is written as _x005F_.
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_CUT = " ... [shortened]"

Value = str | int | float | date


def clean_cell(value: Any) -> Value:
    """The value as a cell can hold it: text, a finite number, a day or a moment in local time.

    Missing values, empty texts and infinities become ``[x]``: a blank cell
    would leave open what it means. Truth values become Yes and No. Text is
    freed of what XML cannot hold, and shortened visibly where it is longer
    than a cell. Whole numbers that a cell would round become text.
    """
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str):
        return _text(value)
    if value is None or value is pd.NaT or value is pd.NA:
        return NOT_AVAILABLE
    if hasattr(value, "item") and getattr(value, "ndim", 0) == 0 and not isinstance(value, pd.Timestamp):
        value = pd.Timestamp(value) if type(value).__name__ == "datetime64" else value.item()
    if value is pd.NaT:
        return NOT_AVAILABLE
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int):
        return value if abs(value) < EXACT else str(value)
    if isinstance(value, float | Decimal):
        return _number(value)
    if isinstance(value, date):
        return _day(value)
    if isinstance(value, time):
        return value.isoformat()
    return _text(str(value))


def _text(text: str) -> str:
    text = _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if not text.strip():
        return NOT_AVAILABLE
    escaped = _ESCAPE.sub("_x005F_", text)
    while len(escaped) > LONGEST:
        text = text[: len(text) - (len(escaped) - LONGEST) - len(_CUT)]
        escaped = _ESCAPE.sub("_x005F_", text) + _CUT
    return escaped


def _number(value: float | Decimal) -> Value:
    number = float(value)
    if number != number or number in (float("inf"), float("-inf")):
        return NOT_AVAILABLE
    return number


def _day(value: date) -> Value:
    if isinstance(value, pd.Timestamp):
        value = value.to_pydatetime(warn=False)
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            value = value.astimezone(LOCAL).replace(tzinfo=None)
        value = value.replace(microsecond=0)
        if value.time() == time():
            value = value.date()
    day = value.date() if isinstance(value, datetime) else value
    return value if day >= FIRST_DAY else value.isoformat()
