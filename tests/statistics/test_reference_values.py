"""Our intervals and curves reproduce published tables and R's own output (``reference_values.csv``).

``lung.csv`` (Loprinzi 1994, NCCTG trial, counted by day and outcome),
``heart.csv`` (Crowley and Hu 1977, Stanford heart transplants) and ``mgus2.csv``
(Kyle 2002, monoclonal gammopathy, counted by month and first end) are the
published data that R ships as ``survival::lung``, ``survival::heart`` and ``survival::mgus2``.
"""

import re

import numpy as np
import pytest

from data_access.statistics.competing import cumulative_incidence
from data_access.statistics.intervals import clopper_pearson, garwood, newcombe, normal_quantile, rate_ratio, wilson
from data_access.statistics.survival import Curve, kaplan_meier, restricted_mean
from tests.statistics.reference import CHARTS, REFERENCE, agree, given, label, numbers, of, rows

DATASETS = {row["source"]: row for row in of("dataset")}


def _arm(name):
    """A published list of times, where a plus sign means "followed no longer"."""
    times = next(row for source, row in DATASETS.items() if name in source)["input"].split()
    return kaplan_meier([float(t.rstrip("+")) for t in times], [not t.endswith("+") for t in times])


def _curve(row) -> Curve:
    source = row["source"]
    if "6-MP" in source:
        return _arm("6-MP")
    if "aml" in source:
        return _arm("aml " + re.search(r"x=(\w+)", row["input"]).group(1))
    if "lung" in source:
        lung = rows("lung.csv")
        return kaplan_meier(*([int(r[key]) for r in lung] for key in ("days", "died", "patients")))
    heart = rows("heart.csv")
    return kaplan_meier(
        [float(r["stop"]) for r in heart],
        [r["died"] == "1" for r in heart],
        entry=[float(r["start"]) for r in heart],
    )


def _survival(row):
    method, curve = row["method"], _curve(row)
    if method.startswith(("km_median", "km_quantile")):
        share = 0.5 if "median" in method else int(row["input"]) / 100
        found = curve.quantile(share)
        return found.lower if "_lower" in method else found.upper if "_upper" in method else found.value
    if method.startswith("km_rmst"):
        mean = restricted_mean(curve, given(row, "tau"))
        return mean.standard_error if method.endswith("se") else mean.value
    t = given(row, "t")
    here = curve.at(t)
    if method == "km_greenwood_se":
        return float(curve.standard_error[curve.time == t][0])
    return here.lower if "_lower" in method else here.upper if "_upper" in method else here.survival


def _level(row):
    if "conf=" in row["input"]:
        return given(row, "conf")
    return 0.998 if row["method"].endswith("99.8") else 0.95


def _share(limits_of):
    def limit(row):
        return float(limits_of(given(row, "x"), given(row, "n"), _level(row))["upper" in row["method"]])

    return limit


def _garwood(row):
    rate = "events=" in row["input"]
    count, exposure = (given(row, "events"), given(row, "denominator")) if rate else (given(row, "x"), 1.0)
    limits = garwood(count, exposure, _level(row))
    return float(limits["upper" in row["method"]]) * (given(row, "multiplier") if rate else 1.0)


def _byar(row):
    """Byar's approximation, as PHE publishes it from ten events up; ours are exact and stand beside it."""
    rate = "events=" in row["input"]
    count = given(row, "events" if rate else "x")
    z, upper = normal_quantile(_level(row)), "upper" in row["method"]
    c = count + upper
    limit = c * (1 - 1 / (9 * c) + (z if upper else -z) / (3 * np.sqrt(c))) ** 3
    if count >= 10:
        assert garwood(count, 1.0, _level(row))[upper] == pytest.approx(limit, rel=0.005 if count >= 20 else 0.02)
    return limit * (given(row, "multiplier") / given(row, "denominator") if rate else 1.0)


def _newcombe(row):
    found = newcombe(*numbers(row["input"].replace(" - ", " ")))
    return float(found.upper if "upper" in row["method"] else found.lower)


def _rate_ratio(row):
    first, second, time, other_time = numbers(row["input"])
    found = rate_ratio(int(first), time, int(second), other_time)
    part = row["method"].removeprefix("poisson_rate_ratio")
    return {"": found.value, "_exact_p": found.p, "_lower_95": found.lower, "_upper_95": found.upper}[part]


def _aalen_johansen(row):
    mgus = rows("mgus2.csv")
    months, people = ([int(r[key]) for r in mgus] for key in ("months", "patients"))
    found = cumulative_incidence(months, [r["end"] for r in mgus], people)
    return found.at(row["method"].rsplit("_", 1)[1], given(row, "t")).share


METHODS = {
    "wilson": _share(wilson),
    "clopper_pearson": _share(clopper_pearson),
    "rule_of_three": _share(clopper_pearson),
    "poisson_exact": _garwood,
    "rate_exact": _garwood,
    "byars": _byar,
    "rate_byars": _byar,
    "newcombe": _newcombe,
    "poisson_rate_ratio": _rate_ratio,
    "aalen_johansen": _aalen_johansen,
    "km_": _survival,
}


@pytest.mark.parametrize("row", of(*METHODS), ids=label)
def test_reference_value(row):
    found = next(method for start, method in METHODS.items() if row["method"].startswith(start))(row)
    assert agree(found, row["expected"]), f"{found!r} against {row['expected']} from {row['source']}"


def test_no_row_is_left_out():
    assert len(of("dataset", *METHODS)) + len(of(*CHARTS)) == len(REFERENCE)


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
