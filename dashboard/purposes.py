"""What a file is taken for: asked before it is made, checked, and stamped into it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

from dashboard.sheet import Message, Sheet, html, joined
from data_access.errors import CaselightError

PURPOSES = {
    "supervision": "Supervision or case review",
    "team": "Team meeting",
    "partners": "Meeting with the force or partners",
    "mending": "Mending records",
    "report": "Report to a board or commissioner",
    "inspection": "Inspection or data protection",
}
OWN = "own"
NOT_SAID = "not said"
SHORTEST, LONGEST = 4, 200  # letters of a purpose in somebody's own words
NO_NAMES = "No names and no case references: the words are kept in the audit, and the auditor reads them."


class NoPurpose(CaselightError):
    """A file was asked for without saying what for, or in words that cannot be kept."""


@dataclass(frozen=True)
class Stamp:
    """Who took a file, when (UTC), and what for."""

    person: str
    purpose: str
    at: datetime

    @classmethod
    def now(cls, person: str, purpose: str) -> "Stamp":
        """Taken at this moment."""
        return cls(person, purpose, datetime.now(UTC))

    def rows(self) -> tuple[tuple[str, str], ...]:
        """As rows of a table: what, and the words."""
        return (
            ("Taken by", self.person or NOT_SAID),
            ("Taken at", f"{self.at:%Y-%m-%d %H:%M} UTC"),
            ("Taken for", self.purpose or NOT_SAID),
        )

    def sentence(self) -> str:
        """As one line: Taken by ann at 2026-11-23 02:31 UTC for: team meeting."""
        (_, person), (_, at), (_, purpose) = self.rows()
        return f"Taken by {person} at {at} for: {purpose}"


def own_words(text: str) -> str:
    """A purpose in somebody's own words. Raises NoPurpose for too few, too many, or what is no text."""
    said = " ".join(text.split())
    if len(said) < SHORTEST or not any(letter.isalpha() for letter in said):
        raise NoPurpose("Say in a few words what the file is for, or choose one of the purposes.")
    if len(said) > LONGEST:
        raise NoPurpose(f"Say in at most {LONGEST} letters what the file is for; these are {len(said)}.")
    if not said.isprintable():
        raise NoPurpose("The words hold characters that cannot be kept. Type them anew.")
    return said


def purpose(given: str, typed: str = "") -> str:
    """The words of a purpose that a browser sent: one of the list by its name, or what was ``typed``.

    Raises NoPurpose for anything else.
    """
    if given == OWN:
        return own_words(typed)
    if given not in PURPOSES:
        raise NoPurpose("Choose what the file is for.")
    return PURPOSES[given]


def answered(
    sheet: Sheet, message: Message, kind: str, show: Callable[[Markup | None], None], give: Callable[[str], None]
) -> bool:
    """Ask what a file is for, and give it once that is said. False for a message that is about something else.

    ``kind`` names the file; ``show`` puts the question into the sheet, or with None what stood there before;
    ``give`` is told the purpose. What is wrong with what a person typed is said in the question.
    """
    do, paper = message.get("do"), sheet.paper
    typed = paper.typed if paper is not None else ""
    if message.get("set") == "words":
        if paper is not None:
            paper.typed = str(message.get("value", ""))
    elif do == "keep":
        show(None)
    elif do == "file" and "purpose" not in message:
        show(question(sheet.key, kind, typed))
    elif do == "file":
        try:
            said = purpose(str(message["purpose"]), typed)
        except NoPurpose as error:
            show(question(sheet.key, kind, typed, str(error)))
            return True
        give(said)
        show(None)
    else:
        return False
    return True


def question(key: str, kind: str, typed: str = "", wrong: str = "") -> Markup:
    """The question before a file: a button for each purpose, and a line for one's own words."""
    return html(
        """<div class="purpose" role="group" aria-labelledby="p-{key}">
<p id="p-{key}" tabindex="-1" data-land="{key}-{kind}"><strong>What is the file for?</strong>
It is stamped into the file and kept in the audit.</p>{wrong}
<p class="files">{choices}</p>
<p class="files"><label for="pw-{key}">Another purpose</label>
<input type="text" id="pw-{key}" data-set="words" value="{typed}" maxlength="{longest}" autocomplete="off">
<button type="button" id="p-{key}-own" data-do="file" data-kind="{kind}" data-purpose="own">Save for that</button></p>
<p class="quiet">{no_names}</p>
<p><button type="button" class="plain" id="p-{key}-keep" data-do="keep">Save nothing</button></p></div>""",
        key=key,
        kind=kind,
        choices=joined(_choice(key, kind, name, words) for name, words in PURPOSES.items()),
        typed=typed[:LONGEST],
        longest=LONGEST,
        no_names=NO_NAMES,
        wrong=html('<p class="failure" role="alert">{wrong}</p>', wrong=wrong) if wrong else Markup(""),
    )


def _choice(key: str, kind: str, name: str, words: Any) -> Markup:
    return html(
        '<button type="button" id="p-{key}-{name}" data-do="file" data-kind="{kind}" data-purpose="{name}">{words}'
        "</button> ",
        key=key,
        kind=kind,
        name=name,
        words=words,
    )
