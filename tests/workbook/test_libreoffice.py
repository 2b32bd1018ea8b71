"""LibreOffice opens the workbook and prints it: every worksheet, and the charts as pictures."""

import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.libreoffice


@pytest.fixture(scope="module")
def printed(soffice, weekly, hostile, tmp_path_factory) -> Path:
    """A folder with the two workbooks as PDF."""
    folder = tmp_path_factory.mktemp("printed")
    for name, file in (("weekly", weekly), ("hostile", hostile)):
        (folder / f"{name}.xlsx").write_bytes(file)
    subprocess.run(
        [
            soffice,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            folder,
            folder / "weekly.xlsx",
            folder / "hostile.xlsx",
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return folder


def _text(pdf: Path) -> str:
    reader = shutil.which("pdftotext")
    if not reader:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    return subprocess.run([reader, "-layout", pdf, "-"], check=True, capture_output=True, timeout=60).stdout.decode()


def test_every_worksheet_is_printed(printed, opened):
    assert (printed / "weekly.pdf").read_bytes().startswith(b"%PDF")
    text = _text(printed / "weekly.pdf")
    for page in opened:
        assert page["A1"].value in text
    for title in (row[1].value for row in opened["Charts"].iter_rows(min_row=7)):
        assert text.count(title) >= 2, f"the chart {title!r} has no title of its own"


def test_a_text_like_a_formula_is_printed_as_it_stands(printed):
    text = _text(printed / "hostile.pdf")
    assert "=1+1" in text
    assert "#REF!" in text
    assert "Err:" not in text
