"""How long until something happens: the share that got there by each day, with those who still wait."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from dashboard.charts import words
from dashboard.charts.chart import Chart, Mark, Table, keys_of, numbers
from dashboard.charts.picture import Axis, Layer, Picture, spread
from data_access.measures import MEASURES
from data_access.statistics.survival import Curve, Quantile

FEW_AT_RISK = 10  # beyond the day with fewer still followed the curve is dashed
SERIES = ("first_series", "second_series", "third_series", "fourth_series")
UNITS = {"days": ("day", 7), "hours": ("hour", 24)}
STEPS = {
    "days": (0, 1, 2, 3, 5, 7, 10, 14, 21, 28, 35, 42, 56, 84, 112, 182, 273, 365, 546, 730),
    "hours": (0, 1, 2, 4, 8, 12, 24, 36, 48, 72, 96, 120, 168, 240, 336, 504, 672),
}
LENGTHS = {"days": (14, 28, 42, 84, 182, 365, 546, 730), "hours": (24, 48, 72, 168, 336, 672)}


def survival(frame: pd.DataFrame, _: tuple[Mark, ...] = (), longest: int = 0, begin: str = "the start") -> Chart:
    """The share that got there by each day (or hour), its quartiles with limits, and how many are still followed.

    Dashed where fewer than ten are still followed; the band ends there. ``longest`` is the last unit of the picture,
    the first round length that nine of ten are past or the curve has come to rest at if left out.
    """
    unit = "hours" if "hours" in frame.columns else "days"
    one = UNITS[unit][0]
    header = (one.capitalize(), "Got there by then", "95 % limits", f"Still followed at that {one}")
    noun = MEASURES[frame.attrs["measure"]].noun
    frame = _one_period(frame)
    if not len(frame) or not np.nan_to_num(numbers(frame, "n")[0]).max(initial=0):
        return Chart(f"No {noun.removesuffix('s')} to follow in this period.", None, Table(header, ()), "0")
    at, value, lower, upper, risk = numbers(frame, unit, "value", "lower", "upper", "denominator")
    n, longest = int(frame["n"].max()), longest or _longest(at, value, risk, unit)
    shown = at <= longest
    at, value, lower, upper, risk = (part[shown] for part in (at, value, lower, upper, risk))
    picture = Picture(
        _curve(at, value, lower, upper, risk, longest),
        Axis(0, longest, "count", label=f"{unit} since {begin}"),
        Axis(0, 1, "share"),
    )
    nouns = (noun.removesuffix("s"), noun)
    return Chart(
        _quartiles(frame, unit, n, nouns),
        picture,
        Table(header, _rows(unit, at, value, lower, upper, risk, n)),
        f"{n:,}",
    )


def waiting_curve(frame: pd.DataFrame, marks: tuple[Mark, ...] = ()) -> Chart:
    """Days from the referral to the first substantive contact."""
    chart = survival(frame, marks, 42, "the referral")
    if chart.picture is None:
        return Chart("Nobody was referred for full advocacy in this period.", None, chart.table, "0")
    day, value, n = numbers(_one_period(frame), "days", "value", "n")
    by28 = value[day <= 28][-1] if (day <= 28).any() else np.nan
    reached = "" if n[0] < words.FEW or np.isnan(by28) else f" By day 28 {round(100 * by28)} % were reached."
    header = ("Day", "Reached by then", "95 % limits", "Still waiting at that day")
    said = f"{chart.sentence}{reached} Who still waits is counted as waiting."
    return Chart(said, chart.picture, Table(header, chart.table.rows), chart.n)


def _one_period(frame: pd.DataFrame) -> pd.DataFrame:
    """The newest period with anybody in it: a curve is of one period."""
    some = frame[frame["n"].fillna(0) > 0] if len(frame) else frame
    kept = some[some["period_start"] == some["period_start"].max()] if len(some) else some
    kept.attrs = frame.attrs
    return kept


def _longest(at: np.ndarray, value: np.ndarray, risk: np.ndarray, unit: str) -> int:
    """A round length by which the curve is at rest, or fewer than ten are followed."""
    followed = at[risk >= FEW_AT_RISK].max(initial=0)
    known = value[~np.isnan(value)]
    rest = at[np.argmax(value >= 0.98 * known.max(initial=0))] if len(known) else followed
    wanted = min(max(float(rest) * 1.15, 1), max(float(followed) * 1.1, 1)) if followed else float(at.max(initial=1))
    return next((length for length in LENGTHS[unit] if length >= wanted), LENGTHS[unit][-1])


def steps(at: np.ndarray, height: np.ndarray, longest: float) -> tuple[np.ndarray, np.ndarray]:
    """A step curve as a line: level until the next moment, and to the edge after the last one."""
    if not len(at):
        return np.zeros(0), np.zeros(0)
    ends = np.append(at[1:], max(longest, at[-1]) if at[-1] >= longest - 1 else at[-1] + 1)
    return np.column_stack([at, np.maximum(ends, at)]).ravel(), np.repeat(height, 2)


def _curve(
    at: np.ndarray, value: np.ndarray, lower: np.ndarray, upper: np.ndarray, risk: np.ndarray, longest: int
) -> tuple[Layer, ...]:
    many = risk >= FEW_AT_RISK
    few = ~many
    if few.any() and many.any():
        few[np.flatnonzero(few)[0] - 1] = True  # the dashed part begins where the drawn one ends
    x, low = steps(at[many], lower[many], longest)
    _, high = steps(at[many], upper[many], longest)
    known = ~np.isnan(low) & ~np.isnan(high)
    solid, dashed = steps(at[many], value[many], longest), steps(at[few], value[few], longest)
    return (
        Layer("limits", "band", {"x": x[known], "lower": low[known], "upper": high[known]}, "band"),
        Layer("got there", "line", {"x": solid[0], "y": solid[1]}, "first_series"),
        Layer("few followed", "line", {"x": dashed[0], "y": dashed[1]}, "first_series", dashed=True),
    )


def _quartiles(frame: pd.DataFrame, unit: str, n: int, nouns: tuple[str, str]) -> str:
    """A quarter, half and three quarters with their limits; what is not reached is said so."""
    at, value, lower, upper, risk, got = numbers(frame, unit, "value", "lower", "upper", "denominator", "numerator")
    curve = Curve(at, 1 - value, 1 - upper, 1 - lower, risk, got, np.full(len(at), np.nan))
    if n < words.FEW:
        half = curve.quantile(0.5)
        by = "half did not get there" if np.isnan(half.value) else f"half by {_length(half.value, unit)}"
        return f"{words.plural(n, *nouns)}: too few for a percentage; {by}."
    said = [
        f"{name}: {_limited(curve.quantile(p), unit)}"
        for name, p in (("a quarter", 0.25), ("half", 0.5), ("three quarters", 0.75))
    ]
    dashed = " Dashed where fewer than ten are still followed." if (risk < FEW_AT_RISK).any() else ""
    return f"How long until {'; '.join(said)} ({words.based_on(n, *nouns)}).{dashed}"


def _limited(found: Quantile, unit: str) -> str:
    """9 days (7 to 13), 9 days (7 to not reached), or not reached."""
    if np.isnan(found.value):
        return "not reached" + ("" if np.isnan(found.lower) else f" (after {_length(found.lower, unit)} at the least)")
    if np.isnan(found.lower) and np.isnan(found.upper):
        return _length(found.value, unit)  # everybody at once: Greenwood gives no band
    low, high = ("not reached" if np.isnan(end) else words.amount(end) for end in (found.lower, found.upper))
    return f"{_length(found.value, unit)} ({low} to {high})"


def _length(value: float, unit: str) -> str:
    return f"{words.amount(value)} {UNITS[unit][0] if value == 1 else unit}"


def _rows(
    unit: str, at: np.ndarray, value: np.ndarray, lower: np.ndarray, upper: np.ndarray, risk: np.ndarray, n: int
) -> tuple[tuple[str, ...], ...]:
    found = []
    for moment in STEPS[unit]:
        here = int(np.searchsorted(at, moment, side="right")) - 1
        if here < 0 or moment > at[-1]:
            continue
        by = "too few" if n < words.FEW else "not known" if np.isnan(value[here]) else f"{round(100 * value[here])} %"
        still = int(risk[here]) if at[here] == moment else int(risk[min(here + 1, len(risk) - 1)])
        found.append((words.whole(moment), by, words.limits(lower[here], upper[here]), words.whole(still)))
    return tuple(found)


def endings(frame: pd.DataFrame, _: tuple[Mark, ...] = (), longest: int = 0) -> Chart:
    """The share that came to each end by each day, where one end rules out the others; at most four, then others."""
    key = next((name for name in keys_of(frame) if name != "days"), "ending")
    noun = MEASURES[frame.attrs["measure"]].noun
    frame = _one_period(frame)
    header: tuple[str, ...] = ("Day", "Ending")
    if not len(frame) or not np.nan_to_num(numbers(frame, "n")[0]).max(initial=0):
        return Chart(f"No {noun.removesuffix('s')} to follow in this period.", None, Table(header, ()), "0")
    n = int(frame["n"].max())
    names = _main_ends(frame, key)
    curves = {name: frame[frame[key] == name] for name in names}
    longest = longest or _longest_end(curves.values())
    layers, beside = [], []
    for place, colour in enumerate(SERIES):
        at, value = numbers(curves[names[place]], "days", "value") if place < len(names) else (np.zeros(0),) * 2
        inside = at <= longest
        x, y = steps(at[inside], value[inside], longest)
        layers.append(Layer(f"ending {place + 1}", "line", {"x": x, "y": y}, colour))
        if len(y):
            beside.append((float(np.nan_to_num(y[-1])), f"{words.name(names[place])} {_percent(y[-1], n)}"))
    highest = min(1.0, max(0.2, float(np.ceil(10 * max((place for place, _ in beside), default=0.5) * 1.1) / 10)))
    picture = Picture(
        tuple(layers),
        Axis(0, longest, "count", label="days since the opening"),
        Axis(0, highest, "share"),
        spread([place for place, _ in beside], [said for _, said in beside], highest / 11, highest),
    )
    days = [d for d in (28, 56, 84, 112, 182, 273, 365, 546, 730) if d <= longest]
    header = ("Ending", *(f"by day {d}" for d in days))
    rows = tuple((words.name(name), *(_by(curves[name], d, n) for d in days)) for name in curves)
    said = [f"{words.name(name)} {_by(curves[name], longest, n)}" for name in names]
    rest = "" if len(names) == frame[key].nunique() else " Rarer ends are left out of the picture."
    sentence = f"By day {longest}: {', '.join(said)} ({words.based_on(n, noun.removesuffix('s'), noun)}).{rest}"
    if n < words.FEW:
        sentence = f"{words.plural(n, noun.removesuffix('s'), noun)}: too few for shares of their ends.{rest}"
    return Chart(sentence, picture, Table(header, rows), f"{n:,}")


def _main_ends(frame: pd.DataFrame, key: str) -> list[str]:
    """The four most frequent ends, in their own order."""
    names = list(dict.fromkeys(frame[key]))
    got = {name: float(np.nansum(numbers(frame[frame[key] == name], "numerator")[0])) for name in names}
    most = sorted((name for name in names if got[name]), key=lambda name: -got[name])[: len(SERIES)]
    return [name for name in names if name in most]


def _longest_end(curves: Iterable[pd.DataFrame]) -> int:
    followed = 0.0
    for curve in curves:
        at, risk = numbers(curve, "days", "denominator")
        followed = max(followed, float(at[risk >= FEW_AT_RISK].max(initial=0)))
    return next((length for length in LENGTHS["days"] if length >= followed), LENGTHS["days"][-1])


def _by(curve: pd.DataFrame, day: int, n: int) -> str:
    """43 % (36 to 50 %) by a day."""
    at, value, lower, upper = numbers(curve, "days", "value", "lower", "upper")
    here = int(np.searchsorted(at, day, side="right")) - 1
    if here < 0:
        return "none"
    limits = words.limits(lower[here], upper[here])
    return _percent(value[here], n) + (f" ({limits})" if limits != "none" and n >= words.FEW else "")


def _percent(value: float, n: int) -> str:
    return "too few" if n < words.FEW else "not known" if np.isnan(value) else f"{round(100 * value)} %"
