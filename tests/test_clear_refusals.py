"""What a question or an address that cannot be used is told, and that nothing is counted or lost in silence."""

import os
import stat
from datetime import date
from pathlib import Path

import pytest

import data_access as da
from dashboard.cli import main
from data_access.database import writer
from data_access.migrate import upgrade
from data_access.worked_examples import write_rows

CASE = {"cases": [{"source_id": "a", "opened_on": date(2026, 1, 5)}]}
FIRST, UNTIL = date(2026, 3, 2), date(2026, 4, 6)


@pytest.fixture
def store(tmp_path):
    """Two forces with one case each; both call their only team T1."""
    engine = writer(f"sqlite:///{tmp_path}/two.sqlite")
    upgrade(engine)
    with engine.begin() as connection:
        for number, code in ((1, "A"), (2, "B")):
            write_rows(connection, CASE, date(2026, 3, 29), number, code)
    return da.Store(engine)


def value(store, **asked) -> float:
    reports = store.reports(da.Scope.local(("A", "B"), "service_manager"))
    frame = reports.frame("open_cases", da.Slice(("A", "B"), FIRST, UNTIL, "whole", **asked))
    return frame["value"].iloc[0]


@pytest.mark.parametrize("asked", [{"levels": ("hihg",)}, {"sources": ("nobody",)}, {"teams": ("T9",)}])
def test_a_filter_that_does_not_exist_counts_nothing_in_silence(store, asked):
    with pytest.raises(da.UnknownName):
        value(store, **asked)


def test_a_team_code_of_two_forces_can_be_told_apart(store):
    assert value(store, teams=("T1",)) == 2
    assert value(store, teams=("A/T1",)) == 1


def test_somebody_bound_to_a_team_sees_no_more_with_the_force_before_its_code(store):
    bound = da.Scope("somebody", "supervisor", frozenset({"A"}), frozenset({"T1"}))
    frame = store.reports(bound).frame("open_cases", da.Slice(("A", "B"), FIRST, UNTIL, "whole"))
    assert frame["value"].tolist() == [1]


def test_an_as_of_after_the_data_is_said_beside_the_figure(store):
    reports = store.reports(da.Scope.local(("A",), "service_manager"))
    asked = da.Slice(("A",), date(2026, 3, 23), UNTIL, as_of=date(2026, 12, 31))
    assert reports.frame("open_cases", asked)["note"].tolist() == [
        "",
        "A: the data themselves end on 2026-03-29",
    ]


def test_a_list_beyond_the_data_is_empty_as_its_figure_is(store):
    reports = store.reports(da.Scope.local(("A",), "service_manager"))
    beyond = da.Slice(("A",), date(2026, 6, 1), date(2026, 7, 6), "whole")
    assert reports.rows("open_cases", beyond).total == 0
    assert reports.frame("open_cases", beyond)["value"].isna().all()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")
def test_a_new_database_is_readable_by_its_owner_only(tmp_path):
    path = tmp_path / "new.sqlite"
    upgrade(writer(f"sqlite:///{path}"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_is_no_database_is_said_and_left_alone(tmp_path, capsys):
    path = tmp_path / "letter.txt"
    path.write_text("dear all", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["demo", "--database", f"sqlite:///{path}"])
    assert ended.value.code == 1
    assert "it is no database" in capsys.readouterr().err
    assert Path(path).read_text(encoding="utf-8") == "dear all"
