"""Frames read without what pandas does beside: it copies what a frame says of itself with every column it gives."""

from collections import namedtuple
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pandas as pd


def bare(frame: pd.DataFrame) -> pd.DataFrame:
    """The same columns without ``attrs``; shares its data with the frame."""
    return pd.DataFrame(frame)


def each(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows, with a name for each column, as ``itertuples`` gives them without the index.

    That makes a class at every call: 0.3 ms of processor time and about a hundred objects in cycles.
    """
    columns = bare(frame)
    return map(_row(tuple(columns))._make, zip(*(columns[name] for name in columns), strict=True))


@lru_cache(200)
def _row(names: tuple[str, ...]) -> Any:
    return namedtuple("Row", names, rename=True)
