"""The weekly workbook before it is downloaded: for whom, which week, what stands in it."""

from typing import Any

import param
from markupsafe import Markup

from dashboard import weekly
from dashboard.charts import words
from dashboard.sheet import Message, Sheet, html, joined
from dashboard.view import View
from data_access.errors import CaselightError
from data_access.recipients import Recipient


class WeeklySheet(View):
    """Weekly: the file for a force, a team or its supervisors, seen before it is downloaded.

    It follows the chosen forces; the week is a choice of its own, because a file is of one whole week.
    """

    title = "Weekly workbook"
    label = "Weekly"
    content: Sheet

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self.content = Sheet(answer=self._answer)
        self._recipient, self._week = "", ""
        self._made: Any = None
        self._asked: tuple = ()
        self._changed()

    @property
    def forces(self) -> list[Any]:
        """The chosen forces that have data."""
        options = self.filters.options.forces
        return [force for force in options if force.code in self.filters.forces and force.as_of]

    def refresh(self, *events: param.parameterized.Event) -> None:
        """The choices and the preview; nothing when only a list was opened."""
        if events and all(event.name in ("listing", "listing_page", "dark") for event in events):
            return
        forces = self.forces
        if not forces:
            self._show("No force is chosen that has data.")
            return
        newest = max(force.as_of for force in forces)
        known = {weekly.key(one): one for one in weekly.offered(self.reports, forces, newest)}
        if not known:
            self._show("There is no file that you may make of these forces.")
            return
        self._recipient = self._recipient if self._recipient in known else next(iter(known))
        recipient = known[self._recipient]
        weeks = weekly.weeks_of(next(force.as_of for force in forces if force.code == recipient.force))
        self._week = self._week if self._week in dict(weeks) else weeks[0][0]
        names = {force.code: force.name for force in forces}
        choices = [(value, weekly.said(one, names)) for value, one in known.items()]
        chosen = weekly.chooser(choices, self._recipient, weeks, self._week)
        sentence, preview = self._previewed(recipient, weekly.said(recipient, names))
        self._show(sentence, chosen, preview, weekly.runs(self.reports, forces))

    def _previewed(self, recipient: Recipient, said: str) -> tuple[str, Markup]:
        # openpyxl is read when the first file is looked at, not when the page starts.
        from dashboard.workbook import issue, made

        asked = (recipient, self._week, self.reports.directory.versions)
        try:
            if asked != self._asked:
                self._made, self._asked = None, ()
                self._made = made(issue(self.reports, recipient, self._week))
                self._asked = asked
        except CaselightError as error:
            return str(error), Markup("")
        due = self._made.due
        sentence = f"{said}, week {self._week}: {words.plural(due, 'action')} due, {len(self._made.sheets)} worksheets."
        return sentence, weekly.preview(self._made)

    def _show(self, sentence: str, *parts: Markup) -> None:
        self.content.html = html(
            '<section><h1>{title}</h1><p class="sentence" role="status">{sentence}</p>{first}</section>{parts}',
            title=self.title,
            sentence=sentence,
            first=parts[0] if parts else Markup(""),
            parts=joined(parts[1:]),
        )

    def _answer(self, message: Message) -> None:
        value = str(message.get("value", ""))
        if message.get("set") == "recipient":
            self._recipient = value
            self.refresh()
        elif message.get("set") == "week":
            self._week = value
            self.refresh()
        elif message.get("do") == "workbook" and self._made is not None:
            self.content.give_file(self._made.issue.file_name, self._made.file(), weekly.MIME)
