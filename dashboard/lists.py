"""The names under which something can be opened on a page: lists of cases, what to mend, a measure's definition."""

from data_access.codes import LEVELS
from data_access.measures import MEASURES
from data_access.worklists import LISTS

MEND = "mend"  # the list of the page of data quality


def exists(name: str) -> bool:
    """Whether there is such a list of cases. ``name:level`` is the part of one level."""
    listing, _, level = name.partition(":")
    return listing in LISTS and (not level or level in LEVELS)


def known(name: str) -> bool:
    """Whether an address can name it."""
    return exists(name) or name in MEASURES or name == MEND
