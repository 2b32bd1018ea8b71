"""Why a case closed, and which reasons belong together."""

from sqlalchemy import ColumnElement, case

CLOSURE_REASONS = (
    "not_recorded",
    "needs_met_planned",
    "victim_disengaged",
    "victim_declined_after_engaging",
    "never_engaged",
    "unable_to_contact",
    "unsafe_to_contact",
    "moved_area_transferred",
    "transferred_other_service",
    "perpetrator_custody_risk_ended",
    "deceased",
    "opened_in_error",
    "duplicate",
    "not_stalking_redirected",
    "service_ended",
    "other",
)
ADMINISTRATIVE = ("opened_in_error", "duplicate")
CLOSURE_GROUPS = {
    "planned": (
        "needs_met_planned",
        "moved_area_transferred",
        "transferred_other_service",
        "perpetrator_custody_risk_ended",
    ),
    "unplanned": (
        "victim_disengaged",
        "victim_declined_after_engaging",
        "never_engaged",
        "unable_to_contact",
        "unsafe_to_contact",
    ),
    # Neither the service nor the victim ended the support. The first two leave every figure.
    "administrative": (*ADMINISTRATIVE, "not_stalking_redirected", "service_ended", "deceased"),
}
ENDINGS = ("not_recorded", *CLOSURE_GROUPS)  # "other" and an empty reason are not recorded


def ending_of(column: ColumnElement) -> ColumnElement[int]:
    """The code of the group of a closure reason, as SQL."""
    groups = {reason: ENDINGS.index(group) for group, reasons in CLOSURE_GROUPS.items() for reason in reasons}
    return case(groups, value=column, else_=0)
