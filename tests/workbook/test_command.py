"""The command makes the file of the page's button, and ``measure`` prints the figures of the workbook."""

import csv
import io
import subprocess
import sys
from zipfile import ZipFile

import pytest

from dashboard.workbook.package import content_digest

from .conftest import FORCE, WEEK


def _caselight(*words, **more):
    command = [sys.executable, "-m", "dashboard", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False, **more)


def test_the_command_makes_the_file_of_the_button(weekly, sample_url, tmp_path):
    done = _caselight("export", "--force", FORCE, "--week", WEEK, "--out", tmp_path, "--database", sample_url)
    assert done.returncode == 0, done.stderr
    (path,) = tmp_path.iterdir()
    assert path.name == "caselight-weekly_north_2026-11-15.xlsx"
    file = path.read_bytes()
    with ZipFile(path) as archive:
        audit = f"xl/worksheets/sheet{sum(name.startswith('xl/worksheets/sheet') for name in archive.namelist())}.xml"
    assert content_digest(file, audit) == content_digest(weekly, audit)
    assert file != weekly, "it says who took it"
    assert str(path) in done.stdout


def test_the_command_fails_when_one_force_fails_and_keeps_the_others(hostile_url, tmp_path):
    done = _caselight("export", "--week", WEEK, "--out", tmp_path, "--database", hostile_url)
    assert done.returncode != 0
    assert "Old & Gone" in done.stderr
    assert "Traceback" not in done.stderr
    (path,) = tmp_path.iterdir()
    assert path.name.startswith("caselight-weekly_1-1-")


def test_measure_prints_the_figures_of_the_workbook(opened, sample_url):
    done = _caselight(
        "measure",
        "contact_success",
        "--force",
        FORCE,
        "--from",
        "2026-08-17",
        "--to",
        "2026-11-16",
        "--grain",
        "week",
        "--database",
        sample_url,
    )
    assert done.returncode == 0, done.stderr
    printed = list(csv.DictReader(io.StringIO(done.stdout)))
    shown = list(opened["Contact_success"].iter_rows(min_row=7, values_only=True))
    assert len(printed) == len(shown) == 13
    for row, (week, numerator, denominator, value, lower, upper, _) in zip(printed, shown, strict=True):
        assert row["period_start"] == week.date().isoformat()
        assert (float(row["numerator"]), float(row["denominator"])) == (numerator, denominator)
        assert [float(row[name]) for name in ("value", "lower", "upper")] == pytest.approx([value, lower, upper])
