"""Cells read side by side: what can be vouched for at once, and which rows the row reader has to judge.

The row reader (``rows``) is the only judge of a bad row. This one knows good
cells when it sees them: each distinct text is read once, and remembered.
"""

import re
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from data_access.days import HOUR_NOT_RECORDED, LOCAL, moment, number
from data_access.ingest.filling import Answers
from data_access.ingest.layout import LayoutColumn, LayoutFile
from data_access.ingest.offered import Part
from data_access.ingest.rows import MOMENT_COLUMNS, Known, RowReader
from data_access.ingest.values import BadCell, clean, read_day, read_moment

# Letters, a hyphen and at most eight letters or digits: too short for anything that ``personal`` looks for.
# Atomic groups, so that a text that does not fit is told at once. One text a line.
_PLAIN_KEYS = re.compile(r"(?>(?>(?:[A-Za-z]{0,8}-)?[A-Za-z0-9]{1,8}\n)+)")
_CLOCK = re.compile(r"[T ](\d{2}):(\d{2})(?::[0-5]\d)?", re.ASCII)

Values = dict[str, Sequence]


class _Doubt:
    """Stands for a value that only the row reader can judge."""


DOUBT = _Doubt()


class ColumnReader:
    """Reads rows of one file of our layout side by side, as the database binds them: days as whole numbers."""

    def __init__(self, spec: LayoutFile, rows: RowReader, known: Known):
        self.spec, self.rows, self.known = spec, rows, known
        self._plain = [(column, _reads(column, read)) for column, read in rows.plain]
        self._keys = [column.name for column in rows.parents] + [column.name for column in rows.moments]
        self._moments: dict[tuple[str, ZoneInfo], _Moments] = {}

    def read(self, part: Part) -> tuple[Values, set[int]]:
        """The table's columns, and the places of the rows that it does not vouch for."""
        rows, doubted = len(part), set(part.faults)
        values: Values = {}
        for column in self.rows.parents:
            values[column.writes] = self._parents(column, _cells(part, column.name), values, doubted)
        for column, reads in self._plain:
            values[column.writes] = found = reads(_cells(part, column.name))
            _doubt(found, doubted)
        for column in self.rows.moments:
            self._read_moments(column, _cells(part, column.name), values, doubted)
        if self.spec.name == "referrals" and "opens_case" in values:
            cases = values.get("case_id", [None] * rows)
            doubted.update(p for p, opens in enumerate(values["opens_case"]) if opens is True and cases[p] is None)
        self._check_days(values, doubted)
        return values, doubted

    def _parents(self, column: LayoutColumn, texts: Sequence[str], values: Values, doubted: set[int]) -> Sequence:
        ids = self.known.ids.get(column.parent, {})
        if column.parent == "perpetrator_links":
            keys = zip(values["force_id"], values["victim_id"], texts, strict=True)
        elif "force_id" in values:
            keys = zip(values["force_id"], texts, strict=True)  # type: ignore[assignment]
        else:
            keys = zip(texts, strict=True)  # type: ignore[assignment]
        found = list(map(ids.get, keys))
        if None in found:
            unknown = (p for p, id_ in enumerate(found) if id_ is None and (texts[p] or column.required))
            doubted.update(unknown)
        return found

    def _read_moments(self, column: LayoutColumn, texts: Sequence[str], values: Values, doubted: set[int]) -> None:
        forces = values["force_id"]
        distinct = set(forces)
        zones = {force: self.known.zones.get(force, LOCAL) for force in distinct}
        if len(set(zones.values())) == 1:
            found = self._of_zone(column, zones[forces[0]]).read(texts)
        else:
            by_zone = {force: self._of_zone(column, zone) for force, zone in zones.items()}
            found = [by_zone[force].read((text,))[0] for force, text in zip(forces, texts, strict=True)]
        _doubt(found, doubted)
        nothing = (None, None, None, None)
        parts = zip(*(nothing if moment_ is DOUBT else moment_ for moment_ in found), strict=True)
        for name, part in zip(MOMENT_COLUMNS[column.name], parts, strict=True):
            values[name] = part

    def _of_zone(self, column: LayoutColumn, zone: ZoneInfo) -> "_Moments":
        key = (column.name, zone)
        if key not in self._moments:
            self._moments[key] = _Moments(zone, self.known)
        return self._moments[key]

    def _check_days(self, values: Values, doubted: set[int]) -> None:
        forces = set(values.get("force_id", ())) - {None}
        latest = min((number(self.rows.latest(force)) for force in forces), default=number(self.rows.latest(0)))
        for name, first in self.rows.earliest.items():
            earliest = number(first)
            days = [day for day in values[name] if day.__class__ is int]
            if days and (min(days) < earliest or max(days) > latest):
                doubted.update(
                    p for p, day in enumerate(values[name]) if day.__class__ is int and not earliest <= day <= latest
                )
        if self.rows.end:
            late, early = (values.get(name) for name in self.rows.end)
            if late is not None and early is not None:
                doubted.update(
                    p
                    for p, (end, start) in enumerate(zip(late, early, strict=True))
                    if end.__class__ is int and start.__class__ is int and end < start
                )


def _cells(part: Part, name: str) -> Sequence[str]:
    found = part.columns.get(name)
    return [""] * len(part) if found is None else found


def _doubt(found: Sequence, doubted: set[int]) -> None:
    if DOUBT in found:
        doubted.update(place for place, value in enumerate(found) if value is DOUBT)


def _reads(column: LayoutColumn, read: Callable[[str], object]) -> Callable[[Sequence[str]], Sequence]:
    """What reads the cells of a column."""

    def one(text: str) -> object:
        try:
            text = clean(text)
            if not text:
                return DOUBT if column.required else column.default
            found = read(text)
        except BadCell:
            return DOUBT
        return number(found) if column.kind == "day" else found  # type: ignore[arg-type]

    answers = Answers(one)

    def several(texts: Sequence[str]) -> Sequence:
        return list(map(answers.__getitem__, texts))

    def keys(texts: Sequence[str]) -> Sequence:
        lines = "\n".join(texts) + "\n"
        # As many lines as texts: none of them holds a line break of its own.
        if lines.count("\n") == len(texts) and _PLAIN_KEYS.fullmatch(lines):
            return texts
        return several(texts)

    return keys if column.kind == "key" else several


class _Moments:
    """Local times of one zone: minute UTC, day, hour and working-day number; the day and the clock read apart."""

    def __init__(self, zone: ZoneInfo, known: Known):
        self._zone, self._known = zone, known
        self._days, self._clocks, self._others = Answers(self._day), Answers(_clock), Answers(self._other)

    def read(self, texts: Sequence[str]) -> Sequence:
        """(minute, day, hour, working-day number) of each text, or DOUBT."""
        found: list = []
        for text in texts:
            day, clock = self._days[text[:10]], self._clocks[text[10:]]
            if day is None or clock is None:
                found.append(self._others[text])
            elif clock[0] is None:
                found.append((None, day[0], HOUR_NOT_RECORDED, day[2]))
            else:
                found.append((day[1] + clock[0], day[0], clock[1], day[2]))
        return found

    def _day(self, text: str) -> tuple[int, int, int] | None:
        """Day number, UTC minute of its midnight, working-day number; None on a day on which the clocks change."""
        try:
            on = read_day(text)
        except BadCell:
            return None
        first, last = (read_moment(f"{text} {clock}", self._zone).minute for clock in ("00:00", "23:59"))
        if first is None or last is None or last - first != 1439:
            return None
        return number(on), first, self._known.workday(on)

    def _other(self, text: str) -> object:
        try:
            text = clean(text)
            found = moment(read_day(text), self._zone) if len(text) == 10 else read_moment(text, self._zone)
        except BadCell:
            return DOUBT
        return found.minute, number(found.on), found.hour, self._known.workday(found.on)


def _clock(text: str) -> tuple[int | None, int] | None:
    if not text:
        return None, HOUR_NOT_RECORDED
    found = _CLOCK.fullmatch(text)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        return None
    return int(found[1]) * 60 + int(found[2]), int(found[1])
