"""The frame of the page: navigation, filters, the shown view, the address, and what is said when something fails."""

import logging
import re
import secrets
import traceback
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import panel as pn
import param
from jinja2 import Template
from markupsafe import Markup
from panel.io.resources import _env

from dashboard import conditions, filterbar, theme
from dashboard.address import href, parsed
from dashboard.delivery import Delivery
from dashboard.kept import KEPT
from dashboard.paper import Cell, Paper, script, together
from dashboard.sheet import Group, Message, Sheet, html, joined
from dashboard.state import REFUSALS, Filters
from dashboard.witness import Shown, Witness
from data_access.errors import CaselightError, NotAllowed
from data_access.faults import Busy, Unreachable, in_words
from data_access.register.audit import AuditUnwritable

log = logging.getLogger("caselight.dashboard")
PAGE = Path(__file__).parent / "page.html"
FAILED = PAGE.with_name("failed.html")
OF_ONE_PAGE = ("list", "at", "for", "week")  # of an address: what another page has no use for
WHO = PAGE.with_name("who.css")
UNRECORDED = (
    "The data cannot be reached just now: the database that records who looks does not answer. Nothing is lost, and it "
    "goes on by itself when that answers again. Try again in a few seconds."
)


def page_template(tree: str, above: str = "") -> Template:
    """The page's own small template, for ``Document.template``, with everything that stands on the page first.

    ``above`` is markup of ours that stands over it: who is signed in.
    """
    return _env.from_string(
        PAGE.read_text(encoding="utf-8"),
        globals={
            "style": theme.stylesheet(":root"),
            "font": theme.FONT,
            "script": script(),
            "who": WHO.read_text(encoding="utf-8"),
            "above": above,
            "tree": tree.replace("<", "\\u003c"),  # nothing in it can end the script that holds it
            "only_bokeh": only_bokeh,
        },
    )


def only_bokeh(scripts: str) -> str:
    """Of the scripts that Panel would load, the one that draws pictures: a page of ours needs no widget of theirs.

    It waits until the words stand there.
    """
    found = re.findall(r"<script[^>]*/bokeh(?:\.min)?\.js[^>]*></script>", scripts)
    return "\n".join(tag.replace("<script", "<script defer", 1) for tag in found)


def failed_template(error: Exception, above: str = "") -> Template:
    """The page of a session that could not be made: a sentence with a reference, and nothing of the error itself.

    ``above`` as over every page: whoever may see nothing can still sign out.
    """
    return _env.from_string(
        FAILED.read_text(encoding="utf-8"),
        globals={
            "variables": theme.variables(":root"),
            "font": theme.FONT,
            "who": WHO.read_text(encoding="utf-8"),
            "above": above,
            "said": failure_words(error),
        },
    )


class Shell(pn.viewable.Viewer):
    """Navigation, filters and one view at a time.

    ``views`` are names and Viewer classes that take ``reports=`` and
    ``filters=`` (see ``dashboard.view.View``). A view is made when it is first
    shown; the others rest. ``open_page()`` makes the first one: call it at once
    (notebook, test) or, on a server, after the frame has been sent.
    """

    failure = param.String(default="", doc="What went wrong last, as a sentence; empty when nothing did.")

    def __init__(
        self,
        *,
        reports: Any,
        filters: Filters,
        views: Mapping[str, type],
        witness: Witness | None = None,
        **params: Any,
    ) -> None:
        super().__init__(**params)
        self.reports, self.filters, self.classes, self.witness = reports, filters, dict(views), witness
        self._refused, self._reference = False, ""
        self._notices: list[str] = []  # those that the witness knows of
        self.views: dict[str, Any] = {}
        self._head = Sheet(_navigation(filters, self.classes), self._answer)
        self._bar = Sheet(filterbar.filter_bar(filters), self._answer)
        self._notes = Sheet()
        self._counted = ""
        self._seen_at: datetime | None = None  # when what was recorded last was counted
        self._instead = Sheet(visible=False)  # says why there is no view
        self._main = Group(self._instead, role="main")
        self.content = Group(self._head, self._bar, self._notes, self._main, look="frame")
        self.paper = Paper(self.content, self._answer, self.failed, self._record if witness else None)
        watched = ["slice", "dark", "preset", "compare", "page", "listing", "listing_page", "opened", "notices"]
        watched += ["recipient", "week"]
        filters.param.watch(self._redraw, watched)
        filters.param.watch(self._turn, ["page", "slice"])
        self._redraw()

    def __panel__(self) -> pn.viewable.Viewable:
        return Cell(self.content)

    def open_page(self) -> None:
        """Show the view that the filters name; build it when it has not been shown before.

        A view that has been shown stays in the document, hidden: to take it out and
        put it back would send and draw it again.
        """
        name = self.filters.page
        for other, view in self.views.items():
            if other != name and hasattr(view, "shown"):
                view.shown = False
        with together():
            try:
                if name not in self.views and not self._nothing_to_show():
                    view = self.views[name] = self.classes[name](reports=self.reports, filters=self.filters)
                    self._main.append(view.content)
                elif hasattr(self.views.get(name), "shown"):
                    self.views[name].shown = True
            except Exception as error:
                self.failed(error)
            for other, shown in self.views.items():
                shown.content.visible = other == name
            self._say_instead()
            self._count()

    def _nothing_to_show(self) -> bool:
        """Whether the page needs data and there is none."""
        needs = getattr(self.classes[self.filters.page], "needs_data", True)
        return needs and conditions.nothing_loaded(self.filters)

    def _say_instead(self) -> None:
        """A heading where the view would have been; what went wrong stands above it."""
        heading, said = page_title(self.filters.page, self.classes), ""
        if self._nothing_to_show():
            heading, said = conditions.NOTHING_LOADED, conditions.LOAD
        self._instead.html = html('<h1>{heading}</h1><p class="sentence">{said}</p>', heading=heading, said=said)
        self._instead.visible = self.filters.page not in self.views

    def _count(self) -> None:
        """Say when the choice holds nothing or few; the pages that count nothing are left alone."""
        counts = bool(getattr(self.views.get(self.filters.page), "figures", ()))
        said = conditions.of_counts(self.reports, self.filters) if counts else ""
        if said != self._counted:
            self._counted = said
            self._redraw()

    def _filters(self) -> Markup:
        if conditions.nothing_loaded(self.filters):
            return Markup("")
        asked = ("filters", tuple(self.filters.to_query().items()), self.filters.options)
        return KEPT.drawn(asked, lambda: filterbar.filter_bar(self.filters))

    def failed(self, error: Exception) -> None:
        """Say in the page that something went wrong; log where, without any value."""
        self._refused = isinstance(error, NotAllowed)
        foreseen = isinstance(error, CaselightError) and not isinstance(error, Unreachable | Busy)
        self._reference = "" if foreseen else new_reference()
        self.failure = failure_words(error, self._reference)
        if self._reference:
            self.failure += as_it_was(self._fresh_at)
            self._say_alone(self.failure)
        self._redraw()

    @property
    def _fresh_at(self) -> datetime | None:
        """When what the shown view says was counted."""
        return getattr(self.views.get(self.filters.page), "fresh_at", None)

    def _say_alone(self, words: str) -> None:
        """What leaves over the page as it stands where an answer cannot be recorded: words of ours, no data."""
        self.paper.instead = self._notes, html('<p class="failure" role="alert">{text}</p>', text=words)

    def _record(self, delivery: Delivery) -> None:
        """Tell the witness what is about to leave: what was chosen, how many cases stand on the page."""
        if self.witness is None:
            return
        notices, self._notices = self._notices, self.filters.notices
        left_out = self._notices is not notices and any(text in REFUSALS for text in self._notices)
        view = self.views.get(self.filters.page)
        shown = Shown(
            self.filters.to_query(),
            dict(getattr(view, "chosen", {})),
            getattr(view, "rows_shown", None),
            left_out or self._refused,
            self._reference,
        )
        self._refused, self._reference = False, ""
        try:
            self.witness.saw(delivery, shown)
        except AuditUnwritable as error:
            if error.away and not delivery.whole and self.paper.instead is None:
                self._say_alone(f"{UNRECORDED} (Reference {error.reference}.)" + as_it_was(self._seen_at))
            raise
        self._seen_at = self._fresh_at

    def _answer(self, message: Message) -> bool:
        with together():
            self.failure = ""
            try:
                return self._do(message)
            except Exception as error:
                self.failed(error)
                return True

    def _do(self, message: Message) -> bool:
        do, value = message.get("do"), str(message.get("page", ""))
        if do == "page":
            self.filters.accept_one("page", value, self.classes)
        elif do == "address":
            self.filters.from_query(parsed(str(message.get("query", ""))))
        elif do == "scheme":
            self.filters.dark = message.get("value") == "dark"
        elif do == "every":
            self.filters.accept("forces", list(self.filters.options.force_codes), self.filters.options.force_codes)
        else:
            return filterbar.answer(self.filters, message)
        return True

    def _turn(self, *events: param.parameterized.Event) -> None:
        """Another page; or the same again, when it could not be made with what was chosen before."""
        begun = bool(self.views) or bool(self.failure)
        if any(event.name == "page" for event in events) or (begun and self.filters.page not in self.views):
            self.open_page()
        elif begun:
            self._count()

    def _redraw(self, *events: param.parameterized.Event) -> None:
        """Navigation (its links carry the filters), filters, sentences, address and title."""
        filters = self.filters
        with together():
            self._head.html = _navigation(filters, self.classes)
            self.paper.say(
                address=href(filters.to_query()),
                title=f"{page_title(filters.page, self.classes)} {filterbar.DASH} caselight",
                scheme="dark" if filters.dark else "light",
            )
            self._bar.html = self._filters()
            said = [html('<p class="notice">{text}</p>', text=text) for text in filters.notices]
            lacks = [*conditions.of_forces(filters), *filter(None, [self._counted])]
            said += [html('<p class="stale">{text}</p>', text=text) for text in lacks]
            if self.failure:
                said.append(html('<p class="failure">{text}</p>', text=self.failure))
            self._notes.html = html('<div role="status">{said}</div>', said=joined(said)) if said else Markup("")


def page_title(name: str, views: Mapping[str, type]) -> str:
    """A view's name for people: its class's ``label``, else its name."""
    return str(getattr(views[name], "label", "") or name.replace("_", " ").capitalize())


def _navigation(filters: Filters, views: Mapping[str, type]) -> Markup:
    query = {key: value for key, value in filters.to_query().items() if key not in OF_ONE_PAGE}
    return html(
        """<header><a class="skip" id="n-skip" href="#" data-skip="main">Skip to the content</a>
<span class="brand">caselight</span><nav aria-label="Pages"><ul>{links}</ul></nav></header>""",
        links=joined(
            html(
                '<li><a id="n-{name}" href="{href}" data-do="page" data-page="{name}"{current}>{hint}{title}</a></li>',
                name=name, href=href(query | {"page": name}), title=page_title(name, views),
                current=Markup(' aria-current="page"') if name == filters.page else "",
                hint=Markup('<span class="hidden">This page: </span>') if name == filters.page else "",
            )
            for name in views
        ),
    )  # fmt: skip


def new_reference() -> str:
    """What a person is told instead of an unforeseen error; it stands in the log beside its place."""
    return secrets.token_hex(3).upper()


def as_it_was(at: datetime | None) -> str:
    """What is said of a view that could not be brought up to date."""
    return "" if at is None else f" What stands below is as it was at {at:%H:%M}, before the last choice."


def failure_words(error: Exception, reference: str = "") -> str:
    """A sentence for a person. An unforeseen error gets a reference that stands in the log beside its place."""
    if isinstance(error, CaselightError) and not isinstance(error, Unreachable | Busy):
        return str(error)
    reference = reference or new_reference()
    frames = traceback.extract_tb(error.__traceback__)
    place = " < ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames[-6:])) or "unknown place"
    log.error("reference %s: %s at %s", reference, type(error).__name__, place)
    passing = in_words(error)
    if passing is not None:
        return f"{passing} (Reference {reference}.)"
    return (
        f"Something went wrong here (reference {reference}). No data was changed. "
        "Choose again or load the page anew; if it stays, give the reference to whoever looks after the service."
    )
