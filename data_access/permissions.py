"""What each role may do. What is not in the table is refused; whose rows it may be done with is the scope's part."""

from collections.abc import Mapping

ROLES = ("analyst", "supervisor", "service_manager", "national_viewer", "auditor", "admin")
ACTIONS: Mapping[str, str] = {
    "figures": "see figures of the forces or teams given",
    "cases": "see lists of cases by reference",
    "advocates": "see figures and lists by advocate",
    "mend": "see the records that somebody has to mend",
    "figures_file": "take out figures as a file",
    "cases_file": "take out a list of cases as a file",
    "weekly_file": "make and read the weekly workbook",
    "notebook_table": "read whole pseudonymous tables in a notebook",
    "own_lines": "see what they themselves looked at",
    "their_lines": "see what people looked at whose forces are all among their own",
    "audit": "see what everybody looked at",
    "accounts": "give and take away accounts",
    "load": "load data and set standards",
}
# A national viewer may see nothing until figures are suppressed for them: exact counts of three forces tell too much.
_MAY: Mapping[str, frozenset[str]] = {
    "analyst": frozenset({"figures", "cases", "mend", "figures_file", "notebook_table", "own_lines"}),
    "supervisor": frozenset(
        {"figures", "cases", "advocates", "mend", "figures_file", "cases_file", "weekly_file", "own_lines"}
    ),
    "service_manager": frozenset(
        {
            "figures",
            "cases",
            "advocates",
            "mend",
            "figures_file",
            "cases_file",
            "weekly_file",
            "notebook_table",
            "own_lines",
            "their_lines",
        }
    ),
    "national_viewer": frozenset(),
    "auditor": frozenset({"audit", "own_lines"}),
    "admin": frozenset({"accounts", "load", "own_lines"}),
}
BOUND_TO_TEAMS = ("supervisor",)  # sees a team or nothing, never a whole force
# Whoever gives out accounts must not be the one who checks what was done with them.
NEVER_TOGETHER = (frozenset({"admin", "auditor"}),)


def may(role: str, action: str) -> bool:
    """Whether a role may do something. False for a role or an action that does not exist."""
    return action in ACTIONS and action in _MAY.get(role, frozenset())
