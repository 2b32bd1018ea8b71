"""What the person has chosen: one object for the whole page, kept in the address, checked at every door."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import param

from dashboard import lists
from dashboard.address import NOT_AVAILABLE, Reading, words
from dashboard.options import COMPARISONS, GRAINS, PRESETS, Options
from data_access.days import day, monday, number
from data_access.measures import MEASURES
from data_access.slice import Slice

WEEKS = {"last_4_weeks": 4, "last_13_weeks": 13, "last_26_weeks": 26}
MONTHS = {"last_12_months": 12, "last_24_months": 24}
NO_DATA = date(1970, 3, 30)  # where no force has data yet, the period must still have a beginning and an end
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)
LONGEST = 3_700  # days, about ten years: more weeks than a picture can show
EVERY_FORCE = "At least one force has to be chosen, so all of them are shown."
NO_SUCH_PERIOD = "That period cannot be shown: it has to begin before it ends and be at most ten years long."
WEEK = r"^([0-9]{4}-W[0-9]{2})?$"
WEEKLY = "weekly"  # the page whose choice of a file stands in its address alone
REFUSALS = (NOT_AVAILABLE, NO_SUCH_PERIOD)  # of what the browser sent


def preset_days(preset: str, as_of: date | None) -> tuple[date, date]:
    """First day and the day after the last of a preset: whole weeks up to the last complete one of the data."""
    until = day(monday(number(as_of) + 1)) if as_of else NO_DATA
    if preset in WEEKS:
        return until - timedelta(weeks=WEEKS[preset]), until
    months = until.year * 12 + until.month - 1 - MONTHS[preset]
    year, month = divmod(months, 12)
    length = ((date(year + (month == 11), (month + 1) % 12 + 1, 1)) - date(year, month + 1, 1)).days
    back = date(year, month + 1, min(until.day, length))
    return day(monday(number(back) + 6)), until


class _Codes(param.ListSelector):
    """Codes out of those that the options give; before there are any, none."""

    def __init__(self, doc: str) -> None:
        super().__init__(default=[], objects=[], check_on_set=True, doc=doc)


class Filters(param.Parameterized):
    """Forces, period, grain, filters, page and opened list; ``slice`` follows them with one event a change.

    ``Filters(options, pages=("overview", ...))``. Set one or several with
    ``filters.change(forces=["NORTH"], grain="month")`` or as any param; an
    unknown value is a ValueError. Values of a browser go through ``accept`` or
    ``from_query``, which never raise and leave a sentence in ``notices``.
    """

    forces = param.ListSelector(
        default=[], objects=[], check_on_set=True, doc="Codes of the chosen forces, in the options' order."
    )
    preset = param.Selector(default="last_13_weeks", objects=list(PRESETS), doc="Period, counted back from the data.")
    first = param.CalendarDate(default=None, allow_None=True, doc="First day of a custom period.")
    until = param.CalendarDate(default=None, allow_None=True, doc="Day after the last of a custom period.")
    grain = param.Selector(default="week", objects=list(GRAINS), doc="Length of the periods.")
    compare = param.Selector(default="before", objects=list(COMPARISONS), doc="What headline figures stand beside.")
    level = _Codes(doc="Risk levels; empty is not filtered.")
    source = param.ListSelector(
        default=[], objects=[], check_on_set=True, doc="Referral sources; empty is not filtered."
    )
    team = _Codes(doc="Team codes; empty is not filtered.")
    advocate = param.ListSelector(
        default=[], objects=[], check_on_set=True, doc="Codes of lead advocates; empty is not filtered."
    )
    recipient = param.String(default="", doc="Whom the weekly file is for; empty is the first of the forces.")
    week = param.String(default="", regex=WEEK, doc="Week of the weekly file; empty is the newest.")
    page = param.Selector(default=None, objects=[], doc="Name of the view.")
    listing = param.String(default="", regex=r"^[a-z0-9_.:-]{0,80}$", doc="Name of the opened list, or nothing.")
    listing_page = param.Integer(default=1, bounds=(1, 100_000), doc="Page of the opened list.")
    opened = param.ListSelector(
        default=[], objects=list(MEASURES), check_on_set=True, doc="Further figures that are open, by their measures."
    )
    dark = param.Boolean(default=False, doc="Whether the browser asks for dark colours; not part of the address.")
    notices = param.List(default=[], item_type=str, doc="Sentences about what could not be used.")
    _query: dict[str, str] | None = None
    slice = param.ClassSelector(class_=Slice, doc="The question that everything on the page answers.")

    def __init__(self, options: Options, pages: Iterable[str] = ("overview",), **chosen: Any) -> None:
        super().__init__()
        self.options = options
        self.pages = tuple(pages)
        self.param.page.objects = list(self.pages)
        self.param.forces.objects = list(options.force_codes)
        self.param.level.objects = list(options.levels)
        self.param.source.objects = list(options.sources)
        self.param.team.objects = list(options.team_codes(options.force_codes))
        self.param.advocate.objects = list(options.advocate_codes(options.force_codes))
        self.param.watch(self._derive, list(CHOICES))
        self.change(**{"page": self.pages[0], "forces": list(options.force_codes), **chosen})
        self._derive()

    def _derive(self, *events: param.parameterized.Event) -> None:
        """Bring the slice up to date after one change or a joint one."""
        self.slice = self._slice()

    def _slice(self) -> Slice:
        first, until = self.days
        return Slice(
            tuple(self.forces),
            first,
            until,
            self.grain,
            tuple(self.level),
            tuple(self.source),
            tuple(self.team),
            tuple(self.advocate),
        )

    @property
    def days(self) -> tuple[date, date]:
        """First day of the period and the day after its last."""
        if self.preset == "custom" and self.first and self.until:
            return self.first, self.until
        return preset_days("last_13_weeks" if self.preset == "custom" else self.preset, self.as_of)

    @property
    def as_of(self) -> date | None:
        """Newest day of data among the chosen forces; never today."""
        known = [force.as_of for force in self.options.forces if force.code in self.forces and force.as_of]
        return max(known, default=None)

    @property
    def narrowed(self) -> int:
        """How many of level, source, team and lead advocate are set."""
        return sum(bool(getattr(self, name)) for name in ("level", "source", "team", "advocate"))

    def change(self, **chosen: Any) -> None:
        """Several at once, with one event of ``slice``. What no longer fits (a team of a force not chosen) goes."""
        forces = chosen.get("forces", self.forces)
        if "forces" in chosen:
            chosen["forces"] = [code for code in self.options.force_codes if code in forces] or list(forces)
        for name, of_forces in (("team", self.options.team_codes), ("advocate", self.options.advocate_codes)):
            allowed = of_forces(forces)
            if name in chosen or any(code not in allowed for code in getattr(self, name)):
                known = self.param[name].objects
                wanted = chosen.get(name, getattr(self, name))
                chosen[name] = [code for code in wanted if code in allowed or code not in known]
        if chosen.get("recipient", self.recipient) not in self.options.recipients(forces):
            chosen["recipient"] = ""
        if chosen.get("preset", self.preset) != "custom":
            chosen.update(first=None, until=None)
        self.param.update(**chosen)

    def reset(self) -> None:
        """Every filter as at the beginning; the page stays."""
        self.change(**{**self._beginning(), "page": self.page}, notices=[])

    def _beginning(self) -> dict[str, Any]:
        return {
            "forces": list(self.options.force_codes),
            "preset": "last_13_weeks",
            "grain": "week",
            "compare": "before",
            "level": [],
            "source": [],
            "team": [],
            "advocate": [],
            "recipient": "",
            "week": "",
            "page": self.pages[0],
            "listing": "",
            "listing_page": 1,
            "opened": [],
        }

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__["_query"] = None  # before whoever watches asks for it
        super().__setattr__(name, value)

    def to_query(self) -> dict[str, str]:
        """The page and whatever differs from the beginning, by short keys, in a fixed order."""
        query = self._query or self._to_query()  # an answer asks for it a dozen times
        self.__dict__["_query"] = query
        return dict(query)

    def _to_query(self) -> dict[str, str]:
        query = {"page": self.page}
        if tuple(self.forces) != self.options.force_codes:
            query["force"] = words(self.forces)
        if self.preset != "last_13_weeks":
            query["period"] = self.preset
        if self.preset == "custom":
            first, until = self.days
            query |= {"from": first.isoformat(), "until": until.isoformat()}
        if self.grain != "week":
            query["by"] = self.grain
        if self.compare != "before":
            query["compare"] = self.compare
        query |= {name: words(getattr(self, name)) for name in ("level", "source", "team", "advocate")}
        if self.page == WEEKLY:
            query |= {"for": self.recipient, "week": self.week}
        if self.listing:
            query |= {"list": self.listing, "at": str(self.listing_page)}
        query["figures"] = words(self.opened)
        return {key: value for key, value in query.items() if value}

    def from_query(self, query: Mapping[str, Any]) -> None:
        """Everything as an address says; the beginning for what it does not say or says wrongly."""
        reading = Reading(query)
        options = self.options
        forces = reading.codes("force", options.force_codes) or list(options.force_codes)
        chosen = self._beginning() | {
            "forces": forces,
            "page": reading.one("page", self.pages) or self.pages[0],
            "preset": reading.one("period", PRESETS) or "last_13_weeks",
            "grain": reading.one("by", GRAINS) or "week",
            "compare": reading.one("compare", COMPARISONS) or "before",
            "level": reading.codes("level", options.levels),
            "source": reading.codes("source", options.sources),
            "team": reading.codes("team", options.team_codes(forces)),
            "advocate": reading.codes("advocate", options.advocate_codes(forces)),
            "listing": reading.known("list", lists.known),
            "opened": reading.codes("figures", tuple(MEASURES)),
        }
        if chosen["page"] == WEEKLY:
            chosen["recipient"] = reading.one("for", options.recipients(forces))
            chosen["week"] = reading.like("week", WEEK)
        if chosen["listing"]:
            chosen["listing_page"] = reading.whole("at", 1, 100_000) or 1
        if chosen["preset"] == "custom":
            first, until = reading.day("from"), reading.day("until")
            fit = first and until and fits(first, until)
            chosen |= {"first": first, "until": until} if fit else {"preset": "last_13_weeks"}
            reading.unused |= not fit
        reading.leftover()
        self.change(**chosen, notices=[NOT_AVAILABLE] if reading.unused else [])

    def accept(self, name: str, values: list[str], choices: Iterable[str]) -> None:
        """Take values that a browser sent for a list, if every one of them can be chosen."""
        known = tuple(choices)
        if any(value not in known for value in values):
            self.notices = [NOT_AVAILABLE]
            return
        notices = [EVERY_FORCE] if name == "forces" and not values else []
        if name == "forces" and not values:
            values = list(self.options.force_codes)
        self.change(**{name: [code for code in known if code in values]}, notices=notices, listing_page=1)

    def accept_one(self, name: str, value: str, choices: Iterable[str]) -> None:
        """Take one value that a browser sent, if it can be chosen."""
        if value not in tuple(choices):
            self.notices = [NOT_AVAILABLE]
            return
        custom = {}
        if name == "preset" and value == "custom":
            custom = dict(zip(("first", "until"), self.days, strict=True))
        self.change(**{name: value}, **custom, notices=[], listing_page=1)

    def accept_days(self, first: date | None, until: date | None) -> None:
        """Take a period that a browser sent, if it can be shown."""
        if first is None or until is None or not fits(first, until):
            self.notices = [NO_SUCH_PERIOD]
            return
        self.change(preset="custom", first=first, until=until, notices=[], listing_page=1)


CHOICES = ("forces", "preset", "first", "until", "grain", "level", "source", "team", "advocate")


def fits(first: date, until: date) -> bool:
    """Whether a period can be shown."""
    return EARLIEST <= first < until <= LATEST and (until - first).days <= LONGEST
