"""Expressions over arrays mean what they mean in a database, worked out by hand and asked of SQLite."""

import numpy as np
import pytest
from sqlalchemy import Integer, and_, between, case, create_engine, exists, false, func, literal, or_, select, true
from sqlalchemy import type_coerce as coerce

from data_access import facts
from data_access.arrays.asked import asked
from data_access.arrays.evaluate import holds, value
from data_access.arrays.terms import NotEvaluated, ReadsElsewhere, for_force, term
from data_access.tally import Tally

FACT = facts.post
C = FACT.c
ROWS = {
    "team_id": np.array([0, 7, 7, 9], np.int8),
    "since": np.array([20_000, 20_003, 20_004, 30_000], np.int16),
    "until": np.array([20_003, 2_932_896, 20_011, 2_932_896], np.int32),
    "fte": np.array([100, 50, 80, -3], np.int8),
    "supervises": np.array([0, 1, 2, 0], np.int8),
}


@pytest.mark.parametrize(
    ("expression", "rows"),
    [
        (C.team_id == 7, [0, 1, 1, 0]),
        (C.team_id != 7, [1, 0, 0, 1]),
        (C.since < 20_004, [1, 1, 0, 0]),
        (C.since <= 20_003, [1, 1, 0, 0]),
        (C.until > 20_003, [0, 1, 1, 1]),
        (C.since >= 100_000, [0, 0, 0, 0]),  # no number of 16 bits is as large
        (C.since < C.until, [1, 1, 1, 1]),
        (C.team_id.in_([0, 9]), [1, 0, 0, 1]),
        (C.team_id.in_([1, 2, 3, 4, 9]), [0, 0, 0, 1]),
        (C.team_id.in_([]), False),
        (C.team_id.not_in([0, 9]), [0, 1, 1, 0]),
        (C.team_id.not_in([]), True),
        (and_(C.team_id == 7, C.supervises == 1), [0, 1, 0, 0]),
        (or_(false(), and_(C.team_id == 7, C.supervises == 1), C.fte < 0), [0, 1, 0, 1]),
        (~or_(C.team_id == 7, C.fte < 0), [1, 0, 0, 0]),
        (between(C.fte, 50, 80), [0, 1, 1, 0]),
        (~between(C.fte, 50, 80), [1, 0, 0, 1]),
        (true(), True),
        (or_(False), False),
        (C.until - C.since <= 7, [1, 0, 1, 0]),
    ],
)
def test_conditions(expression, rows):
    found = holds(term(expression, FACT), ROWS)
    assert found == rows if isinstance(rows, bool) else found.astype(int).tolist() == rows


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        (C.fte + 28, [128, 78, 108, 25]),  # more than the 8 bits of the column hold
        (C.since * 1000, [20_000_000, 20_003_000, 20_004_000, 30_000_000]),
        (C.since + 1 + 2, [20_003, 20_006, 20_007, 30_003]),
        ((C.since + 3) % 7, [4, 0, 1, 1]),  # 20,007 = 7 * 2,858 + 1
        (C.fte % 7, [2, 1, 3, -3]),  # the sign of what is divided
        (case((C.team_id == 7, 1), else_=0), [0, 1, 1, 0]),
        (case((C.fte > 60, 1), (C.fte > 40, 2), else_=C.team_id), [1, 2, 1, 9]),
        (case({0: 5, 2: 6}, value=C.supervises, else_=4), [5, 4, 6, 5]),
        (case((C.fte > 60, 2_932_896), else_=C.supervises), [2_932_896, 1, 2_932_896, 0]),  # beside a column of 8 bits
        (case((C.fte > 60, C.supervises), else_=-70_000), [0, -70_000, 2, -70_000]),
        (case((C.fte > 60, 200), else_=C.supervises), [200, 1, 200, 0]),
        (coerce(C.since, Integer) - 20_000, [0, 3, 4, 10_000]),
        (C.team_id.label("somebody"), [0, 7, 7, 9]),
    ],
)
def test_numbers(expression, values):
    assert value(term(expression, FACT), ROWS).tolist() == values
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        FACT.create(connection)
        rows = [{name: int(ROWS[name][i]) for name in ROWS} for i in range(4)]
        connection.execute(FACT.insert(), [{"force_id": 1, "advocate_id": 1, **row} for row in rows])
        assert connection.execute(select(expression).select_from(FACT)).scalars().all() == values
    engine.dispose()


def test_a_number_stays_a_number():
    assert value(term(literal(3), FACT), ROWS) == 3


@pytest.mark.parametrize(
    ("expression", "met"),
    [
        (func.abs(C.fte), "abs"),
        (C.fte / 2, "truediv"),
        (C.fte // 2, "floordiv"),
        (C.fte.is_(None), "is_"),
        (C.fte % C.supervises, "mod"),
        (C.fte == "x", "BindParameter"),
        (case((C.fte > 1, 1)), "CASE without ELSE"),
        (between(C.fte, 80, 50, symmetric=True), "between"),
        ((C.fte > 1) == (C.team_id > 1), "a condition where a number is needed"),
        (C.fte == true(), "a condition where a number is needed"),
        (and_(C.fte > 1, C.team_id), "a number where a condition is needed"),
        (case((C.fte, 1), else_=2), "a number where a condition is needed"),
        (case((C.fte > 1, C.team_id > 1), else_=2), "a condition where a number is needed"),
    ],
)
def test_anything_else_is_refused_by_name(expression, met):
    with pytest.raises(NotEvaluated, match=met):
        term(expression, FACT)


@pytest.mark.parametrize(
    ("tally", "met"),
    [
        (Tally(FACT, (("post", C.fte > 0),), (), None), "a condition"),
        (Tally(FACT, (), (C.fte,), None), "a number"),
        (Tally(FACT, (), (literal(1),), None), "a number"),
        (Tally(FACT, (), (), C.since > 1), "a condition"),
        (Tally(FACT, (), (), None, 0, C.fte > 1), "a condition"),
    ],
)
def test_a_tally_s_parts_are_numbers_or_conditions_as_they_must(tally, met):
    with pytest.raises(NotEvaluated, match=met):
        asked(tally)


@pytest.mark.parametrize(
    "expression",
    [
        facts.case_state.c.level == 1,
        C.team_id.in_(select(facts.case_state.c.team_id)),
        exists().where(facts.case_state.c.team_id == C.team_id),
        select(facts.case_state.c.level).scalar_subquery() == C.fte,
        facts.case_state.c.case_id.is_not(None),
        FACT.alias("other").c.fte == 1,
    ],
)
def test_another_table_is_left_to_the_database(expression):
    with pytest.raises(ReadsElsewhere):
        term(expression, FACT)


def test_each_force_has_its_own_limit():
    limits = {1: 20_003, 2: 20_004}
    by_force = or_(false(), *(and_(C.force_id == force, C.since <= limit) for force, limit in limits.items()))
    for force, limit in limits.items():
        assert for_force(term(by_force, FACT), force) == ("<=", ("column", "since"), limit)
        assert for_force(term(~by_force, FACT), force) == (">", ("column", "since"), limit)
    assert for_force(term(by_force, FACT), 3) == ("false",)
    assert for_force(term(~by_force, FACT), 3) == ("true",)
    assert for_force(term(C.force_id.in_([1, 2]), FACT), 2) == ("true",)
    assert for_force(term(case((C.force_id == 1, 10), else_=20), FACT), 1) == 10


@pytest.mark.parametrize(
    ("expression", "two"),
    [
        (C.force_id * 10 + 3, 23),
        ((0 - C.force_id) % 5, -2),  # the sign of what is divided
        (C.force_id - 7, -5),
        (case((C.force_id == 1, 0), (C.force_id == 2, 8), (C.fte > 1, 9), else_=1), 8),
        (case((C.force_id == 1, C.fte), else_=C.force_id), 2),
        ((C.force_id + 0).in_([1, 2, 5, 6, 7]), ("true",)),
        (case((C.force_id == 1, 9), else_=4).in_([5, 6, 7, 8, 9]), ("false",)),
        (case((C.force_id == 1, 0), (C.fte > 1, 9), else_=1), ("case", (((">", ("column", "fte"), 1), 9),), 1)),
    ],
)
def test_what_is_the_same_for_every_row_of_a_force_is_worked_out(expression, two):
    assert for_force(term(expression, FACT), 2) == two
