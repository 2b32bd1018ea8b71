"""Texts that look like a person's own data, which no column may hold.

The patterns are for the United Kingdom and the United States, where the two
shipped layouts come from. A hit is told by its kind, never by its value.
"""

import re

_ANYWHERE = (
    ("an e-mail address", re.compile(r"[^\s@]+@[^\s@]+\.[A-Za-z]{2,}")),
    (
        "a telephone number",
        re.compile(
            r"(?<![\w.])(?:\+|00)\d{1,3}[\s(.-]*\d[\d\s().-]{6,}\d(?!\w)|(?<!\w)07\d{9}(?!\w)|"
            r"(?<!\w)\(?0\d{2,4}\)?[\s-]\d{3,4}[\s-]?\d{3,4}(?!\w)|(?<!\w)\(?\d{3}\)?[\s.-]\d{3}[.-]\d{4}(?!\w)"
        ),
    ),
    (
        "a National Insurance number",
        re.compile(r"(?<!\w)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D](?!\w)", re.I),
    ),
    ("a social security number", re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")),
    ("a postcode", re.compile(r"(?<!\w)[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}(?!\w)", re.I)),
)
# Without its space a postcode looks like a short random reference: told in text only, not in keys.
_IN_TEXT = (("a postcode", re.compile(r"(?<!\w)[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}(?!\w)")),)
_CAN_HIT = re.compile(r"[@\d]")


def looks_personal(text: str, is_key: bool = False) -> str | None:
    """What the text looks like ("an e-mail address"), or None. ``is_key`` for ids, codes and pseudonyms."""
    if not _CAN_HIT.search(text):
        return None
    for kind, pattern in _ANYWHERE if is_key else _ANYWHERE + _IN_TEXT:
        if pattern.search(text):
            return kind
    return None
