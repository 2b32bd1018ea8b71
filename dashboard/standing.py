"""Answers about one day: what stands on the last day of a period is the same whenever that period began.

A change of the period's beginning therefore finds them as they were worked out before: nothing is counted, and
nothing travels to the browser.
"""

from typing import Any

import pandas as pd

from dashboard.charts.chart import STOCKS
from dashboard.kept import KEPT
from data_access.measures import MEASURES
from data_access.measures.measure import Measure
from data_access.slice import Page, Slice
from data_access.worklists import Rows, known

FRAME, TOTAL = 5_000, 500  # bytes of a frame of one period, and of a number with its key, about


def stands(measure: Measure | str) -> bool:
    """Whether a figure of a whole period is that of its last day: a stock, or a share of one."""
    measure = MEASURES[measure] if isinstance(measure, str) else measure
    return type(measure.kind).__name__ in STOCKS


def standing(reports: Any, slice_: Slice) -> Slice:
    """The shortest slice that ends alike and holds the last day of each chosen force's data.

    Unchanged where the data of a force end before it begins: then it matters that they do.
    """
    ends = [force.as_of for force in reports.directory.forces if force.code in slice_.forces]
    return slice_.having(first=max(slice_.first, min([slice_.as_of or slice_.last, slice_.last, *ends])))


def whole(reports: Any, measure: Measure | str, slice_: Slice) -> pd.DataFrame:
    """The frame of a figure over the whole slice, or on its last day; shared, not to be changed."""
    asked = slice_.having(grain="whole")
    asked = standing(reports, asked) if stands(measure) else asked
    name = measure if isinstance(measure, str) else measure.name
    return KEPT.answer(reports, ("whole", name, asked), lambda: reports.frame(measure, asked), FRAME)


def rows(reports: Any, name: str, slice_: Slice, page: Page) -> Rows:
    """A page of a list of cases; shared, not to be changed."""
    asked = slice_ if known(name).of_period else standing(reports, slice_)
    return KEPT.answer(reports, ("rows", name, asked, page), lambda: reports.rows(name, asked, page))


def total(reports: Any, name: str, slice_: Slice) -> int:
    """The length of a list of cases."""
    asked = slice_ if known(name).of_period else standing(reports, slice_)
    none = Page(size=0)
    return KEPT.answer(reports, ("total", name, asked), lambda: int(reports.rows(name, asked, none).total), TOTAL)


def changes(reports: Any, slice_: Slice) -> pd.DataFrame:
    """What changed in the seven days to the last day; shared, not to be changed."""
    asked = standing(reports, slice_)
    return KEPT.answer(reports, ("changes", asked), lambda: reports.changes(asked), FRAME)
