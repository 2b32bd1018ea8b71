"""Who saw or took what, for whoever checks, and for everybody their own. Codes and counts, never a case or a figure."""

from datetime import date, datetime, timedelta
from typing import Any

import param
from markupsafe import Markup

from dashboard.charts import words
from dashboard.sheet import NOTHING, Message, Sheet, html, joined
from dashboard.view import View
from data_access.days import LOCAL
from data_access.register.audit import EVENTS
from data_access.register.looks import Asked, Line, Lines, Looks
from data_access.slice import Page

WEEKS = 12
SIZE = 50
CHOICES = ("week", "person", "event")
# Whose lines they are, in words.
WHOSE = {
    "everybody": "",
    "forces": " These are your own lines and those of people whose forces are all yours.",
    "own": " These are your own lines.",
}


def weeks(today: date) -> dict[str, date]:
    """ISO weeks to choose from, the newest first, each with its Monday."""
    monday = today - timedelta(days=today.weekday())
    days = (monday - timedelta(weeks=back) for back in range(WEEKS))
    return {f"{day.isocalendar().year}-W{day.isocalendar().week:02d}": day for day in days}


class AuditPage(View):
    """Audit: who looked at what, by week, person and event; what ``reports`` lets see. Reading it stands in it."""

    title = "Audit"
    label = "Audit"
    needs_data = False
    content: Sheet
    reports: Looks

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self.content = Sheet(answer=self._answer)
        self._said = dict.fromkeys(CHOICES, "")
        self._at = 1
        self._changed()

    @property
    def chosen(self) -> dict[str, str]:
        """The choices of the page, for the line about reading it."""
        chosen = {name: value for name, value in self._said.items() if value}
        return chosen if self._at == 1 else {**chosen, "at": str(self._at)}

    def refresh(self, *events: param.parameterized.Event) -> None:
        """The lines of the choice, read anew."""
        known = self._options()
        self._said = {name: value if value in known[name] else "" for name, value in self._said.items()}
        monday = weeks(self._today()).get(self._said["week"])
        person, event = self._said["person"] or None, self._said["event"] or None
        asked = Asked(None, None, person, event) if monday is None else Asked.of_week(monday, person, event)
        found = self.reports.page(asked, Page(self._at, SIZE))
        if self._at > found.pages:
            self._at = found.pages
            found = self.reports.page(asked, Page(self._at, SIZE))
        self.rows_shown = len(found.lines)
        self.content.html = html(
            """<section><h1>{title}</h1><p class="sentence" role="status">{sentence}</p>
<div class="tools choices">{choices}</div></section><section class="list">{table}{pager}</section>""",
            title=self.title,
            sentence=_sentence(found, self.reports.extent),
            choices=joined(_choice(name, known[name], self._said[name]) for name in self._choices()),
            table=_table(found.lines) if found.lines else NOTHING,
            pager=_pager(found),
        )

    def _choices(self) -> tuple[str, ...]:
        """What can be chosen; whoever sees themselves alone needs no choice of people."""
        return tuple(name for name in CHOICES if name != "person" or self.reports.extent != "own")

    def _options(self) -> dict[str, dict[str, str]]:
        mondays = weeks(self._today())
        return {
            "week": {"": "Every week"}
            | {week: f"{week}, from {words.short_day(monday)}" for week, monday in mondays.items()},
            "person": {"": "Everybody"} | {name: name for name in self.reports.people() if name},
            "event": {"": "Everything"} | {event: said.capitalize() for event, said in EVENTS.items()},
        }

    def _today(self) -> date:
        return datetime.now(LOCAL).date()

    def _answer(self, message: Message) -> bool:
        name, value, to = message.get("set"), str(message.get("value", "")), str(message.get("to", ""))
        if name in self._choices() and value in self._options()[str(name)]:
            self._said[str(name)], self._at = value, 1
        elif message.get("do") == "turn" and to.isdecimal() and to.isascii() and len(to) < 8:
            self._at = max(1, int(to))
        else:
            return False
        self.refresh()
        return True


def _sentence(found: Lines, extent: str) -> str:
    if not found.total:
        return "No line of this choice." + WHOSE[extent]
    page = "" if found.pages == 1 else f" Page {found.page.number} of {found.pages}."
    said = f"{words.plural(found.total, 'line')}, the newest first.{page}{WHOSE[extent]}"
    return f"{said} That you read them is a line too."


def _choice(name: str, options: dict[str, str], chosen: str) -> Markup:
    return html(
        '<div class="field"><label for="a-{name}">{label}</label> '
        '<select id="a-{name}" data-set="{name}">{options}</select></div>',
        name=name,
        label=name.capitalize(),
        options=joined(
            html(
                '<option value="{value}"{chosen}>{words}</option>',
                value=value,
                words=said,
                chosen=Markup(" selected") if value == chosen else NOTHING,
            )
            for value, said in options.items()
        ),
    )


def _table(lines: tuple[Line, ...]) -> Markup:
    headers = ("When", "Who", "Role", "What", "Page", "Chosen", "Rows", "File", "From")
    return html(
        """<div class="scroll"><table class="stacks looks"><caption class="hidden">Looks</caption>
<thead><tr>{header}</tr></thead><tbody>{body}</tbody></table></div>""",
        header=joined(html('<th scope="col">{name}</th>', name=name) for name in headers),
        body=joined(_row(line) for line in lines),
    )


def _row(line: Line) -> Markup:
    at = line.at.astimezone(LOCAL)
    file = f"{line.file}; for: {line.purpose}" if line.purpose else line.file
    cells = {
        "Who": line.person or "nobody known",
        "Role": line.role.replace("_", " "),
        "What": EVENTS.get(line.event, line.event) + (f" (reference {line.reference})" if line.reference else ""),
        "Page": line.page,
        "Chosen": line.filters.replace("&", " "),
        "Rows": "" if line.rows is None else words.whole(line.rows),
        "File": file,
        "From": line.address,
    }
    return html(
        '<tr><th scope="row">{when}</th>{cells}</tr>',
        when=f"{words.short_day(at.date())} {at:%H:%M:%S}",
        cells=joined(
            html('<td data-column="{name}">{said}</td>', name=name, said=said) for name, said in cells.items()
        ),
    )


def _pager(found: Lines) -> Markup:
    def turn(to: int, said: str, id_: str) -> Markup:
        if not 1 <= to <= found.pages:
            return NOTHING
        return html(
            '<button type="button" id="{id}" data-do="turn" data-to="{to}">{said}</button>', id=id_, to=to, said=said
        )

    here = found.page.number
    return html(
        '<div class="pager">{back}{on}</div>',
        back=turn(here - 1, "Newer", "a-back"),
        on=turn(here + 1, "Older", "a-next"),
    )
