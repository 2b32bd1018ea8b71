"""What lies beside the files of a source and is not read is named."""

import zipfile

import pytest

from dashboard.cli import main
from data_access.ingest import load
from tests.ingest.own import ROWS, write_folder


def test_files_of_another_kind_in_a_folder_are_named(tmp_path, database, capsys):
    folder = write_folder(tmp_path / "in")
    (folder / "contacts.csv").rename(folder / "contacts.txt")
    (folder / "cases.xlsx").write_bytes(b"")
    (folder / ".hidden").write_bytes(b"")
    assert load(folder, database.url).not_read == ("cases.xlsx", "contacts.txt")
    with pytest.raises(SystemExit):
        main(["load", str(folder), "--database", database.url])
    told = capsys.readouterr()
    assert told.err == "not read, because only .csv files are: cases.xlsx, contacts.txt\n"
    assert told.out == f"read {ROWS - 3} = loaded 0 + unchanged {ROWS - 3} + set aside 0\n"


def test_files_of_another_kind_in_a_zip_are_named(tmp_path, database):
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(write_folder(tmp_path / "in").iterdir()):
            archive.write(file, f"export/{file.name}")
        archive.writestr("export/contacts.txt", "")
        archive.writestr("__MACOSX/export/._contacts.csv", "")
    assert load(path, database.url).not_read == ("contacts.txt",)
