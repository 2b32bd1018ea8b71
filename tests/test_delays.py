"""How late entries reach us and from when a force's data tell everything, against days counted by hand."""

from datetime import date, timedelta

import pytest

import data_access as da
from data_access import delays
from data_access.measures import MEASURES
from tests.by_hand import a_case, a_contact, a_referral, empty_database, writing

AS_OF = date(2026, 5, 31)
LONG_AGO = date(2026, 1, 5)  # well before the eight weeks whose entries may still be coming


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """An empty database, to be copied."""
    return empty_database(tmp_path_factory.mktemp("empty"))


@pytest.fixture
def write(tmp_path, empty):
    """A function from rows and an as-of day to an open database."""
    return writing(tmp_path, empty)


def contacts(*lags: int | None, on: date = LONG_AGO) -> dict:
    """One case and, for each lag, a contact that was typed in so many days after its day."""
    typed = [
        {**a_contact(str(i), "a", on), **({} if lag is None else {"entered_on": on + timedelta(days=lag)})}
        for i, lag in enumerate(lags)
    ]
    return {"cases": [a_case("a", LONG_AGO)], "contacts": typed}


def late(store, measure: str = "contact_success") -> dict[str, int]:
    reports = store.reports(da.Scope.local(store.force_codes(), "service_manager"))
    return reports.late_days(measure)


def test_the_delay_is_the_day_by_which_95_of_100_entries_had_come(write):
    # 38 of 40 within 3 days is 95 %: the two that took 30 do not count.
    assert late(write(contacts(*[0] * 30, *[3] * 8, *[30] * 2), AS_OF)) == {"EXAMPLE": 3}
    # With a third one 92.5 % came within 3 days: 95 % needs the first of the late ones.
    assert late(write(contacts(*[0] * 30, *[3] * 7, *[30] * 3), AS_OF)) == {"EXAMPLE": 30}


def test_a_source_without_days_of_entry_says_nothing(write):
    assert late(write(contacts(*[None] * 40), AS_OF)) == {}
    # Those without a day of entry are no entries of the same day: 20 known ones decide.
    assert late(write(contacts(*[None] * 40, *[5] * 20), AS_OF)) == {"EXAMPLE": 5}
    assert late(write(contacts(*[5] * 19), AS_OF)) == {}, "19 are too few"


def test_entries_of_the_last_eight_weeks_are_not_looked_at_because_the_late_ones_are_missing_there(write):
    rows = contacts(*[9] * 20)
    young = contacts(*[0] * 200, on=AS_OF - timedelta(days=10))["contacts"]
    rows["contacts"] += [{**row, "source_id": f"young {row['source_id']}"} for row in young]
    assert late(write(rows, AS_OF)) == {"EXAMPLE": 9}


def test_what_comes_after_eight_weeks_is_a_correction_and_what_comes_before_its_day_is_not_late(write):
    assert late(write(contacts(*[200] * 40), AS_OF)) == {"EXAMPLE": 56}
    assert late(write(contacts(*[-3] * 40), AS_OF)) == {"EXAMPLE": 0}


def test_each_force_has_its_own_delay_and_only_those_in_reach_are_told(write):
    store = write(contacts(*[2] * 20), AS_OF, [("OTHER", contacts(*[12] * 20))])
    assert late(store) == {"EXAMPLE": 2, "OTHER": 12}
    bound = store.reports(da.Scope.local(["EXAMPLE"], "service_manager"))
    assert bound.late_days("contact_success") == {"EXAMPLE": 2}


def test_a_frame_says_up_to_which_day_nearly_all_have_come(write):
    store = write(contacts(*[12] * 20), AS_OF)
    reports = store.reports(da.Scope.local(store.force_codes(), "service_manager"))
    asked = da.Slice(("EXAMPLE",), date(2026, 5, 4), date(2026, 6, 1))
    assert reports.frame("contact_success", asked).attrs["settled"] == {"EXAMPLE": date(2026, 5, 19)}
    # As known on an earlier day: what the newest data have of it has come already.
    earlier = reports.frame("contact_success", asked.having(as_of=date(2026, 5, 10))).attrs
    assert earlier["settled"] == {"EXAMPLE": date(2026, 5, 10)}


def test_referrals_wait_for_their_own_entries_and_reached_for_contacts_too(write):
    rows = contacts(*[9] * 20)
    rows["referral"] = [a_referral(f"r{i}", None, LONG_AGO, entered_on=LONG_AGO + timedelta(days=2)) for i in range(20)]
    store = write(rows, AS_OF)
    assert late(store, "referrals") == {"EXAMPLE": 2}
    assert late(store, "reached") == {"EXAMPLE": 9}


def test_every_measure_knows_its_sources():
    assert delays.sources_of(MEASURES["referrals"]) == ("referral",)
    assert delays.sources_of(MEASURES["contact_success"]) == ("contacts",)
    assert "risk_assessments" in delays.sources_of(MEASURES["risk_at_intake"])
    for measure in MEASURES.values():
        assert set(delays.sources_of(measure)) <= set(delays.SOURCES)


def test_data_tell_everything_from_the_first_closing_on(write):
    # Cases closed before 2 March are not in the extract: only those that lasted are.
    cases = [a_case("long", date(2024, 6, 3)), a_case("b", date(2025, 5, 5), closed_on=date(2026, 3, 4))]
    reports = write({"cases": cases}, AS_OF).reports(da.Scope.local(["EXAMPLE"], "service_manager"))
    assert reports.told_from() == {"EXAMPLE": date(2026, 3, 2)}
    none = write({"cases": cases[:1]}, AS_OF).reports(da.Scope.local(["EXAMPLE"], "service_manager"))
    assert none.told_from() == {"EXAMPLE": date(2024, 6, 3)}
