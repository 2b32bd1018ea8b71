"""The catalogue of measures, in reading order."""

from data_access.measures import (
    answers,
    assessments,
    caseload,
    engagement,
    intake,
    justice,
    outcomes,
    plans,
    repeats,
    risk,
)
from data_access.measures.measure import Measure

MEASURES: dict[str, Measure] = {
    found.name: found
    for topic in (caseload, engagement, risk, intake, outcomes, assessments, repeats, plans, answers, justice)
    for found in vars(topic).values()
    if isinstance(found, Measure)
}
