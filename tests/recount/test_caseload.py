"""Capacity, waiting, age and length of cases say what a recount from the raw tables says."""

from datetime import date

import pandas as pd
import pytest

import data_access as da
from tests.recount.answer import assert_same
from tests.recount.count_caseload import RECOUNTS, after
from tests.recount.raw import number
from tests.recount.test_figures import FORCES, QUARTERS, QUESTIONS

# What a filter would mean nothing for, and is refused with its reason.
REFUSED = {
    "throughput": ("level", "source"),
    "weighted_caseload": (),
    "supervisor_span": ("level", "source", "advocate"),
    "cases_per_supervisor": ("level", "source", "advocate"),
    "acceptance": ("level", "team", "advocate"),
    "undecided": ("level", "team", "advocate"),
    "referrals_per_population": ("level", "team", "advocate"),
    "case_age": (),
    "waiting_list": ("advocate",),
    "days_to_lead": ("level", "advocate"),
    "untouched": (),
    "contact_overdue": (),
    "case_length": (),
    "case_endings": (),
}
FILTERS = {
    "level": {"levels": ("high",)},
    "source": {"sources": ("police",)},
    "team": {"teams": ("NORTH-CITY",)},
    "advocate": {"advocates": ("ADV-50",)},
}
every_measure = pytest.mark.parametrize("measure", REFUSED)


def _refused(measure: str, slice_: da.Slice) -> tuple[str, ...]:
    asked = {"team": slice_.teams, "advocate": slice_.advocates, "level": slice_.levels, "source": slice_.sources}
    return tuple(name for name, wanted in asked.items() if wanted and name in REFUSED[measure])


def test_every_measure_of_these_is_recounted():
    assert set(REFUSED) == set(RECOUNTS) <= set(da.MEASURES)


@every_measure
@pytest.mark.parametrize("question", QUESTIONS)
def test_figure_equals_the_recount(measure, question, raw, reports):
    slice_, by = QUESTIONS[question]
    if _refused(measure, slice_):
        with pytest.raises(da.Refused, match="cannot be filtered"):
            reports.frame(measure, slice_, by)
        return
    held = assert_same(raw, reports.frame(measure, slice_, by), measure, slice_, by)
    assert held > 0 or measure == "undecided"  # hardly ever is a referral of the sample undecided for so long


@pytest.mark.parametrize(("measure", "key"), [(name, key) for name in REFUSED for key in da.MEASURES[name].keys])
def test_each_key_equals_the_recount(measure, key, raw, reports):
    weeks = QUARTERS.having(grain="week", first=date(2025, 1, 6), until=date(2026, 11, 16))
    slice_ = weeks if measure == "undecided" else QUARTERS
    assert assert_same(raw, reports.frame(measure, slice_, (key,)), measure, slice_, (key,)) > 0


@every_measure
@pytest.mark.parametrize("key", FILTERS)
def test_each_filter_is_answered_or_refused_with_its_reason(measure, key, raw, reports):
    slice_ = QUARTERS.having(**FILTERS[key])
    if key in REFUSED[measure]:
        with pytest.raises(da.Refused, match=f"cannot be filtered by {key}: "):
            reports.frame(measure, slice_)
    else:
        assert_same(raw, reports.frame(measure, slice_), measure, slice_, ())


@pytest.mark.parametrize(
    ("measure", "by"),
    [
        ("throughput", ("force", "advocate")),
        ("weighted_caseload", ("team", "level")),
        ("cases_per_supervisor", ("force", "team")),
        ("referrals_per_population", ("source", "force")),
        ("case_age", ("age", "force", "level")),
        ("case_age", ("team",)),
        ("waiting_list", ("list", "force")),
        ("case_length", ("force", "quartile")),
        ("case_endings", ("days", "force")),
        ("case_endings", ("source", "ending")),
        ("untouched", ("force", "level")),
        ("contact_overdue", ("team", "level")),
    ],
)
def test_two_keys_at_once(measure, by, raw, reports):
    assert assert_same(raw, reports.frame(measure, QUARTERS, by), measure, QUARTERS, by) > 0


DAYS = (date(2026, 11, 15), date(2026, 4, 1), date(2025, 8, 31))


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("name", ["untouched", "contact_overdue", "waiting_list", "undecided"])
def test_the_number_of_a_figure_is_the_length_of_its_list(name, day, reports):
    slice_ = da.Slice(FORCES, day, date.fromordinal(day.toordinal() + 1), "whole")
    assert reports.rows(name, slice_).total == reports.frame(name, slice_)["numerator"].iloc[0]


@pytest.mark.parametrize("day", DAYS)
def test_who_waits_for_a_first_call(day, raw, reports):
    slice_ = da.Slice(FORCES, day, date.fromordinal(day.toordinal() + 1), "whole")
    listed = reports.rows("waiting_first_call", slice_, da.Page(1, 500)).frame
    on = number(day)
    ids = [raw.force_ids[code] for code in FORCES]
    found = pd.concat([raw.open_on(force_id, on) for force_id in ids])
    found = found[~found["held"]]
    tried = raw.contacts[(raw.contacts["attempt"] | raw.contacts["substantive"]) & (raw.contacts["on_day"] <= on)]
    tried = tried[tried["on_day"] >= tried["case_id"].map(found["received_on"])]
    waits = found[~found.index.isin(tried["case_id"])]
    waits = waits[[after(raw, int(received), 2) < on for received in waits["received_on"]]]
    assert sorted(listed["reference"]) == sorted(waits["case_ref"])


@pytest.mark.parametrize("measure", [name for name in REFUSED if not name.startswith(("case_l", "case_e", "days_"))])
def test_the_same_period_gives_the_same_answer_whatever_is_asked_around_it(measure, reports):
    week = QUARTERS.having(grain="week", first=date(2026, 3, 2), until=date(2026, 3, 9), as_of=date(2026, 5, 31))
    frames = [
        reports.frame(measure, slice_, ("force",))
        for slice_ in (week, week.having(as_of=None), week.having(first=date(2026, 2, 2), until=date(2026, 4, 6)))
    ]
    held = []
    for frame in frames:
        rows = frame[(frame["period_start"].dt.date == date(2026, 3, 2)) & (frame["n"] > 0)].drop(columns="note")
        held.append(sorted(map(tuple, rows.astype(str).to_numpy())))
    assert held[0] == held[1] == held[2]
