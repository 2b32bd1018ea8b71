"""What is told of a first row that is no header: never a cell of a person's row."""

import pytest

from data_access.errors import CaselightError
from data_access.ingest import load
from tests.ingest.own import FILES, write_folder

PERSON = "NORTH,anna.smith@example.org,30-39,07700 900123"
ABOUT = ("anna", "smith", "example.org", "07700", "30-39", "north")


def refused(tmp_path, database, first: str, file: str = "victims") -> str:
    """What a load says of a file whose first row this is."""
    folder = write_folder(tmp_path / "in")
    (folder / f"{file}.csv").write_text(f"{first}\nNORTH,V2,30-39,female\n", encoding="utf-8")
    with pytest.raises(CaselightError) as error:
        load(folder, database.url)
    assert not database.path.exists()
    return str(error.value)


def test_a_file_without_a_header_is_told_without_its_cells(tmp_path, database):
    told = refused(tmp_path, database, PERSON)
    assert told.startswith("victims.csv: row 1 does not name the columns. Put a row above the others")
    assert not [word for word in ABOUT if word in told.lower()]


def test_cells_that_stand_twice_are_told_by_their_place(tmp_path, database):
    told = refused(tmp_path, database, "NORTH,Anna Smith,30-39,Anna Smith")
    assert told.startswith("victims.csv names a column twice: columns 2, 4. If its first row is not the header")
    assert not [word for word in ABOUT if word in told.lower()]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("surname", "'surname'"),
        ("Date of birth", "'date_of_birth'"),
        ("anna.smith@example.org", "number 3 (its name is not shown here)"),
        ("07700 900123", "number 3 (its name is not shown here)"),
        ("AB123456C", "number 3 (its name is not shown here)"),
        ("ZZ9 9ZZ", "number 3 (its name is not shown here)"),
        ("Zoë", "number 3 (its name is not shown here)"),
    ],
)
def test_an_unknown_column_is_named_only_where_it_looks_like_a_name(tmp_path, database, name, shown):
    told = refused(tmp_path, database, f"{','.join(FILES['victims'][0][:2])},{name}")
    assert told.startswith(f"victims.csv: the layout has no column {shown}. The file was refused")
