"""What a whole is made of: stacked shares by period, one row of limits for a single period, outcomes with bounds."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.charts import words
from dashboard.charts.chart import Chart, Mark, Table, days_axis, filling, filling_words, keys_of, numbers, spans
from dashboard.charts.expected import GRAINS
from dashboard.charts.marks import rules
from dashboard.charts.picture import Axis, Layer, Picture, spread
from data_access.measures import MEASURES
from data_access.statistics.intervals import wilson

UNKNOWN = ("not_assessed", "not_recorded", "unknown", "not_known", "stale")
LEVELS = {"high": "high", "medium": "medium", "standard": "standard"}
COLOURS = ("first_series", "second_series", "third_series", "fourth_series")
MOST = len(COLOURS)  # parts of their own; the others are drawn as one
COVERED = 0.6  # of the people of a period; below, the share of the known needs a caution
LEAST = 5  # below, a period is not drawn


@dataclass(frozen=True)
class Part:
    """One drawn part: its name in words, the codes that it pools, and how it is drawn."""

    layer: str
    name: str
    codes: tuple[str, ...]
    colour: str
    hatched: bool = False


def mix(frame: pd.DataFrame, marks: tuple[Mark, ...] = ()) -> Chart:
    """Shares of a whole: 100 % bars by period, or, for one period, one row for each value with its limits."""
    key = keys_of(frame)[-1] if keys_of(frame) else ""
    if not key or not len(frame):
        return Chart("There is nothing to show the parts of.", None, Table(("From",), ()), "0")
    if frame["period_start"].nunique() == 1:
        return _rows_of_one(frame, key)
    return _stacked(frame, key, _parts(frame, key), marks)


def outcome(
    frame: pd.DataFrame,
    marks: tuple[Mark, ...] = (),
    good: tuple[str, ...] | None = None,
    missing: tuple[str, ...] | None = None,
) -> Chart:
    """A mix with a good part: its best and worst case, where what is missing had all or none of it."""
    kind = MEASURES[frame.attrs["measure"]].kind
    good = getattr(kind, "good", ()) if good is None else good
    missing = getattr(kind, "missing", ()) if missing is None else missing
    key = keys_of(frame)[-1] if keys_of(frame) else ""
    if not key or not len(frame):
        return Chart("There is nothing to show the outcome of.", None, Table(("From",), ()), "0")
    single = frame["period_start"].nunique() == 1
    chart = _rows_of_one(frame, key) if single else _stacked(frame, key, _parts(frame, key, good, missing), marks)
    bounds = _bounds(frame, key, good, missing)
    header = (*chart.table.header, "Of the known", "Worst to best case", "Known")
    extra = [_bound_cells(*cells) for cells in zip(*bounds, strict=True)]
    sentence = f"{_outcome_sentence(frame, key, good, bounds)} {chart.sentence}"
    if single or chart.picture is None:
        return Chart(sentence, chart.picture, chart.table, chart.n, chart.notes)
    rows = tuple((*row, *cells) for row, cells in zip(chart.table.rows, extra, strict=True))
    picture = chart.picture
    drawn = Picture(
        (*picture.layers[:-1], *_bound_layers(frame, bounds), picture.layers[-1]),
        picture.x, picture.y, picture.beside, picture.height,
    )  # fmt: skip
    return Chart(sentence, drawn, Table(header, rows), chart.n, chart.notes)


def _counts(frame: pd.DataFrame, key: str, codes: tuple[str, ...]) -> np.ndarray:
    """Rows of these values by period; nan where nothing is known, or a window is still open."""
    some = [numbers(frame[frame[key] == code], "numerator")[0] for code in codes if code in set(frame[key])]
    return np.sum(some, axis=0) if some else np.zeros(frame["period_start"].nunique())


def _whole(frame: pd.DataFrame, key: str) -> np.ndarray:
    """All rows by period; nan where the shares are not known yet."""
    first = frame[frame[key] == frame[key].iloc[0]]
    n, part = numbers(first, "denominator", "numerator")
    return np.where(np.isnan(part), np.nan, n)


def _parts(
    frame: pd.DataFrame, key: str, good: tuple[str, ...] = (), missing: tuple[str, ...] = ()
) -> tuple[Part, ...]:
    """At most four parts of their own from the bottom, the good one first, then others, then what is not known."""
    codes = list(dict.fromkeys(frame[key]))
    unknown = tuple(code for code in codes if code in (missing or UNKNOWN))
    known = [code for code in codes if code not in unknown]
    known.sort(key=lambda code: code not in good)
    if set(known) <= set(LEVELS):
        known.sort(key=list(LEVELS).index)
        own = [Part(code, words.name(code), (code,), LEVELS[code]) for code in known]
    else:
        most = set(known)
        if len(known) > MOST:
            size = {code: float(np.nansum(_counts(frame, key, (code,)))) for code in known}
            most = set(sorted(known, key=lambda code: (code not in good, -size[code]))[:MOST])
        kept = [code for code in known if code in most]
        own = [Part(f"part {place + 1}", words.name(code), (code,), COLOURS[place]) for place, code in enumerate(kept)]
        rest = tuple(code for code in known if code not in most)
        own += [Part("others", "others", rest, "other_outcome")] if rest else []
    said = words.name(unknown[0]) if len(unknown) == 1 else "not known"
    return (*own, *([Part("not known", said, unknown, "not_assessed", hatched=True)] if unknown else []))


def _stacked(frame: pd.DataFrame, key: str, parts: tuple[Part, ...], marks: tuple[Mark, ...]) -> Chart:
    starts, ends = spans(frame)
    whole = _whole(frame, key)
    drawn = ~np.isnan(whole) & (whole >= LEAST)
    open_ = filling(frame, ends) & drawn
    few = drawn & (whole < words.FEW)
    below, layers, beside = np.zeros(len(starts)), [], []
    spoken = np.flatnonzero(drawn & ~few & ~open_) if (drawn & ~few & ~open_).any() else np.flatnonzero(drawn & ~few)
    for part in parts:
        with np.errstate(invalid="ignore", divide="ignore"):
            height = np.where(drawn, _counts(frame, key, part.codes) / whole, 0.0)
        above = below + height
        for hollow in (False, True):
            here = drawn & (open_ == hollow)
            layers.append(_bars(part, starts[here], ends[here], below[here], above[here], few[here], hollow))
        if len(spoken) and height[spoken[-1]] > 0:
            at = spoken[-1]
            beside.append(((below[at] + above[at]) / 2, f"{part.name} {round(100 * height[at])} %"))
        below = above
    rule, notes = rules(marks, 1.0, starts[0], ends[-1])
    picture = Picture(
        (*layers, rule), days_axis(starts, ends), Axis(0, 1, "share"),
        spread([place for place, _ in beside], [said for _, said in beside], 1 / 11, 1.0),
    )  # fmt: skip
    sentence = _mix_sentence(frame, key, parts, whole, spoken)
    sentence += " Narrow bars rest on fewer than ten." if few.any() else ""
    sentence += filling_words(frame, open_)
    rows = _table_rows(frame, key, whole)
    shown = [code for code in dict.fromkeys(frame[key]) if np.nansum(_counts(frame, key, (code,)))]
    header = ("From", *(words.name(code) for code in shown), "n")
    adds = "Stock" not in type(MEASURES[frame.attrs["measure"]].kind).__name__
    known = whole[~np.isnan(whole)]
    total = int(known.sum() if adds else known[-1]) if len(known) else 0
    if not drawn.any():
        return Chart(sentence, None, Table(header, rows), f"{total:,}", notes)
    return Chart(sentence, picture, Table(header, rows), f"{total:,}", notes)


def _bars(
    part: Part,
    starts: np.ndarray,
    ends: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    few: np.ndarray,
    hollow: bool,
) -> Layer:
    pad = (ends - starts) / np.where(few, 3, 10)
    columns = {"x0": starts + pad, "y0": low, "x1": ends - pad, "y1": high}
    name = f"{part.layer}, filling" if hollow else part.layer
    return Layer(name, "bars", columns, part.colour, hollow, part.hatched)


def _table_rows(frame: pd.DataFrame, key: str, whole: np.ndarray) -> tuple[tuple[str, ...], ...]:
    shown = [code for code in dict.fromkeys(frame[key]) if np.nansum(_counts(frame, key, (code,)))]
    counts = {code: _counts(frame, key, (code,)) for code in shown}
    first = frame[frame[key] == frame[key].iloc[0]]
    n = numbers(first, "denominator")[0]
    return tuple(
        (
            words.short_day(row.period_start),
            *(_cell(counts[code][i], whole[i]) for code in shown),
            words.whole(n[i]),
        )
        for i, row in enumerate(first.itertuples())
    )


def _cell(count: float, whole: float) -> str:
    if np.isnan(whole):
        return "not known yet"
    said = words.share(count, whole)
    return f"{said} ({words.limits(*(float(limit) for limit in wilson(count, whole)))})" if "%" in said else said


def _mix_sentence(frame: pd.DataFrame, key: str, parts: tuple[Part, ...], whole: np.ndarray, spoken: np.ndarray) -> str:
    if not len(spoken):
        noun = MEASURES[frame.attrs["measure"]].noun
        last = whole[~np.isnan(whole)]
        return (
            f"No period has ten {noun} or more: the table has the counts."
            if last.any() else f"No {noun.removesuffix('s')} to show."
        )  # fmt: skip
    at = int(spoken[-1])
    begun = frame["period_start"].drop_duplicates().iloc[at]
    shares = [
        f"{words.share(count, whole[at])} {part.name}"
        for part in parts
        if (count := _counts(frame, key, part.codes)[at])
    ]
    noun = MEASURES[frame.attrs["measure"]].noun
    based = words.based_on(whole[at], noun.removesuffix("s"), noun)
    period = GRAINS.get(frame.attrs["grain"], "period")
    return f"In the {period} from {words.short_day(begun)}: {', '.join(shares)} ({based})."


def _rows_of_one(frame: pd.DataFrame, key: str) -> Chart:
    """One row for each value with its limits, in the order of the values; below ten only counts."""
    some = frame[frame["numerator"].fillna(0) > 0]
    noun = MEASURES[frame.attrs["measure"]].noun
    header = (key.replace("_", " ").capitalize(), "Number", "Share", "95 % limits", "n")
    rows = tuple(
        (words.name(r[key]), words.whole(r["numerator"]), words.share(r["numerator"], r["denominator"]),
         words.limits(r["lower"], r["upper"]), words.whole(r["denominator"]))
        for r in some.to_dict("records")
    )  # fmt: skip
    n = int(numbers(frame, "denominator")[0].max(initial=0)) if frame["denominator"].notna().any() else 0
    table = Table(header, rows)
    if not len(some):
        return Chart(f"No {noun.removesuffix('s')} to show.", None, table, f"{n:,}")
    if n < words.FEW:
        return Chart(f"{words.plural(n, noun.removesuffix('s'), noun)}: too few for shares.", None, table, f"{n:,}")
    names = [words.name(value) for value in some[key]]
    value, lower, upper, counts = numbers(some, "value", "lower", "upper", "numerator")
    places = np.arange(len(names), 0, -1, dtype=float)
    unknown = np.isin(some[key].to_numpy(dtype=object), UNKNOWN)
    layers = (
        Layer("limits", "ranges", {"x0": lower, "y0": places, "x1": upper, "y1": places}, "field"),
        Layer("shares", "points", {"x": value[~unknown], "y": places[~unknown]}, "first_series"),
        Layer("not known", "points", {"x": value[unknown], "y": places[unknown]}, "not_assessed", hollow=True),
    )
    picture = Picture(
        layers,
        Axis(0, min(1.0, max(0.2, float(np.ceil(10 * upper.max()) / 10))), "share"),
        Axis(0.3, len(names) + 0.7, "names", tuple(zip(places, (_broken(name) for name in names), strict=True))),
        tuple(
            (place, f"{round(100 * v)} %  ({words.whole(c)})")
            for place, v, c in zip(places, value, counts, strict=True)
        ),
        height=max(120, 60 + 28 * len(names)),
    )
    most = int(np.argmax(np.where(unknown, -1, value)))
    said = words.share_of(counts[most], n, lower[most], upper[most], noun.removesuffix("s"), noun)
    sentence = f"Most often {names[most]}: {said}."
    return Chart(sentence, picture, table, f"{n:,}")


def _broken(name: str) -> str:
    """A long name on two lines, so that the picture keeps its room on a phone."""
    if len(name) <= 18:
        return name
    middle = min((i for i, c in enumerate(name) if c == " "), key=lambda i: abs(i - len(name) / 2), default=None)
    return name if middle is None else f"{name[:middle]}\n{name[middle + 1 :]}"


Bounds = tuple[np.ndarray, np.ndarray, np.ndarray]  # good, missing and all by period


def _bounds(frame: pd.DataFrame, key: str, good: tuple[str, ...], missing: tuple[str, ...]) -> Bounds:
    return _counts(frame, key, good), _counts(frame, key, missing), _whole(frame, key)


def _bound_cells(good: float, missing: float, whole: float) -> tuple[str, str, str]:
    if np.isnan(whole):
        return "not known yet", "not known yet", "not known yet"
    if whole < words.FEW:
        return words.share(good, whole - missing), "too few", words.share(whole - missing, whole)
    return words.share(good, whole - missing), _range(good, missing, whole), words.share(whole - missing, whole)


def _range(good: float, missing: float, whole: float) -> str:
    return f"{round(100 * good / whole)} to {round(100 * (good + missing) / whole)} %"


def _bound_layers(frame: pd.DataFrame, bounds: Bounds) -> tuple[Layer, ...]:
    """From the worst to the best case at the middle of each bar, and the share of the known as a point."""
    good, missing, whole = bounds
    starts, ends = spans(frame)
    middle = starts + (ends - starts) / 2
    known = ~np.isnan(whole) & (whole >= words.FEW)
    with np.errstate(invalid="ignore", divide="ignore"):
        worst, best, told = good / whole, (good + missing) / whole, good / (whole - missing)
    shown = known & (whole - missing >= words.FEW)
    x = middle[known]
    return (
        Layer("worst to best", "ranges", {"x0": x, "y0": worst[known], "x1": x, "y1": best[known]}, "ink"),
        Layer("of the known", "points", {"x": middle[shown], "y": told[shown]}, "ink", hollow=True),
    )


def _outcome_sentence(frame: pd.DataFrame, key: str, good: tuple[str, ...], bounds: Bounds) -> str:
    """The good share of the known with its limits, both cases, and a caution where few are known."""
    good_, missing, whole = bounds
    told = ~np.isnan(whole) & (whole > 0)
    if not told.any():
        return "No outcome is due yet."
    at = int(np.flatnonzero(told & ~_open(frame))[-1] if (told & ~_open(frame)).any() else np.flatnonzero(told)[-1])
    x, lost, n = good_[at], missing[at], whole[at]
    noun = MEASURES[frame.attrs["measure"]].noun
    name = " or ".join(words.name(code) for code in good)
    name = name[:1].upper() + name[1:]
    lower, upper = wilson(x, n - lost)
    known = words.share_of(x, n - lost, float(lower), float(upper), noun.removesuffix("s"), noun)
    if n < words.FEW:
        return f"{name}: {known} of whom the outcome is known; too few for best and worst case."
    said = f"{name}: {known} of whom the outcome is known; worst to best case {_range(x, lost, n)}."
    covered = (n - lost) / n
    if covered < COVERED:
        said += (
            f" Careful: the outcome is known of {words.share(n - lost, n)} only, so that the share can be far from "
            "the truth: read the worst and the best case."
        )
    else:
        said += f" The outcome is known of {words.share(n - lost, n)}."
    return said


def _open(frame: pd.DataFrame) -> np.ndarray:
    return filling(frame, spans(frame)[1])
