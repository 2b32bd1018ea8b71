"""Whether levels of forces may be set side by side: by the tool that each uses most, and its thresholds."""

from datetime import date

import pytest

import data_access as da
from tests.by_hand import MONDAY, a_case, an_assessment, empty_database, later, writing

DASH, OTHER = "dash_safelives", "sash"
SLICE = da.Slice(("EXAMPLE", "NEXT"), date(2026, 2, 2), date(2026, 3, 2))


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """An empty database, to be copied."""
    return empty_database(tmp_path_factory.mktemp("empty"))


def rows(tools, *thresholds):
    """One case, an assessment by each tool in the slice, thresholds as (high from, first day, day after the last)."""
    return {
        "cases": [a_case("a")],
        "risk_assessments": [
            an_assessment(str(place), "a", later(30 + place), "high", tool=tool) for place, tool in enumerate(tools)
        ],
        "risk_threshold": [
            {"tool": DASH, "since": since, "until": until, "medium_min": 10, "high_min": high}
            for high, since, until in thresholds
        ],
    }


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        (rows([DASH], (14, MONDAY, None)), rows([DASH, DASH, OTHER], (14, MONDAY, None)), ""),
        (
            rows([DASH], (14, MONDAY, None)),
            rows([DASH], (12, MONDAY, None)),
            "their thresholds differ: high from a score of 12 (medium from 10) in NEXT; "
            "high from a score of 14 (medium from 10) in EXAMPLE",
        ),
        (  # the change lies before the slice: what was valid then does not matter now
            rows([DASH], (14, MONDAY, None)),
            rows([DASH], (12, MONDAY, date(2026, 2, 2)), (14, date(2026, 2, 2), None)),
            "",
        ),
        (  # it lies in the slice
            rows([DASH], (14, MONDAY, None)),
            rows([DASH], (12, MONDAY, date(2026, 2, 3)), (14, date(2026, 2, 3), None)),
            "their thresholds differ: high from a score of 12 (medium from 10) and 14 (medium from 10) in NEXT; "
            "high from a score of 14 (medium from 10) in EXAMPLE",
        ),
        (rows([DASH]), rows([OTHER, OTHER, DASH]), "their tools differ: DASH SafeLives in EXAMPLE; SASH in NEXT"),
        (rows([DASH], (14, MONDAY, None)), rows([], (12, MONDAY, None)), ""),  # nothing assessed, nothing to compare
    ],
)
def test_levels_are_compared_only_where_they_mean_the_same(tmp_path, empty, ours, theirs, said):
    store = writing(tmp_path, empty)(ours, date(2026, 3, 31), [("NEXT", theirs)])
    reports = store.reports(da.Scope.local(store.force_codes(), "service_manager"))
    assert reports.level_differences(SLICE) == said
    assert reports.level_differences(SLICE.having(forces=("NEXT",))) == ""
    alone = store.reports(da.Scope("somebody", "service_manager", frozenset({"EXAMPLE"})))
    assert alone.level_differences(SLICE) == "", "a force outside the scope is not told of"
