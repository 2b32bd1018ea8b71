"""Code lists: the names that the tables hold, in their order, and the integers of the facts.

The integer of a name is its place in the list. The lists follow the field's
terms; sources of each stand in ``docs/glossary.md``.
"""

from sqlalchemy import ColumnElement, case

from data_access.closures import ADMINISTRATIVE as ADMINISTRATIVE
from data_access.closures import CLOSURE_GROUPS as CLOSURE_GROUPS
from data_access.closures import CLOSURE_REASONS as CLOSURE_REASONS
from data_access.closures import ENDINGS as ENDINGS
from data_access.closures import ending_of as ending_of

LEVELS = ("not_assessed", "standard", "medium", "high")
BANDS = (*LEVELS, "stale")
MOVED_TO = (*LEVELS, "different_tool")
RISK_CHANGES = ("not_assessed", "reduced", "same", "raised", "different_tool")
INTAKES = ("not_assessed", "standard", "medium_or_high")

SOURCES = (
    "not_recorded",
    "police",
    "self",
    "idva_service",
    "national_stalking_helpline",
    "paladin",
    "health",
    "housing",
    "social_care",
    "probation",
    "education",
    "employer",
    "marac",
    "multi_agency_clinic",
    "court",
    "voluntary",
    "other",
)
ROUTES = ("not_recorded", "automatic_police_transfer", "form", "phone", "email", "meeting", "walk_in")
DECISIONS = (
    "not_recorded",
    "accepted",
    "accepted_advice_only",
    "consultation_only",
    "declined_out_of_area",
    "declined_below_threshold",
    "declined_no_capacity",
    "declined_no_consent",
    "duplicate",
    "insufficient_information",
    "unsafe_to_contact",
    "withdrawn",
)
CONSENTS = ("not_recorded", "given", "not_sought", "refused")
PATHWAYS = ("full_advocacy", "one_off_advice", "consultation_only")
STAGES = (
    "referred",
    "triaged",
    "allocated",
    "contact_attempted",
    "engaged",
    "assessed",
    "plan_in_place",
    "active_support",
    "stepped_down",
    "closing",
    "closed",
    "on_hold",
    "waiting_list",
)
PROGRESS = STAGES[:9]  # each further than the one before; the others end or interrupt
HOLD_REASONS = ("not_recorded", "not_applicable", "custody", "hospital", "victim_request", "abroad")
ABUSE_AT_EXIT = ("not_asked", "stopped", "reduced", "same", "worse", "not_known")
INCIDENTS = (
    "not_recorded",
    "contact_electronic",
    "contact_phone",
    "letter_gift",
    "follow_watch",
    "loiter",
    "property_damage",
    "threat",
    "assault",
    "sexual",
    "third_party",
    "tech_intrusion",
    "publish_material",
    "proxy",
    "other",
)
DUE = ("first_call", "contact", "untouched", "review")
ALLOCATION_ROLES = ("lead", "cover", "co_worker", "court_only")
ALLOCATION_ENDS = (
    "not_recorded",
    "not_applicable",
    "transfer_workload",
    "transfer_leave",
    "transfer_left_service",
    "transfer_victim_request",
    "transfer_specialism",
    "transfer_area",
    "case_closed",
)
TRANSFERS = tuple(name for name in ALLOCATION_ENDS if name.startswith("transfer_"))
ADVOCATE_ROLES = (
    "not_recorded",
    "isac",
    "idva",
    "isva",
    "cyber_stalking_isac",
    "outreach",
    "duty_worker",
    "volunteer",
    "manager",
    "supervisor",
)
SUPERVISING = ("manager", "supervisor")  # they carry no caseload, so their posts are no advocates' posts
ACCEPTED = ("accepted", "accepted_advice_only", "consultation_only")  # on any pathway
RECIPIENTS = ("force", "team", "supervisor")
ABSENCES = ("annual", "sick", "maternity", "training", "other")
AGENCIES = (
    "not_recorded",
    "advocacy_service",
    "police",
    "probation",
    "nhs_mental_health",
    "cps",
    "adult_social_care",
    "childrens_social_care",
    "housing",
    "nhs_other",
    "education",
    "employer",
    "helpline",
    "national_stalking_advocacy",
    "idva_service",
    "isva_service",
    "refuge",
    "civil_legal",
    "voluntary_other",
    "court_witness_service",
    "self_family_friend",
    "other",
)
OWN_AGENCY = "advocacy_service"
DIRECTIONS = ("outbound", "inbound")
CONTACT_WITH = ("victim", "professional", "family", "perpetrator_worker")
CHANNELS = (
    "not_recorded",
    "phone",
    "video",
    "text",
    "email",
    "letter",
    "face_to_face_office",
    "face_to_face_home",
    "face_to_face_court",
    "face_to_face_other",
    "web_chat",
    "multi_agency_meeting",
    "portal",
)
AWAY = ("face_to_face_home", "face_to_face_court", "face_to_face_other")  # somebody had to travel
OUTCOMES = (
    "not_recorded",
    "successful",
    "no_answer",
    "left_safe_message",
    "wrong_number",
    "refused",
    "unsafe_to_proceed",
    "cancelled_by_victim",
    "did_not_attend",
    "rearranged",
    "failed_technical",
)
PURPOSES = (
    "first_contact",
    "assessment",
    "risk_review",
    "safety_planning",
    "needs_support",
    "emotional_support",
    "evidence_advice",
    "police_liaison",
    "cps_court_update",
    "court_accompaniment",
    "civil_order",
    "spo_advice",
    "multi_agency_case_discussion",
    "information_sharing",
    "referral_onward",
    "feedback",
    "closure",
    "not_recorded",
)
TOOLS = (
    "not_recorded",
    "dash_safelives",
    "dash_police",
    "s_dash",
    "vs_dash",
    "stalking_screening_tool",
    "sash",
    "srp",
    "dara",
    "local",
    "professional_judgement_only",
)
ASSESSMENT_KINDS = ("referrer", "initial", "review", "trigger", "exit")
LEVEL_BASES = ("not_recorded", "score", "professional_judgement", "escalation", "multi_agency_decision")
RELATIONSHIPS = (
    "not_recorded",
    "ex_intimate_partner",
    "current_intimate_partner",
    "family_member",
    "acquaintance_friend",
    "colleague_or_ex_colleague",
    "client_patient_pupil",
    "neighbour",
    "online_only_contact",
    "stranger",
    "unknown_identity",
    "other",
)
CYBER = ("not_recorded", "none", "some", "only")
AGE_BANDS = (
    "not_recorded",
    "16-17",
    "18-20",
    "21-24",
    "25-29",
    "30-39",
    "40-49",
    "50-59",
    "60-74",
    "75+",
)
SEXES = ("not_recorded", "female", "male", "other", "declined")
TRIGGERS = (
    "not_recorded",
    "new_incident",
    "escalation",
    "perpetrator_release",
    "court_date",
    "order_breach",
    "address_compromised",
    "routine",
    "closure",
)
PLAN_REVIEWS = ("not_recorded", "unchanged", "changed", "urgent_change")
MEETINGS = ("not_recorded", "stalking_clinic", "case_consultation", "marac", "mappa", "strategy", "other")
ACTION_STATES = ("open", "done", "not_done", "cancelled")
JUSTICE_EVENTS = (
    "not_recorded",
    "reported_to_police",
    "crime_recorded",
    "risk_assessed_by_police",
    "suspect_identified",
    "suspect_interviewed",
    "arrested",
    "released_no_charge",
    "bailed_with_conditions",
    "bail_changed",
    "spo_applied",
    "spo_interim_granted",
    "spo_full_granted",
    "spo_breached",
    "non_molestation_order",
    "restraining_order",
    "restraining_order_breached",
    "order_expires",
    "file_to_cps",
    "charged",
    "no_further_action",
    "victim_withdrew",
    "out_of_court_disposal",
    "first_hearing",
    "trial_listed",
    "trial_vacated",
    "plea",
    "convicted",
    "acquitted",
    "sentenced",
    "victim_personal_statement",
    "victim_contact_scheme",
    "release_notified",
    "appeal",
)
OUTCOME_POINTS = ("intake", "review_4m", "exit", "followup_6m")
OUTCOME_ITEMS = (
    "not_recorded",
    "feels_safe",
    "frightened",
    "copes_day_to_day",
    "in_control_of_own_safety",
    "knows_what_to_do_next",
    "informed_about_case",
    "confident_in_police",
    "confident_to_access_support",
    "quality_of_life",
    "isolated",
    "sleep_and_health",
    "satisfied_with_service",
)
REVERSED_ITEMS = ("frightened", "isolated")  # a lower value is better
COMPLETED_BY = ("not_recorded", "victim", "advocate")
CHANGES = ("not_paired", "better", "same", "worse")
ETHNICITIES = ("not_recorded", "asian", "black", "mixed", "white", "other", "declined")  # five groups of the ONS, 2021
DISABILITIES = (
    "not_recorded",
    "none",
    "mental_health",
    "physical",
    "sensory",
    "learning",
    "multiple",
    "yes_unspecified",
    "declined",
)
EVENT_KINDS = ("note", "threshold", "tool", "definition", "staffing", "referral_route", "recording")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def code_of(column: ColumnElement, names: tuple[str, ...]) -> ColumnElement[int]:
    """The integer code of a text column, as SQL; an unknown or missing name takes the first code."""
    return case({name: place for place, name in enumerate(names) if place}, value=column, else_=0)


_CAPITALS = "CPS DARA DASH IDVA ISAC MAPPA MARAC NHS SASH SPO SRP"
NAMES = {name.lower(): name for name in _CAPITALS.split()} | {  # codes, and words of codes, that are names
    "paladin": "Paladin",
    "s_dash": "S-DASH",
    "safelives": "SafeLives",
    "vs_dash": "VS-DASH",
}


def label(name: str) -> str:
    """A code as a person reads it: ``not_assessed`` is "not assessed", ``nhs_other`` is "NHS other"."""
    return NAMES.get(name) or " ".join(NAMES.get(word, word) for word in name.split("_"))


def heading(name: str) -> str:
    """A code where a cell or choice begins: "Not assessed", "NHS other"."""
    said = label(name)
    return said[:1].upper() + said[1:]
