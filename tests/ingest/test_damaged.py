"""Sources that are damaged, closed or gone: each is told by its name with what to do, and the target stays whole."""

import os
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.chart import BarChart

from dashboard.cli import main
from data_access.errors import CaselightError
from data_access.ingest import load
from data_access.ingest.reading import csv_sheet
from tests.ingest.own import FILES, ROWS, extract, write_folder, write_workbook

MANY = 9000


def many_contacts(rows: int = MANY) -> dict[str, list[list[str]]]:
    """The extract with so many contacts that they are unpacked in several parts."""
    header, first, *_ = FILES["contacts"]
    return extract(
        contacts=[header, *([*first[:1], f"M{number * 7919 % 10**7}", *first[2:]] for number in range(rows))]
    )


def zipped(folder: Path, path: Path, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
    return path


def spoil(path: Path, member: str, share: float) -> Path:
    """Turn round some of the packed bytes of a member, so far from its beginning."""
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(member)
    raw = bytearray(path.read_bytes())
    names = struct.unpack_from("<HH", raw, info.header_offset + 26)
    start = info.header_offset + 30 + sum(names) + int(info.compress_size * share)
    for place in range(start, start + 20):
        raw[place] ^= 0xA5
    path.write_bytes(raw)
    return path


def of_method(path: Path, method: int) -> Path:
    """Say of every member that it is packed in another way."""
    raw = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            struct.pack_into("<H", raw, info.header_offset + 8, method)
        place = archive.start_dir
        for _ in archive.infolist():
            struct.pack_into("<H", raw, place + 10, method)
            place += 46 + sum(struct.unpack_from("<HHH", raw, place + 28))
    path.write_bytes(raw)
    return path


def sheet_of(name: str) -> str:
    return f"xl/worksheets/sheet{list(FILES).index(name) + 1}.xml"


def cut_sheet(path: Path, name: str) -> Path:
    """A workbook whose sheet ends too soon."""
    whole = path.rename(path.with_name("whole.xlsx"))
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            raw = old.read(member)
            new.writestr(member, raw[: len(raw) * 2 // 3] if member == sheet_of(name) else raw)
    return path


def _zip(folder: Path) -> Path:
    return zipped(write_folder(folder / "files", many_contacts()), folder / "in.zip")


BROKEN: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "packed bytes at the start": (
        r"contacts.csv is damaged: .* copy it again",
        lambda f: spoil(_zip(f), "contacts.csv", 0),
    ),
    "packed bytes in the middle": (
        r"contacts.csv is damaged after row [\d,]{3,}",
        lambda f: spoil(_zip(f), "contacts.csv", 0.5),
    ),
    "packed by lzma, damaged": (
        r"contacts.csv is damaged",
        lambda f: spoil(
            zipped(write_folder(f / "files", many_contacts()), f / "in.zip", zipfile.ZIP_LZMA), "contacts.csv", 0.5
        ),
    ),
    "packed in an unknown way": ("packed in a way that is not known. Pack it as an", lambda f: of_method(_zip(f), 97)),
    "a sheet that ends too soon": (
        r"Sheet contacts of in.xlsx is damaged after row \d",
        lambda f: cut_sheet(write_workbook(f / "in.xlsx", many_contacts(600)), "contacts"),
    ),
    "a workbook with damaged bytes": (
        r"in.xlsx is damaged",
        lambda f: spoil(write_workbook(f / "in.xlsx", many_contacts(600)), sheet_of("contacts"), 0.5),
    ),
    "a workbook packed in an unknown way": (
        "packed in a way",
        lambda f: of_method(write_workbook(f / "in.xlsx"), 97),
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_damaged_source_is_told_and_nothing_is_loaded(name, tmp_path, database):
    words, broken = BROKEN[name]
    load(write_folder(tmp_path / "before"), database.url)
    before = database.everything()
    with pytest.raises(CaselightError, match=words):
        load(broken(tmp_path), database.url)
    assert database.everything() == before


def test_a_file_without_the_right_to_read_it_is_told():
    def closed():
        raise PermissionError(13, "Permission denied")

    with pytest.raises(CaselightError, match=r"contacts.csv may not be read by this account. Give it the right"):
        csv_sheet("contacts.csv", closed)


def test_a_file_that_is_removed_while_the_load_runs_is_told(tmp_path, database):
    folder = write_folder(tmp_path / "in")
    load(write_folder(tmp_path / "before", extract(events=None)), database.url)
    before = database.everything()
    with pytest.raises(CaselightError, match=r"contacts.csv was removed or renamed while it was read"):
        load(folder, database.url, progress=lambda *_: (folder / "contacts.csv").unlink(missing_ok=True))
    assert database.everything() == before


@pytest.mark.skipif(os.name == "nt", reason="Windows names files in Unicode")
def test_a_source_whose_name_is_not_utf8_is_loaded_and_recorded(tmp_path, database, capsys):
    source = tmp_path / os.fsdecode(b"f\xff.zip")
    try:
        shutil.copy(zipped(write_folder(tmp_path / "in"), tmp_path / "in.zip"), source)
    except OSError:
        pytest.skip("this file system takes no such name")
    with pytest.raises(SystemExit) as ended:
        main(["load", str(source), "--database", database.url])
    told = capsys.readouterr()
    assert ended.value.code in (0, None), told.err
    assert told.out == f"read {ROWS} = loaded {ROWS} + unchanged 0 + set aside 0\n"
    assert database.rows("load_run", "source") == [("f\ufffd.zip",)]


def test_a_workbook_with_a_chart_on_a_sheet_of_its_own_is_loaded(tmp_path, database):
    path = write_workbook(tmp_path / "in.xlsx")
    book = load_workbook(path)
    book["teams"].cell(2, 3).data_type = "s"
    book.create_chartsheet("Chart1", 0).add_chart(BarChart())
    book.save(path)
    assert load(path, database.url).loaded == ROWS
