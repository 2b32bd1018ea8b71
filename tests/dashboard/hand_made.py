"""Frames as Reports.frame gives them, made by hand: every number in them is in the test that asks for it."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

FIRST = date(2026, 1, 5)  # a Monday
FIGURES = ("numerator", "denominator", "value", "lower", "upper", "n")


def frame(
    rows: Sequence[dict],
    keys: Sequence[str] = (),
    measure: str = "contact_success",
    grain: str = "week",
    weeks: int = 4,
    as_of: dict[str, date] | None = None,
    late: dict[str, int] | None = None,
) -> pd.DataFrame:
    """Rows with ``week`` (0 is the first), keys and figures; what a row leaves out is not known."""
    ends = FIRST + timedelta(weeks=weeks)
    as_of = {"NORTH": ends - timedelta(days=1)} if as_of is None else as_of
    late = late or {}
    made = pd.DataFrame(
        {
            "period_start": pd.array(
                np.array([np.datetime64(FIRST + timedelta(weeks=r.get("week", 0)), "s") for r in rows], "datetime64[s]")
            ),
            **{key: pd.array([r[key] for r in rows], dtype="int64" if key in ("days", "hours") else "str")
               for key in keys},
            **{name: pd.array([float(r.get(name, np.nan)) for r in rows], dtype="float64") for name in FIGURES},
            "note": pd.array([r.get("note", "") for r in rows], dtype="str"),
        }
    )  # fmt: skip
    for name in ("numerator", "denominator", "n"):
        made[name] = made[name].round().astype("Int64") if not (made[name] % 1).any() else made[name]
    made.attrs = {
        "measure": measure, "as_of": as_of, "first": FIRST, "until": ends, "grain": grain, "late": late,
        "settled": {force: day - timedelta(days=late.get(force, 0)) for force, day in as_of.items()},
    }  # fmt: skip
    return made


def shares(*pairs: tuple[float, float]) -> list[dict]:
    """One week for each pair of successes and n; limits a tenth to each side, for the picture only."""
    return [
        {"week": i, "numerator": x, "denominator": n, "n": n, "value": x / n if n else np.nan,
         "lower": max(x / n - 0.1, 0) if n else np.nan, "upper": min(x / n + 0.1, 1) if n else np.nan}
        for i, (x, n) in enumerate(pairs)
    ]  # fmt: skip


def parts(key: str, *weeks: dict[str, float]) -> list[dict]:
    """For each week the count of each value of the key."""
    return [
        {"week": i, key: name, "numerator": count, "denominator": sum(week.values()), "n": sum(week.values()),
         "value": count / sum(week.values()) if sum(week.values()) else np.nan,
         "lower": 0.0, "upper": 1.0}
        for i, week in enumerate(weeks)
        for name, count in week.items()
    ]  # fmt: skip
