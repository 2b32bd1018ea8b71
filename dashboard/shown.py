"""Which measures pages and workbooks show."""

from dashboard.settings import settings
from data_access.measures import MEASURES
from data_access.measures.measure import Measure


def shown_measures() -> list[Measure]:
    """The measures in reading order, without those that a service has not asked for."""
    everything = settings().weighted_caseload
    return [measure for measure in MEASURES.values() if measure.shown or everything]
