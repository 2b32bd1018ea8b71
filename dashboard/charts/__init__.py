"""Charts: ``chart(frame)`` for the frame of any measure, ``.element()`` for HoloViews."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from dashboard.charts.chart import Chart, Kind, Mark, Table, counted_noun, number_column, with_boxes, words_of
from dashboard.charts.draw import Drawing, drawing, element
from dashboard.charts.kinds import KINDS
from dashboard.charts.words import day, short_day, with_days
from dashboard.judging import OF_LEVELS
from dashboard.verdicts import BROKEN, Expected, Series, Words
from data_access.measures import MEASURES
from data_access.statistics.verdicts import Kind as Verdicts

__all__ = ["KINDS", "Chart", "Drawing", "Kind", "Mark", "Table", "chart", "drawing", "element"]


# Kinds that draw what the verdict's baseline expects.
EXPECTING = ("bars", "mirrored", "share_points", "rate_points")

CURVES = ("waiting_curve", "survival", "endings")  # without anybody they have no rows at all, and say so themselves


def chart(
    frame: pd.DataFrame, marks: Sequence[Mark] = (), kind: str = "", verdict: Words | None = None, **more: float
) -> Chart:
    """The chart of a frame that ``Reports.frame`` gave; its measure says which kind.

    ``kind`` asks for another of ``KINDS``; ``verdict`` (``dashboard.verdicts.verdict_of``) is said with a trend and its
    expected values are drawn; ``more`` goes to the kind.
    """
    kind = kind or MEASURES[frame.attrs["measure"]].chart
    if not frame.attrs.get("as_of"):
        return Chart("No force is chosen, or none that may be seen.", None, Table(("Nothing",), ()), "0")
    if len(frame) and np.isnan(number_column(frame, "n")).all():
        ends = max(frame.attrs["as_of"].values())
        return Chart(
            f"Nothing is known of this period: the data end on {day(ends)}.", None, Table(("Nothing",), ()), "0"
        )
    if not len(frame) and kind not in CURVES:
        return Chart(f"No {counted_noun(frame)[0]} to show in this period.", None, Table(("Nothing",), ()), "0")
    given: dict[str, Any] = dict(more)
    if verdict is not None and kind in EXPECTING:
        given["expected"] = tuple(_applies(series) for series in verdict.series)
    frame = _spoken(frame)
    drawn = with_boxes(KINDS[kind](frame, tuple(marks), **given), frame)
    if verdict is None or BROKEN not in verdict.sentence:
        drawn = replace(drawn, sentence=drawn.sentence + _not_to_compare(frame, marks))
    if verdict is None or drawn.picture is None or drawn.picture.x.kind != "days":
        return drawn
    return replace(drawn, verdict=verdict.sentence)


def _spoken(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the days of its notes as people read them."""
    notes = words_of(frame, "note")
    if not any(notes):
        return frame
    said = frame.assign(note=pd.array([with_days(note) for note in notes], dtype="str"))
    said.attrs = frame.attrs
    return said


def _applies(series: Series) -> Expected | None:
    """What is expected, where the verdict applies: limits of a share that cannot be judged would say more than it."""
    expected = series.expected
    unsuited = series.verdict.kind is Verdicts.NOT_SUITABLE
    return None if expected is not None and expected.share and unsuited else expected


def _not_to_compare(frame: pd.DataFrame, marks: Sequence[Mark]) -> str:
    """Where a threshold or tool changed inside a picture of levels: a step there is no rise or fall of risk."""
    if "level" not in frame.columns and frame.attrs["measure"] not in OF_LEVELS:
        return ""
    first, until = (np.datetime64(frame.attrs[end]) for end in ("first", "until"))
    changed = [m for m in marks if m.kind in ("threshold", "tool") and first <= m.on_day < until]
    days = " and ".join(dict.fromkeys(f"{short_day(m.on_day)} ({m.whose})" for m in changed))
    return f" Levels before and after {days} cannot be compared: a step there is no rise or fall." if days else ""
