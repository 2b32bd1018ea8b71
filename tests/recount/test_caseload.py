"""Capacity, waiting, age and length of cases say what a recount from the raw tables says."""

import pytest

import data_access as da
from tests.recount.answer import assert_same
from tests.recount.count_caseload import RECOUNTS
from tests.recount.test_figures import QUARTERS, QUESTIONS

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
    assert assert_same(raw, reports.frame(measure, slice_, by), measure, slice_, by) > 0


@pytest.mark.parametrize(("measure", "key"), [(name, key) for name in REFUSED for key in da.MEASURES[name].keys])
def test_each_key_equals_the_recount(measure, key, raw, reports):
    assert assert_same(raw, reports.frame(measure, QUARTERS, (key,)), measure, QUARTERS, (key,)) > 0


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
