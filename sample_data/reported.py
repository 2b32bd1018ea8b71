"""What only some services record: the day of the report to the police, travel, ethnicity and disability.

Shares of disability follow a published figure (29 % of the victims of a related national data set, over half of them
in mental health); all others are ours.
"""

from sample_data.draw import Draw, Weights
from sample_data.rows import Rows
from sample_data.settings import Force

REPORTED = {"police": 0.42, "self": 0.15}  # share with a day of report, by source; other sources as said below
REPORTED_OTHERS = 0.08
DELAY = {True: (2.2, 0.9), False: (9.0, 1.0)}  # median days and sigma from report to receipt: from the police, or not
REPORTED_LATER = 0.03  # of the others: the victim went to the police after the referral
TRAVEL = {"face_to_face_home": 42, "face_to_face_court": 50, "face_to_face_other": 30}  # median minutes, there and back
TRAVEL_MISSING = 0.45
_ETHNICITY = Weights(
    {"white": 77, "asian": 8, "black": 4, "mixed": 3, "other": 2, "declined": 2, "not_recorded": 4},
)
_DISABILITY = Weights(
    {
        "none": 56,
        "mental_health": 15,
        "physical": 6,
        "sensory": 1.5,
        "learning": 1.5,
        "multiple": 2.5,
        "yes_unspecified": 1.5,
        "declined": 3,
        "not_recorded": 13,
    }
)
_TWIN = ("case_id", "at_minute", "on_day", "advocate_id", "direction", "with_whom", "channel", "outcome", "purposes")


def add(force: Force, rows: Rows, draw: Draw) -> None:
    """Fill these columns of one force."""
    for row in rows.tables["victim"]:
        row["ethnicity"], row["disability"] = draw.pick(_ETHNICITY), draw.pick(_DISABILITY)
    for row in rows.tables["referral"]:
        row["reported_on"] = _reported(row, force.as_of, draw)
    known: dict[tuple, int | None] = {}  # rows that were imported twice stay alike
    for row in rows.tables["contacts"]:
        twin = tuple(row[name] for name in _TWIN)
        if twin not in known:
            known[twin] = _travel(row["channel"], draw)
        row["travel_minutes"] = known[twin]


def _reported(row: dict, as_of: int, draw: Draw) -> int | None:
    police = row["source"] == "police"
    if not draw.chance(REPORTED.get(row["source"], REPORTED_OTHERS)):
        return None
    if not police and draw.chance(REPORTED_LATER):
        return min(as_of, row["received_on"] + draw.between(1, 20))
    return row["received_on"] - min(200, int(draw.lognormal(*DELAY[police])))


def _travel(channel: str, draw: Draw) -> int | None:
    if channel not in TRAVEL or draw.chance(TRAVEL_MISSING):
        return None
    return max(5, min(240, round(draw.lognormal(TRAVEL[channel], 0.5))))
