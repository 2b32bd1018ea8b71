"""Two files of one kind, and two ways to write one key: nothing is thrown away and nothing is guessed."""

import zipfile

import pytest

from data_access.errors import CaselightError
from data_access.ingest import load
from data_access.ingest.separated import AT_ONCE
from tests.ingest.own import FILES, ROWS, extract, with_row, write_folder, write_workbook

CONTACTS = FILES["contacts"]
FAR = AT_ONCE // 50  # so many rows of over 50 signs are not read at once
DECOMPOSED, COMPOSED, WIDE = "Ke\u0301", "K\u00e9", "\uff211"


def contact(source_id: str, outcome: str = "no_answer") -> list[str]:
    """The first contact under another id."""
    row = dict(zip(CONTACTS[0], CONTACTS[1], strict=True)) | {"source_id": source_id, "outcome": outcome}
    return list(row.values())


@pytest.mark.parametrize("other", ["Contacts.csv", "contacts.CSV", " contacts.csv"])
def test_two_files_of_one_kind_are_both_named(tmp_path, database, other):
    folder = write_folder(tmp_path / "in")
    (folder / other).write_text((folder / "contacts.csv").read_text("utf-8").replace("K1", "ZZ1"), "utf-8")
    if len(list(folder.glob("[cC ]*ontacts.*"))) < 2:
        pytest.skip("this file system does not tell the two names apart")
    with pytest.raises(CaselightError) as refused:
        load(folder, database.url)
    assert other in str(refused.value)
    assert "contacts.csv" in str(refused.value).replace(other, "", 1)
    assert not database.path.exists()


def test_a_blank_and_a_line_in_a_file_name_are_one_file(tmp_path, database):
    folder = write_folder(tmp_path / "in")
    (folder / "risk assessments.csv").write_bytes((folder / "risk_assessments.csv").read_bytes())
    with pytest.raises(CaselightError, match=r"risk assessments.csv and risk_assessments.csv are both the file"):
        load(folder, database.url)


def test_two_members_of_a_zip_are_both_named(tmp_path, database):
    folder, path = write_folder(tmp_path / "in"), tmp_path / "in.zip"
    for second, words in (("Contacts.csv", "are both the file 'contacts'"), ("b/contacts.CSV", "b/contacts.CSV. Pack")):
        with zipfile.ZipFile(path, "w") as archive:
            for file in folder.iterdir():
                archive.write(file, file.name)
            archive.write(folder / "contacts.csv", second)
        with pytest.raises(CaselightError, match=words):
            load(path, database.url)


def test_two_sheets_of_one_kind_are_both_named(tmp_path, database):
    files = extract()
    source = write_workbook(tmp_path / "in.xlsx", {**files, "Risk Assessments": files["risk_assessments"]})
    with pytest.raises(CaselightError, match="risk_assessments and Risk Assessments are both the file"):
        load(source, database.url)


@pytest.mark.parametrize(("one", "other"), [(DECOMPOSED, COMPOSED), (WIDE, "A1")])
def test_one_key_in_two_forms_is_one_key(tmp_path, database, one, other):
    files = with_row("contacts", contact(one), contact(other, "successful"))
    report = load(write_folder(tmp_path / "in", files), database.url)
    assert [(row.file, row.row, row.column, row.reason) for row in report.rows_set_aside] == [
        ("contacts.csv", 5, "source_id", "stands in 2 rows with different contents"),
        ("contacts.csv", 6, "source_id", "stands in 2 rows with different contents"),
    ]
    assert report.loaded == ROWS


def test_equal_rows_with_the_key_in_two_forms_are_one_row(tmp_path, database):
    files = with_row("contacts", contact(DECOMPOSED), contact(COMPOSED))
    report = load(write_folder(tmp_path / "in", files), database.url)
    assert (report.loaded, report.unchanged, report.set_aside) == (ROWS + 1, 1, 0)
    assert (COMPOSED,) in database.rows("contacts", "source_id")


def test_another_form_far_below_does_not_overwrite_a_row(tmp_path, database):
    load(write_folder(tmp_path / "first", extract(contacts=[CONTACTS[0], contact("A1")])), database.url)
    between = [contact(f"B{number}") for number in range(FAR + 1)]
    files = extract(contacts=[CONTACTS[0], contact("A1"), *between, contact(WIDE, "successful")])
    source = write_folder(tmp_path / "second", files)
    for loaded in (FAR + 1, 0, 0):
        report = load(source, database.url)
        assert (report.loaded, [row.row for row in report.rows_set_aside]) == (loaded, [2, FAR + 4])
    assert database.rows("contacts", "source_id", "outcome")[0] == ("A1", "no_answer")


def test_a_case_in_two_forms_is_set_aside_and_a_repeat_finds_its_case(tmp_path, database):
    files = extract()
    wide = list(files["cases"][3])
    wide[files["cases"][0].index("source_id")], wide[files["cases"][0].index("opened_on")] = "\uff232", "2026-01-20"
    files["cases"].append(wide)
    files["cases"][1][files["cases"][0].index("repeat_of")] = "\uff231"  # C3 repeats C1
    files["cases"][1][0] = "\uff2eORTH"
    report = load(write_folder(tmp_path / "in", files), database.url)
    of_cases = [(row.row, row.reason) for row in report.rows_set_aside if row.file == "cases.csv"]
    assert of_cases == [(number, "stands in 2 rows with different contents") for number in (4, 5)]
    assert [row for row, _ in database.rows("cases", "source_id", "repeat_of_case_id")] == ["C1", "C3"]
    assert database.rows("cases", "source_id", "repeat_of_case_id")[1][1] is not None
