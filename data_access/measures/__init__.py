"""The catalogue of measures, in reading order."""

from data_access.measures import caseload, engagement, risk
from data_access.measures.measure import Measure

MEASURES: dict[str, Measure] = {
    found.name: found
    for topic in (caseload, engagement, risk)
    for found in vars(topic).values()
    if isinstance(found, Measure)
}
