"""Weighted kappa against printed results of SAS and against sums done by hand."""

import numpy as np
import pytest

from data_access.statistics.agreement import weighted_kappa


def test_linear_weights_against_a_printout_of_sas():
    # PROC FREQ, AGREE: weighted kappa 0.4701, ASE 0.1457, limits 0.1845 and 0.7558, as printed in the tests of
    # statsmodels (statsmodels/stats/tests/test_inter_rater.py, TestWeightedCohens).
    found = weighted_kappa([[0, 4, 1], [0, 8, 0], [0, 1, 5]])
    assert tuple(found[:4]) == pytest.approx((0.4701, 0.1845, 0.7558, 0.1457), abs=5e-5)
    assert found.n == 19


def test_without_credit_for_neighbours_it_is_cohens_kappa():
    # The same table without weights: 0.4842, ASE 0.1380, limits 0.2137 and 0.7547 (same printout).
    found = weighted_kappa([[0, 4, 1], [0, 8, 0], [0, 1, 5]], np.eye(3))
    assert tuple(found[:4]) == pytest.approx((0.4842, 0.2137, 0.7547, 0.1380), abs=5e-5)


def test_the_dermatologists_of_the_sas_manual():
    # SAS/STAT User's Guide, PROC FREQ, agreement study: 88 patients, simple kappa 0.3449, ASE 0.0724, 0.2030 to 0.4868.
    skin = [[10, 4, 1, 0], [5, 10, 12, 2], [2, 4, 12, 5], [0, 2, 6, 13]]
    assert tuple(weighted_kappa(skin, np.eye(4))[:4]) == pytest.approx((0.3449, 0.2030, 0.4868, 0.0724), abs=5e-5)


def test_by_hand():
    # 100 pairs, three levels: 75 1 4 / 5 4 1 / 0 0 10 (Fleiss 1981, p. 213). With linear weights the observed agreement
    # is (89 + (1 + 5 + 1 + 0) / 2) / 100 = 0.925. Margins down 80 10 10 and across 80 5 15: chance is
    # .64 + .005 + .015 + (.04 + .08 + .015 + .005) / 2 = 0.73, so (0.925 - 0.73) / 0.27 = 0.7222.
    assert weighted_kappa([[75, 1, 4], [5, 4, 1], [0, 0, 10]]).value == pytest.approx(0.195 / 0.27)


def test_complete_agreement_is_one_without_room_above_it():
    assert tuple(weighted_kappa(np.diag([10, 10, 10]))[:3]) == pytest.approx((1, 1, 1))


@pytest.mark.parametrize("table", [np.zeros((3, 3)), [[9, 0, 0], [0, 0, 0], [0, 0, 0]]])
def test_where_nothing_can_be_said_it_is_nan(table):
    found = weighted_kappa(table)
    assert np.isnan([found.value, found.lower, found.upper, found.standard_error]).all()


@pytest.mark.parametrize("table", [[[1]], [[1, 2, 3], [4, 5, 6]], [[1, -1], [0, 2]]])
def test_a_table_that_is_none_is_refused(table):
    with pytest.raises(ValueError, match="square table"):
        weighted_kappa(table)
