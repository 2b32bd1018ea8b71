"""Text that is split many rows at a time says what the csv module says row by row."""

import csv
import io
from itertools import chain

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data_access.errors import CaselightError
from data_access.ingest import separated
from data_access.ingest.reading import BadRow, csv_sheet
from data_access.ingest.separated import columns_of, pieces, records_of

HEADER = "one,two,three\n"
# Few signs, so that line ends, quotation marks and commas often stand beside each other.
TEXTS = st.text(st.sampled_from('ab ,\n\r"\x00\x0b\x1c\x85\u2028é'), max_size=60)
PLAIN = st.lists(
    st.lists(st.text(st.sampled_from("ab é\x0b\x1c\x85\u2028"), max_size=4), min_size=2, max_size=4)
    | st.just(["a", "b", "c"]),
    max_size=12,
).map(lambda rows: "\n".join(map(",".join, rows)))


def told(rows):
    return [(number, str(cells) if isinstance(cells, BadRow) else tuple(cells)) for number, cells in rows]


@settings(max_examples=400, deadline=None)
@given(TEXTS | PLAIN, st.integers(1, 40))
@example("a,b,c\r\nd,e,f\r\n", 6)  # a piece ends between the two signs of a line end
@example('a,"b\n\nb",c\nd,e,f\n', 3)  # a cell goes on in the next piece
@example("a,b,c\n,,\n\nd,e,f", 1 << 16)
@example("\na", 1)  # as many cells as one row of three
@example("a,b\nc,d,e,f\n", 1 << 16)  # together as many cells as two rows of three
def test_pieces_of_any_size_hold_the_rows_of_the_csv_module(read_at_once, text, size):
    read_at_once(size)
    sheet = csv_sheet("a.csv", lambda: io.BytesIO((HEADER + text).encode()))
    assert said(lambda: of_blocks(sheet)) == said(lambda: told(sheet.rows()))


def of_blocks(sheet):
    found: list = []
    for block in sheet.blocks():
        found.extend(told(zip(block.numbers, zip(*block.columns, strict=True), strict=True)))
        found.extend(told(block.bad))
    return sorted(found)


def said(reading):
    """What a reading gives, or why it gives nothing."""
    try:
        return reading()
    except CaselightError as error:
        return str(error)


@pytest.fixture(scope="module")
def read_at_once():
    before = separated.AT_ONCE

    def becomes(size):
        separated.AT_ONCE = size

    yield becomes
    separated.AT_ONCE = before


@pytest.mark.parametrize(
    ("piece", "columns"),
    [
        ("a,b\nc,d\n", [["a", "c"], ["b", "d"]]),
        ("a,b\r\nc,d", [["a", "c"], ["b", "d"]]),
        (",b\nc,\n", [["", "c"], ["b", ""]]),
        ('a,"b"\n', None),
        ("a,b\rc,d\n", None),
        ("a,b\n\nc,d\n", None),
        ("a,b\n,\n", None),
        ("a\nb,c,d\n", None),
        ("a,b,c\n", None),
    ],
)
def test_what_is_split_and_what_is_left_to_the_csv_module(piece, columns):
    assert columns_of(piece, 2) == columns


def test_a_cell_longer_than_the_csv_module_takes_is_left_to_it():
    longest = csv.field_size_limit()
    assert columns_of("a" * longest + ",b\n", 2) is None
    assert columns_of("a" * (longest // 2) + ",b\n", 2) == [["a" * (longest // 2)], ["b"]]


def test_one_column():
    assert columns_of("a\nb\n", 1) == [["a", "b"]]
    assert columns_of("a\n\nb\n", 1) is None


def test_a_record_takes_of_the_following_lines_what_belongs_to_it():
    following = iter(["c\n", 'd",e\n', "f,g\n"])
    assert list(records_of('a,"b\n', following)) == [["a", "b\nc\nd", "e"]]
    assert list(following) == ["f,g\n"]


def test_pieces_end_where_lines_end(read_at_once):
    read_at_once(4)
    text = "ab\r\ncd\nefgh\nij"
    found = list(pieces(io.StringIO(text, newline="")))
    assert list(chain.from_iterable(found)) == list(text)
    assert found == ["ab\r\ncd\n", "efgh\n", "ij"]
