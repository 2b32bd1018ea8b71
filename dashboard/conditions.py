"""What the data or the filters lack: a sentence and a next step for each."""

from datetime import date
from typing import Any

import pandas as pd

from dashboard import standing
from dashboard.charts import words
from dashboard.figures import told
from dashboard.options import Force
from dashboard.state import Filters
from data_access.errors import CaselightError
from data_access.reports import FEW

APART = 2  # days: extracts of one night may end a day apart
NOTHING_LOADED = "Nothing has been loaded yet"
LOAD = (
    "There is no data to show. Load an export with the command caselight load, or make the sample with "
    "caselight demo; then load this page again."
)


def nothing_loaded(filters: Filters) -> bool:
    """Whether no force that may be seen has data."""
    return not any(force.as_of for force in filters.options.forces)


def of_forces(filters: Filters) -> list[str]:
    """Chosen forces that have no data at all or none of the period, and those whose data end before the others'."""
    chosen = [force for force in filters.options.forces if force.code in filters.forces]
    newest = filters.as_of
    if newest is None:
        return []
    said = []
    if without := [force.name for force in chosen if force.as_of is None]:
        said.append(
            f"{_joined(without)} {'has' if len(without) == 1 else 'have'} no data yet and "
            f"{'is' if len(without) == 1 else 'are'} in no figure here. "
            f"Ask for an extract, or leave {'it' if len(without) == 1 else 'them'} out under Force."
        )
    for force in (force for force in chosen if force.as_of):
        if not told([force], filters.slice):
            said.append(_outside(force, filters.slice.first))
        elif _days(force, newest) >= APART:
            said.append(_behind(force, newest))
    return said


def _outside(force: Force, begin: date) -> str:
    first, over = force.first_on or force.as_of, force.as_of is not None and force.as_of < begin
    carried = " Cases that were open then still count as open." if over else ""
    return (
        f"Nothing of this period is known of {force.name}: its data go from {words.short_day(first)} to "
        f"{words.short_day(force.as_of)}.{carried} Choose a period in between, "
        f"{'ask for a new extract, ' if over else ''}or leave it out under Force."
    )


def _behind(force: Force, newest: date) -> str:
    days = _days(force, newest)
    return (
        f"The data of {force.name} end on {words.day(force.as_of)}, {days} days before the newest: what happened "
        "there since is in no figure. Ask for a new extract, or choose a period that ends before that day."
    )


def _days(force: Force, newest: date) -> int:
    return (newest - force.as_of).days if force.as_of else 0


def _joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def of_counts(reports: Any, filters: Filters) -> str:
    """Whether the choice holds nothing, or too few for percentages; nothing to say otherwise."""
    counts = [_count(reports, measure, filters) for measure in ("open_cases", "referrals")]
    known = [count for count in counts if count is not None]
    if not known or max(known) >= FEW:
        return ""
    wider = "Choose a longer period or more forces" + (", or take a filter off." if filters.narrowed else ".")
    if not any(known):
        return f"No case is open and nobody was referred with this choice. {wider}"
    said = "Fewer than ten cases are open" + ("" if counts[1] is None else " and fewer than ten were referred")
    return f"{said} with this choice, so shares are counts such as 3 of 8 and chance moves them much. {wider}"


def _count(reports: Any, measure: str, filters: Filters) -> int | None:
    """The figure of the whole period; None where the filters or the data do not let it be known."""
    try:
        found = standing.whole(reports, measure, filters.slice).get("numerator")
    except CaselightError:
        return None
    return None if found is None or pd.isna(found) else int(found)
