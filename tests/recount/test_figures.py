"""Each measure says what a recount from the raw tables says, to the unit, for every kind of question."""

from datetime import date

import pytest

import data_access as da
from tests.recount import count_caseload
from tests.recount.answer import assert_same, recounted

FORCES = ("EAST", "NORTH", "WEST")
YEAR = da.Slice(FORCES, date(2026, 1, 14), date(2026, 11, 25), "month")  # both ends inside a month and a week
QUARTERS = YEAR.having(first=date(2026, 2, 11), grain="quarter")
# The sample's extracts end on 22 November 2026, in WEST on 16 November: the last periods reach beyond them.
QUESTIONS = {
    "all forces by month": (YEAR, ()),
    "one force by week": (YEAR.having(forces=("EAST",), first=date(2026, 7, 8), grain="week"), ()),
    "each force by 4 weeks": (YEAR.having(grain="4week"), ("force",)),
    "beyond the data": (YEAR.having(first=date(2026, 10, 27), until=date(2026, 12, 9), grain="week"), ("force",)),
    "beyond the data of one force": (YEAR.having(first=date(2026, 11, 17), grain="whole"), ("force",)),
    "one lead advocate": (YEAR.having(advocates=("ADV-50",), grain="quarter"), ()),
    "one team": (YEAR.having(teams=("NORTH-CITY",), grain="4week"), ()),
    "a past as-of day": (YEAR.having(as_of=date(2026, 3, 17)), ("force",)),
}
# Refused for these forces in this year, whose thresholds differ: asked in test_risk.
SIDE_BY_SIDE = "level_at_intake_by_force"
# Those of caseload that refuse filters are asked the same in test_caseload.py.
COUNTED = [name for name in recounted() if name != SIDE_BY_SIDE and name not in count_caseload.RECOUNTS]
# Nothing of the first falls in the last six days of the sample; the last counts nobody of the last 70 days.
NOTHING = {
    (name, "beyond the data of one force") for name in ("attempts_before_unreachable", "handover", "handover_gap")
}
NOTHING |= {("engaged_by_group", name) for name in QUESTIONS if name.startswith(("beyond", "a past"))}
every_measure = pytest.mark.parametrize("measure", COUNTED)


def filters(measure: str) -> set[str]:
    """Keys that a frame need not have: by each of them a figure can be filtered."""
    kind = da.MEASURES[measure].kind
    return set(da.MEASURES[measure].keys) - set(getattr(kind, "always", ()))


@every_measure
@pytest.mark.parametrize("question", QUESTIONS)
def test_figure_equals_the_recount(measure, question, raw, reports):
    slice_, by = QUESTIONS[question]
    held = assert_same(raw, reports.frame(measure, slice_, by), measure, slice_, by)
    assert held > 0 or (measure, question) in NOTHING


@pytest.mark.parametrize(("measure", "key"), [(name, key) for name in COUNTED for key in da.MEASURES[name].keys])
def test_each_key_equals_the_recount(measure, key, raw, reports):
    assert assert_same(raw, reports.frame(measure, QUARTERS, (key,)), measure, QUARTERS, (key,)) > 0


@pytest.mark.parametrize(
    ("measure", "by"),
    [
        ("open_cases", ("force", "level")),
        ("risk_of_open_cases", ("team", "level")),
        ("contact_success", ("weekday", "hour")),
        ("referrals", ("force", "source", "decision")),
        ("cases_per_fte", ("force", "team", "advocate")),
        ("inflow_outflow", ("advocate", "level")),
        ("time_to_first_contact", ("force", "days")),
        ("level_movement", ("force", "status", "from_level", "to_level")),
    ],
)
def test_two_keys_at_once(measure, by, raw, reports):
    assert assert_same(raw, reports.frame(measure, QUARTERS, by), measure, QUARTERS, by) > 0


@every_measure
def test_one_level(measure, raw, reports):
    slice_ = QUARTERS.having(levels=("high",), sources=())
    if "level" not in filters(measure):
        with pytest.raises(da.Refused, match="cannot be filtered by level"):
            reports.frame(measure, slice_)
    else:
        assert assert_same(raw, reports.frame(measure, slice_), measure, slice_, ()) > 0


@every_measure
def test_one_referral_source(measure, raw, reports):
    slice_ = QUARTERS.having(sources=("police",))
    if "source" not in filters(measure):
        with pytest.raises(da.Refused, match="cannot be filtered by source"):
            reports.frame(measure, slice_)
    else:
        assert assert_same(raw, reports.frame(measure, slice_), measure, slice_, ()) > 0


def test_outer_periods_are_cut_to_the_slice(reports):
    frame = reports.frame("referrals", YEAR)
    assert frame["period_start"].dt.date.iloc[0] == date(2026, 1, 14)
    assert frame["period_start"].dt.date.iloc[1] == date(2026, 2, 1)
    weekly = reports.frame("referrals", YEAR.having(grain="week", first=date(2026, 10, 7), until=date(2026, 11, 5)))
    assert [f"{day:%d.%m}" for day in weekly["period_start"]] == ["07.10", "12.10", "19.10", "26.10", "02.11"]
    whole = reports.frame("referrals", YEAR.having(grain="whole"))
    assert frame["numerator"].sum() == whole["numerator"].sum()


# What happens after a period tells of these how the period went on.
FOLLOWED_UP = (
    *("Duration", "Endings", "Cohort", "Held"),
    *("LevelMix", "Outcome", "Agreement"),  # some have a window, which is over later
)


@every_measure
def test_the_same_period_gives_the_same_answer_whatever_is_asked_around_it(measure, reports):
    """Defect 10 of domain 2.0: a past report must not change with the day on which it is made."""
    week = YEAR.having(grain="week", first=date(2026, 3, 2), until=date(2026, 3, 9), as_of=date(2026, 5, 31))
    around = week.having(first=date(2026, 2, 2), until=date(2026, 4, 6))
    alone, among = (reports.frame(measure, slice_, ("force",)) for slice_ in (week, around))
    among = among[among["period_start"].dt.date == date(2026, 3, 2)]
    keys = [c for c in alone.columns if c not in ("note",)]
    assert _held(alone[keys]) == _held(among[keys])
    if type(da.MEASURES[measure].kind).__name__ not in FOLLOWED_UP:
        later = reports.frame(measure, week.having(as_of=None), ("force",))
        assert _held(alone[keys]) == _held(later[keys])


def _held(frame) -> list[tuple]:
    """Rows that hold something, without regard to which empty rows are listed."""
    kept = frame[frame["n"].fillna(0) > 0].astype(str)
    return sorted(map(tuple, kept.to_numpy()))
