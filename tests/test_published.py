"""What was published is frozen: written whole or not at all, read as it was known on a day, by those who may."""

from datetime import date, datetime

import pandas as pd
import pytest
from sqlalchemy import create_engine, event, func, select

from data_access import CaselightError, UnknownName
from data_access import tables as t
from data_access.database import viewer
from data_access.migrate import upgrade
from data_access.published import Run, as_known_on, figures_of, keys_text, last_runs, run_before, runs, write

MONDAY = date(2026, 11, 9)


def _run(**other) -> Run:
    return Run(
        **{
            "force": "NORTH",
            "recipient": "force",
            "team": "",
            "week": "2026-W46",
            "week_first_on": MONDAY,
            "made_at": datetime(2026, 11, 16, 6, 0),
            "data_version": 3,
            "as_of": date(2026, 11, 15),
            "product_version": "0.1.0",
            "file": "north.xlsx",
            "digest": "0" * 64,
            **other,
        }
    )


def _figure(**other) -> dict:
    numbers = {"numerator": 3, "denominator": 8, "value": 0.375, "lower": 0.137, "upper": 0.694, "n": 8}
    about = {"measure": "reached", "grain": "week", "keys": "", "period_start": MONDAY, "note": "read as 3 of 8"}
    return {**about, **numbers, **other}


@pytest.fixture
def url(tmp_path) -> str:
    """A database with two forces and nothing else."""
    found = f"sqlite:///{(tmp_path / 'p.sqlite').as_posix()}"
    engine = create_engine(found)
    upgrade(engine)
    with engine.begin() as connection:
        rows = [{"force_id": i, "code": code, "name": code} for i, code in enumerate(("NORTH", "EAST"), 1)]
        connection.execute(t.force.insert(), rows)
    engine.dispose()
    return found


def _counts(url: str) -> tuple[int, int]:
    with viewer(url).connect() as connection:
        tables = (t.published_run, t.published_figure)
        return tuple(connection.scalar(select(func.count()).select_from(table)) for table in tables)


def test_what_was_written_is_read_to_the_last_digit(url):
    third = 1 / 3
    given = [
        _figure(),
        _figure(measure="cases_per_fte", denominator=0.1 + 0.2, value=third, lower=None, upper=None, n=3, note=""),
        _figure(keys="level=high", numerator=None, denominator=0, value=None, lower=None, upper=None, n=0),
    ]
    assert write(url, _run(), given) == 3
    frame = as_known_on(viewer(url), "NORTH", "2026-W46")
    assert frame["measure"].tolist() == ["reached", "cases_per_fte", "reached"]
    assert frame["keys"].tolist() == ["", "", "level=high"]
    assert frame.loc[1, ["denominator", "value"]].tolist() == [0.1 + 0.2, third]
    assert frame.loc[2, ["numerator", "value"]].isna().all()
    assert frame["n"].tolist() == [8, 3, 0]
    assert frame["period_start"].tolist() == [pd.Timestamp(MONDAY)] * 3
    assert frame["note"].tolist()[:2] == ["read as 3 of 8", ""]
    assert frame.attrs["run"].file == "north.xlsx"
    only = as_known_on(viewer(url), "NORTH", "2026-W46", "cases_per_fte")
    assert only["value"].tolist() == [third]


def test_numbers_of_numpy_are_kept_as_numbers(url):
    frame = pd.DataFrame({"n": pd.array([8], dtype="Int64"), "value": [0.375]})
    row = next(frame.itertuples())
    write(url, _run(), [_figure(n=row.n, numerator=row.n, value=row.value)])
    kept = as_known_on(viewer(url), "NORTH", "2026-W46")
    assert (kept["n"].item(), kept["numerator"].item(), kept["value"].item()) == (8, 8.0, 0.375)


def test_as_known_on_is_the_last_file_up_to_the_end_of_that_day(url):
    """The second was made on 18 June at 23:30 UTC, which is half past midnight of the 19th in London."""
    write(url, _run(made_at=datetime(2026, 6, 16, 6, 0)), [_figure(value=0.1)])
    write(url, _run(made_at=datetime(2026, 6, 18, 23, 30)), [_figure(value=0.2)])

    def value(on):
        return as_known_on(viewer(url), "NORTH", "2026-W46", on=on)["value"].item()

    assert [value(date(2026, 6, day)) for day in (16, 18, 19)] == [0.1, 0.1, 0.2]
    assert value(None) == 0.2
    with pytest.raises(CaselightError, match="was published up to 2026-06-15"):
        value(date(2026, 6, 15))


def test_each_recipient_has_its_own(url):
    write(url, _run(), [_figure(value=0.1)])
    write(url, _run(recipient="team", team="T1"), [_figure(value=0.2)])
    write(url, _run(recipient="supervisor", team="T1"), [_figure(value=0.3)])
    write(url, _run(force="EAST"), [_figure(value=0.4)])
    engine = viewer(url)
    asked = [("NORTH", "force", ""), ("NORTH", "team", "T1"), ("NORTH", "supervisor", "T1"), ("EAST", "force", "")]
    values = [
        as_known_on(engine, force, "2026-W46", recipient=kind, team=team)["value"].item() for force, kind, team in asked
    ]
    assert values == [0.1, 0.2, 0.3, 0.4]
    with pytest.raises(CaselightError, match="No weekly file for team NORTH T2 and 2026-W46 was published"):
        as_known_on(engine, "NORTH", "2026-W46", recipient="team", team="T2")


def test_the_last_run_of_each_recipient_and_only_what_may_be_seen(url):
    write(url, _run(week="2026-W45", week_first_on=date(2026, 11, 2)), [_figure()])
    write(url, _run(), [_figure()])
    write(url, _run(recipient="team", team="T1"), [_figure()])
    write(url, _run(recipient="team", team="T2"), [_figure()])
    write(url, _run(force="EAST"), [_figure()])
    engine = viewer(url)
    assert [(r.force, r.recipient, r.team, r.week) for r in last_runs(engine, ["NORTH"])] == [
        ("NORTH", "force", "", "2026-W46"),
        ("NORTH", "team", "T1", "2026-W46"),
        ("NORTH", "team", "T2", "2026-W46"),
    ]
    assert [(r.force, r.team) for r in last_runs(engine, ["NORTH", "EAST"], frozenset({"T2"}))] == [("NORTH", "T2")]
    assert last_runs(engine, []) == []


def test_the_run_before_is_of_the_latest_earlier_week(url):
    weeks = (("2026-W44", date(2026, 10, 26)), ("2026-W45", date(2026, 11, 2)), ("2026-W46", MONDAY))
    for hour, (week, monday) in enumerate(weeks):
        write(url, _run(week=week, week_first_on=monday, made_at=datetime(2026, 11, 16, hour)), [_figure()])
    write(url, _run(week="2026-W45", week_first_on=weeks[1][1], made_at=datetime(2026, 11, 17), file="b"), [_figure()])
    engine = viewer(url)
    assert run_before(engine, "NORTH", "force", "", MONDAY).file == "b"  # W45, made again
    assert run_before(engine, "NORTH", "force", "", date(2026, 11, 2)).week == "2026-W44"
    assert run_before(engine, "NORTH", "force", "", date(2026, 10, 26)) is None
    assert run_before(engine, "NORTH", "team", "T1", MONDAY) is None


def test_a_run_that_fails_freezes_nothing(url):
    with pytest.raises(UnknownName, match="force called 'SOUTH'"):
        write(url, _run(force="SOUTH"), [_figure()])
    with pytest.raises(CaselightError, match="could not be frozen"):
        write(url, _run(), [_figure(), _figure(measure=None)])  # the second breaks a rule of the table
    assert _counts(url) == (0, 0)


def test_a_database_that_may_not_be_written_is_said(url):
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER read_only BEFORE INSERT ON published_figure BEGIN SELECT RAISE(ABORT, 'ADV-01'); END"
        )
    with pytest.raises(CaselightError, match="could not be frozen") as said:
        write(url, _run(), [_figure()])
    assert "ADV-01" not in str(said.value)
    assert _counts(url) == (0, 0)


def test_a_viewer_cannot_write(url):
    with viewer(url).connect() as connection, pytest.raises(Exception, match="readonly"):
        connection.execute(t.published_run.insert(), {"force_id": 1})


def test_reading_writes_nothing(url):
    write(url, _run(), [_figure()])
    engine, said = viewer(url), []
    event.listen(engine, "before_cursor_execute", lambda c, k, statement, *more: said.append(statement))
    figures_of(engine, runs(engine, ["NORTH"])[0])
    last_runs(engine, ["NORTH"])
    assert said
    assert all(statement.startswith(("SELECT", "PRAGMA")) for statement in said)


def test_a_database_of_an_older_version_has_no_runs(tmp_path):
    url = f"sqlite:///{(tmp_path / 'old.sqlite').as_posix()}"
    engine = create_engine(url)
    t.schema.create_all(engine, tables=[t.force, t.data_version])
    assert last_runs(viewer(url), ["NORTH"]) == []
    with pytest.raises(CaselightError, match="No weekly file"):
        as_known_on(viewer(url), "NORTH", "2026-W46")


def test_postgresql_keeps_the_same(postgres_url):
    engine = create_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(t.force.insert(), {"force_id": 1, "code": "NORTH", "name": "N"})
    assert write(postgres_url, _run(), [_figure(value=1 / 3), _figure(value=None)]) == 2
    reader = viewer(postgres_url)
    frame = as_known_on(reader, "NORTH", "2026-W46")
    assert frame["value"].tolist()[0] == 1 / 3
    assert frame["value"].isna().tolist() == [False, True]
    reader.dispose()
    engine.dispose()


def test_keys_are_one_text():
    assert keys_text({}) == ""
    assert keys_text({"from_level": "high", "to_level": "medium"}) == "from_level=high, to_level=medium"
