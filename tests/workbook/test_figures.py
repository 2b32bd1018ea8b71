"""The workbook says what the reports say, and what a count by hand says."""

import datetime as dt
import io
from zipfile import ZipFile

import openpyxl
import pandas as pd
import pytest

from data_access import MEASURES, Page, Slice
from data_access.measures.kinds import Movement, PerPost

from .conftest import FORCE, FORMULA

WEEKS = Slice((FORCE,), dt.date(2026, 8, 17), dt.date(2026, 11, 16), "week")


def _sheet(opened, name):
    rows = opened[name].iter_rows(min_row=6, values_only=True)
    return pd.DataFrame(list(rows), columns=None).pipe(lambda f: f[1:].set_axis(f.iloc[0], axis=1))


def _keys(measure):
    if isinstance(measure.kind, Movement):
        return Movement.always
    return ("level",) if measure.topic == "risk" else ()


def _agrees(shown, value, part, whole) -> bool:
    if isinstance(shown, str):
        return pd.isna(value) if shown in ("[x]", "[z]") else shown == f"{part} of {whole}" and whole < 10
    return shown == pytest.approx(value)


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_is_the_frame_of_the_reports(name, opened, reports):
    measure = MEASURES[name]
    keys, slice_ = _keys(measure), WEEKS
    if isinstance(measure.kind, Movement):
        slice_ = WEEKS.having(first=dt.date(2026, 11, 2))
    frame = reports.frame(name, slice_, keys)
    if isinstance(measure.kind, Movement):
        frame = frame[frame["denominator"] > 0]
    shown = _sheet(opened, name.capitalize())
    assert len(shown) == len(frame)
    headers = [key.replace("_", " ").capitalize() for key in keys]
    by_place = {(row["Week beginning"], *(row[header] for header in headers)): row for _, row in shown.iterrows()}
    assert len(by_place) == len(frame)
    for _, row in frame.iterrows():
        found = by_place[(row["period_start"], *(row[key].replace("_", " ") for key in keys))]
        assert _agrees(found[f"Value ({measure.unit})"], row["value"], row["numerator"], row["denominator"])
        for column in ("numerator", "denominator", "n"):
            if column.capitalize() in shown:
                assert _agrees(found[column.capitalize()], row[column], None, 99)
        for column in ("lower", "upper"):
            limit = found.get(f"{column.capitalize()} limit (95 %)")
            few = measure.is_share and row["denominator"] < 10
            assert limit is None or few or _agrees(limit, row[column], None, 99)


def test_shares_of_fewer_than_ten_are_counts_and_others_percentages(opened):
    shown = 0
    for row in opened["Reached"].iter_rows(min_row=7):
        numerator, denominator, value = row[1].value, row[2].value, row[3]
        if isinstance(numerator, int) and 0 < denominator < 10:
            assert value.value == f"{numerator} of {denominator}"
            shown += 1
        elif isinstance(numerator, int) and denominator:
            assert value.value == pytest.approx(numerator / denominator)
            assert value.number_format == "0%"
            shown += 1
    assert shown == 10  # the window of 28 days is over for the first ten of the weeks: data go to 22 November


def test_posts_by_advocate(opened, reports):
    measure = next(m for m in MEASURES.values() if isinstance(m.kind, PerPost))
    frame = reports.frame(measure, WEEKS, ("advocate",))
    shown = _sheet(opened, "Cases_per_fte_by_advocate")
    assert set(shown["Advocate"]) == {name.replace("not_in_post", "not in post") for name in frame["advocate"]}
    assert shown["Numerator"].sum() == frame["numerator"].sum()


def test_this_week_beside_the_week_before(opened, reports):
    rows = {(row[0], row[1]): row for row in opened["This_week"].iter_rows(min_row=7, values_only=True)}
    weeks = reports.frame("open_cases", WEEKS)["value"].tolist()
    assert rows["Open cases", "all"][2:4] == (weeks[-1], weeks[-2])
    overdue = reports.frame("review_overdue", WEEKS)["value"].tolist()
    assert rows["Risk reviews overdue", "all"][2:4] == pytest.approx((overdue[-1], overdue[-2]))
    levels = [row[2] for (title, group), row in rows.items() if title == "Risk level of open cases" and group != "all"]
    assert sum(levels) == weeks[-1]


def test_actions_are_both_lists_to_the_last_row(opened, reports):
    week = WEEKS.having(first=dt.date(2026, 11, 9))
    expected = []
    for worklist in ("review_overdue", "contact_overdue"):
        rows = reports.rows(worklist, week, Page(1, 500))
        assert rows.total == len(rows.frame) > 0
        expected += [(r.reference, r.what, r.since.to_pydatetime(), r.days) for r in rows.frame.itertuples()]
    shown = list(opened["Actions_due"].iter_rows(min_row=7, values_only=True))
    assert sorted((row[0], row[3], row[4], row[5]) for row in shown) == sorted(expected)
    levels = [("high", "medium", "standard", "not assessed").index(row[2]) for row in shown]
    assert levels == sorted(levels)
    overdue = reports.frame("review_overdue", week)["numerator"].iloc[0]
    assert sum(row[3] == "risk review" for row in shown) == overdue


def test_hand_counted_week(hostile):
    """d closed on the Sunday itself, so three are open; a is overdue in both ways, c for a contact."""
    opened = openpyxl.load_workbook(io.BytesIO(hostile))
    week = {(row[0], row[1]): row[2:4] for row in opened["This_week"].iter_rows(min_row=7, values_only=True)}
    assert week["Open cases", "all"] == (3, 3)  # the Sunday before: a, c and d
    assert week["Opened less closed", "all"] == (0, 0)
    assert week["Cases for each whole-time advocate", "#REF!"] == (2, 2)  # one case on half a post
    assert week["Risk reviews overdue", "all"] == ("1 of 1", "1 of 1")
    assert week["Attempts that succeed", "all"] == ("1 of 1", "[z]")
    assert list(opened["Actions_due"].iter_rows(min_row=7, values_only=True)) == [
        (FORMULA, "#REF!", "high", "risk review", dt.datetime(2026, 9, 2), 74),
        (FORMULA, "#REF!", "high", "contact", dt.datetime(2026, 9, 3), 73),
        ("_x005F_x0041_#N/A", "no lead", "not assessed", "contact", dt.datetime(2026, 9, 4), 72),
    ]


def test_text_of_the_database_stays_text(hostile):
    opened = openpyxl.load_workbook(io.BytesIO(hostile))
    assert opened["Cover"]["B7"].data_type == "s"
    said = {row[0].value: row[1] for row in opened["Cover"].iter_rows(min_row=7)}
    assert said["Force"].value == '=1+1: =HYPERLINK("http://localhost")'
    reference, lead = opened["Actions_due"]["A7"], opened["Actions_due"]["B7"]
    assert (reference.value, reference.data_type) == (FORMULA, "s")
    assert (lead.value, lead.data_type) == ("#REF!", "s")
    with ZipFile(io.BytesIO(hostile)) as archive:
        for name in archive.namelist():
            part = archive.read(name)
            assert b"<f>" not in part, name
            if name.startswith("xl/worksheets/sheet"):
                assert b't="e"' not in part
                assert b'TargetMode="External"' not in part
