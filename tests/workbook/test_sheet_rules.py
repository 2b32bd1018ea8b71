"""The rules of an accessible workbook, on a generated one read again."""

import datetime as dt
import io
import re
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from lxml import etree
from openpyxl.utils import range_boundaries

from dashboard.shown import shown_measures
from dashboard.workbook.cells import SHORTHAND
from dashboard.workbook.headlines import HEADLINES
from dashboard.workbook.sheets import Sheet
from dashboard.workbook.styles import HEADER, HEADER_AFTER, LINK, NUMBER_HEADER, TITLE
from data_access import MEASURES

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FIRST = [
    *("Cover", "Contents", "Changes", "Since_last_week", "Actions_due", "Coming"),
    *("Teams", "Advocates", "This_week", "Restated"),
]
LAST = ["Data_quality", "Dated_notes", "Notes", "Definitions", "Audit"]


def _table(page):
    (table,) = page.tables.values()
    return table


def test_the_worksheets_and_their_order(opened):
    names = opened.sheetnames
    topics = [f"{topic.capitalize()}_figures" for topic in dict.fromkeys(m.topic for m in MEASURES.values())]
    assert names == [*FIRST, *(name.capitalize() for name in HEADLINES), "Charts", *topics, *LAST]
    assert max(map(len, names)) <= 31
    assert len({name.lower() for name in names}) == len(names)
    assert all(page.sheet_state == "visible" for page in opened)


def test_one_table_a_sheet_with_nothing_below_or_beside_it(opened):
    names = []
    for page in opened:
        table = _table(page)
        assert range_boundaries(table.ref) == (1, 6, page.max_column, page.max_row)
        assert page.max_row > 6
        headers = [page.cell(6, column).value for column in range(1, page.max_column + 1)]
        assert [column.name for column in table.tableColumns] == headers
        assert len({header.lower() for header in headers}) == len(headers)
        assert table.autoFilter is None
        assert table.tableStyleInfo.name == "TableStyleLight1"
        assert not table.tableStyleInfo.showRowStripes
        names.append(table.displayName)
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"t_[a-z0-9_]+", name) for name in names)


def test_no_blank_no_merged_no_fill_no_frozen_no_formula(opened):
    for page in opened:
        assert not page.merged_cells.ranges
        assert page.freeze_panes is None
        assert not page.conditional_formatting
        for row in page.iter_rows(min_row=6):
            for cell in row:
                assert cell.value not in (None, ""), f"{page.title}!{cell.coordinate} is blank"
                assert cell.fill.fill_type is None
                assert cell.data_type in ("s", "n", "d")


def test_the_first_five_rows(opened):
    for page in opened:
        title, sentence, shorthand, basis, link = (page.cell(row, 1) for row in range(1, 6))
        assert title.style == TITLE
        assert sentence.value.startswith("This worksheet contains one table.")
        assert "Source: caselight" in basis.value or "digest" in basis.value
        assert link.style == LINK
        assert link.hyperlink.location.strip("'").split("'!")[0] == (
            "Cover" if page.title == "Contents" else "Contents"
        )
        assert {page.cell(6, c).style for c in range(1, page.max_column + 1)} <= {HEADER, HEADER_AFTER, NUMBER_HEADER}
        texts = " ".join(str(cell.value) for row in page.iter_rows(min_row=7) for cell in row)
        assert {mark for mark in SHORTHAND if mark in texts} == {mark for mark in SHORTHAND if mark in shorthand.value}


def test_every_link_leads_to_a_worksheet(opened):
    targets = [cell.hyperlink for page in opened for row in page.iter_rows() for cell in row if cell.hyperlink]
    assert len(targets) > 40
    for link in targets:
        assert link.target is None
        assert link.location.split("!")[0].strip("'") in opened.sheetnames


def test_every_note_that_is_named_exists(opened):
    notes = {row[0].value.lower() for row in opened["Notes"].iter_rows(min_row=7)}
    named = {
        found.lower()
        for page in opened
        for row in page.iter_rows()
        for cell in row
        for found in re.findall(r"note \d+", str(cell.value), re.I)
    }
    assert "note 1" in named
    assert named <= notes


def test_cover_says_what_whom_when_and_how_far(opened):
    said = {row[0].value: row[1].value for row in opened["Cover"].iter_rows(min_row=7)}
    assert said["Force"] == "NORTH: Northshire"
    assert "2026-W46: Monday 9 November 2026 to Sunday 15 November 2026" in said["Week"]
    assert (said["Week ending"].date(), said["Data up to"].date()) == (dt.date(2026, 11, 15), dt.date(2026, 11, 22))
    assert "small, possibly unrepresentative sample" in said["Caution"]
    assert "not for publication" in said["Who may see it"]
    assert said["Filters"].startswith("none")
    leads = {row[1].hyperlink.location for row in opened["Cover"].iter_rows(min_row=7) if row[1].hyperlink}
    assert leads == {f"'{name}'!A1" for name in opened.sheetnames[1:]}


def test_contents_lists_the_other_worksheets_with_their_rows(opened):
    listed = {row[0].value: row[-1].value for row in opened["Contents"].iter_rows(min_row=7)}
    assert listed == {page.title: page.max_row - 6 for page in opened if page.title not in ("Cover", "Contents")}


def test_definitions_are_the_words_of_the_measures(opened):
    texts = {(row[0].value, row[1].value): row[2].value for row in opened["Definitions"].iter_rows(min_row=7)}
    for measure in shown_measures():
        assert texts[measure.title, "Definition"] == measure.definition
        assert texts[measure.title, "Caution"] == measure.caution
        assert texts[measure.title, "Owner"] == measure.owner


def test_days_are_true_days(opened):
    for page in opened:
        for row in page.iter_rows(min_row=7):
            for cell in row:
                if cell.is_date:
                    assert isinstance(cell.value, dt.datetime)
                    assert cell.number_format == "dd mmm yyyy"
    weeks = [row[0].value.date() for row in opened["Open_cases"].iter_rows(min_row=7)]
    assert weeks == [dt.date(2026, 8, 17) + dt.timedelta(weeks=week) for week in range(13)]
    assert all(row[5].is_date for row in opened["Actions_due"].iter_rows(min_row=7))


def test_page_language_title_and_dates_of_the_document(opened):
    for page in opened:
        assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
        assert page.print_title_rows == ("$1:$1" if page.title == "Charts" else "$1:$6")
        assert all(dimension.width >= 12 for dimension in page.column_dimensions.values())
        assert not any((page.oddHeader.center.text, page.oddFooter.center.text))
        assert page.sheet_view.selection[0].activeCell == "A1"
    properties = opened.properties
    assert properties.title == "caselight weekly workbook: NORTH, 2026-W46"
    assert properties.language == "en-GB"
    assert properties.created == properties.modified == dt.datetime(2026, 11, 22)
    assert opened.active.title == "Cover"


def test_no_formula_and_no_unexpected_part(parts):
    allowed = re.compile(
        r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(app|core|custom)\.xml|xl/(workbook|styles|sharedStrings)\.xml"
        r"|xl/theme/theme1\.xml|xl/_rels/workbook\.xml\.rels|xl/(worksheets/(_rels/)?sheet|tables/table|charts/chart"
        r"|drawings/(_rels/)?drawing)\d+\.xml(\.rels)?"
    )
    assert [name for name in parts if not allowed.fullmatch(name)] == []
    for name, part in parts.items():
        assert b"<f>" not in part, name
        assert b"<f " not in part, name
        if name.startswith("xl/worksheets/sheet"):
            root = etree.fromstring(part)
            assert not root.findall(f".//{MAIN}f")
            assert not root.findall(f".//{MAIN}c[@t='e']")


def test_charts_are_drawn_and_have_words(parts, opened):
    drawings = [
        etree.fromstring(part) for name, part in parts.items() if re.fullmatch(r"xl/drawings/drawing\d+\.xml", name)
    ]
    (drawing,) = drawings
    frames = drawing.findall(".//{*}graphicFrame")
    charts = [name for name in parts if name.startswith("xl/charts/")]
    rows = list(opened["Charts"].iter_rows(min_row=7, values_only=True))
    assert len(frames) == len(charts) == sum(row[0] != "No chart" for row in rows) == len(HEADLINES)
    described = [frame.find(".//{*}cNvPr").get("descr") for frame in frames]
    assert described == [f"{row[1]}. {row[2]} Figures: worksheet {row[3]}." for row in rows]


def test_charts_read_only_numbers(parts, opened):
    references = 0
    for name, part in parts.items():
        if not name.startswith("xl/charts/"):
            continue
        root = etree.fromstring(part)
        assert root.find(".//{*}title//{*}t").text
        assert [axis.get("val") for axis in root.findall(".//{*}delete")] == ["0", "0"]
        for series in root.findall(".//{*}ser"):
            sheet, cells = series.find("{*}val//{*}f").text.split("!")
            values = [cell.value for row in opened[sheet.strip("'")][cells.replace("$", "")] for cell in row]
            assert all(isinstance(value, int | float) for value in values), name
            references += 1
    assert references >= len(HEADLINES)


def test_the_package_carries_no_clock(weekly):
    with ZipFile(io.BytesIO(weekly)) as archive:
        for entry in archive.infolist():
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            assert (entry.create_system, entry.external_attr, entry.compress_type) == (3, 0o600 << 16, ZIP_DEFLATED)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "History"},
        {"name": "two words"},
        {"name": "x" * 32},
        {"columns": ("A", "a")},
        {"columns": ("A", " ")},
        {"rows": []},
        {"rows": [[1]]},
    ],
    ids=str,
)
def test_a_sheet_that_a_spreadsheet_would_repair_is_refused(wrong):
    right = {"name": "Right", "title": "t", "columns": ("A", "B"), "rows": [[1, 2]]}
    with pytest.raises(ValueError, match="need"):
        Sheet(**{**right, **wrong})


def test_a_table_is_never_called_like_a_cell():
    assert Sheet("abc1", "t", ("A",), [[1]]).table == "t_abc1"
