"""The page of the peers benchmark, made of the product's own shell, filters, cards and list.

Four pictures (open cases by week and level, contacts by week and outcome, levels now, open cases for each advocate)
and the 50 open cases with the oldest last contact. ``?from=DAY`` begins the period at the week that ends on that day.
"""

import gc
import os
from datetime import date, timedelta
from typing import Any

import panel as pn
from markupsafe import Markup
from sqlalchemy import func, literal, select

from dashboard import app, standing
from dashboard.board import Board
from dashboard.cards import Card
from dashboard.kept import KEPT
from dashboard.listing import table_of
from dashboard.options import Options
from dashboard.settings import settings
from dashboard.sheet import Sheet, html
from dashboard.shell import Shell
from dashboard.state import Filters
from data_access import codes, facts, worklists
from data_access.listings import Listing, last_day, selected
from data_access.measures import MEASURES, caseload, keys
from data_access.measures.kinds import Flow, Stock
from data_access.measures.measure import Measure
from data_access.measures.recipes import Rows
from data_access.question import Key, Question
from data_access.scope import Scope
from data_access.slice import Page, Slice

UNTIL = date(2026, 11, 2)  # the day after the last of the harness's data
WEEKS = 104
_C, _S = facts.contact, facts.case_state
CONTACTS = Rows(
    _C,
    _C.c.on_day,
    (
        keys.force(_C),
        keys.team(_C),
        keys.advocate(_C),
        keys.level(_C),
        keys.source(_C),
        Key("outcome", _C.c.outcome, codes.OUTCOMES),
    ),
)


def like(measure: str, name: str, title: str, noun: str, **other: Any) -> Measure:
    """A figure of this page alone; its owner and review are those of a measure of the product."""
    own = MEASURES[measure]
    words = {key: getattr(own, key) for key in Measure.__dataclass_fields__ if key not in ("name", "title", "noun")}
    return Measure(**{**words, "name": name, "title": title, "noun": noun, **other})


def last_contacts(question: Question) -> Any:
    """Open cases with the days since their last contact of any outcome."""
    last, earlier = last_day(question, _S), _C.alias("earlier")
    touched = (
        select(func.max(earlier.c.on_day))
        .where(
            earlier.c.force_id == _S.c.force_id,
            earlier.c.case_id == _S.c.case_id,
            earlier.c.substantive.in_([0, 1]),
            earlier.c.on_day <= last,
        )
        .correlate(_S)
        .scalar_subquery()
    )
    columns = {
        "lead_id": _S.c.lead_id, "team_id": _S.c.team_id, "level": _S.c.level, "days": last - touched,
        "what": literal("last contact"), "since": touched,
    }  # fmt: skip
    return selected(_S, columns, caseload.OPEN.on_last_day(question, "Open cases"), _S.c.case_id)


OLDEST = Listing(
    "oldest", "Longest without a contact", "Nobody.", "since the last contact", last_contacts, longest=True
)
OWN = (
    like(
        "referrals", "contacts_by_outcome", "Contacts by outcome", "contacts", unit="contacts", kind=Flow(CONTACTS),
        by=("outcome",), chart="stacked_stock",
    ),
    like("open_cases", "levels_now", "Levels of open cases", "open cases", by=("level",), chart="amounts",
         kind=Stock(caseload.OPEN), grain="whole"),
    like("open_cases", "open_by_advocate", "Open cases for each advocate", "open cases", by=("advocate",),
         chart="amounts", kind=Stock(caseload.OPEN), grain="whole"),
)  # fmt: skip


class Peers(Board):
    """The page that is measured beside other tools."""

    title = "Caseload"
    label = "Benchmark"
    topic = "benchmark"

    def __init__(self, **params: Any) -> None:
        self._oldest = Sheet()
        super().__init__(**params)
        self.content.append(self._oldest)

    def made_cards(self) -> tuple[Card, ...]:
        """The four pictures."""
        return (
            Card(self.reports, "open_cases", heading="Open caseload by week"),
            Card(self.reports, "contacts_by_outcome", heading="Contacts by week"),
            Card(self.reports, "levels_now", heading="Risk level now"),
            Card(self.reports, "open_by_advocate", heading="Open cases per advocate"),
        )

    def sentence(self) -> str:
        """How many are open."""
        row = standing.whole(self.reports, "open_cases", self.filters.slice)
        return f"{int(row['numerator']):,} cases are open."

    def refresh(self, *events: Any) -> None:
        """The pictures, and the table of the longest without contact."""
        super().refresh(*events)
        asked = standing.standing(self.reports, self.filters.slice)
        self._oldest.html = KEPT.answer(self.reports, ("oldest", asked), lambda: self._longest(asked))

    def _longest(self, asked: Slice) -> Markup:
        rows = self.reports.rows("oldest", asked, Page(1, 50))
        return html(
            '<section class="list" id="oldest"><h2>{title}</h2>{table}</section>',
            title=rows.listing.title,
            table=table_of(rows),
        )


def period(first: str) -> dict[str, list[bytes]]:
    """The harness's start of the period in the product's own words: the week that ends on that day is its first."""
    last = date.fromisoformat(first) if first else UNTIL - timedelta(days=1 + 7 * (WEEKS - 1))
    days = {"period": "custom", "from": (last - timedelta(days=6)).isoformat(), "until": UNTIL.isoformat()}
    return {name: [value.encode()] for name, value in days.items()}


def begun() -> dict[str, list[bytes]]:
    """What the address asks for."""
    given = pn.state.session_args
    asked = {name: values for name, values in given.items() if name != "from"}
    return asked | period(given.get("from", [b""])[0].decode())


def build() -> None:
    """The page of a session."""
    if app.refused():
        return
    opened = app.store(settings().database)
    reports = opened.reports(Scope.local(opened.force_codes(), "service_manager"))
    app.framed(reports, Options.of(reports), {"benchmark": Peers}, begun())


def prepare(url: str) -> None:
    """Make the page known, and make it once for nobody, as the product's warming does."""
    MEASURES.update({measure.name: measure for measure in OWN})
    worklists.LISTS["oldest"] = OLDEST
    os.environ["CASELIGHT_DATABASE"] = url
    opened = app.store(url)
    reports = opened.reports(Scope.local(opened.force_codes(), "service_manager"))
    filters = Filters(Options.of(reports), pages=("benchmark",))
    filters.from_query(period(""))
    Shell(reports=reports, filters=filters, views={"benchmark": Peers}).open_page()
    gc.collect()
    gc.freeze()


def server(port: int) -> Any:
    """The server of the page, not yet started."""
    return app.local_server(build, port)
