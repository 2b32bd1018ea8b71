"""Arrays on disk: for their owner only, trusted only when right in every point, opened without reading rows."""

import json
import os
import stat
from datetime import date, datetime
from mmap import mmap
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from sqlalchemy import create_engine, delete, event, text, update

import data_access as da
from data_access import facts
from data_access import store as stores
from data_access import tables as t
from data_access.arrays import folder_of

ALL = da.Slice(("EAST", "NORTH", "WEST"), date(2026, 6, 1), date(2026, 11, 23))


@pytest.fixture
def folder(sample_copy) -> Path:
    """Where the arrays of the copy are kept."""
    found = folder_of(sample_copy)
    assert found == Path(sample_copy.removeprefix("sqlite:///") + ".arrays")
    return found


def _answer(url: str, **how) -> tuple[da.Store, list]:
    store = da.connect(url, **how)
    return store, _of(store)


def _streams(store: da.Store) -> list[str]:
    """Statements that read rows of facts, as they are asked."""
    found: list[str] = []

    @event.listens_for(store.engine, "before_cursor_execute")
    def _seen(_connection, _cursor, statement, *_):
        if "key_0" in statement:
            found.append(statement)

    return found


def _of(store: da.Store) -> list:
    frame = store.reports(da.Scope.local(ALL.forces, "service_manager")).frame("open_cases", ALL, ("force", "level"))
    return frame.astype(str).to_numpy().tolist()


def _asked_again(url: str) -> tuple[int, list]:
    store = da.connect(url)
    streams = _streams(store)
    answer = _of(store)
    return len(streams), answer


def _write(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights in another way")
def test_only_the_owner_reads_them(sample_copy, folder):
    before = os.umask(0)  # the most careless surroundings
    try:
        _answer(sample_copy)
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = list(folder.iterdir())
    assert {path.suffix for path in files} == {".json", ".npy"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_a_second_start_opens_them_without_reading_rows(sample_copy):
    _, first = _answer(sample_copy)
    assert _asked_again(sample_copy) == (0, first)
    store, _ = _answer(sample_copy)
    columns = next(iter(store.counter.shelf._held.values()))
    arrays = list(columns.arrays.values())
    assert all(isinstance(_origin(array), mmap) for array in arrays)
    assert not any(array.flags.writeable for array in arrays)


def _origin(array: np.ndarray) -> object:
    found = array
    while getattr(found, "base", None) is not None:
        found = found.base
    return found


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])


def _turned(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))


def _other(name: str, value, sealed: bool = True) -> None:
    def change(path: Path) -> None:
        header = {**json.loads(path.read_text()), name: value}
        del header["crc"]
        crc = crc32(json.dumps(header, sort_keys=True).encode()) if sealed else 0
        path.write_text(json.dumps({**header, "crc": crc}))

    return change


def _with_header(words: str) -> None:
    """A numpy file whose description of itself says something else."""

    def change(path: Path) -> None:
        described = words.encode().ljust(118) + b"\n"
        path.write_bytes(b"\x93NUMPY\x01\x00" + len(described).to_bytes(2, "little") + described + b"0" * 64)

    return change


@pytest.mark.parametrize(
    ("which", "damage"),
    [
        ("*.npy", _cut),
        ("*.npy", _turned),
        ("*.npy", Path.unlink),
        ("*.npy", lambda path: path.write_bytes(b"")),
        ("*.npy", lambda path: path.write_bytes(b"PK\x03\x04" + bytes(200))),
        ("*.npy", _with_header("{'descr': '|i1', 'fortran_order': False, 'shape': (99999999999999999999, 3), }")),
        ("*.npy", _with_header("{'descr': '|i1', 'fortran_order': True, 'shape': (2, 3), }")),
        ("*.npy", _with_header("{'descr' (((")),
        ("*.json", _cut),
        ("*.json", lambda path: path.write_text("[" * 100_000)),
        ("*.json", _other("stamp", "another")),
        ("*.json", _other("rows", 0)),
        ("*.json", _other("rows", False)),
        ("*.json", _other("parts", [], sealed=False)),
        ("*.json", lambda path: path.write_text("[]")),
        ("*.json", _other("format", 0)),
        ("*.json", _other("schema", "another")),
        ("*.json", _other("force_id", 9)),
        ("*.json", _other("version", 9)),
        ("*.json", _other("rows", 1)),
        ("*.json", _other("token", "../../elsewhere")),
        ("*.json", _other("parts", [])),
        ("*.json", _other("data", ["another database"])),
    ],
)
def test_what_is_damaged_or_foreign_is_made_anew(which, damage, sample_copy, folder):
    _, first = _answer(sample_copy)
    for path in folder.glob(which):
        damage(path)
    streams, again = _asked_again(sample_copy)
    assert (streams, again) == (3, first)  # one for each force
    assert _asked_again(sample_copy) == (0, first)


def test_a_new_version_takes_the_place_of_the_old_one(sample_copy, folder):
    old, first = _answer(sample_copy)
    before = {path.name for path in folder.glob("*.npy")}
    _write(sample_copy, "DELETE FROM fact_case_state WHERE force_id = 2 AND case_id % 2 = 0")
    _write(sample_copy, "UPDATE data_version SET version = version + 1 WHERE force_id = 2")
    streams, changed = _asked_again(sample_copy)
    assert streams == 1  # the other forces' are as they were
    assert changed != first
    after = {path.name for path in folder.glob("*.npy")}
    assert len(after) == len(before) == len(list(folder.glob("*.npy")))
    assert {name.split("-")[1] for name in before - after} == {"2"}
    # Who has the old ones open reads on, undisturbed.
    assert _of(old) == first


def test_another_database_at_the_same_address_is_not_taken_for_the_first(sample_copy):
    _answer(sample_copy)
    for fact in ("fact_case_state", "fact_case_path"):  # of the same version
        _write(sample_copy, f"DELETE FROM {fact} WHERE force_id = 2 AND case_id % 2 = 0")
    streams, _ = _asked_again(sample_copy)
    assert streams == 1


def _changed(url: str, divisor: int, load: bool = False) -> None:
    """A load that takes away some cases of the second force."""
    engine = create_engine(url)
    with engine.begin() as connection:
        state = facts.case_state
        connection.execute(delete(state).where(state.c.force_id == 2, state.c.case_id % divisor == 0))
        version = t.data_version.c
        connection.execute(update(t.data_version).where(version.force_id == 2).values(version=version.version + 1))
        if load:
            times = dict.fromkeys(("started_at", "finished_at"), datetime(2026, 11, 23, 6))
            counts = dict.fromkeys(("rows_read", "rows_loaded", "rows_unchanged", "rows_set_aside"), 0)
            connection.execute(t.load_run.insert().values(source="x", layout="own", **times, **counts))
    engine.dispose()


@pytest.mark.parametrize("looked", [True, False])
def test_after_a_backup_was_put_back_the_same_number_is_another_version(sample_copy, monkeypatch, looked):
    monkeypatch.setattr(stores, "LOOK_AGAIN", 0.0)
    path = Path(sample_copy.removeprefix("sqlite:///"))
    with create_engine(sample_copy).begin() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    backup = path.read_bytes()
    running, first = _answer(sample_copy)
    _changed(sample_copy, 2)  # a bad load: version 2
    bad = _of(running)
    assert bad != first
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    path.write_bytes(backup)
    if looked:
        assert _of(running) == first
    _changed(sample_copy, 3)  # the right load: version 2 again
    right = _answer(sample_copy, counter="sql")[1]
    assert right not in (bad, first)
    assert _of(running) == right
    assert _answer(sample_copy)[1] == right


def test_after_a_load_a_start_reads_only_what_moved(sample_copy):
    _answer(sample_copy)
    _changed(sample_copy, 2, load=True)
    assert _asked_again(sample_copy)[0] == 1


def test_what_another_process_is_writing_stays(sample_copy, folder):
    _answer(sample_copy)
    writing, left = (folder / f"fact_case_state-2-{letter * 32}.i1.npy" for letter in "ab")
    for path in (writing, left, folder / f"{'c' * 32}.unfinished"):
        path.write_bytes(b"half")
    for path in (left, folder / f"{'c' * 32}.unfinished"):
        os.utime(path, (0, 0))  # since 1970
    _changed(sample_copy, 2)
    _answer(sample_copy)
    assert writing.exists()
    assert not left.exists()
    assert not list(folder.glob("*.unfinished"))


def test_where_nothing_can_be_written_they_stay_in_memory(sample_copy, folder, caplog):
    folder.write_text("a file where the folder should be")
    store, answer = _answer(sample_copy)
    assert "Arrays stay in memory" in caplog.text
    assert answer == _answer(sample_copy, arrays="memory")[1]
    assert store.counter.shelf.files is None


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights in another way")
def test_a_folder_that_others_can_write_is_not_used(sample_copy, folder, caplog):
    folder.mkdir()
    folder.chmod(0o777)
    _answer(sample_copy)
    assert "others can write to it" in caplog.text
    assert not list(folder.iterdir())


def test_where_they_are_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    address = "postgresql://viewer:{}@server/service"
    places = {folder_of(address.format(word)) for word in ("secret", "changed")}
    assert len(places) == 1  # a new password is no other database
    (place,) = places
    assert place.parent == tmp_path / "caselight"
    assert "secret" not in str(place)
    assert folder_of("sqlite:///a.sqlite", str(tmp_path / "x")) != folder_of("sqlite:///b.sqlite", str(tmp_path / "x"))
    assert folder_of("sqlite:///a.sqlite", "memory") is None


def test_the_database_counts_when_it_is_asked_to(sample_copy, folder):
    _, counted = _answer(sample_copy, counter="sql")
    assert not folder.exists()
    assert counted == _answer(sample_copy)[1]
    with pytest.raises(da.CaselightError, match="no counter called"):
        da.connect(sample_copy, counter="abacus")


def test_a_database_of_the_version_before_is_told_in_words(sample_copy):
    _write(sample_copy, "ALTER TABLE data_version DROP COLUMN stamp")
    with pytest.raises(da.CaselightError, match=r"data_version.stamp is missing.* brings older tables up"):
        da.connect(sample_copy)
