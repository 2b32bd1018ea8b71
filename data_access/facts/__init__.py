"""The facts: rows with intervals, the only meaning of "level on day d" and "lead on day d".

Days are plain day numbers, codes are integers (``data_access.codes``), and
nothing is NULL: 0 is "not recorded" or "nobody", ``NEVER`` is "not yet". Only
cases in full advocacy are here, without those opened in error or as a duplicate.
"""

from data_access.facts import core, support
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
from data_access.facts.support import action, change, justice, plan_trigger, support_state

FACTS = (*core.FACTS, *support.FACTS)  # every module of facts adds its own, in the order in which they are rebuilt

STALE_AFTER = 90  # days; domain definition RT2
REVIEW_WITHIN = {"high": 28, "medium": 56, "standard": 84}  # days; RT4, ours, not a published standard
INTAKE_WITHIN = 14  # days from opening; RT1
EXIT_WITHIN = 30  # days either side of closing; RT6
LONG_ABSENCE = 28  # days; ours

__all__ = [
    "EXIT_WITHIN",
    "FACTS",
    "INTAKE_WITHIN",
    "LONG_ABSENCE",
    "REVIEW_WITHIN",
    "STALE_AFTER",
    "action",
    "case_path",
    "case_state",
    "change",
    "contact",
    "justice",
    "lead_span",
    "level_span",
    "plan_trigger",
    "post",
    "referred",
    "support_state",
    "working_day",
]
