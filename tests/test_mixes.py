"""Mixes, outcomes and agreement on a handful of cases, counted by hand."""

from dataclasses import replace
from datetime import date
from math import isnan

import pytest

import data_access as da
from data_access import codes, facts
from data_access.measures import keys
from data_access.measures.caseload import OPENED
from data_access.measures.kinds import Agreement, Mix, Outcome
from data_access.measures.recipes import Rows
from data_access.question import Key
from tests.by_hand import a_case, an_assessment, asked, empty_database, later, writing

_P, _X = facts.case_path, facts.exit_span
WHOLE = (date(2026, 1, 1), date(2026, 2, 1))
INTAKE = Key("level", _P.c.intake_level, codes.LEVELS)
WITHOUT_LEVEL = Rows(_P, _P.c.opened_on, (keys.force(_P), keys.source(_P)), without={"level": "every level is shown"})


def measure(kind) -> da.Measure:
    """A measure of that kind, for a test only."""
    return replace(da.MEASURES["review_overdue"], name="tried", title="Tried", kind=kind, unit="%", by=())


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """An empty database, to be copied."""
    return empty_database(tmp_path_factory.mktemp("empty"))


@pytest.fixture
def write(tmp_path, empty):
    """A function from rows and an as-of day to an open database."""
    return writing(tmp_path, empty)


@pytest.fixture
def five(write):
    """Five cases opened on Monday 5 January: two high, one medium, one standard, one not assessed."""

    def at(as_of: date) -> da.Store:
        levels = zip("abcd", ("high", "high", "medium", "standard"), strict=True)
        return write(
            {
                "cases": [a_case(name) for name in "abcde"],
                "risk_assessments": [an_assessment(f"i{name}", name, later(3), level) for name, level in levels],
            },
            as_of,
        )

    return at


def parts(frame, name: str = "level") -> dict:
    """Numerators by part."""
    return dict(zip(frame[name], frame["numerator"], strict=True))


def test_the_part_is_always_a_column_and_shares_have_one_denominator(five):
    frame = asked(five(date(2026, 3, 1)), measure(Mix(WITHOUT_LEVEL, INTAKE, within=14)), *WHOLE)
    assert parts(frame) == {"not_assessed": 1, "standard": 1, "medium": 1, "high": 2}
    assert frame["denominator"].tolist() == frame["n"].tolist() == [5] * 4
    assert frame["value"].sum() == pytest.approx(1)
    # Wilson, 2 of 5, as published for example in Brown, Cai, DasGupta 2001: 0.1176 to 0.7693.
    high = frame[frame["level"] == "high"].iloc[0]
    assert (high["value"], high["lower"], high["upper"]) == pytest.approx((0.4, 0.1176, 0.7693), abs=5e-5)
    by_force = asked(five(date(2026, 3, 1)), measure(Mix(WITHOUT_LEVEL, INTAKE)), *WHOLE, by=("force",))
    assert list(by_force.columns[:3]) == ["period_start", "force", "level"]


@pytest.mark.parametrize(("as_of", "over"), [(date(2026, 2, 13), False), (date(2026, 2, 14), True)])
def test_a_window_is_over_14_days_after_the_last_day_of_the_period(five, as_of, over):
    """The period ends on Saturday 31 January; 14 days later is 14 February."""
    frame = asked(five(as_of), measure(Mix(WITHOUT_LEVEL, INTAKE, within=14)), *WHOLE)
    assert frame["denominator"].tolist() == [5] * 4
    if over:
        assert set(frame["note"]) == {"read as 1 of 5", "read as 2 of 5"}
    else:
        assert frame[["numerator", "value", "lower", "upper"]].isna().all(axis=None)
        assert set(frame["note"]) == {"the window of 14 days is still open"}


def test_nothing_to_divide_is_empty_and_never_zero(five):
    frame = asked(five(date(2026, 3, 1)), measure(Mix(WITHOUT_LEVEL, INTAKE)), date(2025, 1, 1), date(2025, 2, 1))
    assert frame["value"].isna().all()
    assert set(frame["note"]) == {"nothing to divide"}


def test_a_filter_by_the_part_is_refused_with_the_reason(five):
    with pytest.raises(da.Refused, match="every level is shown"):
        asked(five(date(2026, 3, 1)), measure(Mix(WITHOUT_LEVEL, INTAKE)), *WHOLE, levels=("high",))


def test_bounds_of_an_outcome_hold_what_the_missing_could_have_been(write):
    """Eight close from high: a and b reduced, c the same, d by another tool, four not assessed: five tell nothing."""
    ends = {"a": "standard", "b": "medium", "c": "high", "d": "standard"}
    store = write(
        {
            "cases": [a_case(name, closed_on=later(60)) for name in "abcdefgh"],
            "risk_assessments": [
                *(an_assessment(f"i{name}", name, later(3), "high") for name in "abcdefgh"),
                *(
                    an_assessment(
                        f"x{name}",
                        name,
                        later(59),
                        level,
                        kind="exit",
                        tool="sash" if name == "d" else "dash_safelives",
                    )
                    for name, level in ends.items()
                ),
            ],
        }
    )
    rows, exit_level = da.MEASURES["level_movement"].kind.closed, Key("to_level", _X.c.exit_level, codes.MOVED_TO)
    kind = Outcome(rows, exit_level, good=("standard", "medium"), missing=("not_assessed", "different_tool"))
    missed = asked(store, measure(kind), date(2026, 3, 1), date(2026, 4, 1))
    assert parts(missed, "to_level") == {
        "not_assessed": 4,
        "standard": 1,
        "medium": 1,
        "high": 1,
        "different_tool": 1,
    }
    row = kind.bounds(missed).iloc[0]
    assert (row["good"], row["missing"], row["n"]) == (2, 5, 8)
    assert row[["worst", "known", "best", "coverage"]].tolist() == pytest.approx([2 / 8, 2 / 3, 7 / 8, 3 / 8])
    nothing = kind.bounds(asked(store, measure(kind), date(2025, 3, 1), date(2025, 4, 1))).iloc[0]
    assert isnan(nothing["worst"])
    assert isnan(nothing["coverage"])
    still_open = replace(kind, within=100)
    waiting = still_open.bounds(asked(store, measure(still_open), date(2026, 3, 1), date(2026, 4, 1))).iloc[0]
    assert isnan(waiting["worst"])
    assert waiting["n"] == 8


def test_bounds_are_given_for_each_value_of_the_other_keys(five):
    kind = Outcome(OPENED, Key("intake", _P.c.intake_level, codes.LEVELS), good=("high",), missing=("not_assessed",))
    frame = asked(five(date(2026, 3, 1)), measure(kind), *WHOLE, by=("level",))
    assert list(kind.bounds(frame).columns[:2]) == ["period_start", "level"]
    whole = kind.bounds(asked(five(date(2026, 3, 1)), measure(kind), *WHOLE)).iloc[0]
    assert whole[["worst", "known", "best", "coverage"]].tolist() == pytest.approx([2 / 5, 2 / 4, 3 / 5, 4 / 5])


def test_agreement_shares_are_of_one_first_judgement(five):
    first, second = (
        Key(name, _P.c[c], codes.LEVELS) for name, c in (("from_level", "closed_level"), ("to_level", "intake_level"))
    )
    frame = asked(five(date(2026, 3, 1)), measure(Agreement(WITHOUT_LEVEL, first, second)), *WHOLE)
    assert list(frame.columns[1:3]) == ["from_level", "to_level"]
    assert len(frame) == 16
    # Nobody has closed, so all five stand in one row: 1 not assessed, 1 standard, 1 medium, 2 high.
    row = frame[frame["from_level"] == "not_assessed"]
    assert row["numerator"].tolist() == [1, 1, 1, 2]
    assert row["denominator"].tolist() == [5] * 4
    assert frame[frame["from_level"] == "high"]["value"].isna().all()
