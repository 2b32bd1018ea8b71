"""What is due on an open case, since when, and by which standard."""

from data_access.facts.fact import fact

standard = fact(
    "fact_standard",
    "One row for each number of the standards that hold for the force.",
    ("kind", "Kind (data_access.rebuild.due.KINDS)."),
    ("level", "Level code; -1 where the number does not depend on it."),
    ("amount", "Days, or hundredths of a point."),
    index=("kind", "level"),
)
due = fact(
    "fact_due",
    "Stretch in which something is due on an open case that is not on hold: since <= day < until.",
    ("case_id", "Case."),
    ("kind", "What is due (data_access.codes.DUE)."),
    ("since", "First day."),
    ("until", "First day no longer."),
    ("due_on", "First day on which it was overdue, by the level of the stretch."),
    ("last_on", "Day of what was done last: referral, opening, contact, touch or assessment."),
    ("lead_id", "Lead advocate; 0 none."),
    ("team_id", "Team of the lead, else of the case; 0 none."),
    ("level", "Latest own level."),
    ("source", "Source of the opening referral."),
    index=("kind", "since"),
)
undecided = fact(
    "fact_undecided",
    "Stretch in which a referral is undecided for more than two working days: since <= day < until.",
    ("referral_id", "Referral."),
    ("case_id", "Case; 0 none."),
    ("received_on", "Day of receipt."),
    ("since", "First day after the two working days."),
    ("until", "Day of the decision; NEVER while there is none."),
    ("source", "Source."),
    ("lead_id", "First lead of its case; 0 none."),
    ("team_id", "Team of that lead, else of the case; 0 none."),
    index=("since",),
)
episode = fact(
    "fact_episode",
    "One row for each case: how long support had lasted by its closing, counted from the first opening.",
    ("case_id", "Case."),
    ("begun_on", "First opening; a case of the same pair within 30 days of a closing continues the one before."),
    ("known_on", "Day from which this row tells how the support went on: the opening of this case."),
    ("replaced_on", "Day on which the next case of the same support opened; NEVER when there is none."),
    ("ended_on", "Latest closing so far; NEVER while open."),
    ("ending", "Group of the closing reason (data_access.codes.ENDINGS)."),
    ("lead_id", "Lead on the day of the first opening."),
    ("team_id", "Team on the day of the first opening."),
    ("level", "Level on the day of the first opening."),
    ("source", "Source of the first opening referral."),
    index=("begun_on",),
)

FIRST = (standard,)  # what the others are built by
FACTS = (due, undecided, episode)
