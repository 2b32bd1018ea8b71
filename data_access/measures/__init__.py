"""The catalogue of measures, in reading order."""

from data_access.measures import (
    answers,
    arrivals,
    assessments,
    capacity,
    caseload,
    contact_gaps,
    contact_work,
    continuity,
    engaged,
    engagement,
    first_attempts,
    handovers,
    intake,
    justice,
    lengths,
    outcomes,
    plans,
    referral_routes,
    repeats,
    risk,
    waiting,
)
from data_access.measures.measure import Measure

MEASURES: dict[str, Measure] = {
    found.name: found
    for topic in (
        caseload,
        capacity,
        arrivals,
        lengths,
        waiting,
        referral_routes,
        first_attempts,
        engagement,
        engaged,
        contact_work,
        contact_gaps,
        continuity,
        handovers,
        risk,
        intake,
        outcomes,
        assessments,
        repeats,
        plans,
        answers,
        justice,
    )
    for found in vars(topic).values()
    if isinstance(found, Measure)
}
