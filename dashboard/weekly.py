"""The button of the page for the weekly workbook: the same file as the command line makes."""

from datetime import date, timedelta
from typing import Any

from markupsafe import Markup

from dashboard.sheet import Message, html, joined
from dashboard.state import Filters

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def last_complete_week(as_of: date) -> str:
    """ISO week of the last Sunday on or before the as-of, such as ``2026-W46``."""
    sunday = as_of - timedelta(days=(as_of.weekday() + 1) % 7)
    year, week, _ = sunday.isocalendar()
    return f"{year}-W{week:02d}"


def buttons(forces: list[Any]) -> Markup:
    """One button for each force that has data, with the week that its file tells of."""
    made = joined(
        html(
            """<button type="button" id="w-{code}" data-do="workbook" data-force="{code}" data-week="{week}">
{name}, week {week}</button> """,
            code=force.code,
            name=force.name,
            week=last_complete_week(force.as_of),
        )
        for force in forces
        if force.as_of
    )
    return html(
        """<section><h2>Weekly workbook</h2>
<p class="quiet">The figures of the last complete week, with the cases that are due.
It holds case references: keep it in the team.</p>
<p class="tools">{made}</p></section>""",
        made=made,
    )


def file_for(reports: Any, filters: Filters, message: Message) -> tuple[str, bytes, str] | None:
    """Name, bytes and kind of the file that a button asked for; nothing for a force that cannot be chosen."""
    # openpyxl is read when the first sheet is asked for, not when the page starts.
    from dashboard.workbook.export import book, file_name

    code, week = str(message.get("force", "")), str(message.get("week", ""))
    if message.get("do") != "workbook" or code not in filters.options.force_codes:
        return None
    return file_name(reports, code, week), book(reports, code, week), MIME
