"""Our statistics reproduce published tables and R's own output (``reference_values.csv``).

``lung.csv`` (Loprinzi 1994, NCCTG trial, counted by day and outcome) and
``heart.csv`` (Crowley and Hu 1977, Stanford heart transplants) are the
published data that R ships as ``survival::lung`` and ``survival::heart``.
"""

import csv
import math
import re
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from data_access.statistics.intervals import wilson
from data_access.statistics.survival import Curve, kaplan_meier

HERE = Path(__file__).parent


def _rows(name):
    with (HERE / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


REFERENCE = _rows("reference_values.csv")
DATASETS = {row["source"]: row for row in REFERENCE if row["method"] == "dataset"}


def _arm(name):
    """A published list of times, where a plus sign means "followed no longer"."""
    times = next(row for source, row in DATASETS.items() if name in source)["input"].split()
    return kaplan_meier([float(t.rstrip("+")) for t in times], [not t.endswith("+") for t in times])


def _curve(row) -> Curve:
    source, given = row["source"], row["input"]
    if "6-MP" in source:
        return _arm("6-MP")
    if "aml" in source:
        return _arm("aml " + re.search(r"x=(\w+)", given).group(1))
    if "lung" in source:
        lung = _rows("lung.csv")
        return kaplan_meier(*([int(r[key]) for r in lung] for key in ("days", "died", "patients")))
    heart = _rows("heart.csv")
    return kaplan_meier(
        [float(r["stop"]) for r in heart],
        [r["died"] == "1" for r in heart],
        entry=[float(r["start"]) for r in heart],
    )


def _wilson(row):
    x, n = (float(re.search(rf"\b{key}=([\d.]+)", row["input"]).group(1)) for key in "xn")
    level = re.search(r"conf=([\d.]+)", row["input"])
    limits = wilson(x, n, float(level.group(1)) if level else 0.95)
    return float(limits["upper" in row["method"]])


def _survival(row):
    method, curve = row["method"], _curve(row)
    if method.startswith(("km_median", "km_quantile")):
        share = 0.5 if "median" in method else int(row["input"]) / 100
        found = curve.quantile(share)
        return found.lower if "_lower" in method else found.upper if "_upper" in method else found.value
    t = float(re.search(r"t=([\d.]+)", row["input"]).group(1))
    here = curve.at(t)
    if method == "km_greenwood_se":
        return float(curve.standard_error[curve.time == t][0])
    return here.lower if "_lower" in method else here.upper if "_upper" in method else here.survival


def _agree(found: float, printed: str) -> bool:
    """Equal in every digit that the source prints."""
    if printed in ("NA", "NaN"):
        return math.isnan(found)
    half_of_last_digit = 0.5 * 10.0 ** Decimal(printed).as_tuple().exponent
    return abs(found - float(printed)) <= max(half_of_last_digit, 1e-13) * (1 + 1e-6)


@pytest.mark.parametrize(
    "row", [r for r in REFERENCE if r["method"] != "dataset"], ids=lambda r: f"{r['method']}-{r['input']}"
)
def test_reference_value(row):
    found = _wilson(row) if row["method"].startswith("wilson") else _survival(row)
    assert _agree(found, row["expected"]), f"{found!r} against {row['expected']} from {row['source']}"


@pytest.mark.parametrize("row", DATASETS.values(), ids=lambda r: r["source"])
def test_dataset_totals(row):
    n, events = (int(number) for number in re.findall(r"\d+", row["expected"]))
    times = row["input"].split()
    curve = kaplan_meier([float(t.rstrip("+")) for t in times], [not t.endswith("+") for t in times])
    assert (curve.at_risk[0], curve.events.sum()) == (n, events)


def test_placebo_arm_without_censoring_is_the_share_still_waiting():
    curve = _arm("placebo")
    assert np.allclose(curve.survival[curve.time == 8], 8 / 21)
    assert curve.quantile(0.5).value == 8
