"""Files of the weekly workbook: their names, their bytes, and what happens when one cannot be made."""

import hashlib
import io
from datetime import date
from zipfile import ZipFile

import openpyxl
import pytest

import data_access as da
from dashboard.workbook import book, export, file_name, write_week
from dashboard.workbook.package import content_digest
from data_access import CaselightError, Scope, UnknownName

from .conftest import FORCE, FORMULA, WEEK


def _digest(file: bytes) -> str:
    opened = openpyxl.load_workbook(io.BytesIO(file))
    return {row[0].value: row[1].value for row in opened["Audit"].iter_rows(min_row=7)}["Content digest (SHA-256)"]


def test_the_same_data_give_the_same_bytes_whoever_asks(weekly, sample_url, sample_store, tmp_path):
    again = da.connect(sample_url)
    button = book(again.reports(Scope.local([FORCE], "service_manager")), FORCE, WEEK)
    (written,) = export(sample_store, tmp_path, WEEK, [FORCE])
    assert hashlib.sha256(button).hexdigest() == hashlib.sha256(weekly).hexdigest()
    assert written.path.read_bytes() == weekly


def test_the_digest_is_that_of_the_other_parts(weekly, parts, reports):
    audit = f"xl/worksheets/sheet{sum(name.startswith('xl/worksheets/sheet') for name in parts)}.xml"
    assert b"Content digest" in parts[audit]
    by_hand = hashlib.sha256()
    for name in sorted(parts):
        if name != audit and not name.startswith("docProps/"):
            by_hand.update(name.encode() + b"\0" + hashlib.sha256(parts[name]).digest())
    assert _digest(weekly) == by_hand.hexdigest() == content_digest(weekly, audit)
    assert _digest(book(reports, FORCE, "2026-W45")) != _digest(weekly)


def test_one_file_for_each_force_and_nothing_else_in_the_folder(sample_store, tmp_path):
    told = []
    written = export(sample_store, tmp_path / "new" / "folder", WEEK, progress=lambda *step: told.append(step))
    codes = list(sample_store.force_codes())
    assert [one.force for one in written] == codes
    assert [one.error for one in written] == [None] * len(codes)
    assert sorted(path.name for path in (tmp_path / "new" / "folder").iterdir()) == [
        f"caselight-weekly_{code.lower()}_2026-11-15.xlsx" for code in codes
    ]
    assert told == [(place, len(codes), code) for place, code in enumerate(codes)] + [(len(codes), len(codes), "")]


def test_one_force_without_data_does_not_stop_the_others(hostile_store, tmp_path):
    written = {one.force: one for one in export(hostile_store, tmp_path, WEEK)}
    assert "end on 2026-09-20" in written["Old & Gone"].error
    assert "last complete week is 2026-W38" in written["Old & Gone"].error
    assert written["Old & Gone"].path is None
    assert [path.name for path in tmp_path.iterdir()] == [written[FORMULA].path.name]


def test_a_code_that_is_no_file_name_becomes_one(hostile_store):
    reports = hostile_store.reports(Scope.local(hostile_store.force_codes(), "service_manager"))
    name = file_name(reports, FORMULA, WEEK)
    assert name == f"caselight-weekly_1-1-{hashlib.sha256(b'=1+1').hexdigest()[:6]}_2026-11-15.xlsx"
    assert file_name(reports, "Old & Gone", "2026-W37").startswith("caselight-weekly_old-gone-")


def test_a_folder_that_cannot_be_written_is_said_and_nothing_stays(reports, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CaselightError, match="could not be written"):
        write_week(reports, FORCE, WEEK, tmp_path / "file")
    target = tmp_path / file_name(reports, FORCE, WEEK)
    target.mkdir()  # a folder of that name cannot be replaced by a file
    with pytest.raises(CaselightError, match="could not be written"):
        write_week(reports, FORCE, WEEK, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["file", target.name])


@pytest.mark.parametrize(
    "week", ["2026-46", "2026-W54", "2025-W53", "W46", "2026-W00", "", "2026-W46\n", "９９９９-W01"]
)
def test_what_is_no_week_is_refused_with_an_example(reports, week):
    with pytest.raises(CaselightError, match="for example 2026-W46"):
        book(reports, FORCE, week)


def test_weeks_outside_the_data_are_refused(reports):
    with pytest.raises(CaselightError, match="last complete week is 2026-W47"):
        book(reports, FORCE, "2026-W48")
    with pytest.raises(CaselightError, match="begin on"):
        book(reports, FORCE, "2019-W10")


def test_a_force_outside_the_scope_is_not_known(sample_store):
    with pytest.raises(UnknownName, match="force"):
        book(sample_store.reports(Scope.local(["EAST"], "service_manager")), FORCE, WEEK)


def test_a_week_that_is_not_over_says_so(sample_store, reports):
    """The sample's WEST force was last extracted on Monday 16 November."""
    (west,) = (force for force in sample_store.directory().forces if force.code == "WEST")
    assert west.as_of == date(2026, 11, 16)
    opened = openpyxl.load_workbook(io.BytesIO(book(reports, "WEST", "2026-W47")))
    assert "not over: the data end on 16 November 2026" in opened["Cover"]["B10"].value
    assert "16 November 2026" in opened["Actions_due"]["A1"].value
    last = list(opened["Referrals"].iter_rows(min_row=7, values_only=True))[-1]
    assert last[-1] == "not over: data up to 2026-11-16"


def test_the_package_can_be_read_by_the_standard_library(weekly):
    with ZipFile(io.BytesIO(weekly)) as archive:
        assert archive.testzip() is None
