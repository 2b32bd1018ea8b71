"""The analyst's door: connect, ask for frames, rows and tables, read the measures.

import data_access as da
store = da.connect("sqlite:///caselight.sqlite")
reports = store.reports(da.Scope.local(store.force_codes(), "analyst"))
reports.frame("open_cases", da.Slice(store.force_codes(), first, until), by=("force", "level"))
"""

from data_access.errors import CaselightError, Refused, UnknownName
from data_access.measures import MEASURES
from data_access.measures.measure import Measure
from data_access.reports import Reports
from data_access.scope import Scope
from data_access.slice import Page, Slice
from data_access.store import Store, connect

__all__ = [
    "MEASURES",
    "CaselightError",
    "Measure",
    "Page",
    "Refused",
    "Reports",
    "Scope",
    "Slice",
    "Store",
    "UnknownName",
    "connect",
]
