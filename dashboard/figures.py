"""Headline numbers: what each says now and in the period before, and which list stands behind it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from markupsafe import Markup

from dashboard.address import href
from dashboard.charts import words
from dashboard.sheet import html, joined
from dashboard.state import Filters
from data_access.errors import Refused
from data_access.slice import Page, Slice

UNKNOWN = "not known"
Value = Callable[[Any, Slice], str]


@dataclass(frozen=True)
class Figure:
    """A headline number. ``listing`` is the list of the cases behind it; nothing when it is no count of cases."""

    label: str
    value: Value
    listing: str = ""
    leads_to: str = "list"
    about: str = ""


def told(forces: Iterable[Any], slice_: Slice) -> bool:
    """Whether the data of any of these forces reach into the period."""
    return any(
        f.as_of and f.as_of >= slice_.first and (f.first_on or f.as_of) <= slice_.last
        for f in forces
        if f.code in slice_.forces
    )


def first_day(filters: Filters) -> date | None:
    """First day from which every chosen force has data."""
    return max((f.first_on for f in filters.options.forces if f.code in filters.forces and f.first_on), default=None)


def reaches_back(filters: Filters) -> bool:
    """Whether the data reach over the period before as well."""
    first = first_day(filters)
    return first is not None and filters.slice.before().first >= first


def _only(reports: Any, measure: str, slice_: Slice) -> Any:
    return reports.frame(measure, slice_.having(grain="whole")).iloc[-1]


def count(measure: str) -> Value:
    """The numerator of the whole period, or on its last day."""
    return lambda reports, slice_: words.whole(_only(reports, measure, slice_)["numerator"])


def closed() -> Value:
    """Cases closed in the period."""
    return lambda reports, slice_: words.whole(_only(reports, "inflow_outflow", slice_)["denominator"])


def listed(listing: str) -> Value:
    """The length of a list."""
    return lambda reports, slice_: words.whole(reports.rows(listing, slice_, Page(1, 1)).total)


def level(measure: str, name: str) -> Value:
    """Cases of one level on the last day."""

    def value(reports: Any, slice_: Slice) -> str:
        if slice_.levels and name not in slice_.levels:
            return words.whole(0)
        return words.whole(_only(reports, measure, slice_.having(levels=(name,)))["numerator"])

    return value


def share(measure: str) -> Value:
    """A share with its n."""

    def value(reports: Any, slice_: Slice) -> str:
        row = _only(reports, measure, slice_)
        said = words.share(row["numerator"], row["denominator"])
        return f"{said} (n = {words.whole(row['denominator'])})" if "%" in said else said

    return value


def cohort(measure: str, within: int) -> Value:
    """A share of those whose window is over by the data of every chosen force."""

    def value(reports: Any, slice_: Slice) -> str:
        ends = [f.as_of.date() for f in reports.table("forces").itertuples() if f.force in slice_.forces]
        until = min([slice_.until, *(end - timedelta(days=within - 1) for end in ends)])
        if until <= slice_.first:
            return "not known yet"
        row = _only(reports, measure, slice_.having(until=until))
        said = words.share(row["numerator"], row["denominator"])
        return f"{said} (n = {words.whole(row['denominator'])})" if "%" in said else said

    return value


def ratio(measure: str) -> Value:
    """A ratio with one decimal."""

    def value(reports: Any, slice_: Slice) -> str:
        row = _only(reports, measure, slice_)
        if pd.isna(row["denominator"]):
            return UNKNOWN
        return words.decimal(row["value"]) if row["denominator"] else "nobody in post"

    return value


def median(measure: str) -> Value:
    """A median in days, or "not reached"."""

    def value(reports: Any, slice_: Slice) -> str:
        row = _only(reports, measure, slice_)
        if pd.isna(row["n"]):
            return UNKNOWN
        if not row["n"]:
            return "nobody to count"
        return "not reached" if row["value"] != row["value"] else words.plural(row["value"], "day")

    return value


def figure_html(figure: Figure, reports: Any, filters: Filters, first_on: date | None) -> Markup:
    """One headline number with the period before."""
    slice_ = filters.slice
    try:
        now = figure.value(reports, slice_) if told(filters.options.forces, slice_) else UNKNOWN
        earlier = slice_.before()
        before = "no data before"
        if first_on is not None and earlier.first >= first_on:
            known = told(filters.options.forces, earlier)
            before = f"{figure.value(reports, earlier) if known else UNKNOWN} before"
    except Refused:
        return html(
            '<div><dt>{label}</dt><dd class="number quiet">&hellip;</dd>'
            '<dd class="before">not with these filters</dd></div>',
            label=figure.label,
        )
    now, _, detail = now.partition(" (")
    number: Markup | str = now
    spoken = not any(character.isdigit() for character in now)
    if figure.listing and not spoken:
        number = html(
            """<a id="n-{listing}" href="{href}" data-do="list" data-list="{listing}">{now}
<span class="hidden"> {label}: </span><small>{leads_to}</small></a>""",
            label=figure.label,
            now=now,
            listing=figure.listing,
            leads_to=figure.leads_to,
            href=href(filters.to_query() | {"list": figure.listing, "at": "1"}),
        )
    said = [part for part in (figure.about, detail.rstrip(")"), before) if part]
    return html(
        '<div><dt>{label}</dt><dd class="number{spoken}">{number}</dd><dd class="before">{said}</dd></div>',
        spoken=" spoken" if spoken else "",
        label=figure.label,
        number=number,
        said="; ".join(said),
    )


def figures_html(figures: tuple[Figure, ...], reports: Any, filters: Filters) -> Markup:
    """The headline numbers, with both ranges printed."""
    first_on = first_day(filters)
    slice_ = filters.slice
    earlier = slice_.before()
    return html(
        """<dl class="numbers">{figures}</dl>
<p class="quiet ranges">Now: {now}. Before: {before}.</p>""",
        figures=joined(figure_html(figure, reports, filters, first_on) for figure in figures),
        now=words.days_between(slice_.first, slice_.until),
        before=words.days_between(earlier.first, earlier.until),
    )
