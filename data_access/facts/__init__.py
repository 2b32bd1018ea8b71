"""The facts: rows with intervals, the only meaning of "level on day d" and "lead on day d".

Days are plain day numbers, codes are integers (``data_access.codes``), and
nothing is NULL: 0 is "not recorded" or "nobody", ``NEVER`` is "not yet". Only
cases in full advocacy are here, without those opened in error or as a duplicate.
"""

from data_access.facts import core, engagement, outcomes, support
from data_access.facts import due as due_facts
from data_access.facts.core import (
    case_path,
    case_state,
    contact,
    lead_span,
    level_span,
    post,
    referred,
    working_day,
)
from data_access.facts.due import due, episode, standard, undecided
from data_access.facts.engagement import approach, closed_case, engaged, handover, lead_count, lead_state
from data_access.facts.outcomes import assessment, case_window, exit_span, high_span, outcome
from data_access.facts.support import action, change, justice, plan_trigger, support_state
from data_access.standards import DEFAULTS

FACTS = (
    *due_facts.FIRST,
    *core.FACTS,
    *support.FACTS,
    *outcomes.FACTS,
    *due_facts.FACTS,
    *engagement.FACTS,
)  # every module of facts adds its own, in the order in which they are rebuilt

STALE_AFTER = 90  # days; domain definition RT2
REVIEW_WITHIN = DEFAULTS.days("review_within")  # days; RT4, ours; a service can put its own in their place
INTAKE_WITHIN = 14  # days from opening; RT1
EXIT_WITHIN = 30  # days either side of closing; RT6
LONG_ABSENCE = 28  # days; ours
REACHED_WITHIN, SECOND_WITHIN = 28, 42  # days from receipt, and from the first contact; EN6, EN7
LAPSED_AFTER = 28  # days in a row without a contact; EN8
SHORT_COVER, MANY_LEADS = 14, 3  # days of cover that are no change of lead; "3+"; SPOC1
HANDOVER_WITHIN = 7  # days either side; SPOC3
ASSESSED_WITHIN = 5  # working days after the first substantive contact; RT3
REVIEWED_AT, REVIEWED_WITHIN = 120, 30  # days after opening, either side; RT7
WINDOW, WINDOWS = 28, 13  # days, and how many of them since opening; RT10
REPEAT_WITHIN = 365  # days from the last referral; RT12

__all__ = [
    "ASSESSED_WITHIN",
    "EXIT_WITHIN",
    "FACTS",
    "HANDOVER_WITHIN",
    "INTAKE_WITHIN",
    "LAPSED_AFTER",
    "LONG_ABSENCE",
    "MANY_LEADS",
    "REACHED_WITHIN",
    "REPEAT_WITHIN",
    "REVIEWED_AT",
    "REVIEWED_WITHIN",
    "REVIEW_WITHIN",
    "SECOND_WITHIN",
    "SHORT_COVER",
    "STALE_AFTER",
    "WINDOW",
    "WINDOWS",
    "action",
    "approach",
    "assessment",
    "case_path",
    "case_state",
    "case_window",
    "change",
    "closed_case",
    "contact",
    "due",
    "engaged",
    "episode",
    "exit_span",
    "handover",
    "high_span",
    "justice",
    "lead_count",
    "lead_span",
    "lead_state",
    "level_span",
    "outcome",
    "plan_trigger",
    "post",
    "referred",
    "standard",
    "support_state",
    "undecided",
    "working_day",
]
