"""What a figure stands beside, by the calendar, and whether it differs by more than chance, by published limits."""

from datetime import date

import pytest

from dashboard.comparing_periods import comparison, last_year, reaches
from dashboard.evidence import MORE, NO_MORE, Evidence, evidence, force_days, judged
from dashboard.options import Force, Options
from dashboard.state import Filters
from data_access.slice import Slice
from tests.dashboard.stand_in import OPTIONS


def filters(**chosen) -> Filters:
    return Filters(OPTIONS, **chosen)


@pytest.mark.parametrize(
    ("first", "until", "months", "wanted"),
    [  # 24 Aug 2026 and 25 Aug 2025 are Mondays
        (date(2026, 8, 24), date(2026, 11, 23), False, (date(2025, 8, 25), date(2025, 11, 24))),
        (date(2026, 10, 1), date(2026, 11, 1), False, (date(2025, 10, 1), date(2025, 11, 1))),
        (date(2024, 2, 1), date(2024, 3, 1), False, (date(2023, 2, 1), date(2023, 3, 1))),
        (date(2025, 11, 24), date(2026, 11, 23), True, (date(2024, 11, 24), date(2025, 11, 23))),
        (date(2024, 2, 29), date(2024, 5, 31), True, (date(2023, 2, 28), date(2023, 5, 31))),
        (date(2024, 2, 29), date(2024, 5, 31), False, (date(2023, 3, 2), date(2023, 6, 2))),
    ],
)
def test_last_year_is_the_same_months_or_the_same_weekdays(first, until, months, wanted):
    found = last_year(Slice(("A",), first, until), months)
    assert (found.first, found.until) == wanted


def test_each_comparison_prints_its_range():
    chosen = filters()
    assert comparison(chosen).range_words() == "Before: 25 May to 23 Aug 2026."
    chosen.compare = "year"
    assert comparison(chosen).range_words() == "A year before: 25 Aug to 23 Nov 2025."
    assert reaches(chosen, comparison(chosen))
    chosen.change(preset="last_24_months")
    assert comparison(chosen).caution == " The two periods overlap."
    assert not reaches(chosen, comparison(chosen)), "the data begin on 25 November 2024"


def test_other_forces_are_those_of_the_scope_that_are_not_chosen():
    chosen = filters(forces=["NORTH"], compare="others", level=["high"])
    other = comparison(chosen)
    assert other.slice == chosen.slice.having(forces=("EAST", "WEST"))
    assert other.range_words().startswith("Other forces together (Eastfold, Westvale <b>): 24 Aug to 22 Nov 2026")
    assert "no ranking" in other.caution
    chosen.change(forces=["NORTH", "EAST", "WEST"])
    assert comparison(chosen).slice is None
    assert comparison(chosen).range_words() == "Other forces: all forces are chosen, so there is no other."
    chosen.change(forces=["NORTH"], team=["T1"])
    assert comparison(chosen).slice is None
    alone = Filters(Options((Force("NORTH", "Northmere", date(2026, 11, 22)),)), compare="others")
    assert comparison(alone).range_words() == "Other forces: no other force."


@pytest.mark.parametrize(
    ("now", "other", "said"),
    [  # Newcombe 1998, Statistics in Medicine 17:873-890, table II, method 10
        (("share", 56, 70), ("share", 48, 80), MORE),  # 0.0524 to 0.3339
        (("share", 9, 10), ("share", 3, 10), MORE),  # 0.1705 to 0.8090
        (("share", 5, 56), ("share", 0, 29), NO_MORE),  # -0.0381 to 0.1926
        (("share", 0, 10), ("share", 0, 20), NO_MORE),  # -0.1611 to 0.2775
        # R, ?poisson.test: 11 in 800 against 21 in 3011, ratio 0.8584277 to 4.2772659
        (("rate", 11, 800), ("rate", 21, 3011), NO_MORE),
        (("rate", 0, 91), ("rate", 0, 91), NO_MORE),
        # 30 of 40 by Clopper and Pearson: 0.588 to 0.873, which leaves out a half
        (("rate", 30, 91), ("rate", 10, 91), MORE),
    ],
)
def test_a_difference_is_judged_by_its_limits(now, other, said):
    assert judged(Evidence(*now), Evidence(*other)) == said
    assert judged(Evidence(*other), Evidence(*now)) == said


def test_what_cannot_be_judged_is_not():
    row = {"numerator": 12, "denominator": 60}
    assert evidence("open_cases", row, 91, False) is None, "a stock"
    assert evidence("referrals", row, 91, False) == Evidence("rate", 12, 91)
    assert evidence("referrals", row, 91, True) is None, "forces differ in size"
    assert evidence("review_overdue", row, 91, False) is None, "the same cases on both days"
    assert evidence("review_overdue", row, 91, True) == Evidence("share", 12, 60)
    assert evidence("reached", row, 91, False) == Evidence("share", 12, 60)
    assert evidence("reached", {"numerator": float("nan"), "denominator": 60}, 91, False) is None
    assert evidence("contact_success", {"numerator": 0, "denominator": 0}, 91, False) is None
    assert judged(None, Evidence("share", 1, 2)) == judged(Evidence("rate", 1, 2), Evidence("share", 1, 2)) == ""


def test_days_are_those_that_the_data_tell_of():
    slice_ = Slice(("NORTH", "WEST"), date(2026, 11, 9), date(2026, 11, 23))
    assert force_days(OPTIONS.forces, slice_) == 14 + 8, "the data of WEST end on 16 November"
