"""The fifteen questions of a week: who asks, and the way to the answer, in at most three steps from the overview."""

from dataclasses import dataclass
from typing import Literal

MOST_STEPS = 3


@dataclass(frozen=True)
class Step:
    """One click: what to choose, in words, and the id of what is clicked."""

    words: str
    target: str


@dataclass(frozen=True)
class Question:
    """A question, its steps, and where the answer stands (ids on the page) and what to read there."""

    id: str
    who: Literal["service manager", "analyst", "supervisor"]
    text: str
    steps: tuple[Step, ...]
    answer: tuple[str, ...]
    read: str
    measures: tuple[str, ...]


def _page(name: str, words: str) -> Step:
    return Step(f"{words} in the navigation", f"n-{name}")


CASELOAD, ENGAGEMENT, RISK = _page("caseload", "Caseload"), _page("engagement", "Engagement"), _page("risk", "Risk")
SUPPORT, JUSTICE = _page("support", "Support"), _page("justice", "Justice")
QUALITY, DEFINITIONS = _page("quality", "Data quality"), _page("definitions", "Definitions")

QUESTIONS = (
    Question(
        "M1",
        "service manager",
        "Is any team above its caseload per whole-time post today, and will last month's inflow make it so?",
        (CASELOAD,),
        ("teams",),
        "The table of the teams: cases for each post now, opened less closed in the last four weeks, and in four "
        "weeks if that goes on, beside the team's target where one is set.",
        ("CL1", "CL2", "CL7"),
    ),
    Question(
        "M2",
        "service manager",
        "Are we contacting people in time, by force, and who is still waiting?",
        (Step("Waiting for a first call", "n-waiting_first_call"),),
        ("beside", "l-title"),
        "The row 'First attempt within 48 hours' of the forces side by side, and the list of those who wait.",
        ("EN1", "EN6"),
    ),
    Question(
        "M3",
        "service manager",
        "How many high-risk cases are open, and how many have a current plan and have been discussed with partners?",
        (SUPPORT,),
        ("top",),
        "The sentence at the top of the page; the two lists behind the numbers name the cases.",
        ("RT2", "SP2", "MA1"),
    ),
    Question(
        "M4",
        "service manager",
        "Is the change in high risk real, or a change of threshold, tool or recording?",
        (RISK,),
        ("v-risk_at_intake", "s-assessments_per_case"),
        "The verdict under 'Risk level at intake', the marked days, and how often risk is assessed.",
        ("RT1", "RT8"),
    ),
    Question(
        "M5",
        "service manager",
        "Which agency's agreed actions are late, and what can I tell the commissioner on safety, coping and control?",
        (SUPPORT, Step("Agencies' actions late", "n-actions_late")),
        ("l-title", "s-change_said_by_victims"),
        "The list of late actions with their agency; the answers at exit against intake, with their bounds and n.",
        ("MA3", "OC1", "OC3"),
    ),
    Question(
        "A1",
        "analyst",
        "How long does support last when open cases are counted properly?",
        (CASELOAD,),
        ("s-case_length",),
        "'How long support lasts': quartiles with their limits; the comparison of two cohorts is a change of period.",
        ("CL9",),
    ),
    Question(
        "A2",
        "analyst",
        "Of the people referred, how many were reached, engaged and sustained, and where does each source lose them?",
        (ENGAGEMENT,),
        ("funnel",),
        "The table 'From referral to sustained support, by source'.",
        ("EN6", "EN7", "EN8"),
    ),
    Question(
        "A3",
        "analyst",
        "Is risk reduction robust to missing assessments: best and worst case?",
        (RISK,),
        ("s-four_month_review",),
        "'Risk four months after opening': the share among the known between its worst and best case, same tool only.",
        ("RT6", "RT7"),
    ),
    Question(
        "A4",
        "analyst",
        "Do forces differ more than chance would give?",
        (ENGAGEMENT,),
        ("c-reached",),
        "The line of the forces under 'Reached within 28 days', with their limits and what chance alone would give.",
        ("EN6",),
    ),
    Question(
        "A5",
        "analyst",
        "Which fields are too incomplete to use, and what changed in the definitions or the extract?",
        (QUALITY,),
        ("completeness",),
        "Completeness of twelve fields by force; the changes of each measure stand on the page Definitions.",
        (),
    ),
    Question(
        "S1",
        "supervisor",
        "Whose caseload is out of balance, and who can take the next referral?",
        (CASELOAD,),
        ("s-cases_per_fte",),
        "Cases for each whole-time post by advocate, in the team's own order; what comes in court stands on Justice.",
        ("CL2", "CL4"),
    ),
    Question(
        "S2",
        "supervisor",
        "Which of my team's cases have had no contact in the agreed time, and are any at high risk?",
        (Step("Contacts overdue", "n-contact_overdue"),),
        ("l-title",),
        "The list, high risk first; the filter Team narrows it to one's own.",
        ("CL11", "EN12"),
    ),
    Question(
        "S3",
        "supervisor",
        "Which risk assessments or safety plans are overdue or follow an unanswered trigger?",
        (SUPPORT, Step("Triggers without a review of the plan", "n-plan_review_due")),
        ("l-title",),
        "The list of triggers; overdue risk reviews stand on the overview.",
        ("RT4", "SP3"),
    ),
    Question(
        "S4",
        "supervisor",
        "Which victims have had to change advocate, and was there a handover?",
        (ENGAGEMENT, Step("Handed over to another lead", "n-handover")),
        ("l-title",),
        "The list of handovers, with whether the new lead had a contact within seven days.",
        ("SPOC1", "SPOC3"),
    ),
    Question(
        "S5",
        "supervisor",
        "What hearings, releases and ends of orders fall in the next 14 days, and was the victim told?",
        (JUSTICE, Step("Coming in 14 days", "n-coming")),
        ("l-title",),
        "The list, the soonest first, with whether the victim has been told.",
        ("CJ4", "CJ5", "CJ6"),
    ),
)
