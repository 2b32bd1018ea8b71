"""What changed since last week: the state on the last day against seven days before, and what was entered late.

The last day is each force's own: its as-of, or the last day of the slice where that is earlier. Both days are told
as the data are known now. Filters choose a case by its state on the last day; one that is no longer overdue, by its
state a week before.
"""

from data_access.changes.cases import WEEK
from data_access.changes.due import due
from data_access.changes.late_entry import LATE
from data_access.changes.week import COLUMNS, DAYS, Change, Week, counts

__all__ = ["COLUMNS", "DAYS", "LATE", "WEEK", "Change", "Week", "counts", "due"]
