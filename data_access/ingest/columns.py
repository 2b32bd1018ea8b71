"""Cells read side by side: what can be vouched for at once, and which rows the row reader has to judge.

The row reader (``rows``) is the only judge of a bad row. This one knows good
cells when it sees them: each distinct text is read once, and remembered.
"""

import re
from collections.abc import Callable, Sequence
from operator import add
from zoneinfo import ZoneInfo

from data_access.days import LOCAL, number
from data_access.ingest.filling import Answers
from data_access.ingest.layout import LayoutColumn, LayoutFile
from data_access.ingest.offered import Part
from data_access.ingest.rows import MOMENT_COLUMNS, Known, RowReader
from data_access.ingest.values import BadCell, clean, read_moment

# Letters, a hyphen and at most eight letters or digits: too short for anything that ``personal`` looks for.
# Atomic groups, so that a text that does not fit is told at once. One text a line.
_PLAIN_KEYS = re.compile(r"(?>(?>(?:[A-Za-z]{0,8}-)?[A-Za-z0-9]{1,8}\n)+)")
_TO_THE_HOUR = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:", re.ASCII)
_MINUTES = {f"{minute:02d}": minute for minute in range(60)}

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
        zones = {force: self.known.zones.get(force, LOCAL) for force in set(forces)}
        if len(set(zones.values())) == 1:
            parts = self._of_zone(column, zones[forces[0]]).read(texts)
        else:
            by_zone = {force: self._of_zone(column, zone) for force, zone in zones.items()}
            one_by_one = [by_zone[force].read((text,)) for force, text in zip(forces, texts, strict=True)]
            parts = tuple([row[place][0] for row in one_by_one] for place in range(4))  # type: ignore[assignment]
        _doubt(parts[0], doubted)
        values.update(zip(MOMENT_COLUMNS[column.name], parts, strict=True))

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
    """Local times of one zone: minute UTC, day, hour and working-day number; the hour and its minutes read apart."""

    def __init__(self, zone: ZoneInfo, known: Known):
        self._zone, self._known = zone, known
        self._hours, self._others = Answers(self._hour), Answers(self._other)

    def read(self, texts: Sequence[str]) -> tuple[Sequence, Sequence, Sequence, Sequence]:
        """The four columns of the texts; where one is in doubt, the first holds DOUBT."""
        hours = [self._hours[text[:14]] for text in texts]
        minutes = [_MINUTES.get(text[14:]) for text in texts]
        if None in hours or None in minutes:
            rows = [
                self._others[text] if hour is None or past is None else (hour[0] + past, *hour[1:])
                for text, hour, past in zip(texts, hours, minutes, strict=True)
            ]
            return tuple(zip(*rows, strict=True))  # type: ignore[return-value]
        first, on, clock, workday = zip(*hours, strict=True)
        return list(map(add, first, minutes)), on, clock, workday

    def _hour(self, text: str) -> tuple[int, int, int, int] | None:
        """UTC minute, day number, hour and working-day number of "2026-03-02 14:"; None where the row itself tells."""
        if not _TO_THE_HOUR.fullmatch(text):
            return None
        try:
            first, last = (read_moment(text + minute, self._zone) for minute in ("00", "59"))
        except BadCell:
            return None
        if first.minute is None or last.minute is None or last.minute - first.minute != 59:
            return None  # the clocks change within it
        return first.minute, number(first.on), first.hour, self._known.workday(first.on)

    def _other(self, text: str) -> tuple:
        try:
            found = read_moment(clean(text), self._zone)
        except BadCell:
            return DOUBT, None, None, None
        return found.minute, number(found.on), found.hour, self._known.workday(found.on)
