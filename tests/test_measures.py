"""A measure is tested by being defined: its worked example gives the stated answer, on every database."""

import pandas as pd
import pytest

import data_access as da
from data_access import worked_examples
from data_access.database import writer
from data_access.migrate import upgrade
from data_access.store import Store

EVERY_MEASURE = pytest.mark.parametrize("measure", da.MEASURES.values(), ids=list(da.MEASURES))


def answers(store, measure):
    example = measure.example
    reports = store.reports(da.Scope.local([worked_examples.FORCE], "service_manager"))
    asked = da.Slice((worked_examples.FORCE,), example.first, example.until, example.grain)
    frame = reports.frame(measure, asked, example.by)
    for keys, expected in example.answer.items():
        rows = frame
        if keys:
            rows = frame[frame["period_start"] == pd.Timestamp(keys[0])]
            for name, value in zip(example.by, keys[1:], strict=True):
                rows = rows[rows[name] == value]
        assert len(rows) == 1, (keys, frame)
        for column, value in expected.items():
            assert rows.iloc[0][column] == pytest.approx(value), (keys, column, example.because, frame)


@EVERY_MEASURE
def test_worked_example_gives_the_stated_answer_on_sqlite(measure, tmp_path):
    engine = writer(f"sqlite:///{tmp_path}/example.sqlite")
    upgrade(engine)
    worked_examples.write(engine, measure.example)
    answers(Store(engine), measure)


@EVERY_MEASURE
def test_worked_example_gives_the_stated_answer_on_postgresql(measure, new_postgres):
    engine = writer(new_postgres())
    upgrade(engine)
    worked_examples.write(engine, measure.example)
    answers(Store(engine), measure)
    engine.dispose()


@EVERY_MEASURE
def test_every_word_of_a_measure_is_there(measure):
    words = measure.words()
    assert all(words.values()), words
    assert measure.definition.endswith(".")
    assert measure.caution.endswith(".")
    assert set(measure.by) <= set(measure.keys)
    assert measure.changed
