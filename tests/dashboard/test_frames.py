"""Frames read row by row."""

import pandas as pd

from dashboard.frames import bare, each

FRAME = pd.DataFrame({
    "force": pd.array(["NORTH", "WEST"], dtype="str"), "rows": pd.array([3, None], dtype="Int64"),
    "on_day": pd.to_datetime(["2026-11-16", None]), "class": [0.5, 1.0],
})  # fmt: skip
FRAME.attrs = {"measure": "open_cases"}


def test_rows_are_those_that_pandas_gives():
    ours, theirs = list(each(FRAME)), list(FRAME.itertuples(index=False))
    assert [row._fields for row in ours] == [row._fields for row in theirs]
    assert str(ours) == str(theirs).replace("Pandas(", "Row(")
    assert (ours[0].force, ours[0].rows, ours[0].on_day) == ("NORTH", 3, pd.Timestamp(2026, 11, 16))
    assert ours[1].rows is pd.NA
    assert type(ours[0]) is type(next(each(FRAME)))


def test_no_rows_and_no_columns_are_nothing():
    assert list(each(FRAME.iloc[:0])) == list(each(FRAME[[]])) == []


def test_a_bare_frame_says_nothing_of_itself_and_leaves_the_frame_alone():
    assert bare(FRAME).attrs == {}
    assert FRAME.attrs == {"measure": "open_cases"}
    pd.testing.assert_frame_equal(bare(FRAME), FRAME)
