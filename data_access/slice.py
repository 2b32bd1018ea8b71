"""What was asked: forces, period, grain and filters. Frozen, so that it can be a cache key."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from data_access.days import GRAINS, Period, number, periods
from data_access.errors import CaselightError, UnknownName

EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True)
class Slice:
    """Forces and days to report on, ``first <= day < until``.

    An empty ``forces`` means nothing, never everything: whoever builds a slice
    has to name the forces. An empty filter means "not filtered". ``as_of`` is
    the last day that counts, where it shall be earlier or later than the
    forces' own data say; None takes each force's own.
    """

    forces: tuple[str, ...]
    first: date
    until: date
    grain: str = "week"
    levels: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    advocates: tuple[str, ...] = ()
    as_of: date | None = None

    def __post_init__(self):
        if self.grain not in GRAINS:
            raise UnknownName("grain", self.grain, GRAINS)
        if self.first >= self.until:
            raise CaselightError(
                f"The period is empty: it begins on {self.first} and ends before {self.until}. "
                "Give an end after the beginning; the end day itself is not included."
            )
        if not self.first >= EARLIEST or not self.until <= LATEST:
            raise CaselightError(f"A period lies between {EARLIEST} and {LATEST}. Give days in between.")
        if (self.until - self.first).days > 40_000:
            raise CaselightError("The period is longer than a hundred years. Choose a shorter one.")

    @property
    def periods(self) -> tuple[Period, ...]:
        """The half-open periods of the slice, in order."""
        return periods(self.first, self.until, self.grain)

    @property
    def last(self) -> date:
        """The last day that the slice includes."""
        return self.until - timedelta(days=1)

    @property
    def bounds(self) -> Period:
        """First day number and the first one after the slice."""
        return Period(number(self.first), number(self.until))

    def having(self, **changes: Any) -> "Slice":
        """The same question with other parts."""
        return replace(self, **changes)

    def before(self) -> "Slice":
        """The same length of time just before, for comparison."""
        length = self.until - self.first
        return replace(self, first=self.first - length, until=self.first)


FILTERS = {"levels": "level", "sources": "source", "teams": "team", "advocates": "advocate"}


@dataclass(frozen=True)
class Page:
    """One page of a list: its number from 1 and its size; 0 asks for the total alone."""

    number: int = 1
    size: int = 25
    sort: str = field(default="")

    def __post_init__(self):
        if self.number < 1 or not 0 <= self.size <= 500:
            raise CaselightError("A page has a number from 1 and at most 500 rows.")
