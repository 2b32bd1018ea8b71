"""Every table and column of the source data, each with a comment.

The data dictionary, the load template and the migrations are read from here.
Names and code lists: ``domain`` terms, see ``docs/glossary.md``. No table has
room for a name, an address, a telephone number or free text about a person.
"""

from uuid import uuid4

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Enum,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from data_access import codes
from data_access.days import DayNumber

schema = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _code(name: str, names: tuple[str, ...], comment: str, default: str | None = None) -> Column:
    kind = Enum(*names, native_enum=False, create_constraint=False, length=40, validate_strings=True)
    return Column(name, kind, nullable=False, default=default or names[0], comment=comment)


def _day(name: str, comment: str, required: bool = False) -> Column:
    return Column(name, DayNumber, nullable=not required, comment=comment)


def _force() -> Column:
    return Column("force_id", ForeignKey("force.force_id"), nullable=False, comment="Force that the row belongs to.")


def _source_id() -> Column:
    # Ties of one day are ordered by this id: "C" makes PostgreSQL order it as SQLite does, by code point.
    kind = String(64).with_variant(String(64, collation="C"), "postgresql")
    return Column("source_id", kind, nullable=False, comment="The row's own id in the source system.")


def _stamp() -> str:
    return uuid4().hex


def _load() -> Column:
    return Column("load_id", Integer, comment="Load that last wrote the row (load_run).")


def _entered() -> Column:
    return _day("entered_on", "Day on which the row was typed into the source system; tells late entry.")


def _of_case() -> tuple:
    return (
        Column("case_id", Integer, nullable=False, comment="Case that the row is about."),
        ForeignKeyConstraint(["force_id", "case_id"], ["cases.force_id", "cases.case_id"]),
    )


force = Table(
    "force",
    schema,
    Column("force_id", Integer, primary_key=True, comment="Surrogate key."),
    Column("code", String(40), nullable=False, unique=True, comment="Short code, shown everywhere."),
    Column("name", String(120), nullable=False, comment="Name of the police force area."),
    Column("adult_population", Integer, comment="Adults living in the area, for rates."),
    Column("adult_female_population", Integer, comment="Adult women living in the area, for rates."),
    Column("timezone", String(40), nullable=False, default="Europe/London", comment="Zone of local days and hours."),
    Column("min_cell", SmallInteger, nullable=False, default=5, comment="Smallest count that may leave the team."),
    comment="One row for each police force area.",
)

team = Table(
    "team",
    schema,
    Column("team_id", Integer, primary_key=True, comment="Surrogate key."),
    _force(),
    Column("code", String(64), nullable=False, comment="Short code of the team, unique in its force."),
    Column("name", String(120), nullable=False, comment="Name of the team."),
    _day("opened_on", "First day of the team."),
    _day("closed_on", "Day from which the team no longer exists."),
    UniqueConstraint("force_id", "code"),
    comment="One row for each advocacy team.",
)

advocate = Table(
    "advocate",
    schema,
    Column("advocate_id", Integer, primary_key=True, comment="Surrogate key."),
    _force(),
    Column("team_id", ForeignKey("team.team_id"), nullable=False, comment="Team of the advocate."),
    Column("code", String(40), nullable=False, comment="Pseudonym such as ADV-07, unique in its force; never a name."),
    _code("role", codes.ADVOCATE_ROLES, "Role of the post."),
    _day("started_on", "First day in post.", required=True),
    _day("left_on", "First day no longer in post; empty while in post."),
    UniqueConstraint("force_id", "code"),
    comment="One row for each advocate, by pseudonym.",
)

advocate_fte = Table(
    "advocate_fte",
    schema,
    Column("advocate_fte_id", Integer, primary_key=True, comment="Surrogate key."),
    _force(),
    Column("advocate_id", ForeignKey("advocate.advocate_id"), nullable=False, index=True, comment="Advocate."),
    _day("since", "First day of this working time.", required=True),
    _day("until", "First day on which it no longer holds; empty while it holds."),
    Column("fte_hundredths", SmallInteger, nullable=False, comment="Whole-time equivalent in hundredths: 0.5 is 50."),
    comment="Working time of an advocate, dated, so that a past caseload per whole-time post can be told.",
)

absence = Table(
    "absence",
    schema,
    Column("absence_id", Integer, primary_key=True, comment="Surrogate key."),
    _force(),
    Column("advocate_id", ForeignKey("advocate.advocate_id"), nullable=False, index=True, comment="Advocate."),
    _day("since", "First day away.", required=True),
    _day("until", "First day back; empty while away."),
    _code("kind", codes.ABSENCES, "Kind of absence; never exported.", default="other"),
    comment="Absence of an advocate. 28 days or more count as long: the post is then not counted.",
)

victim = Table(
    "victim",
    schema,
    Column("victim_id", Integer, primary_key=True, comment="Surrogate key."),
    _force(),
    Column("pseudonym", String(64), nullable=False, comment="Random; never derived from a name or a birth date."),
    _code("age_band", codes.AGE_BANDS, "Age band at referral; no date of birth is held."),
    _code("sex", codes.SEXES, "Sex as recorded."),
    _code("ethnicity", codes.ETHNICITIES, "Ethnic group in five groups (ONS 2021), as the victim said."),
    _code("disability", codes.DISABILITIES, "Disability, as the victim said."),
    _load(),
    UniqueConstraint("force_id", "pseudonym"),
    comment="One row for each victim, pseudonymous.",
)

perpetrator_link = Table(
    "perpetrator_link",
    schema,
    Column("link_id", Integer, primary_key=True, comment="Surrogate key."),
    _force(),
    Column("victim_id", ForeignKey("victim.victim_id"), nullable=False, index=True, comment="Victim of the pair."),
    Column("perpetrator", String(64), nullable=False, comment="Random pseudonym of the perpetrator."),
    _code("relationship", codes.RELATIONSHIPS, "Relationship of the perpetrator to the victim."),
    _code("cyber", codes.CYBER, "Whether stalking is online."),
    _load(),
    UniqueConstraint("force_id", "victim_id", "perpetrator"),
    comment="One row for each pair of victim and perpetrator.",
)

cases = Table(
    "cases",
    schema,
    Column("case_id", Integer, primary_key=True, comment="Surrogate key."),
    _force(),
    _source_id(),
    Column("case_ref", String(64), nullable=False, comment="Random short reference, shown on lists."),
    Column("victim_id", ForeignKey("victim.victim_id"), nullable=False, index=True, comment="Victim."),
    Column("link_id", ForeignKey("perpetrator_link.link_id"), comment="Pair of victim and perpetrator."),
    Column("team_id", ForeignKey("team.team_id"), comment="Team that took the case on, where no lead tells it."),
    _code("pathway", codes.PATHWAYS, "Kind of support; measures count full_advocacy unless they say otherwise."),
    Column("domestic_abuse", Boolean, comment="Whether the case is also domestic abuse."),
    _day("opened_on", "First day of the episode.", required=True),
    _day("closed_on", "Day of closing; the case is not open on that day. Empty while open."),
    _code("closure_reason", codes.CLOSURE_REASONS, "Why it closed; opened_in_error and duplicate leave every figure."),
    Column("closure_outcome", String(120), comment="Outcome at closing, from a code list of the source system."),
    _code("abuse_at_exit", codes.ABUSE_AT_EXIT, "What the victim said at closing of the abuse in the last 30 days."),
    Column(
        "repeat_of_case_id", Integer, comment="Earlier case of the same pair, where this one is a repeat or return."
    ),
    _entered(),
    _load(),
    UniqueConstraint("force_id", "source_id"),
    UniqueConstraint("force_id", "case_id"),
    UniqueConstraint("force_id", "case_ref"),
    Index("ix_cases_force_opened", "force_id", "opened_on"),
    comment="One row for each episode of support. A re-referral while it is open attaches to it.",
)

referral = Table(
    "referral",
    schema,
    Column("referral_id", Integer, primary_key=True, comment="Surrogate key."),
    _force(),
    _source_id(),
    Column("case_id", Integer, index=True, comment="Case that it opened or joined; empty when it opened none."),
    Column("opens_case", Boolean, nullable=False, default=False, comment="Whether this referral opened the case."),
    Column("received_minute", Integer, comment="Minute of receipt, UTC, since 1970; empty when only the day is known."),
    _day("received_on", "Local day of receipt; the clock of every timeliness figure.", required=True),
    Column("received_hour", SmallInteger, nullable=False, default=24, comment="Local hour 0-23; 24 is not recorded."),
    Column("received_workday", Integer, nullable=False, default=0, comment="Working-day number of the day of receipt."),
    _day("reported_on", "Day of the report to the police, where there was one; empty when not known."),
    _code("source", codes.SOURCES, "Who referred."),
    _code("route", codes.ROUTES, "How it came."),
    _code("consent", codes.CONSENTS, "Whether the victim agreed to be contacted."),
    _code("decision", codes.DECISIONS, "What was decided; duplicate leaves every figure."),
    _day("decided_on", "Day of the decision; empty while undecided."),
    _entered(),
    _load(),
    UniqueConstraint("force_id", "source_id"),
    ForeignKeyConstraint(["force_id", "case_id"], ["cases.force_id", "cases.case_id"]),
    Index("ix_referral_force_received", "force_id", "received_on"),
    comment="One row for each referral received.",
)

case_stage_event = Table(
    "case_stage_event",
    schema,
    Column("stage_event_id", Integer, primary_key=True, comment="Surrogate key."),
    _force(),
    _source_id(),
    *_of_case(),
    _code("stage", codes.STAGES, "Stage reached; on_hold and waiting_list interrupt."),
    _day("since", "First day in the stage.", required=True),
    _day("until", "First day no longer in it; empty while in it."),
    _code("reason", codes.HOLD_REASONS, "Why on hold.", default="not_applicable"),
    _load(),
    UniqueConstraint("force_id", "source_id"),
    Index("ix_case_stage_event_case", "force_id", "case_id"),
    comment="Stages of a case, dated.",
)

allocation = Table(
    "allocation",
    schema,
    Column("allocation_id", Integer, primary_key=True, comment="Surrogate key."),
    _force(),
    _source_id(),
    *_of_case(),
    Column("advocate_id", ForeignKey("advocate.advocate_id"), nullable=False, index=True, comment="Advocate."),
    _code("role", codes.ALLOCATION_ROLES, "Lead, cover, co-worker or court only."),
    _day("since", "First day.", required=True),
    _day("until", "First day no longer allocated; empty while allocated."),
    _code("end_reason", codes.ALLOCATION_ENDS, "Why it ended.", default="not_applicable"),
    _load(),
    UniqueConstraint("force_id", "source_id"),
    Index("ix_allocation_case", "force_id", "case_id"),
    comment="Who works on a case, dated. At most one lead at any time.",
)

contacts = Table(
    "contacts",
    schema,
    Column("contact_id", Integer, primary_key=True, comment="Surrogate key."),
    _force(),
    _source_id(),
    *_of_case(),
    Column("advocate_id", ForeignKey("advocate.advocate_id"), comment="Who did it, not who led the case."),
    Column("at_minute", Integer, comment="Minute, UTC, since 1970; empty when only the day is known."),
    _day("on_day", "Local day of the attempt or contact.", required=True),
    Column("hour", SmallInteger, nullable=False, default=24, comment="Local hour 0-23; 24 is not recorded."),
    Column("workday", Integer, nullable=False, default=0, comment="Working-day number of the day."),
    _code("direction", codes.DIRECTIONS, "Outbound (by the service) or inbound."),
    _code("with_whom", codes.CONTACT_WITH, "With the victim, a professional, family or a perpetrator worker."),
    _code("channel", codes.CHANNELS, "How."),
    _code("outcome", codes.OUTCOMES, "What came of it."),
    Column(
        "purposes", String(400), nullable=False, default="not_recorded", comment="Purposes, sorted, joined by a comma."
    ),
    _code("agency", codes.AGENCIES, "Agency spoken with, when with a professional."),
    Column("duration_minutes", SmallInteger, comment="Whole minutes; empty when not recorded, never 0 for unknown."),
    Column("travel_minutes", SmallInteger, comment="Minutes of travel, there and back; empty when not recorded."),
    _entered(),
    _load(),
    UniqueConstraint("force_id", "source_id"),
    Index("ix_contacts_case", "force_id", "case_id", "on_day"),
    comment="One row for each attempt or contact.",
)

risk_assessments = Table(
    "risk_assessments",
    schema,
    Column("assessment_id", Integer, primary_key=True, comment="Surrogate key."),
    _force(),
    _source_id(),
    *_of_case(),
    _day("assessed_on", "Day of the assessment.", required=True),
    _code("tool", codes.TOOLS, "Tool used."),
    Column("tool_version", String(20), comment="Version of the tool."),
    _code("kind", codes.ASSESSMENT_KINDS, "Referrer's, initial, review, trigger or exit."),
    _code("agency", codes.AGENCIES, "Agency of the assessor; advocacy_service is our own.", default=codes.OWN_AGENCY),
    Column("advocate_id", ForeignKey("advocate.advocate_id"), comment="Advocate who assessed."),
    Column("score", SmallInteger, comment="Ticks of a checklist; empty for professional judgement tools."),
    _code("level", codes.LEVELS, "Level as judged: high, medium or standard."),
    _code("basis", codes.LEVEL_BASES, "Ground of the level."),
    _code("trigger", codes.TRIGGERS, "What made it necessary; routine is a review at its time."),
    _entered(),
    _load(),
    UniqueConstraint("force_id", "source_id"),
    Index("ix_risk_assessments_case", "force_id", "case_id", "assessed_on"),
    comment="One row for each risk assessment.",
)

incident = Table(
    "incident",
    schema,
    Column("incident_id", Integer, primary_key=True, comment="Surrogate key."),
    _force(),
    _source_id(),
    *_of_case(),
    _day("on_day", "Day of the incident; what leaves the database has the month only.", required=True),
    _code("kind", codes.INCIDENTS, "Kind of incident."),
    _entered(),
    _load(),
    UniqueConstraint("force_id", "source_id"),
    Index("ix_incident_case", "force_id", "case_id", "on_day"),
    comment="One row for each stalking incident that became known. What happened is not held.",
)

risk_threshold = Table(
    "risk_threshold",
    schema,
    Column("threshold_id", Integer, primary_key=True, comment="Surrogate key."),
    _force(),
    _code("tool", codes.TOOLS, "Tool."),
    _day("since", "First day of this threshold.", required=True),
    _day("until", "First day no longer valid; empty while valid."),
    Column("medium_min", SmallInteger, nullable=False, comment="Least score for medium."),
    Column("high_min", SmallInteger, nullable=False, comment="Least score for high."),
    UniqueConstraint("force_id", "tool", "since"),
    comment="Score thresholds of a force, dated: the same score can be two levels.",
)

event = Table(
    "event",
    schema,
    Column("event_id", Integer, primary_key=True, comment="Surrogate key."),
    _force(),
    _day("on_day", "Day.", required=True),
    _code("kind", codes.EVENT_KINDS, "Kind of note."),
    Column("text", String(200), nullable=False, comment="A sentence about the service, never about a person."),
    UniqueConstraint("force_id", "on_day", "kind", "text"),
    comment="Dated notes that explain a change in a figure.",
)

bank_holiday = Table(
    "bank_holiday",
    schema,
    Column("on_day", DayNumber, primary_key=True, comment="Day that is no working day."),
    Column("name", String(80), nullable=False, comment="Name of the holiday."),
    comment="Bank holidays, replaceable.",
)

load_run = Table(
    "load_run",
    schema,
    Column("load_id", Integer, primary_key=True, comment="Surrogate key."),
    Column("source", String(200), nullable=False, comment="File or folder name, without its path."),
    Column("layout", String(60), nullable=False, comment="Own layout or the name of the mapping."),
    Column("started_at", DateTime, nullable=False, comment="UTC."),
    Column("finished_at", DateTime, comment="UTC."),
    Column("rows_read", Integer, nullable=False, default=0, comment="Rows read."),
    Column("rows_loaded", Integer, nullable=False, default=0, comment="Rows written, new or changed."),
    Column("rows_unchanged", Integer, nullable=False, default=0, comment="Rows already there, the same."),
    Column("rows_set_aside", Integer, nullable=False, default=0, comment="Rows that could not be used."),
    comment="One row for each load. read = loaded + unchanged + set aside.",
)

set_aside = Table(
    "set_aside",
    schema,
    Column("set_aside_id", Integer, primary_key=True, comment="Surrogate key."),
    Column("load_id", ForeignKey("load_run.load_id"), nullable=False, comment="Load."),
    Column("file", String(120), nullable=False, comment="File of the row."),
    Column("row", Integer, nullable=False, comment="Row number in the file; the header is row 1."),
    Column("column", String(80), nullable=False, comment="Column that cannot be used."),
    Column("reason", String(300), nullable=False, comment="Why, without the value where it could be personal."),
    comment="Rows that could not be used, with the reason. Nothing is dropped silently.",
)

data_version = Table(
    "data_version",
    schema,
    Column("force_id", ForeignKey("force.force_id"), primary_key=True, comment="Force."),
    Column("version", Integer, nullable=False, comment="Goes up by one with each load that changes the force."),
    _day("as_of", "Day up to which the force's extract tells; the day itself is included.", required=True),
    Column("extract_at", DateTime, comment="Local time at which the extract was taken, where known."),
    Column(
        "stamp",
        String(32),
        nullable=False,
        server_default="",
        default=_stamp,
        onupdate=_stamp,
        comment="Drawn anew with every version. After a backup was put back, the same number may come round again.",
    ),
    comment="How far each force's data go, and their version.",
)

published_run = Table(
    "published_run",
    schema,
    Column("run_id", Integer, primary_key=True, comment="Surrogate key."),
    _force(),
    _code("recipient", codes.RECIPIENTS, "Whom the file was made for: a force, a team, or the supervisors of a team."),
    Column("team", String(64), nullable=False, default="", comment="Code of the team; empty for the whole force."),
    Column("week", String(8), nullable=False, comment="ISO week, such as 2026-W46."),
    _day("week_first_on", "Monday of the week.", required=True),
    Column("made_at", DateTime, nullable=False, comment="UTC; the file stood on disk by then."),
    Column("data_version", Integer, nullable=False, comment="Version of the force's data that it was made from."),
    _day("as_of", "Day up to which the force's data told then.", required=True),
    Column("product_version", String(60), nullable=False, comment="Version of caselight that made it."),
    Column("file", String(240), nullable=False, comment="Name of the file, without its folder."),
    Column("digest", String(64), nullable=False, comment="Content digest that the file's own Audit states."),
    Index("ix_published_run_week", "force_id", "week_first_on"),
    comment="One row for each weekly file that was published: whose, of which week, from which data.",
)

published_figure = Table(
    "published_figure",
    schema,
    Column("figure_id", Integer, primary_key=True, comment="Surrogate key; the order in the file."),
    Column("run_id", ForeignKey("published_run.run_id"), nullable=False, index=True, comment="Run that published it."),
    Column("measure", String(80), nullable=False, comment="Name of the measure."),
    Column("grain", String(10), nullable=False, comment="Length of the period: week or 4week."),
    Column("keys", Text, nullable=False, comment="What it is broken down by, such as level=high; empty for all."),
    _day("period_start", "First day of the period.", required=True),
    Column("numerator", Float, comment="As the frame of the measure had it; empty where it had none."),
    Column("denominator", Float, comment="The same."),
    Column("value", Float, comment="The same."),
    Column("lower", Float, comment="The same."),
    Column("upper", Float, comment="The same."),
    Column("n", Integer, comment="The same."),
    Column("note", Text, nullable=False, default="", comment="The note beside it."),
    comment="Every figure of a published file, frozen: later loads do not change it.",
)

safety_plan = Table(
    "safety_plan",
    schema,
    Column("plan_id", Integer, primary_key=True, comment="Surrogate key."),
    _force(),
    _source_id(),
    *_of_case(),
    _day("made_on", "Day on which the plan, or this version of it, was made.", required=True),
    Column("agreed_with_victim", Boolean, nullable=False, default=False, comment="A template saved is no plan."),
    _day("superseded_on", "Day from which another version took its place; empty while it is the current one."),
    _entered(),
    _load(),
    UniqueConstraint("force_id", "source_id"),
    Index("ix_safety_plan_case", "force_id", "case_id"),
    comment="One row for each version of a safety plan. What the plan says is not held.",
)

safety_plan_review = Table(
    "safety_plan_review",
    schema,
    Column("plan_review_id", Integer, primary_key=True, comment="Surrogate key."),
    _force(),
    _source_id(),
    *_of_case(),
    _day("reviewed_on", "Day of the review.", required=True),
    _code("outcome", codes.PLAN_REVIEWS, "What came of it."),
    _code("trigger", codes.TRIGGERS, "What made it necessary."),
    _entered(),
    _load(),
    UniqueConstraint("force_id", "source_id"),
    Index("ix_safety_plan_review_case", "force_id", "case_id"),
    comment="One row for each review of the safety plan of a case.",
)

case_discussion = Table(
    "case_discussion",
    schema,
    Column("discussion_id", Integer, primary_key=True, comment="Surrogate key."),
    _force(),
    _source_id(),
    *_of_case(),
    _day("held_on", "Day of the meeting.", required=True),
    _code("kind", codes.MEETINGS, "Kind of meeting."),
    Column("victim_view", Boolean, comment="Whether the victim's view was represented."),
    _entered(),
    _load(),
    UniqueConstraint("force_id", "source_id"),
    Index("ix_case_discussion_case", "force_id", "case_id"),
    comment="One row for each time that a case was discussed at a multi-agency meeting.",
)

agency_action = Table(
    "agency_action",
    schema,
    Column("action_id", Integer, primary_key=True, comment="Surrogate key."),
    _force(),
    _source_id(),
    *_of_case(),
    _code("owner_agency", codes.AGENCIES, "Agency that agreed to do it."),
    _day("agreed_on", "Day on which it was agreed.", required=True),
    _day("due_on", "Last day in time; empty when none was agreed."),
    _day("done_on", "Day on which it was done; empty while it is not."),
    _code("status", codes.ACTION_STATES, "Open, done, not done or cancelled; cancelled leaves every figure."),
    _entered(),
    _load(),
    UniqueConstraint("force_id", "source_id"),
    Index("ix_agency_action_case", "force_id", "case_id"),
    comment="One row for each action that an agency agreed to at a multi-agency meeting.",
)

justice_event = Table(
    "justice_event",
    schema,
    Column("justice_event_id", Integer, primary_key=True, comment="Surrogate key."),
    _force(),
    _source_id(),
    *_of_case(),
    _code("kind", codes.JUSTICE_EVENTS, "What happened, or is listed to happen."),
    _day("on_day", "Day of it; may lie ahead (a hearing, a release, the end of an order).", required=True),
    _day("told_on", "Day on which the victim was told; empty when not, or not known."),
    Column("advocate_present", Boolean, comment="Whether an advocate was with the victim at a hearing."),
    _entered(),
    _load(),
    UniqueConstraint("force_id", "source_id"),
    Index("ix_justice_event_case", "force_id", "case_id"),
    comment="One row for each step of a case in the justice system, past or listed.",
)

outcome_measure = Table(
    "outcome_measure",
    schema,
    Column("outcome_id", Integer, primary_key=True, comment="Surrogate key."),
    _force(),
    _source_id(),
    *_of_case(),
    _code("point", codes.OUTCOME_POINTS, "At intake, four months, exit or six months after."),
    _day("measured_on", "Day of the answer.", required=True),
    _code("item", codes.OUTCOME_ITEMS, "What was asked."),
    Column("value", SmallInteger, comment="Answer from 1 to 5; empty when not answered."),
    _code("completed_by", codes.COMPLETED_BY, "Who filled it in: the victim, or the advocate."),
    _entered(),
    _load(),
    UniqueConstraint("force_id", "source_id"),
    Index("ix_outcome_measure_case", "force_id", "case_id"),
    comment="One row for each answer of a victim on safety, coping and control.",
)

standard = Table(
    "standard",
    schema,
    Column("standard_id", Integer, primary_key=True, comment="Surrogate key."),
    Column("force_id", ForeignKey("force.force_id"), comment="Force; empty for every force that has none of its own."),
    Column("kind", String(40), nullable=False, comment="first_call, contact_within, review_within and so on."),
    Column("name", String(40), nullable=False, comment="Level of risk, or what the number counts."),
    Column("amount", Integer, nullable=False, comment="Days, hours, or hundredths of a point of weight."),
    UniqueConstraint("force_id", "kind", "name"),
    comment="What the service holds itself to, from its own file of standards; the package's numbers are not here.",
)

target = Table(
    "target",
    schema,
    Column("target_id", Integer, primary_key=True, comment="Surrogate key."),
    Column("force_id", ForeignKey("force.force_id"), comment="Force; empty for every force that has none of its own."),
    Column("measure", String(80), nullable=False, comment="Name of the measure."),
    Column("at_least", Float, comment="Lower bound, in the unit of the measure; a share is 0 to 1."),
    Column("at_most", Float, comment="Upper bound."),
    Column("source", String(200), nullable=False, comment="Whose target it is."),
    UniqueConstraint("force_id", "measure"),
    comment="Targets and bands of measures, from the service's own file of standards.",
)

SOURCE_TABLES = tuple(schema.sorted_tables)
