"""Our own layout: a round trip as folder and as workbook, idempotence, updates, and all or nothing."""

from datetime import date, datetime

import pytest
from openpyxl import load_workbook
from sqlalchemy import create_engine, insert, select

from data_access import tables as t
from data_access.errors import CaselightError
from data_access.ingest import load, write_template
from data_access.ingest.layout import LAYOUT
from tests.ingest.own import FILES, ROWS, extract, with_cell, with_row, write_folder, write_workbook


@pytest.fixture(params=["folder", "workbook"])
def source(request, tmp_path):
    if request.param == "folder":
        return write_folder(tmp_path / "extract")
    return write_workbook(tmp_path / "extract.xlsx")


def test_everything_is_loaded(source, database):
    report = load(source, database.url)
    assert report.rows_set_aside == ()
    assert report.sentence == f"read {ROWS} = loaded {ROWS} + unchanged 0 + set aside 0"
    assert database.rows("team", "code", "name") == [("T1", "=1+1")]
    ((force, version, as_of, taken, stamp),) = database.rows("data_version")
    assert (force, version, as_of, taken) == (1, 1, date(2026, 3, 31), datetime(2026, 4, 1, 6, 0))
    assert len(stamp) == 32
    assert database.rows("contacts", "source_id", "purposes", "duration_minutes", "outcome") == [
        ("K1", "not_recorded", None, "no_answer"),
        ("K2", "assessment,safety_planning", 35, "successful"),
        ("K3", "assessment", 20, "successful"),
    ]


def test_times_are_kept_with_their_local_day_and_hour(source, database):
    """R2 is given in UTC in winter; R4 at 02:30 after the clocks went forward to 02:00 on 2026-03-29 (01:30 UTC)."""
    load(source, database.url)
    epoch = datetime(1970, 1, 1)
    received = (datetime(2026, 1, 5, 9, 15), datetime(2026, 1, 12, 23, 30))
    minutes = [int((at - epoch).total_seconds() // 60) for at in received]
    assert database.rows("referral", "source_id", "received_minute", "received_on", "received_hour") == [
        ("R1", minutes[0], date(2026, 1, 5), 9),
        ("R2", minutes[1], date(2026, 1, 12), 23),
        ("R3", None, date(2026, 3, 2), 24),
        ("R4", int((datetime(2026, 3, 29, 1, 30) - epoch).total_seconds() // 60), date(2026, 3, 29), 2),
    ]


def test_a_repeat_points_to_a_case_further_down(source, database):
    load(source, database.url)
    ids = dict(database.rows("cases", "source_id", "case_id"))
    assert dict(database.rows("cases", "source_id", "repeat_of_case_id")) == {"C1": None, "C2": None, "C3": ids["C1"]}


def test_references_are_random_and_stay(source, database):
    load(source, database.url)
    before = database.rows("cases", "source_id", "case_ref")
    assert len({reference for _, reference in before}) == 3
    assert all(len(reference) == 8 for _, reference in before)
    load(source, database.url)
    assert database.rows("cases", "source_id", "case_ref") == before


def test_a_second_load_changes_nothing(source, database):
    load(source, database.url)
    before = database.everything()
    report = load(source, database.url)
    assert (report.loaded, report.unchanged, report.set_aside) == (0, ROWS, 0)
    assert database.everything() == before
    assert database.rows("load_run", "load_id", "rows_read", "rows_unchanged") == [(1, ROWS, 0), (2, ROWS, ROWS)]


def test_a_changed_row_is_updated_and_the_version_rises(tmp_path, database):
    load(write_folder(tmp_path / "one"), database.url)
    report = load(write_folder(tmp_path / "two", with_cell("cases", 4, "closed_on", "2026-03-20")), database.url)
    assert (report.loaded, report.unchanged) == (1, ROWS - 1)
    assert database.rows("data_version", "version") == [(2,)]
    assert ("C2", date(2026, 3, 20)) in database.rows("cases", "source_id", "closed_on")


def test_a_later_extract_day_alone_raises_the_version(tmp_path, database):
    load(write_folder(tmp_path / "one"), database.url)
    load(write_folder(tmp_path / "two", with_cell("extract", 2, "as_of", "2026-04-07")), database.url)
    assert database.rows("data_version", "version", "as_of") == [(2, date(2026, 4, 7))]


def test_an_older_extract_is_refused(tmp_path, database):
    load(write_folder(tmp_path / "one"), database.url)
    with pytest.raises(CaselightError, match="--force-older"):
        load(write_folder(tmp_path / "two", with_cell("extract", 2, "as_of", "2026-03-30")), database.url)


def test_part_of_the_files_can_come_later(tmp_path, database):
    load(write_folder(tmp_path / "one"), database.url)
    more = {
        "contacts": [
            *FILES["contacts"],
            ["NORTH", "K4", "C2", "", "2026-03-03", "inbound", "victim", "email", "successful", "", ""],
        ]
    }
    report = load(write_folder(tmp_path / "two", more), database.url)
    assert (report.loaded, report.unchanged) == (1, 3)


def test_rows_that_vanish_are_kept(tmp_path, database):
    load(write_folder(tmp_path / "one"), database.url)
    report = load(write_folder(tmp_path / "two", extract(contacts=FILES["contacts"][:2])), database.url)
    assert report.kept == {"contacts": 2}
    assert len(database.rows("contacts", "source_id")) == 3


def test_an_error_half_way_leaves_the_database_as_before(tmp_path, database):
    load(write_folder(tmp_path / "one"), database.url)
    before, runs = database.everything(), database.rows("load_run")
    bad = write_folder(tmp_path / "two", with_cell("cases", 4, "closed_on", "2026-03-20"))
    text = (bad / "risk_assessments.csv").read_bytes()
    (bad / "risk_assessments.csv").write_bytes(text + b"NORTH,Q3,C2,2026-01-16,dash\xff,initial,,,high,score\r\n")
    with pytest.raises(CaselightError, match=r"risk_assessments\.csv is not UTF-8 \(after row 3\)"):
        load(bad, database.url)
    assert database.everything() == before
    assert database.rows("load_run") == runs


def test_facts_that_do_not_add_up_undo_the_load(tmp_path, database, monkeypatch):
    load(write_folder(tmp_path / "one"), database.url)
    before = database.everything()
    monkeypatch.setattr(
        "data_access.ingest.loading.rebuild",
        lambda connection, force_id: connection.execute(t.schema.tables["fact_case_state"].delete()),
    )
    with pytest.raises(CaselightError, match="undone"):
        load(write_folder(tmp_path / "two", with_cell("cases", 4, "closed_on", "2026-03-20")), database.url)
    assert database.everything() == before


def test_a_force_without_an_extract_day_is_refused(tmp_path, database):
    with pytest.raises(CaselightError, match="NORTH"):
        load(write_folder(tmp_path / "one", extract(extract=None)), database.url)


def test_the_loaded_database_can_be_counted(source, database):
    """Open on 2026-03-31: C2 (medium) and C3 (not assessed); C1 closed on 2026-02-20."""
    import data_access as da

    load(source, database.url)
    store = da.connect(database.url)
    reports = store.reports(da.Scope.local(("NORTH",), "service_manager"))
    frame = reports.frame(
        "open_cases", da.Slice(("NORTH",), date(2026, 3, 30), date(2026, 4, 1), grain="whole"), by=("level",)
    )
    counts = dict(zip(frame["level"], frame["value"], strict=True))
    assert {level: int(n) for level, n in counts.items() if n} == {"medium": 1, "not_assessed": 1}


def test_postgresql_holds_the_same_rows(tmp_path, database, request):
    try:
        url = request.getfixturevalue("postgres_url")
    except pytest.FixtureLookupError:
        pytest.skip("there is no PostgreSQL fixture")
    source = write_folder(tmp_path / "one")
    load(source, database.url)
    assert load(source, url).sentence == load(source, url).sentence.replace(
        f"loaded 0 + unchanged {ROWS}", f"loaded {ROWS} + unchanged 0"
    )
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        for name, rows in database.everything().items():
            if name in ("cases", "data_version"):  # their references and stamps are random
                continue
            columns = list(t.schema.tables[name].c)
            found = connection.execute(select(*columns)).all()
            assert sorted(map(repr, map(tuple, found))) == sorted(map(repr, rows)), name
        # Sequences go on behind the rows that the load numbered itself.
        key = connection.execute(insert(t.team).values(force_id=1, code="T9", name="Nine").returning(t.team.c.team_id))
        assert key.scalar() == 2
    engine.dispose()


def test_the_template_holds_every_column_and_loads_empty(tmp_path):
    folder, book = write_template(tmp_path / "empty"), write_template(tmp_path / "empty.xlsx")
    for file in LAYOUT.files:
        header = (folder / f"{file.name}.csv").read_text(encoding="utf-8-sig").strip().split(",")
        assert header == [column.name for column in file.columns]
    dictionary = load_workbook(book)["data_dictionary"]
    listed = {(row[0], row[1]) for row in dictionary.iter_rows(min_row=2, values_only=True)}
    assert listed == {(file.name, column.name) for file in LAYOUT.files for column in file.columns}
    with pytest.raises(CaselightError, match="there already"):
        write_template(book)


def test_a_template_that_was_filled_in_loads(tmp_path, database):
    path = write_template(tmp_path / "filled.xlsx")
    book = load_workbook(path)
    for name, rows in with_row("contacts").items():
        header = [cell.value for cell in book[name][1]]
        for row in rows[1:]:
            cells = dict(zip(rows[0], row, strict=True))
            book[name].append([cells.get(column) or None for column in header])
        for row in book[name].iter_rows(min_row=2):
            for cell in row:
                if cell.value == "=1+1":
                    cell.data_type = "s"
    book.save(path)
    assert load(path, database.url).sentence == f"read {ROWS} = loaded {ROWS} + unchanged 0 + set aside 0"
