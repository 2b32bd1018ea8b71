"""The limits hold the truth as often as they should; the whole simulation is benchmarks/coverage.py."""

import numpy as np
import pytest

from benchmarks.coverage import KAPLAN_MEIER, WILSON, kaplan_meier_coverage, main, wilson_coverage
from data_access.statistics.intervals import wilson


def test_coverage_is_counted_over_all_outcomes():
    """Two people: "none of two" reaches up to z^2 / (2 + z^2) = 0.6576, so at 80 % its 4 in 100 are not held."""
    _, upper = wilson(np.arange(3), np.full(3, 2))
    assert upper[0] == pytest.approx(3.8415 / (2 + 3.8415), abs=1e-4)
    assert wilson_coverage(2, np.array([0.5, 0.8])) == pytest.approx([1.0, 0.96])


@pytest.mark.parametrize(("n", "mean", "worst"), [(10, 0.956, 0.914), (20, 0.953, 0.925), (50, 0.951, 0.922)])
def test_wilson_covers_as_the_design_says(n, mean, worst):
    found = wilson_coverage(n)
    assert WILSON[n] == (mean, worst)
    assert found.mean() == pytest.approx(mean, abs=5e-4)
    assert found.min() == pytest.approx(worst, abs=5e-4)


def test_kaplan_meier_stays_between_0_and_1_and_covers():
    """1,000 samples: three standard errors are two points either side of the band."""
    found = kaplan_meier_coverage(15, 1_000, np.random.default_rng(7))
    assert found.outside == 0
    assert KAPLAN_MEIER[0] - 0.021 <= found.inside <= KAPLAN_MEIER[1] + 0.021
    assert found.lost == pytest.approx(0.3, abs=0.02)
    # By hand: one person's event is seen by then with 0.7 (1 - exp(-10 / 7 * 0.2231)) = 0.1911; none of 15 with 0.0416.
    assert found.without == pytest.approx(0.0416, abs=0.02)


def test_the_script_says_what_is_missed(monkeypatch, capsys):
    monkeypatch.setattr("benchmarks.coverage.SAMPLES", 50)
    monkeypatch.setattr("benchmarks.coverage.WILSON", {10: (0.99, 0.914)})
    assert main() == 1
    assert "Missed: n = 10: mean" in capsys.readouterr().out
