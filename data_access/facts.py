"""The facts: rows with intervals, the only meaning of "level on day d" and "lead on day d".

Days are plain day numbers, codes are integers (``data_access.codes``), and
nothing is NULL: 0 is "not recorded" or "nobody", ``NEVER`` is "not yet". Only
cases in full advocacy are here, without those opened in error or as a duplicate.
"""

from sqlalchemy import Column, Index, Integer, SmallInteger, Table

from data_access.tables import schema


def _fact(
    name: str, comment: str, *columns: tuple[str, str], index: tuple[str, ...], of_case: tuple[str, ...] = ()
) -> Table:
    small = {"level", "band", "source", "decision", "outcome", "channel"}
    built = [
        Column(column, SmallInteger if column in small else Integer, nullable=False, comment=words)
        for column, words in (("force_id", "Force."), *columns)
    ]
    indexes = [Index(f"ix_{name}", "force_id", *index)]
    if of_case:
        indexes.append(Index(f"ix_{name}_case", "force_id", *of_case))
    return Table(name, schema, *built, *indexes, comment=comment, info={"fact": True})


level_span = _fact(
    "fact_level_span",
    "Stretch in which one own assessment is the latest: since <= day < until.",
    ("case_id", "Case."),
    ("since", "First day."),
    ("until", "First day no longer."),
    ("assessed_on", "Day of the assessment."),
    ("level", "Level code."),
    ("tool", "Tool code."),
    index=("case_id", "since"),
)
lead_span = _fact(
    "fact_lead_span",
    "Stretch with one lead advocate; a later lead ends an earlier one.",
    ("case_id", "Case."),
    ("since", "First day."),
    ("until", "First day no longer."),
    ("lead_id", "Advocate."),
    ("team_id", "Team of the advocate."),
    index=("case_id", "since"),
)
case_state = _fact(
    "fact_case_state",
    "Stretch of an open case in which every column is constant: since <= day < until.",
    ("case_id", "Case."),
    ("since", "First day."),
    ("until", "First day no longer."),
    ("opened_on", "Day of opening."),
    ("team_id", "Team of the lead, else of the case; 0 none."),
    ("lead_id", "Lead advocate; 0 none."),
    ("source", "Source of the opening referral."),
    ("level", "Latest own level, however old."),
    ("band", "The level, or stale when assessed over 90 days ago."),
    ("assessed_on", "Day of the latest own assessment; 0 none."),
    ("overdue", "1 when the review is overdue for its level."),
    ("due_on", "Day from which the review is overdue; 0 when never assessed."),
    ("on_hold", "1 when on hold."),
    ("waiting", "1 when on the waiting list."),
    ("intake_level", "First own level within 14 days of opening; 0 while there is none."),
    ("moved_to", "Level against the same tool as at intake; 4 is another tool."),
    index=("since", "until"),
)
case_path = _fact(
    "fact_case_path",
    "One row for each case: its days from referral to closing.",
    ("case_id", "Case."),
    ("source", "Source of the opening referral."),
    ("received_on", "Referral received."),
    ("opened_on", "Opened."),
    ("closed_on", "Closed; NEVER while open."),
    ("first_attempt_on", "First outbound attempt to the victim."),
    ("first_contact_on", "First substantive contact with the victim."),
    ("lead_id", "First lead; 0 none."),
    ("team_id", "Team of the first lead, else of the case; 0 none."),
    ("opened_level", "Level on the day of opening."),
    ("opened_lead", "Lead on the day of opening."),
    ("opened_team", "Team on the day of opening."),
    ("closed_level", "Level on the day of closing."),
    ("closed_lead", "Last lead."),
    ("closed_team", "Last team."),
    ("intake_level", "First own level within 14 days of opening."),
    ("exit_on", "Exit assessment within 30 days of closing; NEVER when none."),
    ("exit_level", "Its level against the same tool as at intake; 4 is another tool."),
    index=("received_on",),
)
contact = _fact(
    "fact_contact",
    "One row for each attempt or contact, with the case's state on its day.",
    ("contact_id", "Contact."),
    ("case_id", "Case."),
    ("on_day", "Day."),
    ("hour", "Local hour; 24 not recorded."),
    ("attempt", "1 for an outbound attempt to the victim."),
    ("success", "1 when successful."),
    ("substantive", "1 for a substantive contact with the victim."),
    ("channel", "Channel."),
    ("outcome", "Outcome."),
    ("advocate_id", "Who did it; 0 not recorded."),
    ("team_id", "Team on the day; 0 none."),
    ("lead_id", "Lead on the day; 0 none."),
    ("level", "Level on the day."),
    ("source", "Source of the opening referral."),
    index=("on_day",),
    of_case=("case_id", "substantive", "on_day"),
)
referred = _fact(
    "fact_referral",
    "One row for each referral, whatever was decided.",
    ("referral_id", "Referral."),
    ("case_id", "Case; 0 none."),
    ("received_on", "Day of receipt."),
    ("source", "Source."),
    ("decision", "Decision."),
    ("lead_id", "First lead of its case; 0 none."),
    ("team_id", "Team of that lead, else of the case; 0 none."),
    index=("received_on",),
)
post = _fact(
    "fact_post",
    "Stretch of an advocate in post and not on long absence, with the working time.",
    ("advocate_id", "Advocate."),
    ("team_id", "Team."),
    ("since", "First day."),
    ("until", "First day no longer."),
    ("fte", "Whole-time equivalent in hundredths."),
    index=("since",),
)

FACTS = (level_span, lead_span, case_state, case_path, contact, referred, post)

STALE_AFTER = 90  # days; domain definition RT2
REVIEW_WITHIN = {"high": 28, "medium": 56, "standard": 84}  # days; RT4, ours, not a published standard
INTAKE_WITHIN = 14  # days from opening; RT1
EXIT_WITHIN = 30  # days either side of closing; RT6
LONG_ABSENCE = 28  # days; ours
