"""A chart: one frame told four ways - a picture, a sentence, a table and its n."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from threading import local
from typing import Any

import holoviews as hv
import numpy as np
import pandas as pd

from dashboard.charts.draw import element
from dashboard.charts.picture import Axis, Layer, Picture
from dashboard.charts.words import as_days, plural, short_day
from dashboard.frames import bare
from data_access.days import EPOCH, periods
from data_access.measures import MEASURES
from data_access.reports import FIGURES

STOCKS = ("Stock", "StockShare", "StockPart", "StockMix", "AgeMix", "PerPost", "Ratio", "Points")


@dataclass(frozen=True)
class Mark:
    """A day to be marked on a trend, with its sentence."""

    on_day: np.datetime64
    force: str
    kind: str
    text: str
    name: str = ""  # of the force, where it is known

    @property
    def whose(self) -> str:
        """The force as sentences name it."""
        return self.name or self.force


@dataclass(frozen=True)
class Table:
    """The same numbers as text: a header and rows. The first column of each row is its heading."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def said(self) -> list[str]:
        """Each row in one line: "5 Jan 2026; high 4; medium 7". What is under the pointer."""
        names = self.header[1:]
        return [
            "; ".join([day, *(f"{name} {cell}" for name, cell in zip(names, cells, strict=True) if cell)])
            for day, *cells in self.rows
        ]


@dataclass(frozen=True)
class Chart:
    """What a card shows. ``picture`` is None when there is nothing to draw; ``sentence`` then says why.

    ``verdict`` says in words whether the trend really changed; nothing for what is no trend.
    """

    sentence: str
    picture: Picture | None
    table: Table
    n: str
    notes: tuple[str, ...] = ()
    verdict: str = ""

    def element(self, dark: bool = False) -> hv.Overlay:
        """The picture as a HoloViews element."""
        return hv.Overlay([]) if self.picture is None else element(self.picture, dark, self.table.said())


Kind = Callable[..., Chart]  # (frame, marks) -> Chart


def spans(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """First day of each period and the first day after it."""
    about = frame.attrs
    return _spans(about["first"], about["until"], about["grain"])


@lru_cache(1_000)
def _spans(first: date, until: date, grain: str) -> tuple[np.ndarray, np.ndarray]:
    found = periods(first, until, grain)
    origin = np.datetime64(EPOCH, "s")
    edges = tuple(
        as_days(origin + np.array(days, dtype="timedelta64[D]"))
        for days in ([p.start for p in found], [p.end for p in found])
    )
    for edge in edges:
        edge.setflags(write=False)
    return edges[0], edges[1]


NO_ROWS = np.zeros(0, dtype=np.int64)
_latest = local()  # a picture asks its frame for the same columns ten to forty times


def _of(frame: pd.DataFrame) -> tuple[dict[Any, Any], pd.DataFrame]:
    """Columns of the frame that was asked last, each made once, and where the others are taken from."""
    if getattr(_latest, "frame", None) is not frame:
        _latest.frame, _latest.of = frame, ({}, bare(frame))
    of: tuple[dict[Any, Any], pd.DataFrame] = _latest.of
    return of


def number_column(frame: pd.DataFrame, name: str) -> np.ndarray:
    """A column as floats, nan where nothing is known; not to be changed."""
    arrays, columns = _of(frame)
    if name not in arrays:
        arrays[name] = columns[name].to_numpy(dtype=float, na_value=np.nan)
    found: np.ndarray = arrays[name]
    return found


def words_of(frame: pd.DataFrame, key: str) -> np.ndarray:
    """A column of names as plain strings."""
    arrays, columns = _of(frame)
    if ("words", key) not in arrays:
        arrays["words", key] = columns[key].to_numpy(dtype=object)
    found: np.ndarray = arrays["words", key]
    return found


def values_of(frame: pd.DataFrame, key: str) -> dict[str, np.ndarray]:
    """The values of a key in the order of their first rows, and which rows have each."""
    arrays, _ = _of(frame)
    if ("rows", key) not in arrays:
        words = words_of(frame, key)
        arrays["rows", key] = {value: np.flatnonzero(words == value) for value in dict.fromkeys(words.tolist())}
    found: dict[str, np.ndarray] = arrays["rows", key]
    return found


def column(frame: pd.DataFrame, name: str, key: str, value: str) -> np.ndarray:
    """One column of the rows of one key value, in the order of periods, as floats."""
    return number_column(frame, name)[values_of(frame, key).get(value, NO_ROWS)]


def keys_of(frame: pd.DataFrame) -> list[str]:
    """Names of the columns that break the figure down."""
    return [name for name in frame.columns if name != "period_start" and name not in FIGURES]


def numbers(frame: pd.DataFrame, *names: str) -> tuple[np.ndarray, ...]:
    """Columns as floats, nan where nothing is known."""
    return tuple(number_column(frame, name) for name in names)


def filling(frame: pd.DataFrame, ends: np.ndarray) -> np.ndarray:
    """Which periods are not over, or still filling up with late entries, for any of the forces."""
    about = frame.attrs
    settled = min(as_days(list(about.get("settled", about["as_of"]).values())))
    window = getattr(MEASURES[about["measure"]].kind, "within", 0) or 0
    return ends - np.timedelta64(1, "D") + np.timedelta64(window, "D") > settled


def filling_words(frame: pd.DataFrame, open_: np.ndarray, look: str = "Hollow") -> str:
    """A sentence on the hollow periods: how late entries come, or whose data end sooner."""
    if not open_.any():
        return ""
    as_of = frame.attrs["as_of"]
    late = max(frame.attrs.get("late", {}).values(), default=0)
    # The source line under each picture names every force whose data end sooner; here only where nothing else is why.
    older = [
        f"{force_name(frame, code)} on {short_day(last)}" for code, last in as_of.items() if last < max(as_of.values())
    ]
    why = f": entries reach us up to {plural(late, 'day')} late" if late else ""
    if older and not late:
        why = f": the data end sooner for {' and '.join(older)}"
    return f" {look} periods are still filling up{why}."


def force_name(frame: pd.DataFrame, code: str) -> str:
    """A force as the page names it, where the frame came with names; else its code."""
    return str(frame.attrs.get("names", {}).get(code, code))


def of_stock(frame: pd.DataFrame) -> bool:
    """Whether the periods of a figure show the same cases again: they are never added up, and the newest counts."""
    return type(MEASURES[frame.attrs["measure"]].kind).__name__ in STOCKS


def days_axis(starts: np.ndarray, ends: np.ndarray) -> Axis:
    """The axis of a trend: at most four days, or three months with their year, stay apart in a third of a page."""
    first, last = starts[0], ends[-1]
    months = np.arange(first.astype("datetime64[M]"), last.astype("datetime64[M]") + 1).astype("datetime64[s]")
    months = months[(months >= first) & (months < last)]
    places = months if len(months) >= 3 else starts
    long = len(months) >= 12
    places = places[:: -(-len(places) // (3 if long else 4))]
    ticks = tuple((place.astype("datetime64[ms]").astype("int64").item(), _tick(place, long)) for place in places)
    return Axis(first, last, "days", ticks)


def _tick(place: np.datetime64, long: bool) -> str:
    stamp = pd.Timestamp(place)
    return f"{stamp:%b %Y}" if long else f"{stamp.day} {stamp:%b}"


def counted_noun(frame: pd.DataFrame) -> tuple[str, str]:
    """What the measure of a frame counts, for one and for many: "open case", "open cases"."""
    many = MEASURES[frame.attrs["measure"]].noun
    if many.endswith("s"):
        return many.removesuffix("s"), many
    spoken = many.split(" ")  # "cases closed as unable to contact": the first plural is the noun
    place = next((i for i, word in enumerate(spoken) if len(word) > 3 and word.endswith("s")), None)
    if place is None:
        return many.replace("people", "person"), many
    return " ".join([*spoken[:place], spoken[place].removesuffix("s"), *spoken[place + 1 :]]), many


def with_boxes(chart: Chart, frame: pd.DataFrame) -> Chart:
    """A trend with an unseen box for each period, which says its row of the table under the pointer."""
    picture, table = chart.picture, chart.table
    if picture is None or picture.x.kind != "days":
        return chart
    starts, ends = (edge[: len(table.rows)] for edge in spans(frame))
    low, high = (np.full(len(starts), float(end)) for end in (picture.y.start, picture.y.end))
    columns = {"x0": starts, "y0": low, "x1": ends, "y1": high}
    layers = (*picture.layers, Layer("under the pointer", "hover", columns))
    return replace(chart, picture=replace(picture, layers=layers))
