"""A whole of one period: a row for each part with its limits, or a bar for each value of another key."""

import numpy as np
import pandas as pd

from dashboard.charts import words
from dashboard.charts.chart import Chart, Table, counted_noun, numbers
from dashboard.charts.parts import UNKNOWN, Part, by_value, counts, named, whole_of
from dashboard.charts.picture import MARGIN, Axis, Layer, Picture, share_across
from data_access.statistics.intervals import wilson


def rows_of_one(frame: pd.DataFrame, key: str) -> Chart:
    """One row for each value with its limits, in the order of the values; below ten only counts."""
    some = frame[frame["numerator"].fillna(0) > 0]
    noun, many = counted_noun(frame)
    header = (key.replace("_", " ").capitalize(), "Number", "Share", "95 % limits", "n")
    rows = tuple(
        (named(r[key], key), words.whole(r["numerator"]), words.share(r["numerator"], r["denominator"]),
         words.limits(r["lower"], r["upper"]), words.whole(r["denominator"]))
        for r in some.to_dict("records")
    )  # fmt: skip
    n = int(numbers(frame, "denominator")[0].max(initial=0)) if frame["denominator"].notna().any() else 0
    table = Table(header, rows)
    if not len(some):
        return Chart(f"No {noun} to show.", None, table, f"{n:,}")
    if n < words.FEW:
        return Chart(f"{words.plural(n, noun, many)}: too few for shares.", None, table, f"{n:,}")
    names = [named(value, key) for value in some[key]]
    value, lower, upper, number = numbers(some, "value", "lower", "upper", "numerator")
    places = np.arange(len(names), 0, -1, dtype=float)
    unknown = np.isin(some[key].to_numpy(dtype=object), UNKNOWN)
    layers = (
        Layer("limits", "ranges", {"x0": lower, "y0": places, "x1": upper, "y1": places}, "field"),
        Layer("shares", "points", {"x": value[~unknown], "y": places[~unknown]}, "first_series"),
        Layer("not known", "points", {"x": value[unknown], "y": places[unknown]}, "not_assessed"),
    )
    picture = Picture(
        layers,
        share_across(min(1.0, max(0.2, float(np.ceil(10 * upper.max()) / 10))), MARGIN),
        Axis(0.3, len(names) + 0.7, "names", tuple(zip(places, (broken(name) for name in names), strict=True))),
        tuple(
            (place, f"{round(100 * v)} %  ({words.whole(c)})")
            for place, v, c in zip(places, value, number, strict=True)
        ),
        height=max(120, 60 + 28 * len(names)),
    )
    most = int(np.argmax(np.where(unknown, -1, value)))
    said = words.share_of(number[most], n, lower[most], upper[most], noun, many)
    sentence = f"Most often {names[most]}: {said}."
    return Chart(sentence, picture, table, f"{n:,}")


def broken(name: str) -> str:
    """A long name on two lines, so that the picture keeps its room on a phone."""
    if len(name) <= 18:
        return name
    middle = min((i for i, c in enumerate(name) if c == " "), key=lambda i: abs(i - len(name) / 2), default=None)
    return name if middle is None else f"{name[:middle]}\n{name[middle + 1 :]}"


def bars_beside(
    frame: pd.DataFrame,
    key: str,
    others: list[str],
    parts: tuple[Part, ...],
    good: tuple[str, ...] = (),
    missing: tuple[str, ...] = (),
) -> Chart:
    """A 100 % bar for each value of the other keys, in their own order; below ten the row stays empty.

    With a good part a line goes from its worst to its best case, and the words beside tell its share of the known.
    """
    one, many = counted_noun(frame)
    rows_ = [(name, own, float(whole_of(own, key)[0])) for name, own in by_value(frame, others)] if len(frame) else []
    some = [(name, own, n) for name, own, n in rows_ if n > 0]
    header = (words.name(others[0]).capitalize(), *(part.name for part in parts), "n")
    cells = tuple(
        (name, *(_with_limits(counts(own, key, part.codes)[0], n) for part in parts), words.whole(n))
        for name, own, n in some
    )
    total = int(sum(n for *_, n in some))
    drawn = [(name, own, n) for name, own, n in some if n >= words.FEW]
    if not drawn:
        said = f"No row has ten {many} or more: the table has the counts." if some else f"No {one} to show."
        return Chart(said, None, Table(header, cells), f"{total:,}")
    places = np.arange(len(some), 0, -1, dtype=float)
    at = np.array([place for place, (*_, n) in zip(places, some, strict=True) if n >= words.FEW])
    n = np.array([n for *_, n in drawn])
    layers, below = [], np.zeros(len(drawn))
    for part in parts:
        above = below + np.array([counts(own, key, part.codes)[0] for _, own, _ in drawn]) / n
        columns = {"x0": below, "y0": at - 0.32, "x1": above, "y1": at + 0.32}
        layers.append(Layer(part.layer, "bars", columns, part.colour, hatched=part.hatched))
        below = above
    worst, lost = (np.array([counts(own, key, codes)[0] for _, own, _ in drawn]) for codes in (good, missing))
    cases = {"x0": worst / n, "y0": at, "x1": (worst + lost) / n, "y1": at}
    bounded = {name: column if good else column[:0] for name, column in cases.items()}
    layers.append(Layer("worst to best", "ranges", bounded, "ink"))
    picture = Picture(
        tuple(layers),
        share_across(),
        Axis(0.3, len(some) + 0.7, "names", tuple((p, broken(row[0])) for p, row in zip(places, some, strict=True))),
        tuple((p, "too few" if n < words.FEW else f"n = {n:,.0f}") for p, (*_, n) in zip(places, some, strict=True)),
        height=max(120, 60 + 36 * len(some)),
    )
    return Chart(legend(parts), picture, Table(header, cells), f"{total:,}")


def legend(parts: tuple[Part, ...]) -> str:
    """The parts in the order of the bar, in words, where no label can stand beside each."""
    return f"From left to right: {', '.join(part.name for part in parts)}."


def _with_limits(count: float, n: float) -> str:
    said = words.share(count, n)
    return f"{said} ({words.limits(*(float(limit) for limit in wilson(count, n)))})" if "%" in said else said
