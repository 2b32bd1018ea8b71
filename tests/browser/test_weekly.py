"""The button of the overview and the command line make the same weekly workbook."""

import pytest

from dashboard.cli import main
from tests.browser.reading import opened


def test_the_button_gives_the_file_of_the_command(page, watch, sample_url, sample_pages, tmp_path):
    opened(page, f"{sample_pages}/?page=overview&force=EAST,WEST")
    buttons = page.locator("[data-do=workbook]")
    assert [name.split(",")[0] for name in buttons.all_inner_texts()] == ["Eastmere", "Westvale"]
    for code, week in (("EAST", "2026-W47"), ("WEST", "2026-W46")):  # Westvale's data end on Monday of week 47
        button = page.locator(f"[data-do=workbook][data-force={code}]")
        assert week in button.inner_text()
        with page.expect_download() as download:
            button.focus()
            page.keyboard.press("Enter")
        with pytest.raises(SystemExit) as ended:
            main(["export", "--force", code, "--week", week, "--out", str(tmp_path), "--database", sample_url])
        assert ended.value.code == 0
        (made,) = tmp_path.glob(f"*_{code.lower()}_*.xlsx")
        assert download.value.suggested_filename == made.name
        assert download.value.path().read_bytes() == made.read_bytes()
    watch.assert_quiet()
