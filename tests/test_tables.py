"""The typed tables: which rows they hold and what their filters mean, on small rows worked out by hand."""

import pytest

import data_access as da
from tests.by_hand import MONDAY, a_case, a_referral, an_assessment, asked, empty_database, later, writing


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """An empty database, to be copied."""
    return empty_database(tmp_path_factory.mktemp("empty"))


@pytest.fixture
def write(tmp_path, empty):
    """A function from rows and an as-of day to an open database."""
    return writing(tmp_path, empty)


def _table(store, name, first=MONDAY, until=None, **filters):
    forces = store.force_codes()
    reports = store.reports(da.Scope.local(forces, "service_manager"))
    return reports.table(name, da.Slice(forces, first, until or later(28), "whole", **filters))


def _cases(store, *args, **filters):
    return _table(store, "cases", *args, **filters)["case_ref"].tolist()


def _lead(name, case, advocate, since=MONDAY, **more):
    return {"source_id": name, "case": case, "advocate": advocate, "since": since, **more}


# a was opened without a lead, ADV-1 took it on day 3 and ADV-2 on day 10; b is ADV-2's; c is advice only.
LED = {
    "advocate": [{"code": code, "started_on": MONDAY} for code in ("ADV-1", "ADV-2")],
    "cases": [a_case("a"), a_case("b"), a_case("c", pathway="one_off_advice")],
    "allocation": [
        _lead("1", "a", "ADV-1", later(3), until=later(10)),
        _lead("2", "a", "ADV-2", later(10)),
        _lead("3", "b", "ADV-2"),
    ],
    "referral": [a_referral("ra", "a", source="self"), a_referral("rb", "b"), a_referral("rc", "c", source="self")],
    "risk_assessments": [
        an_assessment("1", "a", MONDAY, "high"),
        an_assessment("2", "a", later(7), "standard"),
        an_assessment("3", "b", later(8), "high"),
        an_assessment("4", "b", later(9), "medium", kind="referrer"),
    ],
}


def _assessed(store, **filters):
    rows = _table(store, "risk_assessments", **filters)
    return list(zip(rows["case_ref"], rows["level"], strict=True))


def test_assessments_are_filtered_by_their_own_level(write):
    store = write(LED)
    assert _assessed(store, levels=("standard",)) == [("a", "standard")]
    assert _assessed(store, levels=("high",)) == [("a", "high"), ("b", "high")]
    assert _assessed(store, levels=("high", "medium")) == [("a", "high"), ("b", "high"), ("b", "medium")]
    assert _assessed(store, levels=("not_assessed",)) == []


def test_assessments_are_filtered_by_the_source_and_first_lead_of_their_case(write):
    store = write(LED)
    of_a, of_b = [("a", "high"), ("a", "standard")], [("b", "high"), ("b", "medium")]
    assert _assessed(store, sources=("self",)) == of_a
    assert _assessed(store, sources=("police",)) == of_b
    assert _assessed(store, advocates=("ADV-1",)) == of_a
    assert _assessed(store, advocates=("ADV-2",)) == of_b
    assert _assessed(store, teams=("T1",)) == of_a + of_b
    assert _assessed(store, levels=("high",), sources=("self",)) == of_a[:1]


def test_cases_are_filtered_by_the_lead_that_the_table_prints(write):
    """On its day of opening case a had no lead: the first lead that it was given is printed, and is filtered by."""
    store = write(LED)
    rows = _table(store, "cases").set_index("case_ref")
    assert rows["first_lead"].dropna().to_dict() == {"a": "ADV-1", "b": "ADV-2"}
    assert _cases(store, advocates=("ADV-1",)) == ["a"]
    assert _cases(store, advocates=("ADV-2",)) == ["b"]
    assert _cases(store, advocates=("none",)) == []


def test_cases_are_filtered_by_the_team_that_the_table_prints(write):
    """Advice only is in no figure, has no first team there and prints none."""
    store = write(LED)
    assert _table(store, "cases")["team"].fillna("-").tolist() == ["T1", "T1", "-"]
    assert _cases(store, teams=("T1",)) == ["a", "b"]


def test_cases_of_every_pathway_are_filtered_by_the_source_of_their_opening_referral(write):
    rows = {**LED, "cases": [*LED["cases"], a_case("d")]}  # d has no referral
    store = write(rows)
    assert _cases(store, sources=("self",)) == ["a", "c"]
    assert _cases(store, sources=("police",)) == ["b"]
    assert _cases(store, sources=("not_recorded",)) == ["d"]


def test_cases_have_no_one_level_to_be_filtered_by(write):
    with pytest.raises(da.Refused, match="The table of cases cannot be filtered by level: the level of a case changes"):
        _table(write(LED), "cases", levels=("high",))


def test_cases_closed_on_the_first_day_are_in_the_table_as_they_are_in_the_outflow(write):
    rows = {
        "cases": [
            a_case("a", closed_on=later(6)),
            a_case("b", closed_on=later(7)),
            a_case("c", closed_on=later(13)),
            a_case("d", closed_on=later(14)),
            a_case("e", later(14)),
        ]
    }
    store, first, until = write(rows), later(7), later(14)
    table = _table(store, "cases", first, until)
    # The week of days 7 to 13: a closed on the Sunday before and e opened on the Monday after.
    assert table["case_ref"].tolist() == ["b", "c", "d"]
    closed = table[(table["closed_on"] >= str(first)) & (table["closed_on"] < str(until))]
    assert closed["case_ref"].tolist() == ["b", "c"]
    assert asked(store, "inflow_outflow", first, until)["denominator"].tolist() == [2]


def test_a_case_with_two_opening_referrals_is_one_row_of_the_first(write):
    rows = {
        "cases": [a_case("a"), a_case("b")],
        "referral": [
            a_referral("3", "a", later(-1), source="health"),
            a_referral("2", "a", later(-2), source="self"),
            a_referral("5", "b", source="housing"),
            a_referral("4", "b", source="paladin"),
        ],
    }
    store = write(rows)
    table = _table(store, "cases")
    assert table["case_ref"].tolist() == ["a", "b"]
    assert table["source"].tolist() == ["self", "paladin"]  # the earlier day, and of one day the lesser source id
    assert [day.date() for day in table["received_on"]] == [later(-2), MONDAY]
    assert _cases(store, sources=("health",)) == []
    assert _cases(store, sources=("self",)) == ["a"]
