"""The integrity rules in reading order, each with its words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select

from data_access import tables as t
from data_access.checks import breaches

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class Rule:
    """``rows`` selects force_id, case_id, the two facts that ``sentence`` says as {0} and {1}, and the day at fault.

    ``days`` tells for each of the two whether it is a day number.
    """

    name: str
    title: str
    severity: str
    sentence: str
    rows: Callable[[Sequence[int]], Select]
    days: tuple[bool, bool] = (True, True)


RULES = (
    Rule(
        "allocated_before_referral",
        "Lead before the referral",
        ERROR,
        "The first lead began on {0}, before the referral of {1}.",
        breaches.in_order("referral", "allocation"),
    ),
    Rule(
        "attempt_before_referral",
        "Attempt before the referral",
        ERROR,
        "The first attempt was on {0}, before the referral of {1}.",
        breaches.in_order("referral", "attempt"),
    ),
    Rule(
        "attempt_before_lead",
        "Attempt before the first lead",
        WARNING,
        "The first attempt was on {0}, before the first lead began on {1}.",
        breaches.in_order("allocation", "attempt"),
    ),
    Rule(
        "contact_before_attempt",
        "Contact before the first attempt",
        WARNING,
        "The first contact was on {0}, before the first attempt of {1}.",
        breaches.in_order("attempt", "substantive"),
    ),
    Rule(
        "contact_after_closing",
        "Contact after closing",
        WARNING,
        "A contact on {0}, after the case closed on {1}.",
        breaches.contact_after_closing,
    ),
    Rule("two_leads", "Two leads at once", ERROR, "Two advocates lead from {0} to {1}.", breaches.two_leads),
    Rule(
        "open_without_lead",
        "Open without a lead",
        WARNING,
        "No lead since {0}, and not on the waiting list (as of {1}).",
        breaches.open_without_lead,
    ),
    Rule(
        "exit_far_from_closing",
        "Exit assessment far from closing",
        WARNING,
        "The exit assessment of {0} is more than 30 days from closing on {1}.",
        breaches.exit_far_from_closing,
    ),
    Rule(
        "exit_of_open_case",
        "Exit assessment of an open case",
        WARNING,
        "An exit assessment on {0}, and the case is open.",
        breaches.exit_of_open_case,
    ),
    Rule(
        "assessed_after_closing",
        "Assessment after closing",
        WARNING,
        "An assessment on {0}, after the case closed on {1}.",
        breaches.assessed_after_closing,
    ),
    Rule(
        "duration",
        "Length of a contact",
        ERROR,
        "A contact of {0} minutes; 1 to {1} are possible, and none is left empty.",
        breaches.duration,
        (False, False),
    ),
    Rule(
        "score",
        "Score outside the tool's range",
        ERROR,
        "A score of {0}; the tool gives at most {1}.",
        breaches.score,
        (False, False),
    ),
    Rule(
        "level",
        "Level against the threshold",
        ERROR,
        "The level is {0} by its score; the threshold of that day makes it {1}.",
        breaches.level,
        (False, False),
    ),
    Rule(
        "opened_after_extract",
        "Opened after the extract",
        ERROR,
        "Opened on {0}, after the extract's day {1}.",
        breaches.after_extract(t.cases, "opened_on"),
    ),
    Rule(
        "closed_after_extract",
        "Closing after the extract",
        WARNING,
        "Closing on {0}, after the extract's day {1}; open until then.",
        breaches.after_extract(t.cases, "closed_on"),
    ),
    Rule(
        "referred_after_extract",
        "Referral after the extract",
        ERROR,
        "A referral on {0}, after the extract's day {1}.",
        breaches.after_extract(t.referral, "received_on"),
    ),
    Rule(
        "contact_after_extract",
        "Contact after the extract",
        ERROR,
        "A contact on {0}, after the extract's day {1}.",
        breaches.after_extract(t.contacts, "on_day"),
    ),
    Rule(
        "assessed_after_extract",
        "Assessment after the extract",
        ERROR,
        "An assessment on {0}, after the extract's day {1}.",
        breaches.after_extract(t.risk_assessments, "assessed_on"),
    ),
    Rule(
        "incident_after_extract",
        "Incident after the extract",
        ERROR,
        "An incident on {0}, after the extract's day {1}.",
        breaches.after_extract(t.incident, "on_day"),
    ),
    Rule(
        "asked_while_open",
        "Asked at exit, and open",
        WARNING,
        "What the victim said at closing is recorded, and the case is open since {0} (as of {1}).",
        breaches.asked_while_open,
    ),
    Rule(
        "contact_twice",
        "Contact that stands more than once",
        WARNING,
        "The same contact on {0} stands {1} times under different ids.",
        breaches.twice,
        (True, False),
    ),
)
