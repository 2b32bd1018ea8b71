"""Cells of CSV text, many rows at a time: split where nothing is quoted, else by the csv module."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TextIO

AT_ONCE = 1 << 16  # characters; measured on two machines: 2**14 to 2**18 are as fast, 2**19 takes twice as long


def pieces(text: TextIO) -> Iterator[str]:
    """The text in pieces that end where a line ends. Somebody may read on in the text between two of them."""
    while piece := text.read(AT_ONCE):
        yield piece + text.readline()


def columns_of(piece: str, width: int) -> Sequence[Sequence[str]] | None:
    """The columns of whole lines, as the csv module reads them; None where only that module can tell.

    That is, where something is quoted, a row is blank or not so wide, or a cell longer than the module takes.
    """
    if "\r" in piece:
        piece = piece.replace("\r\n", "\n")
    if '"' in piece or "\r" in piece or len(piece) > csv.field_size_limit():
        return None
    if not piece.endswith("\n"):
        piece += "\n"
    if "\n" + "," * (width - 1) + "\n" in "\n" + piece:
        return None
    # Each line end becomes a cell of its own, the last of its row: with rows of another width it stands elsewhere.
    cells = piece.replace("\n", ",\n,").split(",")
    cells.pop()
    ends = cells[width :: width + 1]
    rows = piece.count("\n")
    if len(cells) != rows * (width + 1) or ends.count("\n") != rows:
        return None
    return [cells[place :: width + 1] for place in range(width)]


def records_of(piece: str, following: Iterable[str]) -> Iterator[list[str]]:
    """The records that begin in the piece, by the csv module; the last may go on in the lines that follow."""
    lines = io.StringIO(piece, newline="")
    records = csv.reader(chain(lines, following), strict=True)
    while lines.tell() < len(piece):
        yield next(records)
