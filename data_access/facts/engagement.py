"""The facts of engagement and of who leads: how a case was taken up, how it ended, and who handed it to whom."""

from data_access.facts.fact import fact

engaged = fact(
    "fact_engaged",
    "One row for each case that counts as engaged.",
    ("case_id", "Case."),
    ("engaged_on", "First day on which both contacts and the assessment had been."),
    ("closed_on", "Closed; NEVER while open."),
    index=("case_id",),
)
approach = fact(
    "fact_approach",
    "One row for each case: attempts to reach the victim and how it was taken up, by the day of receipt.",
    ("case_id", "Case."),
    ("source", "Source of the opening referral."),
    ("received_on", "Referral received."),
    ("closed_on", "Closed; NEVER while open."),
    ("lead_id", "First lead; 0 none."),
    ("team_id", "Team of the first lead, else of the case; 0 none."),
    ("first_attempt_on", "First outbound attempt to the victim, not before the receipt; NEVER when none."),
    ("attempt_minutes", "Minutes from receipt to it; where a time is not recorded the most that it can be; 0 none."),
    ("attempt_due_on", "Last day of two working days after the receipt."),
    ("first_contact_on", "First substantive contact with the victim; NEVER when none."),
    ("tries", "Attempts before it: 0 to 6 (6 and more), 7 when all were by text."),
    ("engaged_on", "Day from which the case counts as engaged; NEVER when it does not."),
    ("lapsed_on", "Last of the first 28 days in a row without a substantive contact or hold since; NEVER when none."),
    ("sex", "Sex of the victim."),
    ("age_band", "Age band of the victim."),
    ("ethnicity", "Ethnic group of the victim."),
    ("disability", "Disability of the victim."),
    index=("received_on",),
)
closed_case = fact(
    "fact_closed_case",
    "One row for each closed case: how it ended, what had been done, and by how many leads.",
    ("case_id", "Case."),
    ("source", "Source of the opening referral."),
    ("closed_on", "Closed."),
    ("level", "Level on the day of closing."),
    ("lead_id", "Last lead; 0 none."),
    ("team_id", "Team of the last lead, else of the case; 0 none."),
    ("reason", "Reason of closing."),
    ("stage", "Furthest stage reached: its place in the order of stages and 1; 0 not recorded."),
    ("tries", "Attempts up to closing: 0 to 6 (6 and more), 7 when all were by text."),
    ("engaged_on", "Day from which the case counts as engaged; NEVER when it does not."),
    ("leads", "People who led: leads, and who covered for more than 14 days."),
    ("contacts", "Substantive contacts up to closing of which the advocate is recorded."),
    ("usual", "Those of them by the advocate who made most."),
    index=("closed_on",),
)
lead_count = fact(
    "fact_lead_count",
    "Stretch of a case with one number of leads so far: since <= day < until.",
    ("case_id", "Case."),
    ("since", "First day."),
    ("until", "First day no longer."),
    ("leads", "People who have led so far."),
    index=("case_id", "since"),
)
lead_state = fact(
    "fact_lead_state",
    "Stretch of an open case with what holds on each day and the number of leads so far.",
    ("case_id", "Case."),
    ("since", "First day."),
    ("until", "First day no longer."),
    ("leads", "People who have led so far, 3 and more as 3."),
    ("team_id", "Team; 0 none."),
    ("lead_id", "Lead; 0 none."),
    ("level", "Level on the day."),
    ("source", "Source of the opening referral."),
    index=("until", "since"),
)
handover = fact(
    "fact_handover",
    "One row for each lead allocation that ended for a transfer while the case was open.",
    ("allocation_id", "Allocation that ended."),
    ("case_id", "Case."),
    ("ended_on", "Day on which it ended."),
    ("lead_id", "Lead who handed over."),
    ("team_id", "Team of that lead."),
    ("level", "Level on the day."),
    ("source", "Source of the opening referral."),
    ("reason", "Reason."),
    ("taken_on", "Day from which the next lead led, not before the old one ended; NEVER when none."),
    ("met_on", "Day by which the next lead led and had a contact within 7 days either side; NEVER when none."),
    ("closed_on", "Closing of the case; NEVER while open."),
    index=("ended_on",),
)

# lead_count stands before what is counted from it; all of them after the facts of cases and contacts.
FACTS = (engaged, lead_count, approach, closed_case, lead_state, handover)
