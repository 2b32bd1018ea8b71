"""Tables with shaded cells: hours by weekday, from one level to another, two assessments of the same case."""

from dataclasses import replace

import numpy as np
import pandas as pd

from dashboard.charts import words
from dashboard.charts.chart import Chart, Mark, Table, counted_noun
from dashboard.charts.picture import Axis, Layer, Picture
from dashboard.frames import each
from data_access.statistics.agreement import weighted_kappa
from data_access.statistics.intervals import wilson

ORDER = {"standard": 1, "medium": 2, "high": 3}
DOWN = ("high", "medium", "standard", "not_assessed")
LATER = {"open": "level now", "closed": "level at exit"}  # by the status of the cases
ACROSS = (*DOWN, "stale", "different_tool")


def hours(frame: pd.DataFrame, _: tuple[Mark, ...]) -> Chart:
    """When attempts succeed: hour by weekday. Cells of fewer than five attempts stay empty."""
    days = list(dict.fromkeys(frame["weekday"]))
    known = frame[frame["hour"] != "not_recorded"]
    unknown, total = int(frame["denominator"].sum() - known["denominator"].sum()), int(frame["denominator"].sum())
    cells = [
        (int(r.hour), len(days) - days.index(r.weekday), float(r.value)) for r in each(known) if r.denominator >= 5
    ]
    x, y, value = (np.array([c[i] for c in cells], dtype=float) for i in range(3))
    layers = (
        Layer("cells", "cells", {"x0": x, "y0": y - 0.5, "x1": x + 1, "y1": y + 0.5, "value": value}, "first_series"),
    )
    rows = tuple(
        (
            r.weekday,
            f"{int(r.hour):02d}:00",
            words.share(r.numerator, r.denominator),
            words.limits(r.lower, r.upper),
            words.whole(r.denominator),
        )
        for r in each(known)
        if r.denominator > 0
    )
    table = Table(("Weekday", "Hour", "Succeeded", "95 % limits", "n"), rows)
    said = f" For {words.plural(unknown, 'attempt')} the hour is not recorded." if unknown else ""
    if not cells:
        return Chart(f"No hour has five attempts or more.{said}", None, table, f"{total:,}")
    picture = Picture(
        layers,
        Axis(7, 22, "number", tuple((float(h), f"{h:02d}") for h in range(8, 22, 2)), "hour of the day"),
        Axis(0.4, len(days) + 0.6, "names", tuple((float(len(days) - i), d) for i, d in enumerate(days))),
        height=260,
    )
    succeeded = int(frame["numerator"].sum())
    low, high = (float(limit) for limit in wilson(succeeded, total))
    share = words.share_of(succeeded, total, low, high, *counted_noun(frame))
    sentence = f"{share} succeeded. Darker is more often; cells of fewer than five are empty.{said}"
    return Chart(sentence, picture, table, f"{total:,}")


def matrix(frame: pd.DataFrame, _: tuple[Mark, ...] = ()) -> Chart:
    """From the level at intake (down) to the latest or exit level (across), with counts in the cells."""
    states = set(frame["status"]) if "status" in frame.columns else set()
    later = LATER.get(states.pop(), "later level") if len(states) == 1 else "later level"
    chart, cells = _square(frame, "From, at intake", counted_noun(frame), ("level at intake", later))
    if chart.picture is None:
        return chart
    moved = [(ORDER[b] - ORDER[a], count) for (a, b), count in cells.items() if a in ORDER and b in ORDER]
    fell, same, rose = (
        sum(count for move, count in moved if test(move))
        for test in (lambda m: m < 0, lambda m: m == 0, lambda m: m > 0)
    )
    total = sum(cells.values())
    sentence = (
        f"Of {words.plural(total, 'case')}: {fell} lower than at intake, {same} the same, {rose} higher, "
        f"{total - fell - same - rose} cannot be compared (not assessed, or another tool). {chart.sentence}"
    )
    return replace(chart, sentence=sentence.strip())


def agreement(frame: pd.DataFrame, _: tuple[Mark, ...] = ()) -> Chart:
    """The level by one assessment (down) and by another (across), and how far they agree beyond chance."""
    chart, cells = _square(frame, "First level", counted_noun(frame), ("referrer's level", "our own first level"))
    if chart.picture is None:
        return chart
    levels = list(ORDER)
    pairs = np.array([[cells.get((a, b), 0) for b in levels] for a in levels], dtype=float)
    n, same = int(pairs.sum()), int(np.trace(pairs))
    if not n:
        return replace(chart, sentence="Nobody has a level by both assessments.")
    lower, upper = (float(limit) for limit in wilson(same, n))
    said = f"The same level by both: {words.share_of(same, n, lower, upper, *counted_noun(frame))}."
    kappa = weighted_kappa(pairs)
    if n < words.FEW:
        said += " Too few to say how far that is more than chance."
    elif np.isnan(kappa.value):
        said += " All are of one level, so that chance alone would agree as well."
    else:
        said += (
            f" Beyond chance the agreement is {kappa.value:.2f} ({kappa.lower:.2f} to {kappa.upper:.2f}; weighted "
            "kappa, 0 is chance and 1 complete; one level apart counts as half)."
        )
    return replace(chart, sentence=f"{said} {chart.sentence}".strip(), n=f"{n:,}")


def _square(
    frame: pd.DataFrame, corner: str, nouns: tuple[str, str], sides: tuple[str, str]
) -> tuple[Chart, dict[tuple[str, str], int]]:
    """The picture and table of a frame with from_level and to_level, and the count of each cell.

    ``sides`` say what stands down and what across.

    Rows of fewer than ten are not shaded and show counts only; the sentence says so.
    """
    rows_, across = set(frame["from_level"]), set(frame["to_level"])
    found = {(r.from_level, r.to_level): r for r in each(frame)}
    cells = {pair: 0 if pd.isna(r.numerator) else int(r.numerator) for pair, r in found.items()}
    down = [name for name in DOWN if name in rows_]
    used = {b for (_, b), count in cells.items() if count}
    to = [name for name in ACROSS if name in across and (name in used or name in DOWN)]
    totals = {a: sum(cells.get((a, b), 0) for b in across) for a in down}
    header = (corner, *(f"to {words.name(b)}" for b in to), "n")
    rows = tuple(
        (words.name(a), *(_cell(cells.get((a, b), 0), totals[a]) for b in to), words.whole(totals[a])) for a in down
    )
    table, total = Table(header, rows), sum(totals.values())
    if not total:
        return Chart(f"No {nouns[0]} to show.", None, Table(header, ()), "0"), cells
    few = any(0 < totals[a] < words.FEW for a in down)
    said = "Rows of fewer than ten show counts only and are not shaded." if few else ""
    return Chart(said, _shaded(down, to, cells, totals, sides), table, f"{total:,}"), cells


def _cell(count: int, total: int) -> str:
    return words.whole(count) if total < words.FEW else f"{words.whole(count)} ({round(100 * count / total)} %)"


def _across(level: str, place: int, columns: int) -> str:
    """A level under its column; with five of them every other short one stands lower, to stay apart on a phone."""
    name = words.name(level).replace(" ", "\n")
    return f"\n{name}" if columns > 4 and place % 2 and "\n" not in name else name


def _shaded(
    down: list[str],
    to: list[str],
    cells: dict[tuple[str, str], int],
    totals: dict[str, int],
    sides: tuple[str, str],
) -> Picture:
    places = [(j, len(down) - i, a, b) for i, a in enumerate(down) for j, b in enumerate(to)]
    x, y = (np.array([place[i] for place in places], dtype=float) for i in range(2))
    value = np.array([cells.get((a, b), 0) / totals[a] if totals[a] >= words.FEW else 0.0 for *_, a, b in places])
    counts = np.array([words.whole(cells.get((a, b), 0)) for *_, a, b in places], dtype=object)
    which = "down: {}\nacross: {}".format(*sides)  # a label at the left would take the room of a column on a phone
    dark = value > 0.6  # there the paper reads better on the cell than the ink does (4.1:1 and more, both schemes)
    layers = (
        Layer("cells", "cells", {"x0": x, "y0": y - 0.5, "x1": x + 1, "y1": y + 0.5, "value": value}, "first_series"),
        Layer("counts", "labels", {"x": x[~dark] + 0.5, "y": y[~dark], "text": counts[~dark]}, "ink"),
        Layer("counts on dark", "labels", {"x": x[dark] + 0.5, "y": y[dark], "text": counts[dark]}, "paper"),
    )
    return Picture(
        layers,
        Axis(0, len(to), "names", tuple((j + 0.5, _across(b, j, len(to))) for j, b in enumerate(to)), which),
        Axis(
            0.4,
            len(down) + 0.6,
            "names",
            tuple((float(len(down) - i), words.name(a).replace(" ", "\n")) for i, a in enumerate(down)),
        ),
        height=270,
    )
