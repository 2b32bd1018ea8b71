"""The data quality figures: counted by hand on a few rows, recounted in SQL on the sample, never beyond the scope."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import create_engine, text

import data_access as da
from data_access import checks, worked_examples
from data_access.database import writer
from data_access.migrate import upgrade
from data_access.quality import FIELD_OF, FIELDS
from data_access.slice import Page
from tests.by_hand import MONDAY, a_case, a_referral, an_assessment, empty_database, later, writing

WEEK = (MONDAY, later(7))
SAMPLE = da.Slice(("EAST", "NORTH", "WEST"), date(2026, 8, 24), date(2026, 11, 23))


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """An empty database, to be copied."""
    return empty_database(tmp_path_factory.mktemp("empty"))


@pytest.fixture
def write(tmp_path, empty):
    """A function from rows and an as-of day to an open database."""
    return writing(tmp_path, empty)


def quality(store, days=WEEK, teams=None, forces=None, **filters):
    scope = da.Scope("one", "service_manager", frozenset(forces or store.force_codes()), teams)
    return store.reports(scope).quality(da.Slice(store.force_codes(), *days, "whole", **filters))


def recorded(found) -> dict[tuple[str, str], tuple]:
    return {(row.field, row.force): (row.recorded, row.n) for row in found.completeness.itertuples()}


def a_contact(name, on_day, **more):
    return {"source_id": name, "case": "a", "on_day": on_day, "outcome": "successful", **more}


def test_there_are_twelve_fields_each_with_its_words():
    assert len(FIELDS) == len({field.name for field in FIELDS}) == 12
    assert all(field.title and field.of for field in FIELDS)
    assert set(FIELD_OF) == {rule.name for rule in checks.RULES}, "every rule says which field to mend"


def test_completeness_counts_the_rows_of_the_period(write):
    store = write(
        {
            "advocate": [{"code": "ADV-1", "started_on": date(2025, 1, 1)}],
            "cases": [
                a_case("a"),
                a_case("b", later(1), closed_on=later(3)),
                a_case("c", later(2), closed_on=later(4), closure_reason="needs_met_planned"),
                a_case("d", later(7)),  # the Monday after
            ],
            "referral": [
                a_referral("1", "a", received_hour=10),
                a_referral("2", "b", source="not_recorded"),
                a_referral("3", decision="not_recorded", received_hour=23),
                a_referral("4", decision="duplicate", source="not_recorded"),
            ],
            "allocation": [{"source_id": "1", "case": "a", "advocate": "ADV-1", "since": MONDAY}],
            "contacts": [
                a_contact("1", MONDAY, duration_minutes=20, entered_on=MONDAY),
                a_contact("2", MONDAY),
                a_contact("3", later(6), outcome="not_recorded", entered_on=later(9)),
                a_contact("4", later(7), duration_minutes=5),
            ],
            "risk_assessments": [
                an_assessment("1", "a", later(14), "high"),
                an_assessment("2", "b", later(16), "high"),
            ],
        }
    )
    found = {field: pair for (field, _), pair in recorded(quality(store)).items()}
    assert found == {
        "source": (2, 3),
        "decision": (2, 3),
        "received_hour": (2, 3),
        "relationship": (0, 3),
        "age_band": (0, 3),
        "sex": (0, 3),
        "intake_level": (1, 3),  # b's came after it had closed, c has none
        "lead": (1, 1),  # a alone is open on Sunday
        "contact_outcome": (2, 3),
        "contact_minutes": (1, 2),
        "entered_on": (2, 3),
        "closure_reason": (1, 2),
    }


def test_a_level_at_intake_is_not_missing_before_its_days_are_over(write):
    rows = {"cases": [a_case("a"), a_case("b", later(1))]}
    (pair,) = [v for (field, _), v in recorded(quality(write(rows, later(14)))).items() if field == "intake_level"]
    assert pair == (0, 1)


def test_after_all_data_nothing_is_recorded_and_nothing_is_open(write):
    found = quality(write({"cases": [a_case("a")]}, later(5)), (later(7), later(14)))
    assert found.completeness["n"].sum() == found.assessments["open"].sum() == 0
    assert found.in_all.empty
    assert mended(found)  # what was wrong before still is


def test_a_filter_that_a_field_cannot_answer_is_said_and_not_counted(write):
    found = quality(write({"cases": [a_case("a")], "referral": [a_referral("1", "a")]}), levels=("high",)).completeness
    refused = found[found["note"] != ""]
    assert set(refused["field"]) == {"source", "decision", "received_hour"}
    assert refused["n"].isna().all()
    assert "level" in refused["note"].iloc[0]


def test_the_least_recorded_field_stands_first_and_empty_ones_are_left_out(write):
    store = write({"cases": [a_case("a")], "contacts": [a_contact("1", MONDAY), a_contact("2", MONDAY)]})
    found = quality(store).in_all
    assert found["title"].iloc[0] == "Relationship to the perpetrator"  # the first of those with none recorded
    assert found["title"].iloc[-1] == "Outcome of a contact"
    assert set(found["field"]).isdisjoint({"source", "closure_reason"})


def test_stale_means_over_90_days_and_never_assessed_is_apart(write):
    rows = {
        "cases": [a_case("a"), a_case("b"), a_case("c")],
        "risk_assessments": [an_assessment("1", "a", MONDAY, "high"), an_assessment("2", "b", later(1), "high")],
    }
    (row,) = quality(write(rows), (later(1), later(92))).assessments.itertuples()  # Sunday is day 91
    assert (row.open, row.stale, row.not_assessed) == (3, 1, 1)


def test_late_entry_by_hand(write):
    """Of 40 contacts 36 were typed in the same day, one after 7 days, two after 8 and one after 100."""
    lags = [0] * 36 + [7, 8, 8, 100]
    contacts = [a_contact(str(i), later(i), entered_on=later(i + lag)) for i, lag in enumerate(lags)]
    young = [a_contact("young", later(45), entered_on=later(60)), a_contact("blank", later(3))]
    store = write({"cases": [a_case("a")], "contacts": [*contacts, *young]}, later(100))
    rows = {row.rows: row for row in quality(store).late_entry.itertuples()}
    contacts_ = rows["contacts"]
    # Day 45 is within the last eight weeks of the data, which end on day 100; the blank one tells nothing.
    assert (contacts_.late, contacts_.n, contacts_.days, contacts_.at_most) == (3, 40, 8, False)
    assert (rows["cases"].n, rows["referrals"].n) == (0, 0)


def test_freshness_is_told_beside_the_newest_force_that_may_be_seen(write, tmp_path):
    store = write({"cases": [a_case("a")]}, later(50), others=[("OTHER", {"cases": [a_case("x")]})])
    store.engine.dispose()
    url = f"sqlite:///{(tmp_path / '0.sqlite').as_posix()}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE data_version SET as_of = as_of - 6, version = 2 WHERE force_id = 2"))
        connection.execute(text("UPDATE data_version SET extract_at = '2026-02-18 06:00:00' WHERE force_id = 2"))
    engine.dispose()
    store = da.connect(url)
    both = quality(store).freshness.set_index("force")
    assert both["behind"].to_dict() == {"EXAMPLE": 0, "OTHER": 6}
    assert both["extract_at"]["OTHER"] == datetime(2026, 2, 18, 6)
    assert both["extract_at"].isna()["EXAMPLE"]
    (alone,) = quality(store, forces=["OTHER"]).freshness.itertuples()
    assert (alone.force, alone.behind) == ("OTHER", 0)


def mended(found, number=1, size=25):
    frame = found.to_mend(Page(number, size)).frame
    return [(row.reference, row.owner, row.field, row.since.date()) for row in frame.itertuples()]


def of_fields(found, *wanted):
    return [row for row in mended(found, size=500) if row[2] in wanted]


LEADS = {
    "advocate": [{"code": code, "started_on": date(2025, 1, 1)} for code in ("ADV-1", "ADV-2")],
    "cases": [a_case("a"), a_case("b", later(2), closed_on=later(5), closure_reason="needs_met_planned"), a_case("c")],
    "allocation": [
        {"source_id": "1", "case": "a", "advocate": "ADV-1", "since": MONDAY, "until": later(4)},
        {"source_id": "2", "case": "a", "advocate": "ADV-2", "since": later(4)},
        {"source_id": "3", "case": "b", "advocate": "ADV-1", "since": later(2), "until": later(5)},
    ],
    "contacts": [
        a_contact("1", later(3), duration_minutes=600),
        {"source_id": "2", "case": "b", "on_day": later(6), "outcome": "successful"},
    ],
}


def test_the_cases_to_mend_name_field_and_owner_and_begin_with_the_oldest(write):
    found = quality(write(LEADS), (MONDAY, later(28)))
    assert of_fields(found, "Length of a contact", "Day of the contact, or of closing", "Risk assessment", "Lead") == [
        ("a", "ADV-2", "Risk assessment", MONDAY),  # of cases on one day, by reference
        ("c", "", "Lead", MONDAY),
        ("c", "", "Risk assessment", MONDAY),
        ("a", "ADV-2", "Length of a contact", later(3)),  # the lead of the last day, not of the day of the contact
        ("b", "ADV-1", "Day of the contact, or of closing", later(6)),
    ]
    (what,) = [row.what for row in found.to_mend(Page(1, 500)).frame.itertuples() if row.since.date() == later(6)]
    assert what == "A contact on 11 Jan 2026, after the case closed on 10 Jan 2026."


def test_the_list_is_cut_into_pages_and_ends_with_its_last(write):
    found = quality(write(LEADS), (MONDAY, later(28)))
    whole = mended(found, size=500)
    first = found.to_mend(Page(1, 5))
    assert first.total == len(whole)
    assert first.cases == 3
    assert first.in_period == len(whole)
    pages = [mended(found, number, 5) for number in range(1, first.pages + 1)]
    assert [row for page in pages for row in page] == whole
    assert mended(found, 99, 5) == pages[-1]


def test_what_is_not_known_by_the_end_of_the_period_is_not_yet_to_mend(write):
    store = write(LEADS)
    assert not of_fields(quality(store, (MONDAY, later(3))), "Length of a contact", "Risk assessment")
    assert of_fields(quality(store, (MONDAY, later(4))), "Length of a contact")


def test_filters_hold_for_the_list(write):
    store = write(LEADS)
    days = (MONDAY, later(28))
    assert {row[0] for row in mended(quality(store, days, advocates=("ADV-1",)), size=500)} == {"b"}
    assert {row[0] for row in mended(quality(store, days, advocates=("none",)), size=500)} == {"c"}
    assert not mended(quality(store, days, levels=("high",)))


def test_nothing_outside_of_the_scope_is_counted_or_listed(write):
    other = {
        "cases": [a_case("x")],
        "contacts": [
            {"source_id": str(i), "case": "x", "on_day": MONDAY, "at_minute": 29_500_000, "outcome": "no_answer"}
            for i in range(9)
        ],
    }
    store = write({"cases": [a_case("a")]}, others=[("OTHER", other)])
    found = quality(store, (MONDAY, later(28)), forces=["EXAMPLE"])
    assert {row[0] for row in mended(found, size=500)} == {"a"}
    for frame in (found.completeness, found.assessments, found.late_entry, found.freshness, found.rules):
        assert set(frame["force"]) == {"EXAMPLE"}
    assert found.imported_twice.empty
    nobody = quality(store, (MONDAY, later(28)), teams=frozenset({"T9"}))
    assert not mended(nobody)
    assert nobody.completeness["n"].sum() == nobody.rules["count"].sum() == nobody.assessments["open"].sum() == 0
    nothing = store.reports(da.Scope("x", "service_manager", frozenset())).quality(da.Slice(("EXAMPLE",), *WEEK))
    assert nothing.to_mend().total == len(nothing.completeness) == len(nothing.freshness) == len(nothing.rules) == 0


def test_five_double_contacts_of_a_week_look_like_one_import(write):
    def rows(doubles):
        twice = [
            {"source_id": f"{copy}{i}", "case": "a", "on_day": later(i), "at_minute": 29_500_000 + i * 1440}
            for i in range(doubles)
            for copy in "xy"
        ]
        return {"cases": [a_case("a")], "contacts": twice}

    assert quality(write(rows(4))).imported_twice.empty
    (week,) = quality(write(rows(5))).imported_twice.itertuples()
    assert (week.force, week.week.date(), week.contacts, week.rows) == ("EXAMPLE", MONDAY, 5, 10)


def test_the_planted_import_and_every_breach_of_the_sample_are_there(sample_store):
    found = quality(sample_store, (SAMPLE.first, SAMPLE.until))
    (week,) = found.imported_twice.itertuples()
    assert (week.force, week.week.date(), week.contacts, week.rows) == ("EAST", date(2026, 6, 8), 82, 164)
    counted = {(row.rule, row.force): row.count for row in found.rules.itertuples()}
    assert counted == {
        (one.rule, one.force): one.count for one in checks.summary(sample_store, sample_store.force_codes())
    }


@pytest.mark.postgres
def test_postgresql_says_the_same(write, postgres_url):
    rows = {
        **LEADS,
        "referral": [a_referral("1", "a", received_hour=10), a_referral("2", "b", source="not_recorded")],
        "risk_assessments": [an_assessment("1", "a", later(1), "high", score=30, entered_on=later(9))],
    }
    engine = writer(postgres_url)
    upgrade(engine)
    with engine.begin() as connection:
        worked_examples.write_rows(connection, rows, date(2026, 5, 31))
    engine.dispose()
    days = (MONDAY, later(120))
    shared = da.connect(postgres_url)
    ours, theirs = quality(write(rows), days), quality(shared, days)
    for name in ("completeness", "in_all", "assessments", "late_entry", "freshness", "rules", "imported_twice"):
        assert getattr(ours, name).equals(getattr(theirs, name)), name
    assert ours.to_mend(Page(1, 500)).frame.equals(theirs.to_mend(Page(1, 500)).frame)
    assert ours.to_mend().total > 5
    shared.engine.dispose()


RECOUNT = {
    "sex": "SELECT code, COUNT(CASE WHEN sex <> 'not_recorded' THEN 1 END), COUNT(*) FROM cases JOIN victim v "
    "USING (victim_id) JOIN force f ON f.force_id = cases.force_id WHERE opened_on >= :first AND opened_on < :until "
    "AND pathway = 'full_advocacy' AND closure_reason NOT IN ('opened_in_error', 'duplicate') GROUP BY code",
    "contact_minutes": "SELECT code, COUNT(NULLIF(duration_minutes, 0)), COUNT(*) FROM contacts k "
    "JOIN cases c ON c.case_id = k.case_id JOIN force f ON f.force_id = k.force_id "
    "WHERE outcome = 'successful' AND on_day >= :first AND on_day < :until "
    "AND pathway = 'full_advocacy' AND closure_reason NOT IN ('opened_in_error', 'duplicate') GROUP BY code",
    "source": "SELECT code, COUNT(CASE WHEN source <> 'not_recorded' THEN 1 END), COUNT(*) FROM referral "
    "JOIN force USING (force_id) WHERE received_on >= :first AND received_on < :until AND decision <> 'duplicate' "
    "GROUP BY code",
}


@pytest.mark.parametrize("field", RECOUNT)
def test_completeness_of_the_sample_is_that_of_plain_sql(sample_store, sample_url, field):
    since = {"first": (SAMPLE.first - date(1970, 1, 1)).days, "until": (SAMPLE.until - date(1970, 1, 1)).days}
    with create_engine(sample_url).connect() as connection:
        expected = {row[0]: (row[1], row[2]) for row in connection.execute(text(RECOUNT[field]), since)}
    found = recorded(quality(sample_store, (SAMPLE.first, SAMPLE.until)))
    assert {force: found[field, force] for force in expected} == expected
    assert sum(n for _, n in expected.values()) > 100


def test_a_second_look_asks_the_database_nothing(sample_url):
    """Answers are kept by the version of the data."""
    store = da.connect(sample_url)
    days = (SAMPLE.first - timedelta(days=7), SAMPLE.until)

    def look():
        found = quality(store, days)
        return [found.completeness, found.late_entry, found.rules, found.to_mend(Page(1, 25)).frame]

    first = look()
    kept = len(store.counter._answers)
    second = look()
    assert len(store.counter._answers) == kept
    assert all(one.equals(two) for one, two in zip(first, second, strict=True))
