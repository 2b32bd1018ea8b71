"""The gate before every cell."""

import datetime as dt
from decimal import Decimal
from enum import Enum
from uuid import UUID

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.workbook.cells import LONGEST, NOT_AVAILABLE, clean_cell
from dashboard.workbook.writing import put


class Colour(Enum):
    BLUE = "blue"


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        (None, NOT_AVAILABLE),
        ("", NOT_AVAILABLE),
        (" \n", NOT_AVAILABLE),
        ("\x00", NOT_AVAILABLE),
        (float("nan"), NOT_AVAILABLE),
        (float("inf"), NOT_AVAILABLE),
        (np.float64("nan"), NOT_AVAILABLE),
        (pd.NaT, NOT_AVAILABLE),
        (pd.NA, NOT_AVAILABLE),
        (np.datetime64("NaT"), NOT_AVAILABLE),
        (Decimal("NaN"), NOT_AVAILABLE),
        (True, "Yes"),
        (np.bool_(False), "No"),
        (np.int64(7), 7),
        (np.float64(0.25), 0.25),
        (Decimal("1.5"), 1.5),
        (0, 0),
        (123456789012345678, "123456789012345678"),
        (999_999_999_999_999, 999_999_999_999_999),
        ("=1+1", "=1+1"),
        ("#N/A", "#N/A"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x07b\ufffe\ud800", "ab"),
        ("_x000D_", "_x005F_x000D_"),
        ("_x0041_x0042_", "_x005F_x0041_x005F_x0042_"),
        ("_xylo_", "_xylo_"),
        (Colour.BLUE, "blue"),
        (UUID(int=0), "00000000-0000-0000-0000-000000000000"),
        (dt.date(2026, 11, 15), dt.date(2026, 11, 15)),
        (dt.date(1900, 1, 1), "1900-01-01"),
        (pd.Timestamp("2026-11-15"), dt.date(2026, 11, 15)),
        (np.datetime64("2026-11-15"), dt.date(2026, 11, 15)),
        (dt.datetime(2026, 11, 15, 9, 30, 0, 999), dt.datetime(2026, 11, 15, 9, 30)),
        # 23:30 UTC in July is half past midnight in London, the day after.
        (dt.datetime(2026, 7, 1, 23, 30, tzinfo=dt.UTC), dt.datetime(2026, 7, 2, 0, 30)),
        (pd.Timestamp("2026-07-01 23:00", tz="UTC"), dt.date(2026, 7, 2)),
    ],
    ids=repr,
)
def test_what_a_value_becomes(given_, expected):
    cleaned = clean_cell(given_)
    assert cleaned == expected
    assert type(cleaned) is type(expected)


def test_a_text_too_long_for_a_cell_is_shortened_where_everybody_sees_it():
    for text in ("x" * 40_000, "_x0041_" * 8_000):
        cleaned = clean_cell(text)
        assert len(cleaned) <= LONGEST
        assert cleaned.endswith("[shortened]")
    assert clean_cell("x" * LONGEST) == "x" * LONGEST


@pytest.mark.parametrize("text", ["=1+1", "=cmd|' /C calc'!A0", "#N/A", "#REF!", "+1", "-1", "@SUM(1)", "12", "TRUE"])
def test_text_is_written_as_text(text):
    cell = openpyxl.Workbook().active.cell(1, 1)
    put(cell, text)
    assert (cell.data_type, cell.value) == ("s", text)


@given(st.text(max_size=40) | st.integers() | st.floats() | st.dates() | st.datetimes() | st.booleans() | st.none())
def test_everything_can_be_written(value):
    cell = openpyxl.Workbook().active.cell(1, 1)
    put(cell, value)
    assert cell.value is not None
    assert cell.data_type in "snd"
