"""The part of a period of which the outcome is known: the days whose windows are over in every chosen force."""

from datetime import timedelta
from typing import Any

from data_access.slice import Slice


def over(reports: Any, slice_: Slice, within: int) -> Slice | None:
    """The slice without its last days, whose windows of ``within`` days are still open; None when nothing is left."""
    ends = [force.as_of for force in reports.directory.forces if force.code in slice_.forces]
    until = min([slice_.until, *(end - timedelta(days=within - 1) for end in ends)])
    return None if until <= slice_.first else slice_.having(until=until)
