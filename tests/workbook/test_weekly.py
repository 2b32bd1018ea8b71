"""A weekly run: a file for each recipient, its figures frozen, and last week's file beside today's figures."""

import csv
import io
import re
from datetime import date
from zipfile import ZipFile

import openpyxl
import pandas as pd
import pytest
from sqlalchemy import create_engine, func, insert, select, update

import data_access as da
from dashboard.workbook import run_week
from data_access import CaselightError
from data_access import tables as t
from data_access.published import as_known_on
from data_access.rebuild import rebuild
from data_access.recipients import recipients

from .conftest import FORMULA, WEEK
from .test_command import _caselight

BEFORE = "2026-W45"
MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


def _copy(hostile_url, tmp_path) -> str:
    """A database of two forces that may be written; the data of "Old & Gone" ended in September."""
    url = f"sqlite:///{(tmp_path / 'own.sqlite').as_posix()}"
    source = create_engine(hostile_url)
    with source.connect() as connection:
        connection.exec_driver_sql(f"VACUUM INTO '{(tmp_path / 'own.sqlite').as_posix()}'")
    source.dispose()
    return url


@pytest.fixture
def own(hostile_url, tmp_path) -> str:
    return _copy(hostile_url, tmp_path)


def _weekly(url, out, week, *words):
    return _caselight("weekly", "--week", week, "--out", out, "--database", url, *words)


def _later_load(url: str) -> None:
    """A case of 3 November (in week 45) is typed in late, and the data now tell up to 22 November."""
    engine = create_engine(url)
    with engine.begin() as connection:
        first = connection.execute(select(t.cases).where(t.cases.c.force_id == 1)).first()._mapping
        other = {"case_id": 1_000_099, "source_id": "late", "case_ref": "LATE", "opened_on": date(2026, 11, 3)}
        connection.execute(insert(t.cases), {**first, **other, "closed_on": None, "entered_on": date(2026, 11, 18)})
        changed = {"version": 2, "as_of": date(2026, 11, 22)}
        connection.execute(update(t.data_version).where(t.data_version.c.force_id == 1).values(changed))
        rebuild(connection, 1)
    engine.dispose()


def _rows(path, name):
    return list(openpyxl.load_workbook(path)[name].iter_rows(min_row=7, values_only=True))


def _figures(path) -> dict:
    """Value, numerator, denominator and n of every row of the topics' tables, by measure, group and first day."""
    opened, found = openpyxl.load_workbook(path), {}
    for name in opened.sheetnames:
        if name.endswith("_figures"):
            for row in opened[name].iter_rows(min_row=7, values_only=True):
                found[row[0], row[1], row[2]] = (row[3], row[4], row[5], row[9])
    return found


def test_as_known_on_last_week_is_last_weeks_file_figure_by_figure(sample_copy, tmp_path):
    done = _weekly(sample_copy, tmp_path / "out", WEEK, "--force", "NORTH")
    assert done.returncode == 0, done.stderr
    (path,) = (tmp_path / "out").glob("*.xlsx")
    shown = _figures(path)
    printed = _caselight("published", "--force", "NORTH", "--week", WEEK, "--database", sample_copy)
    assert printed.returncode == 0, printed.stderr
    assert "caselight-weekly_north_2026-11-15.xlsx, made 20" in printed.stderr
    kept = list(csv.DictReader(io.StringIO(printed.stdout)))
    assert len(kept) == sum(1 for _, _, first in shown if first != "[z]") > 200
    for row in kept:
        measure = da.MEASURES[row["measure"]]
        values = [part.split("=")[1] for part in row["keys"].split(", ") if part]
        names = [part.split("=")[0] for part in row["keys"].split(", ") if part]
        words = [
            f"{v} {n}" if n in ("days", "hours") else v.replace("_", " ") for n, v in zip(names, values, strict=True)
        ]
        first = date.fromisoformat(row["period_start"])
        numerator, denominator, value, n = shown[measure.title, ", ".join(words) or "all", _moment(first)]
        for cell, frozen in ((numerator, row["numerator"]), (denominator, row["denominator"]), (n, row["n"])):
            assert _same(cell, frozen), (row, cell)
        if isinstance(value, str) and " of " in value:
            assert value == f"{float(row['numerator']):.0f} of {float(row['denominator']):.0f}"
        else:
            assert _same(value, row["value"]), (row, value)


def _moment(day):
    return __import__("datetime").datetime(day.year, day.month, day.day)


def _same(cell, frozen: str) -> bool:
    return frozen == "" if isinstance(cell, str) else float(frozen) == pytest.approx(cell)


def test_a_later_load_changes_no_frozen_figure_and_is_shown_in_the_next_file(own, tmp_path):
    """In week 45 three cases were open (a, c, d); the late one makes four. Openings of that week: none, then one."""
    out = tmp_path / "out"
    assert _weekly(own, out, BEFORE, "--force", FORMULA).returncode == 0
    (first,) = out.glob("*.xlsx")
    assert _rows(first, "Restated")[0][0] == "nothing was restated: no earlier file was published"
    engine = da.connect(own).engine
    before = as_known_on(engine, FORMULA, BEFORE)
    open_cases = before[(before["measure"] == "open_cases") & (before["keys"] == "")]
    assert open_cases["value"].tolist()[-1] == 3
    assert open_cases["period_start"].tolist()[-1] == pd.Timestamp("2026-11-02")

    _later_load(own)
    after = as_known_on(da.connect(own).engine, FORMULA, BEFORE)
    assert after.equals(before)
    assert _weekly(own, out, WEEK, "--force", FORMULA).returncode == 0
    (second,) = set(out.glob("*.xlsx")) - {first}
    restated = {(row[0], row[1], row[2].date()): row[3:] for row in _rows(second, "Restated")}
    monday = date(2026, 11, 2)
    assert restated["Open cases", "all", monday][:2] == (3, 4)
    assert "[r] restated: numerator 4, was 3" in restated["Open cases", "all", monday][3]
    assert restated["Opened less closed", "all", monday][:2] == (0, 1)
    assert {first for *_, first in restated} == {monday}  # the case was opened in that week: earlier ones are the same
    marked = {row[0] for row in _rows(second, "Caseload_figures") if "[r]" in row[10]}
    assert {"Open cases", "Opened less closed"} <= marked
    assert "Referrals received" not in marked


def test_time_that_went_on_restates_nothing(own, tmp_path):
    """More days of data, no row of an earlier day: waits go on and windows close, and that is no restatement."""
    out = tmp_path / "out"
    assert _weekly(own, out, BEFORE, "--force", FORMULA).returncode == 0
    engine = create_engine(own)
    with engine.begin() as connection:
        connection.execute(update(t.data_version).where(t.data_version.c.force_id == 1).values(version=2))
        connection.execute(update(t.data_version).where(t.data_version.c.force_id == 1).values(as_of=date(2026, 12, 6)))
        rebuild(connection, 1)
    engine.dispose()
    assert _weekly(own, out, WEEK, "--force", FORMULA).returncode == 0
    (second,) = out.glob("*2026-11-15.xlsx")
    assert _rows(second, "Restated")[0][0] == "nothing was restated"


def test_a_broken_force_leaves_the_others_and_is_named(own, tmp_path):
    out = tmp_path / "out"
    done = _weekly(own, out, WEEK)
    assert done.returncode == 1
    assert "force Old & Gone: The data of Old & Gone end on 2026-09-20" in done.stderr
    assert "1 of 2 workbooks could not be written (force Old & Gone)" in done.stderr
    assert "Traceback" not in done.stderr
    (path,) = out.glob("*.xlsx")
    assert str(path) in done.stdout
    written, failed = (out / "caselight-weekly.log").read_text(encoding="utf-8").splitlines()
    assert re.fullmatch(rf"{MOMENT} 2026-W46 force =1\+1: written: {path.name}, \d+ figures frozen", written)
    assert re.fullmatch(rf"{MOMENT} 2026-W46 force Old & Gone: FAILED: The data of Old & Gone end .*", failed)
    engine = da.connect(own).engine
    with pytest.raises(CaselightError, match="No weekly file"):
        as_known_on(engine, "Old & Gone", WEEK)
    assert len(as_known_on(engine, FORMULA, WEEK)) > 100


def test_a_folder_in_the_way_freezes_nothing(own, tmp_path):
    out = tmp_path / "out"
    (out / _name(own)).mkdir(parents=True)
    done = _weekly(own, out, WEEK, "--force", FORMULA)
    assert done.returncode == 1
    assert "could not be written" in done.stderr
    with create_engine(own).connect() as connection:
        assert connection.scalar(select(func.count()).select_from(t.published_run)) == 0


def _name(url) -> str:
    from dashboard.workbook import file_name

    store = da.connect(url)
    return file_name(store.reports(da.Scope.local(store.force_codes(), "service_manager")), FORMULA, WEEK)


def test_a_database_that_cannot_be_written_still_gives_the_files(own, tmp_path):
    engine = create_engine(own)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER no_more BEFORE INSERT ON published_figure BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    engine.dispose()
    out = tmp_path / "out"
    done = _weekly(own, out, WEEK, "--force", FORMULA)
    assert done.returncode == 1
    assert "the figures of 1 were not frozen" in done.stderr.lower()
    assert "Traceback" not in done.stderr
    assert len(list(out.glob("*.xlsx"))) == 1
    assert "NOT FROZEN" in (out / "caselight-weekly.log").read_text(encoding="utf-8")
    assert len(list(out.iterdir())) == 2


@pytest.mark.parametrize(
    ("week", "said"),
    [("2026-46", "for example 2026-W46"), ("2027-W10", "last complete week of the data is 2026-W46"), ("2019-W10", "")],
)
def test_an_unknown_week_is_refused_once(own, tmp_path, week, said):
    done = _weekly(own, tmp_path / "out", week)
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_one_file_for_each_team_without_a_row_of_another(sample_copy, tmp_path):
    store = da.connect(sample_copy)
    outcomes = run_week(store, sample_copy, tmp_path, WEEK, "team", ["NORTH"])
    assert [(one.recipient.team, one.path.name) for one in outcomes] == [
        ("NORTH-CITY", "caselight-weekly_north_north-city_2026-11-15.xlsx"),
        ("NORTH-VALLEY", "caselight-weekly_north_north-valley_2026-11-15.xlsx"),
    ]
    engine, texts, opened = store.engine, {}, {}
    for one in outcomes:
        book = openpyxl.load_workbook(one.path)
        cells = [cell for page in book for row in page.iter_rows(values_only=True) for cell in row]
        texts[one.recipient.team] = {part for cell in cells for part in re.findall(r"[A-Z0-9-]+", str(cell))}
        opened[one.recipient.team] = _figures(one.path)
    with engine.connect() as connection:
        advocates = connection.execute(
            select(t.team.c.code, t.advocate.c.code).join(t.team, t.team.c.team_id == t.advocate.c.team_id)
        ).all()
        named = connection.execute(
            select(t.team.c.code, t.cases.c.case_ref)
            .join(t.allocation, t.allocation.c.case_id == t.cases.c.case_id)
            .join(t.advocate, t.advocate.c.advocate_id == t.allocation.c.advocate_id)
            .join(t.team, t.team.c.team_id == t.advocate.c.team_id)
        ).all()
    teams_of: dict = {}
    for team, reference in named:
        teams_of.setdefault(reference, set()).add(team)
    for team, said in texts.items():
        foreign = {code for other, code in advocates if other != team}
        foreign |= {reference for reference, of in teams_of.items() if team not in of}
        foreign |= {"NORTH-CITY", "NORTH-VALLEY", "EAST-ONE", "WEST-ONE"} - {team}
        assert not said & foreign
    monday = _moment(date(2026, 11, 9))
    both = [figures["Open cases", "all", monday][2] for figures in opened.values()]
    whole = store.reports(da.Scope.local(["NORTH"], "service_manager"))
    asked = da.Slice(("NORTH",), date(2026, 11, 9), date(2026, 11, 16))
    frame = whole.frame("open_cases", asked, ("team",)).set_index("team")["value"]
    assert both == [frame["NORTH-CITY"], frame["NORTH-VALLEY"]]


def test_a_measure_that_is_not_known_by_team_says_so(sample_store):
    from dashboard.workbook.figures import NOT_BY_TEAM, figures
    from dashboard.workbook.week import issue

    (city, _) = recipients(sample_store.engine, "team", ["NORTH"], date(2026, 11, 9))
    told = figures(issue(sample_store.reports(city.scope), city, WEEK))
    for figure in told:
        assert (figure.refused == NOT_BY_TEAM) == ("team" not in figure.measure.keys)


def test_supervisors_are_the_supervising_posts_of_a_team(own, tmp_path):
    """One file for each team: for its posts with the role supervisor or manager, or for whoever supervises it."""
    engine = create_engine(own)
    with engine.begin() as connection:
        rows = [
            {"code": "SUP-2", "role": "supervisor", "started_on": date(2026, 1, 1), "left_on": None},
            {"code": "MAN-1", "role": "manager", "started_on": date(2026, 1, 1), "left_on": None},
            {"code": "GONE", "role": "manager", "started_on": date(2026, 1, 1), "left_on": date(2026, 3, 1)},
        ]
        connection.execute(insert(t.advocate), [{"force_id": 1, "team_id": 1_000_001, **row} for row in rows])
    engine.dispose()
    store = da.connect(own)
    found = recipients(store.engine, "supervisor", store.force_codes(), date(2026, 11, 9))
    assert [(one.force, one.team, one.posts) for one in found] == [
        (FORMULA, "T1", ("MAN-1", "SUP-2")),
        ("Old & Gone", "T1", ()),
    ]
    (one,) = run_week(store, own, tmp_path / "out", WEEK, "supervisor", [FORMULA])
    assert one.path.name.endswith("_t1_supervisor_2026-11-15.xlsx") or "_supervisor_" in one.path.name
    said = {row[0]: row[1] for row in _rows(one.path, "Cover")}
    assert "(MAN-1, SUP-2)" in said["Made for"]
    assert [row[0] for row in _rows(one.path, "Advocates")][:1] == ["#REF!"]


def test_a_team_of_one_or_two_has_no_table_of_its_advocates(own, tmp_path):
    (team,) = run_week(da.connect(own), own, tmp_path / "out", WEEK, "team", [FORMULA])
    (row,) = _rows(team.path, "Advocates")
    assert row[0] == "The team has fewer than 3 posts: see the supervisor's file"


def test_the_same_run_twice_gives_the_same_bytes_but_for_the_minute(own, tmp_path):
    assert _weekly(own, tmp_path / "a", BEFORE, "--force", FORMULA).returncode == 0
    _later_load(own)
    for folder in ("b", "c"):
        assert _weekly(own, tmp_path / folder, WEEK, "--force", FORMULA).returncode == 0
    (b,), (c,) = (list((tmp_path / folder).glob("*.xlsx")) for folder in ("b", "c"))
    with ZipFile(b) as one, ZipFile(c) as other:
        names = one.namelist()
        assert other.namelist() == names
        # Who took it when stands in these two; the second run may fall into another minute.
        last = f"xl/worksheets/sheet{sum(name.startswith('xl/worksheets/sheet') for name in names)}.xml"
        differ = {name for name in names if one.read(name) != other.read(name)}
        assert differ <= {"docProps/custom.xml", last}
    audits = [dict(openpyxl.load_workbook(file)["Audit"].iter_rows(min_row=7, values_only=True)) for file in (b, c)]
    assert audits[0]["Content digest (SHA-256)"] == audits[1]["Content digest (SHA-256)"]
    assert {name for name in audits[0] if audits[0][name] != audits[1][name]} <= {"Taken at"}
