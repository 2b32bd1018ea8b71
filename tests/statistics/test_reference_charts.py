"""Our charts reproduce the NIST handbook, NHSRplotthedots and PHE's funnels (``reference_values.csv``)."""

import re

import numpy as np
import pytest

from data_access.statistics.charts import part_of_seven, seven_one_side, seven_trend, two_of_three
from data_access.statistics.control_charts import xmr
from data_access.statistics.funnel import rate_limits, share_limits
from data_access.statistics.intervals import normal_quantile
from data_access.statistics.rare_event_charts import g_chart, t_chart
from data_access.statistics.run_chart import least_crossings, longest_expected
from data_access.statistics.share_and_rate_charts import p_chart, u_chart
from tests.statistics.reference import agree, given, label, numbers, of

# What R prints for set.seed(123); rnorm(20), the series of NHSRplotthedots' own tests.
RNORM_123 = (
    *(-0.56047565, -0.23017749, 1.55870831, 0.07050839, 0.12928774, 1.71506499, 0.46091621, -1.26506123),
    *(-0.68685285, -0.44566197, 1.22408180, 0.35981383, 0.40077145, 0.11068272, -0.55584113, 1.78691314),
    *(0.49785048, -1.96661716, 0.70135590, -0.47279141),
)


def _series(row):
    if "rnorm" not in row["input"]:
        return numbers(row["input"])
    series = np.array(RNORM_123)
    if "y[15]=10" in row["input"]:
        series[14] = 10
    return series


def _line(chart, name, at=0):
    lines = {"center": chart.centre, "lcl": chart.lower, "lpl": chart.lower, "ucl": chart.upper, "upl": chart.upper}
    return float(lines[name][at])


@pytest.mark.parametrize("row", of("xmr_", "imr_"), ids=label)
def test_single_values(row):
    chart = xmr(_series(row), None, floor=None, screened=row["method"].endswith("_screened"))
    if row["method"] == "imr_mean_moving_range":
        found = chart.spread
    else:
        found = _line(chart, row["method"].split("_")[1])
    assert agree(found, row["expected"])


@pytest.mark.parametrize("row", of("p_chart", "c_chart", "g_chart", "t_chart"), ids=label)
def test_counts_and_gaps(row):
    x, kind = numbers(row["input"]), row["method"][0]
    charts = {
        "p": lambda: p_chart(x, [50] * len(x), laney=False),
        "c": lambda: u_chart(x, [1] * len(x), laney=False),
        "g": lambda: g_chart(x),
        "t": lambda: t_chart(x),
    }
    assert agree(_line(charts[kind](), row["method"].rsplit("_", 1)[1]), row["expected"])


@pytest.mark.parametrize("row", of("u_chart", "laney"), ids=label)
def test_rates(row):
    x, n = (numbers(part) for part in re.findall(r"\[(.*?)\]", row["input"]))
    chart = u_chart(x, n, laney=False)
    if row["method"].startswith("laney"):
        found = chart.spread
    else:
        at = int(given(row, "i")) if " i=" in row["input"] else 0
        found = _line(chart, row["method"].rsplit("_", 1)[1], at)
    assert agree(found, row["expected"])


def _runs(text):
    """ "+1 x6, -1" written out."""
    return [
        sign for value, times in re.findall(r"([+-]1)(?: x(\d+))?", text) for sign in [int(value)] * int(times or 1)
    ]


@pytest.mark.parametrize("row", of("spc_"), ids=label)
def test_nhs_rules(row):
    expected = numbers(row["expected"])
    if row["method"] == "spc_shift_7":
        found = np.abs(seven_one_side(np.array(_runs(row["input"]))))
    elif row["method"] == "spc_trend_7":
        found = seven_trend(np.array(numbers(row["input"])))
    else:
        near, _, sides = row["input"].partition("sides=")
        near = np.array(numbers(near)) == 1
        found = two_of_three(near, np.array(numbers(sides) or [1] * len(near), dtype=np.int8))
        if row["method"].startswith("spc_part"):
            found = found & near
    assert found.tolist() == expected


@pytest.mark.parametrize("row", of("anhoej"), ids=label)
def test_anhoej_bounds(row):
    bound = longest_expected if "run" in row["method"] else least_crossings
    assert bound(int(given(row, "useful"))) == float(row["expected"])


@pytest.mark.parametrize("row", of("funnel_binomial"), ids=label)
def test_binomial_funnel(row):
    p = given(row, "prob")
    level = 1 - 2 * min(p, 1 - p)
    limits = share_limits(int(given(row, "n")), given(row, "p0"), level)
    assert float(limits[p > 0.5]) == pytest.approx(float(row["expected"]), abs=1e-12)


@pytest.mark.parametrize("row", of("funnel_proportion"), ids=label)
def test_share_limits_of_phe_are_a_p_chart_at_their_levels(row):
    n = given(row, "n")
    z = normal_quantile(0.95 if "2s" in row["method"] else 0.998)
    chart = p_chart([0, 0], [n, n], centre=given(row, "baseline") / 100, sigmas=z, laney=False)
    # The baseline is printed with six decimals, as the limits are.
    found = 100 * _line(chart, "lcl" if "Lower" in row["method"] else "ucl")
    assert found == pytest.approx(float(row["expected"]), abs=2e-6)


@pytest.mark.parametrize("row", of("funnel_rate"), ids=label)
def test_rate_funnel(row):
    level = 0.95 if "2s" in row["method"] else 0.998
    limits = rate_limits(given(row, "events"), given(row, "baseline"), level)
    # The baseline is printed with seven decimals, and PHE's 99.8 % quantile of one event stands at the fifth digit.
    tolerance = 5e-5 if given(row, "events") == 1 and level == 0.998 else 5e-6
    assert float(limits["upper" in row["method"]]) == pytest.approx(float(row["expected"]), rel=tolerance)


def test_members_of_a_run_are_its_seven_points():
    marks = part_of_seven(seven_one_side(np.array([1, -1, -1, -1, -1, -1, -1, -1, -1, 1])))
    assert np.flatnonzero(marks).tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
