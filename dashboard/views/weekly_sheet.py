"""The weekly workbook before it is downloaded: for whom, which week, what stands in it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import param
from markupsafe import Markup

from dashboard import purposes, weekly
from dashboard.address import NOT_AVAILABLE
from dashboard.charts import words
from dashboard.kept import KEPT
from dashboard.purposes import Stamp
from dashboard.sheet import Message, Sheet, html, joined
from dashboard.view import View
from data_access.errors import CaselightError
from data_access.published import Run
from data_access.recipients import Recipient


class WeeklySheet(View):
    """Weekly: the file for a force, a team or its supervisors, seen before it is downloaded.

    It follows the chosen forces; the week is a choice of its own, because a file is of one whole week.
    """

    title = "Weekly workbook"
    label = "Weekly"
    follows = (*View.follows, "recipient", "week")
    content: Sheet

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self.content = Sheet(answer=self._answer)
        self._recipient, self._week = "", ""  # those that are shown, also where none was chosen
        self._weeks: list[tuple[str, date]] = []  # that a file can be of
        self._asked: tuple[Recipient, str] | None = None  # whose file of which week is on the page
        self._made: tuple[Any, Any] | None = None  # the latest workbook that was made here, after what it was made of
        self._question: Markup | None = None  # what the file is for
        self._land = False
        self._changed()

    @property
    def chosen(self) -> dict[str, str]:
        """Whose file of which week is previewed, as codes."""
        return {"for": self._recipient, "week": self._week} if self._recipient else {}

    @property
    def forces(self) -> list[Any]:
        """The chosen forces that have data."""
        options = self.filters.options.forces
        return [force for force in options if force.code in self.filters.forces and force.as_of]

    def refresh(self, *events: param.parameterized.Event) -> None:
        """The choices and the preview; nothing when only a list was opened."""
        if events and all(event.name in ("listing", "listing_page", "dark") for event in events):
            return
        self.rows_shown = self._asked = None
        if events:
            self._question = None  # it was asked of another file
        forces = self.forces
        if not forces:
            self._show("No force is chosen that has data.")
            return
        newest = max(force.as_of for force in forces)
        known = {weekly.key(one): one for one in weekly.offered(self.reports, forces, newest)}
        if not known:
            self._show("There is no file that you may make of these forces.")
            return
        self._recipient = self.filters.recipient if self.filters.recipient in known else next(iter(known))
        recipient = known[self._recipient]
        weeks = self._weeks = weekly.weeks_of(next(force.as_of for force in forces if force.code == recipient.force))
        self._week = self.filters.week if self.filters.week in dict(weeks) else weeks[0][0]
        wanted = {"recipient": self.filters.recipient, "week": self.filters.week}
        found = {"recipient": self._recipient, "week": self._week}
        if lost := {name: "" for name, value in wanted.items() if value not in ("", found[name])}:
            self.filters.change(**lost, notices=[NOT_AVAILABLE])  # which shows the page
            return
        names = {force.code: force.name for force in forces}
        choices = [(value, weekly.said(one, names)) for value, one in known.items()]
        chosen = weekly.chooser(choices, self._recipient, weeks, self._week)
        runs = self.reports.last_runs([force.code for force in forces])
        try:
            shown = self._previewed(recipient, runs)
        except CaselightError as error:
            self._asked = None  # no button, no file
            self._show(str(error), chosen, Markup(""), weekly.told(runs, names))
            return
        self.rows_shown = shown.rows
        due = f"{words.plural(shown.due, 'action')} due, {shown.sheets} worksheets."
        self._show(
            f"{weekly.said(recipient, names)}, week {self._week}: {due}",
            chosen,
            shown.whole(self._question, self._land),
            weekly.told(runs, names),
        )

    def _previewed(self, recipient: Recipient, runs: Sequence[Run]) -> weekly.Preview:
        """What the page shows of the file, kept for everybody who may see the same; a published file changes it."""
        self._asked = asked = recipient, self._week
        return KEPT.answer(self.reports, ("weekly", *asked, *runs), lambda: weekly.preview(self._whole(asked)))

    def _whole(self, asked: tuple[Recipient, str]) -> Any:
        # Some twenty modules that no other page needs.
        from dashboard.workbook import issue, made

        key = (asked, self.reports.directory.versions)
        if self._made is None or self._made[0] != key:
            self._made = None  # the former is not held while the next is made
            self._made = key, made(issue(self.reports, *asked))
        return self._made[1]

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
        known = {"recipient": self.filters.options.recipients(self.filters.forces), "week": dict(self._weeks)}
        if name in known:
            if value not in known[name]:
                return False
            self.filters.change(**{name: value}, notices=[])
            return value in (self._recipient, self._week)
        if self._asked is None or message.get("kind", weekly.KIND) != weekly.KIND:
            return False
        return purposes.answered(self.content, message, weekly.KIND, self._ask, self._give)

    def _ask(self, question: Markup | None) -> None:
        """Put the question in the place of the button, or the button back."""
        self._question, self._land = question, question is None
        self.refresh()
        self._land = False

    def _give(self, purpose: str) -> None:
        scope = self.reports.scope
        scope.need("weekly_file")
        if self._asked is None:
            return
        whole = self._whole(self._asked)
        content = whole.file(Stamp.now(scope.identity, purpose))
        self.content.give_file(whole.issue.file_name, content, weekly.MIME, purpose, whole.due)
