"""Charts: ``chart(frame)`` for the frame of any measure, ``.element()`` for HoloViews."""

from collections.abc import Sequence

import pandas as pd

from dashboard.charts.chart import Chart, Kind, Mark, Table, with_words
from dashboard.charts.draw import Drawn, element
from dashboard.charts.kinds import KINDS
from dashboard.charts.words import day
from data_access.measures import MEASURES

__all__ = ["KINDS", "Chart", "Drawn", "Kind", "Mark", "Table", "chart", "element"]


def chart(frame: pd.DataFrame, marks: Sequence[Mark] = (), kind: str = "", **more: float) -> Chart:
    """The chart of a frame that ``Reports.frame`` gave; its measure says which kind.

    ``kind`` asks for another of ``KINDS``; ``more`` goes to it.
    """
    drawn = KINDS[kind or MEASURES[frame.attrs["measure"]].chart]
    if not frame.attrs.get("as_of"):
        return Chart("No force is chosen, or none that may be seen.", None, Table(("Nothing",), ()), "0")
    if len(frame) and frame["n"].isna().all():
        ends = max(frame.attrs["as_of"].values())
        return Chart(
            f"Nothing is known of this period: the data end on {day(ends)}.", None, Table(("Nothing",), ()), "0"
        )
    return with_words(drawn(frame, tuple(marks), **more), frame)
