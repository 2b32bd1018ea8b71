"""Which week of which force a workbook is about, and how its file is called."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from data_access.directory import Force
from data_access.errors import CaselightError, UnknownName
from data_access.reports import Reports
from data_access.slice import Slice

WEEKS = 13
_ISO_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")


@dataclass(frozen=True)
class Issue:
    """One issue of the workbook: a force and a week, and the reports that answer for it."""

    reports: Reports
    force: Force
    week: str
    monday: date

    @property
    def sunday(self) -> date:
        """The day that ends the week."""
        return self.monday + timedelta(days=6)

    @property
    def before(self) -> date:
        """Monday of the week before."""
        return self.monday - timedelta(weeks=1)

    @property
    def first(self) -> date:
        """Monday of the first of the thirteen weeks."""
        return self.monday - timedelta(weeks=WEEKS - 1)

    @property
    def thirteen_weeks(self) -> Slice:
        """The thirteen weeks that end with this one."""
        return Slice((self.force.code,), self.first, self.monday + timedelta(weeks=1), "week")

    @property
    def two_weeks(self) -> Slice:
        """This week and the one before."""
        return self.thirteen_weeks.having(first=self.before)

    @property
    def this_week(self) -> Slice:
        """The week alone."""
        return self.thirteen_weeks.having(first=self.monday)

    @property
    def file_name(self) -> str:
        """Lower case, without a character that a file system or a mail program might mind."""
        plain = re.sub(r"[^a-z0-9]+", "-", self.force.code.lower()).strip("-")[:60]
        if plain != self.force.code.lower():
            # Two codes may differ only in what was taken out.
            plain = f"{plain}-{sha256(self.force.code.encode()).hexdigest()[:6]}".lstrip("-")
        return f"caselight-weekly_{plain}_{self.sunday.isoformat()}.xlsx"


def issue(reports: Reports, force_code: str, week: str) -> Issue:
    """The issue for a force and an ISO week such as ``2026-W46``.

    Raises UnknownName for a force that does not exist or may not be seen,
    CaselightError for a week that does not exist or holds no data.
    """
    forces = {force.code: force for force in reports.directory.forces}
    if force_code not in forces:
        raise UnknownName("force", force_code, forces)
    found = Issue(reports, forces[force_code], week, _monday(week))
    if found.monday > found.force.as_of:
        year, number, day = found.force.as_of.isocalendar()
        last = (year, number) if day == 7 else (found.force.as_of - timedelta(days=day)).isocalendar()[:2]
        raise CaselightError(
            f"The data of {force_code} end on {found.force.as_of}, before {week} begins. "
            f"The last complete week is {last[0]}-W{last[1]:02d}."
        )
    if found.sunday < found.force.first_on:
        begin = found.force.first_on
        raise CaselightError(f"The data of {force_code} begin on {begin}, after {week}. Choose a later week.")
    return found


def _monday(week: str) -> date:
    parts = _ISO_WEEK.fullmatch(week)
    try:
        if parts is None:
            raise ValueError
        monday = date.fromisocalendar(int(parts[1]), int(parts[2]), 1)
        if not 1901 <= monday.year <= 9900:
            raise ValueError
    except ValueError:
        raise CaselightError(
            f"{week!r} is not a week. Give the year and the number of the ISO week, for example 2026-W46."
        ) from None
    return monday
