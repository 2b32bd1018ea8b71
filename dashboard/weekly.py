"""The weekly workbook on the page: for whom, which week, what stands in it, and the file itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any

from markupsafe import Markup

from dashboard.address import href
from dashboard.charts import words
from dashboard.options import addressee
from dashboard.sheet import Message, html, joined
from dashboard.state import Filters
from data_access.days import LOCAL
from data_access.published import Run
from data_access.recipients import FORCE, SUPERVISOR, TEAM, Recipient

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DASH = "\N{EN DASH}"
WEEKS = 8
SHOWN = 8  # rows of a worksheet that the preview shows
PREVIEWED = ("Changes", "Actions_due")  # the first holds counts, the others cases
KIND = "workbook"
KINDS = {FORCE: "the whole force", TEAM: "the team", SUPERVISOR: "the team's supervisors"}


def weeks_of(as_of: date) -> list[tuple[str, date]]:
    """The last eight complete weeks of data that go to ``as_of``, the newest first: ISO week and its Sunday."""
    sunday = as_of - timedelta(days=(as_of.weekday() + 1) % 7)
    found = []
    for back in range(WEEKS):
        day = sunday - timedelta(weeks=back)
        year, week, _ = day.isocalendar()
        found.append((f"{year}-W{week:02d}", day))
    return found


def offered(reports: Any, forces: Sequence[Any], on: date) -> tuple[Recipient, ...]:
    """The recipients that somebody may make a file for: the forces chosen, then their teams and supervisors.

    Somebody bound to teams has no file of a whole force.
    """
    codes = [force.code for force in forces]
    return tuple(one for kind in KINDS for one in reports.recipients(kind, codes, on))


def key(recipient: Recipient) -> str:
    """A recipient as the value of an option and in the address."""
    return addressee(recipient.kind, recipient.force, recipient.team)


def said(recipient: Recipient, names: dict[str, str]) -> str:
    """A recipient in words; ``names`` are the names of the forces by code."""
    force = names.get(recipient.force, recipient.force)
    if recipient.kind == FORCE:
        return f"{force}: {KINDS[FORCE]}"
    posts = f" ({', '.join(recipient.posts)})" if recipient.posts else ""
    return f"{force}, {recipient.team}: {KINDS[recipient.kind]}{posts}"


def chooser(options: Iterable[tuple[str, str]], chosen: str, weeks: Sequence[tuple[str, date]], week: str) -> Markup:
    """The two choices: for whom, and which week."""
    return html(
        """<div class="tools"><label for="w-for">For</label><select id="w-for" data-set="recipient">{who}</select>
<label for="w-week">Week</label><select id="w-week" data-set="week">{weeks}</select></div>""",
        who=joined(_option(value, text, value == chosen) for value, text in options),
        weeks=joined(_option(value, f"{value}, to {words.day(sunday)}", value == week) for value, sunday in weeks),
    )


def _option(value: str, text: str, chosen: bool) -> Markup:
    return html(
        '<option value="{value}"{chosen}>{text}</option>',
        value=value,
        text=text,
        chosen=Markup(" selected") if chosen else "",
    )


@dataclass(frozen=True)
class Preview:
    """What the page shows of a workbook: nothing of the workbook itself is held, so that it may be kept for others.

    ``rows`` counts the lines of cases that it shows, ``due`` the actions due, ``sheets`` the worksheets.
    """

    tables: Markup
    listed: Markup
    file_name: str
    due: int
    sheets: int
    rows: int

    def whole(self, question: Markup | None = None, land: bool = False) -> Markup:
        """The first rows of two worksheets, all worksheets with their rows, then the button that makes the file.

        In place of the button the ``question`` what the file is for; with ``land`` the button takes the focus.
        """
        return html(
            """{tables}<section><h2>All worksheets</h2>{listed}
<p class="quiet">The file holds case references and exact small numbers: keep it in the team.</p>
{last}</section>""",
            tables=self.tables,
            listed=self.listed,
            last=_button(self.file_name, land) if question is None else question,
        )


def preview(made: Any) -> Preview:
    """What the page shows of a workbook (``dashboard.workbook.Made``)."""
    return Preview(
        tables=joined(_first_rows(made.sheet(name)) for name in PREVIEWED),
        listed=_every_sheet(made.sheets),
        file_name=made.issue.file_name,
        due=made.due,
        sheets=len(made.sheets),
        rows=sum(len(made.sheet(name).rows[:SHOWN]) for name in PREVIEWED[1:]),
    )


def _every_sheet(sheets: Iterable[Any]) -> Markup:
    return html(
        """
<div class="scroll"><table class="stacks" id="w-sheets"><caption class="hidden">Worksheets of the file</caption>
<thead><tr><th scope="col">Worksheet</th><th scope="col">Title</th><th scope="col" class="figure">Rows</th></tr></thead>
<tbody>{sheets}</tbody></table></div>""",
        sheets=joined(
            html(
                '<tr><th scope="row">{name}</th><td data-column="Title">{title}</td>'
                '<td class="figure" data-column="Rows">{rows}</td></tr>',
                name=sheet.name,
                title=sheet.title,
                rows=words.whole(len(sheet.rows)),
            )
            for sheet in sheets
        ),
    )


def _button(name: str, land: bool) -> Markup:
    return html(
        '<p><button type="button" id="w-file" data-do="file" data-kind="{kind}"{land}>Download {name}</button></p>',
        kind=KIND,
        land=Markup(' data-land="w-file"') if land else Markup(""),
        name=name,
    )


def _first_rows(sheet: Any) -> Markup:
    shown = sheet.rows[:SHOWN]
    more = len(sheet.rows) - len(shown)
    return html(
        """<section><h2>{title}</h2><div class="scroll"><table class="stacks" id="w-{name}">
<caption>{caption}</caption><thead><tr>{header}</tr></thead><tbody>{rows}</tbody></table></div></section>""",
        title=sheet.title,
        name=sheet.name.lower(),
        caption=f"The first {len(shown)} of {words.whole(len(sheet.rows))} rows." if more else "All of its rows.",
        header=joined(html('<th scope="col">{name}</th>', name=name) for name in sheet.columns),
        rows=joined(_row(sheet.columns, row) for row in shown),
    )


def _row(columns: Sequence[str], row: Sequence[Any]) -> Markup:
    first, *rest = (cell_words(value) for value in row)
    return html(
        '<tr><th scope="row">{first}</th>{rest}</tr>',
        first=first,
        rest=joined(
            html('<td data-column="{column}">{cell}</td>', column=column, cell=cell)
            for column, cell in zip(columns[1:], rest, strict=True)
        ),
    )


def cell_words(value: Any) -> str:
    """A cell of the workbook as the page says it: the workbook explains its shorthand, the page does without."""
    from dashboard.workbook.cells import NOT_APPLICABLE, NOT_AVAILABLE, SHORTHAND
    from dashboard.workbook.sheets import Link, Number, Share

    if value in (NOT_APPLICABLE, NOT_AVAILABLE):
        return DASH
    match value:
        case Link(text, _):
            return text
        case Share(fraction):
            return f"{fraction * 100:.0f} %"
        case Number(number, places):
            return f"{number:,.{places}f}"
        case int():
            return words.whole(value)
        case date():
            return words.short_day(value)
        case _:
            said = str(value)
            for code, meaning in SHORTHAND.items():
                said = said.replace(code, meaning)
            return said


def told(runs: Sequence[Run], names: dict[str, str]) -> Markup:
    """The last good run of each recipient: when it was made, of which week, from data up to which day."""
    if not runs:
        return html(
            '<section><h2>Last good run</h2><p id="w-runs">No weekly file of these forces was published yet. '
            "The command <code>caselight weekly</code> publishes the files and freezes their figures.</p></section>"
        )
    header = joined(
        html('<th scope="col">{name}</th>', name=name) for name in ("For", "Week", "Made", "Data up to", "File")
    )
    return html(
        """<section><h2>Last good run</h2><div class="scroll"><table class="stacks" id="w-runs">
<caption>The last file that was published for each recipient, with its figures frozen.</caption>
<thead><tr>{header}</tr></thead><tbody>{rows}</tbody></table></div></section>""",
        header=header,
        rows=joined(_run(run, names) for run in runs),
    )


def _run(run: Run, names: dict[str, str]) -> Markup:
    made = run.made_at.replace(tzinfo=UTC).astimezone(LOCAL)
    cells = {
        "Week": run.week,
        "Made": f"{words.short_day(made.date())}, {made:%H:%M}",
        "Data up to": words.short_day(run.as_of),
        "File": run.file,
    }
    return html(
        '<tr><th scope="row">{who}</th>{cells}</tr>',
        who=said(Recipient(run.recipient, run.force, run.team), names),
        cells=joined(
            html('<td data-column="{column}">{cell}</td>', column=column, cell=cell) for column, cell in cells.items()
        ),
    )


def link(filters: Filters) -> Markup:
    """The way from another page to this one."""
    return html(
        """<section><h2>Weekly workbook</h2><p class="quiet">One file for a force, a team or its supervisors: what
changed, what is due, every figure.</p>
<p><a id="w-open" href="{href}" data-do="page" data-page="weekly">See and download the file</a></p></section>""",
        href=href(filters.to_query() | {"page": "weekly"}),
    )


def opened(filters: Filters, message: Message) -> bool:
    """Go to the page of the weekly workbook, where the message asks for it."""
    if message.get("do") != "page" or message.get("page") != "weekly" or "weekly" not in filters.pages:
        return False
    filters.change(page="weekly", listing="", listing_page=1)
    return True
