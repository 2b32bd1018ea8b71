"""Which week of which force or team a workbook is about, for whom, and how its file is called."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from data_access.days import day, number
from data_access.directory import Force
from data_access.errors import CaselightError, Refused, UnknownName
from data_access.recipients import FORCE, SUPERVISOR, Recipient
from data_access.reports import Reports
from data_access.slice import Slice

WEEKS = 13
_ISO_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")


@dataclass(frozen=True)
class Issue:
    """One issue of the workbook: for whom, which week, and the reports that may answer for it and for nothing else."""

    reports: Reports
    recipient: Recipient
    force: Force
    week: str
    monday: date

    @property
    def whom(self) -> str:
        """The force's code, or the force's and the team's."""
        return f"{self.force.code} {self.recipient.team}".strip()

    @property
    def last_day(self) -> date:
        """The day that a stock of the week stands for: its Sunday, or the last day of the data before it."""
        return min(self.sunday, self.force.as_of)

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
    def four_weeks(self) -> Slice:
        """Thirteen complete periods of four weeks, the last of which ends with this week or before it."""
        until = day(number(self.sunday) + 1 - (number(self.sunday) + 1 - 4) % 28)
        return self.thirteen_weeks.having(first=until - timedelta(days=28 * WEEKS), until=until, grain="4week")

    @property
    def file_name(self) -> str:
        """Lower case, without a character that a file system or a mail program might mind."""
        recipient = self.recipient
        parts = [recipient.force, *([recipient.team] if recipient.team else [])]
        names = [_plain(part) for part in parts] + ([SUPERVISOR] if recipient.kind == SUPERVISOR else [])
        return f"caselight-weekly_{'_'.join(names)}_{self.sunday.isoformat()}.xlsx"


def _plain(code: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", code.lower()).strip("-")[:60]
    if plain != code.lower():
        # Two codes may differ only in what was taken out.
        plain = f"{plain}-{sha256(code.encode()).hexdigest()[:6]}".lstrip("-")
    return plain


def issue(reports: Reports, to: Recipient | str, week: str) -> Issue:
    """The issue for a recipient (or a force, by its code) and an ISO week such as ``2026-W46``.

    Raises UnknownName for a force or team that does not exist or may not be
    seen, Refused for the whole force where only teams may be seen,
    CaselightError for a week that does not exist or holds no data.
    """
    reports.scope.need("weekly_file")
    recipient = Recipient(FORCE, to) if isinstance(to, str) else to
    directory = reports.directory
    forces = {force.code: force for force in directory.forces}
    if recipient.force not in forces:
        raise UnknownName("force", recipient.force, forces)
    teams = [team.code for team in directory.teams if team.force == recipient.force]
    if recipient.team and recipient.team not in teams:
        raise UnknownName("team", recipient.team, teams)
    if not recipient.team and reports.scope.teams is not None:
        raise Refused("The file of a whole force is for those who may see every team of it. Choose a team.")
    own = reports.narrowed(recipient.force, frozenset({recipient.team}) if recipient.team else None)
    found = Issue(own, recipient, forces[recipient.force], week, first_day(week))
    force_code = recipient.force
    if found.monday > found.force.as_of:
        last = last_complete_week(found.force.as_of)
        raise CaselightError(
            f"The data of {force_code} end on {found.force.as_of}, before {week} begins. "
            f"The last complete week is {last}."
        )
    if found.sunday < found.force.first_on:
        begin = found.force.first_on
        raise CaselightError(f"The data of {force_code} begin on {begin}, after {week}. Choose a later week.")
    return found


def last_complete_week(as_of: date) -> str:
    """ISO week of the last Sunday on or before the day, such as ``2026-W46``."""
    return week_of(as_of - timedelta(days=(as_of.weekday() + 1) % 7))


def week_of(on: date) -> str:
    """ISO week of a day, such as ``2026-W46``."""
    year, week, _ = on.isocalendar()
    return f"{year}-W{week:02d}"


def first_day(week: str) -> date:
    """Monday of an ISO week such as ``2026-W46``. Raises CaselightError for what is none."""
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
