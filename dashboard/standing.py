"""Answers about one day: what stands on the last day of a period is the same whenever that period began.

A change of the period's beginning therefore finds them as they were worked out before: nothing is counted, and
nothing travels to the browser.
"""

from typing import Any

from dashboard.charts.chart import STOCKS
from dashboard.frames import each
from dashboard.kept import KEPT
from data_access.measures import MEASURES
from data_access.slice import Page, Slice
from data_access.worklists import Rows, known

CHANGES, ROW, TOTAL = 15_000, 1_000, 500  # bytes of the answers with their keys, about


def stands(measure: str) -> bool:
    """Whether a figure of a whole period is that of its last day: a stock, or a share of one."""
    return type(MEASURES[measure].kind).__name__ in STOCKS


def standing(reports: Any, slice_: Slice) -> Slice:
    """The shortest slice that ends alike and holds the last day of each chosen force's data.

    Unchanged where the data of a force end before it begins: then it matters that they do.
    """
    ends = [force.as_of for force in reports.directory.forces if force.code in slice_.forces]
    return slice_.having(first=max(slice_.first, min([slice_.as_of or slice_.last, slice_.last, *ends])))


def whole(reports: Any, measure: str, slice_: Slice) -> dict[str, Any]:
    """The last row of a figure over the whole slice, or on its last day; nothing where the frame has none.

    Shared, not to be changed. A row and no frame: a frame is ninety objects that every full collection walks.
    """
    asked = slice_.having(grain="whole")
    asked = standing(reports, asked) if stands(measure) else asked

    def made() -> dict[str, Any]:
        last = reports.frame(measure, asked).tail(1)
        return dict(zip(last, next(each(last)), strict=True)) if len(last) else {}

    return KEPT.answer(reports, ("whole", measure, asked), made, ROW)


def rows(reports: Any, name: str, slice_: Slice, page: Page) -> Rows:
    """A page of a list of cases; shared, not to be changed."""
    asked = slice_ if known(name).of_period else standing(reports, slice_)
    return KEPT.answer(reports, ("rows", name, asked, page), lambda: reports.rows(name, asked, page))


def total(reports: Any, name: str, slice_: Slice) -> int:
    """The length of a list of cases."""
    asked = slice_ if known(name).of_period else standing(reports, slice_)
    none = Page(size=0)
    return KEPT.answer(reports, ("total", name, asked), lambda: int(reports.rows(name, asked, none).total), TOTAL)


def changes(reports: Any, slice_: Slice) -> list[dict[str, Any]]:
    """What changed in the seven days to the last day, row by row; shared, not to be changed."""
    asked = standing(reports, slice_)
    return KEPT.answer(reports, ("changes", asked), lambda: reports.changes(asked).to_dict("records"), CHANGES)
