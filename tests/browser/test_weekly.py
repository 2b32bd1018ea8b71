"""The weekly page shows a file before it is downloaded, gives the file of the command line, and the last good run."""

from zipfile import ZipFile

import openpyxl
import pytest

from dashboard.cli import main
from tests.browser.reading import opened


def _made(*words: object) -> None:
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    assert ended.value.code == 0


def _parts(file) -> dict[str, bytes]:
    with ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _last(parts: dict[str, bytes]) -> str:
    """The part of the last worksheet, which says who took the file."""
    return f"xl/worksheets/sheet{sum(name.startswith('xl/worksheets/sheet') for name in parts)}.xml"


def _rows(page, table: str) -> list[list[str]]:
    return [row.locator("th, td").all_inner_texts() for row in page.locator(f"#{table} tbody tr").all()]


def test_the_page_gives_the_file_of_the_command(page, watch, sample_url, sample_pages, tmp_path):
    opened(page, f"{sample_pages}/?page=overview&force=EAST,WEST")
    page.locator("#w-open").click()
    page.locator("#w-file").wait_for()
    # The whole forces first, then the teams and their supervisors; the weeks are those of the force chosen.
    said = [text.split(":")[0] for text in page.locator("#w-for option").all_inner_texts()]
    assert said == ["Eastmere", "Westvale", *2 * ["Eastmere, EAST-ONE", "Westvale, WEST-ONE"]]
    weeks = [text.split(",")[0] for text in page.locator("#w-week option").all_inner_texts()]
    assert (weeks[0], len(weeks)) == ("2026-W47", 8)
    for code, week in (("EAST", "2026-W47"), ("WEST", "2026-W46")):  # Westvale's data end on Monday of week 47
        if code == "WEST":
            page.locator("#w-for").select_option(label="Westvale: the whole force")
            page.locator("#w-file", has_text="_west_").wait_for()
            page.locator("#w-week").select_option("2026-W46")
            page.locator("#w-file", has_text="2026-11-15").wait_for()
        page.locator("#w-file").focus()
        page.keyboard.press("Enter")
        page.locator(".purpose button[data-purpose=supervision]").focus()
        with page.expect_download() as download:
            page.keyboard.press("Enter")
        page.locator("#w-file").wait_for()
        _made("export", "--force", code, "--week", week, "--out", tmp_path, "--database", sample_url)
        (made,) = tmp_path.glob(f"*_{code.lower()}_*.xlsx")
        assert download.value.suggested_filename == made.name
        given = tmp_path / f"{code}.xlsx"
        download.value.save_as(given)
        ours, theirs = _parts(given), _parts(made)
        assert {name for name in ours if ours[name] != theirs[name]} == {"docProps/custom.xml", _last(ours)}
        stamped = dict(openpyxl.load_workbook(given)["Audit"].iter_rows(min_row=7, values_only=True))
        assert (stamped["Taken by"], stamped["Taken for"]) == ("this machine", "Supervision or case review")
    watch.assert_quiet()


def test_who_looks_second_sees_what_is_kept_and_gets_the_same_file(page, new_page, watch, sample_pages, tmp_path):
    files, seen = [], []
    for visitor in (page, new_page(1440, 900)):  # the second one's process-wide answer was made for the first
        opened(visitor, f"{sample_pages}/?page=weekly&force=WEST")
        visitor.locator("#w-file").wait_for()
        seen.append(visitor.locator("#w-changes").inner_text())
        visitor.locator("#w-file").click()
        with visitor.expect_download() as download:
            visitor.locator(".purpose button[data-purpose=supervision]").click()
        files.append(tmp_path / f"{len(files)}.xlsx")
        download.value.save_as(files[-1])
    assert seen[0] == seen[1]
    ours, theirs = map(_parts, files)
    assert {name for name in ours if ours[name] != theirs[name]} <= {"docProps/custom.xml", _last(ours)}  # the minute
    watch.assert_quiet()


def test_the_address_says_whose_file_of_which_week(page, new_page, watch, sample_pages):
    opened(page, f"{sample_pages}/?page=weekly")
    page.locator("#w-for").select_option(label="Westvale: the whole force")
    page.locator("#w-file", has_text="_west_").wait_for()
    page.locator("#w-week").select_option("2026-W44")
    page.locator("#w-file", has_text="caselight-weekly_west_2026-11-01.xlsx").wait_for()
    page.wait_for_url(f"{sample_pages}/?page=weekly&for=force:WEST&week=2026-W44")
    assert page.get_by_role("link", name="Risk", exact=True).get_attribute("href") == "?page=risk"
    other = opened(new_page(), page.url, "Weekly workbook")
    assert other.locator("#w-file").inner_text() == "Download caselight-weekly_west_2026-11-01.xlsx"
    assert other.locator("#w-changes").inner_text() == page.locator("#w-changes").inner_text()
    watch.assert_quiet()


def test_what_stands_in_it_is_seen_before_the_download(page, watch, sample_copy, served, tmp_path):
    _made("weekly", "--force", "NORTH", "--week", "2026-W46", "--out", tmp_path, "--database", sample_copy)
    (file,) = tmp_path.glob("*.xlsx")
    book = openpyxl.load_workbook(file)
    opened(page, f"{served(sample_copy)}/?page=weekly&force=NORTH")
    page.locator("#w-week").select_option("2026-W46")
    page.locator("#w-file", has_text="2026-11-15").wait_for()
    sheets = {name: int(rows.replace(",", "")) for name, _, rows in _rows(page, "w-sheets")}
    assert sheets == {name: book[name].max_row - 6 for name in book.sheetnames}
    due = [row[0] for row in book["Actions_due"].iter_rows(min_row=7, values_only=True)][:8]
    assert [row[0] for row in _rows(page, "w-actions_due")] == due
    changes = [row[5] for row in book["Changes"].iter_rows(min_row=7, values_only=True)][:8]
    assert [row[5] for row in _rows(page, "w-changes")] == changes
    ((who, week, _, told, name),) = _rows(page, "w-runs")
    assert (who, week, told, name) == ("Northshire: the whole force", "2026-W46", "22 Nov 2026", file.name)
    watch.assert_quiet()


def test_a_team_is_chosen_by_keyboard_and_its_file_named(page, watch, sample_pages):
    opened(page, f"{sample_pages}/?page=weekly&force=NORTH")
    page.locator("#w-file").wait_for()
    page.locator("#w-for").focus()
    page.keyboard.press("ArrowDown")
    page.locator("#w-file", has_text="caselight-weekly_north_north-city_2026-11-22.xlsx").wait_for()
    assert "NORTH-VALLEY" not in " ".join(cell for row in _rows(page, "w-actions_due") for cell in row)
    assert "No weekly file of these forces was published yet" in page.locator("#w-runs").inner_text()
    watch.assert_quiet()
