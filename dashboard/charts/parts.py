"""The parts of a whole: which are drawn on their own, in what order and colour, and how many each has."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.charts import words
from dashboard.charts.chart import column, keys_of, values_of, words_of
from data_access.measures import MEASURES

UNKNOWN = ("not_assessed", "not_recorded", "unknown", "not_known", "not_paired", "stale")
LEVELS = {"high": "high", "medium": "medium", "standard": "standard"}
COLOURS = ("first_series", "second_series", "third_series", "fourth_series")
MOST = len(COLOURS)  # parts of their own; the others are drawn as one


@dataclass(frozen=True)
class Part:
    """One drawn part: its name in words, the codes that it pools, and how it is drawn."""

    layer: str
    name: str
    codes: tuple[str, ...]
    colour: str
    hatched: bool = False


def part_key(frame: pd.DataFrame) -> str:
    """Name of the column that parts the whole; nothing where there is none."""
    keys = keys_of(frame)
    own = getattr(getattr(MEASURES[frame.attrs["measure"]].kind, "part", None), "name", "")
    return own if own in keys else keys[-1] if keys else ""


def counts(frame: pd.DataFrame, key: str, codes: tuple[str, ...]) -> np.ndarray:
    """Rows of these values by period; nan where nothing is known, or a window is still open."""
    present = values_of(frame, key)
    some = [column(frame, "numerator", key, code) for code in codes if code in present]
    return np.sum(some, axis=0) if some else np.zeros(frame["period_start"].nunique())


def whole_of(frame: pd.DataFrame, key: str) -> np.ndarray:
    """All rows by period; nan where the shares are not known yet."""
    first = words_of(frame, key)[0]
    n, part = (column(frame, name, key, first) for name in ("denominator", "numerator"))
    return np.where(np.isnan(part), np.nan, n)


def parts_of(
    frame: pd.DataFrame, key: str, good: tuple[str, ...] = (), missing: tuple[str, ...] = ()
) -> tuple[Part, ...]:
    """At most four parts of their own from the bottom, the good one first, then others, then what is not known."""
    codes = list(values_of(frame, key))
    unknown = tuple(code for code in codes if code in (missing or UNKNOWN))
    known = [code for code in codes if code not in unknown]
    known.sort(key=lambda code: code not in good)
    if set(known) <= set(LEVELS):
        known.sort(key=list(LEVELS).index)
        own = [Part(code, words.name(code), (code,), LEVELS[code]) for code in known]
    else:
        most = set(known)
        if len(known) > MOST:
            size = {code: float(np.nansum(counts(frame, key, (code,)))) for code in known}
            most = set(sorted(known, key=lambda code: (code not in good, -size[code]))[:MOST])
        kept = [code for code in known if code in most]
        own = [Part(f"part {place + 1}", named(code, key), (code,), COLOURS[place]) for place, code in enumerate(kept)]
        rest = tuple(code for code in known if code not in most)
        own += [Part("others", "others", rest, "other_outcome")] if rest else []
    said = words.name(unknown[0]) if len(unknown) == 1 else "not known"
    return (*own, *([Part("not known", said, unknown, "not_assessed", hatched=True)] if unknown else []))


def named(code: str, key: str) -> str:
    """A value in words; one that is a number says of what: "2 attempts"."""
    if not code.isdigit():
        return words.name(code)
    what = words.name(key)
    return f"{code} {what.removesuffix('s') if code == '1' else what}"


def of_part(amount: str, name: str) -> str:
    """How much a part has: 43 % high, 43 % with 2 attempts."""
    return f"{amount} with {name}" if name[:1].isdigit() else f"{amount} {name}"


def newest(frame: pd.DataFrame) -> pd.DataFrame:
    """The newest period of which something is known."""
    known = frame[frame["numerator"].notna()]
    kept = frame[frame["period_start"] == known["period_start"].max()] if len(known) else frame.iloc[:0]
    kept.attrs = frame.attrs
    return kept


def by_value(frame: pd.DataFrame, others: list[str]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Each combination of the other keys in words, with its rows, in their own order."""
    rows = list(zip(*(frame[name] for name in others), strict=True))
    for values in dict.fromkeys(rows):
        kept = frame[[row == values for row in rows]]
        kept.attrs = frame.attrs
        yield ", ".join(words.name(value) for value in values), kept
