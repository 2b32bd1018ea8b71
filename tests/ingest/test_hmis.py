"""The HMIS preset: figures worked out by hand from the small export in ``hmis.py``."""

from datetime import date

import pytest

import data_access as da
from data_access.errors import CaselightError
from data_access.ingest import load
from tests.ingest.hmis import ENROLLMENT, EXIT, EXPORT, FILES, rows_of, write_hmis


@pytest.fixture
def export(tmp_path):
    return write_hmis(tmp_path / "export.zip")


def test_every_source_row_is_accounted_for(export, database):
    report = load(export, database.url, "hmis-2026")
    expected = {f"{name}.csv": len(rows_of(text)) for name, text in FILES.items()}
    assert {file.file: file.read for file in report.files} == expected
    assert report.read == report.loaded + report.unchanged + report.set_aside == sum(expected.values())
    assert report.sentence == "read 31 = loaded 25 + unchanged 0 + set aside 6"


def test_rows_set_aside_are_named_by_file_row_column_and_reason(export, database):
    report = load(export, database.url, "hmis-2026")
    assert {(row.file, row.row, row.column) for row in report.rows_set_aside} == {
        ("Client.csv", 5, ""),  # 599 is enrolled nowhere
        ("Enrollment.csv", 6, "ProjectID"),
        ("Enrollment.csv", 7, "DateDeleted"),
        ("Exit.csv", 5, ""),
        ("Services.csv", 4, "EnrollmentID"),  # its enrolment was deleted
        ("HealthAndDV.csv", 8, "DomesticViolenceSurvivor"),
    }
    stored = database.rows("set_aside", "file", "row", "column", "reason")
    assert sorted((row.file, row.row, row.column, row.reason) for row in report.rows_set_aside) == stored


def test_cases_open_and_close_as_enrolled(export, database):
    load(export, database.url, "hmis-2026")
    columns = ("source_id", "case_ref", "opened_on", "closed_on", "closure_reason", "closure_outcome")
    cases = database.rows("cases", *columns)
    assert cases == [
        (
            "9001",
            "E-9001",
            date(2025, 2, 3),
            date(2025, 5, 5),
            "needs_met_planned",
            "Rental by client, no ongoing housing subsidy",
        ),
        ("9002", "E-9002", date(2025, 3, 1), None, "not_recorded", None),
        ("9003", "E-9003", date(2025, 6, 14), date(2026, 2, 1), "deceased", "Deceased"),
        ("9004", "E-9004", date(2025, 7, 1), date(2025, 7, 1), "other", "Place not meant for habitation"),
    ]
    assert database.rows("data_version", "version", "as_of") == [(1, date(2025, 12, 31))] * 2


def test_an_exit_after_the_export_counts_as_open_until_its_day(export, database):
    """On 2025-12-31 9002 (Lantern) and 9003 (Harbour) are open; 9001 and 9004 are not."""
    load(export, database.url, "hmis-2026")
    store = da.connect(database.url)
    reports = store.reports(da.Scope.local(store.force_codes(), "service_manager"))
    chosen = da.Slice(store.force_codes(), date(2025, 12, 29), date(2026, 1, 1), grain="week")
    frame = reports.frame("open_cases", chosen, by=("force",))
    assert dict(zip(frame["force"], frame["value"], strict=True)) == {"ORG-7": 1, "ORG-8": 1}


def test_referrals_carry_hud_sources_by_our_names(export, database):
    load(export, database.url, "hmis-2026")
    assert database.rows("referral", "source_id", "source", "received_hour", "opens_case") == [
        ("9001", "police", 24, True),
        ("9002", "not_recorded", 24, True),
        ("9003", "voluntary", 24, True),
        ("9004", "not_recorded", 24, True),
    ]


def test_victims_keep_no_name_and_differ_by_organisation(export, database):
    """501 is 29 at both entries, the second on the day before the birthday; 502 is a child."""
    load(export, database.url, "hmis-2026")
    assert database.rows("victim", "force_id", "pseudonym", "age_band", "sex") == [
        (1, "P-501", "25-29", "female"),
        (1, "P-502", "not_recorded", "male"),
        (2, "P-501", "25-29", "female"),
        (2, "P-503", "not_recorded", "not_recorded"),
    ]
    raw = database.path.read_bytes()
    for canary in (b"Canary", b"Person-Alpha", b"90000000", b"1995-06-15"):
        assert canary not in raw


def test_services_situations_and_events_become_contacts(export, database):
    load(export, database.url, "hmis-2026")
    assert database.rows("contacts", "source_id", "on_day", "hour", "direction", "outcome", "channel", "purposes") == [
        ("cls-41", date(2025, 6, 20), 24, "outbound", "successful", "face_to_face_other", "assessment"),
        ("evt-51", date(2025, 6, 21), 24, "outbound", "successful", "not_recorded", "referral_onward"),
        ("svc-31", date(2025, 2, 10), 24, "outbound", "successful", "not_recorded", "needs_support"),
        ("svc-32", date(2025, 2, 11), 24, "inbound", "not_recorded", "not_recorded", "not_recorded"),
    ]


def test_domestic_violence_records_become_levels(export, database):
    load(export, database.url, "hmis-2026")
    assert database.rows("risk_assessments", "source_id", "level", "kind", "tool", "score") == [
        ("61", "high", "initial", "local", None),  # fleeing
        ("62", "standard", "exit", "local", None),  # over a year ago
        ("63", "standard", "initial", "local", None),  # asked, none told
        ("64", "high", "initial", "local", None),  # within three months
        ("65", "medium", "review", "local", None),  # three to six months ago
        ("66", "medium", "initial", "local", None),  # would not say when
    ]


def test_a_second_load_changes_nothing(export, database):
    load(export, database.url, "hmis-2026")
    before = database.everything()
    report = load(export, database.url, "hmis-2026")
    assert (report.loaded, report.unchanged, report.set_aside) == (0, 25, 6)
    assert report.changed_forces == ()
    assert database.everything() == before


def test_a_later_exit_updates_one_case_of_one_force(export, database, tmp_path):
    load(export, database.url, "hmis-2026")
    later = write_hmis(tmp_path / "later", Exit=EXIT + "e2,9002,502,2025-09-09,422,\n")
    report = load(later, database.url, "hmis-2026")
    assert report.changed_forces == ("ORG-7",)
    loaded = {file.file: file.loaded for file in report.files if file.loaded}
    assert loaded == {"Enrollment.csv": 1, "Exit.csv": 1}
    assert database.rows("data_version", "force_id", "version") == [(1, 2), (2, 1)]
    assert database.rows("cases", "source_id", "closed_on")[1] == ("9002", date(2025, 9, 9))


def test_an_older_export_is_refused_unless_forced(export, database, tmp_path):
    load(export, database.url, "hmis-2026")
    before = database.everything()
    older = write_hmis(tmp_path / "older", Export=EXPORT.replace("2025-12-31", "2025-11-30"))
    with pytest.raises(CaselightError, match="older"):
        load(older, database.url, "hmis-2026")
    assert database.everything() == before
    assert load(older, database.url, "hmis-2026", force_older=True).as_of["ORG-7"] == date(2025, 11, 30)


def test_without_a_mapping_the_export_is_recognised(export, database):
    with pytest.raises(CaselightError, match="--mapping hmis-2026"):
        load(export, database.url)
    assert not database.path.exists()


def test_another_version_of_the_export_is_refused(tmp_path, database):
    old = write_hmis(tmp_path / "old", Export=EXPORT.replace("2026 v1", "2024 v1.4"))
    with pytest.raises(CaselightError, match="another version"):
        load(old, database.url, "hmis-2026")


def test_a_missing_column_is_named(tmp_path, database):
    broken = write_hmis(tmp_path / "broken", Enrollment=ENROLLMENT.replace("EntryDate", "Entry"))
    with pytest.raises(CaselightError, match="'EntryDate'"):
        load(broken, database.url, "hmis-2026")


def test_rows_that_vanish_from_the_export_are_kept_and_counted(export, database, tmp_path):
    load(export, database.url, "hmis-2026")
    services = FILES["Services"].replace("32,9001,501,2025-02-11,200,200,\n", "")
    shorter = write_hmis(tmp_path / "shorter", Services=services)
    report = load(shorter, database.url, "hmis-2026")
    assert report.kept == {"contacts": 1}
    assert len(database.rows("contacts", "source_id")) == 4
