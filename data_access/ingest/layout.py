"""Our own layout of files: said once, read by the template, the reader, the mappings and the docs.

A file's columns are the table's own columns, with business keys (force_code,
case, victim) in place of surrogate ids. Kinds, codes and comments come from
``data_access.tables``.
"""

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Boolean, Column, DateTime, Enum, String, Table

from data_access import codes
from data_access import tables as t
from data_access.days import DayNumber
from data_access.errors import UnknownName


@dataclass(frozen=True)
class LayoutColumn:
    """One column of a file.

    ``kind`` is key, text, code, codes, day, moment, local_time, number or yes_no.
    ``writes`` is the table's column; ``parent`` the file that a business key points into.
    """

    name: str
    kind: str
    writes: str
    required: bool
    comment: str
    codes: tuple[str, ...] = ()
    default: object = None
    longest: int = 0
    parent: str = ""


@dataclass(frozen=True)
class LayoutFile:
    """One file (or sheet): its table, its columns, and the columns that make a row the same row."""

    name: str
    table: Table
    key: tuple[str, ...]
    columns: tuple[LayoutColumn, ...]
    comment: str

    @cached_property
    def by_name(self) -> dict[str, LayoutColumn]:
        """Columns by their name in the file."""
        return {column.name: column for column in self.columns}

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that every row must fill."""
        return tuple(column.name for column in self.columns if column.required)


@dataclass(frozen=True)
class Layout:
    """All files, in the order in which they are loaded: parents first."""

    files: tuple[LayoutFile, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """File names, in load order."""
        return tuple(file.name for file in self.files)

    def file(self, name: str) -> LayoutFile:
        """The file of that name. Raises UnknownName."""
        for found in self.files:
            if found.name == name:
                return found
        raise UnknownName("file of the layout", name, self.names)


# Business key -> file that it points into, the table's column that it fills, what it says.
PARENTS = {
    "force_code": ("forces", "force_id", "Code of the force."),
    "team_code": ("teams", "team_id", "Code of the team, in its force."),
    "advocate_code": ("advocates", "advocate_id", "Pseudonym of the advocate, in the force; never a name."),
    "victim": ("victims", "victim_id", "Pseudonym of the victim."),
    "perpetrator": ("perpetrator_links", "link_id", "Pseudonym of the perpetrator; the pair is in perpetrator_links."),
    "case": ("cases", "case_id", "source_id of the case."),
    "repeat_of": ("cases", "repeat_of_case_id", "source_id of the earlier case of the pair, where this is a repeat."),
}
_OPTIONAL_PARENTS = {
    ("cases", "team_code"),
    ("cases", "perpetrator"),
    ("cases", "repeat_of"),
    ("referrals", "case"),
    ("contacts", "advocate_code"),
    ("risk_assessments", "advocate_code"),
}
# A business key is the row's own column in the file that it points into.
_OWN = {
    ("forces", "force_code"): "code",
    ("teams", "team_code"): "code",
    ("advocates", "advocate_code"): "code",
    ("victims", "victim"): "pseudonym",
    ("perpetrator_links", "perpetrator"): "perpetrator",
}
_KEYS = {"source_id", "case_ref"}
_MOMENTS = {
    "received_at": ("received_on", "Receipt: 'YYYY-MM-DD HH:MM' local, ISO with offset, or the day alone."),
    "at": ("on_day", "Attempt or contact: 'YYYY-MM-DD HH:MM' local, ISO with offset, or the day alone."),
}
# The first code of these lists is an answer, not its absence: a row has to say it.
_SAID = {
    "pathway",
    "direction",
    "with_whom",
    "outcome",
    "stage",
    "level",
    "opens_case",
    "kind",
    "tool",
    "role",
    "point",
}
_NOT_SAID = {
    ("absences", "kind"),
    ("events", "kind"),
    ("contacts", "outcome"),
    ("advocates", "role"),
    ("incidents", "kind"),
    ("safety_plan_reviews", "outcome"),
}
_GENERATED = {("cases", "case_ref")}


def default_of(column: Column) -> object:
    """The plain default of a table's column, or None."""
    return getattr(column.default, "arg", None)


def _kind(column: Column) -> str:
    if isinstance(column.type, Enum):
        return "code"
    for type_, kind in ((DayNumber, "day"), (Boolean, "yes_no"), (DateTime, "local_time"), (String, "text")):
        if isinstance(column.type, type_):
            return kind
    return "number"


def _own_column(file: str, table: Table, name: str, writes: str) -> LayoutColumn:
    column = table.c[writes]
    default = default_of(column)
    said = name in _SAID and (file, name) not in _NOT_SAID
    required = said or not (column.nullable or default is not None or (file, name) in _GENERATED)
    kind = "key" if name in _KEYS or (file, name) in _OWN else _kind(column)
    listed: tuple[str, ...] = tuple(getattr(column.type, "enums", ()))
    if name == "purposes":
        kind, listed = "codes", codes.PURPOSES
    if name == "timezone":
        kind = "zone"
    longest = getattr(column.type, "length", None) or 0 if kind in ("key", "text") else 0
    return LayoutColumn(name, kind, writes, required, column.comment or "", listed, default, longest)


def _column(file: str, table: Table, name: str) -> LayoutColumn:
    if (file, name) in _OWN:
        return _own_column(file, table, name, _OWN[file, name])
    if name in PARENTS:
        parent, writes, comment = PARENTS[name]
        return LayoutColumn(name, "key", writes, (file, name) not in _OPTIONAL_PARENTS, comment, (), None, 64, parent)
    if name in _MOMENTS:
        writes, comment = _MOMENTS[name]
        return LayoutColumn(name, "moment", writes, True, comment)
    return _own_column(file, table, name, name)


def _file(name: str, table: Table, key: str, columns: str, comment: str = "") -> LayoutFile:
    made = tuple(_column(name, table, column) for column in columns.split())
    return LayoutFile(name, table, tuple(key.split()), made, comment or table.comment or "")


LAYOUT = Layout(
    (
        _file(
            "forces",
            t.force,
            "force_code",
            "force_code name adult_population adult_female_population timezone min_cell",
        ),
        _file(
            "extract",
            t.data_version,
            "force_code",
            "force_code as_of extract_at",
            "One row for each force: the day up to which its data go.",
        ),
        _file("teams", t.team, "force_code team_code", "force_code team_code name opened_on closed_on"),
        _file(
            "advocates",
            t.advocate,
            "force_code advocate_code",
            "force_code advocate_code team_code role started_on left_on",
        ),
        _file(
            "advocate_fte",
            t.advocate_fte,
            "force_code advocate_code since",
            "force_code advocate_code since until fte_hundredths",
        ),
        _file("absences", t.absence, "force_code advocate_code since", "force_code advocate_code since until kind"),
        _file("victims", t.victim, "force_code victim", "force_code victim age_band sex ethnicity disability"),
        _file(
            "perpetrator_links",
            t.perpetrator_link,
            "force_code victim perpetrator",
            "force_code victim perpetrator relationship cyber",
        ),
        _file(
            "cases",
            t.cases,
            "force_code source_id",
            "force_code source_id case_ref victim perpetrator team_code pathway domestic_abuse opened_on closed_on "
            "closure_reason closure_outcome abuse_at_exit repeat_of entered_on",
        ),
        _file(
            "referrals",
            t.referral,
            "force_code source_id",
            "force_code source_id case opens_case received_at reported_on source route consent decision decided_on "
            "entered_on",
        ),
        _file(
            "stage_events",
            t.case_stage_event,
            "force_code source_id",
            "force_code source_id case stage since until reason",
        ),
        _file(
            "allocations",
            t.allocation,
            "force_code source_id",
            "force_code source_id case advocate_code role since until end_reason",
        ),
        _file(
            "contacts",
            t.contacts,
            "force_code source_id",
            "force_code source_id case advocate_code at direction with_whom channel outcome purposes agency "
            "duration_minutes travel_minutes entered_on",
        ),
        _file(
            "risk_assessments",
            t.risk_assessments,
            "force_code source_id",
            "force_code source_id case assessed_on tool tool_version kind agency advocate_code score level basis "
            "trigger entered_on",
        ),
        _file("incidents", t.incident, "force_code source_id", "force_code source_id case on_day kind entered_on"),
        _file(
            "risk_thresholds",
            t.risk_threshold,
            "force_code tool since",
            "force_code tool since until medium_min high_min",
        ),
        _file("events", t.event, "force_code on_day kind text", "force_code on_day kind text"),
        _file(
            "safety_plans",
            t.safety_plan,
            "force_code source_id",
            "force_code source_id case made_on agreed_with_victim superseded_on entered_on",
        ),
        _file(
            "safety_plan_reviews",
            t.safety_plan_review,
            "force_code source_id",
            "force_code source_id case reviewed_on outcome trigger entered_on",
        ),
        _file(
            "case_discussions",
            t.case_discussion,
            "force_code source_id",
            "force_code source_id case held_on kind victim_view entered_on",
        ),
        _file(
            "agency_actions",
            t.agency_action,
            "force_code source_id",
            "force_code source_id case owner_agency agreed_on due_on done_on status entered_on",
        ),
        _file(
            "justice_events",
            t.justice_event,
            "force_code source_id",
            "force_code source_id case kind on_day told_on advocate_present entered_on",
        ),
        _file(
            "outcome_measures",
            t.outcome_measure,
            "force_code source_id",
            "force_code source_id case point measured_on item value completed_by entered_on",
        ),
    )
)
