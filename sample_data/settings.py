"""The settings of the sample as data: value and basis of each, all of it about invented forces.

Basis: "published" is read in a public source, "derived" follows from published
figures by arithmetic, "ours" is an assumption. None of it is a standard.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from data_access.days import number

SEED = 20261122
BEGIN = number(date(2024, 11, 25))  # first of the 24 shown months, a Monday
BURN_IN = 546  # days of referrals before BEGIN, so that the stock at BEGIN is a steady one
LAST = number(date(2026, 11, 22))

THRESHOLD_CHANGE = number(date(2026, 1, 1))  # planted 1, month 14
LEAVER_LEFT = number(date(2025, 7, 28))  # planted 2, month 9
LEAVER_WEEKS = 8
BULK_DAY = number(date(2026, 4, 15))  # planted 3, month 17
BULK_COUNT = 45
FASTER_FROM = number(date(2025, 11, 25))  # planted 4, first day of month 13
EXITS_STOP = number(date(2025, 11, 25))  # planted 5
TWICE_WEEK = number(date(2026, 6, 8))  # planted 6, a Monday
TRIAL_CASES = 12  # planted 9


@dataclass(frozen=True)
class Setting:
    """One parameter: its value and where it comes from."""

    name: str
    value: Any
    basis: str


@dataclass(frozen=True)
class Force:
    """What differs between the forces. FTE in hundredths; delays in hours; shares as fractions."""

    place: int
    code: str
    name: str
    adults: int
    women: int
    as_of: int
    referrals_a_month: float
    fte: tuple[int, ...]
    teams: tuple[tuple[str, str], ...]
    ex_partner: int
    delay_hours: float
    waiting: float
    exit_planned: float
    exit_unplanned: float


FORCES = (
    Force(
        1,
        "NORTH",
        "Northshire",
        1_050_000,
        540_000,
        LAST,
        60,
        (100, 100, 100, 80, 80, 60),
        (("NORTH-CITY", "Northshire city team"), ("NORTH-VALLEY", "Northshire valley team")),
        52,
        11.5,
        0.06,
        0.70,
        0.43,
    ),
    Force(
        2,
        "EAST",
        "Eastmere",
        610_000,
        312_000,
        LAST,
        26,
        (100, 80, 60),
        (("EAST-ONE", "Eastmere team"),),
        60,
        18,
        0.02,
        0.62,
        0.38,
    ),
    Force(
        3,
        "WEST",
        "Westvale",
        290_000,
        149_000,
        number(date(2026, 11, 16)),
        12,
        (100, 50),
        (("WEST-ONE", "Westvale team"),),
        68,
        21,
        0.12,
        0.66,
        0.45,
    ),
)

SETTINGS = (
    Setting("referrals_a_month", {f.code: f.referrals_a_month for f in FORCES}, "EAST published; rest ours"),
    Setting("fte_hundredths", {f.code: sum(f.fte) for f in FORCES}, "ours"),
    Setting(
        "decision",
        {"full": 60, "accepted_advice_only": 15, "consultation_only": 12, "declined": 5, "duplicate": 4, "unusable": 4},
        "duplicate and unusable published; rest ours",
    ),
    Setting(
        "declined",
        {
            "declined_out_of_area": 30,
            "declined_below_threshold": 30,
            "declined_no_capacity": 20,
            "declined_no_consent": 20,
        },
        "ours",
    ),
    Setting("unusable", {"insufficient_information": 50, "unsafe_to_contact": 25, "withdrawn": 25}, "ours"),
    Setting("bulk_decision", {"full": 40, "accepted_advice_only": 35, "declined": 13, "unusable": 12}, "ours"),
    Setting("joins_open_case", 0.04, "ours"),
    Setting(
        "source",
        {
            "police": 640,
            "idva_service": 120,
            "self": 100,
            "national_stalking_helpline": 30,
            "paladin": 20,
            "health": 30,
            "housing": 8,
            "social_care": 9,
            "probation": 6,
            "education": 5,
            "employer": 4,
            "marac": 8,
            "multi_agency_clinic": 4,
            "court": 4,
            "voluntary": 7,
            "other": 3,
            "not_recorded": 2,
        },
        "police 64 published for a related service; split ours",
    ),
    Setting("sex", {"female": 80, "male": 17, "other": 1, "declined": 1, "not_recorded": 1}, "published; rest ours"),
    Setting(
        "age_band",
        {
            "16-17": 2,
            "18-20": 8,
            "21-24": 12,
            "25-29": 17,
            "30-39": 28,
            "40-49": 18,
            "50-59": 9,
            "60-74": 4,
            "75+": 1,
            "not_recorded": 1,
        },
        "shape published; values ours",
    ),
    Setting(
        "relationship",
        {
            "colleague_or_ex_colleague": 12,
            "acquaintance_friend": 12,
            "family_member": 4,
            "stranger": 8,
            "unknown_identity": 5,
            "current_intimate_partner": 2,
            "neighbour": 2,
            "online_only_contact": 2,
            "client_patient_pupil": 1,
            "other": 1,
            "not_recorded": 1,
        },
        "the parts that are not ex-partner; ours",
    ),
    Setting("ex_partner_percent", {f.code: f.ex_partner for f in FORCES}, "between two published figures; ours"),
    Setting("cyber", {"only": 15, "some": 53, "none": 30, "not_recorded": 2}, "ours"),
    Setting("score", (12.75, 3.3), "mean and sd of an initial DASH; gives high 42, medium 40, standard 14; ours"),
    Setting("threshold", {"medium_min": 10, "high_min": 14, "high_min_west_later": 12}, "published local texts"),
    Setting("not_assessed_within_14_days", 0.04, "ours"),
    Setting("basis", {"score": 88, "professional_judgement": 8, "escalation": 2, "multi_agency_decision": 2}, "ours"),
    Setting("attempt_delay_sigma", 0.9, "lognormal about the force's delay; 48 h is a published local aim"),
    Setting("faster_hours", 3, "first attempt in NORTH from month 13, planted; ours"),
    Setting(
        "success",
        {
            "phone": 0.41,
            "text": 0.55,
            "email": 0.35,
            "letter": 0.2,
            "video": 0.8,
            "web_chat": 0.5,
            "portal": 0.4,
            "not_recorded": 0.45,
            "face_to_face_office": 0.82,
            "face_to_face_home": 0.82,
            "face_to_face_court": 0.9,
            "face_to_face_other": 0.82,
        },
        "ours",
    ),
    Setting("phone_16_to_19", 0.57, "ours"),
    Setting("attempts_until_given_up", (3, 6), "at least three published"),
    Setting("never_engaged", 0.20, "inside a published range"),
    Setting("never_engaged_after_leaver", 0.40, "planted; ours"),
    Setting("length_never_engaged", (30, 0.55), "median days and sigma; ours"),
    Setting("length_engaged", (110, 0.75), "derived by Little's law from published figures"),
    Setting("court_share", 0.10, "ours"),
    Setting("court_factor", 1.8, "ours"),
    Setting("contacts_per_28_days", {"high": 4.0, "medium": 2.5, "standard": 1.5, "not_assessed": 2.5}, "ours"),
    Setting("halved_after_days", 90, "ours"),
    Setting("duration_median", {"phone": 18, "face": 55, "meeting": 25, "written": 5}, "minutes; ours"),
    Setting("duration_missing", 0.25, "ours"),
    Setting("hour_missing", 0.015, "ours"),
    Setting("transfers", 0.09, "ours"),
    Setting(
        "exit_present",
        {f.code: (f.exit_planned, f.exit_unplanned) for f in FORCES},
        "planned and unplanned; 62, 55 and 60 percent together, half published",
    ),
    Setting("exit_present_west_later", (0.52, 0.05), "planted; ours"),
    Setting("moved_planned", {"reduced": 86, "same": 11, "raised": 3}, "with unplanned 64, 29, 7; below published"),
    Setting("moved_unplanned", {"reduced": 20, "same": 52, "raised": 28}, "ours"),
    Setting("repeat", 0.21, "0.16 of those with a year to come back; half of a published figure"),
    Setting("administrative", 0.015, "ours"),
    Setting("dip", {"christmas": 0.45, "august": 0.70}, "planted; ours"),
)
VALUE: dict[str, Any] = {setting.name: setting.value for setting in SETTINGS}
