"""The workbook says what the reports say, and what a count by hand says."""

import datetime as dt
import io
from contextlib import suppress
from zipfile import ZipFile

import openpyxl
import pandas as pd
import pytest

from dashboard.shown import shown_measures
from dashboard.workbook.actions import due_lists
from dashboard.workbook.headlines import HEADLINES
from data_access import MEASURES, Page, Refused, Slice
from data_access.measures.kinds import PerPost
from data_access.worklists import LISTS

from .conftest import FORCE, FORMULA

WEEKS = Slice((FORCE,), dt.date(2026, 8, 17), dt.date(2026, 11, 16), "week")
# 28-day periods are counted from Monday 5 January 1970; the last that ends by 15 November 2026 ends on 25 October.
FOUR_WEEKS = Slice((FORCE,), dt.date(2025, 10, 27), dt.date(2026, 10, 26), "4week")


def _sheet(opened, name):
    rows = opened[name].iter_rows(min_row=6, values_only=True)
    return pd.DataFrame(list(rows), columns=None).pipe(lambda f: f[1:].set_axis(f.iloc[0], axis=1))


def _topic(opened, measure):
    """The rows of a measure in its topic's table."""
    table = _sheet(opened, f"{measure.topic.capitalize()}_figures")
    return table[table["Measure"] == measure.title]


def _keys(measure):
    always = getattr(measure.kind, "always", ())
    return always or (("level",) if measure.topic == "risk" and "level" in measure.keys else ())


def _agrees(shown, value, part, whole) -> bool:
    if isinstance(shown, str):
        return pd.isna(value) if shown in ("[x]", "[z]") else shown == f"{part} of {whole}" and whole < 10
    return shown == pytest.approx(value)


def test_the_four_week_periods_are_whole():
    assert (FOUR_WEEKS.first - dt.date(1970, 1, 5)).days % 28 == 0
    assert (FOUR_WEEKS.until - FOUR_WEEKS.first).days == 13 * 28


@pytest.mark.parametrize("name", [measure.name for measure in shown_measures()])
def test_every_measure_is_the_frame_of_the_reports(name, opened, reports):
    """Each row of the topic's table is the row of the frame with its keys and first day."""
    measure = MEASURES[name]
    shown = _topic(opened, measure)
    frames = {}
    for keys in {(), _keys(measure)} - ({()} if getattr(measure.kind, "always", ()) else set()):
        for asked in (WEEKS, FOUR_WEEKS):
            with suppress(Refused):
                frames[keys, asked.grain] = reports.frame(name, asked, keys)
    assert len(shown) > 0
    if shown["Period beginning"].tolist() == ["[z]"]:  # refused, or nothing at all to count
        assert shown["Value"].tolist() == ["[z]"]
        assert all(not (frame["denominator"] > 0).any() for frame in frames.values())
        return
    looked_at = 0
    for _, row in shown.iterrows():
        if row["Period beginning"] == "[z]":
            continue
        grain = "4week" if str(row["Notes"]).startswith("period of 4 weeks") else "week"
        keys = () if row["Group"] == "all" else _keys(measure)
        frame = frames[keys, grain]
        words = row["Group"].split(", ") if keys else []
        frame = frame[frame["period_start"] == row["Period beginning"]]
        for key, word in zip(keys, words, strict=True):
            plain = word.split(" ")[0] if key in ("days", "hours") else word
            frame = frame[frame[key].astype(str).str.replace("_", " ") == plain]
        assert len(frame) == 1, (row["Group"], row["Period beginning"])
        found = frame.iloc[0]
        assert _agrees(row["Value"], found["value"], found["numerator"], found["denominator"])
        for column in ("numerator", "denominator", "n"):
            header = "n" if column == "n" else column.capitalize()
            assert _agrees(row[header], found[column], None, 99)
        for column in ("lower", "upper"):
            few = measure.is_share and found["denominator"] < 10
            assert few or _agrees(row[f"{column.capitalize()} limit (95 %)"], found[column], None, 99)
        looked_at += 1
    always = bool(getattr(measure.kind, "always", ()))
    assert looked_at == len(shown)
    assert always or looked_at % 13 == 0


@pytest.mark.parametrize("name", HEADLINES)
def test_a_headline_is_the_finest_part_of_its_topic(name, opened):
    measure = MEASURES[name]
    own, topic = _sheet(opened, name.capitalize()), _topic(opened, measure)
    parts = topic if not _keys(measure) else topic[topic["Group"] != "all"]
    assert own[f"Value ({measure.unit})"].tolist() == parts["Value"].tolist()
    assert own["Week beginning"].tolist() == parts["Period beginning"].tolist()


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


def test_advocates_and_teams_are_the_frames_in_the_order_of_their_codes(opened, reports):
    measure = next(m for m in MEASURES.values() if isinstance(m.kind, PerPost))
    week = WEEKS.having(first=dt.date(2026, 11, 9))
    cases = reports.frame("open_cases", week)["numerator"].iloc[0]
    due = list(opened["Actions_due"].iter_rows(min_row=7, values_only=True))
    for name, by, place in (("Advocates", "advocate", 1), ("Teams", "team", 2)):
        shown = _sheet(opened, name).set_index("Lead advocate" if by == "advocate" else "Team")
        assert shown["Open cases"].sum() == cases
        codes = [code for code in shown.index if not code.startswith("no ")]
        assert codes == sorted(codes)
        frame = reports.frame(measure, week, (by,)).set_index(by)
        assert shown["Cases for each post"][codes].tolist() == pytest.approx(frame["value"][codes].tolist())
        assert shown["Whole-time posts"][codes].tolist() == pytest.approx(frame["denominator"][codes].tolist())
        for code in codes:
            reviews = sum(1 for row in due if row[place] == code and row[4] == "risk review")
            assert shown["Reviews overdue"][code] == reviews


def test_this_week_beside_the_week_before(opened, reports):
    rows = {(row[0], row[1]): row for row in opened["This_week"].iter_rows(min_row=7, values_only=True)}
    weeks = reports.frame("open_cases", WEEKS)["value"].tolist()
    assert rows["Open cases", "all"][2:4] == (weeks[-1], weeks[-2])
    overdue = reports.frame("review_overdue", WEEKS)["value"].tolist()
    assert rows["Risk reviews overdue", "all"][2:4] == pytest.approx((overdue[-1], overdue[-2]))
    high = reports.frame("risk_of_open_cases", WEEKS, ("level",)).query("level == 'high'")["value"].tolist()
    assert rows["Risk level of open cases", "high"][2:4] == (high[-1], high[-2])


def test_actions_are_every_list_of_what_is_due_to_the_last_row(opened, reports):
    week = WEEKS.having(first=dt.date(2026, 11, 9))
    expected = []
    overview = {"waiting_first_call", "contact_overdue", "review_overdue", "no_lead", "untouched"}
    assert overview < set(due_lists()) <= set(LISTS)
    for worklist in due_lists():
        rows = reports.rows(worklist, week, Page(1, 500))
        assert rows.total == len(rows.frame)
        expected += [
            (r.reference, r.lead or "no lead", r.since.to_pydatetime(), r.days) for r in rows.frame.itertuples()
        ]
    shown = list(opened["Actions_due"].iter_rows(min_row=7, values_only=True))
    assert sorted((row[0], row[1], row[5], row[6]) for row in shown) == sorted(expected)
    levels = [("high", "medium", "standard", "not assessed").index(row[3]) for row in shown]
    assert levels == sorted(levels)
    overdue = reports.frame("review_overdue", week)["numerator"].iloc[0]
    assert sum(row[4] == "risk review" for row in shown) == overdue > 0


def test_what_is_to_come_is_the_list_the_nearest_first(opened, reports):
    rows = reports.rows("coming", WEEKS.having(first=dt.date(2026, 11, 9)), Page(1, 500))
    assert rows.total == len(rows.frame) > 0
    shown = list(opened["Coming"].iter_rows(min_row=7, values_only=True))
    assert sorted((row[0], row[4]) for row in shown) == sorted((r.reference, r.what) for r in rows.frame.itertuples())
    days = [row[5] for row in shown]
    assert days == sorted(days)
    assert dt.datetime(2026, 11, 15) <= days[0] <= days[-1] <= dt.datetime(2026, 11, 29)


def test_hand_counted_week(hostile):
    """d closed on the Sunday itself, so three are open; a is overdue in both ways; b and c have no lead."""
    opened = openpyxl.load_workbook(io.BytesIO(hostile))
    week = {(row[0], row[1]): row[2:4] for row in opened["This_week"].iter_rows(min_row=7, values_only=True)}
    assert week["Open cases", "all"] == (3, 3)  # the Sunday before: a, c and d
    assert week["Opened less closed", "all"] == (0, 0)
    advocates = _sheet(opened, "Advocates").set_index("Lead advocate")
    assert list(advocates.index) == ["#REF!", "no lead"]
    columns = ["Open cases", "Open, high", "Whole-time posts", "Cases for each post"]
    assert advocates.loc["#REF!", columns].tolist() == [1, 1, 0.5, 2]  # one case on half a post
    assert advocates.loc["no lead", columns].tolist() == [2, 0, "[z]", "[z]"]
    assert week["Risk reviews overdue", "all"] == ("1 of 1", "1 of 1")
    assert week["Attempts that succeed", "all"] == ("1 of 1", "[z]")
    assert list(opened["Actions_due"].iter_rows(min_row=7, values_only=True)) == [
        (FORMULA, "#REF!", "T1", "high", "risk review", dt.datetime(2026, 9, 2), 74),
        (FORMULA, "#REF!", "T1", "high", "contact", dt.datetime(2026, 9, 3), 73),
        (FORMULA, "#REF!", "T1", "high", "anything at all: untouched", dt.datetime(2026, 9, 3), 73),
        ("_x005F_x0041_#N/A", "no lead", "T1", "not assessed", "a lead advocate", dt.datetime(2026, 9, 1), 75),
        ("_x005F_x0041_#N/A", "no lead", "T1", "not assessed", "contact", dt.datetime(2026, 9, 4), 72),
        (
            "_x005F_x0041_#N/A",
            "no lead",
            "T1",
            "not assessed",
            "anything at all: untouched",
            dt.datetime(2026, 9, 4),
            72,
        ),
        ("+cmd|' /C calc'!A0", "no lead", "T1", "not assessed", "a lead advocate", dt.datetime(2026, 11, 10), 5),
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
