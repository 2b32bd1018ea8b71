"""From a row of text to a row of the table: cells read, parents found, days checked against each other."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from data_access.days import LOCAL, working_day_number
from data_access.ingest.layout import LayoutColumn, LayoutFile
from data_access.ingest.offered import Offered
from data_access.ingest.values import (
    EARLIEST,
    EARLIEST_OF_SERVICE,
    SERVICE_DAYS,
    BadCell,
    clean,
    one_form,
    read_moment,
    reader,
)

Key = tuple
LATEST_AFTER_EXTRACT = timedelta(days=731)  # a post may end or a court day lie ahead; more is a slip of the pen
FURTHER_AHEAD = {"justice_events": timedelta(days=3653)}  # an order can end ten years after it was made
YEARS = {LATEST_AFTER_EXTRACT: "two", FURTHER_AHEAD["justice_events"]: "ten"}
# In each file: the day that must not come before the other.
ENDS = {
    "teams": ("closed_on", "opened_on"),
    "advocates": ("left_on", "started_on"),
    "advocate_fte": ("until", "since"),
    "absences": ("until", "since"),
    "cases": ("closed_on", "opened_on"),
    "stage_events": ("until", "since"),
    "allocations": ("until", "since"),
    "risk_thresholds": ("until", "since"),
    "safety_plans": ("superseded_on", "made_on"),
    "agency_actions": ("done_on", "agreed_on"),
}
MOMENT_COLUMNS = {
    "received_at": ("received_minute", "received_on", "received_hour", "received_workday"),
    "at": ("at_minute", "on_day", "hour", "workday"),
}


@dataclass
class Known:
    """What a load knows of rows already placed: surrogate ids by business key, and each force's calendar."""

    ids: dict[str, dict[Key, int]] = field(default_factory=dict)
    zones: dict[int, ZoneInfo] = field(default_factory=dict)
    as_of: dict[int, date] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()
    workdays: dict[date, int] = field(default_factory=dict)

    def workday(self, day: date) -> int:
        """Working-day number of the day."""
        found = self.workdays.get(day)
        if found is None:
            found = self.workdays[day] = working_day_number(day, self.holidays)
        return found


class BadRowCell(Exception):
    """A cell that cannot be used, with its column."""

    def __init__(self, column: str, reason: str):
        super().__init__(reason)
        self.column, self.reason = column, reason


class RowReader:
    """Reads the rows of one file of our layout."""

    def __init__(self, spec: LayoutFile, columns: tuple[str, ...], known: Known):
        self.spec, self.known = spec, known
        chosen = [spec.by_name[name] for name in columns]
        self.parents = [column for column in chosen if column.parent]
        self.plain: list[tuple[LayoutColumn, Callable[[str], object]]] = [
            (column, reader(column)) for column in chosen if not column.parent and column.kind != "moment"
        ]
        self.moments = [column for column in chosen if column.kind == "moment"]
        of_service = spec.name in ("teams", "advocates")
        self.earliest = {
            column.writes: EARLIEST_OF_SERVICE if of_service and column.writes in SERVICE_DAYS else EARLIEST
            for column in chosen
            if column.kind in ("day", "moment")
        }
        self.end = ENDS.get(spec.name)
        self._ahead = FURTHER_AHEAD.get(spec.name, LATEST_AFTER_EXTRACT)

    def read(self, offered: Offered) -> dict:
        """The table's columns that the row fills. Raises BadRowCell."""
        row: dict = {}
        texts = {name: self._clean(name, text) for name, text in offered.cells.items()}
        for column in self.parents:
            row[column.writes] = self._parent(column, texts, row)
        for column, read in self.plain:
            row[column.writes] = self._value(column, read, texts.get(column.name, ""))
        for column in self.moments:
            self._moment(column, texts.get(column.name, ""), row)
        self._check_days(row)
        if self.spec.name == "referrals" and row.get("opens_case") and row.get("case_id") is None:
            raise BadRowCell("case", "the referral opens a case but names none")
        return row

    def latest(self, force_id: int) -> date:
        """The last day that a row of the force may name."""
        as_of = self.known.as_of.get(force_id)
        return as_of + self._ahead if as_of else date.max

    def key_text(self, offered: Offered) -> Key:
        """The row's key as text, to find rows that stand twice."""
        return tuple(one_form(offered.cells.get(name, "")) for name in self.spec.key)

    @staticmethod
    def _clean(name: str, text: str) -> str:
        try:
            return clean(text)
        except BadCell as bad:
            raise BadRowCell(name, str(bad)) from None

    @staticmethod
    def _value(column: LayoutColumn, read: Callable[[str], object], text: str) -> object:
        if not text:
            if column.required:
                raise BadRowCell(column.name, "empty, and needed")
            return column.default
        try:
            return read(text)
        except BadCell as bad:
            raise BadRowCell(column.name, str(bad)) from None

    def _parent(self, column: LayoutColumn, texts: dict[str, str], row: dict) -> int | None:
        text = texts.get(column.name, "")
        if not text:
            if column.required:
                raise BadRowCell(column.name, "empty, and needed")
            return None
        key: Key = (row["force_id"], text) if "force_id" in row else (text,)
        if column.parent == "perpetrator_links":
            key = (row["force_id"], row["victim_id"], text)
        found = self.known.ids.get(column.parent, {}).get(key)
        if found is None:
            raise BadRowCell(column.name, f"not known from {column.parent}: it is not there, or was set aside")
        return found

    def _moment(self, column: LayoutColumn, text: str, row: dict) -> None:
        if not text:
            raise BadRowCell(column.name, "empty, and needed")
        try:
            found = read_moment(text, self.known.zones.get(row["force_id"], LOCAL))
        except BadCell as bad:
            raise BadRowCell(column.name, str(bad)) from None
        minute, day, hour, workday = MOMENT_COLUMNS[column.name]
        row[minute], row[day], row[hour] = found.minute, found.on, found.hour
        row[workday] = self.known.workday(found.on)

    def _check_days(self, row: dict) -> None:
        latest = self.latest(row.get("force_id", 0))
        for name, earliest in self.earliest.items():
            value = row[name]
            if value is None:
                continue
            if value < earliest:
                raise BadRowCell(name, f"a day before {earliest.year}")
            if value > latest:
                raise BadRowCell(name, f"a day more than {YEARS[self._ahead]} years after the extract")
        if self.end:
            later, earlier = row.get(self.end[0]), row.get(self.end[1])
            if later is not None and earlier is not None and later < earlier:
                raise BadRowCell(self.end[0], f"before {self.end[1]}")


def table_key(spec: LayoutFile) -> tuple[str, ...]:
    """The table's columns that make a row the same row."""
    return tuple(spec.by_name[name].writes for name in spec.key)
