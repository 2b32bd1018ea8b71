"""Headline numbers: what each says now, what it stands beside, and which list stands behind it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pandas as pd
from markupsafe import Markup

from dashboard import standing
from dashboard.address import href
from dashboard.charts import words
from dashboard.comparing_periods import Comparison, comparison, reaches, told
from dashboard.evidence import evidence, force_days, judged
from dashboard.sheet import html, joined
from dashboard.state import Filters
from dashboard.targets import target_words
from dashboard.windows import over
from data_access.errors import Refused
from data_access.measures import MEASURES
from data_access.slice import Slice

UNKNOWN = "not known"
COUNTS = ("Stock", "Flow")  # kinds whose value is the count itself
BY_LEVEL = ("review_overdue", "contact_overdue", "untouched")  # lists whose allowed days depend on the risk level


@dataclass(frozen=True)
class Value:
    """What a headline number asks and how it says the answer; ``measure`` is what it is a figure of, if of one."""

    ask: Callable[[Any, Slice], Any]
    said: Callable[[Any], str]
    measure: str = ""
    of_levels: bool = False
    part: bool = False

    @property
    def targeted(self) -> bool:
        """Whether the number is the measure's own value, which a target speaks of, and not a part of it."""
        return bool(self.measure) and not self.part

    def __call__(self, reports: Any, slice_: Slice) -> str:
        """The number in words."""
        return self.said(self.ask(reports, slice_))


@dataclass(frozen=True)
class Figure:
    """A headline number. ``listing`` is the list of the cases behind it; nothing when it is no count of cases."""

    label: str
    value: Value
    listing: str = ""
    leads_to: str = "list"
    about: str = ""


def reaches_back(filters: Filters) -> bool:
    """Whether the data reach over the period before as well."""
    before = Comparison("before", filters.slice.before(), "", "", "")
    return reaches(filters, before)


def _only(reports: Any, measure: str, slice_: Slice) -> Any:
    return standing.whole(reports, measure, slice_)


def _of(measure: str, said: Callable[[Any], str]) -> Value:
    """A figure of a measure over the whole period, or on its last day; ``said`` reads a row of its frame."""
    of_levels = MEASURES[measure].topic == "risk"
    return Value(lambda reports, slice_: _only(reports, measure, slice_), said, measure, of_levels)


def count(measure: str) -> Value:
    """The numerator of the whole period, or on its last day."""
    value = _of(measure, lambda row: words.whole(row["numerator"]))
    return replace(value, part=type(MEASURES[measure].kind).__name__ not in COUNTS)


def closed() -> Value:
    """Cases closed in the period."""
    return replace(_of("inflow_outflow", lambda row: words.whole(row["denominator"])), part=True)


def listed(listing: str) -> Value:
    """The length of a list."""
    return Value(
        lambda reports, slice_: standing.total(reports, listing, slice_),
        words.whole,
        of_levels=listing in BY_LEVEL,
    )


def level(measure: str, name: str) -> Value:
    """Cases of one level on the last day."""

    def ask(reports: Any, slice_: Slice) -> Any:
        if slice_.levels and name not in slice_.levels:
            return {"numerator": 0, "denominator": None}
        return _only(reports, measure, slice_.having(levels=(name,)))

    return Value(ask, lambda row: words.whole(row["numerator"]), measure, of_levels=True, part=True)


def _as_share(row: Any) -> str:
    if row is None:
        return "not known yet"
    said = words.share(row["numerator"], row["denominator"])
    return f"{said} (n = {words.whole(row['denominator'])})" if "%" in said else said


def share(measure: str) -> Value:
    """A share with its n."""
    return _of(measure, _as_share)


def cohort(measure: str, within: int) -> Value:
    """A share of those whose window is over by the data of every chosen force."""

    def ask(reports: Any, slice_: Slice) -> Any:
        known = over(reports, slice_, within)
        return None if known is None else _only(reports, measure, known)

    return Value(ask, _as_share, measure)


def newest(measure: str, days: int, wait: int) -> Value:
    """A share over the last ``days`` days of the period whose windows of ``wait`` days are over."""

    def ask(reports: Any, slice_: Slice) -> Any:
        known = over(reports, slice_, wait)
        if known is None:
            return None
        return _only(reports, measure, known.having(first=max(known.first, known.until - timedelta(days=days))))

    return Value(ask, _as_share, measure)


def ratio(measure: str) -> Value:
    """A ratio with one decimal."""

    def said(row: Any) -> str:
        if pd.isna(row["denominator"]):
            return UNKNOWN
        return words.decimal(row["value"]) if row["denominator"] else "nobody in post"

    return _of(measure, said)


def median(measure: str) -> Value:
    """A median in days, or "not reached"."""

    def said(row: Any) -> str:
        if pd.isna(row["n"]):
            return UNKNOWN
        if not row["n"]:
            return "nobody to count"
        return "not reached" if row["value"] != row["value"] else words.plural(row["value"], "day")

    return _of(measure, said)


def _proof(figure: Figure, answer: Any, filters: Filters, slice_: Slice, other: Comparison) -> Any:
    """What the answer gives to judge by."""
    if not figure.value.measure or answer is None:
        return None
    days = force_days(filters.options.forces, slice_)
    return evidence(figure.value.measure, answer, days, other.kind == "others")


def _beside(figure: Figure, now: Any, reports: Any, filters: Filters, other: Comparison, refusal: str) -> list[str]:
    """The other side of the comparison in words, and whether the difference is more than chance."""
    if other.slice is None:
        return []
    if refusal and figure.value.of_levels:
        return ["not compared with the other forces"]
    if not reaches(filters, other):
        return [other.missing]
    if not told(filters.options.forces, other.slice):
        return [f"{UNKNOWN} {other.suffix}"]
    then = figure.value.ask(reports, other.slice)
    said = [f"{figure.value.said(then)} {other.suffix}"]
    if now is not None and not other.overlaps:
        proofs = (_proof(figure, now, filters, filters.slice, other), _proof(figure, then, filters, other.slice, other))
        said.append(judged(*proofs))
    return said


def figure_html(figure: Figure, reports: Any, filters: Filters, other: Comparison, refusal: str = "") -> Markup:
    """One headline number with what it stands beside. ``refusal`` says why figures of levels are not compared."""
    slice_ = filters.slice
    try:
        known = told(filters.options.forces, slice_)
        answer = figure.value.ask(reports, slice_) if known else None
        now = figure.value.said(answer) if known else UNKNOWN
        beside = _beside(figure, answer, reports, filters, other, refusal)
    except Refused:
        return html(
            '<div><dt>{label}</dt><dd class="number quiet">&hellip;</dd>'
            '<dd class="before">not with these filters</dd></div>',
            label=figure.label,
        )
    now, _, detail = now.partition(" (")
    spoken = not any(character.isdigit() for character in now)
    number = _link(figure, now, filters) if figure.listing and not spoken else now
    chosen = [force for force in filters.options.forces if force.code in slice_.forces]
    target = target_words(reports, figure.value.measure, chosen) if figure.value.targeted else ""
    said = [part for part in (figure.about, detail.rstrip(")"), *beside, target) if part]
    return html(
        '<div><dt>{label}</dt><dd class="number{spoken}">{number}</dd><dd class="before">{said}</dd></div>',
        spoken=" spoken" if spoken else "",
        label=figure.label,
        number=number,
        said="; ".join(said),
    )


def _link(figure: Figure, now: str, filters: Filters) -> Markup:
    return html(
        """<a id="n-{listing}" href="{href}" data-do="list" data-list="{listing}">{now}
<span class="hidden"> {label}: </span><small>{leads_to}</small></a>""",
        label=figure.label,
        now=now,
        listing=figure.listing,
        leads_to=figure.leads_to,
        href=href(filters.to_query() | {"list": figure.listing, "at": "1"}),
    )


def numbers_html(figures: tuple[Figure, ...], reports: Any, filters: Filters, style: str = "numbers") -> Markup:
    """The headline numbers as terms and descriptions."""
    other, refusal = comparison(filters), no_levels(reports, filters)
    return html(
        '<dl class="{style}">{figures}</dl>',
        style=style,
        figures=joined(figure_html(figure, reports, filters, other, refusal) for figure in figures),
    )


def figures_html(figures: tuple[Figure, ...], reports: Any, filters: Filters) -> Markup:
    """The headline numbers, with both ranges printed."""
    return numbers_html(figures, reports, filters) + ranges_html(reports, filters)


def no_levels(reports: Any, filters: Filters) -> str:
    """Why figures that rest on risk levels are not compared with the other forces; nothing when they can be."""
    other = comparison(filters)
    if other.kind != "others" or other.slice is None:
        return ""
    return str(reports.level_differences(filters.slice.having(forces=filters.options.force_codes)))


def ranges_html(reports: Any, filters: Filters) -> Markup:
    """Both ranges of the comparison, and what to be careful about."""
    other, refusal = comparison(filters), no_levels(reports, filters)
    refused = f" Figures that rest on risk levels are not compared: {refusal}." if refusal else ""
    return html(
        '<p class="quiet ranges">Now: {now}. {other}{caution}{refused}</p>',
        now=words.days_between(filters.slice.first, filters.slice.until),
        other=other.range_words(),
        caution=other.caution,
        refused=refused,
    )
