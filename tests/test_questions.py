"""What may be asked and by whom: scopes, refusals, and that nobody's rows show in another's figures."""

import itertools
import random
import shutil
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from sqlite3 import connect

import pandas as pd
import pytest

import data_access as da
from data_access import worked_examples
from data_access.database import writer
from data_access.errors import Refused
from data_access.migrate import upgrade
from data_access.tally import Shapes, told_apart
from data_access.worklists import LISTS

FORCES = ("EAST", "NORTH", "WEST")
ALL = da.Slice(FORCES, date(2026, 6, 3), date(2026, 11, 25), "month")
FIGURES = ["numerator", "denominator", "value", "lower", "upper", "n", "note"]
TABLES = ("cases", "contacts", "risk_assessments", "forces", "teams", "advocates", "events")
every_measure = pytest.mark.parametrize("measure", list(da.MEASURES))


def _scope(forces=FORCES, teams=None) -> da.Scope:
    return da.Scope("somebody", "service_manager", frozenset(forces), None if teams is None else frozenset(teams))


@pytest.fixture(scope="module")
def reports(sample_store):
    """An analyst's reports over the three forces."""
    return sample_store.reports(_scope())


@every_measure
def test_no_force_asked_gives_an_empty_frame_with_the_types_of_a_full_one(measure, reports):
    # Levels at intake are refused for forces whose thresholds differ: there one force stands for all.
    some = ALL.having(forces=("NORTH",)) if measure == "level_at_intake_by_force" else ALL
    for by in ((), da.MEASURES[measure].by):
        full = reports.frame(measure, some, by)
        empty = reports.frame(measure, ALL.having(forces=()), by)
        assert len(full)
        assert empty.empty
        assert empty.dtypes.astype(str).to_dict() == full.dtypes.astype(str).to_dict()
        assert list(empty.columns) == list(full.columns)
        assert set(FIGURES) <= set(empty.columns)


def test_tables_and_lists_have_their_types_when_they_are_empty(reports):
    for name in ("cases", "contacts", "risk_assessments"):
        full, empty = reports.table(name, ALL), reports.table(name, ALL.having(forces=()))
        assert len(full)
        assert empty.empty
        assert empty.dtypes.astype(str).to_dict() == full.dtypes.astype(str).to_dict(), name
    full, empty = reports.rows("open_cases", ALL), reports.rows("open_cases", ALL.having(forces=()))
    assert (empty.total, empty.pages, len(empty.frame)) == (0, 1, 0)
    assert empty.frame.dtypes.astype(str).to_dict() == full.frame.dtypes.astype(str).to_dict()


@every_measure
def test_a_force_outside_the_scope_is_as_one_that_does_not_exist(measure, sample_store):
    mine = sample_store.reports(_scope(("EAST",)))
    asked = mine.frame(measure, ALL, ("force",))
    assert asked["force"].unique().tolist() == ["EAST"]
    for others in (("EAST",), ("EAST", "NOWHERE")):
        assert asked.equals(mine.frame(measure, ALL.having(forces=others), ("force",)))
    foreign, nowhere = (mine.frame(measure, ALL.having(forces=(code,))) for code in ("NORTH", "NOWHERE"))
    assert foreign.empty
    assert foreign.equals(nowhere)


def test_lists_and_tables_of_a_force_outside_the_scope_are_empty(sample_store):
    mine = sample_store.reports(_scope(("EAST",)))
    for name in LISTS:
        assert mine.rows(name, ALL.having(forces=("NORTH",))).total == 0, name
        listed = mine.rows(name, ALL, da.Page(1, 500)).frame
        assert set(listed["force"]) <= {"EAST"}, name
    for name in TABLES:
        assert set(mine.table(name, ALL)["force"]) <= {"EAST"}, name
    for name in ("cases", "contacts", "risk_assessments"):
        assert mine.table(name, ALL.having(forces=("NORTH",))).empty, name


@every_measure
def test_an_empty_scope_sees_nothing(measure, sample_store):
    nobody = sample_store.reports(_scope(()))
    assert nobody.frame(measure, ALL).empty
    for name in TABLES:
        assert nobody.table(name, ALL).empty, name


@pytest.mark.parametrize(
    ("ask", "nearest"),
    [
        (lambda r: r.frame("open_case", ALL), "open_cases"),
        (lambda r: r.frame("open_cases", ALL, ("levels",)), "level"),
        (lambda r: r.frame("open_cases", ALL.having(levels=("hihg",))), "high"),
        (lambda r: r.frame("open_cases", ALL.having(sources=("polize",))), "police"),
        (lambda r: r.frame("open_cases", ALL.having(teams=("NORTH-CITI",))), "NORTH-CITY"),
        (lambda r: r.frame("open_cases", ALL.having(advocates=("ADV-031",))), "ADV-31"),
        (lambda r: r.rows("open_case", ALL), "open_cases"),
        (lambda r: r.table("contact", ALL), "contacts"),
        (lambda _: ALL.having(grain="weeks"), "week"),
    ],
    ids=["measure", "key", "level", "source", "team", "advocate", "list", "table", "grain"],
)
def test_an_unknown_name_is_refused_with_the_nearest(ask, nearest, reports):
    with pytest.raises(da.UnknownName, match=f"Did you mean '{nearest}'"):
        ask(reports)


def test_a_name_outside_the_scope_is_not_told(sample_store):
    mine = sample_store.reports(_scope(("EAST",)))
    for filters in ({"teams": ("NORTH-CITY",)}, {"advocates": ("ADV-31",)}):
        with pytest.raises(da.UnknownName) as refused:
            mine.frame("open_cases", ALL.having(**filters))
        known = str(refused.value).partition("Known:")[2]
        assert "NORTH" not in known
        assert "ADV-31" not in known


def test_an_empty_period_is_refused():
    with pytest.raises(da.CaselightError, match="The period is empty"):
        da.Slice(FORCES, date(2026, 1, 5), date(2026, 1, 5))


@every_measure
def test_a_scope_of_teams_is_the_filter_on_those_teams(measure, sample_store, reports):
    bound = sample_store.reports(_scope(teams=("NORTH-CITY",)))
    try:
        wanted = reports.frame(measure, ALL.having(forces=("NORTH",), teams=("NORTH-CITY",)))
    except da.Refused:
        with pytest.raises(da.Refused, match="not told for a team"):  # a count of nothing would look like a true zero
            bound.frame(measure, ALL.having(forces=("NORTH",)))
    else:
        pd.testing.assert_frame_equal(bound.frame(measure, ALL.having(forces=("NORTH",))), wanted)
    with pytest.raises(da.UnknownName):
        bound.frame(measure, ALL.having(teams=("NORTH-VALLEY",)))


def test_a_scope_of_teams_holds_for_lists_and_tables(sample_store):
    bound = sample_store.reports(_scope(teams=("NORTH-CITY",)))
    for name in LISTS:
        if name == "undecided":
            with pytest.raises(da.Refused, match="undecided has no team"):
                bound.rows(name, ALL)
            continue
        listed = bound.rows(name, ALL, da.Page(1, 500)).frame
        assert set(listed["team"]) <= {"NORTH-CITY"}, name
    assert bound.table("teams", ALL)["team"].tolist() == ["NORTH-CITY"]
    assert set(bound.table("advocates", ALL)["team"]) == {"NORTH-CITY"}
    assert set(bound.table("cases", ALL)["team"]) == {"NORTH-CITY"}
    shown = set(bound.table("cases", ALL.having(first=date(2020, 1, 1)))["case_ref"])
    everything = sample_store.reports(_scope()).table("cases", ALL.having(first=date(2020, 1, 1)))
    assert shown < set(everything["case_ref"])


def _answer(reports: da.Reports, measure: str, *asked) -> tuple | str:
    """A frame as plain data, or the sentence of the refusal."""
    try:
        frame = reports.frame(measure, *asked)
    except da.Refused as refusal:
        return str(refusal)
    return tuple(frame.columns), frame.astype(str).to_numpy().tolist()


def test_answers_kept_for_one_scope_do_not_reach_another(sample_url):
    """One store, asked in turn by different people: each gets what a store of their own would say."""
    shared = da.connect(sample_url)
    scopes = [_scope(), _scope(("EAST",)), _scope(("NORTH",)), _scope(teams=("NORTH-CITY",)), _scope(()), _scope()]
    for measure in da.MEASURES:
        for scope in scopes:
            alone = _answer(da.connect(sample_url).reports(scope), measure, ALL)
            assert _answer(shared.reports(scope), measure, ALL) == alone, (measure, scope)
    for scope in scopes:
        rows, alone = (store.reports(scope).rows("open_cases", ALL) for store in (shared, da.connect(sample_url)))
        assert rows.total == alone.total
        assert rows.frame.equals(alone.frame)


@pytest.fixture(scope="module")
def without(sample_url, tmp_path_factory):
    """The sample without every row of one force, by the force's code."""
    original = Path(sample_url.removeprefix("sqlite:///"))
    found = {}
    for code in FORCES:
        copy = tmp_path_factory.mktemp("without") / f"{code}.sqlite"
        shutil.copy(original, copy)
        with closing(connect(copy)) as connection:
            (force_id,) = connection.execute("SELECT force_id FROM force WHERE code = ?", (code,)).fetchone()
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for name in names:
                columns = {row[1] for row in connection.execute(f'PRAGMA table_info("{name}")')}
                if "force_id" in columns:
                    connection.execute(f'DELETE FROM "{name}" WHERE force_id = ?', (force_id,))
            connection.commit()
        found[code] = da.connect(f"sqlite:///{copy.as_posix()}")
    return found


def test_rows_of_a_foreign_force_change_nothing_for_fifteen_scopes(sample_store, without):
    draw = random.Random(7)
    for _ in range(15):
        gone = draw.choice(FORCES)
        mine = draw.sample([code for code in FORCES if code != gone], draw.randint(1, 2))
        scope = _scope(mine, draw.choice((None, None, ("NORTH-CITY", "EAST-ONE"))))
        first = date(2025, 2, 1) + timedelta(days=draw.randrange(500))
        slice_ = da.Slice(FORCES, first, first + timedelta(days=draw.randint(20, 160)), draw.choice(("week", "month")))
        before, after = sample_store.reports(scope), without[gone].reports(scope)
        for measure in draw.sample(list(da.MEASURES), 5):
            keys = [key for key in ("force", "team", "advocate") if key in da.MEASURES[measure].keys]
            by = draw.choice([(), *((key,) for key in keys)])
            ours, theirs = (_answer(asked, measure, slice_, by) for asked in (before, after))
            assert ours == theirs, (scope, measure, slice_)
        for name in draw.sample(list(LISTS), 3):
            ours, theirs = before.rows(name, slice_), after.rows(name, slice_)
            assert (ours.total, ours.frame.to_dict()) == (theirs.total, theirs.frame.to_dict()), (scope, name)
        for name in ("forces", "teams", "advocates", "events", draw.choice(("cases", "risk_assessments"))):
            assert before.table(name, slice_).equals(after.table(name, slice_)), (scope, name)


MONDAY = date(2026, 1, 5)


def _force(code: str) -> dict:
    return {
        "advocate": [{"code": "ADV-1", "started_on": MONDAY}, {"code": code, "started_on": MONDAY}],
        "advocate_fte": [{"advocate": c, "since": MONDAY, "fte_hundredths": 100} for c in ("ADV-1", code)],
        "cases": [{"source_id": name, "opened_on": MONDAY} for name in "abc"],
        "allocation": [
            {"source_id": name, "case": name, "advocate": c, "since": MONDAY}
            for name, c in zip("abc", ("ADV-1", "ADV-1", code), strict=True)
        ],
    }


@pytest.fixture
def alike(tmp_path):
    """Two forces that use the same codes, and an advocate "X/ADV-1" whose code ends like another's."""
    url = f"sqlite:///{(tmp_path / 'alike.sqlite').as_posix()}"
    engine = writer(url)
    upgrade(engine)
    with engine.begin() as connection:
        worked_examples.write_rows(connection, _force("X/ADV-1"), date(2026, 5, 31), 1, "ONE")
        worked_examples.write_rows(connection, _force("ADV-2"), date(2026, 5, 31), 2, "TWO")
    engine.dispose()
    return da.connect(url)


def test_advocates_of_one_code_in_two_forces_stay_two(alike):
    both = da.Slice(("ONE", "TWO"), MONDAY, date(2026, 1, 12))
    frame = alike.reports(_scope(both.forces)).frame("open_cases", both, ("advocate",))
    held = dict(zip(frame["advocate"], frame["numerator"], strict=True))
    assert {name: n for name, n in held.items() if n} == {"ONE/ADV-1": 2, "TWO/ADV-1": 2, "X/ADV-1": 1, "ADV-2": 1}
    by_force = alike.reports(_scope(both.forces)).frame("cases_per_fte", both, ("force", "team"))
    assert [tuple(row) for row in by_force[["force", "team", "numerator"]].to_numpy()] == [
        ("ONE", "ONE/T1", 3),
        ("TWO", "TWO/T1", 3),
    ]


def test_a_code_that_ends_like_another_is_not_taken_for_it(alike):
    one = da.Slice(("ONE",), MONDAY, date(2026, 1, 12), advocates=("ADV-1",))
    frame = alike.reports(_scope(("ONE",))).frame("open_cases", one)
    assert frame["numerator"].tolist() == [2]


def test_questions_are_told_apart_as_their_statements_and_values_are(sample_store):
    """The key of an answer, against the words of the statement and its values: a wrong one gives another's rows."""
    keys, statements, shapes = {}, {}, Shapes(10_000)
    for forces, until, levels in itertools.product(
        (FORCES, FORCES[:1]), (ALL.until, date(2026, 8, 31)), ((), ("high",))
    ):
        slice_ = ALL.having(forces=forces, until=until, levels=levels)
        question = sample_store.reports(_scope())._question(slice_, ())
        for listing in LISTS.values():
            try:
                rows = listing.rows(question)
            except Refused:  # of a referral nobody has assessed the risk yet
                continue
            for select in (rows, rows.limit(3)):
                compiled = select.compile(sample_store.counter.engine)
                statement = str(compiled), repr(sorted(compiled.params.items()))
                parts, values = told_apart(select)
                key = shapes.number(parts), values
                assert keys.setdefault(key, statement) == statement
                assert statements.setdefault(statement, key) == key
    assert len(keys) == len(statements) > 400


def test_a_shape_keeps_its_number_until_it_is_forgotten_and_none_has_two():
    shapes = Shapes(3)
    asked = (["SELECT", "a"], ["SELECT", "b"], ["a", "SELECT"])  # the order of the parts is part of a shape
    numbers = [shapes.number(parts) for parts in asked]
    assert len(set(numbers)) == 3
    assert [shapes.number(parts) for parts in asked] == numbers
    for _ in range(5):  # one more than there is room for: all are forgotten
        numbers.append(shapes.number([f"another {len(numbers)}"]))
        again = [shapes.number(parts) for parts in asked]
        assert not set(again) & set(numbers), "answers are kept under the number of a forgotten shape"
        numbers += again
    assert len(set(numbers)) == len(numbers)
