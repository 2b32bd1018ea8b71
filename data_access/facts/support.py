"""The facts of safety plans, partners' actions, steps in the justice system, and what victims say."""

from data_access.facts.fact import fact

OF_CASE = (
    ("team_id", "Team on the day; 0 none."),
    ("lead_id", "Lead on the day; 0 none."),
    ("level", "Level on the day."),
    ("source", "Source of the opening referral."),
)

support_state = fact(
    "fact_support_state",
    "Stretch in which something holds of an open case; marks 0 and 1 only while reached and not on hold.",
    ("case_id", "Case."),
    ("since", "First day."),
    ("until", "First day no longer."),
    ("mark", "0 the case itself, 1 its safety plan is current, 2 it has been discussed with partners."),
    *OF_CASE,
    index=("mark", "until", "since"),
)
plan_trigger = fact(
    "fact_plan_trigger",
    "One row for each event after which the safety plan of an open case has to be looked at.",
    ("case_id", "Case."),
    ("on_day", "Day of the event."),
    ("kind", "Kind of trigger."),
    ("due_on", "Last day in time: two working days later."),
    ("done_on", "First plan or review on or after the event; NEVER when none."),
    ("closed_on", "Closing of the case; NEVER while open."),
    *OF_CASE,
    index=("on_day",),
)
action = fact(
    "fact_action",
    "One row for each action of an agency that has a due day and was not cancelled.",
    ("action_id", "Action."),
    ("case_id", "Case."),
    ("agency", "Agency that agreed to do it."),
    ("agreed_on", "Agreed."),
    ("due_on", "Last day in time."),
    ("since", "First day on which it is late: the day after the due day."),
    ("until", "Day on which it was done or the case closed; NEVER while neither. Never before since."),
    ("done_on", "Day on which it was done; NEVER while it is not."),
    *OF_CASE,
    index=("due_on",),
)
change = fact(
    "fact_change",
    "One row for each question and closed, reached case: the answer at exit against that at intake.",
    ("case_id", "Case."),
    ("closed_on", "Closed."),
    ("item", "Question."),
    ("result", "Not paired, better, same or worse."),
    ("paired_on", "Day of the exit answer; NEVER when there is none."),
    *OF_CASE,
    index=("closed_on",),
)
justice = fact(
    "fact_justice",
    "One row for each step of a case in the justice system, past or listed.",
    ("justice_event_id", "Step."),
    ("case_id", "Case."),
    ("kind", "Kind of step."),
    ("on_day", "Day of it; may lie ahead."),
    ("known_on", "Day from which it is known: typed in, or the day itself."),
    ("told_on", "Day on which the victim was told; NEVER when not."),
    ("due_on", "Last day of five working days after it."),
    ("present", "1 when an advocate was there, 0 when not, 2 not recorded."),
    ("closed_on", "Closing of the case; NEVER while open."),
    *OF_CASE,
    index=("on_day",),
)

FACTS = (support_state, plan_trigger, action, change, justice)
