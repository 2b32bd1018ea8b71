"""The weekly workbook before it is downloaded: for whom, which week, what stands in it."""

from typing import Any

import param
from markupsafe import Markup

from dashboard import purposes, weekly
from dashboard.charts import words
from dashboard.purposes import Stamp
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
        self._question: Markup | None = None  # what the file is for
        self._land = False
        self._changed()

    @property
    def chosen(self) -> dict[str, str]:
        """Whose file of which week is previewed, as codes."""
        return (
            {"for": ":".join(filter(None, self._recipient.split("\n"))), "week": self._week} if self._recipient else {}
        )

    @property
    def forces(self) -> list[Any]:
        """The chosen forces that have data."""
        options = self.filters.options.forces
        return [force for force in options if force.code in self.filters.forces and force.as_of]

    def refresh(self, *events: param.parameterized.Event) -> None:
        """The choices and the preview; nothing when only a list was opened."""
        if events and all(event.name in ("listing", "listing_page", "dark") for event in events):
            return
        self.rows_shown = None
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
        self.rows_shown = weekly.rows_previewed(self._made)
        return sentence, weekly.preview(self._made, self._question, self._land)

    def _show(self, sentence: str, *parts: Markup) -> None:
        self.content.html = html(
            '<section><h1>{title}</h1><p class="sentence" role="status">{sentence}</p>{first}</section>{parts}',
            title=self.title,
            sentence=sentence,
            first=parts[0] if parts else Markup(""),
            parts=joined(parts[1:]),
        )

    def _answer(self, message: Message) -> bool:
        name, value = message.get("set"), str(message.get("value", ""))
        if name == "recipient":
            self._recipient = value
        elif name == "week":
            self._week = value
        elif self._made is None or message.get("kind", weekly.KIND) != weekly.KIND:
            return False
        else:
            return purposes.answered(self.content, message, weekly.KIND, self._ask, self._give)
        self._question = None
        self.refresh()
        return value in (self._recipient, self._week)

    def _ask(self, question: Markup | None) -> None:
        """Put the question in the place of the button, or the button back."""
        self._question, self._land = question, question is None
        self.refresh()
        self._land = False

    def _give(self, purpose: str) -> None:
        scope = self.reports.scope
        scope.need("weekly_file")
        content = self._made.file(Stamp.now(scope.identity, purpose))
        self.content.give_file(self._made.issue.file_name, content, weekly.MIME, purpose, self._made.due)
